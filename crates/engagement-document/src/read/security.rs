//! Security: the schemes with their credentials, and which of them an operation needs.

use serde_json::Value;

use super::Reader;
use crate::json::{flag, step, strings, text};
use crate::model::{Scheme, SchemeKind};

impl Reader<'_> {
    pub(super) fn schemes(&mut self, value: Option<&Value>) -> Vec<Scheme> {
        let mut found = Vec::new();
        for (name, scheme) in value.and_then(Value::as_object).into_iter().flatten() {
            let pointer = step("/components/securitySchemes", name);
            let kind = text(scheme.get("type"));
            let user_only = text(scheme.get("x-basic-password")) == "empty";
            let kind = match (
                kind.as_str(),
                text(scheme.get("scheme")).as_str(),
                text(scheme.get("in")).as_str(),
            ) {
                ("http", "basic", _) if user_only => SchemeKind::BasicUserOnly,
                ("http", "basic", _) => SchemeKind::Basic,
                ("http", "bearer", _) => SchemeKind::Bearer,
                ("apiKey", _, "header") => {
                    SchemeKind::Header(self.need(scheme, &pointer, "name", "name the header"))
                }
                _ => {
                    self.problem(&pointer, "only `http` with `basic` or `bearer` and `apiKey` in a header are supported");
                    continue;
                }
            };
            let credential = scheme.get("x-credential");
            let label = text(credential.and_then(|c| c.get("label")));
            let env = strings(credential.and_then(|c| c.get("env")));
            let parts = if kind == SchemeKind::Basic { 2 } else { 1 };
            if label.is_empty() || env.len() != parts {
                self.problem(
                    &pointer,
                    format!(
                        "`x-credential` needs a `label` and `env` with {parts} variable name(s)"
                    ),
                );
            }
            found.push(Scheme {
                name: name.clone(),
                kind,
                label,
                env,
                secret: !flag(credential.and_then(|c| c.get("public"))),
            });
        }
        found
    }

    pub(super) fn security(&mut self, raw: &Value, pointer: &str) -> Vec<Vec<String>> {
        let value = raw.get("security").or_else(|| self.raw.get("security"));
        let known = self
            .raw
            .pointer("/components/securitySchemes")
            .and_then(Value::as_object);
        let mut found = Vec::new();
        for alternative in value.and_then(Value::as_array).into_iter().flatten() {
            let names: Vec<String> = alternative
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, _)| name.clone())
                .collect();
            for name in &names {
                if known.is_none_or(|known| !known.contains_key(name)) {
                    self.problem(
                        pointer,
                        format!("security scheme `{name}` is not among components/securitySchemes: define it there, or correct the name"),
                    );
                }
            }
            found.push(names);
        }
        // `[{}]` says the same as `[]`; beside others an empty alternative means "may be called without".
        if found.iter().all(Vec::is_empty) {
            found.clear();
        }
        found
    }
}
