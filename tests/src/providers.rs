//! The providers, alike for every test.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;

use engagement_core::Credential;
use engagement_document::Document;
use engagement_sandbox::{Engage, EngageBay, EngageOne, Engagespot, Sandbox, WebEngage};
use serde_json::Value;

use crate::generated::{engage, engagebay, engageone, engagespot, webengage};
use crate::{Arguments, Outcome, ResponseType, RoundTrip};

type Calling<'a> = Pin<Box<dyn Future<Output = Outcome> + 'a>>;

/// One provider's document and client.
pub struct Provider {
    /// Its short name.
    pub name: &'static str,
    /// Calls an operation against a sandbox.
    pub call: for<'a> fn(&'a Sandbox, &'a str, &'a mut Arguments) -> Calling<'a>,
    /// Calls an operation by its id, likewise.
    pub call_by_id: for<'a> fn(&'a Sandbox, &'a str, &'a mut Arguments) -> Calling<'a>,
    /// Takes a request body through its type.
    pub request: fn(&str, Value) -> RoundTrip,
    /// The type of an operation's response; `None` for bytes and for no body.
    pub response: fn(&str) -> Option<ResponseType>,
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
        call_by_id: |sandbox, operation, arguments| {
            Box::pin(async move {
                engage::call_by_id(&engage_client(sandbox), operation, arguments).await
            })
        },
        request: engage::request,
        response: engage::response,
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
        call_by_id: |sandbox, operation, arguments| {
            Box::pin(async move {
                engagebay::call_by_id(&engagebay_client(sandbox), operation, arguments).await
            })
        },
        request: engagebay::request,
        response: engagebay::response,
        schema: engagebay::schema,
        json_schemas: engagebay::json_schemas,
    },
    Provider {
        name: "engageone",
        call: |sandbox, operation, arguments| {
            Box::pin(async move {
                engageone::call(&engageone_client(sandbox), operation, arguments).await
            })
        },
        call_by_id: |sandbox, operation, arguments| {
            Box::pin(async move {
                engageone::call_by_id(&engageone_client(sandbox), operation, arguments).await
            })
        },
        request: engageone::request,
        response: engageone::response,
        schema: engageone::schema,
        json_schemas: engageone::json_schemas,
    },
    Provider {
        name: "engagespot",
        call: |sandbox, operation, arguments| {
            Box::pin(async move {
                engagespot::call(&engagespot_client(sandbox), operation, arguments).await
            })
        },
        call_by_id: |sandbox, operation, arguments| {
            Box::pin(async move {
                engagespot::call_by_id(&engagespot_client(sandbox), operation, arguments).await
            })
        },
        request: engagespot::request,
        response: engagespot::response,
        schema: engagespot::schema,
        json_schemas: engagespot::json_schemas,
    },
    Provider {
        name: "webengage",
        call: |sandbox, operation, arguments| {
            Box::pin(async move {
                webengage::call(&webengage_client(sandbox), operation, arguments).await
            })
        },
        call_by_id: |sandbox, operation, arguments| {
            Box::pin(async move {
                webengage::call_by_id(&webengage_client(sandbox), operation, arguments).await
            })
        },
        request: webengage::request,
        response: webengage::response,
        schema: webengage::schema,
        json_schemas: webengage::json_schemas,
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

/// The user that `engagespot_client()` acts for where a call is a user's.
pub const ENGAGESPOT_USER: &str = "ada@example.com";

/// An Engagespot client that talks to the sandbox, for the calls of a backend and those of a user alike.
///
/// # Panics
/// If the sandbox's own settings are refused.
pub fn engagespot_client(sandbox: &Sandbox) -> engagespot_client::Client {
    engagespot_client::Client::builder(Engagespot::API_KEY, Engagespot::API_SECRET)
        .credential("userId", Credential::header(ENGAGESPOT_USER))
        .base_url(sandbox.engagespot().base_url())
        .build()
        .expect("the sandbox's settings are valid")
}

/// A WebEngage client that talks to the sandbox with all its hosts.
///
/// # Panics
/// If the sandbox's own settings are refused.
pub fn webengage_client(sandbox: &Sandbox) -> webengage_client::Client {
    let mut builder =
        webengage_client::Client::builder(WebEngage::LICENSE_CODE, WebEngage::API_KEY)
            .credential("dsnToken", Credential::bearer(WebEngage::DSN_TOKEN));
    for server in webengage_client::PROVIDER.servers {
        let url = sandbox.server_url("webengage", server.name);
        builder = builder.server_url(server.name, url.expect("the document names the host"));
    }
    builder.build().expect("the sandbox's settings are valid")
}

/// An EngageOne client that talks to the sandbox; it logs in when it is first used.
///
/// # Panics
/// If the sandbox's own settings are refused.
pub fn engageone_client(sandbox: &Sandbox) -> engageone_client::Client {
    let mut builder = engageone_client::Client::builder(
        EngageOne::CUSTOMER_ID,
        EngageOne::CLIENT_ID,
        EngageOne::SECRET,
    );
    for server in engageone_client::PROVIDER.servers {
        let url = sandbox.server_url("engageone", server.name);
        builder = builder.server_url(server.name, url.expect("the document names the host"));
    }
    builder.build().expect("the sandbox's settings are valid")
}
