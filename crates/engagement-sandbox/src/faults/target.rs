//! Which requests a fault applies to.

use std::fmt;

use super::error::FaultError;
use super::names::suggestion;
use crate::provider::Provider;

/// The requests that a fault applies to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Any,
    Provider(&'static str),
    /// A path as sent or as a template; a `*` at its end stands for any rest.
    Path(String),
    /// An operation, of one provider or of all that have it.
    Operation(Option<&'static str>, &'static str),
}

/// What is known of a request.
pub(crate) struct Request<'a> {
    pub(crate) provider: &'static str,
    pub(crate) operation: Option<&'static str>,
    pub(crate) template: Option<&'static str>,
    pub(crate) path: &'a str,
}

impl Target {
    /// Reads `any`, a provider's name, a path, an operation's id, or `provider.operation`.
    pub(crate) fn parse(text: &str, providers: &'static [Provider]) -> Result<Self, FaultError> {
        let text = text.trim();
        if text == "any" {
            return Ok(Self::Any);
        }
        if text.starts_with('/') {
            return Ok(Self::Path(text.to_owned()));
        }
        let named = |name: &str| providers.iter().find(|one| one.name == name);
        if let Some(provider) = named(text) {
            return Ok(Self::Provider(provider.name));
        }
        let (only, id) = match text.split_once('.') {
            None => (None, text),
            Some((name, id)) => match named(name) {
                Some(provider) => (Some(provider), id),
                None => return Err(unknown(text, name, providers, None)),
            },
        };
        let mut searched = providers
            .iter()
            .filter(|one| only.is_none_or(|only| only.name == one.name));
        let found = searched.find_map(|provider| provider.document.operation(id));
        match found {
            Some(operation) => Ok(Self::Operation(
                only.map(|provider| provider.name),
                &operation.id,
            )),
            None => Err(unknown(text, id, providers, only)),
        }
    }

    pub(crate) fn matches(&self, request: &Request<'_>) -> bool {
        match self {
            Self::Any => true,
            Self::Provider(name) => *name == request.provider,
            Self::Path(path) => match path.strip_suffix('*') {
                Some(start) => {
                    request.path.starts_with(start)
                        || request.template.is_some_and(|path| path.starts_with(start))
                }
                None => request.path == path || request.template == Some(path),
            },
            Self::Operation(provider, id) => {
                request.operation == Some(id)
                    && provider.is_none_or(|provider| provider == request.provider)
            }
        }
    }

    /// Whether one of these providers can get its requests.
    pub(crate) fn is_served(&self, served: &[&str], providers: &'static [Provider]) -> bool {
        match self {
            Self::Any | Self::Path(_) => true,
            Self::Provider(name) => served.contains(name),
            Self::Operation(..) => {
                self.any_operation(providers, |provider, _| served.contains(&provider.name))
            }
        }
    }

    /// Whether any of the operations that it names has the property. `true` if it doesn't name operations.
    pub(crate) fn any_operation(
        &self,
        providers: &'static [Provider],
        has: impl Fn(&Provider, &str) -> bool,
    ) -> bool {
        let Self::Operation(only, id) = self else {
            return true;
        };
        let mut providers = providers.iter();
        providers.any(|provider| {
            only.is_none_or(|only| only == provider.name)
                && provider.document.operation(id).is_some()
                && has(provider, id)
        })
    }
}

/// An error that names what is near.
fn unknown(
    text: &str,
    name: &str,
    providers: &'static [Provider],
    only: Option<&Provider>,
) -> FaultError {
    let searched = providers
        .iter()
        .filter(|one| only.is_none_or(|only| only.name == one.name));
    let operations = searched.flat_map(|provider| &provider.document.operations);
    let operations = operations.map(|operation| operation.id.as_str());
    let names = providers.iter().map(|provider| provider.name);
    let otherwise = format!(
        "use the id of an operation, one of {}, a path such as /v1/*, or any",
        names.clone().collect::<Vec<_>>().join(", ")
    );
    let known: Vec<&str> = if only.is_some() {
        operations.collect()
    } else {
        operations.chain(names).collect()
    };
    let near = suggestion(name, known, &otherwise);
    FaultError(format!(
        "there is no operation or provider `{text}`: {near}"
    ))
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any"),
            Self::Provider(name) => f.write_str(name),
            Self::Path(path) => f.write_str(path),
            Self::Operation(None, id) => f.write_str(id),
            Self::Operation(Some(provider), id) => write!(f, "{provider}.{id}"),
        }
    }
}
