//! What callers do wrong although the provider may accept it.

use std::collections::HashMap;
use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::Deref;
use std::time::Duration;

use engagement_document::{Location, Operation};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::request::RecordedRequest;
use crate::recent::Recent;

/// An equal send within this time counts as a repeat.
const REPEAT_WINDOW: Duration = Duration::from_secs(300);
/// A telephone number has at least this many digits.
const MIN_PHONE_DIGITS: usize = 8;

/// Something that a caller does wrong, and which the provider may have accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verdict {
    /// What is wrong.
    pub kind: VerdictKind,
    /// Short name of the provider.
    pub provider: &'static str,
    /// Id of the operation; `None` if no operation matches.
    pub operation: Option<&'static str>,
    /// The [number](RecordedRequest::number) of the request.
    pub request: u64,
    /// What is wrong with this request, without values of it.
    pub message: String,
}

impl Verdict {
    /// The verdict as a JSON object.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "kind": self.kind.as_str(),
            "provider": self.provider,
            "operation": self.operation,
            "request": self.request,
            "message": self.message,
        })
    }
}

/// What a caller does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum VerdictKind {
    /// A request to an operation before the time that `Retry-After` asked for was over.
    RetriedTooEarly,
    /// A call that sends a message was repeated within five minutes after it had been executed, with the same path, query
    /// and body. A repeat with the same idempotency key is none.
    SendRepeated,
    /// A call has no idempotency key, although the provider takes one.
    NoIdempotencyKey,
    /// An e-mail address or a telephone number is in the URL, where the document has no parameter for it. URLs are logged on
    /// the way.
    PersonalDataInUrl,
    /// A request exceeded a rate limit.
    LimitExceeded,
}

impl VerdictKind {
    /// Its name in JSON, such as `retried-too-early`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RetriedTooEarly => "retried-too-early",
            Self::SendRepeated => "send-repeated",
            Self::NoIdempotencyKey => "no-idempotency-key",
            Self::PersonalDataInUrl => "personal-data-in-url",
            Self::LimitExceeded => "limit-exceeded",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operation = self.operation.unwrap_or("(no operation)");
        write!(
            f,
            "request {}, {} {operation}: {}: {}",
            self.request,
            self.provider,
            self.kind.as_str(),
            self.message
        )
    }
}

/// The verdicts on the requests so far, oldest first. It is used as a slice.
#[derive(Debug, Clone)]
pub struct Verdicts {
    pub(crate) verdicts: Vec<Verdict>,
    pub(crate) count: u64,
}

impl Verdicts {
    /// The number of verdicts, including those that are no longer kept.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The verdicts as a JSON array of objects with `kind`, `provider`, `operation`, `request` and `message`.
    pub fn to_json(&self) -> Value {
        self.verdicts.iter().map(Verdict::to_json).collect()
    }

    /// Checks that there are no verdicts.
    ///
    /// # Panics
    /// If there is one. The message lists them.
    #[track_caller]
    pub fn assert_clean(&self) {
        let lines: Vec<String> = self.verdicts.iter().map(ToString::to_string).collect();
        assert!(
            self.count == 0,
            "{} verdicts on the caller:\n{}",
            self.count,
            lines.join("\n")
        );
    }
}

impl Deref for Verdicts {
    type Target = [Verdict];

    fn deref(&self) -> &Self::Target {
        &self.verdicts
    }
}

/// What is known of a request once it has its response.
pub(crate) struct Outcome<'a> {
    pub(crate) request: &'a RecordedRequest,
    pub(crate) operation: Option<&'static Operation>,
    /// Whether the call was executed, whatever the caller received.
    pub(crate) executed: bool,
    /// The time that `Retry-After` asked for.
    pub(crate) retry_after: Option<Duration>,
    pub(crate) limit_exceeded: bool,
    pub(crate) now: Duration,
}

/// Judges requests, and keeps the verdicts.
pub(crate) struct Judge {
    verdicts: Recent<Verdict>,
    /// Until when each operation must not be called.
    closed: HashMap<(&'static str, &'static str), Duration>,
    sends: Recent<Sent>,
}

/// An executed send.
struct Sent {
    content: u64,
    key: Option<String>,
    at: Duration,
    number: u64,
}

