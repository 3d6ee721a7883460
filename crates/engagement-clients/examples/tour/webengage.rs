//! WebEngage: users and events, alone and in bulk, six hosts, and what WebEngage sends by itself.

use std::path::{Path, PathBuf};

use engagement_clients::webengage::bulk::EntryOutcome;
use engagement_clients::webengage::enums::{
    ContainerStatus, EmailDeliveryEvent, SmsDeliveryStatus,
};
use engagement_clients::webengage::ids::UserId;
use engagement_clients::webengage::types::{
    EmailDeliveryReport, EventTrack, Feedback, FeedbackFilter, FeedbackQuery, OverrideContext,
    OverrideData, QueuedAnswer, SmsDeliveryReport, TransactionAnswer, TransactionRequest,
    UserUpsert,
};
use engagement_clients::webengage::{
    Client, PROVIDER, Region, Timestamp, Webhook, WebhookPayload, WebhookSecret, status_codes,
};
use engagement_clients::{ErrorKind, header};
use engagement_sandbox::{Sandbox, WebEngage, WebEngageChannel};
use serde_json::json;

use crate::narrator::{Failure, Narrator, call, ensure, here, walk};

/// How many users are sent at once, besides one who is nobody.
const USERS: usize = 60;

pub(crate) async fn run(tour: &mut Narrator<'_>, sandbox: &Sandbox) -> Result<(), Failure> {
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
    bulk(tour, &client, sandbox).await?;
    transaction(tour, &client, sandbox).await?;
    search(tour, &client, sandbox).await?;
    upload(tour, &client, sandbox).await?;
    report(tour, &client, sandbox).await?;
    webhook(tour)?;
    region(tour, &client).await
}

