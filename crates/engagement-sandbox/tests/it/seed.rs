//! Accounts that are filled at the start.

use std::io::ErrorKind;

use engagement_sandbox::Sandbox;
use serde_json::{Value, json};

async fn error(seed: &str) -> String {
    let started = Sandbox::builder().seed_text(seed).start().await;
    let error = started.expect_err("it doesn't start");
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    error.to_string()
}

#[tokio::test]
async fn calls_are_executed_in_their_order() {
    let seed = r#"[
        {"provider": "engagebay", "operation": "contacts_create",
         "body": {"properties": [{"name": "email", "value": "ada@example.com"}]}},
        {"provider": "engagebay", "operation": "contacts_add_score_by_path",
         "parameters": {"email": "ada@example.com", "score": 7}},
        {"provider": "webengage", "operation": "users_track",
         "parameters": {"licenseCode": "sandbox0"}, "body": {"userId": "u1"}},
        {"provider": "webengage", "operation": "transactions_trigger_multi",
         "parameters": {"licenseCode": "sandbox0", "campaignIds": ["c1", "c2"], "mode": "all"}, "body": {"userId": "u1", "ttl": 60, "overrideData": {}}}
    ]"#;
    let sandbox = Sandbox::builder().seed_text(seed).start().await;
    let sandbox = sandbox.expect("a valid seed");
    let email = [("email", "ada@example.com")];
    let ada = sandbox.perform("engagebay", "contacts_get_by_email", &email, Value::Null);
    assert_eq!(ada.expect("she is there")["score"], 7);
    assert_eq!(sandbox.webengage().messages().len(), 2);
    assert_eq!(sandbox.request_count(), 0);
    sandbox.reset();
    assert_eq!(
        sandbox.webengage().users(),
        [json!(null); 0],
        "a reset seeds nothing"
    );
}

#[tokio::test]
async fn errors_name_the_entry_and_the_reason() {
    let valid = r#"{"provider": "engagebay", "operation": "tags_create", "body": {"tag": "A"}}"#;
    for (entry, expected) in [
        (
            r#"{"provider": "engagebai", "operation": "tags_create"}"#,
            "there is no provider `engagebai`: did you mean `engagebay` or `engage`",
        ),
        (
            r#"{"provider": "engagebay", "operation": "contacts_creat"}"#,
            "engagebay has no operation `contacts_creat`: did you mean `contacts_create`",
        ),
        (
            r#"{"provider": "engagebay", "operation": "contacts_get", "parameters": {"ID": 1}}"#,
            "contacts_get: there is no parameter `ID`: ",
        ),
        (
            r#"{"provider": "engagebay", "operation": "contacts_get", "parameters": {"id": {}}}"#,
            "contacts_get: the parameter `id` must be a text, a number, a boolean or a list of these",
        ),
        (
            r#"{"provider": "engagebay", "operation": "tags_create", "body": {"tag": "1"}}"#,
            "tags_create: Invalid tag name `1`",
        ),
        (
            r#"{"provider": "engagebay", "operation": "tags_create", "body": {"tag": 1}}"#,
            "tags_create: body/tag: ",
        ),
        (
            r#"{"provider": "engagebay", "operations": "tags_create"}"#,
            "unknown field `operations`, expected one of `provider`, `operation`, `parameters`, `body`: write {",
        ),
    ] {
        let message = error(&format!("[\n{valid},\n\n  {entry}\n]")).await;
        let start = format!("the seed: entry 2 in line 4: {expected}");
        assert!(message.starts_with(&start), "{message}");
    }
    let message = error("[\n{]").await;
    assert!(
        message.starts_with("the seed is not a JSON list of calls: ") && message.contains("line 2"),
        "{message}"
    );
    let missing = Sandbox::builder().seed("/nowhere/seed.json").start().await;
    let message = missing.expect_err("it doesn't start").to_string();
    assert!(
        message.starts_with("/nowhere/seed.json can't be read: "),
        "{message}"
    );
}
