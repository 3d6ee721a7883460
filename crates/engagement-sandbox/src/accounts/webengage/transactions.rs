//! Transactional campaigns.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};

use super::account::WebEngageAccount;
use super::model::{Identity, WebEngageChannel, WebEngageMessage};
use crate::accounts::call::Call;
use crate::accounts::json::{Object, integer, text, to_object};
use crate::accounts::response::{ApiError, ApiResponse, ApiResult, bad_request, not_found};

/// The default time to live of a message, in seconds.
const DEFAULT_TTL: i64 = 120;

/// A send to one user.
struct Send<'a> {
    transaction: String,
    user: &'a str,
    ttl: i64,
    overrides: &'a Value,
}

impl WebEngageAccount {
    /// Adds a campaign; from the first one on, only those added exist.
    pub(crate) fn add_campaign(&mut self, id: &str, channel: WebEngageChannel) {
        self.campaigns.insert(id.to_owned(), channel);
    }

    fn campaign(&self, id: &str) -> Result<WebEngageChannel, ApiError> {
        if self.campaigns.is_empty() && !id.is_empty() {
            return Ok(WebEngageChannel::Push);
        }
        let found = self.campaigns.get(id).copied();
        found.ok_or_else(|| not_found(format!("Campaign {id} not found")))
    }

    /// Reads the common fields of a body.
    fn parse_send<'a>(&mut self, body: &'a Value) -> Result<Send<'a>, ApiError> {
        let ttl = integer(&body["ttl"]).unwrap_or(DEFAULT_TTL);
        if ttl < 1 {
            return Err(bad_request("`ttl` must be 1 second or more"));
        }
        let given = body["txnId"].as_str().filter(|id| !id.is_empty());
        Ok(Send {
            transaction: given.map_or_else(|| self.transaction_id(), str::to_owned),
            user: body["userId"].as_str().unwrap_or_default(),
            ttl,
            overrides: &body["overrideData"],
        })
    }

    /// A UUID that starts with the time and ends with a counter.
    fn transaction_id(&mut self) -> String {
        let milliseconds = self.clock.seconds() * 1000;
        let number = self.next_transaction;
        self.next_transaction += 1;
        format!(
            "{:08x}-{:04x}-7000-8000-{number:012x}",
            milliseconds >> 16,
            milliseconds & 0xffff
        )
    }

    pub(super) fn send_campaign(&mut self, campaign: &str, body: &Value) -> ApiResult {
        let now = self.clock.now();
        let send = self.parse_send(body)?;
        let channel = self.campaign(campaign)?;
        let profile = self
            .users
            .get(&Identity::Known(send.user.to_owned()))
            .ok_or_else(|| not_found(format!("User {} not found", send.user)))?;
        let to = address(channel, send.overrides, profile)
            .map_err(|why| ApiError::new(StatusCode::PRECONDITION_FAILED, why))?;
        let window =
            integer(&body["dedupe"]["ttl"]).and_then(|seconds| u64::try_from(seconds).ok());
        let key = json!([campaign, send.user, send.overrides]).to_string();
        if let (Some(_), Some(response)) = (window, self.recent_sends.get(&key, now)) {
            return Ok(ApiResponse::Json(response.clone()));
        }
        let response = json!({ "response": { "data": {
            "txnId": send.transaction, "experimentId": campaign, "userId": send.user, "ttl": send.ttl,
        } } });
        if let Some(seconds) = window {
            let window = Duration::from_secs(seconds);
            self.recent_sends.insert(key, response.clone(), now, window);
        }
        self.add_message(campaign, channel, to, &send);
        Ok(ApiResponse::Json(response))
    }

    /// The messages, oldest first.
    pub(crate) fn messages(&self) -> Vec<WebEngageMessage> {
        let messages = self.messages.iter();
        messages.map(|(_, message)| message.clone()).collect()
    }

    fn add_message(
        &mut self,
        campaign: &str,
        channel: WebEngageChannel,
        to: Option<String>,
        send: &Send<'_>,
    ) {
        let message = WebEngageMessage {
            transaction_id: send.transaction.clone(),
            campaign_id: campaign.to_owned(),
            channel,
            user_id: send.user.to_owned(),
            to,
            ttl: send.ttl,
            override_data: send.overrides.clone(),
        };
        self.messages.push((self.clock.now(), message));
    }

    pub(super) fn send_campaigns(&mut self, call: &Call) -> ApiResult {
        let body = &call.body;
        if let Some(response) = self
            .transactions
            .get(body["txnId"].as_str().unwrap_or_default())
        {
            return Ok(ApiResponse::Json(response.clone()));
        }
        let send = self.parse_send(body)?;
        let ids = call.parameters.get("campaignIds").and_then(Value::as_array);
        let ids = ids.into_iter().flatten().filter_map(Value::as_str);
        let campaigns = ids
            .map(|id| Ok((id, self.campaign(id)?)))
            .collect::<Result<Vec<_>, ApiError>>()?;
        let track = &body["trackConfig"];
        let identity = Identity::Known(send.user.to_owned());
        let update = Some(&track["updateUser"]).filter(|update| update.is_object());
        let no_profile = Object::new();
        let profile = match self.users.get(&identity) {
            Some(profile) => profile,
            None if update.is_some() => &no_profile,
            None => return Err(not_found(format!("User {} not found", send.user))),
        };
        let mut reached = Vec::new();
        let mut problems = Vec::new();
        for (id, channel) in campaigns {
            match address(channel, send.overrides, profile) {
                Ok(to) => reached.push((id, channel, to)),
                Err(why) => problems.push(format!("{id}: {why}")),
            }
        }
        if reached.is_empty() {
            return Err(ApiError::new(
                StatusCode::PRECONDITION_FAILED,
                problems.join("; "),
            ));
        }
        // By default the next campaign runs only if the previous one failed. A campaign that reaches the user succeeds.
        let runs = match call.text("mode") {
            "all" => reached.len(),
            _ => 1,
        };
        for (id, channel, to) in reached.into_iter().take(runs) {
            self.add_message(id, channel, to, &send);
        }
        if let Some(name) = track["eventName"].as_str() {
            let event =
                json!({ "userId": send.user, "eventName": name, "eventData": event_data(&send) });
            self.record_event(&event);
        }
        if let Some(update) = update {
            self.upsert(identity, update);
        }
        let response = json!({ "response": { "data": {
            "txnId": send.transaction, "userId": send.user, "ttl": send.ttl,
        } } });
        self.transactions.insert(send.transaction, response.clone());
        Ok(ApiResponse::Json(response))
    }
}

