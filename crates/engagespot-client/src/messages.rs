//! Everything that Engagespot said about a failure.

use crate::Error;
use crate::types::{ApiError, ApiErrorMessage};

/// All of Engagespot's words about a failure: it gives a list of sentences when a request doesn't validate, of which
/// the error prints the first. Empty if it said nothing, or wasn't reached.
///
/// A list is given as received: unlike in what the error prints, credentials that it repeats are not masked.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use engagement_sandbox::{Engagespot, Sandbox};
/// # let sandbox = Sandbox::start().await?;
/// # let client = engagespot_client::Client::builder(Engagespot::API_KEY, Engagespot::API_SECRET)
/// #     .base_url(sandbox.engagespot().base_url()).build()?;
/// use engagespot_client::messages;
/// use engagespot_client::types::{NotificationContent, SendNotification};
///
/// let nothing = SendNotification::new(NotificationContent::new()).send_to("ada");
/// if let Err(error) = client.notifications().send(nothing).send().await {
///     for message in messages(&error) {
///         println!("{message}");
///     }
/// #   assert_eq!(messages(&error), ["notification must have a title, a workflow or a template"]);
/// }
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn messages(error: &Error) -> Vec<String> {
    let told = error.json().ok().and_then(|told: ApiError| told.message);
    match told {
        Some(ApiErrorMessage::Array(all)) if !all.is_empty() => all,
        // As the error has it: masked, and from wherever it was found.
        _ => error.message().map(str::to_owned).into_iter().collect(),
    }
}
