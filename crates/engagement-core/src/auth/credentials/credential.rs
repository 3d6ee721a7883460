//! The credentials that a caller sets.

use crate::provider::{Scheme, SchemeKind};
use crate::secret::Secret;

/// A credential for a provider. `Debug` shows its type only.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Credential {
    /// A user and a password, sent as basic authentication (RFC 7617).
    #[non_exhaustive]
    Basic {
        /// The user.
        user: Secret,
        /// The password.
        password: Secret,
    },
    /// A key that is sent as the user of basic authentication, with an empty password.
    UserOnly(Secret),
    /// A token sent as `Authorization: Bearer …`.
    Bearer(Secret),
    /// A key sent in a header of the provider.
    Header(Secret),
}

impl Credential {
    /// A user and a password.
    pub fn basic(user: impl Into<Secret>, password: impl Into<Secret>) -> Self {
        Self::Basic {
            user: user.into(),
            password: password.into(),
        }
    }

    /// A key that is sent as the user of basic authentication.
    pub fn user_only(user: impl Into<Secret>) -> Self {
        Self::UserOnly(user.into())
    }

    /// A bearer token.
    pub fn bearer(token: impl Into<Secret>) -> Self {
        Self::Bearer(token.into())
    }

    /// A key for a header of the provider.
    pub fn header(value: impl Into<Secret>) -> Self {
        Self::Header(value.into())
    }

    /// The credential of `scheme` from the values of its environment variables.
    pub(crate) fn from_values(
        scheme: &Scheme,
        mut values: impl Iterator<Item = Secret>,
    ) -> Option<Self> {
        Some(match scheme.kind {
            SchemeKind::Basic => Self::basic(values.next()?, values.next()?),
            SchemeKind::BasicUserOnly => Self::user_only(values.next()?),
            SchemeKind::Bearer => Self::bearer(values.next()?),
            SchemeKind::Header(_) => Self::header(values.next()?),
        })
    }

    pub(super) fn parts(&self) -> impl Iterator<Item = &str> {
        let (first, second) = match self {
            Self::Basic { user, password } => (user, Some(password)),
            Self::UserOnly(secret) | Self::Bearer(secret) | Self::Header(secret) => (secret, None),
        };
        [Some(first), second]
            .into_iter()
            .flatten()
            .map(Secret::expose)
    }
}
