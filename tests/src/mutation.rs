//! Responses with random damage, chosen by the bytes of the input.

use serde_json::Value;

use crate::places::places;

/// A text that must not be in any error; no name of a field looks like this.
pub const HIDDEN: &str = "~hidden~";
/// A number that must not be in any error.
pub const HIDDEN_NUMBER: &str = "918273645";

/// What may stand where something else was, as JSON or not quite.
const VALUES: &[&str] = &[
    "null",
    "true",
    "0",
    "-0",
    "1.5",
    HIDDEN_NUMBER,
    "9182736450000000000000000",
    "918273645.5e300",
    "1e999",
    "9223372036854775808",
    "\"\"",
    "\"~hidden~\"",
    "\"~hidden~, expected `x`\\n\"",
    "\"918273645\"",
    "\"\\ud800\"",
    "\"\\ud83d\\ude00\"",
    "[]",
    "{}",
    "[[]]",
    "[\"~hidden~\"]",
    "{\"~hidden~\":\"~hidden~\"}",
    "{\"\":{}}",
    "",
    "\"~hidden~",
];

/// The value with changes that the bytes choose: of what stands somewhere, and of the text that it becomes.
#[must_use]
pub fn mutated(value: &Value, script: &[u8]) -> Vec<u8> {
    let mut script = script.iter().copied();
    let mut next = || usize::from(script.next().unwrap_or_default());
    let mut value = value.clone();
    let mut texts = Vec::new();
    for _ in 0..=next() % 4 {
        let places = places(&value, usize::MAX);
        let place = &places[(next() << 8 | next()) % places.len()];
        let what = next();
        change(&mut value, place, what, &mut texts);
    }
    let mut text = value.to_string();
    for (number, new) in texts.iter().enumerate() {
        text = text.replacen(&Value::from(mark(number)).to_string(), new, 1);
    }
    let mut bytes = text.into_bytes();
    let (what, place) = (next(), (next() << 8 | next()) % (bytes.len() + 1));
    match what % 16 {
        1 => bytes.truncate(place),
        2 => bytes.insert(place, 0xFF),
        3 => bytes.insert(place, b'"'),
        4 => bytes.insert(place, 0),
        5 => drop(bytes.splice(..0, *b"\xEF\xBB\xBF")),
        6 => drop(bytes.splice(..0, *b"\xEF\xBB\xBF\xEF\xBB\xBF")),
        7 => bytes.extend_from_slice(b" {}"),
        8 => drop(bytes.splice(place..place, *b"\xED\xA0\x80")),
        _ => {}
    }
    bytes
}

/// Stands for what is no value, until the whole is text.
fn mark(number: usize) -> String {
    format!("\u{1}{number}\u{1}")
}

fn change(value: &mut Value, place: &str, what: usize, texts: &mut Vec<String>) {
    let parent = place.rsplit_once('/');
    match what % 64 {
        at @ 0..40 => {
            let text = VALUES[at % VALUES.len()].to_owned();
            put(value, place, text, texts);
        }
        40 => put(value, place, "[".repeat(200) + &"]".repeat(200), texts),
        41 => put(
            value,
            place,
            "{\"a\":".repeat(100) + "0" + &"}".repeat(100),
            texts,
        ),
        42 => put(
            value,
            place,
            format!("\"{}\"", "~hidden~".repeat(300)),
            texts,
        ),
        43..50 => {
            if let Some((parent, key)) = parent {
                match value.pointer_mut(parent) {
                    Some(Value::Object(object)) => drop(object.shift_remove(&unescaped(key))),
                    Some(Value::Array(elements)) => {
                        if let Ok(at) = key.parse::<usize>() {
                            elements.remove(at);
                        }
                    }
                    _ => {}
                }
            }
        }
        _ => {
            // Twice: an element more, or a key that was there already.
            let Some((parent, key)) = parent else { return };
            let twice = value.pointer(place).cloned().unwrap_or_default();
            match value.pointer_mut(parent) {
                Some(Value::Array(elements)) => elements.push(twice),
                Some(Value::Object(object)) => {
                    let key = Value::from(unescaped(key));
                    let rest = object.get(key.as_str().unwrap_or_default());
                    let rest = rest.map(Value::to_string).unwrap_or_default();
                    put(value, place, format!("{twice},{key}:{rest}"), texts);
                }
                _ => {}
            }
        }
    }
}

fn put(value: &mut Value, place: &str, text: String, texts: &mut Vec<String>) {
    if let Some(value) = value.pointer_mut(place) {
        *value = Value::from(mark(texts.len()));
        texts.push(text);
    }
}

fn unescaped(key: &str) -> String {
    key.replace("~1", "/").replace("~0", "~")
}
