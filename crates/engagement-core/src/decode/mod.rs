//! Decoding bodies within a limit of memory, and saying what is wrong with one without repeating what is in it: error
//! texts end up in logs, bodies hold people.

pub(crate) mod at_path;
pub(crate) mod meter;
mod metered;
mod short_error;

use std::marker::PhantomData;

use serde::de::{DeserializeOwned, DeserializeSeed, Error as _};
use serde_json::Value;
use serde_json::de::Read;
use serde_json::error::Category;

use crate::decode::at_path::At;
use crate::decode::meter::Meter;
use crate::decode::metered::Metered;
use crate::redact::json_path::{offset, path_at};

/// How much larger than the largest body its values may be. What providers send takes less.
const MEMORY_PER_BYTE: usize = 4;

/// A body that is so much smaller than the largest one can't become too much, whatever is in it: no type makes more than
/// this many times [`MEMORY_PER_BYTE`] of a byte.
const SURELY_SMALL: usize = 256;

/// Why a body could not be decoded.
#[derive(Debug)]
pub(crate) struct Failure {
    error: serde_json::Error,
    /// The limit, in bytes, that the values would not have kept.
    memory: Option<usize>,
    /// Whether a container of the wrong type was noticed only after it was entered.
    entered: bool,
}

/// Decodes a value for which no more memory may be taken than a body of `limit` bytes allows.
pub(crate) fn from_slice<T: DeserializeOwned>(json: &[u8], limit: usize) -> Result<T, Failure> {
    seed(json, limit, PhantomData)
}

/// Decodes what stands at `path`, a way of object keys; `None` if it is `null` or missing there.
pub(crate) fn part<T: DeserializeOwned>(
    json: &[u8],
    path: &[&str],
    limit: usize,
) -> Result<Option<T>, Failure> {
    seed(json, limit, At::new(path))
}

fn seed<'de, S: DeserializeSeed<'de>>(
    json: &'de [u8],
    limit: usize,
    seed: S,
) -> Result<S::Value, Failure> {
    let text = text(json, limit)?;
    if json.len() > limit / SURELY_SMALL {
        return counted(json, serde_json::Deserializer::from_str(text), limit, seed);
    }
    let mut json = serde_json::Deserializer::from_str(text);
    let value = seed.deserialize(&mut json);
    let value = value.and_then(|value| json.end().map(|()| value));
    value.map_err(|error| Failure {
        error,
        memory: None,
        entered: false,
    })
}

fn counted<'de, S: DeserializeSeed<'de>, R: Read<'de>>(
    json: &'de [u8],
    mut deserializer: serde_json::Deserializer<R>,
    limit: usize,
    seed: S,
) -> Result<S::Value, Failure> {
    let memory = limit.saturating_mul(MEMORY_PER_BYTE);
    let meter = Meter::new(memory, json);
    let value = Metered::new(seed, &meter).deserialize(&mut deserializer);
    let value = value.and_then(|value| deserializer.end().map(|()| value));
    value.map_err(|error| Failure {
        error,
        memory: meter.is_overrun().then_some(memory),
        entered: meter.has_entered(),
    })
}

/// The body as text. Looked at once as a whole, which costs a fraction of what serde_json takes to look at each of its
/// strings; its reason and place are still serde_json's.
fn text(json: &[u8], limit: usize) -> Result<&str, Failure> {
    str::from_utf8(json).map_err(|_| {
        let bytes = serde_json::Deserializer::from_slice(json);
        let failure = counted(json, bytes, limit, PhantomData::<Value>).err();
        failure.unwrap_or_else(|| Failure {
            error: serde_json::Error::custom("not UTF-8"),
            memory: None,
            entered: false,
        })
    })
}

/// The body without a byte order mark, which JSON forbids and some servers send.
pub(crate) fn without_bom(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body)
}

/// Whether there is nothing in the body.
pub(crate) fn is_blank(body: &[u8]) -> bool {
    without_bom(body).iter().all(u8::is_ascii_whitespace)
}

/// Decodes JSON with an error that says where and why and repeats no value, unlike serde's own.
///
/// # Errors
/// If it is no JSON, or not of this type.
///
/// ```
/// let error = engagement_core::from_json::<Vec<i64>>(br#"[1, "ada@example.com"]"#).unwrap_err();
/// let told = "at `[1]`: invalid type: string, expected i64 at line 1 column 21";
/// assert_eq!(error.to_string(), told);
/// ```
pub fn from_json<T: DeserializeOwned>(json: &[u8]) -> Result<T, serde_json::Error> {
    serde_json::from_slice(json).map_err(|error| match error.classify() {
        Category::Data => {
            let (line, column) = (error.line(), error.column());
            let path = path_at(json, offset(json, line, column));
            let place = if path.is_empty() {
                String::new()
            } else {
                format!("at `{path}`: ")
            };
            // serde_json takes line and column out of the text again.
            serde_json::Error::custom(format_args!(
                "{place}{} at line {line} column {column}",
                reason(&error)
            ))
        }
        Category::Syntax | Category::Eof | Category::Io => error,
    })
}

/// Makes a type of a JSON value, with an error that repeats nothing of it.
///
/// # Errors
/// If it is not of this type.
pub fn from_json_value<T: DeserializeOwned>(value: Value) -> Result<T, serde_json::Error> {
    T::deserialize(value).map_err(|error| serde_json::Error::custom(reason(&error)))
}

