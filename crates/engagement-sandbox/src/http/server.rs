//! Accepting connections, and recording every request.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

use super::body::{self, BodyResult};
use super::handler;
use super::recording::RecordedRequest;
use super::state::ServerState;

/// How long a client may take for the head of a request. A connection that is idle for that long is closed too.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// How long requests that have begun may take once the server stops.
const STOP_DEADLINE: Duration = Duration::from_secs(2);
/// The pause after a failure to accept, for example because there are too many open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A bound port on 127.0.0.1.
pub(crate) struct Listener {
    listener: TcpListener,
    pub(crate) address: SocketAddr,
}

/// A running server. Dropping it stops it; requests that have begun end first, within the deadline.
pub(crate) struct Server {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Listener {
    /// Binds a port; 0 selects a free one.
    pub(crate) async fn bind(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address })
    }

    /// Serves in a task of the current Tokio runtime.
    pub(crate) fn serve(self, state: Arc<ServerState>) -> Server {
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(serve(self.listener, state, stopped));
        Server { stop, task }
    }
}

impl Server {
    /// Stops, and waits until the last response is sent, or the deadline is over.
    pub(crate) async fn stop(self) {
        drop(self.stop);
        // The task returns nothing and doesn't panic.
        let _ = self.task.await;
    }
}

async fn serve(listener: TcpListener, state: Arc<ServerState>, mut stopped: oneshot::Receiver<()>) {
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    loop {
        let stream = tokio::select! {
            // Dropping the sender is the signal too.
            _ = &mut stopped => break,
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        match stream {
            Ok((stream, _)) => serve_connection(stream, &state, &graceful, &mut connections),
            Err(_) => sleep(ACCEPT_PAUSE).await,
        }
    }
    drop(listener);
    // Half a body would keep its connection open for ever.
    let _ = timeout(STOP_DEADLINE, graceful.shutdown()).await;
    connections.shutdown().await;
}

fn serve_connection(
    stream: TcpStream,
    state: &Arc<ServerState>,
    graceful: &GracefulShutdown,
    connections: &mut JoinSet<()>,
) {
    // Without Nagle's algorithm small responses are sent immediately.
    let _ = stream.set_nodelay(true);
    let state = Arc::clone(state);
    let service = service_fn(move |request| handle(Arc::clone(&state), request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service);
    let connection = graceful.watch(connection);
    connections.spawn(async move {
        // A connection that breaks concerns the client alone.
        let _ = connection.await;
    });
}

async fn handle(
    state: Arc<ServerState>,
    request: Request<Incoming>,
) -> Result<http::Response<Body>, Infallible> {
    let (parts, body) = request.into_parts();
    let body = body::read(&parts.headers, Body::new(body)).await;
    let request = handler::Request {
        method: parts.method.as_str(),
        host: parts.uri.host(),
        path: parts.uri.path(),
        query: parts.uri.query().unwrap_or_default(),
        headers: &parts.headers,
        body: &body,
    };
    let (response, matched) = handler::respond(&state, &request);
    let record = RecordedRequest {
        provider: matched.provider(),
        operation: matched.operation.map(|operation| operation.id.as_str()),
        template: matched.operation.map(|operation| operation.path.as_str()),
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        headers: parts.headers,
        body: if let BodyResult::Complete(body) = body {
            body.bytes
        } else {
            Bytes::new()
        },
        status: response.status.as_u16(),
    };
    if let Some(observer) = &state.observer {
        observer(&record);
    }
    state.log().push(record);
    Ok(response.into_http(matched.xml))
}
