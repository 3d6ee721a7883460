//! The objects that our extensions hold.

use super::Kind;
use super::Shape::{Flag, Number, Object, Text, Texts};
use super::schemas::SCHEMA;

pub(super) static EVIDENCE: Kind = Kind {
    name: "evidence",
    component: "",
    fields: &[("level", Text), ("source", Text), ("note", Text)],
};

pub(super) static CONFLICT_MESSAGE: Kind = Kind {
    name: "an `x-conflict-message`",
    component: "",
    fields: &[("texts", Texts), ("x-evidence", Object(&EVIDENCE))],
};

pub(super) static ERROR_IN_SUCCESS: Kind = Kind {
    name: "an `x-error-in-success`",
    component: "",
    fields: &[
        ("pointer", Text),
        ("value", Text),
        ("x-evidence", Object(&EVIDENCE)),
    ],
};

pub(super) static DOCUMENTED_API: Kind = Kind {
    name: "an element of `x-documented-apis`",
    component: "",
    fields: &[
        ("name", Text),
        ("server", Text),
        ("summary", Text),
        ("docs_url", Text),
        ("note", Text),
        ("anonymous", Flag),
    ],
};

pub(super) static EXAMPLE_EXCEPTION: Kind = Kind {
    name: "an element of `x-example-exceptions`",
    component: "",
    fields: &[("operation", Text), ("failure", Text), ("reason", Text)],
};

pub(super) static WEBHOOK: Kind = Kind {
    name: "a webhook",
    component: "",
    fields: &[
        ("summary", Text),
        ("schema", Object(&SCHEMA)),
        ("evidence", Object(&EVIDENCE)),
    ],
};

pub(super) static CLIENT_VALUE: Kind = Kind {
    name: "an `x-client-value`",
    component: "",
    fields: &[("env", Text), ("label", Text)],
};

pub(super) static PAGINATION: Kind = Kind {
    name: "an `x-pagination`",
    component: "",
    fields: &[
        ("style", Text),
        ("param", Text),
        ("field", Text),
        ("next", Text),
        ("items", Text),
        ("conflicts", Texts),
        ("more", Text),
        ("after", Object(&AFTER)),
        ("size", Text),
        ("total", Text),
    ],
};

static AFTER: Kind = Kind {
    name: "the `after` of an `x-pagination`",
    component: "",
    fields: &[("param", Text), ("field", Text)],
};

pub(super) static RATE_LIMIT: Kind = Kind {
    name: "an `x-rate-limit`",
    component: "",
    fields: &[
        ("requests", Number),
        ("per", Text),
        ("shared", Text),
        ("note", Text),
    ],
};

pub(super) static IDEMPOTENCY_KEY: Kind = Kind {
    name: "an `x-idempotency-key`",
    component: "",
    fields: &[("header", Text), ("x-evidence", Object(&EVIDENCE))],
};

pub(super) static CREDENTIAL: Kind = Kind {
    name: "an `x-credential`",
    component: "",
    fields: &[("env", Texts), ("label", Text), ("public", Flag)],
};
