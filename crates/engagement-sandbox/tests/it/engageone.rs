//! An EngageOne account over HTTP.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use engagement_sandbox::{EngageOne, Sandbox};
use serde_json::{Value, json};

use crate::http::{Http, Payload, error_message};

const V1: &str = "/campaigns/Order%20confirmations/transactional";
const V2: &str = "/campaigns/v2/Order%20confirmations/transactional";

async fn start() -> Sandbox {
    Sandbox::start().await.expect("a free port")
}

fn credentials() -> Value {
    json!({
        "customer_id": EngageOne::CUSTOMER_ID, "client_id": EngageOne::CLIENT_ID, "secret": EngageOne::SECRET,
    })
}

fn users(sandbox: &Sandbox) -> Http<'_> {
    Http::bare(sandbox, String::new()).at(sandbox.engageone().server_url("users"))
}

/// A client with a token.
fn with<'a>(sandbox: &'a Sandbox, token: &str) -> Http<'a> {
    Http::new(
        sandbox,
        sandbox.engageone().base_url(),
        format!("Bearer {token}"),
    )
    .header("pb-customer-id", EngageOne::CUSTOMER_ID)
}

fn order(dataset: Value, path: &str) -> Value {
    json!({
        "communication": "Order confirmation", "dataset": dataset, "email_json_path": path,
        "sender": "orders@example.com", "subject": "Your order",
    })
}

#[tokio::test]
async fn a_login_returns_a_token_that_other_calls_accept() {
    let sandbox = start().await;
    let (status, token) = users(&sandbox).post("/authenticate", credentials()).await;
    assert_eq!(status, 200);
    let token = token.as_str().expect("a JSON string");
    let claims = token.split('.').nth(1).expect("three parts");
    let claims = BASE64_URL_SAFE_NO_PAD.decode(claims).expect("base64");
    let claims: Value = serde_json::from_slice(&claims).expect("JSON");
    let seconds = |name: &str| claims[name].as_f64().expect("seconds");
    assert!(
        ["exp", "iat", "nbf"]
            .iter()
            .all(|name| claims[name].is_f64()),
        "{claims}"
    );
    assert!(
        (seconds("exp") - seconds("iat") - 3600.0).abs() < 0.001,
        "{claims}"
    );
    assert!((seconds("nbf") - seconds("iat")).abs() < 0.001, "{claims}");
    assert_eq!(with(&sandbox, token).get("/data").await.0, 200);
    assert_eq!(sandbox.engageone().logins(), 1);
    assert_eq!(
        with(&sandbox, &sandbox.engageone().token())
            .get("/data")
            .await
            .0,
        200
    );
    assert_eq!(
        sandbox.engageone().logins(),
        1,
        "a token for the asking is no login"
    );
}

#[tokio::test]
async fn a_login_with_a_wrong_field_is_401() {
    let sandbox = start().await;
    for part in ["customer_id", "client_id", "secret"] {
        let mut wrong = credentials();
        wrong[part] = format!("{} ", wrong[part].as_str().expect("text")).into();
        assert_eq!(
            users(&sandbox).post("/authenticate", wrong.clone()).await,
            (
                401,
                json!({ "message": "The customer id, client id and secret don't belong together" })
            ),
            "{part}"
        );
        wrong.as_object_mut().expect("an object").remove(part);
        let (status, body) = users(&sandbox).post("/authenticate", wrong).await;
        assert_eq!(
            (status, error_message(&body)),
            (
                400,
                format!("body: \"{part}\" is a required property").as_str()
            )
        );
    }
    assert_eq!(sandbox.engageone().logins(), 0);
    // The main host has no login.
    assert_eq!(
        Http::engageone(&sandbox)
            .post("/authenticate", credentials())
            .await
            .0,
        404
    );
    let own = Sandbox::builder()
        .credential("ENGAGEONE_SECRET", "mine")
        .start()
        .await
        .expect("a free port");
    assert_eq!(
        users(&own).post("/authenticate", credentials()).await.0,
        401
    );
    let mut mine = credentials();
    mine["secret"] = "mine".into();
    assert_eq!(users(&own).post("/authenticate", mine).await.0, 200);
}

