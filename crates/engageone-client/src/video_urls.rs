//! URLs of personal videos.

use crate::ids::RecordId;

/// The URL of the video for one recipient: the generic URL from `client.videos().get_url()`, followed by the `uuid` of a
/// record from `client.data_sources().get()`.
///
/// Nothing is checked, encoded or inserted between them. Unverified, like the two calls.
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
