//! Security schemes: those that a client can send, with the environment variables of their credentials.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::import::common::json::{entries, follow, step, strings, text};
use crate::import::common::naming;
use crate::import::common::report::{CREDENTIALS, Report};

/// The supported security schemes, and what became of the others.
#[derive(Debug, Default)]
pub(crate) struct Credentials {
    pub(crate) schemes: Map<String, Value>,
    renamed: BTreeMap<String, String>,
    unsupported: BTreeSet<String>,
    /// What the names of the variables start with.
    prefix: String,
    env: BTreeSet<String>,
}

impl Credentials {
    pub(crate) fn read(source: &Value, prefix: &str, report: &mut Report) -> Self {
        let mut found = Self {
            prefix: prefix.to_owned(),
            ..Self::default()
        };
        let components = source.get("components").unwrap_or(&Value::Null);
        for (name, scheme) in entries(components, "securitySchemes") {
            let pointer = step("/components/securitySchemes", name);
            let scheme = follow(source, scheme).unwrap_or(&Value::Null);
            match usable(scheme) {
                Ok((mut usable, note)) => {
                    if let Some(note) = note {
                        report.at(CREDENTIALS, &pointer).change(note);
                    }
                    let key = found.key(name);
                    if key != *name {
                        report
                            .at(CREDENTIALS, &pointer)
                            .change(format!("the scheme is called `{key}`"));
                        found.renamed.insert(name.clone(), key.clone());
                    }
                    found.give_variables(&key, &mut usable);
                    found.schemes.insert(key, usable);
                }
                Err(reason) => {
                    report.at(CREDENTIALS, &pointer).leave_out(reason);
                    found.unsupported.insert(name.clone());
                }
            }
        }
        found
    }

    /// A name that is not read as an extension.
    fn key(&self, name: &str) -> String {
        let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        let mut key = name.to_owned();
        if name.starts_with("x-") || !name.chars().all(plain) || name.is_empty() {
            key = naming::snake(name);
            let better = key.strip_prefix("x_").filter(|rest| !rest.is_empty());
            key = better.unwrap_or(&key).to_owned();
            if key.is_empty() {
                key.push_str("key");
            }
        }
        while self.schemes.contains_key(&key) {
            key.push('2');
        }
        key
    }

    fn give_variables(&mut self, key: &str, scheme: &mut Value) {
        if let Some(known) = scheme.get("x-credential").filter(|it| it["env"].is_array()) {
            self.env.extend(strings(known, "env"));
            return;
        }
        let header = text(scheme, "name");
        let kind = (text(scheme, "type"), text(scheme, "scheme"));
        let (label, parts): (String, Vec<String>) = match (kind.0.as_str(), kind.1.as_str()) {
            ("http", "basic") => {
                let parts = ["USER", "PASSWORD"].map(str::to_owned);
                ("User name and password".into(), parts.into())
            }
            ("http", _) => ("Access token".into(), vec!["TOKEN".into()]),
            _ => {
                let words = naming::snake(&header).to_uppercase();
                let name = match words.strip_prefix("X_").unwrap_or(&words) {
                    "" | "KEY" | "AUTHORIZATION" => "API_KEY",
                    words => words,
                };
                (format!("Header {header}"), vec![name.to_owned()])
            }
        };
        let names = |prefix: &str| -> Vec<String> {
            let names = parts.iter().map(|part| format!("{prefix}_{part}"));
            names.collect()
        };
        let mut env = names(&self.prefix);
        if env.iter().any(|name| self.env.contains(name)) {
            let own = naming::snake(key).to_uppercase();
            env = names(&format!("{}_{own}", self.prefix));
        }
        self.env.extend(env.iter().cloned());
        scheme["x-credential"] = json!({ "label": label, "env": env });
    }

    /// Alternatives of schemes, with the new names of each; `None` if the document says nothing.
    pub(crate) fn requirement(
        &self,
        value: Option<&Value>,
        pointer: &str,
        report: &mut Report,
    ) -> Option<Vec<Value>> {
        let value = value?;
        let pointer = format!("{pointer}/security");
        let alternatives = match value {
            Value::Array(alternatives) => alternatives.clone(),
            Value::Object(_) => vec![value.clone()],
            _ => return None,
        };
        let mut found = Vec::new();
        for alternative in &alternatives {
            let mut names = Map::new();
            let mut missing = false;
            for (name, scopes) in alternative.as_object().into_iter().flatten() {
                let name = self.renamed.get(name).unwrap_or(name);
                if self.schemes.contains_key(name) {
                    let scopes = scopes.as_array().cloned().unwrap_or_default();
                    names.insert(name.clone(), Value::Array(scopes));
                } else {
                    missing = true;
                    if !self.unsupported.contains(name) {
                        report
                            .at(CREDENTIALS, &pointer)
                            .change(format!("the scheme `{name}` is not declared; ignored"));
                    }
                }
            }
            if !missing || !names.is_empty() {
                found.push(Value::Object(names));
            }
        }
        Some(found)
    }