#[tokio::test]
async fn tokens_can_be_unknown_or_expire_or_be_invalidated() {
    let sandbox = start().await;
    let engageone = sandbox.engageone();
    let hint = async |http: Http<'_>| {
        let (status, headers, body) = http.call_with_headers("GET", "/data", Payload::None).await;
        assert_eq!((status, body), (401, json!({ "message": "Unauthorized" })));
        headers["x-sandbox-hint"].to_str().expect("text").to_owned()
    };
    let unknown = "the token was not issued by this sandbox, or was expired by the test";
    let missing = "the request has no `Authorization` header with `Bearer ` and a token";
    assert_eq!(hint(with(&sandbox, "a.b.c")).await, unknown);
    let base = engageone.base_url();
    assert_eq!(hint(Http::bare(&sandbox, base.clone())).await, missing);
    assert_eq!(
        hint(Http::new(&sandbox, base.clone(), engageone.token())).await,
        missing
    );
    let bearer = format!("Bearer {}", engageone.token());
    assert_eq!(
        hint(Http::new(&sandbox, base, bearer)).await,
        "the request has no `PB-Customer-Id` header"
    );

    let good = engageone.token();
    engageone.set_token_lifetime(Duration::ZERO);
    assert_eq!(
        hint(with(&sandbox, &engageone.token())).await,
        "the token has expired"
    );
    assert_eq!(
        with(&sandbox, &good).get("/data").await.0,
        200,
        "the older one lives on"
    );
    engageone.expire_tokens();
    assert_eq!(hint(with(&sandbox, &good)).await, unknown);
    engageone.set_token_lifetime(Duration::from_secs(60));
    assert_eq!(with(&sandbox, &engageone.token()).get("/data").await.0, 200);
}

#[tokio::test]
async fn another_customer_is_403() {
    let sandbox = start().await;
    for customer in ["Sandbox-Customer", "eocm-Example-Bank", ""] {
        let http = Http::engageone(&sandbox).header("pb-customer-id", customer);
        let message =
            "The token was not issued to the customer in PB-Customer-Id, which is case-sensitive";
        assert_eq!(
            http.get("/data").await,
            (403, json!({ "message": message })),
            "{customer}"
        );
    }
}

#[tokio::test]
async fn sends_are_stored_with_their_recipients() {
    let sandbox = start().await;
    let http = Http::engageone(&sandbox);
    let first = order(
        json!([{ "email": "ada@example.com" }, { "email": "grace@example.com", "n": 7 }]),
        "$[*].email",
    );
    let response = http.ok("POST", V2, Payload::Json(first.clone())).await;
    let second = order(
        json!([{ "customer_email": "ada@example.com" }]),
        "customer_email",
    );
    let (status, headers, body) = http
        .call_with_headers("POST", V1, Payload::Json(second.clone()))
        .await;
    assert_eq!((status, body), (200, Value::Null));
    assert_eq!(headers["content-type"], "application/octet-stream");
    let again = http.ok("POST", V2, Payload::Json(first.clone())).await;
    assert_ne!(
        again["send_id"], response["send_id"],
        "the same send twice is two"
    );
    let [v2, v1, _] = sandbox.engageone().sends().try_into().expect("three");
    assert_eq!(
        (v2.version, v2.campaign.as_str()),
        (2, "Order confirmations")
    );
    assert_eq!(response, json!({ "send_id": v2.id }));
    assert_eq!(v2.recipients, ["ada@example.com", "grace@example.com"]);
    assert_eq!(
        (v1.version, v1.recipients, v1.body),
        (1, vec!["ada@example.com".to_owned()], second)
    );
    assert_eq!(v2.body, first);
    http.ok("POST", V2, Payload::Json(order(json!([]), "email")))
        .await;
    assert_eq!(sandbox.engageone().sends().len(), 4);
}

