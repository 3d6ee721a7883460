//! From a request to its response.

use engagement_document::{BodyKind, Document, Operation};
use http::header::ACCEPT;
use http::{HeaderMap, HeaderName, StatusCode};

use super::auth::Access;
use super::content::MediaType;
use super::exchange::{Exchange, Matched, Request};
use super::host;
use super::injection;
use super::limits::RateLimitStatus;
use super::near_misses;
use super::response::{ErrorResponse, Response};
use super::router::{self, Candidate, RouteMatch};
use super::selection::select;
use super::service::Service;
use super::state::ServerState;
use super::validation::{self, Parameters};
use crate::accounts::call::Call;
use crate::accounts::response::{ApiError, ApiResponse};
use crate::faults::engine::Injection;
use crate::faults::fault::FaultKind;
use crate::faults::target;
use crate::provider::{Provider, config};

pub(super) const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
pub(super) const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");

/// Handles a request.
pub(crate) fn respond(state: &ServerState, request: &Request<'_>) -> Exchange {
    let mut matched = Matched::default();
    let mut injection = None;
    let result = try_respond(state, request, &mut matched, &mut injection);
    let executed = matched.executed;
    let refusal = match &result {
        Err(error) if !matched.replaced => {
            Some(near_misses::refusal(state, request, &matched, error))
        }
        _ => None,
    };
    let error_body = |status, message: &str| match matched.provider {
        Some(provider) => provider.error_body(status, message),
        None => config::error_body(status, message),
    };
    let mut response = result.unwrap_or_else(|error| error.into_response(error_body));
    if let Some(status) = matched.rate_limit {
        let headers = [(LIMIT, status.limit), (REMAINING, status.remaining)];
        let headers = headers.map(|(name, value)| (name, value.to_string()));
        response.headers.extend(headers);
    }
    let window = injection.as_ref().and_then(|injection| injection.window);
    if let Some(window) = window {
        response.headers.extend(injection::limit_headers(window));
    }
    if let (Some(injection), Some(service)) = (&injection, matched.service(state)) {
        let provider = service.provider;
        injection::change(&injection.kind, provider, matched.operation, &mut response);
    }
    let over = matched.rate_limit.is_some_and(|status| status.exceeded);
    Exchange {
        limit_exceeded: over || window.is_some_and(|window| window.exceeded),
        response,
        ticket: matched.ticket,
        matched,
        injection,
        refusal,
        executed,
    }
}

fn try_respond(
    state: &ServerState,
    request: &Request<'_>,
    matched: &mut Matched,
    injection: &mut Option<Injection>,
) -> Result<Response, Box<ErrorResponse>> {
    check_host(state, request)?;
    let Some(segments) = router::segments(request.path) else {
        return Err(ErrorResponse::new(
            StatusCode::BAD_REQUEST,
            "the path is not UTF-8 once percent-decoded",
        ));
    };
    let (service, server) = find_service(state, request.path, &segments)?;
    let provider = service.provider;
    let document = &provider.document;
    matched.provider = Some(provider);
    matched.xml = provider.config.xml_by_default && !accepts_json(request.headers);

    let candidates = find_operations(service, server, request, &segments[1..]);
    let query = form_urlencoded::parse(request.query.as_bytes());
    let query: Vec<(String, String)> = query.into_owned().collect();
    let media_type = MediaType::of(request.headers);
    // Operations that share a path share their credentials.
    let first = candidates
        .as_ref()
        .ok()
        .map(|candidates| candidates[0].operation);
    let selected = candidates.and_then(|candidates| {
        Ok(select(
            &document.operations,
            candidates,
            &query,
            media_type,
        )?)
    });
    let operation = selected.as_ref().ok().map(|selected| selected.operation);
    matched.operation = operation.map(|position| &document.operations[position]);
    *injection = state
        .faults
        .take(&facts(matched, request), state.clock.now());
    if let Some(injection) = injection
        && let Some(response) = injection::instead(injection, service)
    {
        matched.replaced = true;
        return response;
    }

    if let Some(server) = server {
        check_published(service, server, request, skew(injection.as_ref()))?;
    }
    let (access, schemes) = match first {
        Some(first) => service.authenticate(
            &document.operations[first],
            request.headers,
            skew(injection.as_ref()),
        )?,
        None => (Access::Full, Vec::new()),
    };
    let candidate = selected?;
    let operation = &document.operations[candidate.operation];
    matched.rate_limit = service.count_request(candidate.operation);
    check_rate_limit(operation, matched.rate_limit)?;

    let mut call = parse_call(provider, &candidate, &query, request)?;
    call.schemes = schemes;
    if access == Access::Partial {
        check_partial_access(service, operation, &call)?;
    }
    let response = execute(state, service, operation, call, injection.as_ref(), matched)?;
    Ok(Response::new(operation, response))
}

