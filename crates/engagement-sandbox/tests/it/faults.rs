//! Failures on command.

use std::time::Duration;

use engagement_sandbox::{Engage, EngageBay, EngageOne, Fault, Sandbox, WebEngage};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::http::{Http, Payload};

async fn start() -> Sandbox {
    Sandbox::start().await.expect("a free port")
}

/// A client that follows no redirects and reports broken connections.
fn client() -> reqwest::Client {
    // If another crate of the build enables TLS in reqwest, it needs a crypto provider even for plain HTTP.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    client.build().expect("a client")
}

/// Creates a contact with this address at EngageBay.
async fn create(sandbox: &Sandbox, email: &str) -> reqwest::Result<Response> {
    let url = sandbox.engagebay().base_url();
    let body = json!({ "properties": [{ "name": "email", "value": email }] });
    let request = client().post(format!("{url}/dev/api/panel/subscribers/subscriber"));
    let request = request.header("authorization", EngageBay::API_KEY);
    let request = request.header("accept", "application/json");
    let request = request.header("content-type", "application/json");
    request.body(body.to_string()).send().await
}

async fn created(sandbox: &Sandbox, email: &str) -> (u16, String) {
    let response = create(sandbox, email).await.expect("a response");
    let status = response.status().as_u16();
    (status, response.text().await.expect("a body"))
}

