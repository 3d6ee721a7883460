//! Which requests are listed.

use super::answer::Result;
use super::masks::Masks;
use super::query::Query;
use crate::http::state::ServerState;
use crate::log::{RecordedRequest, Verdict};

/// The parameters that select requests.
pub(super) const PARAMETERS: [&str; 7] = [
    "provider",
    "operation",
    "only",
    "status",
    "q",
    "after",
    "limit",
];
/// The values of the parameter `only`.
const KINDS: [&str; 3] = ["refused", "fault", "verdict"];
/// The number of requests that are listed if the query doesn't say.
const DEFAULT_LIMIT: usize = 500;

/// Which requests are listed.
pub(super) struct RequestFilter<'a> {
    provider: Option<&'a str>,
    operation: Option<&'a str>,
    only: Option<&'a str>,
    status: Option<u16>,
    text: Option<String>,
    after: u64,
    pub(super) limit: usize,
}

impl<'a> RequestFilter<'a> {
    pub(super) fn new(query: &'a Query, state: &ServerState) -> Result<Self> {
        Ok(Self {
            provider: query.provider(state)?,
            operation: query.text("operation"),
            only: query.one_of("only", &KINDS)?,
            status: query.number("status")?,
            text: query.text("q").map(str::to_lowercase),
            after: query.number("after")?.unwrap_or_default(),
            limit: query.number("limit")?.unwrap_or(DEFAULT_LIMIT),
        })
    }

    pub(super) fn matches(
        &self,
        request: &RecordedRequest,
        verdicts: &[&Verdict],
        masks: &Masks,
    ) -> bool {
        let of_kind = match self.only {
            Some("refused") => request.refusal.is_some(),
            Some("fault") => request.fault.is_some(),
            Some("verdict") => !verdicts.is_empty(),
            _ => true,
        };
        of_kind
            && request.number > self.after
            && self.provider.is_none_or(|name| name == request.provider)
            && self
                .operation
                .is_none_or(|id| Some(id) == request.operation)
            && self.status.is_none_or(|status| status == request.status)
            && self
                .text
                .as_ref()
                .is_none_or(|text| contains(request, verdicts, masks, text))
    }
}

/// Whether a request has a text, in lower case, in what is shown of it.
fn contains(request: &RecordedRequest, verdicts: &[&Verdict], masks: &Masks, text: &str) -> bool {
    let has = |shown: &str| shown.to_lowercase().contains(text);
    let refusal = request.refusal.as_ref().map(ToString::to_string);
    has(&request.method)
        || has(&masks.text(&request.path))
        || request
            .query
            .as_ref()
            .is_some_and(|query| has(&masks.query(query)))
        || request.operation.is_some_and(has)
        || request.status.to_string() == text
        || request.fault.as_deref().is_some_and(has)
        || refusal.as_deref().is_some_and(has)
        || verdicts
            .iter()
            .any(|verdict| has(verdict.kind.as_str()) || has(&verdict.message))
        || masks.body(request).as_deref().is_some_and(has)
}
