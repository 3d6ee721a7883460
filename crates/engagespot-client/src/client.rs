//! How a client is made, and how it turns into one for a user.

use engagement_core::{Credential, Error, FromClientCore as _, Secret};

use crate::ids::UserId;
use crate::{Client, PROVIDER};

/// Settings of a [`Client`] to be, from [`Client::builder`], [`Client::builder_for_user`] or
/// [`Client::builder_with_token`]. Nothing fails before `build`.
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

/// Making one. Make one client and clone it: clones share connections, and a new client opens its own.
///
/// | made by | sends, users, topics, workflows, writing categories | inbox | profile, preferences, listing categories, devices |
/// |---|---|---|---|
/// | [`builder`](Client::builder) | yes | listing with `user_identifier`, deleting, marking as read, unread and unseen | no |
/// | [`builder_for_user`](Client::builder_for_user), [`as_user`](Client::as_user) | no | yes, outside secure mode | yes, outside secure mode |
/// | [`builder_with_token`](Client::builder_with_token), [`as_user_with_token`](Client::as_user_with_token) | no | yes | yes |
///
/// What a client can't do fails before anything is sent.
impl Client {
    /// Sets up a client for a backend, with the API key and the API secret of the app from the console.
    ///
    /// It makes the calls whose documentation says "Auth: app". [`as_user`](Self::as_user) and its like make a client
    /// from it that calls as a user. The secret must never reach a browser or an app.
    pub fn builder(api_key: impl Into<Secret>, api_secret: impl Into<Secret>) -> ClientBuilder {
        let api_secret = api_secret.into();
        ClientBuilder::new(&PROVIDER)
            .credential("apiKey", Credential::header(api_key))
            .credential("apiSecret", Credential::header(api_secret.clone()))
            // Writing categories is documented with another header for the same secret; such calls send both.
            .credential("secretKey", Credential::header(api_secret))
    }

    /// Sets up a client for one user of an app whose secure mode is off: anybody who knows the key can read any user's
    /// inbox then.
    ///
    /// It makes the calls whose documentation says "Auth: user". The user id goes into a header, so it must be printable
    /// ASCII.
    pub fn builder_for_user(
        api_key: impl Into<Secret>,
        user_id: impl Into<UserId>,
    ) -> ClientBuilder {
        ClientBuilder::new(&PROVIDER)
            .credential("apiKey", Credential::header(api_key))
            .credential("userId", user_id_header(user_id))
    }

    /// Sets up a client for one user, with a token that your backend signed; see `TokenSigner` under the feature
    /// `signing`. It works with secure mode on or off.
    ///
    /// It makes the calls whose documentation says "Auth: user", and sends the token alone: it names both app and user.
    pub fn builder_with_token(token: impl Into<Secret>) -> ClientBuilder {
        ClientBuilder::new(&PROVIDER).credential("userToken", Credential::bearer(token))
    }

    /// A client from the environment: `ENGAGESPOT_API_KEY` with `ENGAGESPOT_API_SECRET`, with `ENGAGESPOT_USER_ID` (and
    /// `ENGAGESPOT_USER_SIGNATURE` in the deprecated mode), or with all of them; or `ENGAGESPOT_USER_TOKEN`.
    /// `ENGAGESPOT_REGION` is `us` or `eu`, and `ENGAGESPOT_BASE_URL` leads to a proxy or a sandbox.
    ///
    /// Each call takes what it needs of what is there: as a user where it can, with the token first, otherwise as the
    /// app. A variable that is missing shows when a call needs it: that call fails before anything is sent, and names
    /// the variable.
    ///
    /// # Errors
    /// If none of the credentials is set or one can't go into a header, the region is unknown, or the base URL is not
    /// one; the message names the variable or what it holds.
    ///
    /// ```no_run
    /// let client = engagespot_client::Client::from_env()?;
    /// # Ok::<(), engagespot_client::Error>(())
    /// ```
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env(&PROVIDER)?.build()
    }
}

/// Calling as a user, over the same connections and with the same limits. Each of these gives a new client and leaves
/// this one as it is.
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
    /// A client that calls as a user by API key and user id, as [`builder_for_user`](Self::builder_for_user) makes it.
    ///
    /// Secret, signature and token stay behind, so it can't make a backend's calls. Engagespot refuses it while secure
    /// mode is on: use [`as_user_with_token`](Self::as_user_with_token) then. If this client has no API key, such as one
    /// with a token only, calls of the new one fail before anything is sent.
    ///
    /// # Errors
    /// If the user id is empty or can't go into a header: it must be printable ASCII.
    pub fn as_user(&self, user_id: impl Into<UserId>) -> Result<Self, Error> {
        self.with_user(UserCredentials {
            user_id: Some(user_id_header(user_id)),
            ..UserCredentials::default()
        })
    }

    /// The same as [`as_user`](Self::as_user), with a signature of the user id, for apps that have HMAC authentication
    /// on. `user_signature`, under the feature `signing`, makes it.
    ///
    /// Engagespot has deprecated this for secure mode and tokens.
    ///
    /// # Errors
    /// If the user id or the signature is empty or can't go into a header.
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

    /// A client that calls as the user in a token, as [`builder_with_token`](Self::builder_with_token) makes it: it
    /// sends the token alone.
    ///
    /// # Errors
    /// If the token is empty or can't go into a header.
    pub fn as_user_with_token(&self, token: impl Into<Secret>) -> Result<Self, Error> {
        self.with_user(UserCredentials {
            token: Some(Credential::bearer(token)),
            ..UserCredentials::default()
        })
    }

    /// The same client with the API key and these credentials alone.
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

/// What proves who a user is. Whatever is `None` is taken away.
#[derive(Default)]
struct UserCredentials {
    user_id: Option<Credential>,
    signature: Option<Credential>,
    token: Option<Credential>,
}
