//! A provider on loopback with prepared responses.
#![allow(dead_code, reason = "each test program uses some of it")]

use std::pin::Pin;

use engagement_core::{
    ClientBuilder, ClientCore, ClientValue, Credential, Error, ErrorInSuccess, FromClientCore,
    IdempotencyKey, Operation, Provider, RawResponse, Response, ResponseFuture, RetryPolicy,
    Scheme, SchemeKind, Server, Token, TokenSource,
};
use engagement_faults::{self as faults, ConnectionEnd, CutPoint, Fault, FaultServer, Request};
use serde::de::DeserializeOwned;

/// The decoder of a successful response.
pub(crate) type Read<T> = fn(RawResponse) -> Result<Response<T>, Error>;

/// A response of the server.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// Writes these bytes.
    Bytes(Vec<u8>),
    /// Writes these bytes and closes.
    ThenClose(Vec<u8>),
    /// Writes these bytes and resets the connection.
    ThenReset(Vec<u8>),
    /// Writes these bytes and keeps the connection open.
    ThenNothing(Vec<u8>),
}

impl From<Reply> for faults::Response {
    fn from(reply: Reply) -> Self {
        let (bytes, end) = match reply {
            Reply::Bytes(bytes) => return Self::raw(bytes),
            Reply::ThenClose(bytes) => (bytes, ConnectionEnd::Close),
            Reply::ThenReset(bytes) => (bytes, ConnectionEnd::Reset),
            Reply::ThenNothing(bytes) => (bytes, ConnectionEnd::Silence),
        };
        Self::raw(bytes).fault(Fault::Cut {
            at: CutPoint::End,
            end,
        })
    }
}

/// A response with a length and a content type.
pub(crate) fn reply(status: &str, content_type: &str, body: impl AsRef<[u8]>) -> Reply {
    with_headers(status, &format!("content-type: {content_type}\r\n"), body)
}

/// A response with a length and these headers, each ending in CR LF.
pub(crate) fn with_headers(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Reply {
    let body = body.as_ref();
    let mut bytes = format!(
        "HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    Reply::Bytes(bytes)
}

pub(crate) fn json(body: &str) -> Reply {
    reply("200 OK", "application/json", body)
}

pub(crate) fn no_content() -> Reply {
    Reply::Bytes(b"HTTP/1.1 204 No Content\r\n\r\n".to_vec())
}

pub(crate) struct TestServer(FaultServer);

impl TestServer {
    /// Sends these responses in order, and repeats the last one.
    pub(crate) async fn start(replies: impl IntoIterator<Item = Reply>) -> Self {
        let responses = replies.into_iter().map(faults::Response::from);
        Self(FaultServer::with_responses(responses).await.unwrap())
    }

    /// Sends the response that a function returns.
    pub(crate) async fn responding(
        response: impl Fn(&str) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let application = move |request: &Request| response(&request.text()).into();
        Self(FaultServer::start(application).await.unwrap())
    }

    pub(crate) async fn once(reply: Reply) -> Self {
        Self::start([reply]).await
    }

    pub(crate) fn address(&self) -> std::net::SocketAddr {
        self.0.address()
    }

    pub(crate) fn url(&self) -> String {
        self.0.url()
    }

    /// Sets the faults of the next requests.
    pub(crate) fn plan(&self, faults: impl IntoIterator<Item = Option<Fault>>) {
        self.0.plan(faults);
    }

    /// The received requests.
    pub(crate) fn requests(&self) -> Vec<String> {
        let requests = self.0.requests();
        let texts = requests.iter().map(|request| request.text().into_owned());
        texts.collect()
    }

    /// The number of accepted connections.
    pub(crate) fn connections(&self) -> usize {
        self.0.connections()
    }

    /// Waits for this number of requests.
    pub(crate) async fn received(&self, count: usize) {
        while self.0.requests().len() < count {
            tokio::task::yield_now().await;
        }
    }

    /// The only received request.
    pub(crate) fn request(&self) -> String {
        let requests = self.requests();
        assert_eq!(requests.len(), 1, "{requests:#?}");
        requests.into_iter().next().unwrap()
    }
}

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build().unwrap()
}

/// A port of loopback that nothing listens on.
pub(crate) fn unused_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Runs a future on another thread, whose runtime is never shut down.
pub(crate) fn on_other_thread<T: Send + 'static>(
    starting: impl Future<Output = T> + Send + 'static,
) -> T {
    let (send, started) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        runtime().block_on(async {
            send.send(starting.await).unwrap();
            std::future::pending::<()>().await;
        });
    });
    started.recv().unwrap()
}

