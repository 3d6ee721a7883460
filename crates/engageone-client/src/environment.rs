//! Settings from environment variables.

use engagement_core::{Error, Provider, Scheme, Secret};

use crate::client::TOKEN;
use crate::session::Login;
use crate::{BuilderExt as _, Client, ClientBuilder, PROVIDER};

const CUSTOMER_ID: &str = "ENGAGEONE_CUSTOMER_ID";
const PB_CUSTOMER_ID: &str = "ENGAGEONE_PB_CUSTOMER_ID";
const CLIENT_ID: &str = "ENGAGEONE_CLIENT_ID";
const SECRET: &str = "ENGAGEONE_SECRET";
const ACCESS_TOKEN: &str = "ENGAGEONE_TOKEN";

/// The provider for a client that logs in, which ignores a token in the environment.
static WITHOUT_TOKEN: Provider = Provider {
    schemes: &[
        Scheme {
            env: &[],
            ..PROVIDER.schemes[0]
        },
        PROVIDER.schemes[1],
    ],
    ..PROVIDER
};

impl Client {
    /// A client from the environment: `ENGAGEONE_CUSTOMER_ID`, `ENGAGEONE_CLIENT_ID` and `ENGAGEONE_SECRET` to log in
    /// with, or `ENGAGEONE_CUSTOMER_ID` and `ENGAGEONE_TOKEN`. Optional: `ENGAGEONE_REGION`,
    /// `ENGAGEONE_BASE_URL`, and for every other host `ENGAGEONE_{NAME}_URL`, such as `ENGAGEONE_USERS_URL`.
    ///
    /// `ENGAGEONE_PB_CUSTOMER_ID` is the value of the header `PB-Customer-Id`, as for [`customer`](crate::BuilderExt::customer);
    /// if it is not set, the header has the customer id. With a token it is enough, because the customer id is for the login.
    ///
    /// # Errors
    /// If credentials are missing, not Unicode or not allowed in a header, the region does not exist, or a URL is invalid; the
    /// message names the variable.
    ///
    /// ```no_run
    /// let client = engageone_client::Client::from_env()?;
    /// # Ok::<(), engageone_client::Error>(())
    /// ```
    pub fn from_env() -> Result<Self, Error> {
        builder()?.build()
    }
}

pub(crate) fn builder() -> Result<ClientBuilder, Error> {
    let header = read(PB_CUSTOMER_ID)?;
    let builder = with_login_or_token(header.is_some())?;
    Ok(match header {
        Some(header) => builder.customer(header),
        None => builder,
    })
}

fn with_login_or_token(has_header: bool) -> Result<ClientBuilder, Error> {
    let customer_id = read(CUSTOMER_ID)?;
    let client_id = read(CLIENT_ID)?;
    let secret = read(SECRET)?.map(Secret::from);
    let token = read(ACCESS_TOKEN)?.map(Secret::from);
    if let (Some(customer_id), Some(client_id), Some(secret)) = (&customer_id, &client_id, &secret)
    {
        let login = Login::new(customer_id, client_id, secret.clone());
        return Ok(ClientBuilder::from_env(&WITHOUT_TOKEN)?.token_source(TOKEN, login));
    }
    if (customer_id.is_some() || has_header) && token.is_some() {
        return ClientBuilder::from_env(&PROVIDER);
    }
    let customer_id = (CUSTOMER_ID, customer_id.is_some());
    let to_log_in = missing(&[
        customer_id,
        (CLIENT_ID, client_id.is_some()),
        (SECRET, secret.is_some()),
    ]);
    let header = (CUSTOMER_ID, customer_id.1 || has_header);
    let otherwise = missing(&[header, (ACCESS_TOKEN, token.is_some())]);
    Err(error(format!(
        "missing credentials: set the environment {to_log_in} to log in, or {otherwise} to use a token that you have"
    )))
}

/// An empty variable counts as not set.
fn read(name: &str) -> Result<Option<String>, Error> {
    match std::env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.trim().is_empty())),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => Err(error(format!(
            "the environment variable {name} is not Unicode"
        ))),
    }
}

/// The variables that are not set, as readable text.
fn missing(variables: &[(&str, bool)]) -> String {
    let names: Vec<&str> = variables
        .iter()
        .filter(|(_, set)| !set)
        .map(|(name, _)| *name)
        .collect();
    match names.as_slice() {
        [one] => format!("variable {one}"),
        [first @ .., last] => format!("variables {} and {last}", first.join(", ")),
        [] => String::new(),
    }
}

/// Only a client can create errors, so this creates one without credentials, for a URL that needs no TLS.
fn error(reason: String) -> Error {
    let nowhere = ClientBuilder::new(&PROVIDER).base_url("http://127.0.0.1");
    match nowhere.build() {
        Ok(client) => client.core().no_token(reason),
        Err(error) => error,
    }
}
