//! What the workspace's tests share: every operation and type of every provider, by name.

mod arguments;
mod caller;
pub mod canary;
mod compare;
pub mod dense;
mod instance;
pub mod memory;
pub mod mutation;
mod outcome;
mod places;
pub mod properties;
pub mod providers;
mod response_type;
mod round_trip;
pub mod verify;

/// Made by `cargo xtask codegen`.
#[rustfmt::skip]
#[allow(clippy::all, missing_docs, reason = "made from the documents")]
pub mod generated {
    pub mod engage;
    pub mod engagebay;
    pub mod engageone;
    pub mod engagespot;
    // Compiled only: nothing calls the provider that the passes are tried on.
    #[allow(dead_code, unnameable_types, unreachable_pub, unused)]
    pub mod passes;
    pub mod webengage;
}

pub use arguments::Arguments;
pub use caller::{Caller, caller, caller_of_published_hosts};
pub use compare::differences;
pub use instance::{Variant, instance, variants};
pub use outcome::Outcome;
pub use response_type::ResponseType;
pub use round_trip::{Codec, RoundTrip, form, json};
