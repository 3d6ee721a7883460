//! Creating a client, and deriving one for a user.

use engagement_core::{Credential, Error, FromClientCore as _, Secret};

use crate::ids::UserId;
use crate::{Client, PROVIDER};

/// Builds a [`Client`]; created by [`Client::builder`], [`Client::builder_for_user`] or
/// [`Client::builder_with_token`]. Setters never fail; `build` reports invalid values.
///
/// ```
/// use std::time::Duration;
///
/// use engagespot_client::{Client, Region};
///
/// let client = Client::builder("my-key", "my-secret")
///     .region(Region::Eu)
///     .timeout(Duration::from_secs(20))
///     .user_agent_suffix("signup-service/1.4")
///     .build()?;
/// assert_eq!(client.base_url(), "https://api-eu.engagespot.co");
/// # Ok::<(), engagespot_client::Error>(())
/// ```
pub type ClientBuilder = engagement_core::ClientBuilder<Client>;

/// Create one client and clone it: clones share connections, a second client opens its own.
///
/// | created by | sends, users, topics, workflows, writing categories | inbox | profile, preferences, listing categories, devices |
/// |---|---|---|---|
/// | [`builder`](Client::builder) | yes | listing with `user_identifier`, deleting, marking as read, unread and unseen | no |
/// | [`builder_for_user`](Client::builder_for_user), [`as_user`](Client::as_user) | no | yes, outside secure mode | yes, outside secure mode |
/// | [`builder_with_token`](Client::builder_with_token), [`as_user_with_token`](Client::as_user_with_token) | no | yes | yes |
///
/// Other calls fail before a request is sent.
impl Client {
    /// Sets up a client for a backend, with the API key and the API secret of the app from the console.
    ///
    /// It can make the calls with "Auth: app" in their documentation. [`as_user`](Self::as_user) and similar methods derive a
    /// client that calls as a user. The secret must never reach a browser or an app.
    pub fn builder(api_key: impl Into<Secret>, api_secret: impl Into<Secret>) -> ClientBuilder {
        let api_secret = api_secret.into();
        ClientBuilder::new(&PROVIDER)
            .credential("apiKey", Credential::header(api_key))
            .credential("apiSecret", Credential::header(api_secret.clone()))
            // Calls that write categories use another header for the same secret; they send both.
            .credential("secretKey", Credential::header(api_secret))
    }

    /// Sets up a client for one user of an app without secure mode. Without it, anybody who knows the key can read the inbox
    /// of any user.
    ///
    /// It can make the calls with "Auth: user" in their documentation. The user id is sent in a header, so it must be printable
    /// ASCII.
    pub fn builder_for_user(
        api_key: impl Into<Secret>,
        user_id: impl Into<UserId>,
    ) -> ClientBuilder {
        ClientBuilder::new(&PROVIDER)
            .credential("apiKey", Credential::header(api_key))
            .credential("userId", user_id_header(user_id))
    }

    /// Sets up a client for one user, with a token that your backend signed; see `TokenSigner` (feature `signing`). It works
    /// with and without secure mode.
    ///
    /// It can make the calls with "Auth: user" in their documentation. It sends only the token, which identifies app and user, as
    /// Engagespot's own clients do. [`as_user_with_token`](Self::as_user_with_token) also sends API key and user id.
    pub fn builder_with_token(token: impl Into<Secret>) -> ClientBuilder {
        ClientBuilder::new(&PROVIDER).credential("userToken", Credential::bearer(token))
    }

