//! What tests inspect: requests, messages, verdicts and near misses; and the clock that they advance.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use engagement_sandbox::{
    Channel, Engage, EngageBay, Engagespot, Fault, RefusalKind, Sandbox, VerdictKind, WebEngage,
    Webhook, to,
};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::http::{Http, Payload};

async fn start() -> Sandbox {
    Sandbox::start().await.expect("a free port")
}

/// Posts JSON with these headers, and returns status and body.
async fn post(url: String, headers: &[(&str, &str)], body: &Value) -> (u16, Value) {
    // If another crate of the build enables TLS in reqwest, it needs a crypto provider even for plain HTTP.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut request = reqwest::Client::new().post(url);
    request = request.header("content-type", "application/json");
    request = request.header("accept", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request
        .body(body.to_string())
        .send()
        .await
        .expect("a response");
    let status = response.status().as_u16();
    let text = response.text().await.expect("a body");
    (status, serde_json::from_str(&text).unwrap_or_default())
}

async fn bay(sandbox: &Sandbox, path: &str, body: &Value) -> (u16, Value) {
    let url = format!("{}{path}", sandbox.engagebay().base_url());
    post(url, &[("authorization", EngageBay::API_KEY)], body).await
}

async fn webengage(sandbox: &Sandbox, path: &str, body: &Value) -> (u16, Value) {
    let version = if path.starts_with("/experiments") {
        "v2"
    } else {
        "v1"
    };
    let base = sandbox.webengage().base_url();
    let url = format!("{base}/{version}/accounts/sandbox0{path}");
    let key = format!("Bearer {}", WebEngage::API_KEY);
    post(url, &[("authorization", &key)], body).await
}

async fn engagespot(sandbox: &Sandbox, body: &Value) -> (u16, Value) {
    let url = format!("{}/v3/notifications", sandbox.engagespot().base_url());
    let headers = [
        ("x-engagespot-api-key", Engagespot::API_KEY),
        ("x-engagespot-api-secret", Engagespot::API_SECRET),
    ];
    post(url, &headers, body).await
}

async fn engage(sandbox: &Sandbox, path: &str, body: &Value) -> (u16, Value) {
    let url = format!("{}{path}", sandbox.engage().base_url());
    let user = crate::http::basic(Engage::API_KEY, Engage::API_SECRET);
    post(url, &[("authorization", &user)], body).await
}

fn mail(to: &str) -> Value {
    json!({
        "from": { "email": "shop@example.com" }, "to": to, "subject": "Order {{order}}",
        "html": "<p>Hello {{name}}</p>", "template_variables": { "order": "A-17" },
    })
}

const CREATE: &str = "/dev/api/panel/subscribers/subscriber";

fn contact(email: &str) -> Value {
    json!({ "properties": [{ "name": "email", "value": email }] })
}

#[tokio::test]
async fn requests_are_filtered_and_read() {
    let sandbox = start().await;
    bay(&sandbox, CREATE, &contact("ada@example.com")).await;
    bay(&sandbox, CREATE, &contact("ada@example.com")).await;
    engage(&sandbox, "/send/email", &mail("ada@example.com")).await;
    let count = |requests: engagement_sandbox::Requests| requests.len();
    assert_eq!(count(sandbox.requests()), 3);
    assert_eq!(count(sandbox.requests().of("contacts_create")), 2);
    assert_eq!(
        count(sandbox.requests().of("contacts_create").with_status(400)),
        1
    );
    assert_eq!(count(sandbox.requests().refused()), 1);
    assert_eq!(count(sandbox.requests().to("engage")), 1);
    assert_eq!(count(sandbox.requests().with_fault()), 0);
    let last = sandbox
        .requests()
        .of("send_email")
        .last()
        .expect("a request");
    assert_eq!(
        (last.number, last.json()["to"].as_str()),
        (3, Some("ada@example.com"))
    );
    let typed: std::collections::HashMap<String, Value> = last.json_as().expect("an object");
    assert_eq!(typed["subject"], "Order {{order}}");
    assert!(last.json_as::<Vec<u8>>().is_err());
}

#[tokio::test]
#[should_panic(
    expected = "no provider has an operation `contacts_creat`: did you mean `contacts_create`"
)]
async fn a_filter_by_an_unknown_operation_panics() {
    let _ = start().await.requests().of("contacts_creat");
}

