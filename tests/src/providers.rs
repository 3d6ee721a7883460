//! The providers, alike for every test.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;

use engagement_document::Document;
use engagement_sandbox::{Engage, EngageBay, Sandbox};
use serde_json::Value;

use crate::generated::{engage, engagebay};
use crate::{Arguments, Outcome, RoundTrip};

type Calling<'a> = Pin<Box<dyn Future<Output = Outcome> + 'a>>;

/// One provider's document and client.
pub struct Provider {
    /// Its short name.
    pub name: &'static str,
    /// Calls an operation against a sandbox.
    pub call: for<'a> fn(&'a Sandbox, &'a str, &'a mut Arguments) -> Calling<'a>,
    /// Takes a request body through its type.
    pub request: fn(&str, Value) -> RoundTrip,
    /// Takes an answer through its type.
    pub answer: fn(&str, Value) -> RoundTrip,
    /// Takes a value through the type of a named schema.
    pub schema: fn(&str, Value) -> RoundTrip,
    /// The JSON Schema of every object type.
    pub json_schemas: fn() -> Vec<(&'static str, schemars::Schema)>,
}

/// Every provider, by name.
pub const ALL: &[Provider] = &[
    Provider {
        name: "engage",
        call: |sandbox, operation, arguments| {
            Box::pin(
                async move { engage::call(&engage_client(sandbox), operation, arguments).await },
            )
        },
        request: engage::request,
        answer: engage::answer,
        schema: engage::schema,
        json_schemas: engage::json_schemas,
    },
    Provider {
        name: "engagebay",
        call: |sandbox, operation, arguments| {
            Box::pin(async move {
                engagebay::call(&engagebay_client(sandbox), operation, arguments).await
            })
        },
        request: engagebay::request,
        answer: engagebay::answer,
        schema: engagebay::schema,
        json_schemas: engagebay::json_schemas,
    },
];

/// The provider of that name.
pub fn find(name: &str) -> Option<&'static Provider> {
    ALL.iter().find(|provider| provider.name == name)
}

/// The root of the repository.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map(PathBuf::from)
        .unwrap_or_default()
}

impl Provider {
    /// The provider's document, read from `specs/`.
    ///
    /// # Panics
    /// If the document can't be read.
    pub fn document(&self) -> Document {
        let path = root().join(format!("specs/{}.yaml", self.name));
        let text = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Document::from_yaml(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }
}

/// An EngageBay client that talks to the sandbox.
///
/// # Panics
/// If the sandbox's own settings are refused.
pub fn engagebay_client(sandbox: &Sandbox) -> engagebay_client::Client {
    let engagebay = sandbox.engagebay();
    engagebay_client::Client::builder(EngageBay::API_KEY)
        .base_url(engagebay.base_url())
        .build()
        .expect("the sandbox's settings are valid")
}

/// An Engage client that talks to the sandbox.
///
/// # Panics
/// If the sandbox's own settings are refused.
pub fn engage_client(sandbox: &Sandbox) -> engage_client::Client {
    let engage = sandbox.engage();
    let mut builder = engage_client::Client::builder(Engage::API_KEY, Engage::API_SECRET)
        .base_url(engage.base_url());
    for name in ["root", "app"] {
        builder = builder.server_url(
            name,
            engage
                .server_url(name)
                .expect("the document names the host"),
        );
    }
    builder.build().expect("the sandbox's settings are valid")
}
