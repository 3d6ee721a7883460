//! Handles with which tests inspect and control one provider's account.

mod engage;
mod engagebay;
mod engageone;
mod engagespot;
mod webengage;

pub use engage::Engage;
pub use engagebay::EngageBay;
pub use engageone::EngageOne;
pub use engagespot::Engagespot;
pub use webengage::WebEngage;
