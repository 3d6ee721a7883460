//! Handles with which tests inspect and control one provider's account, and what all providers share.

mod engage;
mod engagebay;
mod engageone;
mod engagespot;
mod outbox;
mod webengage;
mod webhook;

pub use engage::Engage;
pub use engagebay::EngageBay;
pub use engageone::EngageOne;
pub use engagespot::Engagespot;
pub use outbox::{MessageFilter, NoMessage, Outbox, to};
pub use webengage::WebEngage;
pub(crate) use webhook::deliver;
pub use webhook::{Webhook, WebhookError, WebhookResponse};
