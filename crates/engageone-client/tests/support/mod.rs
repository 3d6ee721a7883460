//! A server on loopback that records requests, with the login of the service.
#![allow(dead_code, reason = "each test program uses its part")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use engageone_client::{Api, Client};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Barrier, Semaphore};

pub(crate) const CUSTOMER_ID: &str = "sa11bB";
pub(crate) const CLIENT_ID: &str = "sa11bB.k3v9q1@communicate.engageone.co";
/// It must appear only in the body of a login.
pub(crate) const SECRET: &str = "canary-5f1c\"&ü";

/// A received request.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Request {
    /// Method and path, such as `GET /data`.
    pub(crate) fn line(&self) -> &str {
        let line = self.head.lines().next().unwrap();
        line.strip_suffix(" HTTP/1.1").unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.split("\r\n").skip(1);
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    pub(crate) fn is_login(&self) -> bool {
        self.line() == "POST /authenticate"
    }
}

/// A response, and a condition that it waits for.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    status: &'static str,
    /// `Date`, if it has one.
    date: Option<&'static str>,
    body: String,
    barrier: Option<Arc<Barrier>>,
    semaphore: Option<Arc<Semaphore>>,
}

pub(crate) fn reply(status: &'static str, body: impl Into<String>) -> Reply {
    Reply {
        status,
        date: None,
        body: body.into(),
        barrier: None,
        semaphore: None,
    }
}

pub(crate) struct Server {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<Request>>>,
    task: tokio::task::JoinHandle<()>,
}

type Respond = dyn Fn(&Request) -> Reply + Send + Sync;

impl Server {
    pub(crate) async fn start(
        response: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests: Arc<Mutex<Vec<Request>>> = Arc::default();
        let response: Arc<Respond> = Arc::new(response);
        let recorded = Arc::clone(&requests);
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, Arc::clone(&response), Arc::clone(&recorded)));
            }
        });
        Self {
            url,
            requests,
            task,
        }
    }

    /// The received requests.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// The same, and clears them.
    pub(crate) fn take_requests(&self) -> Vec<Request> {
        std::mem::take(&mut self.requests.lock().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, response: Arc<Respond>, requests: Arc<Mutex<Vec<Request>>>) {
    while let Some(request) = read_request(&mut stream).await {
        let reply = response(&request);
        requests.lock().unwrap().push(request);
        if let Some(barrier) = &reply.barrier {
            barrier.wait().await;
        }
        if let Some(semaphore) = &reply.semaphore {
            drop(semaphore.acquire().await.unwrap());
        }
        let (status, body) = (reply.status, reply.body);
        let date = reply
            .date
            .map_or(String::new(), |date| format!("date: {date}\r\n"));
        let length = body.len();
        let bytes = format!(
            "HTTP/1.1 {status}\r\n{date}content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        let _ = stream.write_all(bytes.as_bytes()).await;
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let mut lines = head.lines();
            let length = lines.find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                let (head, body) = (head.to_owned(), body.to_owned());
                return Some(Request { head, body });
            }
        }
        let read = stream.read(&mut chunk).await.ok();
        let read = read.filter(|read| *read > 0)?;
        bytes.extend_from_slice(&chunk[..read]);
    }
}

/// A token with these claims.
pub(crate) fn jwt(claims: &str) -> String {
    let part = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.c2ln", part(r#"{"typ":"JWT"}"#), part(claims))
}

/// This time in seconds since 1970, with a fraction.
pub(crate) fn in_seconds(seconds: f64) -> f64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    now.unwrap().as_secs_f64() + seconds
}

/// The service: it issues tokens, and accepts them until they are revoked.
pub(crate) struct Service {
    pub(crate) server: Server,
    settings: Arc<Mutex<Settings>>,
    logins: Arc<AtomicUsize>,
}

#[derive(Default)]
struct Settings {
    /// The accepted values of `Authorization`.
    valid: Vec<String>,
    /// Seconds until tokens expire; `None` for tokens without an expiry.
    lifetime: Option<f64>,
    /// Seconds by which the clock of the service differs; `None` for tokens that do not say when they were issued.
    clock: Option<f64>,
    /// The response to every login, instead of a token.
    login: Option<Reply>,
    login_semaphore: Option<Arc<Semaphore>>,
    /// Responds with 401 only after this number of requests has arrived.
    refusals: Option<Arc<Barrier>>,
    refuse_all: bool,
}

