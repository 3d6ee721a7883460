//! Where requests may go.

use reqwest::Url;

/// A checked base URL: a scheme, a host, perhaps a port and a path prefix.
#[derive(Debug, Clone)]
pub(crate) struct BaseUrl {
    url: Url,
    /// Without a trailing slash.
    text: String,
}

impl BaseUrl {
    /// The reason of a refusal does not repeat the URL: it may hold a password.
    pub(crate) fn parse(text: &str, allow_insecure_http: bool) -> Result<Self, &'static str> {
        let text = text.trim();
        // The parser drops tabs and line ends and turns `\` into `/`; neither is ever meant.
        if text
            .chars()
            .any(|c| c.is_control() || c.is_whitespace() || c == '\\')
        {
            return Err("it holds white space, a backslash or a control character");
        }
        let url = Url::parse(text).map_err(|_| "it is not an absolute URL")?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
            return Err("it must be an http or https URL with a host");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("it must not hold a user or a password");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("it must not have a query or a fragment");
        }
        if url.scheme() == "http" && !is_loopback(&url) && !allow_insecure_http {
            return Err(
                "it must be https: http is for this machine only, unless allow_insecure_http() is called",
            );
        }
        let text = url.as_str().trim_end_matches('/').to_owned();
        Ok(Self { url, text })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    pub(crate) fn port(&self) -> Option<u16> {
        self.url.port_or_known_default()
    }

    pub(crate) fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Whether requests stay on this machine and unencrypted.
    pub(crate) fn is_plain_loopback(&self) -> bool {
        !self.is_https() && is_loopback(&self.url)
    }

    /// Appends an encoded path and query, and proves that the parser understood them as they were meant. Only they are
    /// parsed: scheme and host stay those of the base URL.
    pub(crate) fn join(&self, path: &str, query: &str) -> Result<Url, &'static str> {
        let mut url = self.url.clone();
        match self.url.path().trim_end_matches('/') {
            "" => url.set_path(path),
            prefix => url.set_path(&[prefix, path].concat()),
        }
        if !query.is_empty() {
            url.set_query(Some(query));
        }
        let as_meant = path.starts_with('/')
            && self.path_of(&url) == Some(path)
            && url.query().unwrap_or_default() == query;
        if as_meant {
            Ok(url)
        } else {
            Err("the path would address another resource")
        }
    }

    /// What follows the base URL's own path.
    pub(crate) fn path_of<'a>(&self, url: &'a Url) -> Option<&'a str> {
        let prefix = self.url.path().trim_end_matches('/');
        url.path().strip_prefix(prefix)
    }

    /// Whether credentials meant for this base URL may go to `url`.
    pub(crate) fn is_origin_of(&self, url: &Url) -> bool {
        url.scheme() == self.url.scheme()
            && url.host() == self.url.host()
            && url.port_or_known_default() == self.url.port_or_known_default()
            && url.username().is_empty()
            && url.password().is_none()
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    host == "localhost"
        || address
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_urls_lose_only_their_trailing_slash() {
        for (given, kept) in [
            ("https://api.example.com", "https://api.example.com"),
            ("https://api.example.com/", "https://api.example.com"),
            (
                " https://API.example.com:443/v1// \n",
                "https://api.example.com/v1",
            ),
            ("http://localhost:8080/x", "http://localhost:8080/x"),
            ("http://127.8.9.1:1", "http://127.8.9.1:1"),
            ("http://[::1]:1/", "http://[::1]:1"),
        ] {
            assert_eq!(BaseUrl::parse(given, false).unwrap().as_str(), kept);
        }
        assert!(BaseUrl::parse("http://example.com", true).is_ok());
    }

    #[test]
    fn risky_urls_are_refused() {
        for bad in [
            "",
            "api.example.com",
            "/v1",
            "ftp://example.com",
            "data:text/plain,x",
            "http://example.com",
            "http://localhost.example.com",
            "http://128.0.0.1",
            "http://[::2]",
            "http://10.0.0.1",
            "https://user@example.com",
            "https://user:pw@example.com",
            "https://:pw@example.com",
            "https://example.com?x=1",
            "https://example.com/#x",
            "https://exa\nmple.com",
            "https:\\\\example.com",
            "https://exa mple.com",
        ] {
            assert!(BaseUrl::parse(bad, false).is_err(), "{bad}");
        }
    }

    #[test]
    fn join_notices_every_change_of_meaning() {
        let base = BaseUrl::parse("https://api.example.com/v1/", false).unwrap();
        assert_eq!(
            base.join("/a/%20b", "q=1").unwrap().as_str(),
            "https://api.example.com/v1/a/%20b?q=1"
        );
        assert_eq!(
            base.join("/a/%252e%252e", "").unwrap().path(),
            "/v1/a/%252e%252e"
        );
        for bad in [
            "/a/..",
            "/a/%2e%2E",
            "/a/.%2e/b",
            "/a/./b",
            "/a?b",
            "/a#b",
            "/a\\b",
            "/a b",
            "@evil.example/a",
            ".evil.example/a",
            "",
        ] {
            assert!(base.join(bad, "").is_err(), "{bad}");
        }
        let bare = BaseUrl::parse("https://api.example.com", false).unwrap();
        for bad in ["@evil.example/a", ".evil.example/a", ":8080/a", "/.."] {
            assert!(bare.join(bad, "").is_err(), "{bad}");
        }
    }
}
