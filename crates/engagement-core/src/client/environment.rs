//! Settings from environment variables.

use std::ffi::OsString;

use crate::auth::credentials::Credential;
use crate::client::settings::{Settings, configuration};
use crate::error::call_target::CallTarget;
use crate::error::{Error, ErrorKind};
use crate::provider::{Provider, Scheme};
use crate::secret::Secret;

/// Reads all environment variables of `provider`; `lookup` returns the value of a variable.
pub(crate) fn read(
    provider: &'static Provider,
    lookup: impl Fn(&str) -> Option<OsString>,
) -> Result<Settings, Error> {
    let get = |name: &str| match lookup(name).map(OsString::into_string) {
        None => Ok(None),
        Some(Ok(value)) => Ok(Some(value).filter(|value| !value.trim().is_empty())),
        Some(Err(_)) => Err(configuration(
            provider,
            format_args!("the environment variable {name} is not Unicode"),
        )),
    };

    let mut settings = Settings::new(provider);
    for server in provider.servers {
        if let Some(url) = get(&provider.server_env(server.name))? {
            settings.urls.push((server.name, url));
        }
    }
    if let Some(url) = get(&format!("{}_BASE_URL", provider.env_prefix))? {
        settings.base_url(url);
    }

    settings.region = get(&provider.region_env())?;
    for value in provider.client_values {
        if !value.env.is_empty()
            && let Some(text) = get(value.env)?
        {
            settings.values.push((value.name, text));
        }
    }

    for scheme in provider.schemes {
        let mut values = Vec::with_capacity(scheme.env.len());
        for name in scheme.env {
            values.extend(get(name)?.map(Secret::from));
        }
        if values.len() == scheme.env.len()
            && let Some(credential) = Credential::from_values(scheme, values.into_iter())
        {
            settings.credentials.push((scheme.name, credential));
        }
    }
    // If no scheme has variables, for example because all use tokens, none can be missing.
    let readable = |scheme: &Scheme| !scheme.env.is_empty();
    if settings.credentials.is_empty() && provider.schemes.iter().any(readable) {
        let detail = format!(
            "missing credentials: set the environment variable {}",
            alternatives(provider).join(", or ")
        );
        return Err(Error::new(
            ErrorKind::MissingCredentials,
            CallTarget::Client(provider),
            detail,
        ));
    }
    Ok(settings)
}

/// The sets of variables that form credentials of an operation; those for the most operations come first.
fn alternatives(provider: &Provider) -> Vec<String> {
    let mut found: Vec<(Alternative, usize)> = Vec::new();
    let mut count = |alternative: Alternative| {
        let same =
            |(known, _): &&mut (Alternative, usize)| known.variables == alternative.variables;
        match found.iter_mut().find(same) {
            Some((_, count)) => *count += 1,
            None => found.push((alternative, 1)),
        }
    };
    for operation in provider.operations {
        let all = operation
            .security
            .iter()
            .map(|names| Alternative::of(provider, names));
        let all: Vec<Alternative> = all
            .filter(|alternative| !alternative.variables.is_empty())
            .collect();
        // A smaller alternative makes the larger ones redundant.
        let least = all
            .iter()
            .filter(|alternative| !all.iter().any(|other| other.is_part_of(alternative)));
        least.for_each(|alternative| count(alternative.clone()));
    }
    if provider.operations.is_empty() {
        let each = provider.schemes.iter();
        let each = each.map(|scheme| Alternative::of(provider, &[scheme.name]));
        each.filter(|alternative| !alternative.variables.is_empty())
            .for_each(count);
    }
    found.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let text = |alternative: &Alternative| {
        format!(
            "{} ({})",
            alternative.variables.join(" and "),
            alternative.labels.join(" and ")
        )
    };
    found
        .iter()
        .map(|(alternative, _)| text(alternative))
        .collect()
}

/// Variables that are needed together, and the labels of their schemes.
#[derive(Clone)]
struct Alternative {
    variables: Vec<&'static str>,
    labels: Vec<&'static str>,
}

impl Alternative {
    fn of(provider: &Provider, names: &[&str]) -> Self {
        let (mut variables, mut labels) = (Vec::new(), Vec::new());
        let schemes = provider.schemes.iter();
        for scheme in schemes.filter(|scheme| names.contains(&scheme.name)) {
            let known = variables.len();
            for name in scheme.env {
                if !variables.contains(name) {
                    variables.push(*name);
                }
            }
            // Two schemes may use the same variable.
            if variables.len() > known {
                labels.push(scheme.label);
            }
        }
        Self { variables, labels }
    }

