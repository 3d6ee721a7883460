//! From a request to an answer.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use engagement_document::{BodyKind, Location};
use futures_util::StreamExt as _;
use http::header::{ACCEPT, ALLOW, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::Value;

use crate::answer::{Answer, Call, Outcome, Refused, Reply, bad};
use crate::auth::{self, Access, Credentials};
use crate::provider::{self, Platform, Provider};
use crate::record::{Log, RecordedRequest};
use crate::router::{self, Found};

/// The most a body may hold.
const MOST_BODY: usize = 1 << 20;
/// How much of a larger body is read before the connection is given up, so that the sender sees the answer.
const MOST_READ: usize = 32 << 20;

const HINT: HeaderName = HeaderName::from_static("x-sandbox-hint");

/// A provider with one account.
pub(crate) struct Host {
    pub(crate) provider: &'static Provider,
    pub(crate) credentials: Credentials,
    state: Mutex<Box<dyn Platform>>,
}

impl Host {
    pub(crate) fn new(provider: &'static Provider, credentials: Credentials) -> Self {
        Self {
            provider,
            credentials,
            state: Mutex::new((provider.profile.state)(provider)),
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, Box<dyn Platform>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn reset(&self) {
        *self.state() = (self.provider.profile.state)(self.provider);
    }
}

/// Called with every request.
pub(crate) type Observer = Box<dyn Fn(&RecordedRequest) + Send + Sync>;

/// What every connection shares.
pub(crate) struct Shared {
    pub(crate) hosts: Vec<Host>,
    pub(crate) examples_only: bool,
    pub(crate) observer: Option<Observer>,
    log: Mutex<Log>,
}

/// What a request was recognised as.
#[derive(Default)]
struct Matched {
    provider: &'static str,
    operation: Option<&'static engagement_document::Operation>,
    /// Whether the answer must be XML.
    xml: bool,
}

/// A body as it came in.
enum Incoming {
    Whole(Bytes),
    TooLarge,
    Broken,
}

impl Shared {
    pub(crate) fn new(hosts: Vec<Host>, examples_only: bool, observer: Option<Observer>) -> Self {
        Self {
            hosts,
            examples_only,
            observer,
            log: Mutex::default(),
        }
    }

    pub(crate) fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn host(&self, name: &str) -> Option<&Host> {
        self.hosts
            .iter()
            .find(|host| host.provider.profile.name == name)
    }

    fn answer(
        &self,
        method: &str,
        path: &str,
        query: &str,
        headers: &HeaderMap,
        body: &Incoming,
    ) -> (Answer, Matched) {
        let mut matched = Matched::default();
        let answer = self.try_answer(method, path, query, headers, body, &mut matched);
        (answer.unwrap_or_else(|answer| *answer), matched)
    }

    fn try_answer(
        &self,
        method: &str,
        path: &str,
        query: &str,
        headers: &HeaderMap,
        body: &Incoming,
        matched: &mut Matched,
    ) -> Result<Answer, Box<Answer>> {
        let Some(segments) = router::segments(path) else {
            return Err(refuse(
                StatusCode::BAD_REQUEST,
                "the path is not UTF-8 once percent-decoded",
            ));
        };
        let host = segments.first().and_then(|name| self.host(name));
        let Some(host) = host else {
            let names: Vec<&str> = self
                .hosts
                .iter()
                .map(|host| host.provider.profile.name)
                .collect();
            let message = format!(
                "no provider is served under {path}: start the path with one of /{}",
                names.join(", /")
            );
            return Err(refuse(StatusCode::NOT_FOUND, message));
        };
        let provider = host.provider;
        matched.provider = provider.profile.name;
        matched.xml = provider.profile.xml_by_default && !asks_for_json(headers);

        let candidates = match provider.router.find(method, &segments[1..]) {
            Found::Operations(candidates) => candidates,
            Found::OtherMethods(methods) => {
                let methods = methods.join(", ");
                let mut answer = Answer::error(
                    StatusCode::METHOD_NOT_ALLOWED,
                    format!("{method} is not served here: use {methods}"),
                );
                answer.allow = Some(methods);
                return Err(Box::new(answer));
            }
            Found::Nothing => {
                let message = format!(
                    "{} has no operation at {path}: compare the path with its document",
                    provider.document.title
                );
                return Err(refuse(StatusCode::NOT_FOUND, message));
            }
        };
        // Operations that share a path share their credentials.
        let any = &provider.document.operations[candidates[0].0];
        if let [_] = candidates.as_slice() {
            matched.operation = Some(any);
        }
        let unauthorised = |why: String| {
            let mut answer = Answer::new(
                StatusCode::UNAUTHORIZED,
                Some((provider.profile.unauthorised)()),
            );
            answer.hint = Some(why);
            Box::new(answer)
        };
        let access = auth::check(&provider.document, any, &host.credentials, headers)
            .map_err(unauthorised)?;

        let body = match body {
            Incoming::Whole(bytes) => bytes,
            Incoming::TooLarge => {
                return Err(refuse(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    "the body is larger than the sandbox takes (1 MiB)",
                ));
            }
            Incoming::Broken => {
                return Err(refuse(
                    StatusCode::BAD_REQUEST,
                    "the body ended before it was complete",
                ));
            }
        };
        let query: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        let content = Content::of(headers);
        let (at, path_values) = choose(provider, candidates, &query, content)?;
        let operation = &provider.document.operations[at];
        matched.operation = Some(operation);
        fitting(operation, content, body)?;
        let call = Call {
            parameters: provider
                .parameters(at, &path_values, &query, headers)
                .map_err(boxed)?,
            body: provider.body(at, body).map_err(boxed)?,
            body_bytes: body.len(),
        };
        if access == Access::Partial {
            let field = operation
                .full_auth_fields
                .iter()
                .find(|field| call.body.get(field.as_str()).is_some());
            if let Some(field) = field {
                return Err(unauthorised(format!(
                    "a body with `{field}` needs the full credentials"
                )));
            }
        }
        let outcome = if self.examples_only {
            Ok(Reply::Example)
        } else {
            host.state().call(&operation.id, &call)
        };
        Ok(written(operation, outcome))
    }

    /// Does what an operation does, without HTTP and without a trace in the log.
    pub(crate) fn perform(
        &self,
        provider: &str,
        operation: &str,
        parameters: &[(&str, &str)],
        body: Value,
    ) -> Result<Value, String> {
        let host = self
            .host(provider)
            .ok_or_else(|| format!("there is no provider `{provider}`"))?;
        let provider = host.provider;
        let at = provider
            .position(operation)
            .ok_or_else(|| format!("there is no operation `{operation}`"))?;
        let pairs: Vec<(String, String)> = parameters
            .iter()
            .map(|&(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let call = || -> Result<Call, Refused> {
            if !body.is_null() {
                provider.valid_body(at, &body)?;
            }
            let parameters = provider.parameters(at, &pairs, &pairs, &HeaderMap::new())?;
            Ok(Call {
                parameters,
                body: body.clone(),
                body_bytes: 0,
            })
        };
        let call = call().map_err(|refused| refused.message)?;
        let outcome = host.state().call(operation, &call);
        let answer = written(&provider.document.operations[at], outcome);
        let body = answer.body.unwrap_or_default();
        if answer.status.is_success() {
            Ok(body)
        } else {
            Err(body["error"].as_str().unwrap_or_default().to_owned())
        }
    }
}

fn refuse(status: StatusCode, message: impl Into<String>) -> Box<Answer> {
    Box::new(Answer::error(status, message))
}

fn boxed(refused: Refused) -> Box<Answer> {
    Box::new(refused.into())
}

fn asks_for_json(headers: &HeaderMap) -> bool {
    let mut values = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok());
    values.any(|value| value.to_ascii_lowercase().contains("application/json"))
}

/// The media type of a request's body.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Content {
    None,
    Json,
    Form,
    Other,
}

impl Content {
    fn of(headers: &HeaderMap) -> Self {
        let Some(value) = headers.get(CONTENT_TYPE) else {
            return Self::None;
        };
        let value = value.to_str().unwrap_or_default();
        let media = value.split(';').next().unwrap_or_default().trim();
        if media.eq_ignore_ascii_case("application/json") {
            Self::Json
        } else if media.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            Self::Form
        } else {
            Self::Other
        }
    }
}

type Candidate = (usize, Vec<(String, String)>);

/// Tells operations of one method and path apart: by a constant query parameter, then by the media type of the body.
fn choose(
    provider: &Provider,
    candidates: Vec<Candidate>,
    query: &[(String, String)],
    content: Content,
) -> Result<Candidate, Box<Answer>> {
    let operation = |candidate: &Candidate| &provider.document.operations[candidate.0];
    let several = candidates.len() > 1;
    let mut wanted = Vec::new();
    let mut left: Vec<Candidate> = Vec::new();
    for candidate in candidates {
        let constants = operation(&candidate)
            .parameters
            .iter()
            .filter(|parameter| parameter.location == Location::Query);
        let unmet = constants
            .filter_map(|parameter| Some((&parameter.name, parameter.constant.as_ref()?)))
            .find(|(name, constant)| {
                several
                    && !query
                        .iter()
                        .any(|(given, value)| given == *name && value == *constant)
            });
        match unmet {
            Some((name, constant)) => wanted.push(format!("{name}={constant}")),
            None => left.push(candidate),
        }
    }
    if left.len() > 1 {
        let kind = if content == Content::Json {
            Some(BodyKind::Json)
        } else {
            Some(BodyKind::Form)
        };
        let of_kind = |candidate: &Candidate| {
            operation(candidate).body.as_ref().map(|body| body.kind) == kind
        };
        if let Some(at) = left.iter().position(of_kind) {
            return Ok(left.swap_remove(at));
        }
    }
    let first = left.into_iter().next();
    first.ok_or_else(|| {
        Box::new(bad(format!("the query must hold one of {}", wanted.join(", "))).into())
    })
}

/// Checks that a body comes with the media type that the operation takes.
fn fitting(
    operation: &engagement_document::Operation,
    content: Content,
    bytes: &[u8],
) -> Result<(), Box<Answer>> {
    let Some(body) = &operation.body else {
        return Ok(());
    };
    let (want, name) = match body.kind {
        BodyKind::Json => (Content::Json, "application/json"),
        BodyKind::Form => (Content::Form, "application/x-www-form-urlencoded"),
    };
    if bytes.is_empty() || content == want {
        return Ok(());
    }
    let given = if content == Content::None {
        "is missing"
    } else {
        "is another"
    };
    let message = format!("the Content-Type {given}: `{}` takes {name}", operation.id);
    Err(refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, message))
}

/// The answer for what an operation did.
fn written(operation: &engagement_document::Operation, outcome: Outcome) -> Answer {
    let status = |with_body: bool| {
        let found = provider::documented(operation, with_body)
            .and_then(|answer| StatusCode::from_u16(answer.status).ok());
        found.unwrap_or(StatusCode::OK)
    };
    match outcome {
        Ok(Reply::Json(body)) => Answer::new(status(true), Some(body)),
        Ok(Reply::Done) => Answer::new(status(false), None),
        Ok(Reply::Gone) if operation.answers.iter().any(|answer| answer.status == 204) => {
            Answer::new(StatusCode::NO_CONTENT, None)
        }
        Ok(Reply::Gone) => Answer::new(status(false), None),
        Ok(Reply::NoRecord) => Answer::new(StatusCode::NO_CONTENT, None),
        Ok(Reply::Example) => Answer::new(
            status(false),
            operation
                .answers
                .first()
                .and_then(|answer| answer.example.clone()),
        ),
        Err(refused) => refused.into(),
    }
}

/// Reads a body to its end, within bounds.
async fn read(body: Body) -> Incoming {
    let mut stream = body.into_data_stream();
    let mut whole = BytesMut::new();
    let mut length = 0_usize;
    while let Some(chunk) = stream.next().await {
        let Ok(chunk) = chunk else {
            return Incoming::Broken;
        };
        length = length.saturating_add(chunk.len());
        if length > MOST_READ {
            return Incoming::TooLarge;
        }
        if length <= MOST_BODY {
            whole.extend_from_slice(&chunk);
        }
    }
    if length > MOST_BODY {
        Incoming::TooLarge
    } else {
        Incoming::Whole(whole.freeze())
    }
}

/// Answers one request.
pub(crate) async fn handle(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = read(body).await;
    let (answer, matched) = shared.answer(
        parts.method.as_str(),
        parts.uri.path(),
        parts.uri.query().unwrap_or_default(),
        &parts.headers,
        &body,
    );
    let record = RecordedRequest {
        provider: matched.provider,
        operation: matched.operation.map(|operation| operation.id.as_str()),
        template: matched.operation.map(|operation| operation.path.as_str()),
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        headers: parts.headers,
        body: if let Incoming::Whole(bytes) = body {
            bytes
        } else {
            Bytes::new()
        },
        status: answer.status.as_u16(),
    };
    if let Some(observer) = &shared.observer {
        observer(&record);
    }
    shared.log().push(record);
    respond(answer, matched.xml)
}

fn respond(answer: Answer, xml: bool) -> Response {
    let mut response = match answer.body {
        None => Response::default(),
        Some(_) if xml => {
            let mut response = Response::new(Body::from(XML));
            response
                .headers_mut()
                .insert(CONTENT_TYPE, HeaderValue::from_static("application/xml"));
            response
        }
        Some(body) => {
            let mut response = Response::new(Body::from(body.to_string()));
            response
                .headers_mut()
                .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            response
        }
    };
    *response.status_mut() = answer.status;
    let mut set = |name: HeaderName, value: Option<String>| {
        if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
            response.headers_mut().insert(name, value);
        }
    };
    set(ALLOW, answer.allow);
    set(HINT, answer.hint);
    response
}

/// What stands for an answer whose request didn't ask for JSON: the provider's own XML is published nowhere.
const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <sandbox>This provider answers XML unless the request carries the header Accept: application/json.</sandbox>\n";
