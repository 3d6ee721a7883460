//! The same clients against the real providers: calls that only read, and no record of a person printed.

use engagement_clients::engageone::data_sources::DataSources;
use engagement_clients::webengage::types::FeedbackQuery;
use engagement_clients::{
    Error, Provider, Response, engage, engagebay, engageone, engagespot, webengage,
};

use crate::arguments::Live;
use crate::printer::{Failure, say};

type Variable = (&'static str, &'static str);

const CUSTOMER_ID: Variable = (
    "ENGAGEONE_CUSTOMER_ID",
    "customer id, from Account Settings",
);

/// The variables that are not set but needed, each with a description of its value.
pub(crate) fn missing(provider: Live) -> Vec<Variable> {
    let needed: &[Variable] = match provider {
        Live::EngageBay => &[(
            "ENGAGEBAY_API_KEY",
            "REST API key, from Account Settings, API",
        )],
        Live::Engage => &[
            ("ENGAGE_API_KEY", "API key, from the account settings"),
            ("ENGAGE_API_SECRET", "API secret, from the account settings"),
        ],
        Live::Engagespot if is_set("ENGAGESPOT_USER_TOKEN") => &[],
        Live::Engagespot => &[
            ("ENGAGESPOT_API_KEY", "API key of the app, from the console"),
            (
                "ENGAGESPOT_USER_ID",
                "a user of the app, because every call that reads needs one; in secure mode \
                 ENGAGESPOT_USER_TOKEN instead of both",
            ),
        ],
        Live::WebEngage => &[
            (
                "WEBENGAGE_API_KEY",
                "REST API key, from Data Platform, Integrations, REST API",
            ),
            (
                "WEBENGAGE_LICENSE_CODE",
                "license code of the account, from the same page",
            ),
        ],
        Live::EngageOne if is_set("ENGAGEONE_TOKEN") => &[CUSTOMER_ID],
        Live::EngageOne => &[
            CUSTOMER_ID,
            (
                "ENGAGEONE_CLIENT_ID",
                "client id, from Account Settings, Client Credentials",
            ),
            (
                "ENGAGEONE_SECRET",
                "the secret shown once there; ENGAGEONE_TOKEN will do instead of both",
            ),
        ],
    };
    let unset = |(name, _): &Variable| !is_set(name);
    needed.iter().copied().filter(unset).collect()
}

fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.to_string_lossy().trim().is_empty())
}

pub(crate) async fn run(provider: Live) -> Result<(), Failure> {
    match provider {
        Live::EngageBay => engagebay().await?,
        Live::Engage => engage().await?,
        Live::Engagespot => engagespot().await?,
        Live::WebEngage => webengage().await?,
        Live::EngageOne => engageone().await?,
    }
    say("\nAll calls succeeded.");
    Ok(())
}

async fn engagebay() -> Result<(), Failure> {
    let client = engagebay::Client::from_env()?;
    let live = Calls::begin(&engagebay::PROVIDER, client.base_url());
    live.call(
        "profile_get",
        client.profile().get().response().await,
        |_| "the key is good".to_owned(),
    )?;
    let contacts = client.contacts().list().page_size(10).response().await;
    live.call("contacts_list", contacts, |page| {
        let has_more = page.last().is_some_and(|contact| contact.cursor.is_some());
        first_page(page.len(), "contacts", has_more)
    })?;
    live.call("tags_list", client.tags().list().response().await, |tags| {
        format!("{} tags", tags.len())
    })
}

async fn engage() -> Result<(), Failure> {
    let client = engage::Client::from_env()?;
    let live = Calls::begin(&engage::PROVIDER, client.base_url());
    let users = client.users().list().limit(10).response().await;
    live.call("users_list", users, |page| {
        let users = page.data.as_deref().unwrap_or_default();
        first_page(users.len(), "users", page.next_cursor.is_some())
    })
}

/// All as the user: what the app itself may read is about one user too, such as an inbox.
async fn engagespot() -> Result<(), Failure> {
    let client = engagespot::Client::from_env()?;
    let live = Calls::begin(&engagespot::PROVIDER, client.base_url());
    let categories = client.categories().list().response().await;
    live.call("categories_list", categories, |categories| {
        format!("{} categories", categories.len())
    })?;
    let inbox = client.notifications().list().limit(1).response().await;
    live.call("notifications_list", inbox, |page| {
        let all = page.pagination.as_ref().and_then(|page| page.total_count);
        format!(
            "notifications in the user's inbox: {}, unread: {}",
            or_unknown(all),
            or_unknown(page.unread_count)
        )
    })?;
    let preferences = client.preferences().list().response().await;
    live.call("preferences_list", preferences, |preferences| {
        format!(
            "preferences of the user about {} categories",
            preferences.len()
        )
    })
}

async fn webengage() -> Result<(), Failure> {
    let client = webengage::Client::from_env()?;
    let live = Calls::begin(&webengage::PROVIDER, client.base_url());
    let any = FeedbackQuery::new().page_no("1").page_size("1");
    let found = client.feedback().search(any).response().await;
    live.call("feedback_search", found, |page| {
        format!("feedbacks in the account: {}", or_unknown(page.total_count))
    })
}

async fn engageone() -> Result<(), Failure> {
    let client = engageone::Client::from_env()?;
    let live = Calls::begin(&engageone::PROVIDER, client.base_url());
    if is_set("ENGAGEONE_CLIENT_ID") && is_set("ENGAGEONE_SECRET") {
        say("    The client logs in before the call.");
    }
    let sources = client.data_sources().list().response().await;
    live.call("data_sources_list", sources, |value| {
        // The form of the response is not public.
        format!(
            "{} data sources as far as the response can be read",
            DataSources::read(value).len()
        )
    })
}

fn first_page(records: usize, name: &str, has_more: bool) -> String {
    let more = match has_more {
        true => "and there are more",
        false => "which is the last",
    };
    format!("{records} {name} on the first page, {more}")
}

fn or_unknown(number: Option<i64>) -> String {
    number.map_or_else(|| "unknown".to_owned(), |number| number.to_string())
}

struct Calls {
    provider: &'static Provider,
}

impl Calls {
    fn begin(provider: &'static Provider, base_url: &str) -> Self {
        say(format_args!(
            "{}, at {base_url}: calls that only read\n",
            provider.title
        ));
        Self { provider }
    }

    fn call<T>(
        &self,
        operation: &str,
        outcome: Result<Response<T>, Error>,
        describe: impl FnOnce(&T) -> String,
    ) -> Result<(), Failure> {
        let known = self
            .provider
            .operations
            .iter()
            .find(|known| known.id == operation);
        let known = known.ok_or_else(|| format!("there is no operation {operation}"))?;
        say(format_args!(
            "    call  {operation}: {} {}",
            known.method, known.path
        ));
        let response = outcome.map_err(|error| {
            let hint = match error.is_unauthorized() || error.is_forbidden() {
                true => "\nThe provider refused the credentials: are they of this account, and still valid?",
                false => "",
            };
            format!("{error}{hint}")
        })?;
        say(format_args!(
            "    got   {}: {}",
            response.status(),
            describe(response.value())
        ));
        Ok(())
    }
}
