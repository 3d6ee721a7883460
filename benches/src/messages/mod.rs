//! Creating messages at a service without traits of its own, with JSON and with a form.

pub mod by_hand;
pub mod typed;

/// The message that the server returns.
pub const SAMPLE: &str = r#"{"id":"msg_01J8ZQ4Y3N","to":"ada@example.com","text":"Your parcel is on its way.","from":"Example Shop","subject":"Parcel","campaign":"parcels","track_opens":true,"delay":0,"tags":[],"status":"queued","created":1718000000}"#;
