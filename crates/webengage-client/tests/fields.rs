//! Values that occur besides the documented ones.

use serde_json::{Value, json};
use webengage_client::types::{EmailDeliveryReport, SmsDeliveryReport, UserUpsert};
use webengage_client::{Client, ErrorKind};

#[test]
fn the_status_code_of_a_delivery_may_be_text() {
    for code in [json!(2003), json!("2003")] {
        let report = json!({
            "version": "2.0", "messageId": "m-1", "toNumber": "+15555550101", "status": "sms_failed", "statusCode": code,
        });
        let read: SmsDeliveryReport = serde_json::from_value(report.clone()).unwrap();
        assert_eq!(serde_json::to_value(read).unwrap(), report);
        let report = json!({
            "version": "1.0", "messageId": "m-1", "event": "BOUNCE", "timestamp": "2026-05-04T09:30:00+0000",
            "statusCode": code,
        });
        let read: EmailDeliveryReport = serde_json::from_value(report.clone()).unwrap();
        assert_eq!(serde_json::to_value(read).unwrap(), report);
    }
}

#[test]
fn custom_attributes_may_be_beside_the_documented_fields() {
    // A user of any fields is sent as it was read, with what is `null`.
    let user = json!({"userId": "ada", "city": null, "Plan": "pro", "seats": 5, "attributes": {"Age": 36}});
    let read: UserUpsert = serde_json::from_value(user.clone()).unwrap();
    assert_eq!(read.extra.get("Plan"), Some(&Value::from("pro")));
    assert_eq!(serde_json::to_value(read).unwrap(), user);
}

/// No type reads XML, so no call asks for it.
#[tokio::test]
async fn no_operation_takes_a_format() {
    let client = Client::builder("code", "key").build().unwrap();
    for operation in webengage_client::PROVIDER.operations {
        let call = client.operation(operation.id).unwrap();
        let error = call.param("format", "xml").send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        let text = "the operation has no parameter with that name";
        assert!(error.to_string().contains(text), "{error}");
    }
}
