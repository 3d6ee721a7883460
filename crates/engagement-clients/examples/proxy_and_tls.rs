//! Sends requests through a proxy, and trusts a company's own certificate authority besides the usual ones.
//!
//! ```sh
//! export ENGAGEBAY_API_KEY=… PROXY_URL=http://proxy.example.com:3128 CA_FILE=ca.pem
//! cargo run -p engagement-clients --example proxy_and_tls
//! ```
//!
//! A proxy alone needs no code: clients use `HTTPS_PROXY` and `NO_PROXY` from the environment.

use std::error::Error;
use std::time::Duration;

use engagement_clients::engagebay::{ClientBuilder, PROVIDER};
use reqwest::{Certificate, Proxy, redirect};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // The clients bring a crypto provider but install none; reqwest's own clients need one in the process.
    rustls::crypto::ring::default_provider()
        .install_default()
        .map_err(|_| "another crypto provider is installed")?;

    let authority = std::fs::read(std::env::var("CA_FILE")?)?;
    let http = reqwest::Client::builder()
        .proxy(Proxy::all(std::env::var("PROXY_URL")?)?)
        .tls_certs_merge(Certificate::from_pem_bundle(&authority)?)
        .connect_timeout(Duration::from_secs(5))
        .redirect(redirect::Policy::none()) // a redirect could carry the key to another host
        .build()?;

    let client = ClientBuilder::from_env(&PROVIDER)?
        .http_client(http)
        .build()?;
    let profile = client.profile().get().response().await?;
    println!("{}: the key is good", profile.status());
    Ok(())
}
