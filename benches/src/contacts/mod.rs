//! Reading contacts of EngageBay.

pub mod by_hand;
pub mod sample;
pub mod typed;