    /// A client from the environment: `ENGAGESPOT_API_KEY` with `ENGAGESPOT_API_SECRET`, with `ENGAGESPOT_USER_ID` (and
    /// `ENGAGESPOT_USER_SIGNATURE` in the deprecated mode), or with all of them; or `ENGAGESPOT_USER_TOKEN`.
    /// `ENGAGESPOT_REGION` is `us` or `eu`; `ENGAGESPOT_BASE_URL` is the URL of a proxy or a sandbox.
    ///
    /// Each call uses the credentials that it needs: those of a user if possible, preferably the token, otherwise those of the
    /// app. A call whose credentials are missing fails before a request is sent, and names the variable.
    ///
    /// # Errors
    /// If no credential is set or one is not allowed in a header, the region is unknown, or the base URL is invalid; the message
    /// names the variable or its purpose.
    ///
    /// ```no_run
    /// let client = engagespot_client::Client::from_env()?;
    /// # Ok::<(), engagespot_client::Error>(())
    /// ```
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env(&PROVIDER)?.build()
    }
}

/// Derived clients that call as a user. They share connections and limits with this client, which does not change.
///
/// ```
/// use engagespot_client::Client;
///
/// let backend = Client::builder("my-key", "my-secret").build()?;
/// let ada = backend.as_user("ada@example.com")?;
/// # let _ = ada;
/// # Ok::<(), engagespot_client::Error>(())
/// ```
impl Client {
    /// A client that calls as a user by API key and user id, like one of [`builder_for_user`](Self::builder_for_user).
    ///
    /// It has no secret, signature or token, so it cannot make calls of a backend. In secure mode Engagespot refuses it: use
    /// [`as_user_with_token`](Self::as_user_with_token). If this client has no API key, calls of the new client fail before a
    /// request is sent.
    ///
    /// # Errors
    /// If the user id is empty or is not allowed in a header: it must be printable ASCII.
    pub fn as_user(&self, user_id: impl Into<UserId>) -> Result<Self, Error> {
        self.with_user(UserCredentials {
            user_id: Some(user_id_header(user_id)),
            ..UserCredentials::default()
        })
    }

    /// Like [`as_user`](Self::as_user), with a signature of the user id, for apps with HMAC authentication. `user_signature`
    /// (feature `signing`) creates it.
    ///
    /// Deprecated by Engagespot, which recommends secure mode with tokens.
    ///
    /// # Errors
    /// If the user id or the signature is empty or is not allowed in a header.
    pub fn as_user_with_signature(
        &self,
        user_id: impl Into<UserId>,
        signature: impl Into<Secret>,
    ) -> Result<Self, Error> {
        self.with_user(UserCredentials {
            user_id: Some(user_id_header(user_id)),
            signature: Some(Credential::header(signature)),
            ..UserCredentials::default()
        })
    }

    /// A client that calls as a user with a token that your backend signed for this user. It sends API key, user id and
    /// token, as Engagespot documents it.
    ///
    /// The token also names the app and the user. So a user id that is not printable ASCII, which a header cannot carry, is not
    /// sent; and if this client has no API key, only the token is sent, like by a client of
    /// [`builder_with_token`](Self::builder_with_token).
    ///
    /// # Errors
    /// If the user id is empty, or the token is empty or is not allowed in a header.
    pub fn as_user_with_token(
        &self,
        user_id: impl Into<UserId>,
        token: impl Into<Secret>,
    ) -> Result<Self, Error> {
        let user_id = user_id.into();
        let fits = user_id.as_str().chars().all(|c| matches!(c, ' '..='~'));
        self.with_user(UserCredentials {
            user_id: fits.then(|| user_id_header(user_id)),
            token: Some(Credential::bearer(token)),
            ..UserCredentials::default()
        })
    }

    /// The same client with the API key and only these credentials.
    fn with_user(&self, user: UserCredentials) -> Result<Self, Error> {
        let core = self.core().with_credentials([
            ("apiSecret", None),
            ("secretKey", None),
            ("userId", user.user_id),
            ("userSignature", user.signature),
            ("userToken", user.token),
        ])?;
        Self::from_client_core(core)
    }
}

fn user_id_header(user_id: impl Into<UserId>) -> Credential {
    Credential::header(user_id.into().as_str())
}

/// The credentials of a user. `None` removes a credential.
#[derive(Default)]
struct UserCredentials {
    user_id: Option<Credential>,
    signature: Option<Credential>,
    token: Option<Credential>,
}
