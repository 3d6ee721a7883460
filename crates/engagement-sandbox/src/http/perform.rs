//! Calling an operation without HTTP.

use engagement_document::BodyKind;
use http::HeaderMap;
use serde_json::Value;

use super::account_cell::not_saved;
use super::multipart;
use super::response::{Response, ResponseBody};
use super::service::Service;
use super::state::ServerState;
use super::validation::{self, Parameters};
use crate::accounts::call::Call;
use crate::accounts::response::ApiError;

/// Calls an operation. Credentials are not checked, and nothing is recorded. If changes are saved, it can wait until this one
/// is.
pub(crate) fn perform(
    state: &ServerState,
    provider: &str,
    operation: &str,
    parameters: &[(&str, &str)],
    body: Value,
    wait: bool,
) -> Result<Value, String> {
    let service = state
        .service(provider)
        .ok_or_else(|| format!("there is no provider `{provider}`"))?;
    let position = service
        .provider
        .position(operation)
        .ok_or_else(|| format!("there is no operation `{operation}`"))?;
    let call = call(service, position, parameters, body).map_err(|error| error.message)?;
    let operation = &service.provider.document.operations[position];
    let executed = service.cell.execute(operation, call, 0);
    if let (Some(store), Some(ticket)) = (&state.store, executed.ticket)
        && wait
    {
        store.wait(ticket).map_err(|why| not_saved(&why).message)?;
    }
    let response = executed.result.map_err(|error| error.message)?;
    state.notify_changed();
    match Response::new(operation, response).body {
        ResponseBody::Json(body) => Ok(body),
        ResponseBody::Empty | ResponseBody::Bytes(..) | ResponseBody::Padded(..) => Ok(Value::Null),
    }
}

fn call(
    service: &Service,
    position: usize,
    parameters: &[(&str, &str)],
    body: Value,
) -> Result<Call, ApiError> {
    let provider = service.provider;
    let operation = &provider.document.operations[position];
    if !body.is_null() {
        validation::validate_body(provider, position, &body)?;
    }
    let pairs: Vec<(String, String)> = parameters
        .iter()
        .map(|&(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let given = Parameters {
        path: &pairs,
        query: &pairs,
        headers: &HeaderMap::new(),
    };
    let form = operation.body.as_ref();
    let form = form.filter(|form| form.kind == BodyKind::Multipart);
    let files = form.map(|form| multipart::files(&provider.document.schemas, form, &body));
    Ok(Call {
        parameters: validation::parameters(provider, position, &given)?,
        files: files.unwrap_or_default(),
        body,
        ..Call::default()
    })
}
