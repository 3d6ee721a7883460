use crate::http::state::ServerState;

/// The EngageBay account of a [`Sandbox`](crate::Sandbox).
#[derive(Debug, Clone, Copy)]
pub struct EngageBay<'a> {
    pub(crate) state: &'a ServerState,
}

impl EngageBay<'_> {
    /// The default API key.
    pub const API_KEY: &'static str = "sandbox-engagebay-key";

    /// The base URL for a client.
    pub fn base_url(&self) -> String {
        self.state.base_url("engagebay")
    }

    /// The names and base URLs of all its hosts, for `builder.servers(…)` of a client.
    pub fn servers(&self) -> Vec<(&'static str, String)> {
        self.state.servers("engagebay")
    }

    /// The environment variables for a client: credentials and base URLs.
    pub fn env(&self) -> Vec<(String, String)> {
        self.state.env("engagebay")
    }
}
