//! Accepting connections, and sending responses.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use engagement_faults::{ConnectionEnd, CutPoint, Fault, Response};
use http::Request;
use http::header::DATE;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

use super::body;
use super::cors;
use super::exchange;
use super::handler;
use super::local::{self, Stop};
use super::observing::{self, Arrival};
use super::response::Connection;
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
    let (stopping, stop) = watch::channel(());
    let mut connections = JoinSet::new();
    loop {
        let stream = tokio::select! {
            // Dropping the sender is the signal too.
            _ = &mut stopped => break,
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        match stream {
            Ok((stream, _)) => {
                drop(connections.spawn(serve_connection(stream, Arc::clone(&state), stop.clone())))
            }
            Err(_) => sleep(ACCEPT_PAUSE).await,
        }
    }
    drop(listener);
    // Half a body would keep its connection open for ever.
    drop(stopping);
    let ended = async { while connections.join_next().await.is_some() {} };
    let _ = timeout(STOP_DEADLINE, ended).await;
    connections.shutdown().await;
}

/// Serves a connection until it ends, a fault ends it, or the server stops.
async fn serve_connection(
    stream: TcpStream,
    state: Arc<ServerState>,
    mut stop: watch::Receiver<()>,
) {
    // Without Nagle's algorithm small responses are sent immediately.
    let _ = stream.set_nodelay(true);
    // A fault that breaks the connection takes it over from the HTTP library.
    let (faulty, mut broken) = mpsc::channel::<Response>(1);
    let stopping = stop.clone();
    let service = service_fn(move |request| {
        handle(
            Arc::clone(&state),
            request,
            faulty.clone(),
            stopping.clone(),
        )
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .auto_date_header(false)
        .serve_connection(TokioIo::new(stream), service);
    let mut stopping = false;
    let response = loop {
        tokio::select! {
            // A connection that breaks concerns the client alone.
            _ = &mut connection => return,
            Some(response) = broken.recv() => break response,
            // Only the end of the sender changes it.
            _ = stop.changed(), if !stopping => {
                stopping = true;
                std::pin::Pin::new(&mut connection).graceful_shutdown();
            }
        }
    };
    let stream = connection.into_parts().io.into_inner();
    tokio::select! {
        // The client may have closed it already.
        _ = response.send(stream) => {}
        _ = stop.changed() => {}
    }
}

async fn handle(
    state: Arc<ServerState>,
    request: Request<Incoming>,
    faulty: mpsc::Sender<Response>,
    stop: Stop,
) -> Result<http::Response<Body>, Infallible> {
    if local::is_local(request.uri().path()) {
        return Ok(local::respond(state, request, stop).await);
    }
    let started = Instant::now();
    let (parts, body) = request.into_parts();
    if let Some(response) = cors::preflight(&state, &parts) {
        return Ok(response);
    }
    let body = body::read(&parts.headers, Body::new(body)).await;
    let arrival = Arrival {
        received: state.clock.now(),
        started,
    };
    let request = exchange::Request {
        method: parts.method.as_str(),
        host: parts.uri.host(),
        path: parts.uri.path(),
        query: parts.uri.query().unwrap_or_default(),
        headers: &parts.headers,
        body: &body,
    };
    let mut exchange = handler::respond(&state, &request);
    if let (Some(store), Some(ticket)) = (&state.store, exchange.ticket)
        && let Err(why) = store.committed(ticket).await
    {
        exchange.fail(&why);
    }
    observing::record(&state, parts, body, &arrival, &exchange);
    if let Some(delay) = exchange.injection.as_ref().map(|one| one.delay) {
        sleep(delay).await;
    }
    let date = exchange.date(&state);
    let connection = exchange.response.connection;
    let for_browsers = exchange.matched.is_for_browsers();
    let mut response = exchange.response.into_http(exchange.matched.xml);
    response.headers_mut().insert(DATE, date);
    if for_browsers {
        cors::permit(response.headers_mut());
    }
    let fault = match connection {
        Connection::Normal => return Ok(response),
        Connection::Reset => cut(CutPoint::Start, ConnectionEnd::Reset),
        Connection::ResetInBody => cut(CutPoint::HalfBody, ConnectionEnd::Reset),
        Connection::Stall => cut(CutPoint::Start, ConnectionEnd::Silence),
    };
    // If the receiver is gone, so is the connection.
    let _ = faulty.send(on_the_wire(response).await.fault(fault)).await;
    // The connection's task drops this one.
    std::future::pending().await
}

fn cut(at: CutPoint, end: ConnectionEnd) -> Fault {
    Fault::Cut { at, end }
}

/// The response with its bytes.
async fn on_the_wire(response: http::Response<Body>) -> Response {
    let (head, body) = response.into_parts();
    // The bodies of responses are in memory already, except for spaces.
    let body = axum::body::to_bytes(body, usize::MAX).await;
    let mut response = Response::new(head.status.to_string()).body(body.unwrap_or_default());
    for (name, value) in &head.headers {
        response = response.header(name.as_str(), value.to_str().unwrap_or_default());
    }
    response
}
