//! Personal data appears in requests and in the values only. The tests insert an e-mail address as a canary into every type
//! and every operation of every client.

mod support;

use std::error::Error as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::str::FromStr as _;

use engagement_core::observe::{CallAttributes, Event, Observer};
use engagement_core::{Error, RetryPolicy};
use engagement_document::{Document, Operation};
use engagement_faults::{ConnectionEnd, CutPoint, Fault, Response};
use engagement_tests::canary::{self, EMAIL};
use engagement_tests::{Outcome, RoundTrip, caller, instance, providers, variants};
use serde::Deserialize as _;
use serde_json::{Value, json};

use support::Responder;
use support::log::Log;

fn assert_clean(what: &str, text: &str) {
    if let Some(form) = canary::found_in(text) {
        panic!("{what} shows the canary as `{form}`:\n{text}");
    }
}

fn assert_error_is_clean(what: &str, error: &Error) {
    assert_clean(what, &format!("{error} {error:#} {error:?} {error:#?}"));
    assert_clean(what, error.message().unwrap_or_default());
    assert_clean(what, error.request_id().unwrap_or_default());
    let mut source = error.source();
    while let Some(cause) = source {
        assert_clean(what, &format!("{cause} {cause:?} {cause:#?}"));
        source = cause.source();
    }
}

/// Every named type with all its fields, and with each variant of its unions.
#[test]
fn no_type_prints_personal_data() {
    let mut planted = 0;
    for provider in providers::ALL {
        let document = provider.document();
        let schemas = &document.schemas;
        for name in schemas.names() {
            let schema = schemas.get(name).unwrap();
            let full = instance(schemas, schema);
            for variant in variants(schemas, schema, &full) {
                if variant.what != "unchanged" && !variant.what.starts_with("variant ") {
                    continue;
                }
                let value = canary::planted(schemas, schema, variant.value);
                let what = format!("{}'s {name}, {}", provider.name, variant.what);
                match (provider.schema)(name, value.clone()) {
                    RoundTrip::Written(written, shown) => {
                        assert_clean(&what, &shown);
                        planted += usize::from(written.to_string().contains("canary"));
                    }
                    RoundTrip::Untyped => {}
                    RoundTrip::Failed(error) => panic!("{what}: {error}\n{value}"),
                }
            }
        }
    }
    assert!(planted > 350, "only {planted} values with the canary");
}

/// Types that no document describes, and the errors of decoding them.
#[test]
fn no_hand_written_type_prints_personal_data() {
    use engagement_core::header::HeaderMap;

    let text = json!({ "email": EMAIL, EMAIL: EMAIL, "list": [{ "id": "1", "mail": EMAIL }] });
    let text = text.to_string();
    let address = engagebay_client::Address::new().city(EMAIL).zip(EMAIL);
    let contact = json!({ "id": 1, "properties": [{ "name": "email", "value": EMAIL }] });
    let contact = engagebay_client::types::Contact::deserialize(contact).unwrap();
    let emails = engagebay_client::Properties::emails(&contact);
    let reply = webengage_client::outbound::SmsReply::rejected(1, EMAIL.to_owned());
    let list = serde_json::from_str(&text).unwrap();
    let list = engageone_client::data_sources::DataSources::read(&list);
    let xml = format!("<a>{EMAIL}</a>");
    let delivery =
        |body: &str| engagespot_client::WebhookDelivery::parse(&HeaderMap::new(), body.to_owned());
    let webengage =
        |query: &str, body: &str| webengage_client::Webhook::parse(query, body.as_bytes());
    let engagebay = engagebay_client::Webhook::parse(text.as_bytes());
    for (what, shown) in [
        ("Address", format!("{address:?} {address:#?}")),
        ("Entry", format!("{emails:?}")),
        ("EngageBay's Webhook", format!("{engagebay:?}")),
        ("DataSourceInfo", format!("{list:?}")),
        (
            "SendReceipt",
            format!("{:?}", engageone_client::SendReceipt::read(&text)),
        ),
        ("WebhookDelivery", format!("{:?}", delivery(&text))),
        ("WebhookDelivery, text", format!("{:?}", delivery(EMAIL))),
        ("WebEngage's Webhook", format!("{:?}", webengage("", &text))),
        (
            "Webhook, XML",
            format!("{:?}", webengage("eventType=FEEDBACK_SUBMIT", &xml)),
        ),
        ("SmsReply", format!("{reply:?}")),
    ] {
        assert_clean(what, &shown);
    }

    let user = [("lists", json!(EMAIL))];
    let user = engage_client::types::NewUser::from_attributes("u1", user);
    let address = json!({ "city": [EMAIL], "zip": EMAIL }).to_string();
    let address = engagebay_client::Address::from_json(&address);
    let format = engagebay_client::DateFormat::from_str("DD/MM/YYYY").unwrap();
    let attributes = engagement_core::Attributes::from_serialize(EMAIL);
    let profile = engagespot_client::types::ProfileAttributes::from(json!(EMAIL));
    let sms = json!({ "version": "1.0", "smsData": EMAIL, "metadata": {} }).to_string();
    let sms =
        webengage_client::OutboundMessage::parse(webengage_client::Channel::Sms, sms.as_bytes());
    let time = webengage_client::Timestamp::from_str(EMAIL);
    for (what, error) in [
        ("NewUser", user.unwrap_err().to_string()),
        ("Address", address.unwrap_err().to_string()),
        ("DateFormat", format.parse(EMAIL).unwrap_err().to_string()),
        ("Attributes", attributes.unwrap_err().to_string()),
        (
            "ProfileAttributes",
            serde_json::to_value(profile).unwrap_err().to_string(),
        ),
        ("OutboundMessage", sms.unwrap_err().to_string()),
        ("Timestamp", time.unwrap_err().to_string()),
    ] {
        assert_clean(what, &error);
        assert!(!error.is_empty(), "{what}");
    }
}

