//! EngageOne Communicate: a client that logs in by itself, and what there is besides the calls that are known.

use engagement_clients::engageone::data_sources::DataSources;
use engagement_clients::engageone::ids::RecordId;
use engagement_clients::engageone::types::TransactionalCampaignRequest;
use engagement_clients::engageone::{Api, Client, personalised_video_url};
use engagement_clients::{ErrorKind, Method, header};
use engagement_sandbox::{EngageOne, Sandbox};
use futures_util::future;
use serde_json::json;

use crate::narrator::{Failure, Narrator, call, ensure, walk};

/// How many calls are made at once.
const CALLS: usize = 64;

/// The header that says which company is acted on.
const CUSTOMER: &str = "pb-customer-id";

pub(crate) async fn run(tour: &mut Narrator<'_>, sandbox: &Sandbox) -> Result<(), Failure> {
    let one = sandbox.engageone();
    let base_url = one.base_url();
    tour.provider("EngageOne", &base_url);
    let mut builder = Client::builder(
        EngageOne::CUSTOMER_ID,
        EngageOne::CLIENT_ID,
        EngageOne::SECRET,
    )
    .base_url(&base_url);
    // Nobody has told the client where the other hosts are.
    for host in ["users", "video", "public"] {
        let url = one.server_url(host).ok_or("the sandbox should have it")?;
        builder = builder.server_url(host, url);
    }
    let client = builder.build()?;

    login(tour, &client, sandbox).await?;
    one_login_for_all(tour, &client, sandbox).await?;
    send(tour, &client, sandbox).await?;
    videos(tour, &client).await?;
    unknown_host(tour, &client).await?;
    without_credentials(tour, &client, sandbox).await
}

async fn login(tour: &mut Narrator<'_>, client: &Client, sandbox: &Sandbox) -> Result<(), Failure> {
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
    tour: &mut Narrator<'_>,
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

async fn send(tour: &mut Narrator<'_>, client: &Client, sandbox: &Sandbox) -> Result<(), Failure> {
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

async fn videos(tour: &mut Narrator<'_>, client: &Client) -> Result<(), Failure> {
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

async fn unknown_host(tour: &mut Narrator<'_>, client: &Client) -> Result<(), Failure> {
    tour.step("Ask for an API whose host is not public: the error says where to look it up");
    let Err(error) = call!(
        tour,
        client
            .request_to(Api::Archiving, Method::GET, "/the/path/{id}")
            .path("id", "a b/c")
            .send()
    ) else {
        return Err("a host that nobody knows should have been refused".into());
    };
    tour.got_error(&error);
    ensure!(
        error.kind() == ErrorKind::Configuration && !error.was_sent(),
        "it should be a matter of configuration, and nothing should have been sent"
    );
    let told = error.to_string();
    ensure!(
        told.contains("ENGAGEONE_ARCHIVING_URL") && told.contains(Api::Archiving.docs_url()),
        "the error should name the variable and the provider's page"
    );
    Ok(())
}

async fn without_credentials(
    tour: &mut Narrator<'_>,
    client: &Client,
    sandbox: &Sandbox,
) -> Result<(), Failure> {
    tour.step("Call the API for actions without login: no credentials go there");
    // No path of it is public, so this one is made up, and the sandbox doesn't know it.
    let Err(error) = call!(
        tour,
        client
            .request_to(Api::Public, Method::GET, "/made-up")
            .send()
    ) else {
        return Err("a made-up path should not have been found".into());
    };
    let carried = credentials(sandbox)?;
    tour.got(format_args!("with {} credentials", carried.len()));
    ensure!(error.is_not_found(), "is_not_found() should be true");
    ensure!(
        carried.is_empty(),
        "there should have been no credentials, not {carried:?}"
    );

    let response = call!(
        tour,
        client.request_to(Api::Private, Method::GET, "/data").send()
    )?;
    let carried = credentials(sandbox)?;
    tour.got(format_args!(
        "{}: any other API gets {}",
        response.status(),
        carried.join(" and ")
    ));
    ensure!(
        carried == [header::AUTHORIZATION.as_str(), CUSTOMER],
        "token and company should have been sent"
    );
    Ok(())
}

/// The headers of the last request that hold credentials.
fn credentials(sandbox: &Sandbox) -> Result<Vec<&'static str>, Failure> {
    let requests = sandbox.requests();
    let last = requests.last().ok_or("the sandbox should have seen it")?;
    let mut names = vec![header::AUTHORIZATION.as_str(), CUSTOMER];
    names.retain(|name| last.header(name).is_some());
    Ok(names)
}
