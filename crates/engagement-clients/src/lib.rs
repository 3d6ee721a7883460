#![doc = include_str!("../docs/README.md")]
//!
//! ## Everything in one program
//!
//! ```
//! use engagement_clients::engagebay::{Client, ids::ContactId, types::{NewContact, Property}};
//! # use engagement_sandbox::{EngageBay, Sandbox};
//!
//! #[tokio::main]
//! async fn main() -> Result<(), engagement_clients::Error> {
//!     # if false {
//!     let client = Client::from_env()?;
//!     # drop(client) }
//!     # let sandbox = Sandbox::start().await.expect("a sandbox");
//!     # let client = Client::builder(EngageBay::API_KEY).base_url(sandbox.engagebay().base_url()).build()?;
//!
//!     let ada = NewContact::new().properties([Property::first_name("Ada"), Property::email("ada@example.com")]).tags(["pioneer"]);
//!     let ada = client.contacts().create(ada).send().await?;               // the value itself: types::Contact
//!     client.contacts().add_tags(ada.id, ["vip"]).send().await?;
//!
//!     let one = client.contacts().get(ada.id).send().await?;               // required values are arguments
//!     # assert_eq!((one.id, one.email.as_deref()), (ada.id, Some("ada@example.com")));
//!     let page = client.contacts().list().page_size(50).sort_key("-created_time").send().await?;
//!     # assert_eq!(page.len(), 1);
//!     for contact in page { println!("{} {}", contact.id, contact.email.unwrap_or_default()); }
//!
//!     let mut all = client.contacts().list().stream();                     // no other crate is needed
//!     while let Some(contact) = all.try_next().await? { println!("{}", contact.id); }
//!     let all: Vec<_> = client.contacts().list().stream().try_collect().await?;
//!     # assert_eq!(all.len(), 1);
//!     # // The sandbox chooses the ids of contacts. One that knows examples only gives one for every id.
//!     # let examples = Sandbox::builder().examples_only().start().await.expect("a sandbox");
//!     # let client = Client::builder(EngageBay::API_KEY).base_url(examples.engagebay().base_url()).build()?;
//!
//!     let call = client.contacts().get(ContactId::from(7));                // owned: Send + 'static
//!     let seven = tokio::spawn(call.send()).await.expect("the task panicked")?;
//!     let response = client.contacts().get(7).response().await?;           // also status, headers, attempts, rate limit
//!     # assert_eq!(*response.value(), seven);
//!     println!("{} after {} attempts: {:?}", response.status(), response.attempts(), response.into_inner().email);
//!     Ok(())
//! }
//! ```
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "platform")]
#[cfg_attr(docsrs, doc(cfg(feature = "platform")))]
pub mod platform;

// generated: re-exports
#[cfg(feature = "engage")]
#[cfg_attr(docsrs, doc(cfg(feature = "engage")))]
#[doc(inline)]
pub use engage_client as engage;
#[cfg(feature = "engagebay")]
#[cfg_attr(docsrs, doc(cfg(feature = "engagebay")))]
#[doc(inline)]
pub use engagebay_client as engagebay;
#[cfg(feature = "engageone")]
#[cfg_attr(docsrs, doc(cfg(feature = "engageone")))]
#[doc(inline)]
pub use engageone_client as engageone;
#[cfg(feature = "engagespot")]
#[cfg_attr(docsrs, doc(cfg(feature = "engagespot")))]
#[doc(inline)]
pub use engagespot_client as engagespot;
#[cfg(feature = "webengage")]
#[cfg_attr(docsrs, doc(cfg(feature = "webengage")))]
#[doc(inline)]
pub use webengage_client as webengage;
// end generated

// Every client crate exports the same items, so code that uses these works with all clients.
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
