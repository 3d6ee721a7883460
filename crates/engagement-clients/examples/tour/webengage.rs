//! WebEngage: users, events, a transactional campaign, an upload and a delivery report, on three hosts.

use std::path::{Path, PathBuf};

use engagement_clients::webengage::enums::{ContainerStatus, SmsDeliveryStatus};
use engagement_clients::webengage::types::{
    EventTrack, OverrideContext, OverrideData, QueuedEnvelope, SmsDeliveryReport,
    TransactionEnvelope, TransactionRequest, UserUpsert,
};
use engagement_clients::webengage::{Client, Timestamp, status_codes};
use engagement_clients::{ErrorKind, header};
use engagement_sandbox::{Sandbox, WebEngage, WebEngageChannel};
use serde_json::json;

use crate::printer::{Failure, Printer, call, ensure, here};

pub(crate) async fn run(tour: &mut Printer<'_>, sandbox: &Sandbox) -> Result<(), Failure> {
    let account = sandbox.webengage();
    let base_url = account.base_url();
    tour.provider("WebEngage", &base_url);
    let mut builder = Client::builder_with_reports(
        WebEngage::LICENSE_CODE,
        WebEngage::API_KEY,
        WebEngage::DSN_TOKEN,
    )
    .base_url(&base_url);
    for host in ["dashboard", "sms-status"] {
        let url = account
            .server_url(host)
            .ok_or("the sandbox should have it")?;
        builder = builder.server_url(host, url);
    }
    let client = builder.build()?;

    user(tour, &client, sandbox).await?;
    event(tour, &client, sandbox).await?;
    transaction(tour, &client, sandbox).await?;
    upload(tour, &client, sandbox).await?;
    report(tour, &client, sandbox).await
}

async fn user(tour: &mut Printer<'_>, client: &Client, sandbox: &Sandbox) -> Result<(), Failure> {
    tour.step("Create a user, or change it if it is there: WebEngage queues what it is told");
    let ada = UserUpsert::new()
        .user_id("ada")
        .first_name("Ada")
        .email("ada@example.com")
        .attributes([("plan", "pro")]);
    let response = call!(tour, client.users().track(ada).response())?;
    // The value is what stands in the response's container; the rest stays within reach.
    let full_body: QueuedEnvelope = here!(tour, response.full_body())?;
    let queued = response.value();
    tour.got(format_args!(
        "{}: {}, in {}",
        response.status(),
        queued.status.as_ref().map_or("", ContainerStatus::as_str),
        serde_json::to_value(&full_body)?
    ));
    let users = sandbox.webengage().users();
    ensure!(
        queued.status == Some(ContainerStatus::Queued) && full_body.response == *queued,
        "the container should say `queued`"
    );
    ensure!(
        users.len() == 1
            && users[0]["firstName"] == "Ada"
            && users[0]["attributes"]["plan"] == "pro",
        "the profile should have arrived with its attribute"
    );
    Ok(())
}

async fn event(tour: &mut Printer<'_>, client: &Client, sandbox: &Sandbox) -> Result<(), Failure> {
    tour.step("Record an event twice under one x-request-id: it is taken once");
    let time: Timestamp = "2030-01-31T09:30+0530".parse()?;
    let event = EventTrack::new("Upgraded")
        .user_id("ada")
        .event_time(&time)
        .event_data([("amount", 49.5)]);
    for _ in 0..2 {
        let event = event.clone();
        let queued = call!(
            tour,
            client
                .events()
                .track(event)
                .x_request_id("order-5001")
                .send()
        )?;
        ensure!(
            queued.status == Some(ContainerStatus::Queued),
            "the repeat should be answered as the first one"
        );
    }
    let events = sandbox.webengage().events();
    let [event] = events.as_slice() else {
        return Err(format!("the sandbox should know one event, not {}", events.len()).into());
    };
    tour.got(format_args!(
        "the sandbox was told once: {} of {} at {}",
        event["eventName"], event["userId"], event["eventTime"]
    ));
    ensure!(
        event["eventName"] == "Upgraded" && event["eventTime"] == time.to_string(),
        "it should be the event just sent"
    );
    Ok(())
}

