//! An EngageOne Communicate account.
//!
//! Next to nothing about errors is published. The sandbox decides:
//!
//! * **Login.** A set of credentials that isn't the account's is 401. A token is known until it expires; one that was
//!   signed elsewhere is unknown. A call without token or `PB-Customer-Id` is 401, one for another customer than the
//!   token's is 403.
//! * **Sends.** Every communication and sender is known unless a test says which ones are. A record without an address is
//!   400, unless `ignore_missing_fields` is true. An empty data set is taken. The same send twice is two sends.
//! * **Data sources.** The account starts with two. Their list is an array of objects with `Id` and `Name`.

mod data_sources;
mod sends;
mod tokens;

use std::collections::BTreeSet;

use engagement_document::Operation;
use http::{HeaderMap, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::EngageOneSend;
use crate::accounts::call::{Call, Outcome, Refused, Reply, refused};
use crate::accounts::values::now_seconds;
use crate::http::auth::{Credentials, bearer, secret};
use crate::provider::{Platform, Provider, Settings};
use data_sources::DataSource;
use tokens::Tokens;

const CUSTOMER: &str = "pb-customer-id";
/// The environment variables that hold the parts of the credentials, with the fields of a login that carry them.
const PARTS: [(&str, &str); 3] = [
    ("ENGAGEONE_CUSTOMER_ID", "customer_id"),
    ("ENGAGEONE_CLIENT_ID", "client_id"),
    ("ENGAGEONE_SECRET", "secret"),
];

/// One account.
pub(crate) struct State {
    provider: &'static Provider,
    /// The first half of the ids of sends, so that they look alike and grow.
    started: i64,
    credentials: Credentials,
    tokens: Tokens,
    logins: u64,
    sends: Vec<EngageOneSend>,
    data_sources: Vec<DataSource>,
    /// Names of the communications that exist; `None`: all do.
    communications: Option<BTreeSet<String>>,
    /// Addresses that are verified; `None`: all are.
    senders: Option<BTreeSet<String>>,
}

impl State {
    pub(crate) fn new(provider: &'static Provider) -> Self {
        Self {
            provider,
            started: now_seconds(),
            credentials: Credentials::new(),
            tokens: Tokens::default(),
            logins: 0,
            sends: Vec::new(),
            data_sources: data_sources::seeded(provider),
            communications: None,
            senders: None,
        }
    }

    /// Makes a token of the account's customer.
    pub(crate) fn token(&mut self) -> String {
        let [customer, client, _] = PARTS.map(|(variable, _)| secret(&self.credentials, variable));
        self.tokens.issue(customer, client)
    }

    pub(crate) fn tokens(&mut self) -> &mut Tokens {
        &mut self.tokens
    }

    pub(crate) fn logins(&self) -> u64 {
        self.logins
    }

    fn login(&mut self, body: &Value) -> Outcome {
        let right = |(variable, field): &(&str, &str)| {
            body[*field].as_str() == Some(secret(&self.credentials, variable))
        };
        if !PARTS.iter().all(right) {
            return Err(refused(
                StatusCode::UNAUTHORIZED,
                "The customer id, client id and secret don't belong together",
            ));
        }
        self.logins += 1;
        Ok(Reply::Json(self.token().into()))
    }
}

/// The generic URL of a video; the `uuid` of a record goes behind it.
fn video_url(call: &Call) -> Reply {
    let [project, communication] = ["project", "communication"]
        .map(|name| utf8_percent_encode(call.text(name), NON_ALPHANUMERIC));
    Reply::Json(
        json!({ "videoUrl": format!("https://video.example.com/{project}/{communication}/") }),
    )
}

impl Platform for State {
    fn call(&mut self, operation: &str, call: &Call) -> Outcome {
        match operation {
            "auth_login" => self.login(&call.body),
            "campaigns_send_transactional_v2" => {
                let send_id = self.send(2, call.text("campaignName"), &call.body)?;
                Ok(Reply::Json(json!({ "send_id": send_id })))
            }
            "campaigns_send_transactional_v1" => {
                self.send(1, call.text("campaignName"), &call.body)?;
                Ok(Reply::Done)
            }
            "data_sources_list" => Ok(self.list_data_sources()),
            "data_sources_get" => self.records(call.text("dataSourceId")),
            "videos_get_url" => Ok(video_url(call)),
            _ => Ok(Reply::Example),
        }
    }

    fn configure(&mut self, settings: &Settings) {
        self.credentials.clone_from(&settings.credentials);
        if settings.examples_only {
            // The login answers with this one.
            let example = self.provider.example("auth_login").and_then(Value::as_str);
            let customer = secret(&self.credentials, "ENGAGEONE_CUSTOMER_ID");
            self.tokens.accept(example.unwrap_or_default(), customer);
        }
    }

    fn authorise(
        &self,
        operation: &Operation,
        call_headers: &HeaderMap,
        _credentials: &Credentials,
    ) -> Option<Result<Vec<String>, String>> {
        let Some(schemes) = operation.security.first() else {
            return Some(Ok(Vec::new()));
        };
        let check = || {
            let token = bearer(call_headers)
                .ok_or("the request has no `Authorization` header with `Bearer ` and a token")?;
            self.tokens.check(token)?;
            if !call_headers.contains_key(CUSTOMER) {
                return Err("the request has no `PB-Customer-Id` header".to_owned());
            }
            Ok(schemes.clone())
        };
        Some(check())
    }

    fn permit(&self, operation: &Operation, call_headers: &HeaderMap) -> Result<(), Refused> {
        if operation.security.is_empty() {
            return Ok(());
        }
        let own = bearer(call_headers).and_then(|token| self.tokens.customer(token));
        let given = call_headers.get(CUSTOMER).map(|value| value.as_bytes());
        if own.map(str::as_bytes) == given {
            return Ok(());
        }
        Err(refused(
            StatusCode::FORBIDDEN,
            "The token is none of the customer that PB-Customer-Id names; upper and lower case count",
        ))
    }
}
