//! What calls written by hand share: a client with the timeouts of the typed ones, the status checked, JSON read.

use std::error::Error;
use std::time::Duration;

use reqwest::header::{ACCEPT, HeaderMap, HeaderValue};
use serde::de::DeserializeOwned;

pub(crate) fn client(
    user_agent: &str,
    mut headers: HeaderMap,
) -> Result<reqwest::Client, reqwest::Error> {
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .timeout(Duration::from_secs(30))
        .connect_timeout(Duration::from_secs(10))
        .pool_idle_timeout(Duration::from_secs(20))
        .user_agent(user_agent)
        .default_headers(headers)
        .build()
}

pub(crate) fn secret(key: &'static str) -> Result<HeaderValue, Box<dyn Error>> {
    let mut key = HeaderValue::from_str(key)?;
    key.set_sensitive(true);
    Ok(key)
}

pub(crate) async fn read<T: DeserializeOwned>(
    request: reqwest::RequestBuilder,
) -> Result<T, Box<dyn Error>> {
    let response = request.send().await?;
    let status = response.status();
    let body = response.bytes().await?;
    if !status.is_success() {
        return Err(format!("{status}: {}", String::from_utf8_lossy(&body)).into());
    }
    Ok(serde_json::from_slice(&body)?)
}
