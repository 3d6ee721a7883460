//! Setting up a client from environment variables.

use std::ffi::OsString;

use crate::credentials::Credential;
use crate::error::{Error, ErrorKind};
use crate::provider::Provider;
use crate::secret::Secret;
use crate::settings::{Settings, configuration};
use crate::subject::Subject;

/// Reads everything that `provider` knows variables for; `lookup` is the environment.
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
    if settings.credentials.is_empty() && !provider.schemes.is_empty() {
        let ways: Vec<String> = provider
            .schemes
            .iter()
            .filter(|scheme| !scheme.env.is_empty())
            .map(|scheme| format!("{} ({})", scheme.env.join(" and "), scheme.label))
            .collect();
        let detail = format!(
            "missing credentials: set the environment variable {}",
            ways.join(", or ")
        );
        return Err(Error::new(
            ErrorKind::MissingCredentials,
            Subject::Client(provider),
            detail,
        ));
    }
    Ok(settings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::{Scheme, SchemeKind, Server};

    static PROVIDER: Provider = Provider {
        name: "acme",
        title: "Acme",
        env_prefix: "ACME",
        version: "1.2.3",
        servers: &[
            Server {
                name: "api",
                url: "https://api.acme.example",
            },
            Server {
                name: "app-eu",
                url: "https://app.acme.example",
            },
        ],
        schemes: &[
            Scheme {
                name: "login",
                kind: SchemeKind::Basic,
                label: "Login",
                env: &["ACME_USER", "ACME_PASSWORD"],
            },
            Scheme {
                name: "key",
                kind: SchemeKind::Header("X-Key"),
                label: "API key",
                env: &["ACME_KEY"],
            },
        ],
        error_message: &[],
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
    fn takes_every_complete_credential() {
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
    fn says_what_is_missing() {
        let error = with(&[("ACME_USER", "u")]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MissingCredentials);
        assert_eq!(
            error.to_string(),
            "acme client: missing credentials: set the environment variable ACME_USER and ACME_PASSWORD (Login), or ACME_KEY (API key)"
        );
    }

    #[test]
    fn moves_servers() {
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

    #[cfg(unix)]
    #[test]
    fn refuses_what_is_not_unicode() {
        use std::os::unix::ffi::OsStringExt as _;
        let error = read(&PROVIDER, |_| Some(OsString::from_vec(vec![0xff]))).unwrap_err();
        assert_eq!(
            error.to_string(),
            "acme client: invalid configuration: the environment variable ACME_API_URL is not Unicode"
        );
    }
}
