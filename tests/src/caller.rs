use std::future::Future;
use std::pin::Pin;

use engagement_core::observe::Observer;
use engagement_core::{Credential, RateLimits};

use crate::generated::{engage, engagebay, engageone, engagespot, webengage};
use crate::{Arguments, Outcome};

type Calling<'a> = Pin<Box<dyn Future<Output = Outcome> + 'a>>;

/// A client that calls an operation by its id, with typed values made of JSON.
pub type Caller = Box<dyn for<'a> Fn(&'a str, &'a mut Arguments) -> Calling<'a>>;

/// A client of a provider whose hosts are all at one URL. It counts no limits.
///
/// # Panics
/// If there is no such provider, or the URL can't be used.
pub fn caller(provider: &str, url: &str, observer: impl Observer) -> Caller {
    macro_rules! caller {
        ($provider:ident, $client:ident, $builder:expr) => {{
            let mut builder = $builder
                .rate_limits(RateLimits::unlimited())
                .observer(observer);
            for server in $client::PROVIDER.servers {
                builder = builder.server_url(server.name, url);
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
