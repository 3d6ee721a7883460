//! Which hosts a request may name.
//!
//! A web page can lead its own name to 127.0.0.1 (DNS rebinding). The browser then takes the sandbox for a part of that
//! page, which could read and write accounts with the default credentials. But the request names the page's host.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;
use http::header::HOST;
use http::uri::Authority;

/// The host that a request names and that is none of this machine's; `None` if all that it names are allowed.
pub(crate) fn foreign(uri_host: Option<&str>, headers: &HeaderMap, own: IpAddr) -> Option<String> {
    let named = headers.get_all(HOST).iter().map(|value| {
        let authority = value.to_str().ok().map(str::parse::<Authority>);
        // What can't be parsed is no host of this machine.
        authority
            .and_then(Result::ok)
            .map_or_else(|| "?".to_owned(), |authority| authority.host().to_owned())
    });
    let mut named = uri_host.map(str::to_owned).into_iter().chain(named);
    named.find(|host| !is_local(host, own))
}

/// The message about a foreign host.
pub(super) fn message(host: &str, own: SocketAddr) -> String {
    format!("the host `{host}` is not served: use {own}, or localhost")
}

fn is_local(host: &str, own: IpAddr) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    let address = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    match address.parse::<IpAddr>() {
        Ok(address) => address.is_loopback() || address == own,
        // Names below `localhost` always are this machine (RFC 6761).
        Err(_) => {
            let host = host.to_ascii_lowercase();
            host == "localhost" || host.ends_with(".localhost")
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn refused(hosts: &[&'static str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(HOST, http::HeaderValue::from_static(host));
        }
        foreign(None, &headers, Ipv4Addr::new(192, 0, 2, 7).into())
    }

    #[test]
    fn names_and_addresses_of_this_machine_are_allowed() {
        for host in [
            "localhost",
            "LOCALHOST:4010",
            "localhost.:80",
            "api.localhost:4010",
            "127.0.0.1",
            "127.1.2.3:4010",
            "[::1]",
            "[::1]:4010",
            "192.0.2.7:4010",
        ] {
            assert_eq!(refused(&[host]), None, "{host}");
        }
        assert_eq!(refused(&[]), None, "HTTP/1.0, which no browser speaks");
    }

    #[test]
    fn every_other_host_is_refused() {
        for (host, name) in [
            ("evil.example:4010", "evil.example"),
            ("localhost.evil.example", "localhost.evil.example"),
            ("evillocalhost", "evillocalhost"),
            ("127.0.0.1.evil.example", "127.0.0.1.evil.example"),
            ("127.0.0.1@evil.example", "evil.example"),
            ("192.0.2.8", "192.0.2.8"),
            ("[::2]:4010", "[::2]"),
            ("0.0.0.0", "0.0.0.0"),
            ("", "?"),
            ("a b", "?"),
        ] {
            assert_eq!(refused(&[host]).as_deref(), Some(name), "{host}");
            assert!(refused(&["localhost", host]).is_some(), "{host}");
        }
        let headers = HeaderMap::new();
        let own = Ipv4Addr::LOCALHOST.into();
        assert!(foreign(Some("evil.example"), &headers, own).is_some());
    }
}
