//! What can be sent in bulk.

use std::fmt;

use crate::types::{EventTrack, UserUpsert};

/// A user or an event. Others can't be sent in bulk.
pub trait Entry: Clone + Send + Sync + sealed::Sealed {
    /// Whether it says whom it is about.
    #[doc(hidden)]
    fn has_id(&self) -> bool;
}

mod sealed {
    #[expect(unnameable_types, reason = "so that nobody else can implement it")]
    pub trait Sealed {}

    impl Sealed for crate::types::UserUpsert {}
    impl Sealed for crate::types::EventTrack {}
}

impl Entry for UserUpsert {
    fn has_id(&self) -> bool {
        is_there(&self.user_id) || is_there(&self.anonymous_id)
    }
}

impl Entry for EventTrack {
    fn has_id(&self) -> bool {
        is_there(&self.user_id) || is_there(&self.anonymous_id)
    }
}

/// WebEngage takes an empty id for none.
fn is_there(id: &Option<String>) -> bool {
    id.as_deref().is_some_and(|id| !id.is_empty())
}

/// An entry has neither `userId` nor `anonymousId`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingIdError {
    position: usize,
}

impl MissingIdError {
    /// Where the entry stands, counted from 0.
    #[must_use]
    pub fn position(&self) -> usize {
        self.position
    }
}

impl fmt::Display for MissingIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "entry {} {MISSING_ID}", self.position)
    }
}

impl std::error::Error for MissingIdError {}

pub(super) const MISSING_ID: &str = "has neither `userId` nor `anonymousId`";

/// Checks that every entry says whom it is about, for those who want all sent or nothing. Nothing is sent.
///
/// # Errors
/// If an entry has neither `userId` nor `anonymousId`; the error names the first such entry's position.
///
/// ```
/// use webengage_client::bulk;
/// use webengage_client::types::UserUpsert;
///
/// let ada = UserUpsert::builder().user_id("u13").build()?;
/// let nobody = UserUpsert::builder().first_name("Grace").build()?;
/// assert_eq!(bulk::check([&ada, &ada]), Ok(()));
/// let told = bulk::check([&ada, &nobody]).unwrap_err();
/// assert_eq!(told.to_string(), "entry 1 has neither `userId` nor `anonymousId`");
/// # Ok::<(), webengage_client::BuildError>(())
/// ```
pub fn check<'a, T: Entry + 'a>(
    entries: impl IntoIterator<Item = &'a T>,
) -> Result<(), MissingIdError> {
    match entries.into_iter().position(|entry| !entry.has_id()) {
        Some(position) => Err(MissingIdError { position }),
        None => Ok(()),
    }
}