/// Where in `json` and why it could not be decoded.
pub(crate) fn describe(json: &[u8], failure: &Failure) -> String {
    let Failure {
        error,
        memory,
        entered,
    } = failure;
    if is_blank(json) {
        return "the body is empty where JSON was expected".to_owned();
    }
    let (line, column) = (error.line(), error.column());
    let reason = reason(error);
    let mut end = offset(json, line, column);
    if *entered {
        end = before_container(json, end);
    }
    let path = path_at(json, end);
    let place = if path.is_empty() {
        String::new()
    } else {
        format!(" at `{path}`")
    };
    match memory {
        Some(memory) => format!(
            "decoding the body would take more than {memory} bytes of memory{place}: raise `max_body_bytes` (line {line}, column {column})",
        ),
        None => format!("unexpected body{place}: {reason} (line {line}, column {column})"),
    }
}

/// Where the container starts that was entered last, and left at once if it is empty.
fn before_container(json: &[u8], end: usize) -> usize {
    let read = json.get(..end).unwrap_or(json).trim_ascii_end();
    let read = match read.split_last() {
        Some((b']' | b'}', inner)) => inner.trim_ascii_end(),
        _ => read,
    };
    match read.last() {
        Some(b'[' | b'{') => read.len() - 1,
        _ => end,
    }
}

/// The reason without the offending value, which serde's messages quote.
pub(crate) fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let text = text.strip_suffix(place.as_str()).unwrap_or(&text);
    match error.classify() {
        // Fixed texts of the parser.
        Category::Syntax | Category::Eof => text.to_owned(),
        Category::Io => "unreadable".to_owned(),
        Category::Data => without_value(text),
    }
}

fn without_value(text: &str) -> String {
    // The word for what was found; anything else could be a type's own text, with a value in it.
    const FOUND: &[&str] = &[
        "boolean",
        "integer",
        "floating point",
        "number",
        "character",
        "string",
        "byte array",
        "unit value",
        "null",
        "Option value",
        "newtype struct",
        "sequence",
        "map",
        "enum",
        "unit variant",
        "newtype variant",
        "tuple variant",
        "struct variant",
    ];
    // What follows names only the program's own types.
    let expected = text.rfind(", expected ").map_or("", |at| &text[at..]);
    for prefix in ["invalid type: ", "invalid value: "] {
        if let Some(rest) = text.strip_prefix(prefix) {
            let word = rest
                .split(['"', '`', ','])
                .next()
                .unwrap_or_default()
                .trim();
            let word = if FOUND.contains(&word) { word } else { "value" };
            return format!("{prefix}{word}{expected}");
        }
    }
    for prefix in ["unknown variant", "unknown field", "invalid length"] {
        if text.starts_with(prefix) {
            return format!("{prefix}{expected}");
        }
    }
    let about_a_field =
        text.starts_with("missing field `") || text.starts_with("duplicate field `");
    if about_a_field {
        text.to_owned()
    } else {
        "invalid value".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_utf_8_is_told_with_its_place() {
        assert_eq!(text("\"ä\"".as_bytes(), 1).unwrap(), "\"ä\"");
        let json = b"{\"a\": [\"x\", \"\xff\"]}";
        for limit in [1000, 1_000_000] {
            let error = from_slice::<Value>(json, limit).unwrap_err();
            assert_eq!(
                describe(json, &error),
                "unexpected body at `a[1]`: invalid unicode code point (line 1, column 14)"
            );
        }
        assert!(text(b"\xff", 1000).is_err());
    }

    #[test]
    fn reasons_never_hold_values() {
        for (text, kept) in [
            (
                "invalid type: string \"a@b, expected c\", expected i64",
                "invalid type: string, expected i64",
            ),
            (
                "invalid type: null, expected a string",
                "invalid type: null, expected a string",
            ),
            (
                "invalid value: integer `300`, expected u8",
                "invalid value: integer, expected u8",
            ),
            (
                "invalid type: floating point `1.5`, expected i64",
                "invalid type: floating point, expected i64",
            ),
            (
                "invalid value: a@b.example, expected x",
                "invalid value: value, expected x",
            ),
            (
                "unknown variant `a@b`, expected `x` or `y`",
                "unknown variant, expected `x` or `y`",
            ),
            ("unknown field `a@b`, there are no fields", "unknown field"),
            ("missing field `id`", "missing field `id`"),
            ("a@b is not a date", "invalid value"),
        ] {
            assert_eq!(without_value(text), kept);
        }
    }

    #[test]
    fn places_and_reasons() {
        let json = b"{\n \"a\": [1, \"secret\"]}";
        let error =
            from_slice::<std::collections::BTreeMap<String, Vec<i64>>>(json, 1000).unwrap_err();
        assert_eq!(
            describe(json, &error),
            "unexpected body at `a[1]`: invalid type: string, expected i64 (line 2, column 18)"
        );
        for (json, path) in [
            ("[[[[1]]]]", "[0][0]"),
            ("[[ [ ] ]]", "[0][0]"),
            ("[[1],[1, {\"a\": 2}]]", "[1][1]"),
            ("[[1],[{\n}, 1]]", "[1][0]"),
            ("[{}]", "[0]"),
        ] {
            for limit in [json.len() * 100, 1_000_000] {
                let error = from_slice::<Vec<Vec<i64>>>(json.as_bytes(), limit).unwrap_err();
                let text = describe(json.as_bytes(), &error);
                let start = format!("unexpected body at `{path}`: invalid type: ");
                assert!(text.starts_with(&start), "{json}: {text}");
            }
        }
        let error = from_slice::<i64>(b" ", 1).unwrap_err();
        assert_eq!(
            describe(b" ", &error),
            "the body is empty where JSON was expected"
        );
        let error = from_slice::<serde_json::Value>(b"{\"a\":", 1000).unwrap_err();
        assert_eq!(
            describe(b"{\"a\":", &error),
            "unexpected body at `a`: EOF while parsing a value (line 1, column 5)"
        );
    }
}
