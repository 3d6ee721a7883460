//! A provider on loopback, and the responses of its server.
#![allow(dead_code, reason = "each test program uses its part")]

use engagement_core::{
    ClientBuilder, ClientCore, ClientValue, Credential, Error, ErrorInSuccess, FromClientCore,
    Operation, Provider, Response, RetryPolicy, Scheme, SchemeKind, Server,
};
use engagement_faults::{self as faults, ConnectionEnd, CutPoint, Fault, FaultServer, Request};

/// How a successful response is decoded.
pub(crate) type Read<T> = fn(engagement_core::RawResponse) -> Result<Response<T>, Error>;

/// What the server does with a request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// Writes these bytes; closes if they say so.
    Bytes(Vec<u8>),
    /// Writes these bytes and closes.
    ThenClose(Vec<u8>),
    /// Writes these bytes and resets the connection.
    ThenReset(Vec<u8>),
    /// Writes these bytes and then nothing, for ever.
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
    /// Responds to requests in turn, and the last reply for ever.
    pub(crate) async fn start(replies: impl IntoIterator<Item = Reply>) -> Self {
        let responses = replies.into_iter().map(faults::Response::from);
        Self(FaultServer::with_responses(responses).await.unwrap())
    }

    /// Responds to each request with what this makes of it.
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

    /// What goes wrong with the next requests.
    pub(crate) fn plan(&self, faults: impl IntoIterator<Item = Option<Fault>>) {
        self.0.plan(faults);
    }

    /// What was received so far, each request to its last byte.
    pub(crate) fn requests(&self) -> Vec<String> {
        let requests = self.0.requests();
        let texts = requests.iter().map(|request| request.text().into_owned());
        texts.collect()
    }

    /// How many TCP connections were accepted so far.
    pub(crate) fn connections(&self) -> usize {
        self.0.connections()
    }

    /// The only request that was received.
    pub(crate) fn request(&self) -> String {
        let requests = self.requests();
        assert_eq!(requests.len(), 1, "{requests:#?}");
        requests.into_iter().next().unwrap()
    }
}

/// What comes of starting something on a runtime of its own, which runs as long as the program.
pub(crate) fn elsewhere<T: Send + 'static>(
    starting: impl Future<Output = T> + Send + 'static,
) -> T {
    let (send, started) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_all().build().unwrap().block_on(async {
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
    idempotency_key: Some("Idempotency-Key"),
    ..GET
};
pub(crate) static TEAMS_LIST: Operation = Operation {
    id: "teams_list",
    path: "/teams/{team}/accounts/{account}",
    ..GET
};

pub(crate) static PROVIDER: Provider = Provider {
    name: "acme",
    title: "Acme",
    env_prefix: "ACME",
    version: "1.2.3",
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
        Scheme {
            name: "login",
            kind: SchemeKind::Basic,
            label: "Login",
            env: &["ACME_USER", "ACME_PASSWORD"],
            secret: true,
        },
        Scheme {
            name: "key",
            kind: SchemeKind::BasicUserOnly,
            label: "Account key",
            env: &["ACME_ACCOUNT_KEY"],
            secret: true,
        },
        Scheme {
            name: "token",
            kind: SchemeKind::Bearer,
            label: "Access token",
            env: &["ACME_TOKEN"],
            secret: true,
        },
        Scheme {
            name: "header",
            kind: SchemeKind::Header("X-Api-Key"),
            label: "API key",
            env: &["ACME_KEY"],
            secret: true,
        },
        Scheme {
            name: "secret",
            kind: SchemeKind::Header("X-Api-Secret"),
            label: "API secret",
            env: &["ACME_SECRET"],
            secret: true,
        },
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

/// A client of this server, with the key `test-key`.
pub(crate) fn client(server: &TestServer) -> ClientCore {
    builder()
        .base_url(server.url())
        .credential("header", Credential::header("test-key"))
        .build()
        .unwrap()
        .0
}

/// A client of this server that never tries again.
pub(crate) fn unrepeated(server: &TestServer) -> ClientCore {
    client(server).with(|call| call.retry(RetryPolicy::none()))
}
