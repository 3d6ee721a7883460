use crate::Sandbox;

/// The EngageBay side of a [`Sandbox`].
#[derive(Debug, Clone, Copy)]
pub struct EngageBay<'a> {
    pub(crate) sandbox: &'a Sandbox,
}

impl EngageBay<'_> {
    /// The key that the sandbox takes unless another was set.
    pub const API_KEY: &'static str = "sandbox-engagebay-key";

    /// Where a client's base URL must point.
    pub fn base_url(&self) -> String {
        self.sandbox.url("engagebay")
    }

    /// Environment variables that lead a client here: credentials and URLs.
    pub fn env(&self) -> Vec<(String, String)> {
        self.sandbox.provider_env("engagebay")
    }
}
