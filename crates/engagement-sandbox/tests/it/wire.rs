//! Credentials, routing, media types, validation and recording, which all operations share.

use std::io::{Read as _, Write as _};
use std::sync::{Arc, Mutex};

use engagement_sandbox::{EngageBay, Sandbox};
use serde_json::json;

use crate::http::{Http, Payload, basic, error_message};

const CONTACTS: &str = "/dev/api/panel/subscribers";

async fn start() -> Sandbox {
    Sandbox::start().await.expect("a free port")
}

#[tokio::test]
async fn a_wrong_engagebay_key_is_401_with_the_body_of_the_provider() {
    let sandbox = start().await;
    for wrong in [
        "",
        "nonsense",
        "Bearer sandbox-engagebay-key",
        "sandbox-engagebay-key2",
    ] {
        let http = Http::new(&sandbox, sandbox.engagebay().base_url(), wrong.to_owned());
        let (status, body) = http.get("/dev/api/panel/tags").await;
        assert_eq!(
            (status, body),
            (
                401,
                json!({ "error": "UnAuthenticated User", "status": "401" })
            ),
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn engage_accepts_full_and_key_only_credentials() {
    let sandbox = start().await;
    let wrong = json!({ "error": "Wrong authentication credentials." });
    let (full, key) = (Http::engage(&sandbox), Http::engage_key_only(&sandbox));
    assert_eq!(
        key.get("/users").await,
        (401, wrong.clone()),
        "listing users needs the secret"
    );
    assert_eq!(full.get("/users").await.0, 200);
    assert_eq!(
        key.put("/users/u1", json!({ "first_name": "Ada" })).await.0,
        200
    );
    assert_eq!(
        key.put("/users/u1", json!({ "email": "ada@example.com" }))
            .await,
        (401, wrong.clone()),
        "so does an e-mail address"
    );
    assert_eq!(
        full.put("/users/u1", json!({ "email": "ada@example.com" }))
            .await
            .0,
        200
    );
    let other = Http::new(
        &sandbox,
        sandbox.engage().base_url(),
        basic("sandbox-engage-key", "guess"),
    );
    assert_eq!(
        other.put("/users/u1", json!({})).await,
        (401, wrong),
        "a wrong secret is no missing one"
    );
}

#[tokio::test]
async fn credentials_can_be_chosen() {
    let sandbox = Sandbox::builder()
        .credential("ENGAGEBAY_API_KEY", "mine")
        .start()
        .await
        .expect("a free port");
    assert_eq!(
        Http::engagebay(&sandbox).get("/dev/api/panel/tags").await.0,
        401
    );
    let http = Http::new(&sandbox, sandbox.engagebay().base_url(), "mine".to_owned());
    assert_eq!(http.get("/dev/api/panel/tags").await.0, 200);
    assert!(
        sandbox
            .engagebay()
            .env()
            .contains(&("ENGAGEBAY_API_KEY".into(), "mine".into()))
    );

    let error = Sandbox::builder()
        .credential("ENGAGEBAY_KEY", "mine")
        .start()
        .await
        .expect_err("an unknown variable");
    assert!(error.to_string().contains("ENGAGEBAY_API_KEY"), "{error}");
}

#[tokio::test]
async fn without_accept_engagebay_responds_with_xml() {
    let sandbox = start().await;
    let url = format!("{}/dev/api/panel/tags", sandbox.engagebay().base_url());
    let client = reqwest::Client::new();
    for accept in ["*/*", "application/xml"] {
        let request = client
            .get(&url)
            .header("authorization", EngageBay::API_KEY)
            .header("accept", accept);
        let response = request.send().await.expect("a response");
        assert_eq!(
            response.headers()["content-type"],
            "application/xml",
            "{accept}"
        );
        assert!(
            response
                .text()
                .await
                .expect("text")
                .contains("Accept: application/json")
        );
    }
    let request = client
        .get(&url)
        .header("authorization", EngageBay::API_KEY)
        .header("accept", "application/json;ver=1.0");
    assert_eq!(
        request.send().await.expect("a response").headers()["content-type"],
        "application/json"
    );
}

#[tokio::test]
async fn unknown_paths_are_404_and_unknown_methods_405() {
    let sandbox = start().await;
    let (bay, engage) = (Http::engagebay(&sandbox), Http::engage(&sandbox));
    let (status, body) = bay.get("/dev/api/panel/contacts").await;
    assert_eq!(status, 404);
    assert!(
        error_message(&body).contains("/dev/api/panel/contacts"),
        "{body}"
    );
    let (status, body) = bay.delete("/dev/api/panel/tags").await;
    assert_eq!(status, 405);
    assert_eq!(
        error_message(&body),
        "DELETE is not served here: use GET, POST"
    );
    assert_eq!(engage.get("/nothing").await.0, 404);
    let nowhere = Http::new(&sandbox, sandbox.url("nobody"), String::new());
    assert!(error_message(&nowhere.get("/").await.1).contains("/engagebay, /engage"));
    // An empty segment is not an id.
    assert_eq!(engage.get("/users/").await.0, 404);
}

#[tokio::test]
async fn literal_segments_take_precedence_and_segments_are_decoded() {
    let sandbox = start().await;
    let http = Http::engage(&sandbox);
    http.get("/messages/chat/open?uid=u").await;
    http.get("/messages/chat/t1?uid=u").await;
    let operations: Vec<_> = sandbox
        .requests()
        .iter()
        .map(|request| request.operation)
        .collect();
    assert_eq!(operations, [Some("chat_get_open"), Some("chat_get_thread")]);

    http.ok(
        "PUT",
        "/users/a%2Fb%3A%40%2B%20c",
        Payload::Json(json!({ "first_name": "Ada" })),
    )
    .await;
    let (_, page) = http.get("/users").await;
    assert_eq!(page["data"][0]["uid"], "a/b:@+ c");
    // With another method, `merge` is a uid.
    assert_eq!(http.get("/users/merge").await.0, 404);
    assert_eq!(
        sandbox.requests().last().expect("one").operation,
        Some("users_get")
    );
}

#[tokio::test]
async fn engage_is_also_served_without_the_version() {
    let sandbox = start().await;
    let base = sandbox.engage().server_url("root").expect("a second host");
    let http = Http::new(
        &sandbox,
        base,
        basic("sandbox-engage-key", "sandbox-engage-secret"),
    );
    assert_eq!(http.put("/users/u1", json!({})).await.0, 200);
    assert_eq!(http.get("/v1/users/u1").await.0, 200);
    assert_eq!(
        http.post("/posthog", json!({ "event": "e", "distinct_id": "u1" }))
            .await
            .0,
        200
    );
}

#[tokio::test]
async fn media_types_select_operations_and_are_checked() {
    let sandbox = start().await;
    let http = Http::engagebay(&sandbox);
    let (status, task) = http
        .post("/dev/api/panel/tasks", json!({ "name": "Call" }))
        .await;
    assert_eq!((status, &task["name"]), (200, &json!("Call")));
    let (status, tasks) = http
        .form("/dev/api/panel/tasks", &[("page_size", "5")])
        .await;
    assert_eq!((status, tasks.as_array().map(Vec::len)), (200, Some(1)));
    assert_eq!(
        http.call("POST", "/dev/api/panel/tasks", Payload::None)
            .await
            .1
            .as_array()
            .map(Vec::len),
        Some(1)
    );

    let (status, body) = http.form("/dev/api/panel/tags", &[("tag", "one")]).await;
    assert_eq!(status, 415);
    assert!(error_message(&body).contains("application/json"), "{body}");
    let (status, body) = http.post(CONTACTS, json!({ "page_size": 5 })).await;
    assert_eq!(status, 415);
    assert!(
        error_message(&body).contains("application/x-www-form-urlencoded"),
        "{body}"
    );
}

#[tokio::test]
async fn searches_are_selected_by_their_constant_parameter() {
    let sandbox = start().await;
    let http = Http::engagebay(&sandbox);
    assert_eq!(http.get("/dev/api/search?q=a&type=Deal").await.0, 200);
    assert_eq!(sandbox.requests()[0].operation, Some("deals_search"));
    let (status, body) = http.get("/dev/api/search?q=a").await;
    assert_eq!(status, 400);
    assert_eq!(
        error_message(&body),
        "the query must contain one of type=Subscriber, type=Company, type=Deal"
    );
}

#[tokio::test]
async fn bad_requests_name_the_location() {
    let sandbox = start().await;
    let bay = Http::engagebay(&sandbox);
    let raw = reqwest::Client::new()
        .post(format!(
            "{}{CONTACTS}/subscriber",
            sandbox.engagebay().base_url()
        ))
        .header("authorization", EngageBay::API_KEY)
        .header("accept", "application/json")
        .header("content-type", "application/json");
    let response = raw
        .body("{\"properties\":")
        .send()
        .await
        .expect("a response");
    assert_eq!(response.status(), 400);
    assert!(
        response
            .text()
            .await
            .expect("text")
            .contains("the body is not JSON")
    );

    let create = format!("{CONTACTS}/subscriber");
    let update = Payload::Json(json!({ "properties": [] }));
    let update_path = format!("{CONTACTS}/update-partial");
    let (status, body) = bay.call("PUT", &update_path, update).await;
    assert_eq!(
        (status, error_message(&body)),
        (400, "body: \"id\" is a required property")
    );
    let (_, body) = bay
        .post(
            &create,
            json!({ "properties": [{ "name": 7, "value": "secret words" }] }),
        )
        .await;
    assert_eq!(
        error_message(&body),
        "body/properties/0/name: value is not of type \"string\""
    );
    let (status, body) = bay.call("POST", &create, Payload::None).await;
    assert_eq!(
        (status, error_message(&body)),
        (
            400,
            "the body is empty: `contacts_create` takes a JSON body"
        )
    );

    let (status, body) = bay.get("/dev/api/panel/subscribers/seven").await;
    assert_eq!(
        (status, error_message(&body)),
        (400, "path parameter `id`: value is not of type \"integer\"")
    );
    let (status, body) = bay.get("/dev/api/panel/call-logs").await;
    assert_eq!(status, 400);
    assert!(
        error_message(&body).starts_with("query parameter `contact_id` is missing"),
        "{body}"
    );
    let (status, body) = bay.form(CONTACTS, &[("page_size", "many")]).await;
    assert_eq!(
        (status, error_message(&body)),
        (400, "body/page_size: value is not of type \"integer\"")
    );
    let (status, body) = bay
        .form(
            &format!("{CONTACTS}/email/tags/add"),
            &[("email", "a@example.com"), ("tags", "one,two")],
        )
        .await;
    assert_eq!(status, 400);
    assert!(
        error_message(&body).contains("body/tags") && error_message(&body).contains("JSON text"),
        "{body}"
    );

    let engage = Http::engage(&sandbox);
    let (status, body) = engage.get("/users?limit=31").await;
    assert_eq!(
        (status, error_message(&body)),
        (
            400,
            "query parameter `limit`: value is greater than the maximum of 30"
        )
    );
    let (status, body) = engage
        .post("/users/u1/events", json!({ "event": "x".repeat(32) }))
        .await;
    assert_eq!(status, 400);
    assert!(error_message(&body).starts_with("body/event"), "{body}");
    assert_eq!(
        engage
            .post("/users/u1/events", json!({ "event": "" }))
            .await
            .0,
        400
    );
}

#[tokio::test]
async fn a_body_where_none_is_documented_is_ignored() {
    let sandbox = start().await;
    let http = Http::engage(&sandbox);
    http.ok("PUT", "/users/u1", Payload::Json(json!({}))).await;
    assert_eq!(
        http.call(
            "DELETE",
            "/users/u1",
            Payload::Json(json!({ "why": "because" }))
        )
        .await
        .0,
        200
    );
}

#[tokio::test]
async fn too_large_a_body_is_413_and_the_connection_stays_open() {
    let sandbox = start().await;
    let http = Http::engagebay(&sandbox);
    let (status, _) = http
        .post("/dev/api/panel/tags", json!({ "tag": "x".repeat(3 << 20) }))
        .await;
    assert_eq!(status, 413);
    assert_eq!(http.get("/dev/api/panel/tags").await.0, 200);
}

#[tokio::test]
async fn requests_are_recorded_as_sent() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let observed = Arc::clone(&seen);
    let builder = Sandbox::builder()
        .on_request(move |request| observed.lock().expect("unpoisoned").push(request.status));
    let sandbox = builder.start().await.expect("a free port");
    let http = Http::engage(&sandbox);
    http.call(
        "POST",
        "/users/u%201/events?x=1&y=%20",
        Payload::Json(json!({ "event": "seen" })),
    )
    .await;
    http.get("/nothing").await;
    assert_eq!(sandbox.request_count(), 2);
    let [first, second] = sandbox.requests().into_vec().try_into().expect("two");
    assert_eq!(
        (first.provider, first.operation, first.template),
        ("engage", Some("users_track"), Some("/users/{uid}/events"))
    );
    assert_eq!(
        (first.method.as_str(), first.path.as_str(), first.status),
        ("POST", "/engage/v1/users/u%201/events", 200)
    );
    assert_eq!(
        first.query_pairs(),
        [
            ("x".to_owned(), "1".to_owned()),
            ("y".to_owned(), " ".to_owned())
        ]
    );
    assert_eq!(first.header("Accept"), Some("application/json"));
    assert_eq!(first.json(), json!({ "event": "seen" }));
    assert!(
        !format!("{first:?}").contains("Basic"),
        "messages contain no credentials"
    );
    assert_eq!((second.operation, second.status), (None, 404));
    assert_eq!(*seen.lock().expect("unpoisoned"), [200, 404]);
    sandbox.clear_requests();
    assert_eq!((sandbox.request_count(), sandbox.requests().len()), (0, 0));
}

#[tokio::test]
async fn credentials_are_kept_out_of_messages() {
    let sandbox = start().await;
    Http::engagespot(&sandbox).delete("/v3/users/u1").await;
    let login = json!({ "customer_id": "c", "client_id": "i", "secret": "not-for-logs" });
    let users = sandbox.engageone().server_url("users");
    let users = Http::bare(&sandbox, String::new()).at(users);
    users.post("/authenticate", login).await;
    let shown = format!("{:?}", sandbox.requests());
    assert!(shown.contains("x-engagespot-api-secret"), "{shown}");
    assert!(!shown.contains("sandbox-engagespot"), "{shown}");
    assert!(!shown.contains("not-for-logs"), "{shown}");
}

#[tokio::test]
async fn env_lists_credentials_and_one_url_for_each_host() {
    let sandbox = start().await;
    let at = format!("http://{}", sandbox.address());
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    // Those with records, in this order.
    let providers = [
        "ENGAGEBAY",
        "ENGAGE",
        "ENGAGESPOT",
        "WEBENGAGE",
        "ENGAGEONE",
    ];
    let position = |name: &str| {
        let prefix = name.split('_').next().unwrap_or_default();
        providers.iter().position(|known| *known == prefix)
    };
    let mut env = sandbox.env();
    env.retain(|(name, _)| position(name).is_some());
    env.sort_by_key(|(name, _)| position(name));
    assert_eq!(
        env,
        [
            pair("ENGAGEBAY_API_KEY", "sandbox-engagebay-key"),
            pair("ENGAGEBAY_BASE_URL", &format!("{at}/engagebay")),
            pair("ENGAGE_API_KEY", "sandbox-engage-key"),
            pair("ENGAGE_API_SECRET", "sandbox-engage-secret"),
            pair("ENGAGE_BASE_URL", &format!("{at}/engage/v1")),
            pair("ENGAGE_ROOT_URL", &format!("{at}/engage")),
            pair("ENGAGE_APP_URL", &format!("{at}/engage")),
            pair("ENGAGESPOT_API_KEY", "sandbox-engagespot-key"),
            pair("ENGAGESPOT_API_SECRET", "sandbox-engagespot-secret"),
            pair("ENGAGESPOT_BASE_URL", &format!("{at}/engagespot")),
            pair("WEBENGAGE_API_KEY", "sandbox-webengage-key"),
            pair("WEBENGAGE_DSN_TOKEN", "sandbox-webengage-dsn"),
            pair("WEBENGAGE_LICENSE_CODE", "sandbox0"),
            pair("WEBENGAGE_BASE_URL", &format!("{at}/webengage")),
            pair(
                "WEBENGAGE_DASHBOARD_URL",
                &format!("{at}/webengage.dashboard")
            ),
            pair(
                "WEBENGAGE_SMS_STATUS_URL",
                &format!("{at}/webengage.sms-status")
            ),
            pair(
                "WEBENGAGE_EMAIL_STATUS_URL",
                &format!("{at}/webengage.email-status")
            ),
            pair(
                "WEBENGAGE_WHATSAPP_STATUS_URL",
                &format!("{at}/webengage.whatsapp-status")
            ),
            pair(
                "WEBENGAGE_RCS_STATUS_URL",
                &format!("{at}/webengage.rcs-status")
            ),
            pair("ENGAGEONE_CUSTOMER_ID", "sandbox-customer"),
            pair(
                "ENGAGEONE_CLIENT_ID",
                "sandbox-customer.client@communicate.engageone.co"
            ),
            pair("ENGAGEONE_SECRET", "sandbox-engageone-secret"),
            pair("ENGAGEONE_BASE_URL", &format!("{at}/engageone")),
            pair("ENGAGEONE_USERS_URL", &format!("{at}/engageone.users")),
            pair("ENGAGEONE_VIDEO_URL", &format!("{at}/engageone.video")),
            pair("ENGAGEONE_PUBLIC_URL", &format!("{at}/engageone.public")),
            pair(
                "ENGAGEONE_DOCUMENT_CHANNEL_URL",
                &format!("{at}/engageone.document-channel")
            ),
            pair(
                "ENGAGEONE_CHAT_CHANNEL_URL",
                &format!("{at}/engageone.chat-channel")
            ),
            pair(
                "ENGAGEONE_VIDEO_DELIVERY_URL",
                &format!("{at}/engageone.video-delivery")
            ),
            pair(
                "ENGAGEONE_ARCHIVING_URL",
                &format!("{at}/engageone.archiving")
            ),
            pair(
                "ENGAGEONE_PUSH_NOTIFICATION_URL",
                &format!("{at}/engageone.push-notification")
            ),
            pair("ENGAGEONE_NLU_URL", &format!("{at}/engageone.nlu")),
            pair("ENGAGEONE_OTHER_URL", &format!("{at}/engageone.other")),
        ]
    );
}

#[tokio::test]
async fn a_stopped_sandbox_refuses_connections() {
    let sandbox = start().await;
    let url = sandbox.engagebay().base_url();
    sandbox.stop().await;
    assert!(reqwest::get(url).await.is_err());
}

#[tokio::test]
async fn accounts_can_be_filled_and_emptied_without_http() {
    let sandbox = start().await;
    let user = sandbox
        .perform(
            "engage",
            "users_update",
            &[("uid", "u1")],
            json!({ "first_name": "Ada" }),
        )
        .expect("done");
    assert_eq!(user["uid"], "u1");
    assert_eq!(sandbox.request_count(), 0);
    let refused = sandbox
        .perform("engage", "users_get", &[("uid", "u2")], json!(null))
        .expect_err("unknown");
    assert_eq!(refused, "User u2 not found");
    assert!(
        sandbox
            .perform(
                "engage",
                "users_update",
                &[("uid", "u1")],
                json!({ "first_name": 7 })
            )
            .is_err()
    );
    sandbox.reset();
    assert_eq!(Http::engage(&sandbox).get("/users/u1").await.0, 404);
}

#[tokio::test]
async fn a_dropped_sandbox_stops() {
    let sandbox = start().await;
    let address = sandbox.address();
    drop(sandbox);
    for _ in 0..10_000 {
        if tokio::net::TcpStream::connect(address).await.is_err() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("it still listens");
}

#[test]
fn a_sandbox_on_its_own_thread_needs_no_runtime_and_closes_connections_when_dropped() {
    let sandbox = Sandbox::builder().start_on_thread().expect("a free port");
    let mut stream = std::net::TcpStream::connect(sandbox.address()).expect("it listens");
    stream
        .write_all(b"GET /nothing HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .expect("it reads");
    let mut start = [0; 12];
    stream.read_exact(&mut start).expect("a response");
    assert_eq!(&start, b"HTTP/1.1 404");
    let address = sandbox.address();
    drop(sandbox);
    // Otherwise this would wait without end.
    drop(stream.read_to_end(&mut Vec::new()));
    let refused = || std::net::TcpStream::connect(address).is_err();
    let stopped = (0..10_000).any(|_| {
        refused() || {
            std::thread::yield_now();
            false
        }
    });
    assert!(stopped, "it still listens");
}
