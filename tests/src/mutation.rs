//! Responses with random damage, chosen by the bytes of the input.

use serde_json::Value;

use crate::pointers::{parent, pointers};

/// A text that must not be in any error. It is no field's name.
pub const HIDDEN: &str = "~hidden~";
/// A number that must not be in any error.
pub const HIDDEN_NUMBER: &str = "918273645";

/// Replacements of values, as JSON or nearly JSON.
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

/// The value with changes that the bytes choose: of values in it, and of its text.
#[must_use]
pub fn mutated(value: &Value, script: &[u8]) -> Vec<u8> {
    let mut script = script.iter().copied();
    let mut next = || usize::from(script.next().unwrap_or_default());
    let mut value = value.clone();
    let mut texts = Vec::new();
    for _ in 0..=next() % 4 {
        let pointers = pointers(&value, usize::MAX);
        let pointer = &pointers[(next() << 8 | next()) % pointers.len()];
        change(&mut value, pointer, next(), &mut texts);
    }
    let mut text = value.to_string();
    for (number, new) in texts.iter().enumerate() {
        text = text.replacen(&Value::from(mark(number)).to_string(), new, 1);
    }
    let mut bytes = text.into_bytes();
    let (change, at) = (next(), (next() << 8 | next()) % (bytes.len() + 1));
    match change % 16 {
        1 => bytes.truncate(at),
        2 => bytes.insert(at, 0xFF),
        3 => bytes.insert(at, b'"'),
        4 => bytes.insert(at, 0),
        5 => drop(bytes.splice(..0, *b"\xEF\xBB\xBF")),
        6 => drop(bytes.splice(..0, *b"\xEF\xBB\xBF\xEF\xBB\xBF")),
        7 => bytes.extend_from_slice(b" {}"),
        8 => drop(bytes.splice(at..at, *b"\xED\xA0\x80")),
        _ => {}
    }
    bytes
}

/// A placeholder for text that is no JSON value. It is replaced in the serialized text.
fn mark(number: usize) -> String {
    format!("\u{1}{number}\u{1}")
}

fn change(value: &mut Value, pointer: &str, change: usize, texts: &mut Vec<String>) {
    let parent = parent(pointer);
    let mut replace = |value: &mut Value, text: String| {
        if let Some(value) = value.pointer_mut(pointer) {
            *value = Value::from(mark(texts.len()));
            texts.push(text);
        }
    };
    match change % 64 {
        index @ 0..40 => replace(value, VALUES[index % VALUES.len()].to_owned()),
        40 => replace(value, "[".repeat(200) + &"]".repeat(200)),
        41 => replace(value, r#"{"a":"#.repeat(100) + "0" + &"}".repeat(100)),
        42 => replace(value, format!("\"{}\"", HIDDEN.repeat(300))),
        43..50 => {
            if let Some((parent, key)) = parent {
                match value.pointer_mut(parent) {
                    Some(Value::Object(object)) => drop(object.shift_remove(&key)),
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
            // Duplicates an element or a field.
            let Some((parent, key)) = parent else { return };
            let twice = value.pointer(pointer).cloned().unwrap_or_default();
            match value.pointer_mut(parent) {
                Some(Value::Array(elements)) => elements.push(twice),
                Some(Value::Object(object)) => {
                    let key = Value::from(key);
                    let rest = object.get(key.as_str().unwrap_or_default());
                    let rest = rest.map(Value::to_string).unwrap_or_default();
                    replace(value, format!("{twice},{key}:{rest}"));
                }
                _ => {}
            }
        }
    }
}