#[tokio::test]
async fn the_log_keeps_the_newest_and_counts_the_others() {
    let sandbox = Sandbox::builder()
        .log_size(2)
        .start()
        .await
        .expect("a free port");
    for number in 0..5 {
        engage(
            &sandbox,
            "/send/email",
            &mail(&format!("{number}@example.com")),
        )
        .await;
    }
    let numbers: Vec<u64> = sandbox.requests().iter().map(|one| one.number).collect();
    assert_eq!((numbers, sandbox.request_count()), (vec![4, 5], 5));
    let to: Vec<String> = sandbox.outbox().iter().map(|one| one.to.concat()).collect();
    assert_eq!(to, ["3@example.com", "4@example.com"]);
    assert_eq!(sandbox.engage().messages().len(), 2);
}

#[tokio::test]
async fn the_outbox_has_the_messages_of_all_providers() {
    let sandbox = start().await;
    engage(&sandbox, "/send/email", &mail("ada@example.com")).await;
    let send = json!({
        "communication": "Welcome", "email_json_path": "mail", "sender": "shop@example.com",
        "subject": "Hello {{name}}",
        "dataset": [{ "mail": "b@example.com", "name": "Bea" }, { "mail": "c@example.com", "name": "Cy" }],
    });
    let parameters = [("campaignName", "welcome")];
    let done = sandbox.perform(
        "engageone",
        "campaigns_send_transactional_v2",
        &parameters,
        send,
    );
    done.expect("accepted");
    let user = json!({ "userId": "u1", "phone": "15555550101" });
    webengage(&sandbox, "/users", &user).await;
    sandbox
        .webengage()
        .add_campaign("otp", engagement_sandbox::WebEngageChannel::Sms);
    let token = json!({ "userId": "u1", "ttl": 60, "overrideData": { "context": { "token": { "code": "77" } } } });
    assert_eq!(
        webengage(&sandbox, "/experiments/otp/transaction", &token)
            .await
            .0,
        200
    );
    let notification = json!({
        "notification": { "title": "Hi {{who}}", "message": "text" }, "data": { "who": "Ada" },
        "sendTo": { "recipients": [{ "identifier": "u7", "email": "seven@example.com" }] },
        "override": { "channels": ["inApp", "email"] },
    });
    engagespot(&sandbox, &notification).await;

    let outbox = sandbox.outbox();
    let lines: Vec<String> = outbox.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "engage e-mail to ada@example.com, \"Order A-17\"",
            "engageone e-mail to b@example.com, \"Hello Bea\", template \"Welcome\"",
            "engageone e-mail to c@example.com, \"Hello Cy\", template \"Welcome\"",
            "webengage SMS to 15555550101, u1, template \"otp\"",
            "engagespot in-app to u7, \"Hi Ada\"",
            "engagespot e-mail to seven@example.com, u7, \"Hi Ada\"",
        ]
    );
    let found = outbox.find(&to("ADA@example.com")).expect("a message");
    assert_eq!(
        (found.html.as_str(), found.from.as_str()),
        ("<p>Hello {{name}}</p>", "shop@example.com")
    );
    assert_eq!(
        outbox.find(&to("u1")).expect("by user").data,
        json!({ "code": "77" })
    );
    let by_channel = outbox.find(&to("u7").channel(Channel::Email).provider("engagespot"));
    assert_eq!(by_channel.expect("a message").subject, "Hi Ada");
    let none = outbox
        .find(&to("b@example.com").containing("Bye"))
        .expect_err("another subject");
    assert_eq!(
        none.to_string(),
        "no message to b@example.com containing Bye: near to it are: engageone e-mail to b@example.com, \"Hello Bea\", template \"Welcome\"; engageone e-mail to c@example.com, \"Hello Cy\", template \"Welcome\"; engage e-mail to ada@example.com, \"Order A-17\""
    );
}

#[tokio::test(start_paused = true)]
async fn a_message_is_waited_for() {
    let sandbox = start().await;
    let wait = || {
        sandbox
            .outbox()
            .wait_for(to("ada@example.com"), Duration::from_secs(5))
    };
    let none = wait().await.expect_err("nothing was sent");
    assert_eq!(
        none.to_string(),
        "no message to ada@example.com: the outbox is empty"
    );
    let mail = mail("ada@example.com");
    let (found, sent) = tokio::join!(wait(), engage(&sandbox, "/send/email", &mail));
    assert_eq!(
        (found.expect("a message").subject.as_str(), sent.0),
        ("Order A-17", 200)
    );
}

