use std::future::Future;
use std::pin::Pin;

use engagement_core::observe::{CallAttributes, Event, Observer};
use engagement_core::{Credential, RateLimits, RetryPolicy, reqwest};

use crate::generated::{engage, engagebay, engageone, engagespot, webengage};
use crate::{Arguments, Outcome};

type Calling<'a> = Pin<Box<dyn Future<Output = Outcome> + 'a>>;

/// A client that calls an operation by its id, with typed values made of JSON.
pub type Caller = Box<dyn for<'a> Fn(&'a str, &'a mut Arguments) -> Calling<'a>>;

/// Where the calls of a client go.
enum Hosts<'a, O> {
    /// All hosts are at one URL.
    At(&'a str, O),
    /// The hosts that the provider publishes, in a region.
    Published(Option<&'a str>, reqwest::Client),
}

/// A client of a provider whose hosts are all at one URL. It counts no limits.
///
/// # Panics
/// If there is no such provider, or the URL can't be used.
pub fn caller(provider: &str, url: &str, observer: impl Observer) -> Caller {
    make(provider, Hosts::At(url, observer))
}

/// A client for the hosts that a provider publishes, which sends each request once, through `http`. It counts no limits.
///
/// # Panics
/// If there is no such provider, or no such region.
pub fn caller_of_published_hosts(
    provider: &str,
    region: Option<&str>,
    http: reqwest::Client,
) -> Caller {
    make(provider, Hosts::Published::<Silent>(region, http))
}

struct Silent;

impl Observer for Silent {
    fn event(&self, _: &CallAttributes<'_>, _: &Event<'_>) {}
}

fn make(provider: &str, hosts: Hosts<'_, impl Observer>) -> Caller {
    macro_rules! caller {
        ($provider:ident, $client:ident, $builder:expr) => {{
            let mut builder = $builder.rate_limits(RateLimits::unlimited());
            match hosts {
                Hosts::At(url, observer) => {
                    builder = builder.observer(observer);
                    for server in $client::PROVIDER.servers {
                        builder = builder.server_url(server.name, url);
                    }
                }
                Hosts::Published(region, http) => {
                    builder = builder.http_client(http).retry(RetryPolicy::none());
                    if let Some(region) = region {
                        builder = builder.region(region);
                    }
                }
            }
            let client = builder.build().expect("the settings are valid");
            Box::new(move |operation, arguments| {
                let client = client.clone();
                Box::pin(async move { $provider::call(&client, operation, arguments).await })
            })
        }};
    }
    match provider {
        "engage" => caller!(
            engage,
            engage_client,
            engage_client::Client::builder("k", "s")
        ),
        "engagebay" => {
            caller!(
                engagebay,
                engagebay_client,
                engagebay_client::Client::builder("k")
            )
        }
        "engagespot" => caller!(
            engagespot,
            engagespot_client,
            engagespot_client::Client::builder("k", "s")
                .credential("userId", Credential::header("u"))
        ),
        "webengage" => caller!(
            webengage,
            webengage_client,
            webengage_client::Client::builder("l", "k")
                .credential("dsnToken", Credential::bearer("t"))
        ),
        "engageone" => caller!(
            engageone,
            engageone_client,
            engageone_client::Client::builder_with_token("c", "t")
        ),
        other => panic!("unknown provider {other}"),
    }
}
