//! A request as the call of a Rust client.

use engagement_document::{BodyKind, Location, Operation, Parameter, Schemas};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::masks::Masks;
use crate::http::state::ServerState;
use crate::log::RecordedRequest;

/// Longer bodies are left out.
const MAX_BODY: usize = 64 << 10;

/// The call; `None` if no operation matches.
pub(super) fn rust_call(
    state: &ServerState,
    masks: &Masks,
    request: &RecordedRequest,
) -> Option<String> {
    let provider = state.service(request.provider)?.provider;
    let operation = provider.document.operation(request.operation?)?;
    let body = masks.body(request).filter(|text| text.len() <= MAX_BODY);
    let json = body
        .as_deref()
        .and_then(|text| serde_json::from_str::<Value>(text).ok());
    let values = Values::new(masks, operation, request);
    let of_type = operation.body.as_ref().map(|body| {
        (
            body.kind,
            type_name(&provider.document.schemas, &body.schema),
        )
    });
    let text = match (of_type, &json) {
        (None, _) => typed(operation, &values, None),
        (Some((BodyKind::Json, Some(name))), Some(json)) => {
            let made = format!(
                "let body: {}_client::types::{name} = serde_json::from_value(json!({json:#}))?;\n",
                request.provider
            );
            made + &typed(operation, &values, Some("body"))
        }
        (Some((kind, _)), json) => by_id(operation, &values, kind, json.as_ref(), masks, request),
    };
    Some(text)
}

/// The name of a schema's type, if it is an object with fields.
fn type_name<'a>(schemas: &Schemas, schema: &'a Value) -> Option<&'a str> {
    let name = schema.get("$ref")?.as_str()?.rsplit('/').next()?;
    (!schemas.properties(schema).is_empty()).then_some(name)
}

/// `client.contacts().get(7).send().await?`
fn typed(operation: &Operation, values: &Values<'_>, body: Option<&str>) -> String {
    let required = operation
        .parameters
        .iter()
        .filter(|one| one.required && is_argument(one));
    let arguments = required.map(|one| values.literal(one).unwrap_or_else(|| "…".to_owned()));
    let arguments: Vec<String> = arguments.chain(body.map(str::to_owned)).collect();
    let optional = operation
        .parameters
        .iter()
        .filter(|one| !one.required && is_argument(one));
    let setters = optional.filter_map(|one| {
        Some(format!(
            "\n    .{}({})",
            snake_case(one.named()),
            values.literal(one)?
        ))
    });
    format!(
        "client.{}().{}({}){}\n    .send().await?;",
        operation.group,
        operation.action,
        arguments.join(", "),
        setters.collect::<String>()
    )
}

/// `client.operation("…")?.param(…).send().await?`
fn by_id(
    operation: &Operation,
    values: &Values<'_>,
    kind: BodyKind,
    json: Option<&Value>,
    masks: &Masks,
    request: &RecordedRequest,
) -> String {
    let mut lines = vec![format!("client.operation({:?})?", operation.id)];
    for parameter in operation.parameters.iter().filter(|one| is_argument(one)) {
        if let Some(value) = values.literal(parameter) {
            lines.push(format!(".param({:?}, {value})", parameter.name));
        }
    }
    match (kind, json) {
        (BodyKind::Json, Some(json)) => lines.push(format!(".json(&json!({json:#}))")),
        (BodyKind::Form, _) => {
            let body = masks.body(request).unwrap_or_default();
            for (name, value) in form_urlencoded::parse(body.as_bytes()) {
                lines.push(format!(".form_param({name:?}, {value:?})"));
            }
        }
        (BodyKind::Multipart, _) => lines.push(".file(…)".to_owned()),
        _ if request.body.is_empty() => {}
        _ => lines.push(".bytes(…)".to_owned()),
    }
    lines.push(".send().await?;".to_owned());
    lines.join("\n    ")
}

/// Whether callers set a parameter.
fn is_argument(parameter: &Parameter) -> bool {
    parameter.constant.is_none() && parameter.client_value.is_none()
}

/// The values of a request's parameters.
struct Values<'a> {
    operation: &'a Operation,
    request: &'a RecordedRequest,
    query: Vec<(String, String)>,
    masks: &'a Masks,
}

impl<'a> Values<'a> {
    fn new(masks: &'a Masks, operation: &'a Operation, request: &'a RecordedRequest) -> Self {
        Self {
            operation,
            request,
            query: request.query_pairs(),
            masks,
        }
    }

    /// The value of a parameter in Rust.
    fn literal(&self, parameter: &Parameter) -> Option<String> {
        let text = match parameter.location {
            Location::Path => self.in_path(&parameter.name)?,
            Location::Query => {
                let mut query = self.query.iter();
                query.find(|(name, _)| *name == parameter.name)?.1.clone()
            }
            Location::Header => self.request.header(&parameter.name)?.to_owned(),
        };
        let kind = parameter.schema.get("type").and_then(Value::as_str);
        let is_id = parameter.schema.get("$ref").is_some();
        if (kind == Some("integer") || is_id) && text.parse::<i64>().is_ok() {
            return Some(text);
        }
        Some(format!("{:?}", self.masks.text(&text)))
    }

    /// The decoded segment of the path in which the template has a parameter.
    fn in_path(&self, name: &str) -> Option<String> {
        // The template is the end of the path: before it are the mount point and the path of the server.
        let template = self.operation.path.split('/').rev();
        let given = self.request.path.split('/').rev();
        let mut pairs = template.zip(given);
        let (_, segment) = pairs.find(|(segment, _)| *segment == format!("{{{name}}}"))?;
        let segment = percent_decode_str(segment).decode_utf8_lossy();
        Some(segment.into_owned())
    }
}

/// A name on the wire as a name in Rust.
fn snake_case(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
        out.push(if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '_'
        });
    }
    out.trim_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_on_the_wire_are_names_in_rust() {
        let names = ["page_size", "pageNo", "X-Request-Id", "lists[]"].map(snake_case);
        assert_eq!(names, ["page_size", "page_no", "x_request_id", "lists"]);
    }
}
