//! How much memory a webhook's body takes: anyone can post to its URL, and what signs a delivery is often part of the body.

use engagement_core::header::HeaderMap;
use engagement_tests::memory::{FIXED, PER_BYTE, PER_VALUE, peak};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// How many JSON values a body may hold.
const MAX_VALUES: usize = 50_000;
const MIB: usize = 1024 * 1024;

/// Parses a body; whether it is JSON within the limit.
type Parse = fn(&[u8]) -> bool;

const PARSERS: [(&str, Parse); 4] = [
    ("engagebay", |body| {
        engagebay_client::Webhook::parse(body).is_ok()
    }),
    ("webengage", |body| {
        webengage_client::Webhook::parse("eventType=FEEDBACK_SUBMIT", body).is_ok()
    }),
    ("webengage event", |body| {
        webengage_client::Webhook::parse("", body).is_ok()
    }),
    ("engagespot", |body| {
        let delivery = engagespot_client::WebhookDelivery::parse(&HeaderMap::new(), body.to_vec());
        delivery.json().is_some()
    }),
];

/// A JSON array in an object of an event, filled with one element.
fn body(element: &str, elements: usize) -> Vec<u8> {
    let list = vec![element; elements].join(",");
    let event = r#""event": "contact.created", "event_name": "x""#;
    format!(r#"{{{event}, "event_data": {{}}, "entity": {{}}, "list": [{list}]}}"#).into_bytes()
}

/// One test, because the allocator counts for all threads.
#[test]
fn the_number_of_values_limits_the_memory_of_a_webhook() {
    // Of the object, the two names, its two objects and the list.
    let others = 6;
    for element in ["0", "{}", "[]", r#"{"":0}"#, "null"] {
        let values = if element.len() > 4 { 2 } else { 1 };
        let most = (MAX_VALUES - others) / values;
        for (name, parse) in PARSERS {
            let large = body(element, 2 * MIB / (element.len() + 1));
            let mut is_json = true;
            let taken = peak(&MEMORY, || is_json = parse(&large));
            assert!(!is_json, "{name}: {element}");
            // Engagespot's delivery keeps the bytes, and the text of them.
            let kept = if name == "engagespot" {
                2 * large.len()
            } else {
                0
            };
            assert!(taken <= kept + FIXED, "{name}, {element}: {taken} bytes");

            let allowed = body(element, most);
            let taken = peak(&MEMORY, || is_json = parse(&allowed));
            assert!(is_json, "{name}: {element}");
            let limit = PER_VALUE * MAX_VALUES + PER_BYTE * allowed.len() + FIXED;
            assert!(taken <= limit, "{name}, {element}: {taken} bytes");
            let one_more = body(element, most + 1);
            assert!(!parse(&one_more), "{name}: {element}");
        }
    }
}
