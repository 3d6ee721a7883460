//! The providers.

use std::path::PathBuf;

use engagement_core::{ClientBuilder, FromClientCore, Provider as Definition};
use engagement_document::Document;
use engagement_sandbox::Sandbox;
use serde_json::Value;

use crate::caller::{Caller, Setup};
use crate::generated::for_each_provider;
use crate::{Arguments, Call, ResponseType, RoundTrip, at_url, credentials, generated};

/// One provider's document and client.
pub struct Provider {
    /// Its short name.
    pub name: &'static str,
    /// What its client knows of it.
    pub definition: &'static Definition,
    /// Calls an operation against a sandbox.
    pub call: for<'a> fn(&'a Sandbox, &'a str, &'a mut Arguments) -> Call<'a>,
    /// The same through the untyped call by id.
    pub call_by_id: for<'a> fn(&'a Sandbox, &'a str, &'a mut Arguments) -> Call<'a>,
    /// Makes a client of a sandbox that calls operations by their ids. The URLs of the sandbox are changed first.
    pub caller_of_sandbox: fn(&Sandbox, &dyn Fn(String) -> String) -> Caller,
    /// Makes a client that calls operations by their ids.
    pub caller: fn(Setup<'_>) -> Caller,
    /// Decodes a request body as its type and encodes it again.
    pub request: fn(&str, Value) -> RoundTrip,
    /// The type of an operation's response. `None` for bytes and for responses without a body.
    pub response: fn(&str) -> Option<ResponseType>,
    /// Decodes a value as the type of a named schema and encodes it again.
    pub schema: fn(&str, Value) -> RoundTrip,
    /// The JSON Schema of every object type.
    pub json_schemas: fn() -> Vec<(&'static str, schemars::Schema)>,
}

macro_rules! caller {
    ($provider:ident, $client:ident) => {
        Box::new(move |operation, arguments| {
            let client = $client.clone();
            Box::pin(async move { generated::$provider::call(&client, operation, arguments).await })
        })
    };
}

macro_rules! providers {
    ($($provider:ident, $client:ident;)*) => {
        /// Every provider, sorted by name.
        pub const ALL: &[Provider] = &[$(Provider {
            name: stringify!($provider),
            definition: &$client::PROVIDER,
            call: |sandbox, operation, arguments| {
                Box::pin(async move {
                    let client: $client::Client = client(sandbox, &$client::PROVIDER);
                    generated::$provider::call(&client, operation, arguments).await
                })
            },
            call_by_id: |sandbox, operation, arguments| {
                Box::pin(async move {
                    let client: $client::Client = client(sandbox, &$client::PROVIDER);
                    generated::$provider::call_by_id(&client, operation, arguments).await
                })
            },
            caller_of_sandbox: |sandbox, url| {
                let client: $client::Client = client_at(sandbox, &$client::PROVIDER, url);
                caller!($provider, client)
            },
            caller: |setup| {
                let client: $client::Client = setup.client(&$client::PROVIDER);
                caller!($provider, client)
            },
            request: generated::$provider::request,
            response: generated::$provider::response,
            schema: generated::$provider::schema,
            json_schemas: generated::$provider::json_schemas,
        }),*];
    };
}

for_each_provider!(providers);

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

/// A client for the sandbox, with the credentials of its account.
///
/// # Panics
/// If the sandbox's settings are invalid.
pub fn client<C: FromClientCore>(sandbox: &Sandbox, provider: &'static Definition) -> C {
    client_at(sandbox, provider, &|url| url)
}

/// As [`client`]. `change` makes the client's URLs of those of the sandbox.
fn client_at<C: FromClientCore>(
    sandbox: &Sandbox,
    provider: &'static Definition,
    change: &dyn Fn(String) -> String,
) -> C {
    let builder: ClientBuilder<C> = credentials::of_sandbox(sandbox, provider);
    let url = |server: &str| {
        let url = sandbox.server_url(provider.name, server);
        change(url.expect("the document names the server"))
    };
    let builder = at_url(builder, provider.servers, url);
    builder.build().expect("the sandbox's settings are valid")
}