async fn transaction(
    tour: &mut Printer<'_>,
    client: &Client,
    sandbox: &Sandbox,
) -> Result<(), Failure> {
    tour.step("Send a transactional campaign to a user");
    let account = sandbox.webengage();
    account.add_campaign("welcome", WebEngageChannel::Email);
    let token = json!({ "order": { "number": "A-1001" } });
    let send = TransactionRequest::new("ada")
        .ttl(600)
        .override_data(OverrideData::new().context(OverrideContext::new().token(token)));
    let response = call!(
        tour,
        client
            .transactions()
            .trigger("welcome", send.clone())
            .response()
    )?;
    let messages = account.messages();
    let [message] = messages.as_slice() else {
        return Err(format!("the outbox should hold one message, not {}", messages.len()).into());
    };
    let to = message.to.as_deref().unwrap_or_default();
    tour.got(format_args!(
        "{:?} of campaign {} to {to}, within {} seconds",
        message.channel, message.campaign_id, message.ttl
    ));
    ensure!(
        message.channel == WebEngageChannel::Email && to == "ada@example.com",
        "it should be an e-mail to the address of the profile"
    );
    // WebEngage doesn't document the response, so there may be none.
    let full_body: TransactionEnvelope = response.full_body()?;
    let receipt = response.into_inner().ok_or("there should be a receipt")?;
    ensure!(
        receipt.txn_id.as_str() == message.transaction_id && full_body.response.data == receipt,
        "the receipt should name the message"
    );

    let Err(error) = call!(tour, client.transactions().trigger("farewell", send).send()) else {
        return Err("there should be no such campaign".into());
    };
    tour.got(&error);
    ensure!(error.is_not_found(), "is_not_found() should be true");
    Ok(())
}

async fn upload(tour: &mut Printer<'_>, client: &Client, sandbox: &Sandbox) -> Result<(), Failure> {
    tour.step("Upload a file; it goes to another host than the calls before");
    let items = "id,title,price\n1,\"Notes, by the translator\",12.50\n2,Sketch,30.00\n";
    let file = Temporary::new("tour-items.csv", items)?;
    let response = call!(
        tour,
        client
            .catalogs()
            .upload("catalog_1", file.path())
            .response()
    )?;
    let uploads = sandbox.webengage().uploads();
    let [upload] = uploads.as_slice() else {
        return Err(format!("the sandbox should know one upload, not {}", uploads.len()).into());
    };
    tour.got(format_args!(
        "{}: {} bytes for {}, columns {}",
        response.status(),
        upload.bytes,
        upload.slug,
        upload.columns.join(", ")
    ));
    ensure!(
        upload.slug == "catalog_1" && upload.bytes == items.len(),
        "the file should have arrived whole"
    );
    ensure!(
        upload.columns == ["id", "title", "price"],
        "its first line should have arrived as it is"
    );

    let nowhere = Path::new("no-such-folder/items.csv");
    let Err(error) = call!(tour, client.catalogs().upload("catalog_1", nowhere).send()) else {
        return Err("a file that isn't there should have been refused".into());
    };
    tour.got("a file that isn't there: nothing is sent");
    ensure!(
        error.kind() == ErrorKind::InvalidRequest && !error.was_sent(),
        "nothing should have been sent"
    );
    Ok(())
}

/// A file that is gone afterwards.
struct Temporary(PathBuf);

impl Temporary {
    fn new(name: &str, content: &str) -> Result<Self, Failure> {
        let name = format!("{}-{name}", std::process::id());
        let file = Self(std::env::temp_dir().join(name));
        std::fs::write(&file.0, content)?;
        Ok(file)
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

async fn report(tour: &mut Printer<'_>, client: &Client, sandbox: &Sandbox) -> Result<(), Failure> {
    tour.step("Report what became of an SMS, as its provider: a third host, and another token");
    let sent = SmsDeliveryReport::new(
        "2.0",                      // version
        "sms-1001",                 // message id
        "+15555550101",             // to number
        SmsDeliveryStatus::SmsSent, // status
        status_codes::sms::OK,      // status code
    );
    call!(tour, client.delivery().report_sms(sent).send())?;
    let reports = sandbox.webengage().delivery_reports();
    let [report] = reports.as_slice() else {
        return Err(format!("the sandbox should know one report, not {}", reports.len()).into());
    };
    let last = sandbox.requests().last();
    let bearer = last
        .as_ref()
        .and_then(|request| request.header(header::AUTHORIZATION.as_str()));
    let is_for_reports = bearer == Some(&*format!("Bearer {}", WebEngage::DSN_TOKEN));
    tour.got(format_args!(
        "{} of {}, with the token for reports",
        report.body["status"], report.body["messageId"]
    ));
    ensure!(
        report.channel == "sms" && report.body["messageId"] == "sms-1001",
        "it should be the report just sent"
    );
    ensure!(
        is_for_reports,
        "the token for reports should have gone there, and no other"
    );
    Ok(())
}