#[tokio::test]
async fn near_misses_name_operation_field_and_line() {
    let sandbox = start().await;
    let near = |index: usize| {
        let refusal = sandbox
            .requests()
            .last()
            .and_then(|request| request.refusal);
        refusal
            .expect("refused")
            .near
            .get(index)
            .map(ToString::to_string)
    };
    let lines: Vec<&str> = include_str!("../../documents/engage.json")
        .lines()
        .collect();
    let line = |text: &str| {
        let (_, place) = text
            .rsplit_once("(documents/engage.json:")
            .expect("a place");
        let number: usize = place.trim_end_matches(")?").parse().expect("a number");
        lines[number - 1]
    };
    engage(&sandbox, "/send/emial", &mail("ada@example.com")).await;
    let text = near(0).expect("a near operation");
    assert!(
        text.starts_with(
            "did you mean `POST /v1/send/email` of send_email in place of `POST /v1/send/emial`"
        ),
        "{text}"
    );
    assert_eq!(line(&text), "\"operationId\":\"send_email\",");

    let mut wrong = mail("ada@example.com");
    wrong["subjet"] = wrong.as_object_mut().unwrap().remove("subject").unwrap();
    engage(&sandbox, "/send/email", &wrong).await;
    let text = near(0).expect("a near field");
    assert!(
        text.starts_with("did you mean `subject` of send_email in place of `subjet`"),
        "{text}"
    );
    assert!(line(&text).starts_with("\"subject\":{"), "{}", line(&text));

    let mut wrong = mail("ada@example.com");
    wrong["from"] = json!({ "emial": "shop@example.com" });
    let accounts =
        json!({ "accounts": [{ "id": "a" }, { "id": "b" , "rol": "x" }, { "idd": "c" }] });
    let calls = [
        (
            "/send/email",
            wrong,
            "from/email` of send_email in place of `from/emial",
            "email",
        ),
        (
            "/users/ada/accounts",
            accounts,
            "accounts/1/role` of users_add_to_accounts in place of `accounts/1/rol",
            "role",
        ),
    ];
    for (path, body, expected, field) in calls {
        engage(&sandbox, path, &body).await;
        let text = near(0).expect("a near field");
        let expected = format!("did you mean `{expected}`");
        assert!(text.starts_with(&expected), "{text}");
        let field = format!("\"{field}\":{{");
        assert!(line(&text).starts_with(&field), "{}", line(&text));
    }
    let text = near(1).expect("another near field");
    assert!(text.starts_with("did you mean `accounts/2/id`"), "{text}");

    engage(&sandbox, "/send/email", &mail("ada@example.com")).await;
    assert_eq!(sandbox.requests().last().expect("accepted").refusal, None);
}

#[tokio::test]
async fn a_refusal_has_a_kind() {
    let sandbox = start().await;
    let bay = Http::engagebay(&sandbox);
    let tag = "/dev/api/panel/tags";
    let large = json!({ "tag": "x".repeat(2 << 20) });
    bay.get("/dev/api/panel/tagz").await;
    bay.call("PATCH", tag, Payload::None).await;
    Http::bare(&sandbox, sandbox.engagebay().base_url())
        .get(tag)
        .await;
    bay.post(tag, large).await;
    bay.form(tag, &[("tag", "a")]).await;
    bay.post(tag, json!({})).await;
    bay.post(tag, json!({ "tag": "" })).await;
    bay.header("host", "example.com").get(tag).await;
    Http::engageone(&sandbox)
        .header("pb-customer-id", "other")
        .get("/data")
        .await;
    let kinds: Vec<&str> = sandbox
        .requests()
        .refused()
        .iter()
        .map(|request| request.refusal.as_ref().expect("refused").kind.as_str())
        .collect();
    assert_eq!(
        kinds,
        [
            "path",
            "method",
            "credentials",
            "size",
            "media-type",
            "invalid",
            "account",
            "host",
            "permission",
        ]
    );
    let limited = Sandbox::builder().rate_limit("users_track", 0);
    let limited = limited.start().await.expect("a free port");
    let user = json!({ "userId": "u" });
    let path = "/v1/accounts/sandbox0/users";
    assert_eq!(Http::webengage(&limited).post(path, user).await.0, 429);
    let refusal = limited.requests().last().and_then(|one| one.refusal);
    assert_eq!(refusal.expect("refused").kind, RefusalKind::RateLimit);
}

