use std::future::Future;
use std::pin::Pin;

use engagement_core::observe::{CallAttributes, Event, Observer};
use engagement_core::{
    ClientBuilder, FromClientCore, Provider, RateLimits, RetryPolicy, Server, reqwest,
};

use crate::canary::EMAIL;
use crate::{Arguments, Outcome, credentials, providers};

/// The future of a call.
pub type Call<'a> = Pin<Box<dyn Future<Output = Outcome> + 'a>>;

/// A client that calls an operation by its id, with typed arguments decoded from JSON.
pub type Caller = Box<dyn for<'a> Fn(&'a str, &'a mut Arguments) -> Call<'a>>;

/// Sets the URLs of all servers of a provider.
pub fn at_url<C: FromClientCore>(
    builder: ClientBuilder<C>,
    servers: &[Server],
    url: impl Fn(&str) -> String,
) -> ClientBuilder<C> {
    servers.iter().fold(builder, |builder, server| {
        builder.server_url(server.name, url(server.name))
    })
}

/// A client of a provider with one URL for all servers, and without rate limits. Where a user's id is a credential, it is
/// [`EMAIL`].
///
/// # Panics
/// If there is no such provider, or the URL is invalid.
pub fn caller(provider: &str, url: &str, retry: RetryPolicy, observer: impl Observer) -> Caller {
    let observer = AnyObserver(Box::new(observer));
    make(
        provider,
        Hosts::At {
            url,
            retry,
            observer,
        },
        &dummy,
    )
}

/// As [`caller`], with the value of each variable of the provider.
///
/// # Panics
/// As [`caller`].
pub fn caller_with(provider: &str, url: &str, value: &dyn Fn(&str) -> Option<String>) -> Caller {
    let hosts = Hosts::At {
        url,
        retry: RetryPolicy::none(),
        observer: AnyObserver(Box::new(Silent)),
    };
    make(provider, hosts, value)
}

/// A client for the hosts that a provider publishes in a region. It sends each request once, through `http`.
///
/// # Panics
/// If there is no such provider or region.
pub fn caller_of_published_hosts(
    provider: &str,
    region: Option<&str>,
    http: reqwest::Client,
) -> Caller {
    make(provider, Hosts::Published { region, http }, &dummy)
}

/// The hosts that a client calls.
enum Hosts<'a> {
    /// All servers are at one URL.
    At {
        url: &'a str,
        retry: RetryPolicy,
        observer: AnyObserver,
    },
    Published {
        region: Option<&'a str>,
        http: reqwest::Client,
    },
}

struct Silent;

impl Observer for Silent {
    fn event(&self, _: &CallAttributes<'_>, _: &Event<'_>) {}
}

struct AnyObserver(Box<dyn Observer>);

impl Observer for AnyObserver {
    fn event(&self, attributes: &CallAttributes<'_>, event: &Event<'_>) {
        self.0.event(attributes, event);
    }
}

/// What a client is made of.
pub struct Setup<'a> {
    hosts: Hosts<'a>,
    value: &'a dyn Fn(&str) -> Option<String>,
}

impl Setup<'_> {
    /// The client, without rate limits.
    pub(crate) fn client<C: FromClientCore>(self, provider: &'static Provider) -> C {
        let builder: ClientBuilder<C> = credentials::builder(provider, self.value);
        let builder = builder.rate_limits(RateLimits::unlimited());
        let builder = match self.hosts {
            Hosts::At {
                url,
                retry,
                observer,
            } => {
                let builder = builder.retry(retry).observer(observer);
                at_url(builder, provider.servers, |_| url.to_owned())
            }
            Hosts::Published { region, http } => {
                let builder = builder.http_client(http).retry(RetryPolicy::none());
                let regions = region.into_iter();
                regions.fold(builder, |builder, region| builder.region(region))
            }
        };
        builder.build().expect("the settings are valid")
    }
}

/// A value for every variable, except for credentials that stand in place of others.
fn dummy(variable: &str) -> Option<String> {
    match variable {
        "ENGAGESPOT_USER_ID" => Some(EMAIL.to_owned()),
        "ENGAGESPOT_USER_SIGNATURE" | "ENGAGESPOT_USER_TOKEN" => None,
        "WEBENGAGE_LICENSE_CODE" => Some("license".to_owned()),
        _ => Some("a-value".to_owned()),
    }
}

fn make(provider: &str, hosts: Hosts<'_>, value: &dyn Fn(&str) -> Option<String>) -> Caller {
    let known = providers::find(provider).unwrap_or_else(|| panic!("unknown provider {provider}"));
    (known.caller)(Setup { hosts, value })
}
