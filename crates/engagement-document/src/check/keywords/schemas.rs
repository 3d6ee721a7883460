//! Schemas, which OpenAPI's other objects and our extensions hold.

use super::Kind;
use super::Shape::{
    Any, AnyObject, Flag, FlagOr, List, Named, NamedTexts, Number, Object, Objects, Text, Texts,
    Word,
};

pub(super) static SCHEMA: Kind = Kind {
    name: "a schema",
    component: "schemas",
    fields: &[
        ("title", Text),
        ("multipleOf", Number),
        ("maximum", Number),
        ("exclusiveMaximum", Flag),
        ("minimum", Number),
        ("exclusiveMinimum", Flag),
        ("maxLength", Number),
        ("minLength", Number),
        ("pattern", Text),
        ("maxItems", Number),
        ("minItems", Number),
        ("uniqueItems", Flag),
        ("maxProperties", Number),
        ("minProperties", Number),
        ("required", Texts),
        ("enum", List),
        (
            "type",
            Word(&["object", "array", "string", "integer", "number", "boolean"]),
        ),
        ("allOf", Objects(&SCHEMA)),
        ("oneOf", Objects(&SCHEMA)),
        ("anyOf", Objects(&SCHEMA)),
        ("not", Object(&SCHEMA)),
        ("items", Object(&SCHEMA)),
        ("properties", Named(&SCHEMA)),
        ("additionalProperties", FlagOr(&SCHEMA)),
        ("description", Text),
        ("format", Text),
        ("default", Any),
        ("nullable", Flag),
        ("discriminator", Object(&DISCRIMINATOR)),
        ("readOnly", Flag),
        ("writeOnly", Flag),
        ("xml", AnyObject),
        ("externalDocs", Object(&EXTERNAL_DOCS)),
        ("example", Any),
        ("deprecated", Flag),
        ("x-epoch", Word(&["seconds", "milliseconds"])),
        ("x-extensible-enum", Texts),
        ("x-form-json", Flag),
        // Both have messages of their own.
        ("x-id", Any),
        ("x-personal", Any),
        ("x-partial-failure", Flag),
        ("x-rust-name", Text),
    ],
};

static DISCRIMINATOR: Kind = Kind {
    name: "a discriminator",
    component: "",
    fields: &[("propertyName", Text), ("mapping", NamedTexts)],
};

pub(super) static EXTERNAL_DOCS: Kind = Kind {
    name: "`externalDocs`",
    component: "",
    fields: &[("description", Text), ("url", Text)],
};
