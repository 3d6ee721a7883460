use std::future::Future;
use std::pin::Pin;

use engagement_core::observe::{CallAttributes, Event, Observer};
use engagement_core::{
    ClientBuilder, Credential, FromClientCore, RateLimits, RetryPolicy, Server, reqwest,
};

use crate::canary::EMAIL;
use crate::generated::{engage, engagebay, engageone, engagespot, webengage};
use crate::{Arguments, Outcome};

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
    make(
        provider,
        Hosts::At {
            url,
            retry,
            observer,
        },
    )
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
    make(provider, Hosts::Published::<Silent> { region, http })
}

/// The hosts that a client calls.
enum Hosts<'a, O> {
    /// All servers are at one URL.
    At {
        url: &'a str,
        retry: RetryPolicy,
        observer: O,
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

fn make(provider: &str, hosts: Hosts<'_, impl Observer>) -> Caller {
    macro_rules! caller {
        ($provider:ident, $client:ident, $builder:ident($($credential:expr),*) $(, $name:literal: $extra:expr)?) => {{
            let builder = $client::Client::$builder($($credential),*)
                .rate_limits(RateLimits::unlimited())
                $(.credential($name, $extra))?;
            let builder = match hosts {
                Hosts::At { url, retry, observer } => {
                    let builder = builder.retry(retry).observer(observer);
                    at_url(builder, $client::PROVIDER.servers, |_| url.to_owned())
                }
                Hosts::Published { region, http } => {
                    let builder = builder.http_client(http).retry(RetryPolicy::none());
                    region.into_iter().fold(builder, |builder, region| builder.region(region))
                }
            };
            let client = builder.build().expect("the settings are valid");
            Box::new(move |operation, arguments| {
                let client = client.clone();
                Box::pin(async move { $provider::call(&client, operation, arguments).await })
            })
        }};
    }
    let (user, token) = (Credential::header(EMAIL), Credential::bearer("a-dsn-token"));
    match provider {
        "engage" => caller!(engage, engage_client, builder("a-key", "a-secret")),
        "engagebay" => caller!(engagebay, engagebay_client, builder("an-api-key")),
        "engageone" => caller!(
            engageone,
            engageone_client,
            builder_with_token("customer", "a-token")
        ),
        "engagespot" => {
            caller!(engagespot, engagespot_client, builder("a-key", "a-secret"), "userId": user)
        }
        "webengage" => {
            caller!(webengage, webengage_client, builder("license", "a-key"), "dsnToken": token)
        }
        other => panic!("unknown provider {other}"),
    }
}
