//! Which requests the page and the API accept, besides the check of the host.
//!
//! A web page of somebody else can send requests to the sandbox with the browser of a developer. Browsers say from where a
//! request comes (`Origin`, `Sec-Fetch-Site`), and a page can't set `X-Sandbox` without the permission of the sandbox, which
//! it never gets.

use http::header::{HOST, ORIGIN};
use http::{HeaderMap, HeaderName, StatusCode};

use super::answer::{Problem, Result};

/// Programs that use the API send this header.
const CUSTOM: HeaderName = HeaderName::from_static("x-sandbox");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses requests that a page of another origin caused.
pub(super) fn check(headers: &HeaderMap) -> Result<()> {
    let host = headers.get(HOST).map_or(&[][..], |host| host.as_bytes());
    let own = [b"http://", host].concat();
    let mut origins = headers.get_all(ORIGIN).iter();
    if origins.any(|origin| !origin.as_bytes().eq_ignore_ascii_case(&own)) {
        return Err(refused("the header Origin names another origin"));
    }
    let mut sites = headers.get_all(&FETCH_SITE).iter();
    // `none` is a request that the user made, for example by entering the address.
    if sites.any(|site| site != "same-origin" && site != "none") {
        return Err(refused(
            "by Sec-Fetch-Site, a page of another origin sent it",
        ));
    }
    Ok(())
}

/// Refuses requests that a page of another origin caused or may have caused.
pub(super) fn check_api(headers: &HeaderMap) -> Result<()> {
    check(headers)?;
    let from_own_page = || {
        let site = headers.get(&FETCH_SITE);
        site.is_some_and(|site| site == "same-origin")
    };
    if headers.contains_key(&CUSTOM) || from_own_page() {
        return Ok(());
    }
    Err(refused(
        "the header X-Sandbox is missing: send X-Sandbox: 1",
    ))
}

fn refused(why: &str) -> Problem {
    Problem::new(StatusCode::FORBIDDEN, format!("refused: {why}"))
}
