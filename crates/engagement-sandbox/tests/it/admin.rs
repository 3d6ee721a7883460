//! The API under `/api/`, with which tests in any language inspect and control the sandbox.

use std::time::Duration;

use engagement_sandbox::{Engage, EngageBay, Sandbox, WebEngageChannel, to};
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::http::{Http, Payload};

async fn start() -> Sandbox {
    Sandbox::start().await.expect("a free port")
}

/// Calls the API, and checks each JSON against its document.
pub(crate) async fn api(sandbox: &Sandbox, method: &str, path: &str, body: Value) -> (u16, Value) {
    let (status, _, text) = raw(sandbox, method, path, body).await;
    let json: Value = if text.is_empty() {
        Value::Null
    } else {
        serde_json::from_str(&text).expect("JSON")
    };
    if path != "/openapi.json" {
        check(sandbox, method, path, status, &json).await;
    }
    (status, json)
}

async fn raw(sandbox: &Sandbox, method: &str, path: &str, body: Value) -> (u16, HeaderMap, String) {
    // If another crate of the build enables TLS in reqwest, it needs a crypto provider even for plain HTTP.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let url = format!("http://{}/api{path}", sandbox.address());
    let client = reqwest::Client::new();
    let mut request = client.request(method.parse().expect("a method"), url);
    request = request.header("x-sandbox", "1");
    if !body.is_null() {
        let request_with_type = request.header(CONTENT_TYPE, "application/json");
        request = request_with_type.body(body.to_string());
    }
    let response = request.send().await.expect("a response");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    (status, headers, response.text().await.expect("text"))
}

/// Fails if a response is not as the API's own document says.
async fn check(sandbox: &Sandbox, method: &str, path: &str, status: u16, json: &Value) {
    let (_, _, document) = raw(sandbox, "GET", "/openapi.json", Value::Null).await;
    let document: Value = serde_json::from_str(&document).expect("JSON");
    let path = format!("/api{}", path.split('?').next().unwrap_or_default());
    let matches = |template: &str| {
        let segments = template.split('/').zip(path.split('/'));
        template.split('/').count() == path.split('/').count()
            && segments
                .clone()
                .all(|(known, given)| known.starts_with('{') || known == given)
    };
    let paths = document["paths"].as_object().expect("paths");
    let Some((_, methods)) = paths.iter().find(|(template, _)| matches(template)) else {
        assert_eq!(status, 404, "{path} is not documented");
        return;
    };
    let operation = &methods[method.to_lowercase()];
    let mut response = &operation["responses"][status.to_string()];
    if let Some(reference) = response["$ref"].as_str() {
        response = document.pointer(&reference[1..]).expect("a response");
    }
    if operation.is_null() || matches!(status, 403 | 405 | 413 | 415) {
        return;
    }
    assert!(
        !response.is_null(),
        "{method} {path}: {status} is not documented"
    );
    let schema = &response["content"]["application/json"]["schema"];
    if schema.is_null() {
        assert_eq!(json, &Value::Null, "{method} {path}");
        return;
    }
    let text = schema
        .to_string()
        .replace("#/components/schemas/", "#/$defs/");
    let mut schema: Value = serde_json::from_str(&text).expect("JSON");
    let text = document["components"]["schemas"].to_string();
    let text = text.replace("#/components/schemas/", "#/$defs/");
    schema["$defs"] = serde_json::from_str(&text).expect("JSON");
    strict(&mut schema);
    let validator = jsonschema::validator_for(&schema).expect("a good schema");
    let errors: Vec<String> = validator
        .iter_errors(json)
        .map(|error| error.to_string())
        .collect();
    assert!(errors.is_empty(), "{method} {path}: {errors:?} in {json}");
}

