#![doc = include_str!("../docs/README.md")]
#![doc = include_str!("generated/operations.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "blocking")]
#[cfg_attr(docsrs, doc(cfg(feature = "blocking")))]
pub mod blocking;
mod client;
#[rustfmt::skip]
#[allow(missing_docs, clippy::all, reason = "made from the document, whose text is the documentation")]
mod generated;
mod inbox;
mod json_patch;
mod messages;
mod preference_updates;
mod recipients;
mod send_at;
mod sending;
#[cfg(feature = "signing")]
mod signing;
mod topic_members;
mod values;
mod webhooks;

#[cfg(any(feature = "jiff", feature = "chrono"))]
#[cfg_attr(docsrs, doc(cfg(any(feature = "jiff", feature = "chrono"))))]
pub use engagement_core::TimeRangeError;
pub use engagement_core::{
    Attributes, Bytes, CallFuture, CallSettings, Credential, EpochMillis, EpochSeconds, Error,
    ErrorKind, Items, Method, Operation, OperationBody, OperationCall, OperationEntry,
    OperationParameter, Pages, ParameterLocation, Provider, RateLimit, RateLimitStatus, RateLimits,
    RawRequest, RawResponse, Response, ResponseFuture, ResumePoint, ResumePointError, RetryPolicy,
    Scalar, Secret, StatusCode, Stream, Unredacted, Url, header, limit_store, observe,
};
#[cfg(feature = "multipart")]
#[cfg_attr(docsrs, doc(cfg(feature = "multipart")))]
pub use engagement_core::{Form, Upload};

pub use client::ClientBuilder;
pub use generated::*;
pub use json_patch::json_pointer;
pub use messages::messages;
pub use send_at::{SendAt, SendAtError};
#[cfg(feature = "signing")]
pub use signing::{SigningError, TokenSigner, user_signature};
pub use topic_members::topic_id;
pub use webhooks::{WebhookBody, WebhookDelivery};
