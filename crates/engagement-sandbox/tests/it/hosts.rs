//! Separate hosts, and the format of errors.

use engagement_sandbox::{EngageOne, Sandbox, WebEngage};
use serde_json::{Value, json};

use crate::http::{Http, Payload};

async fn start() -> Sandbox {
    Sandbox::start().await.expect("a free port")
}

#[tokio::test]
async fn hosts_can_have_different_operations_at_one_path() {
    let sandbox = start().await;
    let webengage = sandbox.webengage();
    let mut operations = Vec::new();
    for host in [
        "sms-status",
        "email-status",
        "whatsapp-status",
        "rcs-status",
    ] {
        let token = format!("Bearer {}", WebEngage::DSN_TOKEN);
        let base = webengage.server_url(host).expect("a host");
        assert_eq!(
            base,
            format!("http://{}/webengage.{host}", sandbox.address())
        );
        let http = Http::new(&sandbox, base, token);
        assert_ne!(
            http.post("/tracking/events", json!({})).await.0,
            404,
            "{host}"
        );
        operations.push(
            sandbox
                .requests()
                .last()
                .and_then(|request| request.operation),
        );
    }
    assert_eq!(
        operations,
        [
            Some("delivery_report_sms"),
            Some("delivery_report_email"),
            Some("delivery_report_whatsapp"),
            Some("delivery_report_rcs")
        ]
    );
    // The main host has none of their operations, and they have none of its.
    let main = Http::webengage(&sandbox);
    assert_eq!(main.post("/tracking/events", json!({})).await.0, 404);
    let sms = Http::webengage(&sandbox).at(webengage.server_url("sms-status"));
    assert_eq!(
        sms.post("/v1/accounts/sandbox0/users", json!({ "userId": "u1" }))
            .await
            .0,
        404
    );
    assert_eq!(webengage.server_url("nothing"), None);
    let nowhere = Http::bare(&sandbox, sandbox.url("webengage.nothing"));
    assert_eq!(nowhere.get("/tracking/events").await.0, 404);
}

#[tokio::test]
async fn optional_credentials_must_not_be_wrong() {
    let sandbox = start().await;
    let document = crate::http::documents()
        .iter()
        .find(|one| one.provider == "webengage");
    let operation = document.and_then(|one| one.operation("delivery_report_private_sms"));
    let report = &operation
        .expect("it is documented")
        .body
        .as_ref()
        .expect("it has a body")
        .example;
    let base = sandbox
        .webengage()
        .server_url("sms-status")
        .expect("a host");
    let bare = Http::bare(&sandbox, base);
    let send = async |http: &Http<'_>| {
        http.post("/tracking/privatessp-events", report.clone())
            .await
            .0
    };
    assert_eq!(send(&bare).await, 200);
    let wrong = bare.header("authorization", "Bearer x");
    assert_eq!(send(&wrong).await, 401);
    let right = wrong.header("authorization", format!("Bearer {}", WebEngage::API_KEY));
    assert_eq!(send(&right).await, 200);
}

#[tokio::test]
async fn unpublished_hosts_are_served_without_operations() {
    let sandbox = start().await;
    let engageone = sandbox.engageone();
    let archiving = Http::engageone(&sandbox).at(engageone.server_url("archiving"));
    let (status, headers, body) = archiving
        .call_with_headers("GET", "/documents/7?x=1", Payload::None)
        .await;
    assert_eq!(status, 404);
    assert_eq!(
        body,
        json!({ "message": "EngageOne Communicate API has no known operation at /engageone.archiving/documents/7" })
    );
    assert_eq!(
        headers["x-sandbox-hint"],
        "neither the paths of this host nor its address are published: \
         https://docs.api.communicate.engageone.co/archiving-channel.html"
    );
    let bare = Http::bare(&sandbox, String::new());
    let bare = bare.at(engageone.server_url("archiving"));
    assert_eq!(
        bare.get("/").await,
        (401, json!({ "message": "Unauthorized" }))
    );
    let other = Http::engageone(&sandbox)
        .at(engageone.server_url("nlu"))
        .header("pb-customer-id", EngageOne::CUSTOMER_ID.to_uppercase());
    assert_eq!(other.get("/").await.0, 403);
    // One of them takes no credentials.
    let public = Http::bare(&sandbox, String::new()).at(engageone.server_url("public"));
    assert_eq!(public.post("/unsubscribe", json!({})).await.0, 404);
    assert_eq!(sandbox.requests()[0].provider, "engageone");
}

#[tokio::test]
async fn errors_have_the_format_of_their_provider() {
    let sandbox = start().await;
    let list = |message: &str| json!({ "status": "error", "message": [message] });
    let one = |message: &str| json!({ "status": "error", "message": message });
    let container =
        |message: &str| json!({ "response": { "message": message, "status": "error" } });
    let engagespot = Http::engagespot(&sandbox);
    let webengage = Http::webengage(&sandbox);
    let engageone = Http::engageone(&sandbox);
    let cases: [(&Http<'_>, &str, &str, Value, u16, Value); 7] = [
        (
            &engagespot,
            "POST",
            "/v3/users",
            json!({}),
            400,
            list("body: \"identifier\" is a required property"),
        ),
        (
            &engagespot,
            "POST",
            "/v3/users/u1",
            json!({}),
            405,
            one("POST is not served here: use DELETE, PUT"),
        ),
        (
            &engagespot,
            "GET",
            "/nothing",
            Value::Null,
            404,
            one(
                "Engagespot API has no operation at /engagespot/nothing: compare the path with its document",
            ),
        ),
        (
            &webengage,
            "POST",
            "/v1/accounts/sandbox0/users",
            json!([]),
            400,
            container("body: value is not of type \"object\""),
        ),
        (
            &webengage,
            "GET",
            "/nothing",
            Value::Null,
            404,
            container(
                "WebEngage API has no operation at /webengage/nothing: compare the path with its document",
            ),
        ),
        (
            &engageone,
            "POST",
            "/campaigns/v2/c/transactional",
            json!([]),
            400,
            json!({ "message": "body: value is not of type \"object\"" }),
        ),
        (
            &engageone,
            "DELETE",
            "/data",
            Value::Null,
            405,
            json!({ "message": "DELETE is not served here: use GET" }),
        ),
    ];
    for (http, method, path, body, status, expected) in cases {
        let payload = if body.is_null() {
            Payload::None
        } else {
            Payload::Json(body)
        };
        assert_eq!(
            http.call(method, path, payload).await,
            (status, expected),
            "{method} {path}"
        );
    }
    let wrong = [
        (
            sandbox.engagespot().base_url(),
            "/v3/profile",
            one("No auth params (or combination of params) were found in the request"),
        ),
        (
            sandbox.webengage().base_url(),
            "/v1/feedback/f1",
            container("Unauthorized"),
        ),
        (
            sandbox.engageone().base_url(),
            "/data",
            json!({ "message": "Unauthorized" }),
        ),
    ];
    for (base, path, expected) in wrong {
        let (status, headers, body) = Http::bare(&sandbox, base)
            .call_with_headers("GET", path, Payload::None)
            .await;
        assert_eq!((status, body), (401, expected), "{path}");
        assert!(headers.contains_key("x-sandbox-hint"), "{path}");
    }
}
