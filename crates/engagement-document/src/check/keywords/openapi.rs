//! The objects of OpenAPI 3.0.3, each with our extensions.

use super::Kind;
use super::Shape::{
    Any, AnyObject, Flag, List, Named, NamedTexts, Object, Objects, Text, Texts, Word,
};
use super::extensions::{
    CLIENT_VALUE, CONFLICT_MESSAGE, CREDENTIAL, DOCUMENTED_API, ERROR_IN_SUCCESS, EVIDENCE,
    EXAMPLE_EXCEPTION, IDEMPOTENCY_KEY, PAGINATION, RATE_LIMIT, WEBHOOK,
};
use super::schemas::{EXTERNAL_DOCS, SCHEMA};

/// Every kind whose fields a message can name as the right place.
pub(super) static KINDS: [&Kind; 14] = [
    &ROOT,
    &INFO,
    &SERVER,
    &PATH_ITEM,
    &OPERATION,
    &PARAMETER,
    &REQUEST_BODY,
    &MEDIA_TYPE,
    &ENCODING,
    &RESPONSE,
    &SCHEMA,
    &SECURITY_SCHEME,
    &COMPONENTS,
    &TAG,
];

pub(super) static ROOT: Kind = Kind {
    name: "the document",
    component: "",
    fields: &[
        ("openapi", Text),
        ("info", Object(&INFO)),
        ("servers", Objects(&SERVER)),
        ("paths", Named(&PATH_ITEM)),
        ("components", Object(&COMPONENTS)),
        ("security", List),
        ("tags", Objects(&TAG)),
        ("externalDocs", Object(&EXTERNAL_DOCS)),
        ("x-provider", Text),
        ("x-error-message", Texts),
        ("x-conflict-message", Object(&CONFLICT_MESSAGE)),
        ("x-error-in-success", Object(&ERROR_IN_SUCCESS)),
        ("x-documented-apis", Objects(&DOCUMENTED_API)),
        ("x-example-exceptions", Objects(&EXAMPLE_EXCEPTION)),
        ("x-provider-webhooks", Named(&WEBHOOK)),
    ],
};

static INFO: Kind = Kind {
    name: "`info`",
    component: "",
    fields: &[
        ("title", Text),
        ("description", Text),
        ("termsOfService", Text),
        ("contact", Object(&CONTACT)),
        ("license", Object(&LICENSE)),
        ("version", Text),
    ],
};

static CONTACT: Kind = Kind {
    name: "a contact",
    component: "",
    fields: &[("name", Text), ("url", Text), ("email", Text)],
};

static LICENSE: Kind = Kind {
    name: "a license",
    component: "",
    fields: &[("name", Text), ("url", Text)],
};

static SERVER: Kind = Kind {
    name: "a server",
    component: "",
    fields: &[
        ("url", Text),
        ("description", Text),
        ("variables", AnyObject),
        ("x-name", Text),
        ("x-regions", NamedTexts),
    ],
};

static PATH_ITEM: Kind = Kind {
    name: "a path",
    component: "",
    fields: &[
        ("summary", Text),
        ("description", Text),
        ("get", Object(&OPERATION)),
        ("put", Object(&OPERATION)),
        ("post", Object(&OPERATION)),
        ("delete", Object(&OPERATION)),
        ("options", Object(&OPERATION)),
        ("head", Object(&OPERATION)),
        ("patch", Object(&OPERATION)),
        ("trace", Object(&OPERATION)),
        ("servers", Objects(&SERVER)),
        ("parameters", Objects(&PARAMETER)),
    ],
};

static OPERATION: Kind = Kind {
    name: "an operation",
    component: "",
    fields: &[
        ("tags", Texts),
        ("summary", Text),
        ("description", Text),
        ("externalDocs", Object(&EXTERNAL_DOCS)),
        ("operationId", Text),
        ("parameters", Objects(&PARAMETER)),
        ("requestBody", Object(&REQUEST_BODY)),
        ("responses", Named(&RESPONSE)),
        ("callbacks", AnyObject),
        ("deprecated", Flag),
        ("security", List),
        ("servers", Objects(&SERVER)),
        ("x-evidence", Object(&EVIDENCE)),
        ("x-pagination", Object(&PAGINATION)),
        ("x-envelope", Text),
        ("x-rate-limit", Object(&RATE_LIMIT)),
        ("x-idempotency-key", Object(&IDEMPOTENCY_KEY)),
        ("x-empty-body", Text),
        ("x-full-auth-when-body-has", Texts),
        ("x-idempotent", Flag),
        ("x-sends-message", Flag),
        ("x-not-found-statuses", List),
        ("x-optional-response", Object(&EVIDENCE)),
    ],
};