fn contacts(sandbox: &Sandbox) -> usize {
    let listed = sandbox.perform("engagebay", "contacts_list", &[], json!({}));
    listed.expect("a list").as_array().map_or(0, Vec::len)
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[tokio::test]
async fn a_status_has_the_error_body_of_the_provider() {
    let sandbox = start().await;
    sandbox.fail_next(
        "contacts_create",
        Fault::status(429).retry_after(7).message("slow down"),
    );
    let response = create(&sandbox, "ada@example.com")
        .await
        .expect("a response");
    assert_eq!(response.status(), 429);
    assert_eq!(response.headers()["retry-after"], "7");
    assert_eq!(
        json(&response.text().await.unwrap()),
        json!({ "error": "slow down" })
    );
    assert_eq!(contacts(&sandbox), 0, "the call was not executed");
    let request = sandbox
        .requests()
        .of("contacts_create")
        .last()
        .expect("a request");
    assert_eq!((request.status, request.refusal), (429, None));
    assert_eq!(
        request.fault.as_deref(),
        Some("status=429 retry-after=7 message=\"slow down\"")
    );
    assert_eq!(
        created(&sandbox, "ada@example.com").await.0,
        200,
        "it happens once"
    );
    assert_eq!(sandbox.faults(), []);
}

#[tokio::test]
async fn the_error_body_depends_on_the_provider_and_can_be_set() {
    let sandbox = start().await;
    let text = |fault: Fault, url: String| {
        sandbox.fail_next("any", fault);
        async move {
            let request = client().get(url).header("accept", "application/json");
            request.send().await.unwrap().text().await.unwrap()
        }
    };
    let status = || Fault::status(500).message("x");
    let url = |base: String, path: &str| format!("{base}{path}");
    assert_eq!(
        json(
            &text(
                status(),
                url(sandbox.engagespot().base_url(), "/v3/notifications")
            )
            .await
        ),
        json!({ "status": "error", "message": "x" })
    );
    let webengage = || {
        url(
            sandbox.webengage().base_url(),
            "/v1/accounts/sandbox0/users",
        )
    };
    assert_eq!(
        json(&text(status(), webengage()).await),
        json!({ "response": { "message": "x", "status": "error" } })
    );
    assert_eq!(
        json(&text(status().body(json!([1])), webengage()).await),
        json!([1])
    );
    assert_eq!(
        text(status().text("bad gateway"), webengage()).await,
        "bad gateway"
    );
}

#[tokio::test]
async fn targets_are_operations_providers_paths_or_any() {
    let sandbox = start().await;
    let calls = |target: &str| {
        sandbox.fail_next(target, Fault::status(503));
        let sandbox = &sandbox;
        async move {
            let bay = created(sandbox, "ada@example.com").await.0;
            let engage = client().get(format!("{}/users", sandbox.engage().base_url()));
            let engage = engage.basic_auth(Engage::API_KEY, Some(Engage::API_SECRET));
            let engage = engage.send().await.expect("a response").status().as_u16();
            sandbox.reset();
            [bay, engage]
        }
    };
    assert_eq!(calls("contacts_create").await, [503, 200]);
    assert_eq!(calls("engagebay").await, [503, 200]);
    assert_eq!(calls("engage").await, [200, 503]);
    assert_eq!(calls("users_list").await, [200, 503]);
    assert_eq!(calls("engage.users_list").await, [200, 503]);
    assert_eq!(calls("/engage/v1/users").await, [200, 503]);
    assert_eq!(calls("/engage/*").await, [200, 503]);
    assert_eq!(
        calls("/dev/api/panel/subscribers/subscriber").await,
        [503, 200]
    );
    assert_eq!(calls("any").await, [503, 200], "once");
    assert_eq!(calls("contacts_list").await, [200, 200]);
}

#[tokio::test]
async fn an_unknown_target_is_an_error_with_near_names() {
    let sandbox = start().await;
    let error = |target: &str| {
        let error = sandbox.try_fail_next(target, Fault::reset());
        error.expect_err(target).to_string()
    };
    assert_eq!(
        error("contacts_creat"),
        "there is no operation or provider `contacts_creat`: did you mean `contacts_create` or `contacts_get` or `contacts_create_batch`?"
    );
    assert!(error("engagebya").contains("did you mean `engagebay`"));
    assert!(error("engage.users_lst").contains("did you mean `users_list`"));
    assert!(
        error("x").ends_with("a path such as /v1/*, or any"),
        "{}",
        error("x")
    );
    let unfit = sandbox.try_fail_next("contacts_create", Fault::reset().retry_after(1));
    assert_eq!(
        unfit.expect_err("a reset has no headers").to_string(),
        "`contacts_create: reset`: `retry-after` has an effect only on a `status`"
    );
    let unfit = sandbox.try_fail_next("contacts_get", Fault::drop_items(2));
    assert_eq!(
        unfit.expect_err("a GET has no body").to_string(),
        "`contacts_get: drop-items=2`: the body of this operation has no list"
    );
    let started = Sandbox::builder()
        .fault("contacts_creat: reset")
        .start()
        .await;
    assert!(
        started
            .expect_err("unknown")
            .to_string()
            .contains("did you mean `contacts_create`")
    );
    assert_eq!(sandbox.faults(), []);
}

#[tokio::test]
#[should_panic(expected = "did you mean `contacts_create`")]
async fn an_unknown_target_panics_in_a_test() {
    start().await.fail_next("contacts_creat", Fault::reset());
}

#[tokio::test]
async fn faults_happen_as_often_as_they_say() {
    let sandbox = start().await;
    let statuses = |fault: Fault| {
        sandbox.fail_next("owners_list", fault);
        let sandbox = &sandbox;
        async move {
            let mut failed = String::new();
            for _ in 0..8 {
                let url = format!("{}/dev/api/panel/users", sandbox.engagebay().base_url());
                let request = client()
                    .get(url)
                    .header("authorization", EngageBay::API_KEY);
                let status = request.send().await.expect("a response").status();
                failed.push(if status == 500 { '#' } else { '.' });
            }
            sandbox.clear_faults();
            failed
        }
    };
    let fault = || Fault::status(500);
    assert_eq!(statuses(fault()).await, "#.......");
    assert_eq!(statuses(fault().times(3)).await, "###.....");
    assert_eq!(statuses(fault().always()).await, "########");
    assert_eq!(statuses(fault().every(3)).await, "..#..#..");
    assert_eq!(statuses(fault().every(3).times(1)).await, "..#.....");
    let (one, two) = (
        fault().probability(0.5).seed(1),
        fault().probability(0.5).seed(2),
    );
    let first = statuses(one.clone()).await;
    assert_eq!(first, statuses(one).await, "the seed decides");
    assert_ne!(first, statuses(two).await);
    assert_eq!(statuses(fault().probability(0.0)).await, "........");
    assert_eq!(statuses(fault().probability(1.0)).await, "########");
}

#[tokio::test]
async fn of_several_faults_the_first_happens_first() {
    let sandbox = start().await;
    sandbox.fail_next("contacts_create", Fault::status(500).times(2));
    sandbox.fail_next("engagebay", Fault::status(503));
    assert_eq!(sandbox.set_fault("any: status=429 always"), Ok(3));
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(created(&sandbox, "ada@example.com").await.0);
    }
    assert_eq!(statuses, [500, 500, 503, 429]);
    let left = sandbox.faults();
    assert_eq!((left.len(), left[0].id, left[0].injected), (1, 3, 1));
    assert_eq!(
        (left[0].target.as_str(), left[0].fault.as_str()),
        ("any", "status=429 always")
    );
    assert!(sandbox.remove_fault(3) && !sandbox.remove_fault(3));
    assert_eq!(created(&sandbox, "ada@example.com").await.0, 200);
}