/// OpenAPI's `nullable` as JSON Schema has it, and no undocumented fields.
fn strict(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            object.values_mut().for_each(strict);
            if object.contains_key("properties") && object.get("type") == Some(&json!("object")) {
                object.insert("additionalProperties".to_owned(), json!(false));
            }
            if object.remove("nullable").is_some()
                && let Some(kind) = object.remove("type")
            {
                object.insert("type".to_owned(), json!([kind, "null"]));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(strict),
        _ => {}
    }
}

async fn send_email(sandbox: &Sandbox, to: &str, subject: &str) -> String {
    let body = json!({
        "from": { "email": "shop@example.com" }, "to": to, "subject": subject, "html": "<p>Hello <b>{{name}}</b></p>",
        "text": "Hello {{name}}", "template_variables": { "name": "Ada", "reset_password": "hunter2" },
    });
    let sent = Http::engage(sandbox)
        .ok("POST", "/send/email", Payload::Json(body))
        .await;
    sent["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn requests_are_listed_with_why_they_were_refused() {
    let sandbox = start().await;
    let http = Http::engagebay(&sandbox);
    assert_eq!(http.get("/dev/api/panel/tags").await.0, 200);
    assert_eq!(http.get("/dev/api/panel/tag").await.0, 404);
    let (status, list) = api(&sandbox, "GET", "/requests", Value::Null).await;
    assert_eq!(
        (status, &list["count"], &list["kept"]),
        (200, &json!(2), &json!(2))
    );
    let newest = &list["requests"][0];
    assert_eq!(newest["number"], 2);
    assert_eq!(newest["path"], "/engagebay/dev/api/panel/tag");
    assert_eq!(newest["status"], 404);
    assert_eq!(
        newest["refusal"]["reason"],
        "EngageBay REST API has no operation at /engagebay/dev/api/panel/tag: compare the path with its document"
    );
    assert_eq!(newest["refusal"]["near"][0]["operation"], "tags_list");
    assert_eq!(list["requests"][1]["operation"], "tags_list");
    assert_eq!(list["requests"][1]["refusal"], Value::Null);
}

#[tokio::test]
async fn lists_of_requests_are_narrowed_down() {
    let sandbox = start().await;
    sandbox.set_fault("tags_list: status=503").expect("a fault");
    Http::engagebay(&sandbox).get("/dev/api/panel/tags").await;
    Http::engage(&sandbox)
        .get("/nothing?to=ada@example.com")
        .await;
    Http::engage(&sandbox)
        .put("/users/u1", json!({ "first_name": "Grace" }))
        .await;
    for (query, expected) in [
        ("", vec![3, 2, 1]),
        ("?provider=engage", vec![3, 2]),
        ("?operation=users_update", vec![3]),
        ("?only=refused", vec![2]),
        ("?only=fault", vec![1]),
        ("?only=verdict", vec![2]),
        ("?status=503", vec![1]),
        ("?q=GRACE", vec![3]),
        ("?q=personal-data", vec![2]),
        ("?q=TAGS_", vec![1]),
        ("?after=2", vec![3]),
        ("?limit=1&provider=engage", vec![3]),
        ("?provider=engage&q=tags", vec![]),
    ] {
        let (status, list) = api(&sandbox, "GET", &format!("/requests{query}"), Value::Null).await;
        let numbers = list["requests"].as_array().expect("a list").iter();
        let numbers: Vec<i64> = numbers.filter_map(|one| one["number"].as_i64()).collect();
        assert_eq!((status, numbers), (200, expected), "{query}");
    }
    for (query, message) in [
        (
            "?provider=engagebai",
            "`provider` can't be `engagebai`: did you mean `engagebay` or `engage`",
        ),
        (
            "?only=x",
            "`only` can't be `x`: use one of refused, fault, verdict",
        ),
        ("?limit=x", "`limit` takes a number"),
        (
            "?limitt=1",
            "there is no parameter `limitt`: did you mean `limit`?",
        ),
    ] {
        let (status, error) = api(&sandbox, "GET", &format!("/requests{query}"), Value::Null).await;
        assert_eq!(status, 400, "{query}");
        let error = error["error"].as_str().expect("a message");
        assert!(error.starts_with(message), "{query}: {error}");
    }
    let (status, _) = api(&sandbox, "DELETE", "/requests", Value::Null).await;
    assert_eq!((status, sandbox.request_count()), (204, 0));
}

#[tokio::test]
async fn a_request_is_shown_as_curl_and_in_rust_without_its_credentials() {
    let sandbox = start().await;
    let bay = Http::engagebay(&sandbox);
    let contact = json!({ "properties": [{ "name": "email", "value": "o'neill@example.com" }] });
    bay.ok(
        "POST",
        "/dev/api/panel/subscribers/subscriber",
        Payload::Json(contact),
    )
    .await;
    bay.get("/dev/api/panel/subscribers/6000000000000001?x=sandbox-engagebay-key")
        .await;
    let engage = Http::engage(&sandbox);
    engage.get("/lists?limit=5").await;
    let number = |number: u64| format!("/requests/{number}");
    let (_, created) = api(&sandbox, "GET", &number(1), Value::Null).await;
    let address = sandbox.address();
    assert_eq!(
        created["curl"],
        format!(
            "curl --path-as-is -g 'http://{address}/engagebay/dev/api/panel/subscribers/subscriber' \\\n  \
             -H 'accept: application/json' \\\n  \
             -H \"authorization: $ENGAGEBAY_API_KEY\" \\\n  \
             -H 'content-type: application/json; charset=utf-8' \\\n  \
             --data-raw '{{\"properties\":[{{\"name\":\"email\",\"value\":\"o'\\''neill@example.com\"}}]}}'"
        )
    );
    assert_eq!(
        created["rust"],
        "let body: engagebay_client::types::NewContact = serde_json::from_value(json!({\n  \"properties\": [\n    {\n      \
         \"name\": \"email\",\n      \"value\": \"o'neill@example.com\"\n    }\n  ]\n}))?;\n\
         client.contacts().create(body)\n    .send().await?;"
    );
    let (_, read) = api(&sandbox, "GET", &number(2), Value::Null).await;
    assert_eq!(read["query"], "x=***");
    assert_eq!(
        read["rust"],
        "client.contacts().get(6000000000000001)\n    .send().await?;"
    );
    let (_, listed) = api(&sandbox, "GET", &number(3), Value::Null).await;
    assert!(
        listed["curl"]
            .as_str()
            .expect("text")
            .contains("-u \"$ENGAGE_API_KEY:$ENGAGE_API_SECRET\"")
    );
    assert_eq!(
        listed["rust"],
        "client.lists().list()\n    .limit(5)\n    .send().await?;"
    );
    let credentials = listed["headers"].as_array().expect("a list").iter();
    let credentials: Vec<&Value> = credentials
        .filter(|one| one["name"] == "authorization")
        .collect();
    assert_eq!(
        credentials,
        [&json!({ "name": "authorization", "value": "Basic ***" })]
    );
    for view in [created, read, listed] {
        let text = view.to_string();
        for secret in [EngageBay::API_KEY, Engage::API_KEY, Engage::API_SECRET] {
            assert!(!text.contains(secret), "{text}");
        }
    }
    let (status, error) = api(&sandbox, "GET", "/requests/9", Value::Null).await;
    assert_eq!(
        (status, &error["error"]),
        (
            404,
            &json!("there is no request 9, or it is no longer kept")
        )
    );
}

/// Bodies without a type of their own, forms and files are sent by the operation's id.
#[tokio::test]
async fn other_bodies_are_shown_as_calls_by_id() {
    let sandbox = start().await;
    let http = Http::engagebay(&sandbox);
    let path = "/dev/api/panel/subscribers/contact/tags/add2/7";
    http.call("POST", path, Payload::Json(json!(["vip"]))).await;
    let form = [("email", "a\"b@example.com"), ("score", "5")];
    http.form("/dev/api/panel/subscribers/add-score", &form)
        .await;
    let (_, list) = api(&sandbox, "GET", "/requests/1", Value::Null).await;
    assert_eq!(
        list["rust"],
        "client.operation(\"contacts_add_tags\")?\n    .param(\"contactId\", 7)\n    .json(&json!([\n  \"vip\"\n]))\n    \
         .send().await?;"
    );
    let (_, form) = api(&sandbox, "GET", "/requests/2", Value::Null).await;
    assert_eq!(
        form["rust"],
        "client.operation(\"contacts_add_score\")?\n    .form_param(\"email\", \"a\\\"b@example.com\")\n    \
         .form_param(\"score\", \"5\")\n    .send().await?;"
    );
    let (_, nothing) = api(&sandbox, "GET", "/requests", Value::Null).await;
    assert_eq!(
        nothing["requests"][0]["rust"],
        Value::Null,
        "lists are short"
    );
}

#[tokio::test]
async fn secrets_in_bodies_records_and_tokens_are_masked() {
    let sandbox = start().await;
    let login = json!({
        "clientId": "sandbox-customer.client@communicate.engageone.co", "secret": "sandbox-engageone-secret",
        "customerId": "sandbox-customer",
    });
    let base = sandbox.server_url("engageone", "api").expect("a host");
    Http::bare(&sandbox, base)
        .call("POST", "/auth/login", Payload::Json(login))
        .await;
    let all = sandbox.requests();
    let request = all.last().expect("a request");
    let token = sandbox.engageone().token();
    let http = Http::bare(&sandbox, sandbox.url("engagebay"));
    http.call(
        "POST",
        "/dev/api/panel/tags",
        Payload::Json(json!({ "a": token })),
    )
    .await;
    let (_, masked) = api(&sandbox, "GET", "/requests/1", Value::Null).await;
    assert!(String::from_utf8_lossy(&request.body).contains("sandbox-engageone-secret"));
    assert!(
        masked["body"]
            .as_str()
            .expect("text")
            .contains("\"secret\":\"***\""),
        "{masked}"
    );
    let (status, headers, file) = raw(&sandbox, "GET", "/requests/1/body", Value::Null).await;
    assert_eq!(
        (status, &headers["content-disposition"]),
        (
            200,
            &"attachment; filename=\"request-1\""
                .parse()
                .expect("a value")
        )
    );
    assert!(file.contains("\"secret\":\"***\""), "{file}");
    let (_, with_token) = api(&sandbox, "GET", "/requests/2", Value::Null).await;
    assert_eq!(with_token["body"], "{\"a\":\"***\"}");
}

#[tokio::test]
async fn bodies_are_files_and_never_pages() {
    let sandbox = start().await;
    let http = Http::engagebay(&sandbox);
    let html = [("tag", "<script>alert(1)</script>")];
    http.form("/dev/api/panel/tags", &html).await;
    let (_, headers, body) = raw(&sandbox, "GET", "/requests/1/body", Value::Null).await;
    assert_eq!(body, "tag=%3Cscript%3Ealert%281%29%3C%2Fscript%3E");
    assert_eq!(headers[CONTENT_TYPE], "application/octet-stream");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(
        headers["content-disposition"],
        "attachment; filename=\"request-1\""
    );
}

#[tokio::test]
async fn messages_are_listed_and_waited_for() {
    let sandbox = start().await;
    let id = send_email(&sandbox, "ada@example.com", "Welcome").await;
    send_email(&sandbox, "grace@example.com", "Invoice").await;
    for (query, expected) in [
        ("", vec!["Invoice", "Welcome"]),
        ("?to=ADA@example.com", vec!["Welcome"]),
        ("?q=invoice", vec!["Invoice"]),
        ("?channel=sms", vec![]),
        ("?channel=email&provider=engage&limit=1", vec!["Invoice"]),
    ] {
        let (_, list) = api(&sandbox, "GET", &format!("/messages{query}"), Value::Null).await;
        let subjects = list["messages"].as_array().expect("a list").iter();
        let subjects: Vec<&str> = subjects.filter_map(|one| one["subject"].as_str()).collect();
        assert_eq!((subjects, &list["count"]), (expected, &json!(2)), "{query}");
    }
    let key = format!("engage-{id}-1");
    let (_, message) = api(&sandbox, "GET", &format!("/messages/{key}"), Value::Null).await;
    assert_eq!(message["html"], "<p>Hello <b>Ada</b></p>");
    assert_eq!(message["text"], "Hello Ada");
    assert_eq!(message["to"], json!(["ada@example.com"]));
    assert_eq!(
        message["data"],
        json!({ "name": "Ada", "reset_password": "***" })
    );
    assert_eq!(
        api(&sandbox, "GET", "/messages/x", Value::Null).await.0,
        404
    );

    // The request is sent before the message.
    let waiting = api(&sandbox, "GET", "/messages?q=late&wait=60", Value::Null);
    let sending = async {
        tokio::task::yield_now().await;
        send_email(&sandbox, "ada@example.com", "Late").await
    };
    let ((_, list), _) = tokio::join!(waiting, sending);
    assert_eq!(list["messages"][0]["subject"], "Late");
    let (_, none) = api(&sandbox, "GET", "/messages?q=never&wait=0", Value::Null).await;
    assert_eq!(none["messages"], json!([]));
}

#[tokio::test]
async fn accounts_keep_the_newest_events_and_count_the_others() {
    let builder = Sandbox::builder().log_size(2);
    let sandbox = builder.start().await.expect("a free port");
    let perform = |provider: &str, operation: &str, body: Value| {
        let parameters = match provider {
            "engage" => ("uid", "ada"),
            _ => ("licenseCode", "sandbox0"),
        };
        let done = sandbox.perform(provider, operation, &[parameters], body);
        done.unwrap_or_else(|why| panic!("{operation}: {why}"));
    };
    let attributes = json!([{ "attributeName": "n", "dataType": "number" }]);
    let definition =
        json!({ "eventName": "Sale", "eventCategory": "BUSINESS", "attributes": attributes });
    perform("webengage", "business_events_define", definition);
    for number in 0..5 {
        let data = json!({ "n": number });
        perform(
            "engage",
            "users_track",
            json!({ "event": "Seen", "value": number }),
        );
        let event = json!({ "userId": "ada", "eventName": "Seen", "eventData": data });
        perform("webengage", "events_track", event);
        let event = json!({ "eventName": "Sale", "eventData": data });
        perform("webengage", "business_events_trigger", event);
    }
    let (_, all) = api(&sandbox, "GET", "/records", Value::Null).await;
    for (provider, kind, number) in [
        ("engage", "events", "/value"),
        ("webengage", "events", "/eventData/n"),
        ("webengage", "business events", "/eventData/n"),
    ] {
        let mut lists = all["lists"].as_array().expect("lists").iter();
        let list = lists.find(|list| list["provider"] == provider && list["kind"] == kind);
        let list = list.expect("the list");
        let records = list["records"].as_array().expect("records").iter();
        let numbers: Vec<_> = records.map(|event| event.pointer(number)).collect();
        assert_eq!(
            numbers,
            [Some(&json!(3)), Some(&json!(4))],
            "{provider} {kind}"
        );
        assert_eq!(list["count"], 5, "{provider} {kind}");
    }
}

#[tokio::test]
async fn records_of_all_providers_are_listed() {
    let sandbox = start().await;
    let tag = |name: &str| {
        let body = json!({ "tag": name });
        sandbox.perform("engagebay", "tags_create", &[], body)
    };
    let _ = (tag("vip"), tag("new"));
    let user = json!({ "userId": "u1", "attributes": { "plan": "gold" } });
    sandbox
        .perform(
            "webengage",
            "users_track",
            &[("licenseCode", "sandbox0")],
            user,
        )
        .expect("a user");
    let engage = json!({ "id": "u2", "first_name": "Ada" });
    sandbox
        .perform("engage", "users_create", &[], engage)
        .expect("a user");
    let engagespot = json!({ "identifier": "u3" });
    sandbox
        .perform("engagespot", "users_create", &[], engagespot)
        .expect("a user");
    let (_, all) = api(&sandbox, "GET", "/records", Value::Null).await;
    let lists = all["lists"].as_array().expect("a list");
    let list = |provider: &str, kind: &str| {
        let mut lists = lists.iter();
        lists
            .find(|one| one["provider"] == provider && one["kind"] == kind)
            .expect("a list")
    };
    assert_eq!(list("webengage", "users")["records"][0]["userId"], "u1");
    assert_eq!(list("engage", "users")["records"][0]["first_name"], "Ada");
    assert_eq!(
        list("engagespot", "users")["records"][0]["identifier"],
        "u3"
    );
    assert_eq!(list("engagebay", "tracks")["count"], 1);
    assert_eq!(
        list("engageone", "data sources")["records"][1]["Name"],
        "Policies"
    );
    let (_, few) = api(
        &sandbox,
        "GET",
        "/records?provider=engageone&limit=1",
        Value::Null,
    )
    .await;
    let sources = &few["lists"][1];
    assert_eq!(
        (
            &sources["count"],
            sources["records"].as_array().map(Vec::len)
        ),
        (&json!(2), Some(1))
    );
}

#[tokio::test]
async fn faults_are_set_listed_and_removed() {
    let sandbox = start().await;
    let set = json!({ "fault": "tags_list: status=429 retry-after=7 times=2" });
    let (status, fault) = api(&sandbox, "POST", "/faults", set).await;
    assert_eq!(status, 201);
    assert_eq!(
        fault,
        json!({ "id": 1, "target": "tags_list", "fault": "status=429 retry-after=7 times=2", "injected": 0 })
    );
    let http = Http::engagebay(&sandbox);
    assert_eq!(http.get("/dev/api/panel/tags").await.0, 429);
    let (_, list) = api(&sandbox, "GET", "/faults", Value::Null).await;
    assert_eq!(list["faults"][0]["injected"], 1);
    assert_eq!(
        api(&sandbox, "DELETE", "/faults/1", Value::Null).await.0,
        204
    );
    assert_eq!(http.get("/dev/api/panel/tags").await.0, 200);
    let (status, error) = api(&sandbox, "DELETE", "/faults/1", Value::Null).await;
    assert_eq!(
        (status, &error["error"]),
        (404, &json!("there is no fault 1, or it has happened"))
    );
    let unknown = json!({ "fault": "tags_lists: status=429" });
    let (status, error) = api(&sandbox, "POST", "/faults", unknown).await;
    assert_eq!(status, 400);
    assert!(
        error["error"]
            .as_str()
            .expect("a message")
            .contains("did you mean `tags_list`"),
        "{error}"
    );
    let (_, request) = api(&sandbox, "GET", "/requests/1", Value::Null).await;
    assert_eq!(request["fault"], "status=429 retry-after=7 times=2");
    sandbox.set_fault("any: stall").expect("a fault");
    assert_eq!(api(&sandbox, "DELETE", "/faults", Value::Null).await.0, 204);
    assert_eq!(sandbox.faults(), []);
}

#[tokio::test]
async fn verdicts_are_listed() {
    let sandbox = start().await;
    send_email(&sandbox, "ada@example.com", "Twice").await;
    send_email(&sandbox, "ada@example.com", "Twice").await;
    let (_, list) = api(&sandbox, "GET", "/verdicts?provider=engage", Value::Null).await;
    assert_eq!(
        list,
        json!({ "count": 1, "verdicts": [{
            "kind": "send-repeated", "provider": "engage", "operation": "send_email", "request": 2,
            "message": "it repeats request 1, which was executed",
        }] })
    );
    let (_, none) = api(&sandbox, "GET", "/verdicts?provider=engagebay", Value::Null).await;
    assert_eq!(none["verdicts"], json!([]));
    let (_, request) = api(&sandbox, "GET", "/requests/2", Value::Null).await;
    assert_eq!(request["verdicts"], list["verdicts"]);
}

#[tokio::test(start_paused = true)]
async fn the_clock_is_advanced() {
    let sandbox = start().await;
    let before = sandbox.now();
    let (status, _) = api(
        &sandbox,
        "POST",
        "/clock/advance",
        json!({ "seconds": 86400.5 }),
    )
    .await;
    assert_eq!(status, 200);
    let passed = sandbox.now().duration_since(before).expect("later");
    assert!(passed >= Duration::from_millis(86_400_500), "{passed:?}");
    for wrong in [
        json!({}),
        json!({ "seconds": -1 }),
        json!({ "seconds": "60" }),
        json!({ "seconds": 1e300 }),
    ] {
        let (status, error) = api(&sandbox, "POST", "/clock/advance", wrong).await;
        assert_eq!(status, 400);
        assert_eq!(
            error["error"],
            "send {\"seconds\": 60}; the clock only moves forward"
        );
    }
}

#[tokio::test]
async fn reset_starts_anew() {
    let sandbox = start().await;
    send_email(&sandbox, "ada@example.com", "Welcome").await;
    sandbox.set_fault("any: stall").expect("a fault");
    assert_eq!(
        api(&sandbox, "POST", "/reset", Value::Null).await,
        (204, Value::Null)
    );
    assert_eq!(sandbox.request_count(), 0);
    assert_eq!(sandbox.faults(), []);
    assert!(sandbox.outbox().find(&to("ada@example.com")).is_err());
}

#[tokio::test]
async fn the_providers_and_the_document_are_listed() {
    let sandbox = start().await;
    let (_, list) = api(&sandbox, "GET", "/providers", Value::Null).await;
    let listed: Vec<(&str, usize)> = list["providers"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| {
            let operations = one["operations"].as_array().expect("a list");
            (one["name"].as_str().expect("a text"), operations.len())
        })
        .collect();
    let served = sandbox.providers();
    let served: Vec<(&str, usize)> = served
        .iter()
        .map(|one| (one.name, one.operations))
        .collect();
    assert_eq!(listed, served);
    assert!(listed.len() >= 5 && listed.iter().all(|(_, operations)| *operations > 0));
    let (_, document) = api(&sandbox, "GET", "/openapi.json", Value::Null).await;
    assert_eq!(document["openapi"], "3.0.3");
}

#[tokio::test]
async fn what_the_api_does_not_have_is_named() {
    let sandbox = start().await;
    for (method, path, body, status, message) in [
        (
            "GET",
            "/nothing",
            Value::Null,
            404,
            "there is no /api/nothing: /api/openapi.json describes this API",
        ),
        (
            "GET",
            "",
            Value::Null,
            404,
            "there is no /api: /api/openapi.json describes this API",
        ),
        ("PUT", "/faults", Value::Null, 405, "use GET, POST, DELETE"),
        (
            "POST",
            "/faults",
            json!([]),
            400,
            "send {\"fault\": \"contacts_create: status=500 times=2\"}",
        ),
        (
            "POST",
            "/faults",
            Value::Null,
            400,
            "the body is not JSON: EOF while parsing a value at line 1 column 0",
        ),
    ] {
        let (got, error) = api(&sandbox, method, path, body).await;
        assert_eq!(
            (got, &error["error"]),
            (status, &json!(message)),
            "{method} {path}"
        );
    }
    let (_, headers, _) = raw(&sandbox, "PUT", "/faults", Value::Null).await;
    assert_eq!(headers["allow"], "GET, POST, DELETE");
    let large = json!({ "fault": "x".repeat(1 << 20) });
    let (status, error) = api(&sandbox, "POST", "/faults", large).await;
    assert_eq!(
        (status, &error["error"]),
        (413, &json!("the body exceeds the limit of 1 MiB"))
    );
    assert_eq!(
        sandbox.request_count(),
        0,
        "requests to the API are not those of a client"
    );
}

/// The events that a connection has sent so far, until there is one that contains a text.
async fn read_until(stream: &mut TcpStream, text: &str) -> String {
    let mut read = Vec::new();
    let mut buffer = [0; 1024];
    while !String::from_utf8_lossy(&read).contains(text) {
        let length = stream.read(&mut buffer).await.expect("an event");
        assert!(
            length > 0,
            "it ended after {}",
            String::from_utf8_lossy(&read)
        );
        read.extend_from_slice(&buffer[..length]);
    }
    String::from_utf8(read).expect("text")
}

/// The stream of events, before its head is read.
async fn events(sandbox: &Sandbox) -> TcpStream {
    let mut stream = TcpStream::connect(sandbox.address())
        .await
        .expect("a connection");
    let head = "GET /api/events HTTP/1.1\r\nHost: localhost\r\nX-Sandbox: 1\r\n\r\n";
    stream.write_all(head.as_bytes()).await.expect("sent");
    stream
}

/// The clock is paused. It advances by itself when all tasks are idle.
#[tokio::test(start_paused = true)]
async fn events_say_that_something_has_changed_and_end_with_the_sandbox() {
    let sandbox = start().await;
    let mut stream = events(&sandbox).await;
    let first = read_until(&mut stream, "\n\n").await;
    assert!(first.contains("content-type: text/event-stream"), "{first}");
    assert!(
        first.contains("event: change\ndata: {\"requests\":0,\"verdicts\":0,\"faults\":0}\n\n"),
        "{first}"
    );
    Http::engagebay(&sandbox).get("/dev/api/panel/tags").await;
    read_until(&mut stream, "\"requests\":1").await;
    let (_, _) = api(
        &sandbox,
        "POST",
        "/faults",
        json!({ "fault": "any: stall" }),
    )
    .await;
    read_until(&mut stream, "\"faults\":1").await;
    // The stream waits for the next change.
    tokio::time::sleep(Duration::from_millis(100)).await;
    let stopped = tokio::time::timeout(Duration::from_secs(1), sandbox.stop());
    stopped
        .await
        .expect("an open stream must not delay the end");
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.expect("the end");
    assert!(rest.ends_with(b"0\r\n\r\n"), "{rest:?}");
}

/// The clock is paused. It advances by itself when all tasks are idle.
#[tokio::test(start_paused = true)]
async fn every_change_through_a_handle_is_an_event() {
    let sandbox = start().await;
    let mut stream = events(&sandbox).await;
    read_until(&mut stream, "\n\n").await;
    // Each is made right after the event of the one before: none changes what an event shows.
    let changes: [fn(&Sandbox); 4] = [
        |sandbox| sandbox.engage().remove_cursors(),
        |sandbox| sandbox.webengage().add_campaign("c", WebEngageChannel::Sms),
        |sandbox| {
            let user = json!({ "id": "ada" });
            sandbox
                .perform("engage", "users_create", &[], user)
                .expect("a user");
        },
        |sandbox| sandbox.advance(Duration::from_secs(1)),
    ];
    for change in changes {
        change(&sandbox);
        let event = tokio::time::timeout(
            Duration::from_secs(1),
            read_until(&mut stream, "event: change"),
        );
        event.await.expect("an event before the next comment");
    }
    sandbox.set_fault("any: stall").expect("a fault");
    read_until(&mut stream, "\"faults\":1").await;
}
