//! People's data appears nowhere but on the wire and in the values themselves: a canary of an e-mail address stands
//! wherever one can, for every type and every operation of every client.

mod support;

use std::error::Error as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::str::FromStr as _;

use engagement_core::Error;
use engagement_document::{Document, Operation};
use engagement_tests::canary::{self, EMAIL};
use engagement_tests::{Outcome, RoundTrip, instance, providers, variants};
use serde::Deserialize as _;
use serde_json::{Value, json};

use support::echo::{Echo, Reply};
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

/// Every named type, with all its fields, as it comes in and in every other shape that the document knows.
#[test]
fn no_type_prints_personal_data() {
    let mut planted = 0;
    for provider in providers::ALL {
        let document = provider.document();
        let schemas = &document.schemas;
        for name in schemas.names() {
            let schema = schemas.get(name).unwrap();
            let whole = instance(schemas, schema);
            let shapes = variants(schemas, schema, &whole)
                .into_iter()
                .filter(|variant| variant.what == "whole" || variant.what.starts_with("shape"));
            for shape in shapes {
                let value = canary::planted(schemas, schema, shape.value);
                let what = format!("{}'s {name}, {}", provider.name, shape.what);
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
    assert!(planted > 350, "the canary stood in {planted} values only");
}

/// Types that no document describes, and the errors when they cannot be decoded.
#[test]
fn no_hand_written_type_prints_personal_data() {
    use engagement_core::header::HeaderMap;

    let text = json!({ "email": EMAIL, EMAIL: EMAIL, "list": [{ "id": "1", "mail": EMAIL }] });
    let text = text.to_string();
    let address = engagebay_client::Address::new().city(EMAIL).zip(EMAIL);
    let contact = engagebay_client::types::Contact::deserialize(
        json!({ "id": 1, "properties": [{ "name": "email", "value": EMAIL }] }),
    );
    let contact = contact.unwrap();
    let sms = engagement_tests::canary::EMAIL.to_owned();
    let reply = webengage_client::outbound::SmsReply::rejected(1, sms);
    let list = serde_json::from_str(&text).unwrap();
    let headers = HeaderMap::new();
    for (what, shown) in [
        ("Address", format!("{address:?} {address:#?}")),
        (
            "Entry",
            format!("{:?}", engagebay_client::Properties::emails(&contact)),
        ),
        (
            "EngageBay's Webhook",
            format!("{:?}", engagebay_client::Webhook::parse(text.as_bytes())),
        ),
        (
            "DataSourceInfo",
            format!(
                "{:?}",
                engageone_client::data_sources::DataSources::read(&list)
            ),
        ),
        (
            "SendReceipt",
            format!("{:?}", engageone_client::SendReceipt::read(&text)),
        ),
        (
            "WebhookDelivery",
            format!(
                "{:?}",
                engagespot_client::WebhookDelivery::parse(&headers, text.clone())
            ),
        ),
        (
            "WebhookDelivery, text",
            format!(
                "{:?}",
                engagespot_client::WebhookDelivery::parse(&headers, EMAIL)
            ),
        ),
        (
            "WebEngage's Webhook",
            format!(
                "{:?}",
                webengage_client::Webhook::parse("", text.as_bytes())
            ),
        ),
        (
            "Webhook, XML",
            format!(
                "{:?}",
                webengage_client::Webhook::parse(
                    "eventType=FEEDBACK_SUBMIT",
                    format!("<a>{EMAIL}</a>").as_bytes()
                )
            ),
        ),
        ("SmsReply", format!("{reply:?}")),
    ] {
        assert_clean(what, &shown);
    }

    let user = [("lists", json!(EMAIL))];
    let sms = json!({ "version": "1.0", "smsData": EMAIL, "metadata": {} }).to_string();
    let time = engagebay_client::DateFormat::from_str("DD/MM/YYYY").unwrap();
    for (what, reported) in [
        (
            "NewUser",
            engage_client::types::NewUser::from_attributes("u1", user)
                .unwrap_err()
                .to_string(),
        ),
        (
            "Address",
            engagebay_client::Address::from_json(
                &json!({ "city": [EMAIL], "zip": EMAIL }).to_string(),
            )
            .unwrap_err()
            .to_string(),
        ),
        ("DateFormat", time.parse(EMAIL).unwrap_err().to_string()),
        (
            "Attributes",
            engagement_core::Attributes::from_serialize(EMAIL)
                .unwrap_err()
                .to_string(),
        ),
        (
            "ProfileAttributes",
            serde_json::to_value(engagespot_client::types::ProfileAttributes::from(json!(
                EMAIL
            )))
            .unwrap_err()
            .to_string(),
        ),
        (
            "OutboundMessage",
            webengage_client::OutboundMessage::parse(
                webengage_client::Channel::Sms,
                sms.as_bytes(),
            )
            .unwrap_err()
            .to_string(),
        ),
        (
            "Timestamp",
            webengage_client::Timestamp::from_str(EMAIL)
                .unwrap_err()
                .to_string(),
        ),
    ] {
        assert_clean(what, &reported);
        assert!(!reported.is_empty());
    }
}

/// Ids that may be an e-mail address print as little as fields that are.
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

/// Calls print no value at all.
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

/// What a text or free-form value is for, is settled by a mark; this is what has none. A property that can hold personal
/// data must not appear here.
#[test]
fn properties_without_a_mark() {
    for provider in providers::ALL {
        let document = provider.document();
        let schemas = &document.schemas;
        let mut unmarked = String::new();
        for name in schemas.names() {
            for (property, schema) in schemas.properties(schemas.get(name).unwrap()) {
                let of = schemas.resolve(schema);
                let words = of.get("enum").or_else(|| of.get("x-extensible-enum"));
                let prints = matches!(
                    of["type"].as_str(),
                    None | Some("string" | "array" | "object")
                );
                let secret = of["format"] == "password";
                let object = !schemas.properties(of).is_empty();
                let items = schemas.resolve(&of["items"]);
                let objects = !schemas.properties(items).is_empty() || items["type"] == "integer";
                if prints
                    && words.is_none()
                    && !(secret || object || objects)
                    && !schemas.is_personal(schema)
                {
                    unmarked.push_str(&format!("{name}.{property}\n"));
                }
            }
        }
        insta::assert_snapshot!(format!("unmarked_{}", provider.name), unmarked);
    }
}

#[tokio::test]
async fn every_operation_of_engage() {
    let echo = Echo::start();
    let client = engage_client::Client::builder("key", "secret").retry(support::once());
    let client = support::everywhere(client, engage_client::PROVIDER.servers, &echo);
    let client = client.build().unwrap();
    every_operation("engage", &echo, async |id, arguments| {
        engagement_tests::generated::engage::call(&client, id, arguments).await
    })
    .await;
}

#[tokio::test]
async fn every_operation_of_engagebay() {
    let echo = Echo::start();
    let client = engagebay_client::Client::builder("key-of-the-account").retry(support::once());
    let client = support::everywhere(client, engagebay_client::PROVIDER.servers, &echo);
    let client = client.build().unwrap();
    every_operation("engagebay", &echo, async |id, arguments| {
        engagement_tests::generated::engagebay::call(&client, id, arguments).await
    })
    .await;
}

#[tokio::test]
async fn every_operation_of_engageone() {
    let echo = Echo::start();
    let client = engageone_client::Client::builder_with_token("customer", "token-of-a-login")
        .retry(support::once());
    let client = support::everywhere(client, engageone_client::PROVIDER.servers, &echo);
    let client = client.build().unwrap();
    every_operation("engageone", &echo, async |id, arguments| {
        engagement_tests::generated::engageone::call(&client, id, arguments).await
    })
    .await;
}

#[tokio::test]
async fn every_operation_of_engagespot() {
    let echo = Echo::start();
    let client = engagespot_client::Client::builder("key", "secret")
        .credential("userId", engagement_core::Credential::header(EMAIL))
        .retry(support::once());
    let client = support::everywhere(client, engagespot_client::PROVIDER.servers, &echo);
    assert_clean("the builder", &format!("{client:?} {client:#?}"));
    let client = client.build().unwrap();
    assert_clean("the client", &format!("{client:?} {client:#?}"));
    every_operation("engagespot", &echo, async |id, arguments| {
        engagement_tests::generated::engagespot::call(&client, id, arguments).await
    })
    .await;
}

#[tokio::test]
async fn every_operation_of_webengage() {
    let echo = Echo::start();
    let token = engagement_core::Credential::bearer("token-of-the-provider");
    let client = webengage_client::Client::builder("license", "key")
        .rate_limits(webengage_client::RateLimits::unlimited())
        .credential("dsnToken", token)
        .retry(support::once());
    let client = support::everywhere(client, webengage_client::PROVIDER.servers, &echo);
    let client = client.build().unwrap();
    every_operation("webengage", &echo, async |id, arguments| {
        engagement_tests::generated::webengage::call(&client, id, arguments).await
    })
    .await;
}

async fn every_operation(
    name: &str,
    echo: &Echo,
    call: impl AsyncFn(&str, &mut engagement_tests::Arguments) -> Outcome,
) {
    let log = Log::default();
    let _guard = log.record();
    let document = providers::find(name).unwrap().document();
    let (mut on_the_wire, mut failures) = (0, 0);
    for operation in &document.operations {
        let mut last = None;
        for reply in replies(&document, operation) {
            let what = format!("{}, responded with {}", operation.id, reply.status);
            echo.respond_with(reply);
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
            on_the_wire += usize::from(canary::found_in(&echo.request()).is_some());
        }
        // What a program prints that didn't expect the failure.
        let unwrapped = catch_unwind(AssertUnwindSafe(|| last.map_or(Ok(()), Err).unwrap()));
        let reported = unwrapped.unwrap_err().downcast::<String>().unwrap();
        assert_clean("the panic", &reported);
    }
    let operations = document.operations.len();
    assert!(failures >= operations * 5, "{failures} failures");
    assert!(
        on_the_wire >= operations,
        "the canary was sent {on_the_wire} times"
    );
    let traced = log.text();
    assert!(traced.contains(&document.operations[0].id), "{traced}");
    assert_clean("tracing", &traced);
}

/// A response that fits, one that doesn't, and refusals of every kind, all of which repeat the canary.
fn replies(document: &Document, operation: &Operation) -> Vec<Reply> {
    let echoes = canary::echoes().join(" or ");
    let refusals = document.error_message.iter().map(|pointer| {
        let words = json!(format!("there is no {echoes}"));
        let keys = pointer.split('/').skip(1).collect::<Vec<_>>();
        let refusal = keys.iter().rev().fold(words, |inner, key| match *key {
            "0" => json!([inner]),
            key => json!({ key: inner }),
        });
        Reply::json("400 Bad Request", &refusal)
    });
    let response = operation.responses.first();
    let fitting = response.and_then(|response| {
        let schema = response.schema.as_ref()?;
        Some(canary::planted(
            &document.schemas,
            schema,
            response.example.clone()?,
        ))
    });
    let odd = json!({ EMAIL: [{ EMAIL: EMAIL }], "response": EMAIL, "id": EMAIL, "data": EMAIL });
    let page = format!(
        "<html><title>No {}</title></html>",
        EMAIL.replace('@', "&#64;")
    );
    let others = [
        Reply::json("200 OK", &fitting.unwrap_or_default()),
        Reply::json("200 OK", &Value::from(vec![json!([odd])])),
        Reply::json("200 OK", &odd),
        Reply::json("404 Not Found", &json!(format!("no {echoes}"))),
        Reply::text("409 Conflict", format!("no {}", canary::echoes()[0])),
        Reply::text(
            "422 Unprocessable",
            canary::echoes().last().unwrap().clone(),
        ),
        Reply::text("500 Internal Server Error", page),
        Reply::text("302 Found", String::new()),
        Reply::text("", String::new()),
    ];
    refusals.chain(others).collect()
}
