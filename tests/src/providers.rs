//! The providers.

use std::path::PathBuf;

use engagement_core::{ClientBuilder, Credential, FromClientCore, Provider as Definition};
use engagement_document::Document;
use engagement_sandbox::{Engage, EngageBay, EngageOne, Engagespot, Sandbox, WebEngage};
use serde_json::Value;

use crate::generated::{engage, engagebay, engageone, engagespot, webengage};
use crate::{Arguments, Call, ResponseType, RoundTrip, at_url};

/// One provider's document and client.
pub struct Provider {
    /// Its short name.
    pub name: &'static str,
    /// Calls an operation against a sandbox.
    pub call: for<'a> fn(&'a Sandbox, &'a str, &'a mut Arguments) -> Call<'a>,
    /// The same through the untyped call by id.
    pub call_by_id: for<'a> fn(&'a Sandbox, &'a str, &'a mut Arguments) -> Call<'a>,
    /// Decodes a request body as its type and encodes it again.
    pub request: fn(&str, Value) -> RoundTrip,
    /// The type of an operation's response. `None` for bytes and for responses without a body.
    pub response: fn(&str) -> Option<ResponseType>,
    /// Decodes a value as the type of a named schema and encodes it again.
    pub schema: fn(&str, Value) -> RoundTrip,
    /// The JSON Schema of every object type.
    pub json_schemas: fn() -> Vec<(&'static str, schemars::Schema)>,
}

macro_rules! provider {
    ($provider:ident, $client:ident) => {
        Provider {
            name: stringify!($provider),
            call: |sandbox, operation, arguments| {
                Box::pin(
                    async move { $provider::call(&$client(sandbox), operation, arguments).await },
                )
            },
            call_by_id: |sandbox, operation, arguments| {
                Box::pin(async move {
                    $provider::call_by_id(&$client(sandbox), operation, arguments).await
                })
            },
            request: $provider::request,
            response: $provider::response,
            schema: $provider::schema,
            json_schemas: $provider::json_schemas,
        }
    };
}

/// Every provider, sorted by name.
pub const ALL: &[Provider] = &[
    provider!(engage, engage_client),
    provider!(engagebay, engagebay_client),
    provider!(engageone, engageone_client),
    provider!(engagespot, engagespot_client),
    provider!(webengage, webengage_client),
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
    /// Decodes a response and encodes it again.
    pub fn through_response(&self, operation: &str, value: Value) -> RoundTrip {
        match (self.response)(operation) {
            Some(response) => (response.json)(value),
            None => RoundTrip::Untyped,
        }
    }

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

/// Sets all servers of a provider to those of the sandbox, and builds the client.
fn build<C: FromClientCore>(
    sandbox: &Sandbox,
    provider: &Definition,
    builder: ClientBuilder<C>,
) -> C {
    let url = |server: &str| {
        let url = sandbox.server_url(provider.name, server);
        url.expect("the document names the server")
    };
    let builder = at_url(builder, provider.servers, url);
    builder.build().expect("the sandbox's settings are valid")
}

/// An EngageBay client for the sandbox.
///
/// # Panics
/// If the sandbox's settings are invalid.
pub fn engagebay_client(sandbox: &Sandbox) -> engagebay_client::Client {
    let builder = engagebay_client::Client::builder(EngageBay::API_KEY);
    build(sandbox, &engagebay_client::PROVIDER, builder)
}

/// An Engage client for the sandbox.
///
/// # Panics
/// If the sandbox's settings are invalid.
pub fn engage_client(sandbox: &Sandbox) -> engage_client::Client {
    let builder = engage_client::Client::builder(Engage::API_KEY, Engage::API_SECRET);
    build(sandbox, &engage_client::PROVIDER, builder)
}

/// The user of `engagespot_client()`, for operations that act as a user.
pub const ENGAGESPOT_USER: &str = "ada@example.com";

/// An Engagespot client for the sandbox, with the credentials of a backend and of a user.
///
/// # Panics
/// If the sandbox's settings are invalid.
pub fn engagespot_client(sandbox: &Sandbox) -> engagespot_client::Client {
    let builder = engagespot_client::Client::builder(Engagespot::API_KEY, Engagespot::API_SECRET)
        .credential("userId", Credential::header(ENGAGESPOT_USER));
    build(sandbox, &engagespot_client::PROVIDER, builder)
}

/// A WebEngage client for the sandbox.
///
/// # Panics
/// If the sandbox's settings are invalid.
pub fn webengage_client(sandbox: &Sandbox) -> webengage_client::Client {
    let (license, key) = (WebEngage::LICENSE_CODE, WebEngage::API_KEY);
    let builder = webengage_client::Client::builder(license, key)
        .credential("dsnToken", Credential::bearer(WebEngage::DSN_TOKEN));
    build(sandbox, &webengage_client::PROVIDER, builder)
}

/// An EngageOne client for the sandbox. It logs in before its first call.
///
/// # Panics
/// If the sandbox's settings are invalid.
pub fn engageone_client(sandbox: &Sandbox) -> engageone_client::Client {
    let (customer, id) = (EngageOne::CUSTOMER_ID, EngageOne::CLIENT_ID);
    let builder = engageone_client::Client::builder(customer, id, EngageOne::SECRET);
    build(sandbox, &engageone_client::PROVIDER, builder)
}
