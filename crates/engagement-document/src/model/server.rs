//! Hosts, and APIs without operations.

/// A host of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Short name; `api` is the main host.
    pub name: String,
    /// Base URL without a trailing slash; empty if the provider doesn't publish it.
    pub url: String,
    /// Base URLs by region.
    pub regions: Vec<(String, String)>,
    /// The provider's page about this host; empty if it has none of its own.
    pub docs_url: String,
}

impl Server {
    /// The path of the base URL: `/v1` of `https://api.engage.so/v1`.
    pub fn path(&self) -> &str {
        let rest = self
            .url
            .split_once("://")
            .map_or(self.url.as_str(), |(_, rest)| rest);
        rest.find('/').map_or("", |at| &rest[at..])
    }
}

/// An API that the provider documents elsewhere, for requests that no operation describes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentedApi {
    /// Its name, in snake_case.
    pub name: String,
    /// What it is for.
    pub summary: String,
    /// What is known and unknown about it.
    pub note: String,
    /// The provider's page.
    pub docs_url: String,
    /// Position of its host in [`Document::servers`](crate::Document::servers).
    pub server: usize,
    /// Whether it takes no credentials.
    pub anonymous: bool,
}
