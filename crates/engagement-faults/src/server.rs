//! The server.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::answer::Answer;
use crate::fault::{End, Fault, Pace};
use crate::reader::Reader;
use crate::request::Request;
use crate::wire::Wire;

/// A server on a free port of this machine. Dropping it ends all of its tasks and connections.
///
/// ```
/// use engagement_faults::{Answer, At, End, Fault, FaultServer};
///
/// # async fn example() -> std::io::Result<()> {
/// let server = FaultServer::start(|_| Answer::json("{}")).await?;
/// // The first answer gets lost, all others arrive.
/// server.plan([Some(Fault::Cut { at: At::Start, end: End::Reset }), None]);
/// // … a client of `server.url()` does its work …
/// assert_eq!(server.requests().len(), 2);
/// # Ok(())
/// # }
/// ```
pub struct FaultServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

struct Shared {
    application: Box<dyn Fn(&Request) -> Answer + Send + Sync>,
    plan: Mutex<VecDeque<Option<Fault>>>,
    requests: Mutex<Vec<Request>>,
    fragments: Mutex<Vec<Vec<u8>>>,
    connections: AtomicUsize,
}

impl FaultServer {
    /// Starts a server on the current tokio runtime, which needs its drivers for I/O and time. Each request goes to the
    /// application once, in the task of its connection; if it panics, that connection is closed and all others go on.
    ///
    /// # Errors
    /// If the system gives no port.
    pub async fn start(
        application: impl Fn(&Request) -> Answer + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            application: Box::new(application),
            plan: Mutex::default(),
            requests: Mutex::default(),
            fragments: Mutex::default(),
            connections: AtomicUsize::new(0),
        });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Ok(Self {
            address,
            shared,
            accepting,
        })
    }

    /// Starts a server that gives these answers in turn, and the last one for ever; without any, `204 No Content`.
    ///
    /// # Errors
    /// If the system gives no port.
    pub async fn in_turn(answers: impl IntoIterator<Item = Answer>) -> io::Result<Self> {
        let answers = Mutex::new(answers.into_iter().collect::<VecDeque<_>>());
        Self::start(move |_| {
            let answer = take(&mut lock(&answers));
            answer.unwrap_or_else(|| Answer::new("204 No Content"))
        })
        .await
    }

    /// What goes wrong with the requests that come from now on: the first is for the next one, and so on, in the order
    /// in which their first bytes are seen; the last is for all that come after. Without any, nothing goes wrong.
    /// Replaces an earlier plan.
    pub fn plan(&self, faults: impl IntoIterator<Item = Option<Fault>>) {
        *lock(&self.shared.plan) = faults.into_iter().collect();
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://`, the address and the port, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// All requests that were read whole, in this order, whatever became of their answers. They are recorded before
    /// the application sees them.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.shared.requests).clone()
    }

    /// What was read of requests that broke off, that made no sense or that were not to be read to their end.
    #[must_use]
    pub fn fragments(&self) -> Vec<Vec<u8>> {
        lock(&self.shared.fragments).clone()
    }

    /// How many connections were accepted so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
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

/// The next of these, and the last one for ever.
fn take<T: Clone>(items: &mut VecDeque<T>) -> Option<T> {
    if items.len() > 1 {
        items.pop_front()
    } else {
        items.front().cloned()
    }
}

/// A panic elsewhere doesn't make what is behind a lock any worse.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    // Ends with this task, and all connections with it.
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                shared.connections.fetch_add(1, Ordering::SeqCst);
                connections.spawn(serve(stream, Arc::clone(&shared)));
            }
            // The other side is gone already, or there are too many files open.
            Err(_) => tokio::task::yield_now().await,
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    // Pieces are to arrive as they are written.
    let _ = stream.set_nodelay(true);
    let mut reader = Reader::new(stream);
    let end = match talk(&mut reader, &shared).await {
        Ok(end) => end,
        Err(_) => {
            if !reader.buffer.is_empty() {
                lock(&shared.fragments).push(std::mem::take(&mut reader.buffer));
            }
            return;
        }
    };
    match end {
        End::Reset => drop(reader.stream.set_zero_linger()),
        End::Close => drop(reader.stream.shutdown().await),
        End::CloseWriting => {
            let _ = reader.stream.shutdown().await;
            reader.drain().await;
        }
        End::Silence => reader.drain().await,
    }
}

/// Answers requests until the connection is to end in some way.
async fn talk(reader: &mut Reader, shared: &Shared) -> io::Result<End> {
    loop {
        if !reader.begins().await {
            return Ok(End::Close);
        }
        let fault = take(&mut lock(&shared.plan)).flatten();
        match fault {
            Some(Fault::ResetUnread) => return Ok(End::Reset),
            Some(Fault::StopReading { after }) => {
                reader.read_to(after).await?;
                lock(&shared.fragments).push(reader.buffer.clone());
                std::future::pending::<()>().await;
            }
            _ => {}
        }
        let request = reader.request().await?;
        lock(&shared.requests).push(request.clone());
        if fault.as_ref().is_some_and(|fault| !fault.lets_answer()) {
            return Ok(End::Reset);
        }
        let answer = (shared.application)(&request);
        let wire = Wire::of(answer, fault, request.method() == "HEAD");
        write(&mut reader.stream, &wire).await?;
        if let Some(end) = wire.end {
            return Ok(end);
        }
        if request.wants_close() {
            return Ok(End::Close);
        }
    }
}

async fn write(stream: &mut TcpStream, wire: &Wire) -> io::Result<()> {
    let Some((size, pace)) = &wire.pace else {
        return stream.write_all(&wire.bytes).await;
    };
    for piece in wire.bytes.chunks(*size) {
        match pace {
            Pace::Every(pause) => tokio::time::sleep(*pause).await,
            Pace::Permits(permits) => match permits.acquire().await {
                Ok(permit) => permit.forget(),
                // Nobody can add any more.
                Err(_) => std::future::pending().await,
            },
        }
        stream.write_all(piece).await?;
    }
    Ok(())
}
