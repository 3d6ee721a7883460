//! The URL of each server, and the HTTP client for it.

use std::sync::Arc;
use std::time::Duration;

use super::{Settings, last};
use crate::client::core::Server;
use crate::client::tls;
use crate::error::Error;
use crate::http::base_url::BaseUrl;
use crate::provider::Server as ServerEntry;
use crate::retry::budget::RetryBudget;
use crate::retry::retry_after_pause::RetryAfterPause;

/// Shorter than the idle timeouts of common load balancers (60 s and more). If the other side closes a connection while a
/// request is sent, the request may have arrived, so a write could not be retried.
const POOL_IDLE: Duration = Duration::from_secs(20);

impl Settings {
    fn checked_region(&self) -> Result<Option<&str>, Error> {
        let Some(region) = self.region.as_deref().map(str::trim) else {
            return Ok(None);
        };
        let known = self.provider.region_names();
        if known.contains(&region) {
            Ok(Some(region))
        } else if known.is_empty() {
            Err(self.error("a region is set, but the provider has no regions"))
        } else {
            let known = known.join("`, `");
            Err(self.error(format_args!(
                "there is no such region: the regions are `{known}`"
            )))
        }
    }

    /// The URL of every server. It is `None` if only the URL of the main server was set, or if the provider does not publish
    /// the host, or not that of the region: the host of another region would get data and credentials.
    pub(super) fn checked_urls(&self) -> Result<Vec<Option<BaseUrl>>, Error> {
        let known = |name: &str| {
            self.provider
                .servers
                .iter()
                .any(|server| server.name == name)
        };
        if self.provider.servers.is_empty() {
            return Err(self.error("the provider has no server"));
        }
        if let Some((name, _)) = self.urls.iter().find(|(name, _)| !known(name)) {
            return Err(self.error(format_args!("there is no server named `{name}`")));
        }
        let region = self.checked_region()?;
        let configured = |server: &ServerEntry| last(&self.urls, server.name).map(String::as_str);
        let main_is_set = self
            .provider
            .servers
            .first()
            .is_some_and(|main| configured(main).is_some());
        let urls = self.provider.servers.iter().map(|server| {
            let published = match region {
                Some(region) if !server.regions.is_empty() => {
                    let mut regions = server.regions.iter();
                    let known = regions.find(|(name, _)| *name == region);
                    known.map_or("", |(_, url)| *url)
                }
                _ => server.url,
            };
            let url = match configured(server) {
                None if main_is_set || published.is_empty() => return Ok(None),
                None => published,
                Some(url) => url,
            };
            BaseUrl::parse(url, self.allow_insecure_http)
                .map(Some)
                .map_err(|reason| {
                    self.error(format_args!(
                        "the URL of the server `{}` cannot be used: {reason}",
                        server.name
                    ))
                })
        });
        urls.collect()
    }

    pub(super) fn connected(
        &self,
        urls: Vec<Option<BaseUrl>>,
    ) -> Result<Vec<Option<Server>>, Error> {
        let (mut local, mut remote) = (self.http.clone(), self.http.clone());
        let servers = urls.into_iter().map(|base| {
            let Some(base) = base else { return Ok(None) };
            let local_only = base.is_plain_loopback();
            let shared = if local_only { &mut local } else { &mut remote };
            let http = match shared {
                Some(http) => http.clone(),
                None => shared.insert(self.connect(&base, local_only)?).clone(),
            };
            Ok(Some(Server {
                base: Arc::new(base),
                http,
                budget: RetryBudget::new(),
                pause: RetryAfterPause::default(),
            }))
        });
        servers.collect()
    }

    fn connect(&self, base: &BaseUrl, local_only: bool) -> Result<reqwest::Client, Error> {
        if base.is_https() && !tls::AVAILABLE {
            return Err(self.error(
                "https needs TLS: turn on one of the features `rustls`, `rustls-aws-lc` and `native-tls`, or set an http_client(…)",
            ));
        }
        let mut builder = reqwest::Client::builder()
            // A redirect would send credentials in custom headers to any host.
            .redirect(reqwest::redirect::Policy::none())
            // The retry loop of this crate knows which requests are safe to retry.
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(self.connect_timeout)
            .pool_idle_timeout(POOL_IDLE);
        if local_only {
            // Requests to this machine must not go through a proxy, which would see them unencrypted.
            builder = builder.no_proxy();
        }
        let builder = tls::configure(builder, local_only)
            .map_err(|error| self.error("TLS cannot be set up").with_boxed(error))?;
        builder.build().map_err(|error| {
            self.error("the HTTP client cannot be set up")
                .with_source(error.without_url())
        })
    }
}
