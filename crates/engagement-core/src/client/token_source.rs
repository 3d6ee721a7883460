//! Where a client gets its tokens from.

use std::pin::Pin;

use crate::auth::token::Token;
use crate::client::core::Runtime;
use crate::error::Error;
use crate::secret::Secret;

/// Gets the tokens that a client sends, such as by logging in.
///
/// The client keeps a token until 60 seconds before its expiry, or for 50 minutes if that is not known, and forgets it
/// when the provider answers 401 to it; the request is then made once more with a new one. However many calls need a
/// token, it is fetched once, and if that fails, all of them are told.
///
/// ```
/// use std::pin::Pin;
///
/// use engagement_core::{Error, Method, Runtime, Secret, Token, TokenSource};
///
/// struct Login {
///     user: String,
///     password: Secret,
/// }
///
/// impl TokenSource for Login {
///     fn fetch<'a>(
///         &'a self,
///         runtime: &'a Runtime,
///     ) -> Pin<Box<dyn Future<Output = Result<Token, Error>> + Send + 'a>> {
///         Box::pin(async move {
///             let login = serde_json::json!({"user": self.user, "password": self.password});
///             let request = runtime.request(Method::POST, "/login").without_credentials();
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
    /// Gets a new token. `runtime` is the client's own, except that it has no tokens of this source: an operation that
    /// needs one fails instead of waiting for itself. The time it takes counts towards the call that needs the token,
    /// and it is dropped with that call.
    ///
    /// An error of your own is made with [`Runtime::no_token`].
    fn fetch<'a>(
        &'a self,
        runtime: &'a Runtime,
    ) -> Pin<Box<dyn Future<Output = Result<Token, Error>> + Send + 'a>>;

    /// Secrets that errors must mask besides the tokens, such as a password. Asked for once, when the client is built.
    fn secrets(&self) -> Vec<Secret> {
        Vec::new()
    }
}
