//! EngageOne Communicate: a client that logs in by itself, a campaign, and videos.

use engagement_clients::engageone::data_sources::DataSources;
use engagement_clients::engageone::ids::RecordId;
use engagement_clients::engageone::types::TransactionalCampaignRequest;
use engagement_clients::engageone::{Client, personalised_video_url};
use engagement_sandbox::{EngageOne, Sandbox};
use futures_util::future;
use serde_json::json;

use crate::printer::{Failure, Printer, call, ensure, walk};

/// How many calls are made at once.
const CALLS: usize = 64;

pub(crate) async fn run(tour: &mut Printer<'_>, sandbox: &Sandbox) -> Result<(), Failure> {
    let one = sandbox.engageone();
    let base_url = one.base_url();
    tour.provider("EngageOne", &base_url);
    let mut builder = Client::builder(
        EngageOne::CUSTOMER_ID,
        EngageOne::CLIENT_ID,
        EngageOne::SECRET,
    )
    .base_url(&base_url);
    // A changed base URL is that of the main host only.
    for host in ["users", "video"] {
        let url = one.server_url(host).ok_or("the sandbox should have it")?;
        builder = builder.server_url(host, url);
    }
    let client = builder.build()?;

    login(tour, &client, sandbox).await?;
    one_login_for_all(tour, &client, sandbox).await?;
    send(tour, &client, sandbox).await?;
    videos(tour, &client).await
}

async fn login(tour: &mut Printer<'_>, client: &Client, sandbox: &Sandbox) -> Result<(), Failure> {
    tour.step("Make the first call: the client logs in by itself");
    let value = walk!(tour, client.data_sources().list().send())?;
    let sources = DataSources::read(&value);
    let names: Vec<&str> = sources
        .iter()
        .filter_map(|source| source.name.as_deref())
        .collect();
    tour.got(format_args!("data sources: {}", names.join(", ")));
    ensure!(
        tour.sent() == 2,
        "a login and the call should have been sent"
    );
    ensure!(
        names == ["Customers", "Policies"],
        "the account should have its two data sources"
    );
    let again = call!(tour, client.data_sources().list().response())?;
    tour.got(format_args!(
        "{}: the token is kept, so that was one request",
        again.status()
    ));
    ensure!(
        sandbox.engageone().logins() == 1,
        "one login should be enough"
    );
    Ok(())
}

async fn one_login_for_all(
    tour: &mut Printer<'_>,
    client: &Client,
    sandbox: &Sandbox,
) -> Result<(), Failure> {
    tour.step("Lose the token under 64 calls at once: one login mends all of them");
    sandbox.engageone().expire_tokens();
    let before = sandbox.engageone().logins();
    let responses = walk!(
        tour,
        future::try_join_all((0..CALLS).map(|_| client.data_sources().list().response()))
    )?;
    tour.were_calls(CALLS);
    let logins = sandbox.engageone().logins() - before;
    let twice = responses
        .iter()
        .filter(|response| response.attempts() == 2)
        .count();
    tour.got(format_args!(
        "{} responses, {twice} of them at the second attempt, and {logins} login",
        responses.len()
    ));
    ensure!(responses.len() == CALLS, "all calls should have succeeded");
    ensure!(
        logins == 1,
        "there should have been one login, not {logins}"
    );
    ensure!(
        tour.sent() == 2 * CALLS + 1,
        "each call should have been sent twice, and the login once"
    );
    Ok(())
}

async fn send(tour: &mut Printer<'_>, client: &Client, sandbox: &Sandbox) -> Result<(), Failure> {
    tour.step("Send an e-mail to each record of a dataset");
    let orders = [
        json!({"customer_email": "ada@example.com", "order_number": "A-1001"}),
        json!({"customer_email": "grace@example.com", "order_number": "A-1002"}),
    ];
    let request = TransactionalCampaignRequest::new(
        "Order confirmation",       // the communication
        orders,                     // one record per recipient
        "customer_email",           // the key that holds the address
        "orders@example.com",       // the sender
        "Your order is on its way", // the subject
    );
    let request = request.project("Web shop");
    let receipt = call!(
        tour,
        client
            .campaigns()
            .send_transactional_v2("Orders, May", request)
            .send()
    )?;
    let receipt = receipt.ok_or("the send should have an id")?;
    let sends = sandbox.engageone().sends();
    let [send] = sends.as_slice() else {
        return Err(format!("the sandbox should know one send, not {}", sends.len()).into());
    };
    tour.got(format_args!(
        "campaign {:?} to {}",
        send.campaign,
        send.recipients.join(" and ")
    ));
    ensure!(
        receipt.send_id.as_str() == send.id,
        "the receipt should name the send"
    );
    ensure!(
        send.campaign == "Orders, May",
        "the campaign's name should have arrived as it is"
    );
    ensure!(
        send.recipients == ["ada@example.com", "grace@example.com"],
        "both should be recipients"
    );
    ensure!(
        send.body["dataset"][1]["order_number"] == "A-1002",
        "each record should have arrived with its values"
    );
    Ok(())
}

async fn videos(tour: &mut Printer<'_>, client: &Client) -> Result<(), Failure> {
    tour.step("Read the records of a data source, and make each its own video address");
    let value = call!(tour, client.data_sources().list().send())?;
    let sources = DataSources::read(&value);
    let source = sources.first().ok_or("there should be a data source")?;
    let records = call!(tour, client.data_sources().get(&source.id).send())?;
    let video = call!(
        tour,
        client.videos().get_url("Web shop", "Welcome video").send()
    )?;
    let uuids: Vec<&RecordId> = records
        .data
        .iter()
        .filter_map(|record| record.uuid.as_ref())
        .collect();
    let urls: Vec<String> = uuids
        .iter()
        .map(|uuid| personalised_video_url(&video.video_url, *uuid))
        .collect();
    tour.got(urls.join("\n"));
    ensure!(
        !uuids.is_empty() && uuids.len() == records.data.len(),
        "every record should have a uuid"
    );
    ensure!(
        urls.iter()
            .zip(&uuids)
            .all(|(url, uuid)| url.ends_with(uuid.as_str()) && url.starts_with(&video.video_url)),
        "each address should be the generic one and the record's uuid"
    );
    Ok(())
}
