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

/// A route to an operation besides the documented one.
pub(crate) struct Alias {
    pub(crate) method: &'static str,
    /// The path template with the names of the operation's path parameters.
    pub(crate) path: &'static str,
    pub(crate) operation: &'static str,
}

/// The settings of a provider.
pub(crate) struct ProviderConfig {
    pub(crate) id: ProviderId,
    /// The name of its document; empty for providers without settings of their own, so nothing else reads it.
    name: &'static str,
    /// The environment variables that clients read credentials and account ids from, with their default values. Others
    /// that the document names have a value made of their name.
    pub(crate) credentials: &'static [(&'static str, &'static str)],
    /// The security schemes whose credentials browsers hold. Operations that need no others are called from web pages, and
    /// answer the preflights of browsers.
    pub(crate) browser_schemes: &'static [&'static str],
    /// Whether its routes are also served without the version prefix.
    pub(crate) unversioned: bool,
    /// Further routes to its operations, which its own clients call and its documentation doesn't name.
    pub(crate) aliases: &'static [Alias],
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
    /// Operations whose JSON body may be a form too, because clients of the provider send one.
    pub(crate) forms: &'static [&'static str],
    /// Operations with the fields of the body whose content is not validated.
    pub(crate) unvalidated: &'static [(&'static str, &'static [&'static str])],
    /// Changes what the provider's own clients send in the body of an operation, and its document doesn't have, into what
    /// is documented. Only validation sees the changes; the account gets the body as it was sent.
    pub(crate) tolerated: fn(&str, &mut Value),
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
        aliases: &[],
        separate_hosts: false,
        rate_limits: false,
        xml_by_default: true,
        unauthorised: Some(|| json!({ "error": "UnAuthenticated User", "status": "401" })),
        error: Some(error_body),
        forms: &[],
        unvalidated: &[],
        tolerated: |_, _| (),
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
        aliases: &[],
        separate_hosts: false,
        rate_limits: false,
        xml_by_default: false,
        unauthorised: Some(|| json!({ "error": "Wrong authentication credentials." })),
        error: Some(error_body),
        forms: &[],
        unvalidated: &[("batch_queue", &["data"])],
        tolerated: tolerated_by_engage,
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
        aliases: &ENGAGESPOT_ALIASES,
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
        forms: &["notifications_mark_as_read", "sdk_connect"],
        unvalidated: &[],
        tolerated: tolerated_by_engagespot,
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
        aliases: &[],
        separate_hosts: true,
        rate_limits: true,
        xml_by_default: false,
        unauthorised: Some(
            || json!({ "response": { "message": "Unauthorized", "status": "error" } }),
        ),
        error: Some(|_, message| json!({ "response": { "message": message, "status": "error" } })),
        forms: &[],
        unvalidated: &[],
        tolerated: |_, _| (),
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
        aliases: &[],
        separate_hosts: true,
        rate_limits: false,
        xml_by_default: false,
        unauthorised: Some(|| json!({ "message": "Unauthorized" })),
        error: Some(|_, message| json!({ "message": message })),
        forms: &[],
        unvalidated: &[],
        tolerated: |_, _| (),
        body_error: |_, _| None,
    },
];

/// The routes that Engagespot's Node client calls.
static ENGAGESPOT_ALIASES: [Alias; 4] = [
    Alias {
        method: "PATCH",
        path: "/v3/notifications/{notificationId}/click",
        operation: "notifications_mark_as_read",
    },
    Alias {
        method: "POST",
        path: "/v3/notifications/categories",
        operation: "categories_create",
    },
    Alias {
        method: "DELETE",
        path: "/v3/notifications/categories/{categoryId}",
        operation: "categories_delete",
    },
    Alias {
        method: "PATCH",
        path: "/v4/workflows/{identifier}",
        operation: "workflows_cancel_run",
    },
];

/// Engage's clients repeat the id of the path in the body as it was given, and send a role that was not given as null.
fn tolerated_by_engage(operation: &str, body: &mut Value) {
    match operation {
        "users_update" => {
            if let Some(id) = body.get_mut("id").filter(|id| id.is_i64() || id.is_u64()) {
                *id = id.to_string().into();
            }
        }
        "users_add_to_accounts" => {
            let accounts = body.get_mut("accounts").and_then(Value::as_array_mut);
            accounts.into_iter().flatten().for_each(null_role_as_text);
        }
        "users_change_account_role" => null_role_as_text(body),
        _ => {}
    }
}

fn null_role_as_text(account: &mut Value) {
    if let Some(role) = account.get_mut("role").filter(|role| role.is_null()) {
        *role = "".into();
    }
}

/// Engagespot's clients send a profile that was not given as null.
fn tolerated_by_engagespot(operation: &str, body: &mut Value) {
    if operation == "users_create_or_update" && body.is_null() {
        *body = json!({});
    }
}

/// The settings of a provider that has none of its own.
static EXAMPLES: ProviderConfig = ProviderConfig {
    id: ProviderId::Examples,
    name: "",
    credentials: &[],
    browser_schemes: &[],
    unversioned: false,
    aliases: &[],
    separate_hosts: true,
    rate_limits: false,
    xml_by_default: false,
    unauthorised: None,
    error: None,
    forms: &[],
    unvalidated: &[],
    tolerated: |_, _| (),
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
