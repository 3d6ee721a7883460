//! One trait for code that works with several platforms.
//!
//! It has three tasks that nearly every platform supports: writing the profile of a person, recording an event, and sending a
//! message to one person. Use the clients for everything else. A task that a platform does not support fails with
//! [`Unsupported`]; [`Platform::supports`] checks that in advance.
//!
//! ```
//! use engagement_clients::platform::{Event, Person, Platform, PlatformError};
//!
//! /// Works with every platform; `&dyn Platform` can be selected at run time.
//! async fn signed_up(platform: &dyn Platform, id: &str, email: &str) -> Result<(), PlatformError> {
//!     platform.upsert_profile(Person::new(id).email(email).attribute("plan", "free")).await?;
//!     match platform.track_event(Event::new(id, "signed_up")).await {
//!         // This platform has no events.
//!         Err(PlatformError::Unsupported(_)) => Ok(()),
//!         other => other,
//!     }
//! }
//! ```

mod error;
mod event;
mod message;
mod person;

#[cfg(feature = "engage")]
mod engage;
#[cfg(feature = "engagebay")]
mod engagebay;
#[cfg(feature = "engageone")]
mod engageone;
#[cfg(feature = "engagespot")]
mod engagespot;
#[cfg(feature = "webengage")]
mod webengage;

use std::fmt;
use std::future::Future;
use std::pin::Pin;

pub use error::{PlatformError, Unsupported};
pub use event::Event;
pub use message::{Channel, Message, SendReceipt};
pub use person::Person;

/// A task in progress. It owns what it needs, so it can be spawned.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = Result<T, PlatformError>> + Send>>;

/// A customer-engagement platform.
///
/// Each task makes the provider's own call, with its checks, limits and errors. If a required value is missing, nothing is
/// sent.
pub trait Platform: Send + Sync {
    /// The provider's short name, such as `engagebay`.
    fn name(&self) -> &'static str;

    /// Checks whether the platform supports a task.
    ///
    /// # Errors
    /// [`Unsupported`] with the reason, if it does not.
    fn supports(&self, task: Task) -> Result<(), Unsupported>;

    /// Creates the profile of a person, or updates the values that are set.
    ///
    /// # Errors
    /// [`PlatformError::Unsupported`] if the platform has no profiles, [`PlatformError::Incomplete`] if a required value is
    /// missing, [`PlatformError::Api`] if the call fails.
    fn upsert_profile(&self, person: Person) -> BoxFuture<()>;

    /// Records an event of a person.
    ///
    /// # Errors
    /// As [`upsert_profile`](Self::upsert_profile).
    fn track_event(&self, event: Event) -> BoxFuture<()>;

    /// Sends a message to one person. Success means that the platform accepted it, not that it was delivered.
    ///
    /// # Errors
    /// As [`upsert_profile`](Self::upsert_profile); [`PlatformError::Refused`] if the platform responds with a success
    /// status but refuses the message.
    fn send_message(&self, message: Message) -> BoxFuture<SendReceipt>;
}

/// A task of a platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Task {
    /// [`Platform::upsert_profile`]
    UpsertProfile,
    /// [`Platform::track_event`]
    TrackEvent,
    /// [`Platform::send_message`] over a channel
    SendMessage(Channel),
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UpsertProfile => f.write_str("write profiles"),
            Self::TrackEvent => f.write_str("record events"),
            Self::SendMessage(channel) => write!(f, "send one person a message by {channel}"),
        }
    }
}

/// A task that fails before a request is sent.
#[cfg(any(feature = "engagebay", feature = "engagespot", feature = "engageone"))]
fn refused<T: Send + 'static>(error: impl Into<PlatformError>) -> BoxFuture<T> {
    let error = error.into();
    Box::pin(async move { Err(error) })
}

/// The value, or an error if it is missing.
#[cfg(any(
    feature = "engage",
    feature = "engageone",
    feature = "engagespot",
    feature = "webengage"
))]
fn need<T>(
    value: Option<T>,
    provider: &'static str,
    what: &'static str,
) -> Result<T, PlatformError> {
    value.ok_or(PlatformError::Incomplete { provider, what })
}

/// Checks that attributes are an object, if they are not sent unchanged.
#[cfg(any(feature = "engagebay", feature = "engagespot"))]
fn need_object(
    attributes: &engagement_core::Attributes,
    provider: &'static str,
) -> Result<(), PlatformError> {
    match serde_json::to_value(attributes) {
        Ok(_) => Ok(()),
        Err(_) => Err(PlatformError::Incomplete {
            provider,
            what: "attributes that are an object",
        }),
    }
}