const ANY: &[&[&str]] = &[&["header"], &["login"], &["key"], &["token"]];

const GET: Operation = Operation {
    id: "contacts_get",
    group: "contacts",
    method: "GET",
    path: "/contacts/{id}",
    server: 0,
    security: ANY,
    idempotent: true,
    sends_message: false,
    not_found_statuses: &[204],
    evidence: "docs",
    docs_url: "https://acme.example/docs",
    deprecated: false,
    rate_limit: None,
    idempotency_key: None,
};

pub(crate) static CONTACTS_GET: Operation = GET;
pub(crate) static CONTACTS_LIST: Operation = Operation {
    id: "contacts_list",
    path: "/contacts",
    not_found_statuses: &[],
    ..GET
};
pub(crate) static CONTACTS_CREATE: Operation = Operation {
    id: "contacts_create",
    method: "POST",
    path: "/contacts",
    idempotent: false,
    ..GET
};
pub(crate) static CONTACTS_DELETE: Operation = Operation {
    id: "contacts_delete",
    method: "DELETE",
    ..GET
};
pub(crate) static EVENTS_TRACK: Operation = Operation {
    id: "events_track",
    method: "POST",
    path: "/events",
    security: &[&["header", "secret"], &["token"]],
    ..GET
};
pub(crate) static APPS_LIST: Operation = Operation {
    id: "apps_list",
    path: "/apps",
    server: 1,
    ..GET
};
pub(crate) static STATUS_GET: Operation = Operation {
    id: "status_get",
    path: "/status",
    security: &[],
    ..GET
};

pub(crate) static PUSH_SEND: Operation = Operation {
    id: "push_send",
    path: "/push",
    server: 2,
    ..GET
};
pub(crate) static LOGIN: Operation = Operation {
    id: "auth_login",
    method: "POST",
    path: "/login",
    security: &[],
    ..GET
};
pub(crate) static ORDERS_CREATE: Operation = Operation {
    id: "orders_create",
    method: "POST",
    path: "/accounts/{account}/orders",
    idempotency_key: Some(IdempotencyKey {
        header: "Idempotency-Key",
        documented: true,
    }),
    ..GET
};
pub(crate) static TEAMS_LIST: Operation = Operation {
    id: "teams_list",
    path: "/teams/{team}/accounts/{account}",
    ..GET
};

const fn scheme(
    name: &'static str,
    kind: SchemeKind,
    label: &'static str,
    env: &'static [&'static str],
) -> Scheme {
    Scheme {
        name,
        kind,
        label,
        env,
        secret: true,
    }
}

/// A provider without servers, schemes and operations.
pub(crate) const EMPTY: Provider = Provider {
    name: "acme",
    title: "Acme",
    env_prefix: "ACME",
    version: "1.2.3",
    servers: &[],
    schemes: &[],
    client_values: &[],
    error_message: &[],
    conflict_messages: &[],
    error_in_success: None,
    operations: &[],
};

