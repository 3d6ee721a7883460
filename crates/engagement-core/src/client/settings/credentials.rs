//! Checks of credentials and token sources.

use std::sync::Arc;

use super::{Settings, configuration, last};
use crate::auth::credentials::Credential;
use crate::client::core::Credentials;
use crate::error::Error;
use crate::provider::{Provider, Scheme};

impl Settings {
    pub(super) fn checked_credentials(&self) -> Result<Credentials, Error> {
        let mut checked = Credentials::default();
        let sources = self.sources.iter().map(|(name, _)| name);
        for name in self.credentials.iter().map(|(name, _)| name).chain(sources) {
            scheme(self.provider, name)?;
        }
        for scheme in self.provider.schemes {
            let credential = last(&self.credentials, scheme.name);
            let source = last(&self.sources, scheme.name);
            match (credential, source) {
                (Some(_), Some(_)) => {
                    return Err(self.error(format_args!(
                        "`{}` has both a credential and a token source: set only one of them",
                        scheme.name
                    )));
                }
                (Some(credential), None) => {
                    add_credential(self.provider, &mut checked, scheme, credential)?;
                }
                (None, Some(source)) => {
                    checked
                        .add_source(scheme, Arc::clone(source), source.secrets())
                        .map_err(|reason| {
                            self.error(format_args!(
                                "the token source for `{}` cannot be used: {reason}",
                                scheme.label
                            ))
                        })?;
                }
                (None, None) => {}
            }
        }
        Ok(checked)
    }
}

/// The scheme with this name.
pub(crate) fn scheme(provider: &'static Provider, name: &str) -> Result<&'static Scheme, Error> {
    let mut schemes = provider.schemes.iter();
    schemes.find(|scheme| scheme.name == name).ok_or_else(|| {
        configuration(
            provider,
            format_args!("there is no credential scheme named `{name}`"),
        )
    })
}

/// Checks a credential and adds it.
pub(crate) fn add_credential(
    provider: &'static Provider,
    credentials: &mut Credentials,
    scheme: &'static Scheme,
    credential: &Credential,
) -> Result<(), Error> {
    credentials.add(scheme, credential).map_err(|reason| {
        let label = scheme.label;
        configuration(
            provider,
            format_args!("the credential `{label}` cannot be used: {reason}"),
        )
    })
}
