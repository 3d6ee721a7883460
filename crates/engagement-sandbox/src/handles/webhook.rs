//! Posting webhooks to a program under test.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::{HeaderName, HeaderValue, Request, StatusCode, Uri};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::faults::suggestion;
use crate::provider::Provider;
use crate::provider::schemas::{validator, violations};

/// How long the receiver of a webhook may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The largest response that is read, in bytes.
const MAX_RESPONSE: usize = 1 << 20;

/// A documented webhook, for [`Sandbox::deliver`](crate::Sandbox::deliver).
#[derive(Debug, Clone, PartialEq)]
pub struct Webhook {
    provider: String,
    kind: String,
    body: Value,
    headers: Vec<(String, String)>,
}

/// The response to a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WebhookResponse {
    /// The status.
    pub status: u16,
    /// The body, at most 1 MiB.
    pub body: Bytes,
}

/// Why a webhook was not delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookError(String);

impl fmt::Display for WebhookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WebhookError {}

impl Webhook {
    /// A webhook of a provider: its kind, such as `contact.created`, and its body.
    pub fn new(provider: impl Into<String>, kind: impl Into<String>, body: Value) -> Self {
        Self {
            provider: provider.into(),
            kind: kind.into(),
            body,
            headers: Vec::new(),
        }
    }

    /// Adds a header, for example a signature.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Checks that the provider documents it, and that the body is as documented.
    fn check(&self, providers: &[Provider]) -> Result<(), String> {
        let names = || providers.iter().map(|one| one.name);
        let found = providers.iter().find(|one| one.name == self.provider);
        let provider = found.ok_or_else(|| {
            let all = format!("use one of {}", names().collect::<Vec<_>>().join(", "));
            let near = suggestion(&self.provider, names(), &all);
            format!("there is no provider `{}`: {near}", self.provider)
        })?;
        let webhooks = &provider.document.webhooks;
        let known = webhooks.iter().find(|webhook| webhook.name == self.kind);
        let webhook = known.ok_or_else(|| {
            let kinds = webhooks.iter().map(|webhook| webhook.name.as_str());
            let all: Vec<&str> = kinds.clone().collect();
            let all = if all.is_empty() {
                "it documents none".to_owned()
            } else {
                format!("use one of {}", all.join(", "))
            };
            let near = suggestion(&self.kind, kinds, &all);
            format!("{} has no webhook `{}`: {near}", self.provider, self.kind)
        })?;
        let schema = validator(&provider.document.schemas, &webhook.schema);
        let problem = schema.and_then(|schema| violations(&schema, &self.body, "body"));
        problem.map_or(Ok(()), |problem| Err(format!("{}: {problem}", self.kind)))
    }

    fn request(&self, uri: &Uri) -> Result<Request<String>, String> {
        let target = uri.path_and_query().map_or("/", |target| target.as_str());
        let authority = uri.authority().map_or("localhost", |host| host.as_str());
        let mut request = Request::post(target)
            .header(HOST, authority)
            .header(CONTENT_TYPE, "application/json")
            .body(self.body.to_string())
            .map_err(|error| error.to_string())?;
        for (name, value) in &self.headers {
            let parsed_name = name.parse::<HeaderName>();
            let parsed_value = value.parse::<HeaderValue>();
            let (Ok(parsed_name), Ok(value)) = (parsed_name, parsed_value) else {
                return Err(format!("the header `{name}` is not valid"));
            };
            request.headers_mut().insert(parsed_name, value);
        }
        Ok(request)
    }
}

/// Posts a webhook to a URL of this machine.
pub(crate) async fn deliver(
    webhook: &Webhook,
    url: &str,
    providers: &[Provider],
) -> Result<WebhookResponse, WebhookError> {
    let error = |why: String| WebhookError(why);
    webhook.check(providers).map_err(error)?;
    let (uri, address) = local(url).map_err(error)?;
    let request = webhook.request(&uri).map_err(error)?;
    match timeout(TIMEOUT, send(request, address)).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(why)) => Err(WebhookError(format!("{url}: {why}"))),
        Err(_) => Err(WebhookError(format!(
            "{url}: no response in {} seconds",
            TIMEOUT.as_secs()
        ))),
    }
}

async fn send(request: Request<String>, address: SocketAddr) -> Result<WebhookResponse, String> {
    let text = |error: hyper::Error| error.to_string();
    let stream = TcpStream::connect(address).await;
    let stream = stream.map_err(|error| error.to_string())?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(text)?;
    let exchange = async {
        let response = sender.send_request(request).await.map_err(text)?;
        let (head, body) = response.into_parts();
        let body = axum::body::to_bytes(axum::body::Body::new(body), MAX_RESPONSE).await;
        Ok(WebhookResponse {
            status: StatusCode::as_u16(&head.status),
            body: body.map_err(|error| error.to_string())?,
        })
    };
    let mut exchange = std::pin::pin!(exchange);
    tokio::select! {
        result = &mut exchange => result,
        ended = connection => {
            ended.map_err(text)?;
            exchange.await
        }
    }
}

/// The address of a URL of this machine.
fn local(url: &str) -> Result<(Uri, SocketAddr), String> {
    let refused = || {
        format!(
            "`{url}` is not a URL of this machine: use http://127.0.0.1:PORT/…, http://[::1]:PORT/… or http://localhost:PORT/…"
        )
    };
    let uri: Uri = url.parse().map_err(|_| refused())?;
    if uri.scheme_str() != Some("http") {
        return Err(refused());
    }
    let host = uri.host().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let ip = match bare.parse::<IpAddr>() {
        Ok(ip) => ip,
        Err(_) if host.eq_ignore_ascii_case("localhost") => Ipv4Addr::LOCALHOST.into(),
        Err(_) => return Err(refused()),
    };
    if !ip.is_loopback() {
        return Err(refused());
    }
    let address = SocketAddr::new(ip, uri.port_u16().unwrap_or(80));
    Ok((uri, address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_urls_of_this_machine_are_allowed() {
        for url in [
            "http://127.0.0.1:1/a?b",
            "http://127.9.9.9/",
            "http://[::1]:1/",
            "http://LOCALHOST:1",
        ] {
            assert!(local(url).is_ok(), "{url}");
        }
        for url in [
            "https://127.0.0.1:1/",
            "http://example.com/",
            "http://10.0.0.1/",
            "http://127.0.0.1.example.com/",
            "http://127.0.0.1@example.com/",
            "http://localhost.example.com/",
            "/path",
            "",
        ] {
            let message = local(url).expect_err(url);
            assert!(
                message.contains("is not a URL of this machine: use http://127.0.0.1"),
                "{message}"
            );
        }
    }
}