/// Lets the account execute a call, unless it gets the documented example.
fn execute(
    state: &ServerState,
    service: &Service,
    operation: &Operation,
    mut call: Call,
    injection: Option<&Injection>,
    matched: &mut Matched,
) -> Result<ApiResponse, ApiError> {
    let kind = injection.map(|injection| &injection.kind);
    if kind == Some(&FaultKind::Lost) {
        let status = service.account().success_status(operation);
        return Ok(ApiResponse::Example(status));
    }
    if let Some(FaultKind::DropItems(every)) = kind {
        injection::drop_items(service.provider, operation, *every, &mut call);
    }
    if state.examples_only {
        matched.executed = true;
        return Ok(ApiResponse::Example(None));
    }
    matched.reached_account = true;
    let executed = service.cell.execute(operation, call, skew(injection));
    matched.executed = executed.result.is_ok();
    matched.ticket = executed.ticket;
    executed.result
}

/// How far a fault sets the provider's clock ahead, in milliseconds.
fn skew(injection: Option<&Injection>) -> i64 {
    match injection.map(|injection| &injection.kind) {
        Some(FaultKind::ClockOffset(milliseconds)) => *milliseconds,
        _ => 0,
    }
}

/// What a fault may be aimed at.
fn facts<'a>(matched: &Matched, request: &Request<'a>) -> target::Request<'a> {
    target::Request {
        provider: matched.provider(),
        operation: matched.operation.map(|operation| operation.id.as_str()),
        template: matched.operation.map(|operation| operation.path.as_str()),
        path: request.path,
    }
}

/// Refuses a request that names a host other than this machine (421).
fn check_host(state: &ServerState, request: &Request<'_>) -> Result<(), Box<ErrorResponse>> {
    let own = state.address.ip();
    match host::foreign(request.host, request.headers, own) {
        None => Ok(()),
        Some(host) => Err(ErrorResponse::new(
            StatusCode::MISDIRECTED_REQUEST,
            host::message(&host, state.address),
        )),
    }
}

/// The service that is mounted under the first segment of a path, and the position of the host if hosts are separate.
pub(super) fn find_service<'a>(
    state: &'a ServerState,
    path: &str,
    segments: &[String],
) -> Result<(&'a Service, Option<usize>), Box<ErrorResponse>> {
    let mount = segments.first().map_or("", String::as_str);
    let found = state.services.iter().find_map(|service| {
        let position = service.host_at(mount)?;
        let separate = service.provider.config.separate_hosts;
        Some((service, separate.then_some(position)))
    });
    found.ok_or_else(|| {
        let services = state.services.iter();
        let names: Vec<&str> = services.map(|one| one.provider.name).collect();
        let message = format!(
            "no provider is served under {path}: start the path with one of /{}",
            names.join(", /")
        );
        ErrorResponse::new(StatusCode::NOT_FOUND, message)
    })
}