    fn is_part_of(&self, other: &Self) -> bool {
        let within = self
            .variables
            .iter()
            .all(|name| other.variables.contains(name));
        within && self.variables.len() < other.variables.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::{ClientValue, SchemeKind, Server};

    static PROVIDER: Provider = PROVIDER_CONST;

    const PROVIDER_CONST: Provider = Provider {
        name: "acme",
        title: "Acme",
        env_prefix: "ACME",
        version: "1.2.3",
        servers: &[
            Server {
                name: "api",
                url: "https://api.acme.example",
                regions: &[("eu", "https://eu.acme.example")],
                docs_url: "",
            },
            Server {
                name: "app-eu",
                url: "https://app.acme.example",
                regions: &[],
                docs_url: "",
            },
        ],
        schemes: &[
            Scheme {
                name: "login",
                kind: SchemeKind::Basic,
                label: "Login",
                env: &["ACME_USER", "ACME_PASSWORD"],
                secret: true,
            },
            Scheme {
                name: "key",
                kind: SchemeKind::Header("X-Key"),
                label: "API key",
                env: &["ACME_KEY"],
                secret: true,
            },
        ],
        client_values: &[
            ClientValue {
                name: "account",
                label: "Account id",
                env: "ACME_ACCOUNT",
            },
            ClientValue {
                name: "team",
                label: "Team",
                env: "",
            },
        ],
        error_message: &[],
        conflict_messages: &[],
        error_in_success: None,
        operations: &[],
    };

    fn with(variables: &[(&str, &str)]) -> Result<Settings, Error> {
        read(&PROVIDER, |name| {
            variables
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| value.into())
        })
    }

    fn schemes(settings: &Settings) -> Vec<&str> {
        settings.credentials.iter().map(|(name, _)| *name).collect()
    }

    #[test]
    fn complete_credentials_are_used() {
        assert_eq!(schemes(&with(&[("ACME_KEY", "k")]).unwrap()), ["key"]);
        assert_eq!(
            schemes(&with(&[("ACME_USER", "u"), ("ACME_PASSWORD", "p")]).unwrap()),
            ["login"]
        );
        assert_eq!(
            schemes(
                &with(&[
                    ("ACME_USER", "u"),
                    ("ACME_KEY", "k"),
                    ("ACME_PASSWORD", " ")
                ])
                .unwrap()
            ),
            ["key"]
        );
    }

    #[test]
    fn missing_variables_are_named() {
        let error = with(&[("ACME_USER", "u")]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MissingCredentials);
        assert_eq!(
            error.to_string(),
            "acme client: missing credentials: set the environment variable ACME_USER and ACME_PASSWORD (Login), or ACME_KEY (API key)"
        );
    }

    #[test]
    fn server_urls_come_from_variables() {
        let urls = |variables: &[(&str, &str)]| {
            let mut all = vec![("ACME_KEY", "k")];
            all.extend(variables);
            with(&all).unwrap().urls
        };
        assert_eq!(urls(&[]), []);
        assert_eq!(
            urls(&[("ACME_BASE_URL", "http://localhost:1")]),
            [("api", "http://localhost:1".to_owned())]
        );
        assert_eq!(
            urls(&[("ACME_APP_EU_URL", "http://localhost:2")]),
            [("app-eu", "http://localhost:2".to_owned())]
        );
        assert_eq!(
            urls(&[("ACME_BASE_URL", "b"), ("ACME_API_URL", "a")])
                .last()
                .unwrap()
                .1,
            "b"
        );
    }

    #[test]
    fn region_and_values_come_from_variables() {
        let settings = with(&[
            ("ACME_KEY", "k"),
            ("ACME_REGION", "eu"),
            ("ACME_ACCOUNT", "17"),
        ]);
        let settings = settings.unwrap();
        assert_eq!(settings.region.as_deref(), Some("eu"));
        assert_eq!(settings.values, [("account", "17".to_owned())]);
        let settings = with(&[
            ("ACME_KEY", "k"),
            ("ACME_REGION", " "),
            ("ACME_ACCOUNT", ""),
        ]);
        let settings = settings.unwrap();
        assert_eq!((settings.region, settings.values), (None, Vec::new()));
    }

    #[test]
    fn only_schemes_with_variables_can_be_missing() {
        static TOKENS_ONLY: Provider = Provider {
            schemes: &[Scheme {
                name: "token",
                kind: SchemeKind::Bearer,
                label: "Token",
                env: &[],
                secret: true,
            }],
            ..PROVIDER_CONST
        };
        let settings = read(&TOKENS_ONLY, |_| None).unwrap();
        assert_eq!(schemes(&settings), [""; 0]);
    }

    #[cfg(unix)]
    #[test]
    fn variables_that_are_not_unicode_are_rejected() {
        use std::os::unix::ffi::OsStringExt as _;
        let error = read(&PROVIDER, |_| Some(OsString::from_vec(vec![0xff]))).unwrap_err();
        assert_eq!(
            error.to_string(),
            "acme client: invalid configuration: the environment variable ACME_API_URL is not Unicode"
        );
    }
}