/// Ids that can be an e-mail address are redacted.
#[test]
fn personal_ids_are_not_printed() {
    let shown = [
        format!("{:?}", engage_client::ids::UserId::from(EMAIL)),
        format!("{:?}", engagespot_client::ids::UserId::from(EMAIL)),
        format!("{:?}", webengage_client::ids::UserId::from(EMAIL)),
        format!("{:?}", webengage_client::ids::AnonymousUserId::from(EMAIL)),
    ];
    assert_eq!(
        shown,
        [
            "UserId(Redacted)",
            "UserId(Redacted)",
            "UserId(Redacted)",
            "AnonymousUserId(Redacted)"
        ]
    );
}

/// Calls print no value.
#[test]
fn no_call_prints_personal_data() {
    let engage = engage_client::Client::builder("key", "secret")
        .base_url("http://127.0.0.1:9")
        .build()
        .unwrap();
    let engagebay = engagebay_client::Client::builder("key")
        .base_url("http://127.0.0.1:9")
        .build()
        .unwrap();
    let engage_call = engage
        .users()
        .create(engage_client::types::NewUser::new(EMAIL).email(EMAIL));
    let mut list = engage.users().list();
    list.email = Some(EMAIL.to_owned());
    let engagebay_call = engagebay.contacts().get_by_email(EMAIL);
    let shown = format!(
        "{engage_call:?} {list:?} {engagebay_call:?} {:?}",
        engagebay_call.clone().send()
    );
    assert_eq!(
        shown,
        "Create { .. } List { .. } GetByEmail { .. } CallFuture { .. }"
    );
}

/// Lists the properties of text or any JSON that have no `x-personal`. A property that can contain personal data must not be
/// in the snapshots.
#[test]
fn properties_without_a_mark() {
    for provider in providers::ALL {
        let document = provider.document();
        let schemas = &document.schemas;
        let mut unmarked = String::new();
        for name in schemas.names() {
            for (property, schema) in schemas.properties(schemas.get(name).unwrap()) {
                let of = schemas.resolve(schema);
                let is_enum = of.get("enum").or(of.get("x-extensible-enum")).is_some();
                let prints = matches!(
                    of["type"].as_str(),
                    None | Some("string" | "array" | "object")
                );
                let secret = of["format"] == "password";
                let object = !schemas.properties(of).is_empty();
                let items = schemas.resolve(&of["items"]);
                let objects = !schemas.properties(items).is_empty() || items["type"] == "integer";
                let exempt = is_enum || secret || object || objects;
                if prints && !exempt && !schemas.is_personal(schema) {
                    unmarked.push_str(&format!("{name}.{property}\n"));
                }
            }
        }
        insta::assert_snapshot!(format!("unmarked_{}", provider.name), unmarked);
    }
}

#[tokio::test]
async fn no_operation_prints_personal_data() {
    for provider in providers::ALL {
        every_operation(provider).await;
    }
}

