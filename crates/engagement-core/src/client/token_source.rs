//! Sources of tokens.

use std::pin::Pin;

use crate::auth::token::Token;
use crate::client::core::ClientCore;
use crate::error::Error;
use crate::secret::Secret;

/// Fetches the tokens that a client sends, for example by logging in.
///
/// The client uses a token until 60 seconds before it expires, at least for 10 seconds, or for 50 minutes if the expiry is
/// unknown. If the provider
/// responds with 401, the client forgets the token and sends the request once more with a new one. Calls that need a token at
/// the same time share one fetch, and its error.
///
/// ```
/// use std::pin::Pin;
///
/// use engagement_core::{Error, Method, ClientCore, Secret, Token, TokenSource};
///
/// struct Login {
///     user: String,
///     password: Secret,
/// }
///
/// impl TokenSource for Login {
///     fn fetch<'a>(
///         &'a self,
///         core: &'a ClientCore,
///     ) -> Pin<Box<dyn Future<Output = Result<Token, Error>> + Send + 'a>> {
///         Box::pin(async move {
///             let login = serde_json::json!({"user": self.user, "password": self.password});
///             let request = core.request(Method::POST, "/login").without_credentials();
///             let token: Secret = request.json(&login).send().await?.json()?;
///             Ok(Token::new(token))
///         })
///     }
///
///     fn secrets(&self) -> Vec<Secret> {
///         vec![self.password.clone()]
///     }
/// }
/// ```
pub trait TokenSource: Send + Sync + 'static {
    /// Fetches a new token. `core` is the client without the tokens of this source: an operation that needs one fails
    /// instead of waiting for itself.
    ///
    /// Calls wait for a fetch until their own time limits. If the call that began it is dropped, the next call that needs the
    /// token continues the same fetch; one that no call continues within 30 seconds is dropped.
    ///
    /// # Errors
    /// If there is no token: the call fails with this error. [`ClientCore::no_token`] creates one with your own reason.
    fn fetch<'a>(
        &'a self,
        core: &'a ClientCore,
    ) -> Pin<Box<dyn Future<Output = Result<Token, Error>> + Send + 'a>>;

    /// Secrets that errors must mask in addition to the tokens, such as a password. Called once, when the client is built.
    fn secrets(&self) -> Vec<Secret> {
        Vec::new()
    }
}
