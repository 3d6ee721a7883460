//! Reports of unknown fields and enum values in responses, each once.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::call_target::CallTarget;
use crate::http::base_url::BaseUrl;
use crate::telemetry::observe::Event;
use crate::telemetry::reporter::Reporter;
use crate::telemetry::trace;
use crate::types::unknown::{self, Place, UNPRINTABLE};

/// Limits the memory for responses with many unknown fields.
const MAX_REPORTED: usize = 1000;

/// The unknown fields and values that were already reported.
#[derive(Debug, Default)]
pub(crate) struct ReportedDrift(Mutex<HashSet<Place>>);

impl ReportedDrift {
    fn is_new(&self, place: &Place) -> bool {
        let mut reported = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        reported.len() < MAX_REPORTED && reported.insert(place.clone())
    }
}

/// When dropped, reports the unknown fields and values of responses that were decoded on this thread meanwhile.
#[must_use]
pub(crate) struct DriftGuard(Option<Decoding>);

struct Decoding {
    reporter: Arc<Reporter>,
    base: Option<Arc<BaseUrl>>,
    target: CallTarget,
    /// The records of an outer guard.
    outer: Option<Vec<Place>>,
}

/// Begins to record unknown fields and values. Without an observer or subscriber, nothing is recorded.
pub(crate) fn watch(
    reporter: &Arc<Reporter>,
    base: Option<&Arc<BaseUrl>>,
    target: &CallTarget,
) -> DriftGuard {
    if !reporter.is_observed() && !trace::shows_drift() {
        return DriftGuard(None);
    }
    DriftGuard(Some(Decoding {
        reporter: Arc::clone(reporter),
        base: base.cloned(),
        target: target.clone(),
        outer: unknown::start(),
    }))
}

impl Drop for DriftGuard {
    fn drop(&mut self) {
        let Some(decoding) = self.0.take() else {
            return;
        };
        let Decoding {
            reporter,
            base,
            target,
            outer,
        } = decoding;
        for mut place in unknown::finish(outer) {
            if let Some(field) = &mut place.field
                && reporter.secrets.mask(field.clone()) != *field
            {
                UNPRINTABLE.clone_into(field);
            }
            if reporter.reported_drift.is_new(&place) {
                let event = Event::Drift {
                    kind: place.kind,
                    type_name: place.type_name,
                    field: place.field.as_deref(),
                };
                reporter.report(&target, base.as_deref(), &event);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::unknown::Drift;

    #[test]
    fn each_place_is_reported_once_up_to_a_limit() {
        let reported = ReportedDrift::default();
        let place = |number: usize| Place {
            kind: Drift::Field,
            type_name: "Thing",
            field: Some(format!("f{number}")),
        };
        for number in 0..MAX_REPORTED {
            assert!(reported.is_new(&place(number)));
            assert!(!reported.is_new(&place(number)));
        }
        assert!(!reported.is_new(&place(MAX_REPORTED)));
        assert_eq!(reported.0.lock().unwrap().len(), MAX_REPORTED);
    }
}