#[test]
fn no_personal_credential_is_printed() {
    let builder = engagespot_client::Client::builder("key", "secret")
        .base_url("http://127.0.0.1:9")
        .credential("userId", engagement_core::Credential::header(EMAIL));
    assert_clean("the builder", &format!("{builder:?} {builder:#?}"));
    let client = builder.build().unwrap();
    assert_clean("the client", &format!("{client:?} {client:#?}"));
}

struct Unobserved;

impl Observer for Unobserved {
    fn event(&self, _: &CallAttributes<'_>, _: &Event<'_>) {}
}

async fn every_operation(provider: &providers::Provider) {
    let server = Responder::start().await;
    let log = Log::default();
    let _guard = log.record();
    let document = provider.document();
    let retry = RetryPolicy::none();
    let call = caller(provider.name, &server.url(), retry, Unobserved);
    let (mut on_the_wire, mut failures) = (0, 0);
    for operation in &document.operations {
        let mut last = None;
        for (status, response) in responses(&document, operation) {
            let what = format!("{}, response {status}", operation.id);
            server.set(response);
            let mut arguments = canary::arguments(&document.schemas, operation);
            match call(&operation.id, &mut arguments).await {
                Outcome::Failed(error) => {
                    assert!(error.was_sent(), "{what}: {error}");
                    assert_error_is_clean(&what, &error);
                    failures += 1;
                    last = Some(error);
                }
                Outcome::Response(..) => {}
                Outcome::Unknown | Outcome::Missing(_) => panic!("{what}: not called"),
            }
            let request = server.requests().pop().unwrap();
            on_the_wire += usize::from(canary::found_in(&request.text()).is_some());
        }
        // The message of a panic because of an unexpected failure.
        let unwrapped = catch_unwind(AssertUnwindSafe(|| last.map_or(Ok(()), Err).unwrap()));
        let message = unwrapped.unwrap_err().downcast::<String>().unwrap();
        assert_clean("the panic", &message);
    }
    let operations = document.operations.len();
    let name = provider.name;
    assert!(failures >= operations * 5, "{name}: {failures} failures");
    assert!(
        on_the_wire >= operations,
        "{name}: {on_the_wire} requests with the canary"
    );
    let traced = log.text();
    assert!(traced.contains(&document.operations[0].id), "{traced}");
    assert_clean("tracing", &traced);
}

/// A documented response, undocumented ones, and every kind of failure. All contain the canary.
fn responses(document: &Document, operation: &Operation) -> Vec<(&'static str, Response)> {
    let response = |status: &'static str, content_type: &str, body: String| {
        let echo = canary::echoes().remove(1);
        let response = Response::new(status)
            .header("content-type", content_type)
            .header("x-request-id", EMAIL)
            .header("x-user", EMAIL)
            .header("location", format!("/users/{echo}?user={echo}"));
        (status, response.body(body))
    };
    let json = |status, body: &Value| response(status, "application/json", body.to_string());
    let text = |status, body: String| response(status, "text/plain", body);

    let echoes = canary::echoes().join(" or ");
    let refusals = document.error_message.iter().map(|pointer| {
        let keys = pointer.split('/').skip(1).collect::<Vec<_>>();
        let message = json!(format!("there is no {echoes}"));
        let refusal = keys.iter().rev().fold(message, |inner, key| match *key {
            "0" => json!([inner]),
            key => json!({ key: inner }),
        });
        json("400 Bad Request", &refusal)
    });
    let documented = operation.responses.first().and_then(|response| {
        let (schema, example) = (response.schema.as_ref()?, response.example.clone()?);
        Some(canary::planted(&document.schemas, schema, example))
    });
    let unexpected =
        json!({ EMAIL: [{ EMAIL: EMAIL }], "response": EMAIL, "id": EMAIL, "data": EMAIL });
    let html = EMAIL.replace('@', "&#64;");
    let page = format!("<html><title>No {html}</title></html>");
    let [first, last] = [canary::echoes().remove(0), canary::echoes().pop().unwrap()];
    let closed = Fault::Cut {
        at: CutPoint::Start,
        end: ConnectionEnd::Close,
    };
    let others = [
        json("200 OK", &documented.unwrap_or_default()),
        json("200 OK", &json!([[unexpected]])),
        json("200 OK", &unexpected),
        json("404 Not Found", &json!(format!("no {echoes}"))),
        text("409 Conflict", format!("no {first}")),
        text("422 Unprocessable", last),
        text("500 Internal Server Error", page),
        text("302 Found", String::new()),
        ("missing", Response::new("200 OK").fault(closed)),
    ];
    refusals.chain(others).collect()
}
