//! Transactional campaigns.

use std::time::{Duration, Instant};

use http::StatusCode;
use serde_json::{Value, json};

use super::State;
use super::users::Identity;
use crate::accounts::call::{Call, Outcome, Refused, Reply, bad, missing, refused};
use crate::accounts::values::{Row, int, members, now_seconds, text};
use crate::{WebEngageChannel, WebEngageMessage};

/// Seconds within which a message must go out.
const DEFAULT_TTL: i64 = 120;

/// A send to one user.
struct Send<'a> {
    transaction: String,
    user: &'a str,
    ttl: i64,
    overrides: &'a Value,
}

impl State {
    /// Registers a campaign; from the first one on, no other campaigns are known.
    pub(crate) fn add_campaign(&mut self, id: &str, channel: WebEngageChannel) {
        self.campaigns.insert(id.to_owned(), channel);
    }

    fn campaign(&self, id: &str) -> Result<WebEngageChannel, Refused> {
        if self.campaigns.is_empty() && !id.is_empty() {
            return Ok(WebEngageChannel::Push);
        }
        let found = self.campaigns.get(id).copied();
        found.ok_or_else(|| missing(format!("Campaign {id} not found")))
    }

    fn send<'a>(&mut self, body: &'a Value) -> Result<Send<'a>, Refused> {
        let ttl = int(&body["ttl"]).unwrap_or(DEFAULT_TTL);
        if ttl < 1 {
            return Err(bad("`ttl` must be 1 second or more"));
        }
        let given = body["txnId"].as_str().filter(|id| !id.is_empty());
        Ok(Send {
            transaction: given.map_or_else(|| self.transaction_id(), str::to_owned),
            user: body["userId"].as_str().unwrap_or_default(),
            ttl,
            overrides: &body["overrideData"],
        })
    }

    /// A UUID whose first bits are the time, and whose last ones are counted.
    fn transaction_id(&mut self) -> String {
        let milliseconds = now_seconds() * 1000;
        let number = self.next_transaction;
        self.next_transaction += 1;
        format!(
            "{:08x}-{:04x}-7000-8000-{number:012x}",
            milliseconds >> 16,
            milliseconds & 0xffff
        )
    }

    pub(super) fn send_one(&mut self, campaign: &str, body: &Value) -> Outcome {
        let now = Instant::now();
        let send = self.send(body)?;
        let channel = self.campaign(campaign)?;
        let profile = self
            .users
            .get(&Identity::Known(send.user.to_owned()))
            .ok_or_else(|| missing(format!("User {} not found", send.user)))?;
        let to = address(channel, send.overrides, profile)
            .map_err(|why| refused(StatusCode::PRECONDITION_FAILED, why))?;
        let span = int(&body["dedupe"]["ttl"]).and_then(|seconds| u64::try_from(seconds).ok());
        let key = json!([campaign, send.user, send.overrides]).to_string();
        if let (Some(_), Some(answer)) = (span, self.windows.get(&key, now)) {
            return Ok(Reply::Json(answer.clone()));
        }
        let answer = json!({ "response": { "data": {
            "txnId": send.transaction, "experimentId": campaign, "userId": send.user, "ttl": send.ttl,
        } } });
        if let Some(seconds) = span {
            let span = Duration::from_secs(seconds);
            self.windows.put(key, answer.clone(), now, span);
        }
        self.sent(campaign, channel, to, &send);
        Ok(Reply::Json(answer))
    }

    /// The messages, oldest first.
    pub(crate) fn sent_messages(&self) -> Vec<WebEngageMessage> {
        self.messages.clone()
    }

    fn sent(
        &mut self,
        campaign: &str,
        channel: WebEngageChannel,
        to: Option<String>,
        send: &Send<'_>,
    ) {
        self.messages.push(WebEngageMessage {
            transaction_id: send.transaction.clone(),
            campaign_id: campaign.to_owned(),
            channel,
            user_id: send.user.to_owned(),
            to,
            ttl: send.ttl,
            override_data: send.overrides.clone(),
        });
    }

    pub(super) fn send_several(&mut self, call: &Call) -> Outcome {
        let body = &call.body;
        if let Some(answer) = self
            .transactions
            .get(body["txnId"].as_str().unwrap_or_default())
        {
            return Ok(Reply::Json(answer.clone()));
        }
        let send = self.send(body)?;
        let ids = call.parameters.get("campaignIds").and_then(Value::as_array);
        let ids = ids.into_iter().flatten().filter_map(Value::as_str);
        let campaigns = ids
            .map(|id| Ok((id, self.campaign(id)?)))
            .collect::<Result<Vec<_>, Refused>>()?;
        let track = &body["trackConfig"];
        let identity = Identity::Known(send.user.to_owned());
        let update = Some(&track["updateUser"]).filter(|update| update.is_object());
        let fresh = Row::new();
        let profile = match self.users.get(&identity) {
            Some(profile) => profile,
            None if update.is_some() => &fresh,
            None => return Err(missing(format!("User {} not found", send.user))),
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
            return Err(refused(
                StatusCode::PRECONDITION_FAILED,
                problems.join("; "),
            ));
        }
        // The next campaign runs only when the one before failed, and one that goes out doesn't.
        let runs = match call.text("mode") {
            "all" => reached.len(),
            _ => 1,
        };
        for (id, channel, to) in reached.into_iter().take(runs) {
            self.sent(id, channel, to, &send);
        }
        if let Some(name) = track["eventName"].as_str() {
            let event =
                json!({ "userId": send.user, "eventName": name, "eventData": event_data(&send) });
            self.record(&event);
        }
        if let Some(update) = update {
            self.upsert(identity, update);
        }
        let answer = json!({ "response": { "data": {
            "txnId": send.transaction, "userId": send.user, "ttl": send.ttl,
        } } });
        self.transactions.insert(send.transaction, answer.clone());
        Ok(Reply::Json(answer))
    }
}