/// The address of a message, or why the user can't be reached.
fn address(
    channel: WebEngageChannel,
    overrides: &Value,
    profile: &Object,
) -> Result<Option<String>, String> {
    let (channel, field, hashed, opt_in, by_default) = match channel {
        WebEngageChannel::Email => ("e-mail", "email", "hashedEmail", "emailOptIn", true),
        WebEngageChannel::Sms => ("SMS", "phone", "hashedPhone", "smsOptIn", true),
        WebEngageChannel::Whatsapp => ("WhatsApp", "phone", "hashedPhone", "whatsappOptIn", false),
        WebEngageChannel::Push | WebEngageChannel::WebPush => return Ok(None),
    };
    let opted_in = profile.get(opt_in).and_then(Value::as_bool);
    if !opted_in.unwrap_or(by_default) {
        return Err(format!("the user has not opted in to {channel}"));
    }
    let given = overrides[field].as_str().unwrap_or_default();
    let addresses = [given, text(profile, field), text(profile, hashed)];
    let to = addresses.into_iter().find(|address| !address.is_empty());
    to.map(|to| Some(to.to_owned())).ok_or_else(|| {
        format!("the user can't be reached by {channel}: neither `overrideData` nor the profile has `{field}`")
    })
}

/// The data of a transaction's event: the tokens, flattened by one level, and the transaction.
fn event_data(send: &Send<'_>) -> Object {
    let mut data = Object::new();
    for (name, value) in to_object(&send.overrides["context"]["token"]) {
        match value {
            Value::Object(inner) => {
                let inner = inner.into_iter();
                data.extend(inner.map(|(field, value)| (format!("{name}.{field}"), value)));
            }
            value => {
                data.insert(name, value);
            }
        }
    }
    data.insert("txnId".into(), send.transaction.clone().into());
    data.insert("ttl".into(), send.ttl.into());
    for field in ["phone", "email"] {
        if let Some(address) = send.overrides.get(field) {
            data.insert(field.into(), address.clone());
        }
    }
    data
}
