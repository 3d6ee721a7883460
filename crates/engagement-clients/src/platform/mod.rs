//! What the platforms have in common: one trait for code that has to work with any of them.
//!
//! Three tasks only, the ones that nearly every platform has in some form: writing a person's profile, recording an
//! event, sending a message to one person. Whatever a platform can do besides is a call of its own client. Where a
//! platform has no such call, the task fails with [`Unsupported`], which names it; [`Platform::supports`] tells
//! beforehand.
//!
//! ```
//! use engagement_clients::platform::{Event, Person, Platform, PlatformError};
//!
//! /// Works with every platform, and as `&dyn Platform` with one that is chosen at run time.
//! async fn signed_up(platform: &dyn Platform, id: &str, email: &str) -> Result<(), PlatformError> {
//!     platform.upsert_profile(Person::new(id).email(email).attribute("plan", "free")).await?;
//!     match platform.track_event(Event::new(id, "signed_up")).await {
//!         // This platform keeps no events.
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

/// What every customer-engagement platform does, as far as this one does it.
///
/// Each task is the provider's own call, with its guards, limits and errors; nothing is sent twice, and nothing is sent
/// when something that the provider needs is missing.
pub trait Platform: Send + Sync {
    /// The provider's short name, such as `engagebay`.
    fn name(&self) -> &'static str;

    /// Whether the platform has a call for a task.
    ///
    /// # Errors
    /// [`Unsupported`] with the reason, if it has none.
    fn supports(&self, task: Task) -> Result<(), Unsupported>;

    /// Creates a person's profile, or updates what is given of it.
    ///
    /// # Errors
    /// [`PlatformError::Unsupported`] where the platform keeps no profiles, [`PlatformError::Incomplete`] if it needs
    /// something that the person lacks, [`PlatformError::Api`] for everything that can happen to the call.
    fn upsert_profile(&self, person: Person) -> BoxFuture<()>;

    /// Records that a person did something.
    ///
    /// # Errors
    /// As [`upsert_profile`](Self::upsert_profile).
    fn track_event(&self, event: Event) -> BoxFuture<()>;

    /// Sends a message to one person. That the platform took it does not say that it arrived.
    ///
    /// # Errors
    /// As [`upsert_profile`](Self::upsert_profile); [`PlatformError::Refused`] if the platform answers a success but says
    /// that it did not take the message.
    fn send_message(&self, message: Message) -> BoxFuture<SendReceipt>;
}

/// What a platform can be asked to do.
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

/// A task that fails before anything is sent.
#[cfg(any(feature = "engagebay", feature = "engagespot", feature = "engageone"))]
fn refused<T: Send + 'static>(error: impl Into<PlatformError>) -> BoxFuture<T> {
    let error = error.into();
    Box::pin(async move { Err(error) })
}

/// Gives a client's value to the trait's caller.
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

/// Refuses attributes that were made of something other than an object, where they are taken apart and not sent as they are.
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
