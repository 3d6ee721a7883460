use engagement_document::Operation;
use engagement_sandbox::WebEngage;
use serde_json::{Value, json};

use super::{Account, document, refused};

/// Channels with their operations.
const CHANNELS: [(&str, &str); 7] = [
    ("sms", "delivery_report_sms"),
    ("email", "delivery_report_email"),
    ("whatsapp", "delivery_report_whatsapp"),
    ("rcs", "delivery_report_rcs"),
    ("private_sms", "delivery_report_private_sms"),
    ("private_email", "delivery_report_private_email"),
    ("pinpoint", "delivery_report_pinpoint"),
];

fn operation(id: &str) -> (&'static Operation, &'static str, Value) {
    let operation = document().operation(id).expect("it is documented");
    let body = operation.body.as_ref().expect("a body").example.clone();
    (operation, &document().servers[operation.server].name, body)
}

impl Account {
    async fn report(&self, id: &str, headers: &[(&str, &str)], body: &Value) -> (u16, Value) {
        let (operation, server, _) = operation(id);
        let path = operation.path.replace("{token}", "demo");
        let mut headers = headers.to_vec();
        headers.push(("content-type", "application/json"));
        let key = format!("Bearer {}", WebEngage::API_KEY);
        if id == "delivery_report_private_sms" {
            // This report needs the API key, not the token.
            headers.push(("authorization", &key));
        }
        let body = body.to_string().into_bytes();
        let response = self.send(server, "POST", &path, &headers, body).await;
        (response.status, response.json())
    }
}

#[tokio::test]
async fn reports_are_listed_by_channel() {
    let account = Account::start().await;
    let mut sent = Vec::new();
    for (channel, id) in CHANNELS {
        let (_, _, body) = operation(id);
        assert_eq!(
            account.report(id, &[], &body).await,
            (200, Value::Null),
            "{id}"
        );
        sent.push((channel, body));
    }
    let listed: Vec<(&str, Value)> = account
        .handle()
        .delivery_reports()
        .into_iter()
        .map(|report| (report.channel, report.body))
        .collect();
    assert_eq!(listed, sent);
}

#[tokio::test]
async fn the_api_key_does_not_authenticate_reports() {
    let account = Account::start().await;
    let key = format!("Bearer {}", WebEngage::API_KEY);
    for (_, id) in &CHANNELS[..4] {
        let (_, _, body) = operation(id);
        assert_eq!(
            account.report(id, &[("authorization", &key)], &body).await,
            refused(401, "Unauthorized"),
            "{id}"
        );
    }
    assert!(account.handle().delivery_reports().is_empty());
}

#[tokio::test]
async fn a_report_is_validated_for_its_channel() {
    let account = Account::start().await;
    // Whatever Amazon Pinpoint writes is accepted.
    for (_, id) in &CHANNELS[..6] {
        assert_eq!(account.report(id, &[], &json!({})).await.0, 400, "{id}");
    }
    let (_, _, sms) = operation("delivery_report_sms");
    for id in [
        "delivery_report_email",
        "delivery_report_whatsapp",
        "delivery_report_rcs",
    ] {
        assert_eq!(account.report(id, &[], &sms).await.0, 400, "{id}");
    }
    let text = json!({ "messageId": "m", "event": "SENT", "timestamp": "2026-05-04T09:30:00+0000", "email": "a@example.com" });
    assert_eq!(
        account.report("delivery_report_email", &[], &text).await.0,
        200
    );
    assert_eq!(
        account
            .report("delivery_report_private_email", &[], &text)
            .await
            .0,
        400
    );
}

#[tokio::test]
async fn a_report_about_an_e_mail_needs_a_recipient() {
    let account = Account::start().await;
    for id in ["delivery_report_email", "delivery_report_private_email"] {
        let (_, _, mut body) = operation(id);
        let members = body.as_object_mut().expect("an object");
        members.remove("email");
        members.remove("hashedEmail");
        assert_eq!(
            account.report(id, &[], &body).await,
            refused(400, "`email` or `hashedEmail` is required")
        );
        body["hashedEmail"] = json!("a1b2");
        assert_eq!(account.report(id, &[], &body).await.0, 200);
    }
}