#[tokio::test]
async fn connections_are_reset_before_and_after_the_work_and_in_the_body() {
    let sandbox = start().await;
    sandbox.fail_next("contacts_create", Fault::reset());
    assert!(create(&sandbox, "1@example.com").await.is_err());
    assert_eq!(contacts(&sandbox), 0);
    assert_eq!(sandbox.requests().last().expect("recorded").status, 0);

    sandbox.fail_next("contacts_create", Fault::reset_after_commit());
    assert!(create(&sandbox, "1@example.com").await.is_err());
    assert_eq!(contacts(&sandbox), 1);
    let recorded = sandbox.requests().last().expect("recorded");
    assert_eq!(
        (recorded.status, recorded.fault.as_deref()),
        (200, Some("reset-after-commit"))
    );

    sandbox.fail_next("contacts_create", Fault::reset_in_body());
    let response = create(&sandbox, "2@example.com").await.expect("a head");
    assert_eq!(response.status(), 200);
    assert!(response.text().await.is_err());
    assert_eq!(contacts(&sandbox), 2);
    assert_eq!(
        created(&sandbox, "3@example.com").await.0,
        200,
        "the server goes on"
    );
}

#[tokio::test(start_paused = true)]
async fn a_stalled_call_is_executed_and_never_answered() {
    let sandbox = start().await;
    sandbox.fail_next("contacts_create", Fault::stall());
    let day = Duration::from_secs(86_400);
    let waited = tokio::time::timeout(day, create(&sandbox, "ada@example.com")).await;
    assert!(waited.is_err());
    assert_eq!(contacts(&sandbox), 1);
}

/// Tokio's paused clock advances by itself while everything waits, so this takes no time.
#[tokio::test(start_paused = true)]
async fn a_delay_is_fixed_or_has_jitter_from_a_seed() {
    let sandbox = start().await;
    let took = |fault: Fault| {
        sandbox.fail_next("contacts_create", fault);
        let sandbox = &sandbox;
        async move {
            let start = tokio::time::Instant::now();
            let status = created(sandbox, "ada@example.com").await.0;
            sandbox.reset();
            (status, start.elapsed())
        }
    };
    let hour = Duration::from_secs(3600);
    let (status, time) = took(Fault::delay(hour)).await;
    assert_eq!((status, time.as_secs() / 60), (200, 60));
    let (status, time) = took(Fault::status(503).delayed(hour)).await;
    assert_eq!((status, time.as_secs() / 60), (503, 60));
    let jitter = || Fault::delay(hour).jitter(hour).seed(3);
    let (_, first) = took(jitter()).await;
    let (_, second) = took(jitter()).await;
    assert!(first > hour && first < 2 * hour, "{first:?}");
    assert_eq!(first.as_secs() / 60, second.as_secs() / 60);
}

