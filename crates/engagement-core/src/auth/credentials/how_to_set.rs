//! How to set missing credentials, for error messages.

use crate::provider::{Provider, SchemeKind};

pub(super) fn constructor(kind: SchemeKind) -> &'static str {
    match kind {
        SchemeKind::Basic => "basic(user, password)",
        SchemeKind::BasicUserOnly => "user_only(key)",
        SchemeKind::Bearer => "bearer(token)",
        SchemeKind::Header(_) => "header(key)",
    }
}

/// How to set the credentials of `security`.
pub(crate) fn how_to_set(provider: &Provider, security: &[&[&str]]) -> String {
    let scheme = |name: &&str| match provider.schemes.iter().find(|scheme| scheme.name == *name) {
        Some(scheme) => {
            let env = if scheme.env.is_empty() {
                String::new()
            } else {
                format!(" or {}", scheme.env.join(" and "))
            };
            format!(
                "{} with .credential({name:?}, Credential::{}){env}",
                scheme.label,
                constructor(scheme.kind)
            )
        }
        None => format!("`{name}`, which the client does not know"),
    };
    let alternatives: Vec<String> = security
        .iter()
        .map(|schemes| {
            schemes
                .iter()
                .map(scheme)
                .collect::<Vec<_>>()
                .join(", together with ")
        })
        .collect();
    alternatives.join("; or ")
}
