//! Records the fields and enum values of a response that this version does not know, and values in undocumented forms.
//!
//! Types report them where they handle them anyway, so known fields and values cost nothing. They are recorded only while
//! a response is being decoded, on the thread that decodes it.

use std::cell::RefCell;

use crate::redact::mask::mask;

/// Limits the memory for a response full of new fields.
const MOST_IN_RESPONSE: usize = 64;

/// Stands for names that could be data.
pub(crate) const UNPRINTABLE: &str = "[unprintable]";

thread_local! {
    static FOUND: RefCell<Option<Vec<Place>>> = const { RefCell::new(None) };
}

/// What is unknown or undocumented in a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Drift {
    /// A field of an object.
    Field,
    /// A value of an enum, or of the field that selects the variant of a union.
    EnumValue,
    /// An integer that is written as a float, such as `5.0` or `1e3`. It was read as an integer.
    Number,
    /// Half of a surrogate pair in a text. It was replaced by U+FFFD.
    Text,
    /// `null` in a list or a map of other values. It was left out.
    NullElement,
}

impl Drift {
    /// A name for logs and metrics, such as `field`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Field => "field",
            Self::EnumValue => "enum_value",
            Self::Number => "number",
            Self::Text => "text",
            Self::NullElement => "null_element",
        }
    }
}

/// Where it was found.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    pub(crate) kind: Drift,
    pub(crate) type_name: &'static str,
    pub(crate) field: Option<String>,
}

/// Records a field that an object does not have.
#[doc(hidden)]
#[cold]
pub fn unknown_field(type_name: &'static str, field: &str) {
    found(Drift::Field, type_name, Some(printable(field)));
}

/// Records a value that an enum or a union does not have.
#[doc(hidden)]
#[cold]
pub fn unknown_value(type_name: &'static str) {
    found(Drift::EnumValue, type_name, None);
}

/// Records that a value was read although it has an undocumented form.
pub(crate) fn repaired(kind: Drift, type_name: &'static str, field: Option<&str>) {
    found(kind, type_name, field.map(printable));
}

fn found(kind: Drift, type_name: &'static str, field: Option<&str>) {
    let note = |found: &RefCell<Option<Vec<Place>>>| {
        let mut found = found.borrow_mut();
        let Some(places) = found.as_mut() else { return };
        let known = |place: &Place| {
            place.kind == kind && place.type_name == type_name && place.field.as_deref() == field
        };
        if places.len() < MOST_IN_RESPONSE && !places.iter().any(known) {
            let field = field.map(str::to_owned);
            places.push(Place {
                kind,
                type_name,
                field,
            });
        }
    };
    // Fails only in a thread that is about to end.
    let _ = FOUND.try_with(note);
}

/// The name, if it looks like one that a programmer chose, and not like data in the place of a name: the name of a person,
/// an address, an id or a secret.
fn printable(name: &str) -> &str {
    const LONGEST: usize = 32;
    const MOST_DIGITS: usize = 4;
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    let chosen = name.len() <= LONGEST
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        && digits <= MOST_DIGITS
        && name.split(['_', '-']).all(is_word)
        && mask(name) == name;
    if chosen { name } else { UNPRINTABLE }
}

/// Whether a part of a name has as few capitals as camel case; base64 has more.
fn is_word(part: &str) -> bool {
    /// Room for `eTag` and `isVIP`.
    const SHORT: usize = 8;
    const LONGEST: usize = 24;
    let capitals = part.bytes().filter(u8::is_ascii_uppercase).count();
    capitals == 0 || part.len() <= SHORT || part.len() <= LONGEST && capitals * 4 <= part.len()
}

/// Begins to record on this thread, and returns what was recorded so far for a response around this one.
pub(crate) fn start() -> Option<Vec<Place>> {
    FOUND.replace(Some(Vec::new()))
}

/// Ends it, and returns what was recorded.
pub(crate) fn finish(outer: Option<Vec<Place>>) -> Vec<Place> {
    FOUND.replace(outer).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_be_data_are_not_printed() {
        let long = "x".repeat(32);
        for name in [
            "a",
            "firstName",
            "utm_source-2",
            "lastModifiedDateTime",
            "emailVerifiedAt",
            "isVIP",
            "address_line_1",
            "x1234",
            &long,
        ] {
            assert_eq!(printable(name), name);
        }
        let too_long = "x".repeat(33);
        for name in [
            "",
            "_a",
            "7",
            "ada@example.com",
            "Ada Lovelace",
            "Ada",
            "AdaLovelace",
            "Ada_Lovelace",
            "a.b",
            "user_12345",
            "x1y2z3a4b5",
            "é",
            "a\n",
            // Base64, of an address too.
            "dGVzdEBhLmNv",
            "yWRhQGV4YW1wbGU",
            "eyJhbGciOiJIUzI1NiJ9",
            "key_eyJhbGciOiJIUzI1NiJ9",
            "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
            "aLongNameOfManyWordsInOne",
            &too_long,
        ] {
            assert_eq!(printable(name), UNPRINTABLE, "{name}");
        }
    }
}
