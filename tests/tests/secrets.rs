//! Credentials appear nowhere but on the wire: not in `Debug`, `Display`, error chains or anything that is traced, also
//! when the provider sends them back.

use std::error::Error as _;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use base64::prelude::{BASE64_STANDARD as BASE64, Engine as _};
use engagement_core::Error;
use tracing_subscriber::fmt::MakeWriter;

const CANARY: &str = "canary-7f3a\"9%/é";

/// Everything that is traced, as text.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// A provider that serves each connection with one of these, echoing the credential that it received.
fn echoing_provider() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for (at, stream) in listener.incoming().enumerate() {
            let Ok(mut stream) = stream else { return };
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|n| n == 1) {
                head.push(byte[0]);
            }
            let head = String::from_utf8_lossy(&head).into_owned();
            let header = |name: &str| {
                let line = head.lines().find_map(|line| line.strip_prefix(name));
                line.unwrap_or_default().to_owned()
            };
            // A login's credentials come in its body.
            let mut body = vec![0; header("content-length: ").parse().unwrap_or_default()];
            let _ = stream.read_exact(&mut body);
            let all = [
                header("authorization: "),
                header("x-engagespot-api-key: "),
                header("x-engagespot-api-secret: "),
                header("x-engagespot-user-id: "),
                header("pb-customer-id: "),
                String::from_utf8_lossy(&body).into_owned(),
            ];
            let credential = all
                .iter()
                .find(|text| text.contains("canary") || text.starts_with("Basic "));
            let credential = credential.map(String::as_str).unwrap_or_default();
            let decoded = credential
                .strip_prefix("Basic ")
                .and_then(|text| BASE64.decode(text).ok())
                .map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            let decoded = decoded.unwrap_or_default();
            let encoded = BASE64.encode(credential);
            let (escaped, small) = (percent(credential), percent(&decoded).to_lowercase());
            let words =
                format!("bad credential {credential} {decoded} {encoded} {escaped} {small}");
            let echo = serde_json::json!({ "error": words, "status": "401" }).to_string();
            let (status, body) = match at % 4 {
                0 => ("401 Unauthorized", echo),
                1 => ("200 OK", echo),
                2 => (
                    "500 Internal Server Error",
                    format!("<html><title>{credential}</title></html>"),
                ),
                _ => ("302 Found", credential.to_owned()),
            };
            let location = format!("location: /login?key={}\r\n", percent(credential));
            let _ = write!(
                stream,
                "HTTP/1.1 {status}\r\n{location}x-echo: {}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                percent(credential),
                body.len()
            );
        }
    });
    url
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Every form in which the canary could leak.
fn forms() -> Vec<String> {
    let mut forms = vec![
        CANARY.to_owned(),
        "canary-7f3a".to_owned(),
        percent(CANARY),
        percent(CANARY).to_lowercase(),
    ];
    forms.push(
        serde_json::to_string(CANARY)
            .unwrap()
            .trim_matches('"')
            .to_owned(),
    );
    // The user name and the password of Basic, at each of the three positions that base64 can start at.
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
            "{what} shows the credential as `{form}`:\n{text}"
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
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let url = echoing_provider();
    let base = |name: &str| format!("{url}/{name}");

    // Header values are bytes: the canary of a bare key has to be visible ASCII.
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
        let results = [
            ("EngageBay", bay.tags().list().send().await.map(drop)),
            (
                "Engage, full",
                full.users().get("u1").send().await.map(drop),
            ),
            (
                "Engage, key only",
                user_only.lists().get("l1").send().await.map(drop),
            ),
            (
                "Engage, password",
                password_only.users().delete("u1").send().await.map(drop),
            ),
            ("Engagespot", spot.topics().delete(1).send().await.map(drop)),
            (
                "Engagespot, token",
                spot_user.profile().get().send().await.map(drop),
            ),
            ("WebEngage", web.feedback().get("f").send().await.map(drop)),
            (
                "EngageOne, token",
                one.data_sources().list().send().await.map(drop),
            ),
            (
                "EngageOne, session",
                session.data_sources().list().send().await.map(drop),
            ),
            (
                "EngageOne, login",
                session.auth().login(login.clone()).send().await.map(drop),
            ),
            (
                "a raw request",
                bay.request(engagement_core::Method::GET, "/x")
                    .send()
                    .await
                    .map(drop),
            ),
        ];
        for (what, result) in results {
            if let Err(error) = result {
                failures += 1;
                assert_error_is_clean(&format!("{what}, round {round}"), &error);
            }
        }
    }
    assert!(
        failures >= 26,
        "only {failures} of 44 calls failed: the provider doesn't do what this test needs"
    );

    // Calls that never leave: no connection, refused settings.
    let nowhere = engage_client::Client::builder(CANARY, CANARY)
        .base_url("http://127.0.0.1:9")
        .build()
        .unwrap();
    assert_error_is_clean(
        "no connection",
        &nowhere.users().get("u1").send().await.unwrap_err(),
    );
    let refused = engagebay_client::Client::builder(format!("{key}\r\nx: y"))
        .build()
        .unwrap_err();
    assert_error_is_clean("a refused key", &refused);

    let traced = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(
        traced.contains("tags_list") && traced.contains("users_get"),
        "the calls were not traced:\n{traced}"
    );
    assert_clean("tracing", &traced);
}
