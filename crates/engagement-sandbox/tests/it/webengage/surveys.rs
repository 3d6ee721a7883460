use serde_json::{Value, json};

use super::{Account, document, refused};

#[tokio::test]
async fn a_new_account_has_the_documented_response() {
    let account = Account::start().await;
    let (status, response) = account.get("/v1/survey/response/1sr7abc").await;
    assert_eq!(status, 200);
    let mut documented = document()
        .operation("surveys_get_response")
        .expect("it")
        .responses[0]
        .example
        .clone()
        .expect("an example");
    let base = account.handle().base_url();
    documented["response"]["data"]["licenseCode"] = json!("sandbox0");
    documented["response"]["data"]["questionResponses"][4]["value"]["fileAccessUrl"] = json!(
        format!("{base}/v1/accounts/sandbox0/survey-responses/~5qr9x5/download")
    );
    assert_eq!(response, documented);
    assert_eq!(
        account.get("/v1/survey/response/other").await,
        refused(404, "Survey response other not found")
    );
}

#[tokio::test]
async fn a_file_can_be_downloaded_from_its_url() {
    let account = Account::start().await;
    let (_, response) = account.get("/v1/survey/response/1sr7abc").await;
    let file = &response["response"]["data"]["questionResponses"][4]["value"];
    let url = file["fileAccessUrl"].as_str().expect("a URL");
    let path = url
        .strip_prefix(&account.handle().base_url())
        .expect("a URL of the sandbox");
    let response = account.send("api", "GET", path, &[], Vec::new()).await;
    assert_eq!(
        (response.status, response.content_type.as_str()),
        (200, "application/octet-stream")
    );
    assert_eq!(response.bytes.len(), 20480);
    assert!(
        response
            .bytes
            .starts_with(b"The sandbox's stand-in for parcel.png.\n")
    );
    let other = "/v1/accounts/sandbox0/survey-responses/~other/download";
    assert_eq!(
        account.get(other).await,
        refused(404, "File ~other not found")
    );
    // The id of one kind of file is unknown to the other kinds.
    let other = "/v1/accounts/sandbox0/feedback-responses/~5qr9x5/download";
    assert_eq!(account.get(other).await.0, 404);
}

#[tokio::test]
async fn responses_can_be_added() {
    let account = Account::start().await;
    let response = json!({ "id": "mine", "questionResponses": [{ "questionId": "q", "value": { "@class": "score", "value": 9 } }] });
    account
        .handle()
        .add_survey_response(&response)
        .expect("a good response");
    let (status, body) = account.get("/v1/survey/response/mine").await;
    let mut shown = response;
    shown["licenseCode"] = json!("sandbox0");
    assert_eq!((status, &body["response"]["data"]), (200, &shown));
    for wrong in [
        Value::Null,
        json!({}),
        json!({ "id": "" }),
        json!({ "id": 7 }),
    ] {
        let refused = account.handle().add_survey_response(&wrong);
        assert!(
            refused
                .expect_err("no response")
                .starts_with("SurveyResponse"),
            "{wrong}"
        );
    }
}
