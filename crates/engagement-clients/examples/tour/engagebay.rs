//! EngageBay: people, companies, deals, and what goes wrong.

use engagement_clients::engagebay::ids::{CompanyId, ContactId};
use engagement_clients::engagebay::types::{
    Contact, Deal, DealTrackChange, NewCompany, NewContact, NewDeal, Property,
};
use engagement_clients::engagebay::{Client, ClientBuilder, PROVIDER, Properties as _};
use engagement_clients::{ErrorKind, StatusCode};
use engagement_sandbox::{EngageBay, Sandbox};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use crate::printer::{Failure, Printer, call, ensure, walk};

/// How many contacts there are to page through.
const CONTACTS: usize = 250;

pub(crate) async fn run(tour: &mut Printer<'_>, sandbox: &Sandbox) -> Result<(), Failure> {
    let base_url = sandbox.engagebay().base_url();
    tour.provider("EngageBay", &base_url);
    let client = Client::builder(EngageBay::API_KEY)
        .base_url(&base_url)
        .build()?;

    let ada = create(tour, &client).await?;
    tags(tour, &client, ada.id).await?;
    read(tour, &client, ada.id).await?;
    fill(tour, &client).await?;
    page(tour, &client).await?;
    let company = company(tour, &client, ada.id).await?;
    deal(tour, &client, ada.id, company).await?;
    refusal(tour, &client).await?;
    no_credential(tour, &base_url).await
}

async fn create(tour: &mut Printer<'_>, client: &Client) -> Result<Contact, Failure> {
    tour.step("Create a contact from properties, one of them the account's own");
    let ada = NewContact::new()
        .properties([
            Property::first_name("Ada"),
            Property::last_name("Lovelace"),
            Property::email("ada@example.com"),
            Property::phone("work", "+44 20 7946 0000"),
            Property::text("Favourite_engine", "Analytical"),
        ])
        .score(12);
    let response = call!(tour, client.contacts().create(ada).response())?;
    let status = response.status();
    let ada = response.into_inner();
    let name = ada.fullname.as_deref().unwrap_or_default();
    tour.got(format_args!("{status}: contact {}, {name}", ada.id));
    ensure!(status == StatusCode::OK, "the status should be 200");
    ensure!(
        name == "Ada Lovelace",
        "the contact should be called Ada Lovelace, not {name:?}"
    );
    ensure!(
        ada.score == Some(12),
        "the score should be 12, not {:?}",
        ada.score
    );
    Ok(ada)
}

async fn tags(tour: &mut Printer<'_>, client: &Client, id: ContactId) -> Result<(), Failure> {
    tour.step("Tag it, and read the tags back");
    call!(
        tour,
        client
            .contacts()
            .add_tags(id, ["pioneer", "newsletter"])
            .send()
    )?;
    let tags = call!(tour, client.contacts().list_tags(id).send())?;
    let names: Vec<&str> = tags.iter().filter_map(|tag| tag.tag.as_deref()).collect();
    tour.got(names.join(", "));
    ensure!(
        names == ["pioneer", "newsletter"],
        "the tags should be those just given"
    );
    Ok(())
}

async fn read(tour: &mut Printer<'_>, client: &Client, id: ContactId) -> Result<(), Failure> {
    tour.step("Fetch it");
    let ada = call!(tour, client.contacts().get(id).send())?;
    let engine = ada.text("Favourite engine").unwrap_or_default();
    let phones = ada.phones();
    let phones: Vec<&str> = phones.iter().map(|phone| &*phone.value).collect();
    tour.got(format_args!(
        "tags: {}",
        ada.tag_names().collect::<Vec<_>>().join(", ")
    ));
    tour.got(format_args!("phones: {}", phones.join(", ")));
    tour.got(format_args!("favourite engine: {engine}"));
    ensure!(
        engine == "Analytical",
        "the account's own property should be there"
    );
    ensure!(ada.has_tag("pioneer"), "the tag should be there");
    Ok(())
}

async fn fill(tour: &mut Printer<'_>, client: &Client) -> Result<(), Failure> {
    tour.step("Create many more, 16 requests at a time");
    let people = (2..=CONTACTS).map(|number| {
        NewContact::new().properties([
            Property::first_name(format!("Guest {number}")),
            Property::email(format!("guest{number}@example.com")),
        ])
    });
    let created: Vec<_> = walk!(
        tour,
        stream::iter(people)
            .map(|person| client.contacts().create(person).send())
            .buffer_unordered(16)
            .try_collect()
    )?;
    tour.were_calls(created.len());
    tour.got(format_args!(
        "{} contacts more, so {CONTACTS} in all",
        created.len()
    ));
    ensure!(
        tour.sent() == CONTACTS - 1,
        "each contact should have taken one request"
    );
    Ok(())
}

