#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod attributes;
mod batch;
#[cfg(feature = "blocking")]
#[cfg_attr(docsrs, doc(cfg(feature = "blocking")))]
pub mod blocking;
mod client;
mod events;
#[rustfmt::skip]
#[allow(missing_docs, clippy::all, reason = "made from the document, whose text is the documentation")]
mod generated;
mod receipts;

pub use engagement_core::{
    BuildError, Bytes, CallSettings, Credential, EpochMillis, EpochSeconds, Error, ErrorKind,
    Extra, Method, Operation, Provider, RateLimit, RateLimitStatus, RateLimits, RawRequest,
    RawResponse, ResponseValue, RetryPolicy, Scalar, Secret, StatusCode, Stream, Url, header,
    limit_store, observe,
};

pub use attributes::{AttributeError, STANDARD_ATTRIBUTES, scalars};
pub use batch::{BATCH_LIMIT_BYTES, BatchError, split_batch};
pub use client::ClientBuilder;
pub use events::{EventNameError, check_event_name};
pub use generated::client::Client;
pub use generated::operations::PROVIDER;
pub use generated::{builder, enums, types};