pub(crate) static PROVIDER: Provider = Provider {
    servers: &[
        Server {
            name: "api",
            url: "https://api.acme.example/v1",
            regions: &[
                ("eu", "https://api.eu.acme.example/v1"),
                ("us", "https://api.us.acme.example/v1"),
            ],
            docs_url: "",
        },
        Server {
            name: "app",
            url: "https://app.acme.example",
            regions: &[("eu", "https://app.eu.acme.example")],
            docs_url: "",
        },
        Server {
            name: "push",
            url: "",
            regions: &[],
            docs_url: "https://acme.example/docs/push",
        },
    ],
    schemes: &[
        scheme(
            "login",
            SchemeKind::Basic,
            "Login",
            &["ACME_USER", "ACME_PASSWORD"],
        ),
        scheme(
            "key",
            SchemeKind::BasicUserOnly,
            "Account key",
            &["ACME_ACCOUNT_KEY"],
        ),
        scheme("token", SchemeKind::Bearer, "Access token", &["ACME_TOKEN"]),
        scheme(
            "header",
            SchemeKind::Header("X-Api-Key"),
            "API key",
            &["ACME_KEY"],
        ),
        scheme(
            "secret",
            SchemeKind::Header("X-Api-Secret"),
            "API secret",
            &["ACME_SECRET"],
        ),
    ],
    client_values: &[
        ClientValue {
            name: "account",
            label: "Account id",
            env: "ACME_ACCOUNT",
        },
        ClientValue {
            name: "team",
            label: "Team",
            env: "",
        },
    ],
    error_message: &["/error/message", "/message"],
    conflict_messages: &["already exists"],
    error_in_success: Some(ErrorInSuccess {
        path: &["response", "status"],
        value: "error",
    }),
    operations: &[GET, ORDERS_CREATE],
    ..EMPTY
};

#[derive(Debug, Clone)]
pub(crate) struct Client(pub(crate) ClientCore);

impl FromClientCore for Client {
    fn from_client_core(core: ClientCore) -> Result<Self, Error> {
        Ok(Self(core))
    }
}

pub(crate) fn builder() -> ClientBuilder<Client> {
    ClientBuilder::new(&PROVIDER)
}

/// A builder with the URL of this server.
pub(crate) fn at(server: &TestServer) -> ClientBuilder<Client> {
    builder().base_url(server.url())
}

/// A builder with this URL and the key `test-key`.
pub(crate) fn keyed_at(url: impl Into<String>) -> ClientBuilder<Client> {
    let key = Credential::header("test-key");
    builder().base_url(url).credential("header", key)
}

/// The same with the URL of this server.
pub(crate) fn keyed(server: &TestServer) -> ClientBuilder<Client> {
    keyed_at(server.url())
}

pub(crate) fn build(builder: ClientBuilder<Client>) -> ClientCore {
    builder.build().unwrap().0
}

/// A client of this server with the key `test-key`.
pub(crate) fn client(server: &TestServer) -> ClientCore {
    build(keyed(server))
}

/// The same without retries.
pub(crate) fn without_retries(server: &TestServer) -> ClientCore {
    client(server).with(|call| call.retry(RetryPolicy::none()))
}

/// Calls an operation and ignores the body of the response.
pub(crate) fn send_empty(client: &ClientCore, operation: &'static Operation) -> ResponseFuture<()> {
    client.call(operation).send(RawResponse::into_empty)
}

/// Calls `contacts_list` and decodes the body.
pub(crate) fn list_json<T: DeserializeOwned + 'static>(client: &ClientCore) -> ResponseFuture<T> {
    client.call(&CONTACTS_LIST).send(RawResponse::into_json)
}

#[track_caller]
pub(crate) fn assert_contains(text: &str, part: impl AsRef<str>) {
    let part = part.as_ref();
    assert!(text.contains(part), "no {part:?} in {text:?}");
}

#[track_caller]
pub(crate) fn assert_starts(text: &str, start: impl AsRef<str>) {
    let start = start.as_ref();
    assert!(
        text.starts_with(start),
        "no {start:?} at the start of {text:?}"
    );
}

/// The result of [`TokenSource::fetch`](engagement_core::TokenSource::fetch).
pub(crate) type Fetch<'a> = Pin<Box<dyn Future<Output = Result<Token, Error>> + Send + 'a>>;

/// A source of the token `token`.
pub(crate) struct FixedToken;

impl TokenSource for FixedToken {
    fn fetch<'a>(&'a self, _: &'a ClientCore) -> Fetch<'a> {
        Box::pin(async { Ok(Token::new("token")) })
    }
}

/// The rows of a table of N columns, one row a line, with `|` between the cells.
pub(crate) fn rows<const N: usize>(table: &str) -> impl Iterator<Item = [&str; N]> {
    table.trim().lines().map(|line| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let cells = cells.try_into();
        cells.unwrap_or_else(|_| panic!("a row without {N} columns: {line}"))
    })
}
