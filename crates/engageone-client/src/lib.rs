#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "blocking")]
#[cfg_attr(docsrs, doc(cfg(feature = "blocking")))]
pub mod blocking;
mod client;
mod customer;
mod data_sources;
mod environment;
#[rustfmt::skip]
#[allow(missing_docs, clippy::all, reason = "made from the document, whose text is the documentation")]
mod generated;
mod jwt;
mod receipts;
mod recipients;
mod regions;
mod session;
mod videos;

pub use engagement_core::{
    BuildError, Bytes, CallSettings, Credential, EpochMillis, EpochSeconds, Error, ErrorKind,
    Extra, Method, Operation, Provider, RateLimit, RateLimitStatus, RateLimits, RawRequest,
    RawResponse, ResponseValue, RetryPolicy, Scalar, Secret, StatusCode, Stream, Url, header,
    limit_store, observe,
};

pub use client::ClientBuilder;
pub use customer::{BuilderExt, company_header};
pub use data_sources::DataSourceInfo;
pub use generated::apis::Api;
pub use generated::builder::DataSources;
pub use generated::client::Client;
pub use generated::operations::PROVIDER;
pub use generated::regions::Region;
pub use generated::{builder, types};
pub use receipts::SendReceipt;
pub use recipients::{RecipientError, recipients};
pub use regions::regional_url;
pub use videos::personalised_video_url;
