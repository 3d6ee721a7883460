//! The server: connections, and the plan of faults.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::connection;
use crate::fault::{ConnectionEnd, Fault};
use crate::reader::Reader;
use crate::request::Request;
use crate::response::Response;
use crate::wire::WireResponse;

/// A server on a free port of 127.0.0.1. Dropping it ends all its tasks and connections.
///
/// ```
/// use engagement_faults::{ConnectionEnd, CutPoint, Fault, FaultServer, Response};
///
/// # async fn example() -> std::io::Result<()> {
/// let server = FaultServer::start(|_| Response::json("{}")).await?;
/// // The first response is lost, all others arrive.
/// server.plan([Some(Fault::Cut { at: CutPoint::Start, end: ConnectionEnd::Reset }), None]);
/// // … a client calls `server.url()` …
/// assert_eq!(server.requests().len(), 2);
/// # Ok(())
/// # }
/// ```
pub struct FaultServer {
    address: SocketAddr,
    state: Arc<ServerState>,
    accepting: JoinHandle<()>,
}

struct ServerState {
    application: Box<dyn Fn(&Request) -> Response + Send + Sync>,
    plan: Mutex<VecDeque<Option<Fault>>>,
    requests: Mutex<Vec<Request>>,
    fragments: Mutex<Vec<Vec<u8>>>,
    connections: AtomicUsize,
}

impl FaultServer {
    /// Starts a server on the current Tokio runtime, which needs its I/O and time drivers enabled. The application is called
    /// once for each request, in the task of its connection. If it panics, only that connection is closed.
    ///
    /// # Errors
    /// If no port can be bound.
    pub async fn start(
        application: impl Fn(&Request) -> Response + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let state = Arc::new(ServerState {
            application: Box::new(application),
            plan: Mutex::default(),
            requests: Mutex::default(),
            fragments: Mutex::default(),
            connections: AtomicUsize::new(0),
        });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&state)));
        Ok(Self {
            address,
            state,
            accepting,
        })
    }

    /// Starts a server that sends these responses in order, and then repeats the last one. Without any it sends
    /// `204 No Content`.
    ///
    /// # Errors
    /// If no port can be bound.
    pub async fn with_responses(responses: impl IntoIterator<Item = Response>) -> io::Result<Self> {
        let responses = Mutex::new(responses.into_iter().collect::<VecDeque<_>>());
        Self::start(move |_| {
            let response = next(&mut lock(&responses));
            response.unwrap_or_else(|| Response::new("204 No Content"))
        })
        .await
    }

    /// Sets the faults of future requests, in the order in which their first bytes arrive. The last element applies to all
    /// further requests; `None` is a request without a fault. Replaces an earlier plan; an empty one has no faults.
    pub fn plan(&self, faults: impl IntoIterator<Item = Option<Fault>>) {
        *lock(&self.state.plan) = faults.into_iter().collect();
    }

    /// The address that it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://` with address and port, without a trailing slash.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests that were read completely, oldest first. A request is recorded before the application sees it, also if
    /// its response is lost.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.state.requests).clone()
    }

    /// The bytes of requests that were incomplete or invalid, or that the server stopped reading.
    #[must_use]
    pub fn fragments(&self) -> Vec<Vec<u8>> {
        lock(&self.state.fragments).clone()
    }

    /// The number of accepted connections.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }
}

impl Drop for FaultServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl fmt::Debug for FaultServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultServer")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

/// Takes the first element, but repeats the last one.
fn next<T: Clone>(items: &mut VecDeque<T>) -> Option<T> {
    if items.len() > 1 {
        items.pop_front()
    } else {
        items.front().cloned()
    }
}

/// Locks a mutex. The data is valid even if another thread panicked.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn accept(listener: TcpListener, state: Arc<ServerState>) {
    // Dropped with this task, which ends all connections.
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                state.connections.fetch_add(1, Ordering::SeqCst);
                connections.spawn(serve(stream, Arc::clone(&state)));
            }
            // The client has already disconnected, or too many files are open.
            Err(_) => tokio::task::yield_now().await,
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn serve(stream: TcpStream, state: Arc<ServerState>) {
    // Pieces must arrive as they are written.
    let _ = stream.set_nodelay(true);
    let mut reader = Reader::new(stream);
    let end = match serve_requests(&mut reader, &state).await {
        Ok(end) => end,
        Err(_) => {
            if !reader.buffer.is_empty() {
                lock(&state.fragments).push(std::mem::take(&mut reader.buffer));
            }
            return;
        }
    };
    connection::end(&mut reader.stream, end).await;
}

/// Serves requests until the connection must end.
async fn serve_requests(reader: &mut Reader, state: &ServerState) -> io::Result<ConnectionEnd> {
    loop {
        if !reader.has_request().await {
            return Ok(ConnectionEnd::Close);
        }
        let fault = next(&mut lock(&state.plan)).flatten();
        match fault {
            Some(Fault::ResetUnread) => return Ok(ConnectionEnd::Reset),
            Some(Fault::StopReading { after }) => {
                reader.read_exactly(after).await?;
                lock(&state.fragments).push(reader.buffer.clone());
                std::future::pending::<()>().await;
            }
            _ => {}
        }
        let request = reader.request().await?;
        lock(&state.requests).push(request.clone());
        if fault
            .as_ref()
            .is_some_and(|fault| !fault.reaches_application())
        {
            return Ok(ConnectionEnd::Reset);
        }
        let response = (state.application)(&request);
        let wire = WireResponse::new(response, fault, request.method() == "HEAD");
        connection::write(&mut reader.stream, &wire).await?;
        if let Some(end) = wire.end {
            return Ok(end);
        }
        if request.wants_close() {
            return Ok(ConnectionEnd::Close);
        }
    }
}
