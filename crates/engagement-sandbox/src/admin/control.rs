//! What accounts hold, faults, the clock, and starting anew.

use std::time::{Duration, UNIX_EPOCH};

use http::StatusCode;
use serde_json::{Value, json};

use super::answer::{self, Problem, Result};
use super::request_view::time;
use super::routes::Call;
use crate::faults::FaultInfo;
use crate::http::service::Service;

/// The parameters of the list of records.
pub(super) const RECORD_PARAMETERS: [&str; 2] = ["provider", "limit"];
/// The number of records of each kind that are listed if the query doesn't say.
const DEFAULT_LIMIT: usize = 100;

/// The providers with their operations.
pub(super) fn providers(call: &Call) -> Result {
    let provider = |service: &Service| {
        let document = &service.provider.document;
        let operations = document.operations.iter().map(|operation| {
            json!({
                "id": operation.id,
                "method": operation.method,
                "path": operation.path,
                "summary": operation.summary,
            })
        });
        let name = service.provider.name;
        json!({
            "name": name,
            "title": document.title,
            "baseUrl": call.state.base_url(name),
            "operations": operations.collect::<Value>(),
        })
    };
    let providers: Value = call.state.services.iter().map(provider).collect();
    answer::ok(&json!({ "providers": providers, "version": env!("CARGO_PKG_VERSION") }))
}

/// The records of each account.
pub(super) fn records(call: &Call) -> Result {
    let only = call.query.provider(&call.state)?;
    let limit = call.query.number("limit")?.unwrap_or(DEFAULT_LIMIT);
    let services = call.state.services.iter();
    let services = services.filter(|one| only.is_none_or(|name| name == one.provider.name));
    let masks = call.masks();
    let lists = services.flat_map(|service| {
        let lists = service.account().records(limit).into_iter();
        lists.map(|list| (service.provider.name, list))
    });
    let view = lists.map(|(provider, list)| {
        let records: Value = list
            .records
            .iter()
            .map(|record| masks.json(record))
            .collect();
        json!({ "provider": provider, "kind": list.kind, "count": list.count, "records": records })
    });
    answer::ok(&json!({ "lists": view.collect::<Value>() }))
}

fn fault(info: &FaultInfo) -> Value {
    json!({
        "id": info.id,
        "target": info.target,
        "fault": info.fault,
        "injected": info.injected,
    })
}

pub(super) fn faults(call: &Call) -> Result {
    let faults: Value = call.state.faults.all().iter().map(fault).collect();
    answer::ok(&json!({ "faults": faults }))
}

/// Sets the fault that a text describes.
pub(super) fn add_fault(call: &Call) -> Result {
    let body = call.json()?;
    let text = body["fault"].as_str().ok_or_else(|| {
        Problem::bad_request(r#"send {"fault": "contacts_create: status=500 times=2"}"#)
    })?;
    let added = call.state.faults.add_text(text, call.state.providers);
    let id = added.map_err(|error| Problem::bad_request(error.to_string()))?;
    call.state.notify_changed();
    let faults = call.state.faults.all();
    let added = faults.iter().find(|info| info.id == id).map(fault);
    Ok(answer::json(
        StatusCode::CREATED,
        &added.unwrap_or_default(),
    ))
}

pub(super) fn remove_fault(call: &Call) -> Result {
    let id = call.parameter.parse().ok();
    if !id.is_some_and(|id| call.state.faults.remove(id)) {
        let message = format!("there is no fault {}, or it has happened", call.parameter);
        return Err(Problem::not_found(message));
    }
    call.state.notify_changed();
    answer::no_content()
}

pub(super) fn clear_faults(call: &Call) -> Result {
    call.state.faults.clear();
    call.state.notify_changed();
    answer::no_content()
}

pub(super) fn clock(call: &Call) -> Result {
    let now = UNIX_EPOCH.checked_add(call.state.clock.now());
    answer::ok(&json!({ "now": time(now.unwrap_or(UNIX_EPOCH)) }))
}

pub(super) fn advance(call: &Call) -> Result {
    let body = call.json()?;
    let seconds = body["seconds"]
        .as_f64()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let by = seconds.ok_or_else(|| {
        Problem::bad_request(r#"send {"seconds": 60}; the clock only moves forward"#)
    })?;
    call.state.advance(by);
    clock(call)
}

pub(super) fn reset(call: &Call) -> Result {
    call.state.reset();
    answer::no_content()
}