async fn user(tour: &mut Narrator<'_>, client: &Client, sandbox: &Sandbox) -> Result<(), Failure> {
    tour.step("Create a user, or change it if it is there: WebEngage queues what it is told");
    let ada = UserUpsert::new()
        .user_id("ada")
        .first_name("Ada")
        .email("ada@example.com")
        .attributes([("plan", "pro")]);
    let response = call!(tour, client.users().track(ada).response())?;
    // The value is what stands in the response's container; the rest stays within reach.
    let whole: QueuedAnswer = here!(tour, response.full_body())?;
    let queued = response.value();
    tour.got(format_args!(
        "{}: {}, in {}",
        response.status(),
        queued.status.as_ref().map_or("", ContainerStatus::as_str),
        serde_json::to_value(&whole)?
    ));
    let users = sandbox.webengage().users();
    ensure!(
        queued.status == Some(ContainerStatus::Queued) && whole.response == *queued,
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

async fn event(tour: &mut Narrator<'_>, client: &Client, sandbox: &Sandbox) -> Result<(), Failure> {
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

async fn bulk(tour: &mut Narrator<'_>, client: &Client, sandbox: &Sandbox) -> Result<(), Failure> {
    tour.step("Send 60 users and one who has no id: 25 to a request, and a report");
    let before = sandbox.webengage().users().len();
    let nobody = UserUpsert::new().first_name("Nobody");
    let mut users: Vec<_> = (1..=USERS)
        .map(|seat| UserUpsert::new().user_id(format!("seat-{seat}")))
        .collect();
    users.insert(7, nobody);
    let report = walk!(tour, client.users().track_all(users).send());
    tour.got(format_args!(
        "{} queued in {} requests, {} failed, {} refused",
        report.queued(),
        report.requests(),
        report.failed(),
        report.invalid().len()
    ));
    for refused in report.invalid() {
        tour.got(refused);
    }
    ensure!(
        report.queued() == USERS && report.failed() == 0,
        "all {USERS} users should have been queued"
    );
    ensure!(
        report.requests() == 3 && tour.sent() == 3,
        "61 entries should take three requests"
    );
    ensure!(
        matches!(report.outcome(7), EntryOutcome::Invalid(_)) && !report.is_complete(),
        "the one without an id should have been refused"
    );
    ensure!(
        matches!(report.outcome(8), EntryOutcome::Queued),
        "the next one should have been queued all the same"
    );
    ensure!(
        sandbox.webengage().users().len() == before + USERS,
        "the sandbox should know all of them"
    );
    Ok(())
}

async fn transaction(
    tour: &mut Narrator<'_>,
    client: &Client,
    sandbox: &Sandbox,
) -> Result<(), Failure> {
    tour.step("Send a transactional campaign to a user");
    let account = sandbox.webengage();
    account.campaign("welcome", WebEngageChannel::Email);
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
    let whole: TransactionAnswer = response.full_body()?;
    let receipt = response.into_inner().ok_or("there should be a receipt")?;
    ensure!(
        receipt.txn_id.as_str() == message.transaction_id && whole.response.data == receipt,
        "the receipt should name the message"
    );

    let Err(error) = call!(tour, client.transactions().trigger("farewell", send).send()) else {
        return Err("there should be no such campaign".into());
    };
    tour.got(&error);
    ensure!(error.is_not_found(), "is_not_found() should be true");
    Ok(())
}

async fn search(
    tour: &mut Narrator<'_>,
    client: &Client,
    sandbox: &Sandbox,
) -> Result<(), Failure> {
    tour.step("Search feedback; the stream asks for a page when it needs one");
    for day in 1..=5 {
        sandbox.webengage().add_feedback(&json!({
            "id": format!("feedback-{day}"),
            "tags": ["delivery", "late"],
            "activity": { "activityOn": format!("2030-01-0{day}T09:30+0000"), "city": "Pune" },
        }))?;
    }
    let late = FeedbackQuery::new()
        .page_size("2")
        .filter(FeedbackFilter::new().tags(["late"]).city("Pune"));
    let found: Vec<Feedback> = walk!(
        tour,
        client.feedback().search_all(late).stream().try_collect()
    )?;
    let ids: Vec<&str> = found.iter().map(|feedback| feedback.id.as_str()).collect();
    tour.got(format_args!("{} in {} pages", ids.join(", "), tour.sent()));
    ensure!(
        ids == [5, 4, 3, 2, 1].map(|day| format!("feedback-{day}")),
        "all five should have come, the newest first"
    );
    ensure!(
        tour.sent() == 3,
        "five feedbacks should fill three pages of 2"
    );
    Ok(())
}

async fn upload(
    tour: &mut Narrator<'_>,
    client: &Client,
    sandbox: &Sandbox,
) -> Result<(), Failure> {
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

async fn report(
    tour: &mut Narrator<'_>,
    client: &Client,
    sandbox: &Sandbox,
) -> Result<(), Failure> {
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
    let requests = sandbox.requests();
    let bearer = requests
        .last()
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

fn webhook(tour: &mut Narrator<'_>) -> Result<(), Failure> {
    tour.step("Take a webhook that WebEngage sends, and refuse one that somebody made up");
    // The dashboard shows the key, and WebEngage adds a digest of it to the address that it calls.
    let secret = WebhookSecret::new(WebEngage::LICENSE_CODE, "my-webhook-key");
    let query = "eventType=EVENT&licenseCode=sandbox0&secret=611b4dabeac679928be52ec5cbe9858c";
    let made_up = query.replace("611b", "0000");
    let body =
        br#"{"event_name": "push_notification_click", "category": "system", "user_id": "ada"}"#;

    let is_theirs = here!(tour, secret.verify(query));
    let webhook = here!(tour, Webhook::parse(query, body))?;
    let WebhookPayload::SystemEvent(event) = &webhook.payload else {
        return Err("it should be a system event".into());
    };
    tour.got(format_args!(
        "{is_theirs}: {} of {}",
        event.event_name,
        event.user_id.as_ref().map_or("", UserId::as_str)
    ));
    let is_made_up_taken = here!(tour, secret.verify(&made_up));
    tour.got(is_made_up_taken);
    ensure!(
        is_theirs && !is_made_up_taken,
        "only the right secret should be taken"
    );
    ensure!(
        webhook.license_code.as_deref() == Some(WebEngage::LICENSE_CODE)
            && event.event_name == "push_notification_click",
        "the delivery should have been read"
    );
    Ok(())
}

async fn region(tour: &mut Narrator<'_>, client: &Client) -> Result<(), Failure> {
    tour.step("Choose a region: it moves all hosts, and a changed base URL only the main one");
    let indian = here!(
        tour,
        Client::builder("my-code", "my-key")
            .region(Region::India)
            .build()
    )?;
    ensure!(
        indian.base_url() == "https://api.in.webengage.com",
        "the main host should be the Indian one"
    );
    let mut hosts = Vec::new();
    for server in PROVIDER.servers {
        let mut regions = server.regions.iter();
        let found = regions.find(|(region, _)| *region == Region::India.as_str());
        let (_, url) = found.ok_or("every host should have an Indian one")?;
        hosts.push(format!("{:<15} {url}", server.name));
    }
    tour.got(hosts.join("\n"));
    ensure!(
        hosts.len() == 6 && hosts.iter().all(|host| host.contains(".in.webengage.")),
        "all six hosts should be in India"
    );

    // This client was led to the sandbox, but nobody told it where reports about e-mails go.
    let report = EmailDeliveryReport::new(
        "mail-1001",
        EmailDeliveryEvent::Delivered,
        "2030-01-31T09:30:00Z",
    )
    .email("ada@example.com");
    let Err(error) = call!(tour, client.delivery().report_email(report).send()) else {
        return Err("the real host should be out of reach".into());
    };
    tour.got(&error);
    ensure!(
        error.kind() == ErrorKind::Configuration && !error.was_sent(),
        "nothing should have been sent to the real host"
    );
    Ok(())
}
