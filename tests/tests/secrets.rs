//! Credentials appear in requests only: not in `Debug`, `Display`, sources of errors or traces, even if the provider returns
//! them.

mod support;

use std::error::Error as _;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::prelude::{BASE64_STANDARD as BASE64, Engine as _};
use engagement_core::{Error, SchemeKind};
use engagement_faults::{FaultServer, Request, Response};
use engagement_tests::{Arguments, Outcome, caller_with, providers};
use support::log::Log;

const CANARY: &str = "canary-7f3a\"9%/é";

/// The credential in a request, if it contains the canary. That of a login is its body.
fn credential(request: &Request) -> String {
    let schemes = providers::ALL.iter().flat_map(|it| it.definition.schemes);
    let names = schemes.map(|scheme| match scheme.kind {
        SchemeKind::Header(name) => name,
        _ => "authorization",
    });
    let headers = names.filter_map(|name| request.header(name));
    let body = String::from_utf8_lossy(request.body()).into_owned();
    let mut texts = headers.map(str::to_owned).chain([body]);
    let found = texts.find(|text| text.contains("canary") || text.starts_with("Basic "));
    found.unwrap_or_default()
}

/// A provider that returns the credential in each response. Four responses repeat.
async fn echoing_provider() -> FaultServer {
    let count = AtomicUsize::new(0);
    let respond = move |request: &Request| {
        let credential = credential(request);
        let basic = credential.strip_prefix("Basic ");
        let decoded = basic.and_then(|text| BASE64.decode(text).ok());
        let decoded = String::from_utf8(decoded.unwrap_or_default()).unwrap();
        let encoded = BASE64.encode(&credential);
        let (escaped, lower) = (percent(&credential), percent(&decoded).to_lowercase());
        let message = format!("bad credential {credential} {decoded} {encoded} {escaped} {lower}");
        let json = serde_json::json!({ "error": message, "status": "401" }).to_string();
        let (status, body) = match count.fetch_add(1, Ordering::Relaxed) % 4 {
            0 => ("401 Unauthorized", json),
            1 => ("200 OK", json),
            2 => (
                "500 Internal Server Error",
                format!("<html><title>{credential}</title></html>"),
            ),
            _ => ("302 Found", credential),
        };
        Response::new(status)
            .header("location", format!("/login?key={escaped}"))
            .header("x-echo", escaped)
            .header("connection", "close")
            .body(body)
    };
    FaultServer::start(respond).await.unwrap()
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Every encoding of the canary.
fn forms() -> Vec<String> {
    let json = serde_json::to_string(CANARY).unwrap();
    let mut forms = vec![
        CANARY.to_owned(),
        "canary-7f3a".to_owned(),
        percent(CANARY),
        percent(CANARY).to_lowercase(),
        json.trim_matches('"').to_owned(),
    ];
    // The user name and the password of Basic, at each of the three offsets of base64.
    for lead in ["", "a", "ab"] {
        let text = BASE64.encode(format!("{lead}{CANARY}"));
        forms.push(text[4..text.len() - 8].to_owned());
    }
    forms
}

fn assert_clean(what: &str, text: &str) {
    for form in forms() {
        assert!(
            !text.contains(&form),
            "{what} contains the credential as `{form}`:\n{text}"
        );
    }
}

fn assert_error_is_clean(what: &str, error: &Error) {
    assert_clean(&format!("{what}: Display"), &format!("{error} {error:#}"));
    assert_clean(&format!("{what}: Debug"), &format!("{error:?} {error:#?}"));
    let mut source = error.source();
    while let Some(cause) = source {
        assert_clean(&format!("{what}: source"), &format!("{cause} {cause:?}"));
        source = cause.source();
    }
}

#[tokio::test]
async fn credentials_are_never_printed() {
    let log = Log::default();
    let _guard = log.record();
    let server = echoing_provider().await;
    let base = |name: &str| format!("{}/{name}", server.url());

    // A key in a header must be visible ASCII.
    let key = "canary-7f3a-of-a-bare-key";
    let bay = engagebay_client::Client::builder(key);
    assert_clean("EngageBay's builder", &format!("{bay:?} {bay:#?}"));
    let bay = bay.base_url(base("bay")).build().unwrap();
    let full = engage_client::Client::builder(CANARY, CANARY);
    assert_clean("Engage's builder", &format!("{full:?} {full:#?}"));
    let full = full.base_url(base("full")).build().unwrap();
    let user_only = engage_client::Client::builder_with_key(CANARY)
        .base_url(base("key"))
        .build()
        .unwrap();
    let password_only = engage_client::Client::builder("user", CANARY)
        .base_url(base("password"))
        .build()
        .unwrap();
    let spot = engagespot_client::Client::builder(key, key)
        .base_url(base("spot"))
        .build()
        .unwrap();
    let spot_user = engagespot_client::Client::builder_with_token(key)
        .base_url(base("spot-user"))
        .build()
        .unwrap();
    let web = webengage_client::Client::builder("license", key)
        .base_url(base("web"))
        .build()
        .unwrap();
    let one = engageone_client::Client::builder_with_token("customer", key)
        .base_url(base("one"))
        .build()
        .unwrap();
    let session = engageone_client::Client::builder("customer", "client", CANARY)
        .base_url(base("session"))
        .server_url("users", base("users"))
        .build()
        .unwrap();
    assert_clean(
        "the clients",
        &format!(
            "{bay:?} {full:?} {user_only:?} {password_only:?} {spot:?} {spot_user:?} {web:?} {one:?} {session:?}"
        ),
    );
    let login = engageone_client::types::ClientCredentials::new("client", CANARY, "customer");
    assert_clean("a login's body", &format!("{login:?}"));

    let mut failures = 0;
    for round in 0..4 {
        let login = login.clone();
        let raw = bay.request(engagement_core::Method::GET, "/x");
        let results = [
            ("EngageBay", bay.tags().list().send().await.err()),
            ("Engage, full", full.users().get("u1").send().await.err()),
            (
                "Engage, key only",
                user_only.lists().get("l1").send().await.err(),
            ),
            (
                "Engage, password",
                password_only.users().delete("u1").send().await.err(),
            ),
            ("Engagespot", spot.topics().delete(1).send().await.err()),
            (
                "Engagespot, token",
                spot_user.profile().get().send().await.err(),
            ),
            ("WebEngage", web.feedback().get("f").send().await.err()),
            (
                "EngageOne, token",
                one.data_sources().list().send().await.err(),
            ),
            (
                "EngageOne, session",
                session.data_sources().list().send().await.err(),
            ),
            (
                "EngageOne, login",
                session.auth().login(login).send().await.err(),
            ),
            ("a raw request", raw.send().await.err()),
        ];
        for (what, error) in results {
            if let Some(error) = error {
                failures += 1;
                assert_error_is_clean(&format!("{what}, round {round}"), &error);
            }
        }
    }
    assert!(failures >= 26, "only {failures} of 44 calls failed");

    // Nothing is sent: no connection, invalid settings.
    let nowhere = engage_client::Client::builder(CANARY, CANARY)
        .base_url("http://127.0.0.1:9")
        .build()
        .unwrap();
    let error = nowhere.users().get("u1").send().await.unwrap_err();
    assert_error_is_clean("no connection", &error);
    let invalid = engagebay_client::Client::builder(format!("{key}\r\nx: y"));
    assert_error_is_clean("an invalid key", &invalid.build().unwrap_err());

    let traced = log.text();
    assert!(
        traced.contains("tags_list") && traced.contains("users_get"),
        "the calls were not traced:\n{traced}"
    );
    assert_clean("tracing", &traced);
}

/// Every operation of every provider, with the canary in all of the client's credentials.
#[tokio::test]
async fn no_operation_prints_credentials() {
    // A key in a header must be visible ASCII.
    const KEY: &str = "canary-7f3a-of-a-bare-key";
    let log = Log::default();
    let _guard = log.record();
    for provider in providers::ALL {
        let server = echoing_provider().await;
        let call = caller_with(provider.name, &server.url(), &|_| Some(KEY.to_owned()));
        let document = provider.document();
        let (mut failures, mut sent) = (0, 0);
        for operation in &document.operations {
            let mut arguments = Arguments::examples(operation);
            if let Outcome::Failed(error) = call(&operation.id, &mut arguments).await {
                failures += 1;
                assert_error_is_clean(&operation.id, &error);
            }
        }
        for request in server.requests() {
            sent += usize::from(
                credential(&request).contains("canary")
                    || request.header("authorization").is_some(),
            );
        }
        let operations = document.operations.len();
        assert!(
            failures * 2 >= operations,
            "{}: {failures} failures",
            provider.name
        );
        assert!(
            sent * 2 >= operations,
            "{}: {sent} with credentials",
            provider.name
        );
    }
    assert_clean("tracing", &log.text());
}
