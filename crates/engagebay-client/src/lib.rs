#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod address;
#[cfg(feature = "blocking")]
#[cfg_attr(docsrs, doc(cfg(feature = "blocking")))]
pub mod blocking;
mod client;
mod dates;
#[rustfmt::skip]
#[allow(missing_docs, clippy::all, reason = "made from the document, whose text is the documentation")]
mod generated;
mod properties;
mod property;
mod search;
mod tags;
mod upsert;
mod webhooks;

pub use engagement_core::{
    BuildError, Bytes, CallSettings, Credential, EpochMillis, EpochSeconds, Error, ErrorKind,
    Extra, Method, Operation, Provider, RateLimit, RateLimitStatus, RateLimits, RawRequest,
    RawResponse, ResponseValue, RetryPolicy, Scalar, Secret, StatusCode, Stream, Url, header,
    limit_store, observe,
};

pub use address::Address;
pub use client::ClientBuilder;
pub use dates::{Date, DateError, DateFormat};
pub use generated::client::Client;
pub use generated::operations::PROVIDER;
pub use generated::{builder, enums, types};
pub use properties::{Entry, Properties};
pub use search::{SearchHit, search_total};
pub use tags::{TagError, check_tag};
pub use upsert::Upserted;
pub use webhooks::Webhook;
