//! Shared by the workspace's tests: every operation and type of every provider, by name.

mod arguments;
mod call_result;
mod caller;
pub mod canary;
mod compare;
pub mod credentials;
pub mod dense;
mod instance;
pub mod memory;
pub mod mutation;
mod pointers;
pub mod properties;
pub mod providers;
mod response_type;
mod round_trip;
pub mod verify;

#[rustfmt::skip]
#[allow(clippy::all, missing_docs, reason = "generated from the documents")]
pub mod generated;

pub use arguments::Arguments;
pub use call_result::Outcome;
pub use caller::{Call, Caller, Setup, at_url, caller, caller_of_published_hosts, caller_with};
pub use compare::differences;
pub use instance::{Variant, instance, variants};
pub use response_type::ResponseType;
pub use round_trip::{Codec, RoundTrip, form, json};
