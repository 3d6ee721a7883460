use serde_json::{Value, json};

use super::{Account, refused};

const PATH: &str = "/v1/feedback/~8fb3k1";

#[tokio::test]
async fn a_new_account_has_the_documented_feedback() {
    let account = Account::start().await;
    let (status, response) = account.get(PATH).await;
    let data = &response["response"]["data"];
    assert_eq!(
        (status, &data["id"], &data["licenseCode"]),
        (200, &json!("~8fb3k1"), &json!("sandbox0"))
    );
    assert_eq!(
        (
            &response["response"]["message"],
            &response["response"]["status"]
        ),
        (&json!("success"), &json!("success"))
    );
    assert_eq!(
        (
            data["fields"].as_array().map(Vec::len),
            &data["fields"][0]["type"]
        ),
        (Some(5), &json!("default"))
    );
    assert!(data.get("tags").is_none(), "searches alone show tags");
    assert_eq!(
        account.get("/v1/feedback/other").await,
        refused(404, "Feedback other not found")
    );
}

#[tokio::test]
async fn replies_are_listed_and_read_one_by_one() {
    let account = Account::start().await;
    let feedback = account.get(PATH).await.1;
    let replies = &feedback["response"]["data"]["replies"];
    assert_eq!(replies.as_array().map(Vec::len), Some(2));
    assert_eq!(
        account.get(&format!("{PATH}/replies")).await,
        (200, json!({ "response": { "data": replies } }))
    );
    assert_eq!(
        account.get(&format!("{PATH}/reply/5c1e77a1")).await,
        (
            200,
            json!({ "response": { "data": replies[1], "message": "success", "status": "success" } })
        )
    );
    assert_eq!(
        account.get(&format!("{PATH}/reply/other")).await,
        refused(404, "Reply other not found")
    );
    assert_eq!(account.get("/v1/feedback/other/replies").await.0, 404);
    assert_eq!(
        account.get("/v1/feedback/other/reply/5c1e77a1").await.0,
        404
    );
}

#[tokio::test]
async fn files_and_attachments_can_be_downloaded() {
    let account = Account::start().await;
    let feedback = account.get(PATH).await.1;
    let data = &feedback["response"]["data"];
    let files = [
        (&data["fields"][4]["value"], 40960),
        (&data["replies"][1]["attachments"][0], 20480),
    ];
    for (file, length) in files {
        let url = file["fileAccessUrl"].as_str().expect("a URL");
        let path = url
            .strip_prefix(&account.handle().base_url())
            .expect("a URL of the sandbox");
        let response = account.send("api", "GET", path, &[], Vec::new()).await;
        assert_eq!(
            (
                response.status,
                response.content_type.as_str(),
                response.bytes.len()
            ),
            (200, "application/octet-stream", length)
        );
    }
    for folder in ["feedback-responses", "feedback-reply-attachments"] {
        let path = format!("/v1/accounts/sandbox0/{folder}/other/download");
        assert_eq!(
            account.get(&path).await,
            refused(404, "File other not found")
        );
    }
}

#[tokio::test]
async fn feedback_can_be_added_with_files_and_replies() {
    let account = Account::start().await;
    let url = "https://api.in.webengage.com/v1/accounts/x/feedback-responses/f1/download";
    let feedback = json!({
        "id": "~mine", "action": "done", "licenseCode": "x",
        "fields": [{ "id": "f", "value": { "@class": "file", "fileName": "a.bin", "fileAccessUrl": url } }],
    });
    account
        .handle()
        .add_feedback(&feedback)
        .expect("a good feedback");
    let (status, response) = account.get("/v1/feedback/~mine").await;
    let data = &response["response"]["data"];
    assert_eq!(
        (status, data.get("action"), &data["licenseCode"]),
        (200, None, &json!("x"))
    );
    assert_eq!(
        data["fields"][0]["value"]["fileAccessUrl"], url,
        "only the first host is the sandbox"
    );
    assert_eq!(
        account.get("/v1/feedback/~mine/replies").await,
        (200, json!({ "response": { "data": [] } }))
    );
    let path = "/v1/accounts/sandbox0/feedback-responses/f1/download";
    let response = account.send("api", "GET", path, &[], Vec::new()).await;
    assert_eq!(response.content_type, "application/octet-stream");
    assert_eq!(response.bytes, b"The sandbox's stand-in for a.bin.\n");
    for wrong in [Value::Null, json!({}), json!({ "id": "x", "tags": "one" })] {
        let refused = account.handle().add_feedback(&wrong);
        assert!(
            refused.expect_err("no feedback").starts_with("Feedback"),
            "{wrong}"
        );
    }
}
