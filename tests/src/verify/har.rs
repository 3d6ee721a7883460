//! HAR files, which browsers and proxies record. They can be large: one entry at a time is in memory.

use std::fmt;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use base64::prelude::{BASE64_STANDARD as BASE64, Engine as _};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::payload::{Body, Direction, Payload};

#[derive(Deserialize)]
struct Entry {
    request: Request,
    response: Response,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    method: String,
    url: String,
    #[serde(default)]
    post_data: Option<Content>,
}

#[derive(Deserialize)]
struct Response {
    status: u64,
    #[serde(default)]
    content: Option<Content>,
}

/// A body, as HAR has it in requests and in responses.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Content {
    mime_type: String,
    text: String,
    encoding: String,
    params: Vec<Param>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Param {
    name: String,
    value: String,
}

/// Reads the entries of a file: each is a request and its response.
///
/// # Errors
/// If the file can't be read or is no HAR file. The text says at which line and entry.
pub(super) fn read(path: &Path, each: &mut dyn FnMut(Payload)) -> Result<(), String> {
    let shown = path.display();
    let file = File::open(path).map_err(|error| format!("{shown}: {error}"))?;
    let mut json = serde_json::Deserializer::from_reader(BufReader::new(file));
    let mut state = State { entries: 0, each };
    let found = Level::File(&mut state).deserialize(&mut json);
    let end = found.and_then(|found| json.end().map(|()| found));
    match end {
        Ok(true) => Ok(()),
        Ok(false) => Err(format!(
            "{shown}: this is no HAR file: it has no list `log.entries`"
        )),
        Err(error) => Err(format!(
            "{shown}: the file is damaged after entry {}: {}; record it again, or remove what follows",
            state.entries,
            place(&error)
        )),
    }
}

/// What kind of error it is and where: its own text can have a value of the recording.
fn place(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        serde_json::error::Category::Eof => "it ends there",
        serde_json::error::Category::Data => "a field is missing or has another type",
        serde_json::error::Category::Io => "it can't be read",
        serde_json::error::Category::Syntax => "no JSON",
    };
    format!("{what} (line {}, column {})", error.line(), error.column())
}

struct State<'a> {
    entries: usize,
    each: &'a mut dyn FnMut(Payload),
}

/// Where in the file the reader is: `log.entries` is a list inside of two objects. The value says whether it was there.
enum Level<'s, 'a> {
    File(&'s mut State<'a>),
    Log(&'s mut State<'a>),
    Entries(&'s mut State<'a>),
}

impl<'de> DeserializeSeed<'de> for Level<'_, '_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        match self {
            Self::Entries(_) => deserializer.deserialize_seq(self),
            _ => deserializer.deserialize_map(self),
        }
    }
}

impl<'de> Visitor<'de> for Level<'_, '_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a HAR file")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<bool, A::Error> {
        let mut found = false;
        while let Some(key) = map.next_key::<String>()? {
            match (&mut self, key.as_str()) {
                (Self::File(state), "log") => found |= map.next_value_seed(Level::Log(state))?,
                (Self::Log(state), "entries") => {
                    found |= map.next_value_seed(Level::Entries(state))?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<bool, A::Error> {
        let Self::Entries(state) = self else {
            return Ok(false);
        };
        while let Some(entry) = list.next_element::<Entry>()? {
            state.entries += 1;
            let call = format!("{} {}", entry.request.method, entry.request.url);
            let name = format!("entry {}", state.entries);
            let status = entry.response.status;
            (state.each)(payload(
                &name,
                &call,
                Direction::Request,
                entry.request.post_data,
            ));
            let direction = Direction::Response {
                status: Some(status),
            };
            let mut response = payload(&name, &call, direction, entry.response.content);
            if status < 200 || (300..400).contains(&status) {
                response.skip = Some(format!("status {status}"));
            }
            (state.each)(response);
        }
        Ok(true)
    }
}

fn payload(name: &str, call: &str, direction: Direction, content: Option<Content>) -> Payload {
    let kind = match direction {
        Direction::Request => "request",
        Direction::Response { .. } => "response",
    };
    Payload {
        name: format!("{name}, {kind}"),
        call: call.to_owned(),
        direction,
        body: content.map_or(Body::None, body),
        partial: false,
        foreign: true,
        skip: None,
    }
}

fn body(content: Content) -> Body {
    let media_type = content.mime_type.split(';').next().unwrap_or_default();
    let media_type = media_type.trim().to_ascii_lowercase();
    let is_form = media_type == "application/x-www-form-urlencoded";
    if is_form && content.text.is_empty() && !content.params.is_empty() {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(
            content
                .params
                .iter()
                .map(|param| (&param.name, &param.value)),
        );
        return Body::Form(form.finish());
    }
    let text = match content.encoding.as_str() {
        "base64" => match BASE64.decode(&content.text).map(String::from_utf8) {
            Ok(Ok(text)) => text,
            Ok(Err(_)) => return Body::Other(media_type),
            Err(_) => return Body::Unreadable("its base64 is damaged".to_owned()),
        },
        _ => content.text,
    };
    match media_type.as_str() {
        _ if text.is_empty() => Body::None,
        _ if is_form => Body::Form(text),
        "" => Body::Text(text),
        json if json.contains("json") => Body::Text(text),
        _ => Body::Other(media_type),
    }
}
