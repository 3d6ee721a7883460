//! From a request to an answer.

use std::sync::{Mutex, MutexGuard, PoisonError};

use engagement_document::{BodyKind, Operation};
use http::{HeaderMap, HeaderName, StatusCode};
use serde_json::Value;

use crate::accounts::call::{Call, Refused, Reply};
use crate::http::auth::Access;
use crate::http::body::{Content, Incoming, choose, fitting};
use crate::http::limits::Counted;
use crate::http::multipart;
use crate::http::record::Log;
use crate::http::response::{Answer, Payload, Rejection, written};
use crate::http::router::{self, Found};
use crate::http::server::Observer;
use crate::http::service::Host;
use crate::provider;
use crate::provider::config::{self, Profile};

const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");

/// What every connection shares.
pub(crate) struct Shared {
    pub(crate) hosts: Vec<Host>,
    pub(crate) examples_only: bool,
    pub(crate) observer: Option<Observer>,
    log: Mutex<Log>,
}

/// What a request was recognised as.
#[derive(Default)]
pub(crate) struct Matched {
    profile: Option<&'static Profile>,
    pub(crate) operation: Option<&'static Operation>,
    /// Whether the answer must be XML.
    pub(crate) xml: bool,
    counted: Option<Counted>,
}

impl Matched {
    /// Short name of the provider; empty when the path named none.
    pub(crate) fn provider(&self) -> &'static str {
        self.profile.map_or("", |profile| profile.name)
    }
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

    /// What is served under a first path segment: a provider, and where its hosts are apart, the host's position.
    fn mounted(&self, segment: &str) -> Option<(&Host, Option<usize>)> {
        self.hosts.iter().find_map(|host| {
            let provider = host.provider;
            let mut servers = provider.document.servers.iter();
            let at = servers.position(|server| provider.mount(server) == segment)?;
            Some((host, provider.profile.separate_hosts.then_some(at)))
        })
    }

    pub(crate) fn answer(
        &self,
        method: &str,
        path: &str,
        query: &str,
        headers: &HeaderMap,
        body: &Incoming,
    ) -> (Answer, Matched) {
        let mut matched = Matched::default();
        let answer = self.try_answer(method, path, query, headers, body, &mut matched);
        let shape = matched
            .profile
            .map_or(config::error as _, |profile| profile.error);
        let mut answer = answer.unwrap_or_else(|rejection| rejection.answer(shape));
        if let Some(counted) = matched.counted {
            answer.headers.push((LIMIT, counted.limit.to_string()));
            answer
                .headers
                .push((REMAINING, counted.remaining.to_string()));
        }
        (answer, matched)
    }

    fn try_answer(
        &self,
        method: &str,
        path: &str,
        query: &str,
        headers: &HeaderMap,
        body: &Incoming,
        matched: &mut Matched,
    ) -> Result<Answer, Box<Rejection>> {
        let Some(segments) = router::segments(path) else {
            return Err(Rejection::new(
                StatusCode::BAD_REQUEST,
                "the path is not UTF-8 once percent-decoded",
            ));
        };
        let mounted = segments.first().and_then(|segment| self.mounted(segment));
        let Some((host, server)) = mounted else {
            let names = self.hosts.iter().map(|host| host.provider.profile.name);
            let names: Vec<&str> = names.collect();
            let message = format!(
                "no provider is served under {path}: start the path with one of /{}",
                names.join(", /")
            );
            return Err(Rejection::new(StatusCode::NOT_FOUND, message));
        };
        let provider = host.provider;
        matched.profile = Some(provider.profile);
        matched.xml = provider.profile.xml_by_default && !provider::asks_for_json(headers);
        if let Some(server) = server {
            unpublished(host, server, path, headers)?;
        }

        let candidates = match provider.router.find(server, method, &segments[1..]) {
            Found::Operations(candidates) => candidates,
            Found::OtherMethods(methods) => {
                let methods = methods.join(", ");
                let message = format!("{method} is not served here: use {methods}");
                return Err(Rejection::new(StatusCode::METHOD_NOT_ALLOWED, message).allow(methods));
            }
            Found::Nothing => {
                let message = format!(
                    "{} has no operation at {path}: compare the path with its document",
                    provider.document.title
                );
                return Err(Rejection::new(StatusCode::NOT_FOUND, message));
            }
        };
        // Operations that share a path share their credentials.
        let any = &provider.document.operations[candidates[0].0];
        if let [_] = candidates.as_slice() {
            matched.operation = Some(any);
        }
        let (access, schemes) = host.access(any, headers)?;

        let query: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        let content = Content::of(headers);
        let (at, path_values) = choose(provider, candidates, &query, content)?;
        let operation = &provider.document.operations[at];
        matched.operation = Some(operation);
        matched.counted = host.count(at);
        if let Some(counted) = matched.counted.filter(|counted| counted.over) {
            let message = format!(
                "Too many requests: `{}` takes {} in {} seconds",
                operation.id,
                counted.limit,
                counted.length.as_secs()
            );
            return Err(Rejection::new(StatusCode::TOO_MANY_REQUESTS, message));
        }

        let received = body.whole(content)?;
        fitting(operation, content, &received.bytes)?;
        let parameters = provider.parameters(at, &path_values, &query, headers)?;
        let (body, files) = provider.body(at, received)?;
        let call = Call {
            parameters,
            body,
            body_bytes: received.bytes.len(),
            headers: headers.clone(),
            schemes,
            files,
        };
        if access == Access::Partial {
            let field = operation
                .full_auth_fields
                .iter()
                .find(|field| call.body.get(field.as_str()).is_some());
            if let Some(field) = field {
                return Err(
                    host.unauthorised(format!("a body with `{field}` needs the full credentials"))
                );
            }
        }
        let outcome = if self.examples_only {
            Ok(Reply::Example)
        } else {
            host.state().call(&operation.id, &call)
        };
        Ok(written(operation, outcome)?)
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
        let operation = &provider.document.operations[at];
        let done = || -> Result<Answer, Refused> {
            if !body.is_null() {
                provider.valid_body(at, &body)?;
            }
            let multipart = operation.body.as_ref();
            let multipart = multipart.filter(|body| body.kind == BodyKind::Multipart);
            let call = Call {
                parameters: provider.parameters(at, &pairs, &pairs, &HeaderMap::new())?,
                files: multipart
                    .map(|kind| multipart::files(&provider.document.schemas, kind, &body))
                    .unwrap_or_default(),
                body,
                ..Call::default()
            };
            written(operation, host.state().call(&operation.id, &call))
        };
        match done().map_err(|refused| refused.message)?.payload {
            Payload::Json(body) => Ok(body),
            Payload::Nothing | Payload::Bytes(..) => Ok(Value::Null),
        }
    }
}

/// Refuses a request to a host whose paths nobody publishes, once its credentials are good.
fn unpublished(
    host: &Host,
    server: usize,
    path: &str,
    headers: &HeaderMap,
) -> Result<(), Box<Rejection>> {
    let document = &host.provider.document;
    if !document.servers[server].url.is_empty() {
        return Ok(());
    }
    let anonymous = document
        .apis
        .iter()
        .any(|api| api.server == server && api.anonymous);
    // What takes credentials takes those of the provider's other calls, as far as is known.
    let usual = document
        .operations
        .iter()
        .find(|operation| !operation.security.is_empty());
    if let Some(usual) = usual.filter(|_| !anonymous) {
        host.access(usual, headers)?;
    }
    let message = format!("{} has no known operation at {path}", document.title);
    let hint = format!(
        "neither the paths of this host nor its address are published: {}",
        document.servers[server].docs_url
    );
    Err(Rejection::new(StatusCode::NOT_FOUND, message).hint(hint))
}
