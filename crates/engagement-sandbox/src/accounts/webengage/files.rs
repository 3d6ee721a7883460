//! Files of visitors and of replies.

use bytes::Bytes;
use http::header::HOST;
use serde_json::Value;

use super::account::WebEngageAccount;
use crate::accounts::call::Call;
use crate::accounts::json::integer;
use crate::accounts::response::{ApiResponse, ApiResult, not_found};

/// The largest synthesised file, in bytes.
const MAX_FILE: i64 = 1 << 20;

impl WebEngageAccount {
    /// The file of a URL in a survey response or a feedback. Its content is synthesised.
    pub(super) fn file(&self, folder: &str, id: &str) -> ApiResult {
        let suffix = format!("/{folder}/{id}/download");
        let records = self.survey_responses.values().chain(self.feedback.values());
        let mut values = records.flat_map(|record| record.values());
        let file = values
            .find_map(|value| find(value, &suffix))
            .ok_or_else(|| not_found(format!("File {id} not found")))?;
        let name = file["fileName"].as_str().unwrap_or(id);
        let line = format!("The sandbox's stand-in for {name}.\n");
        let size = integer(&file["fileSize"]).map_or(line.len(), |size| {
            usize::try_from(size.clamp(0, MAX_FILE)).unwrap_or_default()
        });
        let bytes = line.bytes().cycle().take(size).collect::<Bytes>();
        Ok(ApiResponse::Bytes(bytes))
    }

    /// A record whose file URLs have the host that was called.
    pub(super) fn with_file_urls(&self, call: &Call, record: Value) -> Value {
        let host = call.header(HOST.as_str());
        let provider = self.provider;
        let api =
            provider.and_then(|provider| Some((provider, provider.document.servers.first()?)));
        match api {
            Some((provider, api)) if !host.is_empty() => {
                let sandbox = format!("http://{host}/{}", provider.mount(api));
                replace_file_urls(&sandbox, &api.url, record)
            }
            _ => record,
        }
    }
}

/// The file whose URL has this suffix.
fn find<'a>(value: &'a Value, suffix: &str) -> Option<&'a Value> {
    match value {
        Value::Object(fields) => {
            let url = fields.get("fileAccessUrl").and_then(Value::as_str);
            if url.is_some_and(|url| url.ends_with(suffix)) {
                return Some(value);
            }
            fields.values().find_map(|field| find(field, suffix))
        }
        Value::Array(items) => items.iter().find_map(|item| find(item, suffix)),
        _ => None,
    }
}

/// Replaces the base of all file URLs in a value.
fn replace_file_urls(new: &str, old: &str, value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let field = |(name, value): (String, Value)| {
                let path = match &value {
                    Value::String(url) if name == "fileAccessUrl" => url.strip_prefix(old),
                    _ => None,
                };
                let value = match path {
                    Some(path) => format!("{new}{path}").into(),
                    None => replace_file_urls(new, old, value),
                };
                (name, value)
            };
            Value::Object(fields.into_iter().map(field).collect())
        }
        Value::Array(items) => items
            .into_iter()
            .map(|item| replace_file_urls(new, old, item))
            .collect(),
        other => other,
    }
}
