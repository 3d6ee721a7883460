//! What the README says errors print is what they print.

use engagement_sandbox::{Sandbox, WebEngage};
use webengage_client::types::{EventTrack, SmsDeliveryReport, TransactionRequest, UserUpsert};
use webengage_client::{Client, Error, Upload};

fn is_told(error: &Error) {
    let printed = error.to_string();
    let told = include_str!("../README.md").contains(&format!("{printed}`"))
        || include_str!("../README.md").contains(&format!("{printed} ``"));
    assert!(told, "the README doesn't have: {printed}");
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
    let user = || UserUpsert::builder().user_id("u13");

    let stranger = client(WebEngage::LICENSE_CODE, "wrong");
    is_told(
        &stranger
            .users()
            .track()
            .body(user())
            .send()
            .await
            .unwrap_err(),
    );
    let other = client("other", WebEngage::API_KEY);
    is_told(&other.users().track().body(user()).send().await.unwrap_err());
    if std::env::var_os("WEBENGAGE_API_KEY").is_none()
        && std::env::var_os("WEBENGAGE_DSN_TOKEN").is_none()
    {
        is_told(&Client::from_env().unwrap_err());
    }
    let regional = Client::builder("demo4f2a", "key").region("europe").build();
    is_told(&regional.unwrap_err());

    let client = client(WebEngage::LICENSE_CODE, WebEngage::API_KEY);
    let nobody = UserUpsert::builder().first_name("Ada");
    is_told(
        &client
            .users()
            .track()
            .body(nobody)
            .send()
            .await
            .unwrap_err(),
    );
    let nameless = EventTrack::builder().user_id("u13");
    is_told(
        &client
            .events()
            .track()
            .body(nameless)
            .send()
            .await
            .unwrap_err(),
    );
    let event = || EventTrack::builder().user_id("u13").event_name("Paid");
    client.events().track().body(event()).send().await.unwrap();
    is_told(
        &client
            .events()
            .track()
            .body(event())
            .send()
            .await
            .unwrap_err(),
    );
    let request = TransactionRequest::builder().user_id("u13");
    let trigger = client
        .transactions()
        .trigger()
        .experiment_id("~2camp9")
        .body(request);
    is_told(&trigger.send().await.unwrap_err());
    let upload = client.catalogs().upload().catalog_slug("catalog_7");
    is_told(
        &upload
            .file(Upload::from_bytes("items.csv", "id\n1\n"))
            .send()
            .await
            .unwrap_err(),
    );
    let gone = client.feedback().get().feedback_id("~unknown");
    is_told(&gone.send().await.unwrap_err());

    let reporter = Client::builder_for_reports(WebEngage::DSN_TOKEN)
        .base_url(&url)
        .build()
        .unwrap();
    is_told(
        &reporter
            .users()
            .track()
            .body(user())
            .send()
            .await
            .unwrap_err(),
    );
    let named = reporter
        .users()
        .track()
        .license_code(WebEngage::LICENSE_CODE);
    is_told(&named.body(user()).send().await.unwrap_err());
    let report = SmsDeliveryReport::builder()
        .version("1.0")
        .message_id("msg-0001")
        .to_number("15555550101")
        .status("sms_sent")
        .status_code(0);
    is_told(
        &client
            .delivery()
            .report_sms()
            .body(report)
            .send()
            .await
            .unwrap_err(),
    );

    // A fresh client: the other one may still hold an open connection.
    sandbox.stop().await;
    let client = Client::builder(WebEngage::LICENSE_CODE, WebEngage::API_KEY)
        .base_url(&url)
        .build()
        .unwrap();
    is_told(
        &client
            .users()
            .track()
            .body(user())
            .send()
            .await
            .unwrap_err(),
    );
}