async fn page(tour: &mut Printer<'_>, client: &Client) -> Result<(), Failure> {
    tour.step("Walk through all contacts; the stream fetches a page when it needs one");
    let contacts: Vec<Contact> = walk!(
        tour,
        client
            .contacts()
            .list()
            .page_size(100)
            .sort_key("created_time")
            .stream()
            .try_collect()
    )?;
    let mut ids: Vec<ContactId> = contacts.iter().map(|contact| contact.id).collect();
    ids.sort_unstable();
    ids.dedup();
    tour.got(format_args!(
        "{} contacts in {} pages",
        contacts.len(),
        tour.sent()
    ));
    ensure!(
        ids.len() == CONTACTS,
        "all {CONTACTS} contacts should have come, each once, not {}",
        ids.len()
    );
    ensure!(
        contacts.len() == CONTACTS,
        "no contact should have come twice"
    );
    ensure!(
        tour.sent() == 3,
        "250 contacts should fill three pages of 100"
    );

    // Dropped early, it fetches no more than it has to.
    let newest: Vec<Contact> = walk!(
        tour,
        client
            .contacts()
            .list()
            .page_size(100)
            .sort_key("-created_time")
            .stream()
            .take(3)
            .try_collect()
    )?;
    tour.got(format_args!(
        "{} contacts in {} page",
        newest.len(),
        tour.sent()
    ));
    ensure!(
        newest.len() == 3 && tour.sent() == 1,
        "three contacts should take one page"
    );
    Ok(())
}

async fn company(
    tour: &mut Printer<'_>,
    client: &Client,
    contact: ContactId,
) -> Result<CompanyId, Failure> {
    tour.step("Create a company, and put the contact into it");
    let company = NewCompany::new([
        Property::company_name("Analytical Engines"),
        Property::company_url("https://example.com"),
    ]);
    let company = call!(tour, client.companies().create(company).send())?;
    let id = company.id;
    call!(tour, client.companies().add_contact(id, contact).send())?;
    let company = call!(tour, client.companies().get(id).send())?;
    let people = company.contact_ids.as_deref().unwrap_or_default();
    tour.got(format_args!(
        "{} with {} contact",
        company.name.as_deref().unwrap_or_default(),
        people.len()
    ));
    ensure!(
        people == [contact],
        "the contact should be the company's only one"
    );
    Ok(id)
}

async fn deal(
    tour: &mut Printer<'_>,
    client: &Client,
    contact: ContactId,
    company: CompanyId,
) -> Result<(), Failure> {
    tour.step("Open a deal, then move it along its track");
    let tracks = call!(tour, client.tracks().list().send())?;
    let track = tracks.first().ok_or("the account should have a track")?;
    let milestones = track.milestones.as_deref().unwrap_or_default();
    let labels: Vec<&str> = milestones
        .iter()
        .filter_map(|step| step.label_name.as_deref())
        .collect();
    tour.got(format_args!("milestones: {}", labels.join(", ")));
    let (Some(first), Some(next)) = (labels.first(), labels.get(1)) else {
        return Err("the track should have two milestones".into());
    };

    let deal = NewDeal::new()
        .name("First programme")
        .amount(4200.0)
        .track_id(track.id)
        .milestone_label_name(*first)
        .contact_ids([contact])
        .company_ids([company]);
    let deal = call!(tour, client.deals().create(deal).send())?;
    tour.got(line(&deal));
    let change = DealTrackChange::new(deal.id, *next, track.id);
    let moved = call!(tour, client.deals().change_track(change).send())?;
    tour.got(line(&moved));
    ensure!(moved.id == deal.id, "it should still be the same deal");
    ensure!(
        moved.amount == Some(4200.0),
        "the amount should be unchanged, not {:?}",
        moved.amount
    );
    ensure!(
        moved.milestone_label_name.as_deref() == Some(next),
        "the deal should be at {next}"
    );
    Ok(())
}

fn line(deal: &Deal) -> String {
    format!(
        "deal {}: {}, {} at {}",
        deal.id,
        deal.name.as_deref().unwrap_or_default(),
        deal.amount.unwrap_or_default(),
        deal.milestone_label_name.as_deref().unwrap_or_default()
    )
}

async fn refusal(tour: &mut Printer<'_>, client: &Client) -> Result<(), Failure> {
    tour.step("Be refused: an error carries the provider's own words");
    let twin = NewContact::new().properties([
        Property::first_name("Ada"),
        Property::email("ada@example.com"),
    ]);
    let Err(error) = call!(tour, client.contacts().create(twin).send()) else {
        return Err("a second contact with the same address should have been refused".into());
    };
    tour.got_error(&error);
    ensure!(error.kind() == ErrorKind::Api, "the kind should be Api");
    ensure!(
        error.status() == Some(StatusCode::BAD_REQUEST),
        "the status should be 400"
    );
    ensure!(!error.is_not_found(), "it is not about something missing");
    ensure!(error.was_sent(), "the request was sent");
    let words = error.message().unwrap_or_default();
    ensure!(
        words.contains("already exists"),
        "the provider's words should be there, not {words:?}"
    );
    ensure!(
        error.to_string().contains(words),
        "Display should hold the provider's words"
    );
    Ok(())
}

async fn no_credential(tour: &mut Printer<'_>, base_url: &str) -> Result<(), Failure> {
    tour.step("Forget the key: nothing is sent");
    let keyless: Client = ClientBuilder::new(&PROVIDER).base_url(base_url).build()?;
    let Err(error) = call!(tour, keyless.profile().get().send()) else {
        return Err("a call without a key should have failed".into());
    };
    tour.got_error(&error);
    ensure!(
        error.kind() == ErrorKind::MissingCredentials,
        "the kind should be MissingCredentials"
    );
    ensure!(!error.was_sent(), "nothing should have been sent");
    ensure!(
        error.to_string().contains("ENGAGEBAY_API_KEY"),
        "the error should say how to set the key"
    );
    Ok(())
}
