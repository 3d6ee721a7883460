//! Accepting connections, and recording every request.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::serve::ListenerExt as _;
use bytes::Bytes;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::body::{self, BodyResult};
use super::handler;
use super::recording::RecordedRequest;
use super::state::ServerState;

/// A bound port on 127.0.0.1.
pub(crate) struct Listener {
    listener: TcpListener,
    pub(crate) address: SocketAddr,
}

/// A running server. Dropping it stops it; connections that are in use end first.
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
        // Without Nagle's algorithm small responses are sent immediately.
        let listener = self
            .listener
            .tap_io(|stream| drop(stream.set_nodelay(true)));
        let app = axum::Router::new().fallback(handle).with_state(state);
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            // Dropping the sender is the signal too.
            let stopped = async move { drop(stopped.await) };
            // Accepting never fails permanently: the listener retries.
            drop(
                axum::serve(listener, app)
                    .with_graceful_shutdown(stopped)
                    .await,
            );
        });
        Server { stop, task }
    }
}

impl Server {
    /// Stops, and waits until the last response is sent.
    pub(crate) async fn stop(self) {
        drop(self.stop);
        // The task returns nothing and doesn't panic.
        let _ = self.task.await;
    }
}

async fn handle(
    State(state): State<Arc<ServerState>>,
    request: Request,
) -> axum::response::Response {
    let (parts, body) = request.into_parts();
    let body = body::read(&parts.headers, body).await;
    let request = handler::Request {
        method: parts.method.as_str(),
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
    response.into_axum(matched.xml)
}
