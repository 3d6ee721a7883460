//! Logging in.

use std::future::Future;
use std::pin::Pin;

use engagement_core::{
    ClientCore, Error, ErrorKind, FromClientCore as _, Secret, Token, TokenSource,
};

use crate::jwt::Expiry;
use crate::types::ClientCredentials;
use crate::{Client, jwt};

/// Client credentials, which are exchanged for a token. `engagement-core` decides when.
pub(crate) struct Login {
    credentials: ClientCredentials,
}

impl Login {
    pub(crate) fn new(
        customer_id: impl Into<String>,
        client_id: impl Into<String>,
        secret: impl Into<Secret>,
    ) -> Self {
        Self {
            credentials: ClientCredentials::new(client_id, secret, customer_id),
        }
    }

    /// The first empty credential: a login would fail.
    fn missing(&self) -> Option<&'static str> {
        let credentials = &self.credentials;
        let parts = [
            ("client id", credentials.client_id.as_str()),
            ("secret", credentials.secret.expose()),
        ];
        let mut empty = parts.iter().filter(|(_, value)| value.trim().is_empty());
        empty.next().map(|(name, _)| *name)
    }
}

impl TokenSource for Login {
    fn fetch<'a>(
        &'a self,
        core: &'a ClientCore,
    ) -> Pin<Box<dyn Future<Output = Result<Token, Error>> + Send + 'a>> {
        Box::pin(async move {
            if let Some(name) = self.missing() {
                return Err(core.no_token(format!("the {name} is empty")));
            }
            let client = Client::from_client_core(core.clone())?;
            let login = client.auth().login(self.credentials.clone());
            let (text, headers) = match login.response().await {
                Ok(response) => {
                    let headers = response.headers().clone();
                    (response.into_inner(), headers)
                }
                Err(error) => {
                    let headers = error.headers().cloned().unwrap_or_default();
                    (bare_token(&error).ok_or(error)?, headers)
                }
            };
            Ok(match jwt::expiry(text.expose()) {
                Some(Expiry::In(life)) => Token::new(text).expires_in(life),
                Some(Expiry::At(time)) => Token::new(text).expires_at_by(time, &headers),
                None => Token::new(text),
            })
        })
    }

    fn secrets(&self) -> Vec<Secret> {
        vec![self.credentials.secret.clone()]
    }
}

/// The token of a response that is plain text instead of a JSON string: the format is not documented.
fn bare_token(error: &Error) -> Option<Secret> {
    if error.kind() != ErrorKind::Decode {
        return None;
    }
    let text = std::str::from_utf8(error.body()?).ok()?;
    let text = text.trim_start_matches('\u{feff}').trim();
    jwt::looks_like_one(text).then(|| text.into())
}
