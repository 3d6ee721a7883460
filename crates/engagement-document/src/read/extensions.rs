//! Extensions that are a few fields each.

use serde_json::Value;

use super::Reader;
use crate::json::{step, strings, text};
use crate::model::{
    ConflictMessage, ErrorInSuccess, Evidence, ExampleException, IdempotencyKey, RateLimit, Webhook,
};

impl Reader<'_> {
    pub(super) fn evidence(&mut self, raw: &Value, pointer: &str) -> Evidence {
        let evidence = raw.get("x-evidence").unwrap_or(&Value::Null);
        self.evidence_of(evidence, &step(pointer, "x-evidence"))
    }

    pub(super) fn evidence_of(&mut self, evidence: &Value, at: &str) -> Evidence {
        let level = self.need(evidence, at, "level", "say how well it is known");
        if !level.is_empty()
            && !["docs", "sdk", "third-party", "inferred"].contains(&level.as_str())
        {
            self.problem(
                at,
                format!("unknown level `{level}`: use docs, sdk, third-party or inferred"),
            );
        }
        let source = self.need(evidence, at, "source", "say where it is known from");
        let note = Some(text(evidence.get("note"))).filter(|note| !note.is_empty());
        Evidence {
            level,
            source,
            note,
        }
    }

    pub(super) fn envelope(&mut self, raw: &Value, pointer: &str) -> Vec<String> {
        let Some(value) = raw.get("x-envelope") else {
            return Vec::new();
        };
        let path = text(Some(value));
        let keys: Vec<String> = path.split('/').skip(1).map(str::to_owned).collect();
        if !path.starts_with('/') || keys.iter().any(String::is_empty) {
            self.problem(
                &step(pointer, "x-envelope"),
                "write a JSON pointer to the part that callers get, such as `/response/data`",
            );
        }
        keys
    }

    pub(super) fn conflict_message(&mut self) -> Option<ConflictMessage> {
        let value = self.raw.get("x-conflict-message")?;
        let at = "/x-conflict-message";
        let texts = strings(value.get("texts"));
        if texts.is_empty() || texts.iter().any(|text| *text != text.to_lowercase()) {
            self.problem(at, "`texts` lists texts of the message, in lower case");
        }
        let evidence = self.evidence(value, at);
        Some(ConflictMessage { texts, evidence })
    }

    pub(super) fn error_in_success(&mut self) -> Option<ErrorInSuccess> {
        let value = self.raw.get("x-error-in-success")?;
        let at = "/x-error-in-success";
        let pointer = self.need(value, at, "pointer", "name the place of the value");
        let path: Vec<String> = pointer.split('/').skip(1).map(str::to_owned).collect();
        let usable = path.iter().all(|key| !key.is_empty() && !key.contains('~'));
        if !pointer.is_empty() && (path.is_empty() || !usable) {
            self.problem(
                at,
                "write a JSON pointer to a field, such as `/response/status`",
            );
        }
        let failure = self.need(value, at, "value", "say which value means a failure");
        let evidence = self.evidence(value, at);
        Some(ErrorInSuccess {
            path,
            value: failure,
            evidence,
        })
    }

    pub(super) fn rate_limit(&mut self, raw: &Value, pointer: &str) -> Option<RateLimit> {
        let value = raw.get("x-rate-limit")?;
        let at = step(pointer, "x-rate-limit");
        let requests = value.get("requests").and_then(Value::as_u64);
        let requests = requests.and_then(|number| u32::try_from(number).ok());
        let seconds = match text(value.get("per")).as_str() {
            "second" => 1,
            "minute" => 60,
            "hour" => 60 * 60,
            "day" => 24 * 60 * 60,
            _ => 0,
        };
        if requests.is_none_or(|number| number == 0) || seconds == 0 {
            self.problem(
                &at,
                "write `{requests: N, per: second | minute | hour | day}`",
            );
        }
        Some(RateLimit {
            requests: requests.unwrap_or_default(),
            seconds,
            shared: text(value.get("shared")),
            note: text(value.get("note")),
        })
    }

    pub(super) fn idempotency_key(&mut self, raw: &Value, pointer: &str) -> Option<IdempotencyKey> {
        let value = raw.get("x-idempotency-key")?;
        let at = step(pointer, "x-idempotency-key");
        let header = self.need(value, &at, "header", "name the header that carries the key");
        let evidence = value.get("x-evidence");
        let evidence = evidence.map(|mark| self.evidence_of(mark, &step(&at, "x-evidence")));
        Some(IdempotencyKey { header, evidence })
    }
}

pub(super) fn statuses(value: Option<&Value>) -> Vec<u16> {
    let items = value.and_then(Value::as_array).into_iter().flatten();
    items
        .filter_map(Value::as_u64)
        .filter_map(|status| u16::try_from(status).ok())
        .collect()
}

pub(super) fn example_exceptions(value: Option<&Value>) -> Vec<ExampleException> {
    let items = value.and_then(Value::as_array).into_iter().flatten();
    items
        .map(|item| ExampleException {
            operation: text(item.get("operation")),
            failure: text(item.get("failure")),
            reason: text(item.get("reason")),
        })
        .collect()
}

pub(super) fn webhooks(value: Option<&Value>) -> Vec<Webhook> {
    let items = value.and_then(Value::as_object).into_iter().flatten();
    let webhook = |(name, value): (&String, &Value)| Webhook {
        name: name.clone(),
        summary: text(value.get("summary")),
        schema: value.get("schema").cloned().unwrap_or_default(),
    };
    items.map(webhook).collect()
}
