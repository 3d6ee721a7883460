//! Operations: what a call takes and returns, and what is sent.

use std::collections::{BTreeMap, BTreeSet};

use engagement_document::{Operation, Pagination, RateLimit, ValueStyle};

use super::{Fact, OperationSurface, TypeSurface, ValueSurface, places, shown};
use crate::codegen::emit::{
    BodyArgument, Encoding, Inputs, RequestValue, Source, elements, response,
};
use crate::codegen::parsed::{reachable_types, spelt};
use crate::codegen::{Failure, names};

pub(super) fn operation(
    source: Source<'_>,
    operation: &Operation,
    types: &BTreeMap<String, TypeSurface>,
) -> Result<OperationSurface, Failure> {
    let inputs = Inputs::of(source, operation)?;
    let (mut arguments, mut setters) = values(source, operation, &inputs);
    match inputs.body {
        BodyArgument::Required(ty) => arguments.push(body(operation, shown(ty))),
        BodyArgument::Optional(ty) => setters.push(body(operation, shown(ty))),
        BodyArgument::None | BodyArgument::Empty => {}
    }
    let (value, _) = response(source, operation);
    let full = source.normalised.full_responses.get(&operation.id);
    let constants = inputs.constants.iter();
    let constants = constants
        .map(|(name, encoding, value)| Fact::new(&format!("{} `{name}`", kind(*encoding)), value));
    let group = names::snake(&operation.group);
    let action = names::snake(&operation.action);
    let variant = operation
        .path_key
        .split_once('#')
        .map_or("", |(_, rest)| rest);
    let elements = elements(source, operation)?;
    Ok(OperationSurface {
        id: operation.id.clone(),
        call: format!("{group}().{action}"),
        http: operation.method.clone(),
        path: operation.path.clone(),
        variant: variant.to_owned(),
        place: places::of_operation(operation),
        arguments,
        setters,
        constants: constants.collect(),
        any_field: inputs.any_field,
        response: shown(&syn::parse_quote!(#value)),
        full_response: full.map(|name| format!("types::{name}")),
        elements: elements.map(|ty| shown(&ty)),
        security: operation.security.clone(),
        deprecated: operation.deprecated,
        facts: facts(source, operation, &inputs),
        texts: texts(operation),
        types: used_types(source, operation, full, types),
    })
}

/// Required and optional values but the body. A value that is sent in two places is one value.
fn values(
    source: Source<'_>,
    operation: &Operation,
    inputs: &Inputs<'_>,
) -> (Vec<ValueSurface>, Vec<ValueSurface>) {
    let made = |given: &RequestValue<'_>| {
        let places = inputs.values.iter();
        let places = places.filter(|value| value.name == given.name);
        ValueSurface {
            name: given.name.to_string(),
            wire: given.wire.to_owned(),
            kind: kind(given.encoding),
            ty: shown(given.ty),
            facts: joined(places.flat_map(value_facts)),
            text: given.docs.trim().to_owned(),
            place: places::of_parameter(source.document, operation, given.wire),
        }
    };
    let given = inputs.given();
    let (optional, required): (Vec<_>, Vec<_>) =
        given.into_iter().partition(|value| value.optional);
    let all = |values: Vec<&RequestValue<'_>>| values.into_iter().map(made).collect();
    (all(required), all(optional))
}

/// Facts of one name as one fact: a value that is sent in two places has each of them twice.
fn joined(facts: impl Iterator<Item = Fact>) -> Vec<Fact> {
    let mut found: Vec<Fact> = Vec::new();
    for fact in facts {
        match found.iter_mut().find(|known| known.name == fact.name) {
            Some(known) => known.value = format!("{} and {}", known.value, fact.value),
            None => found.push(fact),
        }
    }
    found
}

/// How a value is sent.
fn value_facts(value: &RequestValue<'_>) -> Vec<Fact> {
    let style = match value.style {
        ValueStyle::Plain => "plain".to_owned(),
        ValueStyle::Joined(sign) => format!("joined by `{sign}`"),
        ValueStyle::Fields => "a value for each field".to_owned(),
        ValueStyle::Deep => "a value such as `name[field]` for each field".to_owned(),
    };
    let json = matches!(value.encoding, Encoding::FormJson | Encoding::PartJson);
    let mut facts = vec![
        Fact::new(
            "sent as",
            format!("{} `{}`", kind(value.encoding), value.wire),
        ),
        Fact::new("written", if json { "as JSON".to_owned() } else { style }),
    ];
    if !value.media_type.is_empty() {
        facts.push(Fact::new("media type", value.media_type));
    }
    facts
}

fn body(operation: &Operation, ty: String) -> ValueSurface {
    let place = places::of_operation(operation);
    ValueSurface {
        name: "body".to_owned(),
        wire: "body".to_owned(),
        kind: "body",
        ty,
        facts: Vec::new(),
        text: String::new(),
        place: format!("{place}/requestBody"),
    }
}

fn kind(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Path => "path parameter",
        Encoding::Query => "query parameter",
        Encoding::Header => "header",
        Encoding::Form | Encoding::FormJson => "form field",
        Encoding::Part | Encoding::PartJson => "part",
        Encoding::File => "file",
    }
}

