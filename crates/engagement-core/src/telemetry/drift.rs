//! Reports of fields and enum values in responses that this version does not know: each place once.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::call_target::Subject;
use crate::http::base_url::BaseUrl;
use crate::telemetry::observe::{Drift, Event};
use crate::telemetry::reporter::Reporter;
use crate::telemetry::trace;
use crate::types::unknown::{self, Place, UNPRINTABLE};

/// So that responses full of new fields do not cost memory.
const MOST_IN_ALL: usize = 1000;

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
pub(crate) fn watch(
    reporter: &Arc<Reporter>,
    base: Option<&Arc<BaseUrl>>,
    subject: &Subject,
) -> Watching {
    if !reporter.is_observed() && !trace::shows_drift() {
        return Watching(None);
    }
    Watching(Some(Decoding {
        reporter: Arc::clone(reporter),
        base: base.cloned(),
        subject: subject.clone(),
        outer: unknown::start(),
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
        for mut place in unknown::finish(outer) {
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
