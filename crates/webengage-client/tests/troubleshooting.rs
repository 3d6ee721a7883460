//! The README contains the exact text of errors.

use engagement_sandbox::{Sandbox, WebEngage};
use webengage_client::types::{EventTrack, SmsDeliveryReport, TransactionRequest, UserUpsert};
use webengage_client::{Client, Error, Upload};

fn is_documented(error: &Error) {
    let printed = error.to_string();
    let found = include_str!("../README.md").contains(&format!("{printed}`"))
        || include_str!("../README.md").contains(&format!("{printed} ``"));
    assert!(found, "the README doesn't have: {printed}");
}

#[tokio::test]
async fn printed_errors_are_in_the_readme() {
    let sandbox = Sandbox::builder()
        .rate_limit("events_track", 1)
        .start()
        .await
        .unwrap();
    let url = sandbox.webengage().base_url();
    let client = |license_code: &str, key: &str| {
        let builder = Client::builder(license_code, key).base_url(&url);
        builder.build().unwrap()
    };
    let user = || UserUpsert::new().user_id("u13");

    let stranger = client(WebEngage::LICENSE_CODE, "wrong");
    is_documented(&stranger.users().track(user()).send().await.unwrap_err());
    let other = client("other", WebEngage::API_KEY);
    is_documented(&other.users().track(user()).send().await.unwrap_err());
    if std::env::var_os("WEBENGAGE_API_KEY").is_none()
        && std::env::var_os("WEBENGAGE_DSN_TOKEN").is_none()
    {
        is_documented(&Client::from_env().unwrap_err());
    }
    let regional = Client::builder("demo4f2a", "key").region("mars").build();
    is_documented(&regional.unwrap_err());
    let european = Client::builder("demo4f2a", "key").region("europe").build();
    let items = Upload::from_bytes("items.csv", "id\n1\n");
    let upload = european.unwrap().catalogs().upload("catalog_7", items);
    is_documented(&upload.send().await.unwrap_err());

    let client = client(WebEngage::LICENSE_CODE, WebEngage::API_KEY);
    let nobody = UserUpsert::new().first_name("Ada");
    is_documented(&client.users().track(nobody).send().await.unwrap_err());
    let event = || EventTrack::new("Paid").user_id("u13");
    client.events().track(event()).send().await.unwrap();
    is_documented(&client.events().track(event()).send().await.unwrap_err());
    let request = TransactionRequest::new("u13");
    let trigger = client.transactions().trigger("~2camp9", request);
    is_documented(&trigger.send().await.unwrap_err());
    let items = Upload::from_bytes("items.csv", "id\n1\n");
    let upload = client.catalogs().upload("catalog_7", items);
    is_documented(&upload.send().await.unwrap_err());
    for id in ["~unknown", ".."] {
        is_documented(&client.feedback().get(id).send().await.unwrap_err());
    }

    let reporter = Client::builder_for_reports(WebEngage::DSN_TOKEN)
        .base_url(&url)
        .build()
        .unwrap();
    is_documented(&reporter.users().track(user()).send().await.unwrap_err());
    let named = reporter.users().track(user());
    let named = named.license_code(WebEngage::LICENSE_CODE);
    is_documented(&named.send().await.unwrap_err());
    let report = SmsDeliveryReport::new(
        "1.0",         // version
        "msg-0001",    // message id
        "15555550101", // to number
        "sms_sent",    // status
        0,             // status code
    );
    is_documented(
        &client
            .delivery()
            .report_sms(report)
            .send()
            .await
            .unwrap_err(),
    );

    // A new client: the other one may have an open connection.
    sandbox.stop().await;
    let client = Client::builder(WebEngage::LICENSE_CODE, WebEngage::API_KEY)
        .base_url(&url)
        .build()
        .unwrap();
    is_documented(&client.users().track(user()).send().await.unwrap_err());
}
