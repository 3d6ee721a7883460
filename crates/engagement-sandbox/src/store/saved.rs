//! Snapshots and changes as JSON.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::entry::{CallEntry, Entry};
use crate::accounts::call::{Call, UploadedFile};
use crate::accounts::json::Object;
use crate::clock::micros;

/// The version of the format.
pub(super) const VERSION: u64 = 1;
/// The headers that accounts read.
const HEADERS: [&str; 4] = [
    "authorization",
    "x-engagespot-api-key",
    "x-engagespot-device-id",
    "x-engagespot-user-id",
];

/// All accounts, and the settings that calls depend on.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SavedSnapshot {
    pub(super) version: u64,
    /// Microseconds since 1970.
    pub(super) time: u64,
    pub(super) log_size: usize,
    /// Variables and values by provider.
    pub(super) credentials: BTreeMap<String, Vec<(String, String)>>,
    pub(super) accounts: BTreeMap<String, Box<RawValue>>,
}

/// A change. Times are in microseconds since 1970.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum SavedEntry {
    Call(Box<SavedCall>),
    Tick {
        provider: String,
        time: u64,
    },
    Account {
        provider: String,
        account: Box<RawValue>,
    },
    Clock(u64),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SavedCall {
    pub(super) provider: String,
    pub(super) operation: String,
    pub(super) time: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) skew: i64,
    parameters: Object,
    body: Value,
    body_bytes: usize,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    headers: Vec<(String, String)>,
    schemes: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    files: Vec<SavedFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SavedFile {
    name: String,
    file_name: String,
    content_type: String,
    /// In base64.
    bytes: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "what serde calls")]
fn is_zero(number: &i64) -> bool {
    *number == 0
}

impl SavedEntry {
    pub(super) fn new(entry: Entry) -> serde_json::Result<Self> {
        Ok(match entry {
            Entry::Call(call) => Self::Call(Box::new(SavedCall::new(*call))),
            Entry::Tick { provider, time } => Self::Tick {
                provider: provider.to_owned(),
                time: micros(time),
            },
            Entry::Account { provider, account } => Self::Account {
                provider: provider.to_owned(),
                account: RawValue::from_string(account.save()?)?,
            },
            Entry::Clock(time) => Self::Clock(micros(time)),
        })
    }
}

impl SavedCall {
    fn new(entry: CallEntry) -> Self {
        let call = entry.call;
        // The token of a user names the user. Other providers' accounts don't read this header.
        let by_token = call.schemes.iter().any(|scheme| scheme == "userToken");
        let headers = HEADERS.into_iter().filter_map(|name| {
            let text = call.header(name);
            let kept = !text.is_empty() && (by_token || name != "authorization");
            kept.then(|| (name.to_owned(), text.to_owned()))
        });
        Self {
            headers: headers.collect(),
            provider: entry.provider.to_owned(),
            operation: entry.operation,
            time: micros(entry.time),
            skew: entry.skew,
            parameters: call.parameters,
            body: call.body,
            body_bytes: call.body_bytes,
            schemes: call.schemes,
            files: call.files.into_iter().map(SavedFile::new).collect(),
        }
    }

    pub(super) fn into_call(self) -> Result<Call, String> {
        let mut headers = HeaderMap::new();
        for (name, value) in self.headers {
            let (name, value) = (HeaderName::try_from(name), HeaderValue::try_from(value));
            headers.insert(
                name.map_err(|why| why.to_string())?,
                value.map_err(|why| why.to_string())?,
            );
        }
        let files = self.files.into_iter().map(SavedFile::into_file);
        Ok(Call {
            parameters: self.parameters,
            body: self.body,
            body_bytes: self.body_bytes,
            headers,
            schemes: self.schemes,
            files: files.collect::<Result<_, _>>()?,
        })
    }
}

impl SavedFile {
    fn new(file: UploadedFile) -> Self {
        Self {
            name: file.name,
            file_name: file.file_name,
            content_type: file.content_type,
            bytes: BASE64_STANDARD.encode(&file.bytes),
        }
    }

    fn into_file(self) -> Result<UploadedFile, String> {
        let bytes = BASE64_STANDARD.decode(&self.bytes);
        Ok(UploadedFile {
            name: self.name,
            file_name: self.file_name,
            content_type: self.content_type,
            bytes: Bytes::from(bytes.map_err(|why| why.to_string())?),
        })
    }
}