#[tokio::test]
async fn verdicts_on_the_caller() {
    let sandbox = start().await;
    sandbox.verdicts().assert_clean();
    let kinds = || {
        let verdicts = sandbox.verdicts();
        let kinds = verdicts
            .iter()
            .map(|one| (one.kind, one.request))
            .collect::<Vec<_>>();
        sandbox.clear_requests();
        kinds
    };
    sandbox.fail_next("contacts_create", Fault::status(429).retry_after(60));
    for email in ["a@example.com", "b@example.com"] {
        bay(&sandbox, CREATE, &contact(email)).await;
    }
    assert_eq!(kinds(), [(VerdictKind::RetriedTooEarly, 2)]);
    sandbox.fail_next("contacts_create", Fault::status(429).retry_after(60));
    bay(&sandbox, CREATE, &contact("c@example.com")).await;
    sandbox.advance(Duration::from_secs(60));
    bay(&sandbox, CREATE, &contact("c@example.com")).await;
    assert_eq!(kinds(), []);

    // The first was not executed, so the second is no repeat; the fourth comes too late to be one.
    sandbox.fail_next("send_email", Fault::status(500));
    for _ in 0..3 {
        engage(&sandbox, "/send/email", &mail("ada@example.com")).await;
    }
    sandbox.advance(Duration::from_secs(301));
    engage(&sandbox, "/send/email", &mail("ada@example.com")).await;
    assert_eq!(kinds(), [(VerdictKind::SendRepeated, 3)]);
    // The caller doesn't know that the call was executed, but the person gets two messages.
    sandbox.fail_next("send_email", Fault::html());
    for _ in 0..2 {
        engage(&sandbox, "/send/email", &mail("bea@example.com")).await;
    }
    assert_eq!(kinds(), [(VerdictKind::SendRepeated, 2)]);

    webengage(
        &sandbox,
        "/bulk-users",
        &json!({ "users": [{ "userId": "u1" }] }),
    )
    .await;
    assert_eq!(kinds(), [(VerdictKind::NoIdempotencyKey, 1)]);
    let url = format!("{CREATE}?note=ada%40example.com");
    bay(&sandbox, &url, &contact("d@example.com")).await;
    bay(&sandbox, "/nothing/+15555550101", &json!({})).await;
    let personal = VerdictKind::PersonalDataInUrl;
    assert_eq!(kinds(), [(personal, 1), (personal, 2)]);
    sandbox.fail_next("engagebay", Fault::rate_limit(1, Duration::from_secs(60)));
    for email in ["e@example.com", "f@example.com"] {
        bay(&sandbox, CREATE, &contact(email)).await;
    }
    let verdicts = sandbox.verdicts();
    assert_eq!(
        verdicts.to_json(),
        json!([{ "kind": "limit-exceeded", "provider": "engagebay", "operation": "contacts_create", "request": 2, "message": "it exceeded the rate limit" }])
    );
    let panic = std::panic::catch_unwind(|| verdicts.assert_clean()).expect_err("not clean");
    assert_eq!(
        *panic.downcast::<String>().expect("a text"),
        "1 verdicts on the caller:\nrequest 2, engagebay contacts_create: limit-exceeded: it exceeded the rate limit"
    );
}

#[tokio::test]
async fn the_clock_moves_limits_tokens_deduplication_and_what_is_due() {
    let sandbox = Sandbox::builder()
        .rate_limit("users_track", 1)
        .start()
        .await;
    let sandbox = sandbox.expect("a free port");
    let user = json!({ "userId": "u1" });
    let track = || webengage(&sandbox, "/users", &user);
    assert_eq!([track().await.0, track().await.0], [201, 429]);
    sandbox.advance(Duration::from_secs(60));
    assert_eq!(track().await.0, 201, "the next window");

    let send = json!({ "userId": "u1", "ttl": 60, "dedupe": { "ttl": 600 } });
    for (advance, messages) in [(0, 1), (599, 1), (2, 2)] {
        sandbox.advance(Duration::from_secs(advance));
        webengage(&sandbox, "/experiments/otp/transaction", &send).await;
        assert_eq!(sandbox.webengage().messages().len(), messages, "{advance}");
    }

    let token = sandbox.engageone().token();
    let sources = || {
        let url = format!("{}/data", sandbox.engageone().base_url());
        let request = reqwest::Client::new().get(url).bearer_auth(&token);
        let request = request.header("pb-customer-id", "sandbox-customer");
        async { request.send().await.expect("a response").status().as_u16() }
    };
    sandbox.advance(Duration::from_secs(3500));
    assert_eq!(sources().await, 200);
    sandbox.advance(Duration::from_secs(101));
    assert_eq!(sources().await, 401);

    let seconds = sandbox
        .now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let at = jiff::Timestamp::from_second(i64::try_from(seconds).unwrap() + 3600).unwrap();
    let later = json!({
        "notification": { "title": "Later" }, "sendTo": { "recipients": [{ "identifier": "u7" }] },
        "sendAt": at.to_string(),
    });
    engagespot(&sandbox, &later).await;
    assert!(sandbox.outbox().find(&to("u7")).is_err());
    sandbox.advance(Duration::from_secs(3590));
    assert!(sandbox.engagespot().inbox("u7").is_empty());
    sandbox.advance(Duration::from_secs(11));
    assert_eq!(sandbox.engagespot().inbox("u7").len(), 1);
    assert_eq!(
        sandbox.outbox().find(&to("u7")).expect("delivered").subject,
        "Later"
    );

    sandbox.engage().delay_batches(Duration::from_secs(120));
    let batch = json!({ "data": [{ "type": "create", "id": "b1" }] });
    assert_eq!(engage(&sandbox, "/batch", &batch).await.0, 200);
    let known = || {
        sandbox
            .perform("engage", "users_get", &[("uid", "b1")], Value::Null)
            .is_ok()
    };
    assert!(!known());
    sandbox.advance(Duration::from_secs(120));
    assert!(known());
}

