//! Noticing words and fields of answers that this version does not know, and telling of each place once.
//!
//! Types report what they meet from where they handle it anyway, which costs known words and fields nothing. It is kept
//! only while an answer is being decoded, on the thread that decodes it.

use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use crate::base_url::BaseUrl;
use crate::observe::{Drift, Event};
use crate::reporter::Reporter;
use crate::response::Meta;
use crate::subject::Subject;
use crate::trace;

/// So that an answer full of new fields does not cost memory.
const MOST_IN_ANSWER: usize = 64;
const MOST_IN_ALL: usize = 1000;

const UNPRINTABLE: &str = "[unprintable]";

thread_local! {
    static FOUND: RefCell<Option<Vec<Place>>> = const { RefCell::new(None) };
}

/// Where something new stands: a field by its name, or a word of a type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    type_name: &'static str,
    field: Option<String>,
}

/// An object met a field that it does not have.
#[doc(hidden)]
#[cold]
pub fn unknown_field(type_name: &'static str, field: &str) {
    found(type_name, Some(printable(field)));
}

/// An enum or a union met a word that it does not have.
#[doc(hidden)]
#[cold]
pub fn unknown_word(type_name: &'static str) {
    found(type_name, None);
}

fn found(type_name: &'static str, field: Option<&str>) {
    let note = |found: &RefCell<Option<Vec<Place>>>| {
        let mut found = found.borrow_mut();
        let Some(places) = found.as_mut() else { return };
        let known = |place: &Place| place.type_name == type_name && place.field.as_deref() == field;
        if places.len() < MOST_IN_ANSWER && !places.iter().any(known) {
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

/// The places that were told of.
#[derive(Debug, Default)]
pub(crate) struct Told(Mutex<HashSet<Place>>);

impl Told {
    fn is_new(&self, place: &Place) -> bool {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.len() < MOST_IN_ALL && told.insert(place.clone())
    }
}

/// Tells, when it is dropped, what was new in the answer that was decoded on this thread meanwhile.
#[must_use]
pub(crate) struct Watching(Option<Decoding>);

struct Decoding {
    reporter: Arc<Reporter>,
    base: Option<Arc<BaseUrl>>,
    subject: Subject,
    /// Of an answer around this one.
    outer: Option<Vec<Place>>,
}

/// Nothing is noted where nobody would be told.
pub(crate) fn watch(meta: &Meta) -> Watching {
    if !meta.reporter.is_observed() && !trace::shows_drift() {
        return Watching(None);
    }
    Watching(Some(Decoding {
        reporter: Arc::clone(&meta.reporter),
        base: meta.base.clone(),
        subject: meta.subject.clone(),
        outer: FOUND.replace(Some(Vec::new())),
    }))
}

impl Drop for Watching {
    fn drop(&mut self) {
        let Some(decoding) = self.0.take() else {
            return;
        };
        let Decoding {
            reporter,
            base,
            subject,
            outer,
        } = decoding;
        for mut place in FOUND.replace(outer).unwrap_or_default() {
            if let Some(field) = &mut place.field
                && reporter.secrets.mask(field.clone()) != *field
            {
                UNPRINTABLE.clone_into(field);
            }
            if reporter.told.is_new(&place) {
                let kind = match place.field {
                    Some(_) => Drift::Field,
                    None => Drift::EnumValue,
                };
                let event = Event::Drift {
                    kind,
                    type_name: place.type_name,
                    field: place.field.as_deref(),
                };
                reporter.report(&subject, base.as_deref(), &event);
            }
        }
    }
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

    #[test]
    fn each_place_is_new_once_and_only_so_many_are() {
        let told = Told::default();
        let place = |number: usize| Place {
            type_name: "Thing",
            field: Some(format!("f{number}")),
        };
        for number in 0..MOST_IN_ALL {
            assert!(told.is_new(&place(number)));
            assert!(!told.is_new(&place(number)));
        }
        assert!(!told.is_new(&place(MOST_IN_ALL)));
        assert_eq!(told.0.lock().unwrap().len(), MOST_IN_ALL);
    }
}
