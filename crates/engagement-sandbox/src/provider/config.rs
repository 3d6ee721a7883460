//! What differs between the providers besides their documents and accounts.

use http::StatusCode;
use serde_json::{Value, json};

/// The providers that the sandbox emulates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProviderId {
    EngageBay,
    Engage,
    Engagespot,
    WebEngage,
    EngageOne,
    /// A provider without records: it responds with the examples of its document.
    Examples,
}

/// The settings of a provider.
pub(crate) struct ProviderConfig {
    pub(crate) id: ProviderId,
    /// Its name in the document and in URLs.
    pub(crate) name: &'static str,
    /// The environment variables that clients read credentials and account ids from, with their default values. Others
    /// that the document names have a value made of their name.
    pub(crate) credentials: &'static [(&'static str, &'static str)],
    /// The security schemes whose credentials browsers hold. Operations that need no others are called from web pages, and
    /// answer the preflights of browsers.
    pub(crate) browser_schemes: &'static [&'static str],
    /// Whether its routes are also served without the version prefix.
    pub(crate) unversioned: bool,
    /// Whether each of its hosts is served under a path of its own; needed where hosts share paths.
    pub(crate) separate_hosts: bool,
    /// Whether it applies its published rate limits.
    pub(crate) rate_limits: bool,
    /// Whether it responds with XML unless JSON is requested.
    pub(crate) xml_by_default: bool,
    /// The body of a response to wrong credentials.
    pub(crate) unauthorised: Option<fn() -> Value>,
    /// The body of any other error response, from status and message. Otherwise the message is where the document says.
    pub(crate) error: Option<fn(StatusCode, &str) -> Value>,
    /// Operations with the fields of the body whose content is not validated.
    pub(crate) unvalidated: &'static [(&'static str, &'static [&'static str])],
    /// The provider's own message about an invalid body, by operation, where it is known. Otherwise the message names
    /// the violation of the schema.
    pub(crate) body_error: fn(&str, &Value) -> Option<&'static str>,
}

/// Providers with settings of their own.
static PROVIDERS: [ProviderConfig; 5] = [
    ProviderConfig {
        id: ProviderId::EngageBay,
        name: "engagebay",
        credentials: &[("ENGAGEBAY_API_KEY", "sandbox-engagebay-key")],
        browser_schemes: &[],
        unversioned: false,
        separate_hosts: false,
        rate_limits: false,
        xml_by_default: true,
        unauthorised: Some(|| json!({ "error": "UnAuthenticated User", "status": "401" })),
        error: Some(error_body),
        unvalidated: &[],
        body_error: |_, _| None,
    },
    ProviderConfig {
        id: ProviderId::Engage,
        name: "engage",
        credentials: &[
            ("ENGAGE_API_KEY", "sandbox-engage-key"),
            ("ENGAGE_API_SECRET", "sandbox-engage-secret"),
        ],
        browser_schemes: &["publicKey"],
        unversioned: true,
        separate_hosts: false,
        rate_limits: false,
        xml_by_default: false,
        unauthorised: Some(|| json!({ "error": "Wrong authentication credentials." })),
        error: Some(error_body),
        unvalidated: &[("batch_queue", &["data"])],
        body_error: |_, _| None,
    },
    ProviderConfig {
        id: ProviderId::Engagespot,
        name: "engagespot",
        credentials: &[
            ("ENGAGESPOT_API_KEY", "sandbox-engagespot-key"),
            ("ENGAGESPOT_API_SECRET", "sandbox-engagespot-secret"),
        ],
        browser_schemes: &["apiKey", "userId", "userSignature", "userToken"],
        unversioned: false,
        separate_hosts: false,
        rate_limits: false,
        xml_by_default: false,
        unauthorised: Some(
            || json!({ "status": "error", "message": "No auth params (or combination of params) were found in the request" }),
        ),
        error: Some(|status, message| {
            // For a bad request the message is a list.
            let message = if status == StatusCode::BAD_REQUEST {
                json!([message])
            } else {
                json!(message)
            };
            json!({ "status": "error", "message": message })
        }),
        unvalidated: &[],
        body_error: |operation, body| {
            let invalid = operation == "notifications_send" && !body["notification"].is_object();
            invalid.then_some("notification must be an object")
        },
    },
    ProviderConfig {
        id: ProviderId::WebEngage,
        name: "webengage",
        credentials: &[
            ("WEBENGAGE_API_KEY", "sandbox-webengage-key"),
            ("WEBENGAGE_DSN_TOKEN", "sandbox-webengage-dsn"),
            ("WEBENGAGE_LICENSE_CODE", "sandbox0"),
        ],
        browser_schemes: &[],
        unversioned: false,
        separate_hosts: true,
        rate_limits: true,
        xml_by_default: false,
        unauthorised: Some(
            || json!({ "response": { "message": "Unauthorized", "status": "error" } }),
        ),
        error: Some(|_, message| json!({ "response": { "message": message, "status": "error" } })),
        unvalidated: &[],
        body_error: |_, _| None,
    },
    ProviderConfig {
        id: ProviderId::EngageOne,
        name: "engageone",
        credentials: &[
            ("ENGAGEONE_CUSTOMER_ID", "sandbox-customer"),
            (
                "ENGAGEONE_CLIENT_ID",
                "sandbox-customer.client@communicate.engageone.co",
            ),
            ("ENGAGEONE_SECRET", "sandbox-engageone-secret"),
        ],
        browser_schemes: &[],
        unversioned: false,
        separate_hosts: true,
        rate_limits: false,
        xml_by_default: false,
        unauthorised: Some(|| json!({ "message": "Unauthorized" })),
        error: Some(|_, message| json!({ "message": message })),
        unvalidated: &[],
        body_error: |_, _| None,
    },
];

/// The settings of a provider that has none of its own.
static EXAMPLES: ProviderConfig = ProviderConfig {
    id: ProviderId::Examples,
    name: "",
    credentials: &[],
    browser_schemes: &[],
    unversioned: false,
    separate_hosts: true,
    rate_limits: false,
    xml_by_default: false,
    unauthorised: None,
    error: None,
    unvalidated: &[],
    body_error: |_, _| None,
};

/// The settings of the provider of that name.
pub(crate) fn of(name: &str) -> &'static ProviderConfig {
    let mut providers = PROVIDERS.iter();
    providers
        .find(|config| config.name == name)
        .unwrap_or(&EXAMPLES)
}

/// The error body of EngageBay and Engage. It is also used for requests to an unknown provider.
pub(crate) fn error_body(_: StatusCode, message: &str) -> Value {
    json!({ "error": message })
}
