//! Request bodies and success responses.

use serde_json::Value;

use super::Reader;
use crate::json::{example, flag, step, text};
use crate::model::{Body, BodyKind, Location, Response, ValueStyle};

/// Whether a media type is JSON, under whatever name.
fn is_json(media: &str) -> bool {
    let essence = media.split(';').next().unwrap_or_default();
    let essence = essence.trim().to_ascii_lowercase();
    matches!(essence.as_str(), "application/json" | "text/json") || essence.ends_with("+json")
}

/// Whether the body is one text or bytes, which callers write themselves.
fn is_raw(value: &Value) -> bool {
    let schema = value.get("schema").unwrap_or(&Value::Null);
    text(schema.get("type")) == "string"
}

impl<'a> Reader<'a> {
    pub(super) fn body(&mut self, raw: &'a Value, pointer: &str) -> Option<Body> {
        let body = self.follow(raw.get("requestBody")?);
        let at = step(pointer, "requestBody");
        let content = body.get("content").and_then(Value::as_object);
        let mut content = content.into_iter().flatten();
        let (Some((media, value)), None) = (content.next(), content.next()) else {
            self.problem(&at, "a body has exactly one media type: split the operation with a path key such as `/path#form`");
            return None;
        };
        let kind = match media.as_str() {
            "application/json" => BodyKind::Json,
            "application/x-www-form-urlencoded" => BodyKind::Form,
            "multipart/form-data" => BodyKind::Multipart,
            other if is_json(other) => BodyKind::Json,
            _ if is_raw(value) => BodyKind::Raw,
            other => {
                self.problem(&at, format!("media type `{other}` is not supported: use application/json or another name of JSON, application/x-www-form-urlencoded or multipart/form-data"));
                return None;
            }
        };
        let parts = value.get("encoding").and_then(Value::as_object);
        let parts = || parts.into_iter().flatten();
        let part_types = parts()
            .map(|(name, encoding)| (name.clone(), text(encoding.get("contentType"))))
            .filter(|(_, media_type)| !media_type.is_empty());
        let styled = parts().filter(|(_, encoding)| {
            encoding.get("style").is_some() || encoding.get("explode").is_some()
        });
        let styles = styled.map(|(name, encoding)| {
            let properties = value
                .get("schema")
                .and_then(|schema| schema.get("properties"));
            let schema = properties.and_then(|properties| properties.get(name));
            (name.clone(), self.style(encoding, schema, Location::Query))
        });
        let styles = styles
            .filter(|(_, style)| *style != ValueStyle::Plain)
            .collect();
        let example = example(value);
        if example.is_none() {
            self.problem(
                &at,
                "`example` is missing beside the schema: the wire test is made from it",
            );
        }
        Some(Body {
            kind,
            media_type: media.clone(),
            schema: value.get("schema").cloned().unwrap_or_default(),
            required: flag(body.get("required")),
            example: example.unwrap_or_default(),
            part_types: part_types.collect(),
            styles,
        })
    }

    pub(super) fn empty_body(&mut self, raw: &Value, pointer: &str) -> Option<BodyKind> {
        let media_type = text(Some(raw.get("x-empty-body")?));
        let known = [BodyKind::Json, BodyKind::Form];
        let kind = known
            .into_iter()
            .find(|kind| kind.media_type() == media_type);
        let at = step(pointer, "x-empty-body");
        if kind.is_none() {
            self.problem(
                &at,
                "write `application/json` or `application/x-www-form-urlencoded`",
            );
        }
        if raw.get("requestBody").is_some() {
            self.problem(
                &at,
                "the operation has a `requestBody`: leave one of them out",
            );
        }
        kind
    }

    pub(super) fn responses(&mut self, raw: &'a Value, pointer: &str) -> Vec<Response> {
        let mut found = Vec::new();
        let at = step(pointer, "responses");
        for (status, response) in raw
            .get("responses")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            if !status.starts_with('2') {
                continue;
            }
            let Ok(code) = status.parse::<u16>() else {
                self.problem(
                    &at,
                    format!("`{status}`: declare success responses by their exact status"),
                );
                continue;
            };
            let content = self.follow(response).get("content");
            let all = content.and_then(Value::as_object).into_iter().flatten();
            let json = all.into_iter().find(|(media, _)| is_json(media));
            let media_type = json.map_or(String::new(), |(media, _)| media.clone());
            let json = json.map(|(_, json)| json);
            let binary =
                content.is_some_and(|content| content.get("application/octet-stream").is_some());
            let schema = json.map(|json| json.get("schema").cloned().unwrap_or_default());
            let example = json.and_then(example);
            if json.is_some() && example.is_none() {
                self.problem(
                    &step(&at, status),
                    "`example` is missing beside the schema: the sandbox responds with it",
                );
            }
            found.push(Response {
                status: code,
                schema,
                media_type,
                binary,
                example,
            });
        }
        if found.iter().any(|response| response.binary)
            && !found.iter().all(|response| response.binary)
        {
            self.problem(
                &at,
                "bytes and JSON can't both be success responses of one operation",
            );
        }
        if found.is_empty() {
            self.problem(
                &at,
                "no success response is declared: write at least a '200'",
            );
        }
        found
    }
}
