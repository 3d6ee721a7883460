//! The messages of an error.

use crate::Error;
use crate::types::{ApiError, ApiErrorMessage};

/// All messages of an error. If validation fails, Engagespot returns a list; `Display` of the error prints its first message
/// only. Empty if there is no message.
///
/// A list is returned as received: unlike in `Display`, credentials in it are not masked.
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
    let messages = error.json().ok().and_then(|body: ApiError| body.message);
    match messages {
        Some(ApiErrorMessage::Array(all)) if !all.is_empty() => all,
        // The message of the error, which is masked.
        _ => error.message().map(str::to_owned).into_iter().collect(),
    }
}
