use serde_json::{Value, json};

use super::{Account, refused};

const PATH: &str = "/v1/accounts/sandbox0/feedbacks/searches";

fn ids(response: &Value) -> Vec<&str> {
    let contents = response["response"]["data"]["contents"]
        .as_array()
        .expect("a page");
    contents
        .iter()
        .filter_map(|one| one["id"].as_str())
        .collect()
}

#[tokio::test]
async fn a_search_returns_tags_and_other_types_of_fields() {
    let account = Account::start().await;
    let (status, response) = account.post(PATH, json!({})).await;
    let data = &response["response"]["data"];
    assert_eq!(status, 200);
    assert_eq!(
        (
            &data["pageNo"],
            &data["pageSize"],
            &data["totalCount"],
            &data["numberOfPages"],
            &data["ascending"]
        ),
        (&json!(1), &json!(25), &json!(1), &json!(1), &json!(false))
    );
    let found = &data["contents"][0];
    assert_eq!(found["tags"], json!(["delivery", "open"]));
    let kinds: Vec<&str> = found["fields"]
        .as_array()
        .expect("fields")
        .iter()
        .filter_map(|field| field["type"].as_str())
        .collect();
    assert_eq!(kinds, ["NAME", "EMAIL", "CATEGORY", "SCREENSHOT", "custom"]);
    assert_eq!(
        (
            &response["response"]["message"],
            &response["response"]["status"]
        ),
        (&json!("success"), &json!("success"))
    );
}

#[tokio::test]
async fn pages_are_requested_as_text_returned_as_numbers_and_newest_first() {
    let account = Account::start().await;
    for day in 10..14 {
        let feedback = json!({ "id": format!("d{day}"), "activity": { "activityOn": format!("2026-05-{day}T09:30+0000") } });
        account
            .handle()
            .add_feedback(&feedback)
            .expect("a good feedback");
    }
    account
        .handle()
        .add_feedback(&json!({ "id": "undated" }))
        .expect("a good feedback");
    let mut all = Vec::new();
    for page in 1..=4 {
        let query = json!({ "pageNo": page.to_string(), "pageSize": "2" });
        let (status, response) = account.post(PATH, query).await;
        let data = &response["response"]["data"];
        assert_eq!(
            (
                status,
                &data["pageNo"],
                &data["pageSize"],
                &data["totalCount"],
                &data["numberOfPages"]
            ),
            (200, &json!(page), &json!(2), &json!(6), &json!(3))
        );
        all.push(ids(&response).join(" "));
    }
    assert_eq!(all, ["d13 d12", "d11 d10", "~8fb3k1 undated", ""]);
    for (key, text) in [
        ("pageNo", "0"),
        ("pageNo", "one"),
        ("pageSize", "0"),
        ("pageSize", "-1"),
    ] {
        assert_eq!(
            account.post(PATH, json!({ key: text })).await,
            refused(
                400,
                &format!("`{key}` must be a whole number from 1, as text")
            )
        );
    }
    assert_eq!(
        account.post(PATH, json!({ "pageNo": 1 })).await.0,
        400,
        "numbers come as text"
    );
}

#[tokio::test]
async fn a_feedback_must_meet_every_condition() {
    let account = Account::start().await;
    let cases = [
        ("feedback_id", "~8fb3k1", "8fb3k1"),
        ("action", "unread", "read"),
        ("activity_type", "Problem", "Like"),
        ("email", "Ada@example.com", "ada@example.co"),
        ("content", "PROB", "nothing like it"),
        (
            "url",
            "https://shop.example.com/checkout",
            "https://shop.example.com/",
        ),
        ("ip", "192.0.2.10", "192.0.2.1"),
        ("browser", "Firefox", "Safari"),
        ("browser_version", "126", "12"),
        ("country", "Norway", "Sweden"),
        ("city", "Oslo", "Rome"),
        ("from", "2026-05-04T09:30+0000", "2026-05-04T09:31+0000"),
        ("to", "2026-05-04T15:00:12+0530", "2026-05-04T15:00:11+0530"),
    ];
    for (name, met, unmet) in cases {
        for (value, found) in [(met, 1), (unmet, 0)] {
            let (status, response) = account
                .post(PATH, json!({ "filter": { name: value } }))
                .await;
            assert_eq!(
                (status, ids(&response).len()),
                (200, found),
                "{name}: {value}"
            );
        }
    }
    let both = json!({ "filter": { "country": "Norway", "city": "Rome" } });
    assert!(ids(&account.post(PATH, both).await.1).is_empty());
    assert_eq!(
        account
            .post(PATH, json!({ "filter": { "from": "yesterday" } }))
            .await,
        refused(400, "`filter/from` must look like 2026-05-04T09:30+0000")
    );
}

#[tokio::test]
async fn a_feedback_must_have_all_tags_and_all_client_data() {
    let account = Account::start().await;
    let mine =
        json!({ "id": "mine", "tags": ["open"], "customData": { "plan": ["team", "starter"] } });
    account
        .handle()
        .add_feedback(&mine)
        .expect("a good feedback");
    let cases = [
        (json!({ "tags": ["open"] }), vec!["~8fb3k1", "mine"]),
        (json!({ "tags": ["open", "delivery"] }), vec!["~8fb3k1"]),
        (json!({ "tags": ["open", "closed"] }), vec![]),
        (json!({ "tags": [] }), vec!["~8fb3k1", "mine"]),
        (
            json!({ "client_data": { "plan": "starter" } }),
            vec!["~8fb3k1", "mine"],
        ),
        (
            json!({ "client_data": { "plan": "starter", "customer number": "1001" } }),
            vec!["~8fb3k1"],
        ),
        (json!({ "client_data": { "plan": "team" } }), vec!["mine"]),
        (json!({ "client_data": { "colour": "blue" } }), vec![]),
    ];
    for (filter, found) in cases {
        let (status, response) = account.post(PATH, json!({ "filter": filter })).await;
        assert_eq!((status, ids(&response)), (200, found), "{filter}");
    }
}

#[tokio::test]
async fn the_action_of_a_feedback_can_be_searched() {
    let account = Account::start().await;
    account
        .handle()
        .add_feedback(&json!({ "id": "mine", "action": "done" }))
        .expect("a good feedback");
    let (_, response) = account
        .post(PATH, json!({ "filter": { "action": "done" } }))
        .await;
    assert_eq!(
        response["response"]["data"]["contents"],
        json!([{ "id": "mine", "licenseCode": "sandbox0" }])
    );
}

#[tokio::test]
async fn the_documented_search_finds_the_documented_feedback() {
    let account = Account::start().await;
    let operation = super::document()
        .operation("feedback_search")
        .expect("it is documented");
    let example = operation.body.as_ref().expect("a body").example.clone();
    let (status, response) = account.post(PATH, example).await;
    assert_eq!((status, ids(&response)), (200, vec!["~8fb3k1"]));
}
