//! Records the fields and enum values of a response that this version does not know.
//!
//! Types report them where they handle them anyway, so known fields and values cost nothing. They are recorded only while
//! a response is being decoded, on the thread that decodes it.

use std::cell::RefCell;

/// Limits the memory for a response full of new fields.
const MOST_IN_RESPONSE: usize = 64;

/// Stands for names that could be data.
pub(crate) const UNPRINTABLE: &str = "[unprintable]";

thread_local! {
    static FOUND: RefCell<Option<Vec<Place>>> = const { RefCell::new(None) };
}

/// Where something unknown was found: a field by its name, or a value of an enum.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    pub(crate) type_name: &'static str,
    pub(crate) field: Option<String>,
}

/// Records a field that an object does not have.
#[doc(hidden)]
#[cold]
pub fn unknown_field(type_name: &'static str, field: &str) {
    found(type_name, Some(printable(field)));
}

/// Records a value that an enum or a union does not have.
#[doc(hidden)]
#[cold]
pub fn unknown_value(type_name: &'static str) {
    found(type_name, None);
}

fn found(type_name: &'static str, field: Option<&str>) {
    let note = |found: &RefCell<Option<Vec<Place>>>| {
        let mut found = found.borrow_mut();
        let Some(places) = found.as_mut() else { return };
        let known = |place: &Place| place.type_name == type_name && place.field.as_deref() == field;
        if places.len() < MOST_IN_RESPONSE && !places.iter().any(known) {
            let field = field.map(str::to_owned);
            places.push(Place { type_name, field });
        }
    };
    // Fails only in a thread that is about to end.
    let _ = FOUND.try_with(note);
}

/// The name, if it looks like one that a programmer chose, and not like data in the place of a name.
fn printable(name: &str) -> &str {
    let chosen = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.len() <= 64
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        && name
            .split(|c: char| !c.is_ascii_digit())
            .all(|digits| digits.len() < 6);
    if chosen { name } else { UNPRINTABLE }
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
        let long = "x".repeat(64);
        for name in ["a", "firstName", "utm_source-2", "x12345y12345", &long] {
            assert_eq!(printable(name), name);
        }
        let too_long = "x".repeat(65);
        for name in [
            "",
            "_a",
            "7",
            "ada@example.com",
            "Ada Lovelace",
            "a.b",
            "user_123456",
            "é",
            "a\n",
            &too_long,
        ] {
            assert_eq!(printable(name), UNPRINTABLE, "{name}");
        }
    }
}