static PARAMETER: Kind = Kind {
    name: "a parameter",
    component: "parameters",
    fields: &[
        ("name", Text),
        ("in", Text),
        ("description", Text),
        ("required", Flag),
        ("deprecated", Flag),
        ("allowEmptyValue", Flag),
        ("style", Text),
        ("explode", Flag),
        ("allowReserved", Flag),
        ("schema", Object(&SCHEMA)),
        ("example", Any),
        ("examples", Named(&EXAMPLE)),
        ("content", Named(&MEDIA_TYPE)),
        ("x-client-value", Object(&CLIENT_VALUE)),
        ("x-rust-name", Text),
    ],
};

static REQUEST_BODY: Kind = Kind {
    name: "a request body",
    component: "requestBodies",
    fields: &[
        ("description", Text),
        ("content", Named(&MEDIA_TYPE)),
        ("required", Flag),
    ],
};

static MEDIA_TYPE: Kind = Kind {
    name: "a media type",
    component: "",
    fields: &[
        ("schema", Object(&SCHEMA)),
        ("example", Any),
        ("examples", Named(&EXAMPLE)),
        ("encoding", Named(&ENCODING)),
    ],
};

static ENCODING: Kind = Kind {
    name: "an encoding",
    component: "",
    fields: &[
        ("contentType", Text),
        ("headers", Named(&HEADER)),
        ("style", Text),
        ("explode", Flag),
        ("allowReserved", Flag),
    ],
};

static RESPONSE: Kind = Kind {
    name: "a response",
    component: "responses",
    fields: &[
        ("description", Text),
        ("headers", Named(&HEADER)),
        ("content", Named(&MEDIA_TYPE)),
        ("links", AnyObject),
    ],
};

static HEADER: Kind = Kind {
    name: "a header",
    component: "headers",
    fields: &[
        ("description", Text),
        ("required", Flag),
        ("deprecated", Flag),
        ("allowEmptyValue", Flag),
        ("style", Text),
        ("explode", Flag),
        ("allowReserved", Flag),
        ("schema", Object(&SCHEMA)),
        ("example", Any),
        ("examples", Named(&EXAMPLE)),
        ("content", Named(&MEDIA_TYPE)),
    ],
};

static EXAMPLE: Kind = Kind {
    name: "an example",
    component: "examples",
    fields: &[
        ("summary", Text),
        ("description", Text),
        ("value", Any),
        ("externalValue", Text),
    ],
};

static SECURITY_SCHEME: Kind = Kind {
    name: "a security scheme",
    component: "securitySchemes",
    fields: &[
        ("type", Text),
        ("description", Text),
        ("name", Text),
        ("in", Text),
        ("scheme", Text),
        ("bearerFormat", Text),
        ("flows", AnyObject),
        ("openIdConnectUrl", Text),
        ("x-basic-password", Word(&["empty"])),
        ("x-credential", Object(&CREDENTIAL)),
    ],
};

static COMPONENTS: Kind = Kind {
    name: "`components`",
    component: "",
    fields: &[
        ("schemas", Named(&SCHEMA)),
        ("responses", Named(&RESPONSE)),
        ("parameters", Named(&PARAMETER)),
        ("examples", Named(&EXAMPLE)),
        ("requestBodies", Named(&REQUEST_BODY)),
        ("headers", Named(&HEADER)),
        ("securitySchemes", Named(&SECURITY_SCHEME)),
        ("links", AnyObject),
        ("callbacks", AnyObject),
    ],
};

static TAG: Kind = Kind {
    name: "a tag",
    component: "",
    fields: &[
        ("name", Text),
        ("description", Text),
        ("externalDocs", Object(&EXTERNAL_DOCS)),
    ],
};