#[tokio::test]
async fn bodies_are_truncated_garbage_html_empty_or_oversized() {
    let sandbox = start().await;
    let mut number = 0;
    let mut body = |fault: Fault| {
        sandbox.fail_next("contacts_create", fault);
        number += 1;
        let (sandbox, email) = (&sandbox, format!("{number}@example.com"));
        async move {
            let response = create(sandbox, &email).await.expect("a response");
            let media_type = response.headers().get("content-type").cloned();
            let media_type = media_type.map(|value| value.to_str().unwrap().to_owned());
            let bytes = response.bytes().await.expect("a body");
            (media_type.unwrap_or_default(), bytes)
        }
    };
    let (media_type, bytes) = body(Fault::truncated()).await;
    assert_eq!(media_type, "application/json");
    assert!(bytes.starts_with(b"{\"id\":") && serde_json::from_slice::<Value>(&bytes).is_err());
    let (_, bytes) = body(Fault::garbage()).await;
    assert!(std::str::from_utf8(&bytes).is_err() && !bytes.is_empty());
    let (media_type, bytes) = body(Fault::html()).await;
    assert_eq!(media_type, "text/html; charset=utf-8");
    assert!(bytes.starts_with(b"<!DOCTYPE html>"));
    let (media_type, bytes) = body(Fault::empty()).await;
    assert_eq!((media_type.as_str(), bytes.len()), ("", 0));
    let (_, bytes) = body(Fault::oversized(3 << 20)).await;
    assert_eq!(bytes.len(), 3 << 20);
    let value: Value = serde_json::from_slice(&bytes).expect("JSON and spaces");
    assert_eq!(value["email"], "5@example.com");
    assert_eq!(contacts(&sandbox), 5, "all were executed");
}

#[tokio::test]
async fn fields_are_edited_by_the_document() {
    let sandbox = start().await;
    let edited = |fault: Fault| {
        sandbox.reset();
        sandbox.fail_next("contacts_create", fault);
        let sandbox = &sandbox;
        async move { json(&created(sandbox, "ada@example.com").await.1) }
    };
    let plain = edited(Fault::delay(Duration::ZERO)).await;
    let extra = edited(Fault::extra_fields()).await;
    assert_eq!(extra["sandbox_extra_field"]["nested"][0], 1);
    assert_eq!(
        extra["properties"][0]["sandbox_extra_field"]["nested"][2],
        "text"
    );
    assert_eq!(extra["email"], plain["email"]);
    let null = edited(Fault::null_fields()).await;
    assert!(null["id"].is_i64(), "the document requires it");
    assert_eq!(
        (&null["email"], &null["properties"]),
        (&Value::Null, &Value::Null)
    );
    let unknown = edited(Fault::unknown_enum()).await;
    let kind = &unknown["properties"][0]["field_type"];
    assert_eq!(*kind, "sandbox_unknown_value", "{unknown}");
    assert_eq!(unknown["email"], plain["email"]);
}

#[tokio::test]
async fn a_redirect_leads_to_another_origin() {
    let sandbox = start().await;
    sandbox.fail_next(
        "contacts_create",
        Fault::redirect("https://elsewhere.example/x"),
    );
    let response = create(&sandbox, "ada@example.com")
        .await
        .expect("a response");
    assert_eq!(response.status(), StatusCode::TEMPORARY_REDIRECT);
    assert_eq!(
        response.headers()["location"],
        "https://elsewhere.example/x"
    );
    assert_eq!(contacts(&sandbox), 0);
}

