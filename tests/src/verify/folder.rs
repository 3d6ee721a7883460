//! A folder with one file for each body, and an `index.json` that says what they are.

use std::path::Path;

use serde_json::Value;

use super::payload::{Body, Direction, Payload};

pub(super) const INDEX: &str = "index.json";

/// Reads the files, one at a time, in the order of the index.
///
/// # Errors
/// If the index can't be read, or an entry of it is not complete.
pub(super) fn read(directory: &Path, each: &mut dyn FnMut(Payload)) -> Result<(), String> {
    let path = directory.join(INDEX);
    let shown = path.display();
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{shown}: {error}"))?;
    let value: Value =
        serde_json::from_str(&text).map_err(|error| format!("{shown}: no JSON: {error}"))?;
    let items = value.as_array();
    let items = items.ok_or_else(|| format!("{shown}: is no list"))?;
    for (at, item) in items.iter().enumerate() {
        let payload = payload(directory, item);
        each(payload.map_err(|what| format!("{shown}: entry {at}: {what}"))?);
    }
    Ok(())
}

fn payload(directory: &Path, item: &Value) -> Result<Payload, String> {
    let text = |key: &str| {
        let value = item[key].as_str().map(str::to_owned);
        value.ok_or_else(|| format!("`{key}` is missing"))
    };
    let direction = match text("kind")?.as_str() {
        "request" => Direction::Request,
        "response" => Direction::Response {
            status: item.get("status").and_then(Value::as_u64),
        },
        kind => {
            return Err(format!("`kind` is `{kind}`: write `request` or `response`"));
        }
    };
    let name = text("file")?;
    let skip = skipped(item);
    let body = match std::fs::read_to_string(directory.join(&name)) {
        _ if skip.is_some() => Body::None,
        Ok(text) if name.ends_with(".form") => Body::Form(text),
        Ok(text) => Body::Text(text),
        Err(error) => Body::Unreadable(format!("not readable: {error}")),
    };
    Ok(Payload {
        name,
        call: text("operation")?,
        direction,
        body,
        partial: item["partial"] == true,
        foreign: false,
        skip,
    })
}

/// Why an entry is not checked.
fn skipped(item: &Value) -> Option<String> {
    let note = item["note"].as_str();
    let note = note.map_or(String::new(), |note| format!(" ({note})"));
    if item["check"] == false {
        return Some(format!("marked `check: false`{note}"));
    }
    // `true`, or the JSON pointer of the fragment.
    let fragment = item["fragment"] == true || item["fragment"].is_string();
    fragment.then(|| format!("a fragment only{note}"))
}
