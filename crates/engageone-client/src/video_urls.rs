//! Addresses of videos for one recipient.

use crate::ids::RecordId;

/// The address of one recipient's video: the generic URL from `client.videos().get_url()`, and a record's `uuid` from
/// `client.data_sources().get()`, with nothing in between.
///
/// Nothing is checked or encoded: the URL is taken to end in the very character that the `uuid` follows. Unverified,
/// like the two calls.
///
/// ```
/// use engageone_client::personalised_video_url;
///
/// let url = personalised_video_url("https://video.example.com/welcome/", "7b0e2f44");
/// assert_eq!(url, "https://video.example.com/welcome/7b0e2f44");
/// ```
#[must_use]
pub fn personalised_video_url(generic: &str, uuid: impl Into<RecordId>) -> String {
    format!("{generic}{}", uuid.into())
}
