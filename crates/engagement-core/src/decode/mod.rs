//! Decodes bodies, with errors that do not repeat what is in them: error texts end up in logs, and bodies hold personal data.

pub(crate) mod at_path;
mod repair;
mod value_count;

use std::marker::PhantomData;

use serde::de::{DeserializeOwned, DeserializeSeed, Error as _};
use serde_json::Value;
use serde_json::error::Category;

use crate::decode::at_path::PathSeed;
use crate::redact::json_path::{offset, path_at};

/// Why a body could not be decoded.
#[derive(Debug)]
pub(crate) enum DecodeError {
    /// It holds more JSON values than this limit.
    TooManyValues(usize),
    /// It is not JSON, or not of the type.
    Json(serde_json::Error),
}

/// Decodes a body of at most `max_values` JSON values.
pub(crate) fn from_slice<T: DeserializeOwned>(
    json: &[u8],
    max_values: usize,
) -> Result<T, DecodeError> {
    from_slice_seed(json, max_values, PhantomData)
}

/// Decodes the value at a path of field names in a body of at most `max_values` JSON values; `None` if it is missing or
/// `null`.
pub(crate) fn at_path<T: DeserializeOwned>(
    json: &[u8],
    path: &[&str],
    max_values: usize,
) -> Result<Option<T>, DecodeError> {
    from_slice_seed(json, max_values, PathSeed::new(path))
}

fn from_slice_seed<V, S>(json: &[u8], max_values: usize, seed: S) -> Result<V, DecodeError>
where
    S: for<'de> DeserializeSeed<'de, Value = V> + Copy,
{
    if value_count::exceeds(json, max_values) {
        return Err(DecodeError::TooManyValues(max_values));
    }
    decode_any(json, seed).map_err(DecodeError::Json)
}

/// Decodes a body of any number of values, and repairs it where that is needed.
fn decode_any<V, S>(json: &[u8], seed: S) -> Result<V, serde_json::Error>
where
    S: for<'de> DeserializeSeed<'de, Value = V> + Copy,
{
    let text = text(json)?;
    decode(text, seed).or_else(|error| decode_repaired(text, seed, error))
}

fn decode<'de, S: DeserializeSeed<'de>>(
    json: &'de str,
    seed: S,
) -> Result<S::Value, serde_json::Error> {
    let mut json = serde_json::Deserializer::from_str(json);
    let value = seed.deserialize(&mut json);
    value.and_then(|value| json.end().map(|()| value))
}

/// Decodes a body that could not be decoded, if its error can be repaired.
#[cold]
fn decode_repaired<V, S>(
    json: &str,
    seed: S,
    error: serde_json::Error,
) -> Result<V, serde_json::Error>
where
    S: for<'de> DeserializeSeed<'de, Value = V> + Copy,
{
    let mut value = None;
    let mut again = |json: &str| decode(json, seed).map(|decoded| value = Some(decoded));
    repair::decode(short_type_name::<V>(), json, &error, &mut again);
    value.ok_or(error)
}

/// `Contact` of `Vec<crate::Contact>`.
fn short_type_name<T>() -> &'static str {
    let name = std::any::type_name::<T>();
    let name = name.rsplit("::").next().unwrap_or(name);
    name.trim_end_matches('>')
}

