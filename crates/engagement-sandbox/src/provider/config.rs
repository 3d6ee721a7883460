//! What sets the providers apart, apart from their documents and accounts.

use http::StatusCode;
use serde_json::{Value, json};

use crate::accounts::{engage, engagebay, engageone, engagespot, webengage};
use crate::provider::{Platform, Provider};

/// What sets a provider apart.
pub(crate) struct Profile {
    /// Its name in the document and in URLs.
    pub(crate) name: &'static str,
    pub(crate) document: &'static str,
    /// Environment variables that clients read credentials and their like from, with the values taken by default.
    pub(crate) credentials: &'static [(&'static str, &'static str)],
    /// Whether its routes are served without the version too.
    pub(crate) unversioned: bool,
    /// Whether each of its hosts is served under a path of its own; needed where hosts share paths.
    pub(crate) separate_hosts: bool,
    /// Whether it counts requests, and refuses those over its published limits.
    pub(crate) limits: bool,
    /// Whether it answers XML unless JSON is asked for.
    pub(crate) xml_by_default: bool,
    /// The body that tells of wrong credentials.
    pub(crate) unauthorised: fn() -> Value,
    /// The body that tells of any other error.
    pub(crate) error: fn(StatusCode, &str) -> Value,
    /// Operations whose body it takes without looking, apart from these fields.
    pub(crate) unread: &'static [(&'static str, &'static [&'static str])],
    /// What it says of a wrong body where its own words are known; the others break the document's schema.
    pub(crate) complaint: fn(&str, &Value) -> Option<&'static str>,
    /// A fresh account.
    pub(crate) state: fn(&'static Provider) -> Box<dyn Platform>,
}

pub(crate) static PROFILES: [Profile; 5] = [
    Profile {
        name: "engagebay",
        document: include_str!("../../documents/engagebay.json"),
        credentials: &[("ENGAGEBAY_API_KEY", "sandbox-engagebay-key")],
        unversioned: false,
        separate_hosts: false,
        limits: false,
        xml_by_default: true,
        unauthorised: || json!({ "error": "UnAuthenticated User", "status": "401" }),
        error,
        unread: &[],
        complaint: |_, _| None,
        state: |provider| Box::new(engagebay::State::new(provider)),
    },
    Profile {
        name: "engage",
        document: include_str!("../../documents/engage.json"),
        credentials: &[
            ("ENGAGE_API_KEY", "sandbox-engage-key"),
            ("ENGAGE_API_SECRET", "sandbox-engage-secret"),
        ],
        unversioned: true,
        separate_hosts: false,
        limits: false,
        xml_by_default: false,
        unauthorised: || json!({ "error": "Wrong authentication credentials." }),
        error,
        unread: &[("batch_queue", &["data"])],
        complaint: |_, _| None,
        state: |provider| Box::new(engage::State::new(provider)),
    },
    Profile {
        name: "engagespot",
        document: include_str!("../../documents/engagespot.json"),
        credentials: &[
            ("ENGAGESPOT_API_KEY", "sandbox-engagespot-key"),
            ("ENGAGESPOT_API_SECRET", "sandbox-engagespot-secret"),
        ],
        unversioned: false,
        separate_hosts: false,
        limits: false,
        xml_by_default: false,
        unauthorised: || json!({ "status": "error", "message": "No auth params (or combination of params) were found in the request" }),
        error: |status, message| {
            // Of a bad request it tells everything that is wrong.
            let message = if status == StatusCode::BAD_REQUEST {
                json!([message])
            } else {
                json!(message)
            };
            json!({ "status": "error", "message": message })
        },
        unread: &[],
        complaint: engagespot::complaint,
        state: |provider| Box::new(engagespot::State::new(provider)),
    },
    Profile {
        name: "webengage",
        document: include_str!("../../documents/webengage.json"),
        credentials: &[
            ("WEBENGAGE_API_KEY", "sandbox-webengage-key"),
            ("WEBENGAGE_DSN_TOKEN", "sandbox-webengage-dsn"),
            ("WEBENGAGE_LICENSE_CODE", "sandbox0"),
        ],
        unversioned: false,
        separate_hosts: true,
        limits: true,
        xml_by_default: false,
        unauthorised: || json!({ "response": { "message": "Unauthorized", "status": "error" } }),
        error: |_, message| json!({ "response": { "message": message, "status": "error" } }),
        unread: &[],
        complaint: |_, _| None,
        state: |provider| Box::new(webengage::State::new(provider)),
    },
    Profile {
        name: "engageone",
        document: include_str!("../../documents/engageone.json"),
        credentials: &[
            ("ENGAGEONE_CUSTOMER_ID", "sandbox-customer"),
            (
                "ENGAGEONE_CLIENT_ID",
                "sandbox-customer.client@communicate.engageone.co",
            ),
            ("ENGAGEONE_SECRET", "sandbox-engageone-secret"),
        ],
        unversioned: false,
        separate_hosts: true,
        limits: false,
        xml_by_default: false,
        unauthorised: || json!({ "message": "Unauthorized" }),
        error: |_, message| json!({ "message": message }),
        unread: &[],
        complaint: |_, _| None,
        state: |provider| Box::new(engageone::State::new(provider)),
    },
];

/// The shape of errors that EngageBay and Engage share; also of those of no provider.
pub(crate) fn error(_: StatusCode, message: &str) -> Value {
    json!({ "error": message })
}
