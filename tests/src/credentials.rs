//! Clients with credentials, for every provider alike.

use engagement_core::{ClientBuilder, Credential, FromClientCore, Provider, Scheme, SchemeKind};
use engagement_sandbox::{EngageOne, Sandbox};

/// The user of Engagespot's client, for operations that act as a user.
pub const ENGAGESPOT_USER: &str = "ada@example.com";

/// The credential of a scheme. `value` gives the value of an environment variable; without one there is no credential.
pub fn credential(scheme: &Scheme, value: impl Fn(&str) -> Option<String>) -> Option<Credential> {
    let values: Option<Vec<String>> = scheme.env.iter().map(|name| value(name)).collect();
    let mut values = values?.into_iter();
    let mut next = || values.next().unwrap_or_default();
    Some(match scheme.kind {
        SchemeKind::Basic => Credential::basic(next(), next()),
        SchemeKind::BasicUserOnly => Credential::user_only(next()),
        SchemeKind::Bearer => Credential::bearer(next()),
        SchemeKind::Header(_) => Credential::header(next()),
    })
}

/// A builder with every credential, and with every value of the client, for which `value` has the variable.
pub fn builder<C: FromClientCore>(
    provider: &'static Provider,
    value: impl Fn(&str) -> Option<String>,
) -> ClientBuilder<C> {
    let mut builder = ClientBuilder::new(provider);
    for scheme in provider.schemes {
        if let Some(credential) = credential(scheme, &value) {
            builder = builder.credential(scheme.name, credential);
        }
    }
    for known in provider.client_values {
        if let Some(value) = value(known.env) {
            builder = builder.value(known.name, value);
        }
    }
    builder
}

/// The values of the sandbox's account, by variable.
pub fn sandbox_value(sandbox: &Sandbox, provider: &str, variable: &str) -> Option<String> {
    if variable == "ENGAGESPOT_USER_ID" {
        return Some(ENGAGESPOT_USER.to_owned());
    }
    let providers = sandbox.providers();
    let provider = providers.into_iter().find(|it| it.name == provider)?;
    let mut env = provider.env.into_iter();
    env.find(|(name, _)| name == variable)
        .map(|(_, value)| value)
}

/// A builder with the credentials of the sandbox's account.
pub(crate) fn of_sandbox<C: FromClientCore>(
    sandbox: &Sandbox,
    provider: &'static Provider,
) -> ClientBuilder<C> {
    if provider.name == "engageone" {
        // It logs in before its first call.
        let (customer, id) = (EngageOne::CUSTOMER_ID, EngageOne::CLIENT_ID);
        return engageone_client::Client::builder(customer, id, EngageOne::SECRET).for_client();
    }
    builder(provider, |variable| {
        sandbox_value(sandbox, provider.name, variable)
    })
}