async fn sources(sandbox: &Sandbox, token: &str) -> Response {
    let url = format!("{}/data", sandbox.engageone().base_url());
    let request = client().request(Method::GET, url).bearer_auth(token);
    let request = request.header("pb-customer-id", EngageOne::CUSTOMER_ID);
    request.send().await.expect("a response")
}

#[tokio::test]
async fn an_expired_token_is_expired_for_good() {
    let sandbox = start().await;
    let token = sandbox.engageone().token();
    let sources = |token: String| {
        let sandbox = &sandbox;
        async move { sources(sandbox, &token).await.status().as_u16() }
    };
    let before = sources(token.clone()).await;
    assert_ne!(before, 401);
    sandbox.fail_next("engageone", Fault::expired_token());
    assert_eq!(sources(token.clone()).await, 401);
    assert_eq!(sources(token).await, 401, "a new login is needed");
    assert_eq!(sources(sandbox.engageone().token()).await, before);
}

#[tokio::test]
async fn the_clock_of_a_provider_can_be_ahead() {
    let sandbox = start().await;
    let date = |response: &Response| {
        let text = response.headers()["date"].to_str().unwrap().to_owned();
        httpdate::parse_http_date(&text).expect("a date")
    };
    let plain = create(&sandbox, "1@example.com").await.expect("a response");
    sandbox.fail_next("contacts_create", Fault::clock_offset(7200));
    let ahead = create(&sandbox, "2@example.com").await.expect("a response");
    let by = date(&ahead)
        .duration_since(date(&plain))
        .expect("later")
        .as_secs();
    assert_eq!(by / 60, 120);
    let times = [plain, ahead].map(|response| async { json(&response.text().await.unwrap()) });
    let [plain, ahead] = times;
    let time = |record: Value| record["created_time"].as_i64().expect("a time");
    assert_eq!((time(ahead.await) - time(plain.await)) / 60, 120);
    sandbox.clear_faults();
    let after = create(&sandbox, "3@example.com").await.expect("a response");
    let now = sandbox
        .now()
        .duration_since(date(&after))
        .unwrap_or_default();
    assert!(now < Duration::from_secs(60));
}

#[tokio::test]
async fn any_operation_can_have_a_rate_limit() {
    let sandbox = start().await;
    sandbox.fail_next("engagebay", Fault::rate_limit(2, Duration::from_secs(60)));
    let mut seen = Vec::new();
    for number in 0..3 {
        let response = create(&sandbox, &format!("{number}@example.com")).await;
        let response = response.expect("a response");
        let header = |name: &str| {
            let value = response.headers().get(name);
            value.map(|value| value.to_str().unwrap().to_owned())
        };
        seen.push((
            response.status().as_u16(),
            header("x-ratelimit-remaining"),
            header("retry-after"),
        ));
    }
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(seen[0], (200, some("1"), None));
    assert_eq!(seen[1], (200, some("0"), None));
    assert_eq!(seen[2], (429, some("0"), some("60")));
    assert_eq!(contacts(&sandbox), 2);
    sandbox.advance(Duration::from_secs(60));
    assert_eq!(
        created(&sandbox, "4@example.com").await.0,
        200,
        "the next window"
    );
}