#[tokio::test]
async fn records_without_an_address_are_refused_unless_they_are_ignored() {
    let sandbox = start().await;
    let http = Http::engageone(&sandbox);
    let dataset = json!([{ "email": "ada@example.com" }, { "mail": "grace@example.com" }]);
    let mut send = order(dataset, "$[*].email");
    for path in [V1, V2] {
        let message = "dataset/1: there is no address at `$[*].email`, the email_json_path";
        assert_eq!(
            http.post(path, send.clone()).await,
            (400, json!({ "message": message }))
        );
    }
    assert!(sandbox.engageone().sends().is_empty());
    send["ignore_missing_fields"] = false.into();
    assert_eq!(http.post(V2, send.clone()).await.0, 400);
    send["ignore_missing_fields"] = true.into();
    http.ok("POST", V2, Payload::Json(send)).await;
    assert_eq!(
        sandbox.engageone().sends()[0].recipients,
        ["ada@example.com"]
    );
}

#[tokio::test]
async fn communications_and_senders_are_checked_once_a_test_adds_one() {
    let sandbox = start().await;
    let (http, engageone) = (Http::engageone(&sandbox), sandbox.engageone());
    let send = order(json!([{ "email": "ada@example.com" }]), "email");
    engageone.add_communication("Welcome");
    assert_eq!(
        http.post(V2, send.clone()).await,
        (
            404,
            json!({ "message": "There is no communication Order confirmation" })
        )
    );
    engageone.add_communication("Order confirmation");
    engageone.verify_sender("Orders@example.com");
    assert_eq!(
        http.post(V2, send.clone()).await,
        (
            400,
            json!({ "message": "The sender address orders@example.com is not verified" })
        )
    );
    engageone.verify_sender("orders@example.com");
    http.ok("POST", V2, Payload::Json(send)).await;
}

#[tokio::test]
async fn data_sources_are_listed_and_read() {
    let sandbox = start().await;
    let http = Http::engageone(&sandbox);
    let (first, second) = (
        "3f1c6d1e-8a52-4b7e-9d60-0000000000d1",
        "3f1c6d1e-8a52-4b7e-9d60-0000000000d2",
    );
    assert_eq!(
        http.get("/data").await,
        (
            200,
            json!([{ "Id": first, "Name": "Customers" }, { "Id": second, "Name": "Policies" }])
        )
    );
    let records = http
        .ok("GET", &format!("/data/{first}"), Payload::None)
        .await;
    assert_eq!(records["data"][0]["NAME"], "Ada Example");
    assert_eq!(
        http.get("/data/nothing").await,
        (404, json!({ "message": "There is no data source nothing" }))
    );
    let records = vec![json!({ "uuid": "r1", "A": 1 }), json!({ "A": 2 })];
    sandbox.engageone().add_data_source("d3", "Third", records);
    assert_eq!(
        http.get("/data/d3").await.1,
        json!({ "data": [{ "uuid": "r1", "A": 1 }, { "A": 2, "uuid": "7b0e2f44-1c3d-4e5f-8a9b-000000000002" }] })
    );
    sandbox
        .engageone()
        .add_data_source("d3", "Once more", Vec::new());
    assert_eq!(
        http.get("/data").await.1[2],
        json!({ "Id": "d3", "Name": "Once more" })
    );
    sandbox.reset();
    let http = Http::engageone(&sandbox);
    assert_eq!(http.get("/data").await.1.as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn a_video_has_a_url_for_records() {
    let sandbox = start().await;
    let http = Http::engageone(&sandbox).at(sandbox.engageone().server_url("video"));
    let response = http
        .get("/data/projects/Web%20shop/communications/a%2Fb/videoUrl")
        .await;
    assert_eq!(
        response,
        (
            200,
            json!({ "videoUrl": "https://video.example.com/Web%20shop/a%2Fb/" })
        )
    );
}

#[tokio::test]
async fn examples_only_accepts_the_token_of_the_example() {
    let sandbox = Sandbox::builder()
        .examples_only()
        .start()
        .await
        .expect("a free port");
    let example = json!({ "customer_id": "any", "client_id": "any", "secret": "any" });
    let (status, token) = users(&sandbox).post("/authenticate", example).await;
    assert_eq!(status, 200);
    let token = token.as_str().expect("a JSON string");
    assert_eq!(with(&sandbox, token).get("/data").await.0, 200);
    assert_eq!(with(&sandbox, "other").get("/data").await.0, 401);
    // With accounts it is unknown.
    assert_eq!(with(&start().await, token).get("/data").await.0, 401);
}