impl Service {
    pub(crate) async fn start() -> Self {
        let settings = Settings {
            lifetime: Some(3600.25),
            ..Settings::default()
        };
        let settings = Arc::new(Mutex::new(settings));
        let logins = Arc::new(AtomicUsize::new(0));
        let (shared, counted) = (Arc::clone(&settings), Arc::clone(&logins));
        let server = Server::start(move |request| {
            let mut settings = shared.lock().unwrap();
            if request.is_login() {
                let number = counted.fetch_add(1, Ordering::SeqCst) + 1;
                return settings.login(number);
            }
            settings.call(request)
        });
        Self {
            server: server.await,
            settings,
            logins,
        }
    }

    /// A builder whose servers are all this service.
    pub(crate) fn builder(&self) -> engageone_client::ClientBuilder {
        self.with_urls(Client::builder(CUSTOMER_ID, CLIENT_ID, SECRET))
    }

    /// Sets all servers to this service.
    pub(crate) fn with_urls(
        &self,
        builder: engageone_client::ClientBuilder,
    ) -> engageone_client::ClientBuilder {
        Api::ALL.iter().fold(builder, |builder, api| {
            builder.server_url(api.server(), &self.server.url)
        })
    }

    pub(crate) fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    pub(crate) fn logins(&self) -> usize {
        self.logins.load(Ordering::SeqCst)
    }

    /// The requests except logins.
    pub(crate) fn calls(&self) -> Vec<Request> {
        let requests = self.server.requests().into_iter();
        requests.filter(|request| !request.is_login()).collect()
    }

    pub(crate) fn set_lifetime(&self, lifetime: Option<f64>) {
        self.settings.lock().unwrap().lifetime = lifetime;
    }

    pub(crate) fn set_clock(&self, seconds: f64) {
        self.settings.lock().unwrap().clock = Some(seconds);
    }

    pub(crate) fn set_login(&self, reply: Reply) {
        self.settings.lock().unwrap().login = Some(reply);
    }

    /// Responds to every login with this token, which calls are accepted with, and this `Date`.
    pub(crate) fn set_token(&self, token: &str, date: &'static str) {
        let mut settings = self.settings.lock().unwrap();
        settings.valid.push(format!("Bearer {token}"));
        let mut login = reply("200 OK", format!("{token:?}"));
        login.date = Some(date);
        settings.login = Some(login);
    }

    /// Delays the responses of logins until the semaphore has a permit.
    pub(crate) fn block_logins(&self) -> Arc<Semaphore> {
        let semaphore = Arc::new(Semaphore::new(0));
        self.settings.lock().unwrap().login_semaphore = Some(Arc::clone(&semaphore));
        semaphore
    }

    /// Revokes all tokens, and responds with 401 after this number of requests has arrived.
    pub(crate) fn revoke(&self, requests: usize) {
        let mut settings = self.settings.lock().unwrap();
        settings.valid.clear();
        settings.refusals = Some(Arc::new(Barrier::new(requests)));
    }

    pub(crate) fn refuse_all(&self) {
        self.settings.lock().unwrap().refuse_all = true;
    }
}

impl Settings {
    fn login(&mut self, number: usize) -> Reply {
        let mut reply = match &self.login {
            Some(reply) => reply.clone(),
            None => {
                let token = match self.lifetime {
                    Some(lifetime) => {
                        let exp = in_seconds(lifetime + self.clock.unwrap_or(0.0));
                        let issued = self.clock.map(in_seconds);
                        let iat = issued.map_or(String::new(), |iat| format!(r#","iat":{iat}"#));
                        jwt(&format!(r#"{{"jti":{number},"exp":{exp}{iat}}}"#))
                    }
                    None => jwt(&format!(r#"{{"jti":{number}}}"#)),
                };
                self.valid.push(format!("Bearer {token}"));
                reply("200 OK", format!("{token:?}"))
            }
        };
        reply.semaphore = self.login_semaphore.clone();
        reply
    }

    fn call(&self, request: &Request) -> Reply {
        let received = request.header("authorization").unwrap_or_default();
        if !self.refuse_all && self.valid.iter().any(|valid| valid == received) {
            return reply("200 OK", r#"[{"Id":"source-1"}]"#);
        }
        let mut reply = reply("401 Unauthorized", r#"{"message":"This token is invalid"}"#);
        reply.barrier = self.refusals.clone();
        reply
    }
}
