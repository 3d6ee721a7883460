//! The recorded requests, and the verdicts on them.

use serde_json::{Value, json};

use super::answer::{self, Problem, Result};
use super::query::Query;
use super::request_filter::RequestFilter;
use super::request_view::{detail, summary};
use super::routes::Call;
use crate::log::{RecordedRequest, Verdict};

fn of<'a>(verdicts: &'a [Verdict], request: &RecordedRequest) -> Vec<&'a Verdict> {
    let mut of: Vec<&Verdict> = verdicts.iter().collect();
    of.retain(|verdict| verdict.request == request.number);
    of
}

/// Newest first.
pub(super) fn list(call: &Call) -> Result {
    let filter = RequestFilter::new(&call.query, &call.state)?;
    let (requests, count, verdicts) = {
        let log = call.state.log();
        (
            log.requests.all(),
            log.requests.count(),
            log.judge.verdicts(),
        )
    };
    let masks = call.masks();
    let found = requests.iter().rev().filter_map(|request| {
        let verdicts = of(&verdicts, request);
        let matches = filter.matches(request, &verdicts, &masks);
        matches.then(|| summary(request, &verdicts, &masks))
    });
    let found: Vec<Value> = found.take(filter.limit).collect();
    answer::ok(&json!({ "count": count, "kept": requests.len(), "requests": found }))
}

fn find(call: &Call) -> Result<RecordedRequest> {
    let requests = call.state.log().requests.all();
    let number: Option<u64> = call.parameter.parse().ok();
    let mut requests = requests.into_iter();
    requests
        .find(|request| Some(request.number) == number)
        .ok_or_else(|| {
            let message = format!(
                "there is no request {}, or it is no longer kept",
                call.parameter
            );
            Problem::not_found(message)
        })
}

pub(super) fn get(call: &Call) -> Result {
    let request = find(call)?;
    let verdicts = call.state.log().judge.verdicts();
    answer::ok(&detail(
        &call.state,
        &request,
        &of(&verdicts, &request),
        &call.masks(),
    ))
}

/// The body as a file.
pub(super) fn body(call: &Call) -> Result {
    let request = find(call)?;
    let masks = call.masks();
    let bytes = if masks.shows_body(&request) {
        request.body.clone()
    } else {
        masks.body(&request).unwrap_or_default().into()
    };
    Ok(answer::attachment(
        &format!("request-{}", request.number),
        bytes,
    ))
}

pub(super) fn clear(call: &Call) -> Result {
    call.state.log().clear();
    call.state.notify_changed();
    answer::no_content()
}

/// The parameters of the list of verdicts.
pub(super) const VERDICT_PARAMETERS: [&str; 1] = ["provider"];

/// Oldest first.
pub(super) fn verdicts(call: &Call) -> Result {
    let provider = Query::provider(&call.query, &call.state)?;
    let verdicts = call.state.log().judge.verdicts();
    let listed = verdicts
        .iter()
        .filter(|one| provider.is_none_or(|name| name == one.provider));
    let listed: Vec<Value> = listed.map(Verdict::to_json).collect();
    answer::ok(&json!({ "count": verdicts.count(), "verdicts": listed }))
}
