//! Server-sent events: that something has changed.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use serde_json::json;
use tokio::time::sleep;

use super::answer::{self, Result};
use crate::faults::FaultInfo;
use crate::http::local::Stop;
use crate::http::state::ServerState;

/// Changes within this time are one event.
const PAUSE: Duration = Duration::from_millis(50);
/// After this time without a change a comment is sent, so that a client that is gone is noticed.
const IDLE: Duration = Duration::from_secs(15);

/// What events tell.
#[derive(Clone, PartialEq)]
struct Snapshot {
    /// Other changes, such as those of records, that an event doesn't show.
    changes: u64,
    requests: u64,
    verdicts: u64,
    faults: Vec<FaultInfo>,
}

impl Snapshot {
    fn of(state: &ServerState) -> Self {
        let changes = state.changes();
        let log = state.log();
        Self {
            changes,
            requests: log.requests.count(),
            verdicts: log.judge.verdicts().count(),
            faults: state.faults.all(),
        }
    }

    fn event(&self) -> Bytes {
        let data = json!({ "requests": self.requests, "verdicts": self.verdicts, "faults": self.faults.len() });
        format!("event: change\ndata: {data}\n\n").into()
    }
}

struct Subscriber {
    state: Arc<ServerState>,
    stop: Stop,
    sent: Option<Snapshot>,
}

impl Subscriber {
    /// The next event or comment; `None` when the server stops.
    async fn next(&mut self) -> Option<Bytes> {
        if self.sent.is_some() {
            tokio::select! {
                () = sleep(PAUSE) => {}
                _ = self.stop.changed() => return None,
            }
        }
        let mut changed = pin!(self.state.changed.notified());
        // What changes from here on is noticed.
        changed.as_mut().enable();
        let now = Snapshot::of(&self.state);
        if self.sent.as_ref() == Some(&now) {
            tokio::select! {
                () = changed => {}
                () = sleep(IDLE) => return Some(Bytes::from_static(b": idle\n\n")),
                _ = self.stop.changed() => return None,
            }
        }
        let now = Snapshot::of(&self.state);
        let event = now.event();
        self.sent = Some(now);
        Some(event)
    }
}

/// The events, from now on. The first one comes at once.
pub(super) fn respond(state: Arc<ServerState>, stop: Stop) -> Result {
    let subscriber = Subscriber {
        state,
        stop,
        sent: None,
    };
    let events = stream::unfold(subscriber, |mut subscriber| async move {
        let event = subscriber.next().await?;
        Some((Ok::<_, Infallible>(event), subscriber))
    });
    Ok(answer::events(Body::from_stream(events)))
}