/// Where a message goes, or why it can't.
fn address(
    channel: WebEngageChannel,
    overrides: &Value,
    profile: &Row,
) -> Result<Option<String>, String> {
    let (channel, key, hashed, opt_in, by_default) = match channel {
        WebEngageChannel::Email => ("e-mail", "email", "hashedEmail", "emailOptIn", true),
        WebEngageChannel::Sms => ("SMS", "phone", "hashedPhone", "smsOptIn", true),
        WebEngageChannel::Whatsapp => ("WhatsApp", "phone", "hashedPhone", "whatsappOptIn", false),
        WebEngageChannel::Push | WebEngageChannel::WebPush => return Ok(None),
    };
    let opted_in = profile.get(opt_in).and_then(Value::as_bool);
    if !opted_in.unwrap_or(by_default) {
        return Err(format!("the user has not opted in to {channel}"));
    }
    let given = overrides[key].as_str().unwrap_or_default();
    let known = [given, text(profile, key), text(profile, hashed)];
    let to = known.into_iter().find(|address| !address.is_empty());
    to.map(|to| Some(to.to_owned())).ok_or_else(|| {
        format!("the user can't be reached by {channel}: neither `overrideData` nor the profile has `{key}`")
    })
}

/// What the event of a transaction carries: the tokens one level deep, and the transaction itself.
fn event_data(send: &Send<'_>) -> Row {
    let mut data = Row::new();
    for (name, value) in members(&send.overrides["context"]["token"]) {
        match value {
            Value::Object(inner) => {
                let inner = inner.into_iter();
                data.extend(inner.map(|(key, value)| (format!("{name}.{key}"), value)));
            }
            value => {
                data.insert(name, value);
            }
        }
    }
    data.insert("txnId".into(), send.transaction.clone().into());
    data.insert("ttl".into(), send.ttl.into());
    for key in ["phone", "email"] {
        if let Some(address) = send.overrides.get(key) {
            data.insert(key.into(), address.clone());
        }
    }
    data
}