#[tokio::test]
async fn accepted_calls_and_elements_are_lost_silently() {
    let sandbox = start().await;
    let post = |path: &'static str, body: Value| {
        let url = format!("{}{path}", sandbox.webengage().base_url());
        let request = client().post(url).bearer_auth(WebEngage::API_KEY);
        let request = request.header("content-type", "application/json");
        async move {
            let response = request
                .body(body.to_string())
                .send()
                .await
                .expect("a response");
            (
                response.status().as_u16(),
                json(&response.text().await.unwrap()),
            )
        }
    };
    let queued = json!({ "response": { "status": "queued" } });
    sandbox.fail_next("webengage.users_track", Fault::lost());
    let user = |id: &str| json!({ "userId": id });
    let (status, body) = post("/v1/accounts/sandbox0/users", user("u0")).await;
    assert_eq!((status, body), (201, queued), "the documented example");
    assert_eq!(sandbox.webengage().users().len(), 0);
    sandbox.fail_next("users_track_bulk", Fault::drop_items(2));
    let users = json!({ "users": [user("u1"), user("u2"), user("u3"), user("u4")] });
    let (status, _) = post("/v1/accounts/sandbox0/bulk-users", users).await;
    let stored: Vec<Value> = sandbox.webengage().users();
    let stored: Vec<&str> = stored
        .iter()
        .filter_map(|user| user["userId"].as_str())
        .collect();
    assert_eq!((status, stored), (201, vec!["u1", "u3"]));
    // A lost call is still checked.
    sandbox.fail_next("webengage.users_track", Fault::lost());
    assert_eq!(post("/v1/accounts/sandbox0/users", json!([])).await.0, 400);
}

#[tokio::test]
async fn a_lost_call_has_the_status_of_one_that_is_executed() {
    let sandbox = start().await;
    let notification = json!({
        "notification": { "title": "Hello" }, "sendTo": { "recipients": ["ada"] },
    });
    let task = "/dev/api/panel/tasks/1";
    let user = "/v1/accounts/sandbox0/users";
    let calls = [
        (
            Http::webengage(&sandbox),
            "POST",
            user,
            json!({ "userId": "u" }),
            201,
        ),
        (Http::engagebay(&sandbox), "DELETE", task, Value::Null, 204),
        (
            Http::engagespot(&sandbox),
            "POST",
            "/v3/notifications",
            notification,
            202,
        ),
        (
            Http::engage(&sandbox),
            "POST",
            "/users",
            json!({ "id": "u" }),
            200,
        ),
    ];
    for (http, method, path, body, expected) in calls {
        let call = || async {
            let payload = if body.is_null() {
                Payload::None
            } else {
                Payload::Json(body.clone())
            };
            http.call(method, path, payload).await
        };
        sandbox.fail_next("any", Fault::lost());
        let (lost, lost_body) = call().await;
        let (executed, executed_body) = call().await;
        assert_eq!((lost, executed), (expected, expected), "{path}");
        assert_eq!(lost_body.is_null(), executed_body.is_null(), "{path}");
    }
}

#[tokio::test]
async fn a_token_is_expired_by_a_clock_that_is_ahead() {
    let sandbox = start().await;
    let token = sandbox.engageone().token();
    let status = async || sources(&sandbox, &token).await.status().as_u16();
    assert_eq!(status().await, 200);
    // A token is valid for an hour.
    for (ahead, expected) in [(3500, 200), (3700, 401), (-3700, 200)] {
        let fault = format!("engageone: clock-offset={ahead}s times=1");
        sandbox.set_fault(&fault).expect("a fault");
        assert_eq!(status().await, expected, "{ahead}");
    }
    assert_eq!(status().await, 200, "by the sandbox's clock it is valid");
}

#[tokio::test]
async fn a_fault_of_a_provider_that_is_not_served_is_an_error() {
    for target in ["engagebay", "contacts_create", "engagebay.contacts_create"] {
        let fault = format!("{target}: reset");
        let builder = Sandbox::builder().provider("engage").provider("engageone");
        let error = builder.fault(&fault).start().await.expect_err("no effect");
        let expected = format!("`{fault}`: the sandbox serves only engage, engageone");
        assert_eq!(error.to_string(), expected);
    }
    let sandbox = Sandbox::builder().provider("engage");
    let sandbox = sandbox.start().await.expect("a free port");
    for target in ["any", "/x", "engage", "users_create"] {
        let added = sandbox.set_fault(&format!("{target}: reset"));
        assert!(added.is_ok(), "{target}");
    }
    assert!(sandbox.set_fault("engageone: reset").is_err());
}