#[tokio::test(start_paused = true)]
async fn the_clock_follows_tokio() {
    let sandbox = start().await;
    let before = sandbox.now();
    tokio::time::advance(Duration::from_secs(3600)).await;
    let passed = sandbox.now().duration_since(before).expect("later");
    assert_eq!(passed.as_secs(), 3600);
}

#[tokio::test]
async fn servers_are_all_hosts_with_their_urls() {
    let sandbox = start().await;
    let base = format!("http://{}", sandbox.address());
    assert_eq!(
        sandbox.engagebay().servers(),
        [("api", format!("{base}/engagebay"))]
    );
    let servers = sandbox.webengage().servers();
    assert_eq!(servers[0], ("api", format!("{base}/webengage")));
    assert!(servers.contains(&("dashboard", format!("{base}/webengage.dashboard"))));
    for (name, url) in servers {
        assert_eq!(sandbox.webengage().server_url(name), Some(url));
    }
}

#[tokio::test]
async fn a_webhook_is_posted_to_this_machine() {
    let sandbox = start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/hooks?a=b", listener.local_addr().unwrap());
    let received = Arc::new(Mutex::new(String::new()));
    let receiving = Arc::clone(&received);
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut text = String::new();
        while !text.contains("FEEDBACK") && !text.contains("\r\n\r\n{") {
            let mut chunk = [0; 4096];
            let count = stream.read(&mut chunk).await.unwrap();
            text += &String::from_utf8_lossy(&chunk[..count]);
        }
        *receiving.lock().unwrap() = text;
        let response = b"HTTP/1.1 202 Accepted\r\ncontent-length: 2\r\n\r\nok";
        stream.write_all(response).await.unwrap();
    });
    let body = sandbox.perform(
        "webengage",
        "feedback_get",
        &[("feedbackId", "none")],
        Value::Null,
    );
    assert!(body.is_err());
    let example = include_str!("../../documents/webengage.json");
    let document = engagement_document::Document::from_json(example).expect("a document");
    let operation = document.operation("feedback_get").expect("an operation");
    let body = operation.responses[0].example.clone().expect("an example");
    let webhook = Webhook::new("webengage", "FEEDBACK_SUBMIT", body).header("x-signature", "abc");
    let response = sandbox.deliver(&webhook, &url).await.expect("delivered");
    assert_eq!((response.status, &response.body[..]), (202, &b"ok"[..]));
    let text = received.lock().unwrap().clone();
    assert!(text.starts_with("POST /hooks?a=b HTTP/1.1\r\n"), "{text}");
    assert!(text.contains("x-signature: abc\r\n"), "{text}");

    let error = |webhook: Webhook, url: &'static str| {
        let sandbox = &sandbox;
        async move {
            sandbox
                .deliver(&webhook, url)
                .await
                .expect_err("refused")
                .to_string()
        }
    };
    let local = "http://127.0.0.1:1/";
    assert!(
        error(webhook, "http://example.com/")
            .await
            .contains("is not a URL of this machine")
    );
    assert_eq!(
        error(
            Webhook::new("webengage", "FEEDBACK_SUBMITT", json!({})),
            local
        )
        .await,
        "webengage has no webhook `FEEDBACK_SUBMITT`: did you mean `FEEDBACK_SUBMIT` or `FEEDBACK_REPLY_SUBMIT`?"
    );
    assert!(
        error(Webhook::new("webenage", "x", json!({})), local)
            .await
            .contains("did you mean `webengage`")
    );
    let wrong = Webhook::new("webengage", "FEEDBACK_SUBMIT", json!([]));
    assert!(
        error(wrong, local)
            .await
            .starts_with("FEEDBACK_SUBMIT: body: ")
    );
}