impl Judge {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            verdicts: Recent::new(limit),
            closed: HashMap::new(),
            sends: Recent::new(limit),
        }
    }

    pub(crate) fn verdicts(&self) -> Verdicts {
        Verdicts {
            verdicts: self.verdicts.to_vec(),
            count: self.verdicts.count(),
        }
    }

    pub(crate) fn clear(&mut self) {
        self.verdicts.clear();
        self.sends.clear();
        self.closed.clear();
    }

    /// Judges a request, whose number is given because it is not in the log yet.
    pub(crate) fn judge(&mut self, outcome: &Outcome<'_>, number: u64) {
        let mut found = Vec::new();
        found.extend(
            self.too_early(outcome)
                .map(|text| (VerdictKind::RetriedTooEarly, text)),
        );
        found.extend(
            self.repeated(outcome, number)
                .map(|text| (VerdictKind::SendRepeated, text)),
        );
        found.extend(no_key(outcome).map(|text| (VerdictKind::NoIdempotencyKey, text)));
        found.extend(personal(outcome).map(|text| (VerdictKind::PersonalDataInUrl, text)));
        if outcome.limit_exceeded {
            let text = "it exceeded the rate limit".to_owned();
            found.push((VerdictKind::LimitExceeded, text));
        }
        for (kind, message) in found {
            self.verdicts.push(Verdict {
                kind,
                provider: outcome.request.provider,
                operation: outcome.request.operation,
                request: number,
                message,
            });
        }
    }

    fn too_early(&mut self, outcome: &Outcome<'_>) -> Option<String> {
        let key = (outcome.request.provider, outcome.request.operation?);
        let early = self.closed.get(&key).and_then(|until| {
            let left = until.checked_sub(outcome.now)?;
            (!left.is_zero())
                .then(|| format!("it came {left:.1?} before the time that `Retry-After` asked for"))
        });
        match outcome.retry_after {
            Some(time) => {
                self.closed.insert(key, outcome.now.saturating_add(time));
            }
            None if early.is_none() => {
                self.closed.remove(&key);
            }
            None => {}
        }
        early
    }

    fn repeated(&mut self, outcome: &Outcome<'_>, number: u64) -> Option<String> {
        let operation = outcome
            .operation
            .filter(|operation| operation.sends_message)?;
        if !outcome.executed {
            return None;
        }
        let request = outcome.request;
        let mut hasher = DefaultHasher::new();
        (request.provider, request.operation, &request.path).hash(&mut hasher);
        (&request.query, &request.body).hash(&mut hasher);
        let sent = Sent {
            content: hasher.finish(),
            key: key_of(operation, request).map(str::to_owned),
            at: outcome.now,
            number,
        };
        let mut earlier = self.sends.iter().rev();
        let earlier = earlier.find(|earlier| {
            earlier.content == sent.content
                && outcome.now.saturating_sub(earlier.at) <= REPEAT_WINDOW
                && (sent.key.is_none() || sent.key != earlier.key)
        });
        let message = earlier
            .map(|earlier| format!("it repeats request {}, which was executed", earlier.number));
        self.sends.push(sent);
        message
    }
}

/// The idempotency key of a request.
fn key_of<'a>(operation: &Operation, request: &'a RecordedRequest) -> Option<&'a str> {
    request.header(&operation.idempotency_key.as_ref()?.header)
}

fn no_key(outcome: &Outcome<'_>) -> Option<String> {
    let operation = outcome.operation?;
    let header = &operation.idempotency_key.as_ref()?.header;
    let missing = key_of(operation, outcome.request).is_none_or(str::is_empty);
    missing.then(|| format!("the header `{header}` is missing"))
}

/// Where an address or a number is in a URL that has no documented parameter for it.
fn personal(outcome: &Outcome<'_>) -> Option<String> {
    let request = outcome.request;
    let documented = |name: &str| {
        let parameters = outcome.operation.map(|operation| &operation.parameters);
        let mut parameters = parameters.into_iter().flatten();
        parameters.any(|known| known.location == Location::Query && known.name == name)
    };
    if request.query.is_some() {
        for (name, value) in request.query_pairs() {
            if !documented(&name) && is_personal(&value) {
                return Some(format!("the value of the query parameter `{name}`"));
            }
        }
    }
    // Parameters in the path of an operation are documented.
    let in_path = outcome.operation.is_none()
        && is_personal(&percent_decode_str(&request.path).decode_utf8_lossy());
    in_path.then(|| "a part of the path".to_owned())
}

/// Whether a text contains an e-mail address or a telephone number.
fn is_personal(text: &str) -> bool {
    let address = text.split_once('@').is_some_and(|(before, after)| {
        let domain = after.split(['/', '?', '&', ' ']).next().unwrap_or_default();
        before.ends_with(|c: char| c.is_alphanumeric()) && domain.contains('.')
    });
    let phone = text.split('+').skip(1).any(|rest| {
        let digits = rest.chars().take_while(|c| c.is_ascii_digit());
        digits.count() >= MIN_PHONE_DIGITS
    });
    address || phone
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_numbers_are_found() {
        for text in [
            "ada@example.com",
            "/x/ada@example.com/y",
            "+15555550101",
            "a+15555550101b",
        ] {
            assert!(is_personal(text), "{text}");
        }
        for text in [
            "@example.com",
            "ada@example",
            "a@b/c.d",
            "+1555555",
            "15555550101",
            "1+2",
        ] {
            assert!(!is_personal(text), "{text}");
        }
    }
}
