//! Notifications in an inbox.

use crate::types::{Notification, NotificationState};

impl Notification {
    /// Whether the user has seen it, for example its title in a list.
    #[must_use]
    pub fn is_seen(&self) -> bool {
        self.seen_at.is_some()
    }

    /// Whether the user has read it. Engagespot also calls that "clicked".
    #[must_use]
    pub fn is_read(&self) -> bool {
        self.clicked_at.is_some()
    }
}

/// This state; any text is allowed.
impl From<&str> for NotificationState {
    fn from(state: &str) -> Self {
        Self::new(state)
    }
}

/// This state; any text is allowed.
impl From<String> for NotificationState {
    fn from(state: String) -> Self {
        Self::new(state)
    }
}
