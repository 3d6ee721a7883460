//! Values as text in queries, headers and forms.

use reqwest::header::HeaderValue;
use serde_json::Value;

use crate::secret::Secret;
use crate::secret::zeroizing::Wiped;

/// A scalar as plain text; `None` for `null`, which counts as not set; other values as JSON.
pub(crate) fn bare(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::Array(_) | Value::Object(_))
}

/// Gives the texts to send under one query name: an array repeats the name.
pub(crate) fn each_of_query(value: Value, mut add: impl FnMut(String)) {
    match value {
        Value::Null => {}
        Value::String(text) => add(text),
        Value::Array(values) => values.into_iter().filter_map(bare).for_each(add),
        other => add(other.to_string()),
    }
}

/// Gives the texts to send under one form name: an array of scalars repeats the name, an array of more is JSON text.
pub(crate) fn each_of_form(value: Value, mut add: impl FnMut(String)) {
    match value {
        Value::Array(values) if !values.iter().all(is_scalar) => {
            add(Value::Array(values).to_string());
        }
        value => each_of_query(value, add),
    }
}

/// How a list or an object is written in a query, a form or a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ValueStyle {
    /// A list repeats the name; in a form, anything else is JSON text.
    Plain,
    /// The values of a list are joined by this sign into one text, and so are the names and values of an object.
    Joined(char),
    /// Each field of an object is a value of its own, under its own name.
    Fields,
    /// Each field of an object is a value of its own, under a name such as `filter[from]`, at any depth.
    Deep,
}

/// Gives the names and the texts to send for a value: texts that belong together are joined by the sign.
pub(crate) fn each_styled(
    name: &str,
    value: Value,
    style: ValueStyle,
    add: &mut dyn FnMut(&str, &[String], char),
) {
    match (style, value) {
        (ValueStyle::Joined(sign), Value::Array(values)) => {
            let texts: Vec<String> = values.into_iter().filter_map(bare).collect();
            if !texts.is_empty() {
                add(name, &texts, sign);
            }
        }
        (ValueStyle::Joined(sign), Value::Object(fields)) => {
            let fields = fields.into_iter();
            let set = fields.filter_map(|(key, value)| Some([key, bare(value)?]));
            let texts: Vec<String> = set.flatten().collect();
            if !texts.is_empty() {
                add(name, &texts, sign);
            }
        }
        (ValueStyle::Fields, Value::Object(fields)) => {
            for (key, value) in fields {
                each_of_query(value, |text| add(&key, &[text], ','));
            }
        }
        (ValueStyle::Deep, Value::Object(fields)) => {
            for (key, value) in fields {
                each_styled(&format!("{name}[{key}]"), value, style, add);
            }
        }
        (ValueStyle::Deep, Value::Array(values)) => {
            for (at, value) in values.into_iter().enumerate() {
                each_styled(&format!("{name}[{at}]"), value, style, add);
            }
        }
        (_, value) => each_of_query(value, |text| add(name, &[text], ',')),
    }
}

/// The text to send as a header; an error for what is no scalar.
pub(crate) fn of_header(value: Value) -> Result<Option<String>, ()> {
    if is_scalar(&value) {
        Ok(bare(value))
    } else {
        Err(())
    }
}

/// `text` as a header value, if it is plain ASCII: the meaning of other bytes in a header is not defined.
pub(crate) fn header_value(text: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(text).ok().filter(|_| is_plain(text))
}

/// The same for a secret: it is wiped with the last clone of the header, and never printed.
pub(crate) fn secret_header_value(secret: &Secret) -> Option<HeaderValue> {
    let text = secret.expose();
    let mut wiped = Wiped::default();
    wiped.extend(text.as_bytes());
    let value = HeaderValue::from_maybe_shared(wiped.into_bytes()).ok();
    let mut value = value.filter(|_| is_plain(text))?;
    value.set_sensitive(true);
    Some(value)
}

fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t'))
}
