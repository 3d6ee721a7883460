//! The same clients against the real providers: calls that only read, and no record of a person printed.

use engagement_clients::{Error, Provider, ResponseValue, engage, engagebay};

use crate::arguments::Live;
use crate::narrator::{Failure, say};

/// The variables that would have to be set, each with what it holds.
pub(crate) fn missing(provider: Live) -> Vec<(&'static str, &'static str)> {
    let needed: &[_] = match provider {
        Live::EngageBay => &[(
            "ENGAGEBAY_API_KEY",
            "REST API key, from Account Settings, API",
        )],
        Live::Engage => &[
            ("ENGAGE_API_KEY", "API key, from the account settings"),
            ("ENGAGE_API_SECRET", "API secret, from the account settings"),
        ],
    };
    let unset = |name: &str| {
        std::env::var_os(name).is_none_or(|value| value.to_string_lossy().trim().is_empty())
    };
    needed
        .iter()
        .copied()
        .filter(|(name, _)| unset(name))
        .collect()
}

pub(crate) async fn run(provider: Live) -> Result<(), Failure> {
    match provider {
        Live::EngageBay => {
            let client = engagebay::Client::from_env()?;
            let live = Calls {
                provider: &engagebay::PROVIDER,
                base_url: client.base_url(),
            };
            live.begin();
            live.call("profile_get", client.profile().get().send().await, |_| {
                "the key is good".to_owned()
            })?;
            let contacts = client.contacts().list().page_size(10).send().await;
            live.call("contacts_list", contacts, |page| {
                let more = page.last().is_some_and(|contact| contact.cursor.is_some());
                format!(
                    "{} contacts on the first page, {}",
                    page.len(),
                    if more {
                        "and there are more"
                    } else {
                        "which is the last"
                    }
                )
            })?;
            live.call("tags_list", client.tags().list().send().await, |tags| {
                format!("{} tags", tags.len())
            })?;
        }
        Live::Engage => {
            let client = engage::Client::from_env()?;
            let live = Calls {
                provider: &engage::PROVIDER,
                base_url: client.base_url(),
            };
            live.begin();
            live.call(
                "users_list",
                client.users().list().limit(10).send().await,
                |page| {
                    let users = page.data.as_deref().unwrap_or_default();
                    let more = if page.next_cursor.is_some() {
                        "and there are more"
                    } else {
                        "which is the last"
                    };
                    format!("{} users on the first page, {more}", users.len())
                },
            )?;
        }
    }
    say("\nAll calls were answered as documented.");
    Ok(())
}

struct Calls<'a> {
    provider: &'static Provider,
    base_url: &'a str,
}

impl Calls<'_> {
    fn begin(&self) {
        say(format_args!(
            "{}, at {}: calls that only read\n",
            self.provider.title, self.base_url
        ));
    }

    fn call<T>(
        &self,
        operation: &str,
        outcome: Result<ResponseValue<T>, Error>,
        tell: impl FnOnce(&T) -> String,
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
        let answer = outcome.map_err(|error| {
            let hint = match error.is_unauthorized() || error.is_forbidden() {
                true => "\nThe provider refused the credentials: are they of this account, and still valid?",
                false => "",
            };
            format!("{error}{hint}")
        })?;
        say(format_args!(
            "    got   {}: {}",
            answer.status(),
            tell(&answer)
        ));
        Ok(())
    }
}
