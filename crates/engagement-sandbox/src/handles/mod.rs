//! What tests ask about one provider.

mod engage;
mod engagebay;
mod engageone;
mod engagespot;
mod webengage;

pub use engage::{Engage, Message, MessageKind};
pub use engagebay::EngageBay;
pub use engageone::{EngageOne, EngageOneSend};
pub use engagespot::{Engagespot, EngagespotSend};
pub use webengage::{
    WebEngage, WebEngageChannel, WebEngageMessage, WebEngageReport, WebEngageUpload,
};