/// Refuses a request to a host without published paths (404), once its credentials are valid.
fn check_published(
    service: &Service,
    server: usize,
    request: &Request<'_>,
    skew: i64,
) -> Result<(), Box<ErrorResponse>> {
    let document: &Document = &service.provider.document;
    if !document.servers[server].url.is_empty() {
        return Ok(());
    }
    let mut apis = document.apis.iter();
    let anonymous = apis.any(|api| api.server == server && api.anonymous);
    // As far as is known, these hosts take the same credentials as the provider's other calls.
    let mut operations = document.operations.iter();
    let with_credentials = operations.find(|operation| !operation.security.is_empty());
    if let Some(operation) = with_credentials.filter(|_| !anonymous) {
        service.authenticate(operation, request.headers, skew)?;
    }
    let message = format!(
        "{} has no known operation at {}",
        document.title, request.path
    );
    let hint = format!(
        "neither the paths of this host nor its address are published: {}",
        document.servers[server].docs_url
    );
    Err(ErrorResponse::new(StatusCode::NOT_FOUND, message).hint(hint))
}

/// The operations with the method and path of a request; at least one.
fn find_operations(
    service: &Service,
    server: Option<usize>,
    request: &Request<'_>,
    segments: &[String],
) -> Result<Vec<Candidate>, Box<ErrorResponse>> {
    match service.router.find(server, request.method, segments) {
        RouteMatch::Operations(candidates) => Ok(candidates),
        RouteMatch::MethodNotAllowed(methods) => {
            let methods = methods.join(", ");
            let message = format!("{} is not served here: use {methods}", request.method);
            Err(ErrorResponse::new(StatusCode::METHOD_NOT_ALLOWED, message).allow(methods))
        }
        RouteMatch::NotFound => {
            let message = format!(
                "{} has no operation at {}: compare the path with its document",
                service.provider.document.title, request.path
            );
            Err(ErrorResponse::new(StatusCode::NOT_FOUND, message))
        }
    }
}

fn check_rate_limit(
    operation: &Operation,
    status: Option<RateLimitStatus>,
) -> Result<(), Box<ErrorResponse>> {
    let Some(status) = status.filter(|status| status.exceeded) else {
        return Ok(());
    };
    let message = format!(
        "Too many requests: `{}` takes {} in {} seconds",
        operation.id,
        status.limit,
        status.length.as_secs()
    );
    Err(ErrorResponse::new(StatusCode::TOO_MANY_REQUESTS, message))
}

/// Reads the parameters and the body of a request.
fn parse_call(
    provider: &Provider,
    candidate: &Candidate,
    query: &[(String, String)],
    request: &Request<'_>,
) -> Result<Call, Box<ErrorResponse>> {
    let operation = &provider.document.operations[candidate.operation];
    let media_type = MediaType::of(request.headers);
    let received = request.body.complete(media_type)?;
    let as_form = !received.bytes.is_empty()
        && media_type == MediaType::Known(BodyKind::Form)
        && provider.config.forms.contains(&operation.id.as_str());
    if !as_form {
        media_type.check(operation, &received.bytes)?;
    }
    let given = Parameters {
        path: &candidate.path_values,
        query,
        headers: request.headers,
    };
    let parameters = validation::parameters(provider, candidate.operation, &given)?;
    let (body, files) = validation::body(provider, candidate.operation, received, as_form)?;
    Ok(Call {
        parameters,
        body,
        body_bytes: received.bytes.len(),
        headers: request.headers.clone(),
        schemes: Vec::new(),
        files,
    })
}

/// Refuses fields that need more than the partial credentials of a request (401).
fn check_partial_access(
    service: &Service,
    operation: &Operation,
    call: &Call,
) -> Result<(), Box<ErrorResponse>> {
    let mut fields = operation.full_auth_fields.iter();
    match fields.find(|field| call.body.get(field.as_str()).is_some()) {
        Some(field) => {
            let why = format!("a body with `{field}` needs the full credentials");
            Err(service.unauthorised(why))
        }
        None => Ok(()),
    }
}

/// Whether the `Accept` header of a request names JSON.
fn accepts_json(headers: &HeaderMap) -> bool {
    let values = headers.get_all(ACCEPT).iter();
    let mut values = values.filter_map(|value| value.to_str().ok());
    values.any(|value| value.to_ascii_lowercase().contains("application/json"))
}