    /// Whether a header parameter carries what a scheme should.
    pub(crate) fn carries(&self, header: &str) -> bool {
        header.eq_ignore_ascii_case("authorization") || self.scheme_of(header).is_some()
    }

    /// The scheme that is sent in a header.
    fn scheme_of(&self, header: &str) -> Option<&String> {
        let sends = |scheme: &Value| match text(scheme, "type").as_str() {
            "http" => header.eq_ignore_ascii_case("authorization"),
            _ => text(scheme, "name").eq_ignore_ascii_case(header),
        };
        let found = self.schemes.iter().find(|(_, scheme)| sends(scheme));
        found.map(|(name, _)| name)
    }

    /// Has the credential that a parameter was declared for sent by a scheme. Gives the operation's alternatives.
    pub(crate) fn hoist(
        &mut self,
        header: &str,
        description: &str,
        mut alternatives: Vec<Value>,
    ) -> Vec<Value> {
        let name = match self.scheme_of(header) {
            Some(name) => name.clone(),
            None => {
                let basic = naming::words(description).contains(&"basic".to_owned());
                let (name, scheme) = if basic {
                    ("basicAuth", "basic")
                } else {
                    ("bearerAuth", "bearer")
                };
                let name = self.key(name);
                let mut made =
                    json!({ "type": "http", "scheme": scheme, "description": description });
                self.give_variables(&name, &mut made);
                self.schemes.insert(name.clone(), made);
                name
            }
        };
        if alternatives.is_empty() {
            alternatives.push(json!({}));
        }
        for alternative in alternatives.iter_mut().filter_map(Value::as_object_mut) {
            let covered = alternative.keys().any(|known| {
                let scheme = &self.schemes[known];
                let own = text(scheme, "type") == "http";
                *known == name || own && header.eq_ignore_ascii_case("authorization")
            });
            if !covered {
                alternative.insert(name.clone(), json!([]));
            }
        }
        alternatives
    }
}

/// The scheme as a client sends it, with a note if that is another than declared; or why it can't be sent.
fn usable(scheme: &Value) -> Result<(Value, Option<&'static str>), String> {
    let description = text(scheme, "description").to_ascii_lowercase();
    let place = text(scheme, "in").to_ascii_lowercase();
    let name = text(scheme, "name");
    let basic = json!({ "type": "http", "scheme": "basic" });
    let bearer = json!({ "type": "http", "scheme": "bearer" });
    let header = json!({ "type": "apiKey", "in": "header", "name": name });
    let (mut new, note) = match text(scheme, "type").as_str() {
        "http" => match text(scheme, "scheme").to_ascii_lowercase().as_str() {
            "basic" => (basic, None),
            "bearer" => (bearer, None),
            other => {
                return Err(format!(
                    "HTTP authentication `{other}` is not among what a client can send: basic, bearer or a header"
                ));
            }
        },
        "apiKey" if place == "header" && name.eq_ignore_ascii_case("authorization") => {
            let token = ["bearer", "jwt"]
                .iter()
                .any(|word| description.contains(word));
            if token || description.is_empty() {
                let note = "the key in the header `Authorization` is sent as a bearer token, without the caller writing `Bearer`";
                (bearer, Some(note))
            } else {
                (header, None)
            }
        }
        "apiKey" if place == "header" && !name.is_empty() => (header, None),
        "apiKey" => {
            return Err(format!(
                "the key `{name}` goes into the {place}, where it would end up in logs; clients send credentials in headers only. Operations that need it are called without it"
            ));
        }
        "oauth2" => {
            let note = "OAuth 2: the client sends a token that you got elsewhere as a bearer token";
            (bearer, Some(note))
        }
        "openIdConnect" => {
            let note =
                "OpenID Connect: the client sends a token that you got elsewhere as a bearer token";
            (bearer, Some(note))
        }
        other => return Err(format!("a scheme of type `{other}` can't be sent")),
    };
    for (key, value) in scheme.as_object().into_iter().flatten() {
        let keep = match key.as_str() {
            "x-credential" | "x-basic-password" | "bearerFormat" => true,
            "description" => !description.is_empty(),
            _ => false,
        };
        if keep {
            new[key] = value.clone();
        }
    }
    Ok((new, note))
}
