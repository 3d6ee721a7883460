//! The same calls of EngageBay twice: written by hand with reqwest, and with the typed client.

pub mod by_hand;
pub mod sample;
pub mod server;
pub mod typed;