/// What is sent and how it is retried, beside the values.
fn facts(source: Source<'_>, operation: &Operation, inputs: &Inputs<'_>) -> Vec<Fact> {
    let document = source.document;
    let mut facts = vec![
        Fact::new("method", &operation.method),
        Fact::new("path", &operation.path),
        Fact::new("host", &document.servers[operation.server].name),
        Fact::new(
            "accepted media type",
            inputs.accepts.as_deref().unwrap_or("application/json"),
        ),
        Fact::new("media type of the body", media_type(operation)),
        Fact::new(
            "idempotent, so that it is retried",
            yes(operation.idempotent),
        ),
        Fact::new(
            "header of the idempotency key",
            or_none(
                operation
                    .idempotency_key
                    .as_ref()
                    .map(|key| key.header.as_str()),
            ),
        ),
        Fact::new(
            "idempotency key documented, so that it is retried",
            yes(operation
                .idempotency_key
                .as_ref()
                .is_some_and(|key| key.is_documented())),
        ),
        Fact::new(
            "sends a message, so that it is not retried once sent",
            yes(operation.sends_message),
        ),
        Fact::new(
            "rate limit",
            operation
                .rate_limit
                .as_ref()
                .map_or("none".to_owned(), limit),
        ),
        Fact::new(
            "statuses that mean \"not found\"",
            list(&operation.not_found_statuses),
        ),
        Fact::new(
            "fields that need the first credential",
            list(&operation.full_auth_fields),
        ),
        Fact::new("part of the response", operation.envelope.join("/")),
    ];
    if let Some(pagination) = &operation.pagination {
        facts.push(Fact::new("pagination", pages(pagination)));
    }
    facts
}

fn media_type(operation: &Operation) -> &str {
    let body = operation.body.as_ref().map(|body| body.media_type.as_str());
    let empty = operation.empty_body.map(|kind| kind.media_type());
    or_none(body.or(empty))
}

fn limit(limit: &RateLimit) -> String {
    let shared = match limit.shared.as_str() {
        "" => String::new(),
        name => format!(", shared as {name}"),
    };
    format!("{} per {} s{shared}", limit.requests, limit.seconds)
}

fn pages(pagination: &Pagination) -> String {
    match pagination {
        Pagination::LastItem { param, field } => {
            format!("`{param}` is `{field}` of the last element")
        }
        Pagination::Cursor {
            param,
            next,
            items,
            conflicts,
            more,
            after,
        } => {
            let mut text = format!("next `{param}` at {next}, elements at {items}");
            if !conflicts.is_empty() {
                text.push_str(&format!(", not with {}", list(conflicts)));
            }
            if let Some(more) = more {
                text.push_str(&format!(", more at {more}"));
            }
            if let Some(after) = after {
                text.push_str(&format!(
                    ", then `{}` is `{}` of the last element",
                    after.param, after.field
                ));
            }
            text
        }
        Pagination::Page {
            param,
            size,
            items,
            total,
        } => format!(
            "`{param}` is the number of a page of `{size}` elements, elements at {items}, total at {total}"
        ),
    }
}

fn texts(operation: &Operation) -> Vec<Fact> {
    // What is generated: the level and the note, and not the name of the source.
    let known = [
        Some(&operation.evidence),
        operation.optional_response.as_ref(),
    ];
    let known = known.map(|evidence| evidence.map(|it| (&it.level, &it.note)));
    vec![
        Fact::new("summary", &operation.summary),
        Fact::new("description", &operation.description),
        Fact::new("link", &operation.docs_url),
        Fact::new("evidence", format!("{known:?}")),
        Fact::new(
            "note on the rate limit",
            operation
                .rate_limit
                .as_ref()
                .map_or("", |limit| &limit.note),
        ),
    ]
}

/// The names of the types that an operation uses.
fn used_types(
    source: Source<'_>,
    operation: &Operation,
    full: Option<&String>,
    types: &BTreeMap<String, TypeSurface>,
) -> Vec<String> {
    let signature = &source.parsed.operations[&operation.id];
    let values = signature.parameters.iter().map(|parameter| &parameter.ty);
    let all = values.chain(&signature.body).chain(&signature.response);
    let roots: BTreeSet<String> = all.map(spelt).chain(full.cloned()).collect();
    let found = reachable_types(&source.parsed.objects, &source.parsed.others, roots);
    found
        .into_iter()
        .filter(|name| types.contains_key(name))
        .collect()
}

fn yes(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}

fn or_none(text: Option<&str>) -> &str {
    text.unwrap_or("none")
}

fn list<T: ToString>(values: &[T]) -> String {
    let values: Vec<String> = values.iter().map(ToString::to_string).collect();
    match values.is_empty() {
        true => "none".to_owned(),
        false => values.join(", "),
    }
}
