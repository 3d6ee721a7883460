//! Files of visitors and of replies.

use bytes::Bytes;
use http::header::HOST;
use serde_json::Value;

use super::State;
use crate::accounts::call::{Call, Outcome, Reply, missing};
use crate::accounts::values::int;

/// The largest file that is made up.
const LARGEST: i64 = 1 << 20;

impl State {
    /// The file behind a URL that stands in a survey response or a feedback.
    pub(super) fn file(&self, folder: &str, id: &str) -> Outcome {
        let end = format!("/{folder}/{id}/download");
        let records = self.surveys.values().chain(self.feedbacks.values());
        let mut values = records.flat_map(|record| record.values());
        let file = values
            .find_map(|value| find(value, &end))
            .ok_or_else(|| missing(format!("File {id} not found")))?;
        let name = file["fileName"].as_str().unwrap_or(id);
        let line = format!("The sandbox's stand-in for {name}.\n");
        let size = int(&file["fileSize"]).map_or(line.len(), |size| {
            usize::try_from(size.clamp(0, LARGEST)).unwrap_or_default()
        });
        Ok(Reply::Bytes {
            content_type: content_type(file["fileType"].as_str().unwrap_or_default()),
            bytes: line.bytes().cycle().take(size).collect::<Bytes>(),
        })
    }

    /// A record as a call shows it: the URLs of its files lead to the host that was called.
    pub(super) fn shown(&self, call: &Call, record: Value) -> Value {
        let host = call.header(HOST.as_str());
        let api = self.provider.document.servers.first();
        match api {
            Some(api) if !host.is_empty() => {
                let here = format!("http://{host}/{}", self.provider.mount(api));
                led_to(&here, &api.url, record)
            }
            _ => record,
        }
    }
}

/// The file whose URL ends so.
fn find<'a>(value: &'a Value, end: &str) -> Option<&'a Value> {
    match value {
        Value::Object(members) => {
            let url = members.get("fileAccessUrl").and_then(Value::as_str);
            if url.is_some_and(|url| url.ends_with(end)) {
                return Some(value);
            }
            members.values().find_map(|member| find(member, end))
        }
        Value::Array(items) => items.iter().find_map(|item| find(item, end)),
        _ => None,
    }
}

fn led_to(here: &str, there: &str, value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let member = |(name, value): (String, Value)| {
                let path = match &value {
                    Value::String(url) if name == "fileAccessUrl" => url.strip_prefix(there),
                    _ => None,
                };
                let value = match path {
                    Some(path) => format!("{here}{path}").into(),
                    None => led_to(here, there, value),
                };
                (name, value)
            };
            Value::Object(members.into_iter().map(member).collect())
        }
        Value::Array(items) => items
            .into_iter()
            .map(|item| led_to(here, there, item))
            .collect(),
        other => other,
    }
}

fn content_type(extension: &str) -> &'static str {
    match extension.to_ascii_lowercase().as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "pdf" => "application/pdf",
        "csv" => "text/csv",
        "txt" => "text/plain",
        _ => "application/octet-stream",
    }
}
