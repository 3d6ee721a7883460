//! Properties of every response and every webhook delivery, for tests and for the fuzzer.

use std::sync::LazyLock;

use engagement_core::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use crate::mutation::{HIDDEN, HIDDEN_NUMBER, mutated};
use crate::{ResponseType, dense, providers};

/// A type of responses.
pub struct Case {
    /// Its name.
    pub name: &'static str,
    /// Decodes and encodes it.
    pub response: ResponseType,
    /// Documented responses.
    pub seeds: Vec<Value>,
}

/// Every type of response of every provider, once, with the examples of all operations that return it.
pub static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| {
    let mut cases: Vec<Case> = Vec::new();
    for provider in providers::ALL {
        let document = provider.document();
        for operation in &document.operations {
            let Some(response) = (provider.response)(&operation.id) else {
                continue;
            };
            let name = (response.name)();
            let seeds = dense::seeds(&document, operation);
            match cases.iter_mut().find(|case| case.name == name) {
                Some(case) => case.seeds.extend(seeds),
                None => cases.push(Case {
                    name,
                    response,
                    seeds,
                }),
            }
        }
    }
    cases
});

/// Chooses a type and a body by the bytes: either the rest of the bytes, or an example with changes.
#[must_use]
pub fn any_response(data: &[u8]) -> Option<(&'static Case, Vec<u8>)> {
    let [case, seed, rest @ ..] = data else {
        return None;
    };
    let case = &CASES[usize::from(*case) % CASES.len()];
    Some(match case.seeds.get(usize::from(seed / 2)) {
        Some(example) if seed % 2 == 1 => (case, mutated(example, rest)),
        _ => (case, rest.to_vec()),
    })
}

/// Decodes a body as a type: nothing panics, nothing is lost, and no error repeats a value.
///
/// # Panics
/// If the type violates this.
pub fn response(case: &Case, body: &[u8]) {
    let plain = (case.response.rewrite)(body);
    if let Err(error) = &plain {
        let repeats = [HIDDEN, HIDDEN_NUMBER].iter().any(|it| error.contains(it));
        assert!(!repeats, "{}: {error}", case.name);
    }
    let json = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    if let (Ok(written), Ok(read)) = (plain, serde_json::from_slice::<Value>(json)) {
        let mut lost = Vec::new();
        compare("", &read, &written, &mut lost);
        assert!(lost.is_empty(), "{}: {lost:?} of {read}", case.name);
    }
}

/// Fields, elements and strings must all be preserved. Numbers may lose precision.
fn compare(at: &str, read: &Value, written: &Value, lost: &mut Vec<String>) {
    match (read, written) {
        (Value::Object(read), Value::Object(written)) => {
            for (key, value) in read.iter().filter(|(_, value)| !value.is_null()) {
                let at = format!("{at}/{key}");
                match written.get(key) {
                    Some(written) => compare(&at, value, written, lost),
                    None => lost.push(at),
                }
            }
        }
        (Value::Array(read), Value::Array(written)) => {
            // `null` is left out of lists of other values.
            let whole = read.len() == written.len();
            let kept = |value: &&Value| whole || !value.is_null();
            let read: Vec<&Value> = read.iter().filter(kept).collect();
            if read.len() != written.len() {
                lost.push(at.to_owned());
            }
            for (index, (read, written)) in read.into_iter().zip(written).enumerate() {
                compare(&format!("{at}/{index}"), read, written, lost);
            }
        }
        (Value::Number(read), Value::Number(written)) if read.as_f64() == written.as_f64() => {}
        // Times may be strings.
        (Value::String(read), Value::Number(written)) if *read == written.to_string() => {}
        (read, written) if read == written => {}
        _ => lost.push(at.to_owned()),
    }
}

/// Parses bytes as a webhook delivery of every provider: the first line is the header or the query, the rest the body.
///
/// # Panics
/// If the parsed delivery differs from the bytes.
pub fn any_webhook(data: &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n');
    let (line, body) = data.split_at(end.map_or(0, |end| end + 1));

    let mut headers = HeaderMap::new();
    if let Ok(value) = HeaderValue::from_bytes(line.trim_ascii()) {
        for name in ["x-webhook-signature", "x-request-id"] {
            headers.append(HeaderName::from_static(name), value.clone());
        }
    }
    let json = serde_json::from_slice::<Value>(body);

    let delivery = engagespot_client::WebhookDelivery::parse(&headers, body.to_vec());
    assert_eq!(delivery.raw().as_ref(), body);
    match (delivery.body(), &json) {
        (engagespot_client::WebhookBody::Json(read), Ok(json)) => assert_eq!(read, json),
        (_, json) => assert!(json.is_err()),
    }

    let webhook = engagebay_client::Webhook::parse(body);
    assert_eq!(webhook.is_ok(), json.is_ok());
    if let (Ok(webhook), Ok(json)) = (&webhook, &json) {
        let event = json.get("event").and_then(Value::as_str);
        assert_eq!(webhook.event(), event);
    }

    let query = String::from_utf8_lossy(line.trim_ascii());
    let _ = webengage_client::Webhook::parse(&query, body);
    let _ = webengage_client::webhooks::request_id(&headers);
    // Random bytes are not the correct digest.
    let secret = webengage_client::WebhookSecret::new("license", "secret").unwrap();
    assert!(!secret.verify(&query));
}