/// The body as text. It is checked once as a whole, which costs a fraction of what serde_json takes to check each of its
/// strings. Where that fails, serde_json finds the reason and the place.
fn text(json: &[u8]) -> Result<&str, serde_json::Error> {
    str::from_utf8(json).map_err(|_| {
        let error = serde_json::from_slice::<Value>(json).err();
        error.unwrap_or_else(|| serde_json::Error::custom("not UTF-8"))
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

/// Decodes JSON, as calls decode bodies: an integer that is written as `5.0`, half a surrogate pair, and `null` in a list or a
/// map of other values are repaired. Unlike serde's own error, this one gives the path of the value that is wrong, and repeats
/// no value.
///
/// # Errors
/// If it is not JSON, or not of this type.
///
/// ```
/// let error = engagement_core::from_json::<Vec<i64>>(br#"[1, "ada@example.com"]"#).unwrap_err();
/// let text = "at `[1]`: invalid type: string, expected i64 at line 1 column 21";
/// assert_eq!(error.to_string(), text);
/// assert_eq!(engagement_core::from_json::<Vec<i64>>(b"[1.0, null, 2e3]")?, [1, 2000]);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn from_json<T: DeserializeOwned>(json: &[u8]) -> Result<T, serde_json::Error> {
    decode_any(json, PhantomData).map_err(|error| match error.classify() {
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

/// Decodes the body of a webhook as [`from_json`] does. It may hold 50,000 JSON values: anyone can post to a webhook's URL, and a
/// few bytes of JSON can take a kilobyte of memory.
///
/// # Errors
/// If it is not JSON, not of this type, or holds more values.
pub fn from_webhook<T: DeserializeOwned>(body: &[u8]) -> Result<T, serde_json::Error> {
    const MAX_VALUES: usize = 50_000;
    if value_count::exceeds(body, MAX_VALUES) {
        return Err(serde_json::Error::custom(format_args!(
            "the body holds more than the limit of {MAX_VALUES} JSON values"
        )));
    }
    from_json(body)
}

/// Converts a JSON value into a type, with an error that repeats no value.
///
/// # Errors
/// If it is not of this type.
pub fn from_json_value<T: DeserializeOwned>(value: Value) -> Result<T, serde_json::Error> {
    T::deserialize(value).map_err(|error| serde_json::Error::custom(reason(&error)))
}

/// Where in `json` and why it could not be decoded.
pub(crate) fn describe(json: &[u8], error: &DecodeError) -> String {
    let error = match error {
        DecodeError::TooManyValues(limit) => {
            return format!("the body holds more than the limit of {limit} JSON values");
        }
        DecodeError::Json(error) => error,
    };
    if is_blank(json) {
        return "the body is empty where JSON was expected".to_owned();
    }
    let (line, column) = (error.line(), error.column());
    let path = path_at(json, offset(json, line, column));
    let place = if path.is_empty() {
        String::new()
    } else {
        format!(" at `{path}`")
    };
    let reason = reason(error);
    format!("unexpected body{place}: {reason} (line {line}, column {column})")
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
    // serde's names of what was found; anything else could be a type's own text, with a value in it.
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
            let name = rest.split(['"', '`', ',']).next().unwrap_or_default();
            let found = FOUND.iter().find(|found| **found == name.trim());
            let found = found.unwrap_or(&"value");
            return format!("{prefix}{found}{expected}");
        }
    }
    for prefix in ["unknown variant", "unknown field", "invalid length"] {
        if text.starts_with(prefix) {
            return format!("{prefix}{expected}");
        }
    }
    let names_a_field =
        text.starts_with("missing field `") || text.starts_with("duplicate field `");
    if names_a_field {
        text.to_owned()
    } else {
        "invalid value".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_utf_8_is_reported_with_its_place() {
        assert_eq!(text("\"ä\"".as_bytes()).unwrap(), "\"ä\"");
        let json = b"{\"a\": [\"x\", \"\xff\"]}";
        let error = from_slice::<Value>(json, 1000).unwrap_err();
        assert_eq!(
            describe(json, &error),
            "unexpected body at `a[1]`: invalid unicode code point (line 1, column 14)"
        );
        assert!(text(b"\xff").is_err());
    }

    #[test]
    fn the_public_reader_repairs_as_calls_do() {
        let json = br#"{"n": [5.0, null, 1e3], "t": "\ud83d"}"#;
        #[derive(Debug, PartialEq, serde::Deserialize)]
        struct Read {
            n: Vec<i64>,
            t: String,
        }
        let read = Read {
            n: vec![5, 1000],
            t: "\u{fffd}".to_owned(),
        };
        assert_eq!(from_json::<Read>(json).unwrap(), read);
        assert_eq!(from_webhook::<Read>(json).unwrap(), read);
        let error = from_json::<Read>(br#"{"n": [5.5], "t": ""}"#).unwrap_err();
        assert_eq!(
            error.to_string(),
            "at `n[0]`: invalid type: floating point, expected i64 at line 1 column 10"
        );
    }

    #[test]
    fn the_number_of_values_is_limited() {
        assert_eq!(from_slice::<Vec<i64>>(b"[1,2]", 3).unwrap(), [1, 2]);
        let error = from_slice::<Vec<i64>>(b"[1,2]", 2).unwrap_err();
        assert_eq!(
            describe(b"[1,2]", &error),
            "the body holds more than the limit of 2 JSON values"
        );
        // What is skipped counts too.
        let json = br#"{"a":[1,2],"b":3}"#;
        assert_eq!(at_path(json, &["b"], 5).unwrap(), Some(3));
        assert!(at_path::<i64>(json, &["b"], 4).is_err());
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
            let error = from_slice::<Vec<Vec<i64>>>(json.as_bytes(), 1000).unwrap_err();
            let text = describe(json.as_bytes(), &error);
            let start = format!("unexpected body at `{path}`: invalid type: ");
            assert!(text.starts_with(&start), "{json}: {text}");
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
