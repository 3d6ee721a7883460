//! What all calls share.

use std::collections::BTreeMap;

use super::findings::{Findings, Subject};
use crate::codegen::surface::{ClientSurface, SchemeSurface};

pub(super) fn client(old: &ClientSurface, new: &ClientSurface, findings: &mut Findings) {
    servers(old, new, findings);
    let regions = Subject::new("client", "/servers");
    named(
        &regions,
        "region",
        &old.regions,
        &new.regions,
        findings,
        |name| format!("choose another `Region` than `{name}`"),
    );
    schemes(old, new, findings);
    let root = Subject::new("client", "");
    values(old, new, &root, findings);
    let apis = Subject::new("client", "/x-documented-apis");
    named(
        &apis,
        "documented API",
        &old.apis,
        &new.apis,
        findings,
        |name| format!("send requests to `{name}` with `request`"),
    );
    let webhooks = Subject::new("client", "/x-provider-webhooks");
    named(
        &webhooks,
        "webhook",
        &old.webhooks,
        &new.webhooks,
        findings,
        |name| format!("remove the handling of `{name}`"),
    );
    findings.facts(&root, "", &old.facts, &new.facts);
    findings.texts(&Subject::new("client", "/info"), &old.texts, &new.texts);
}

/// Compares values by name. One that is gone breaks callers who name it.
fn named(
    subject: &Subject,
    what: &str,
    old: &BTreeMap<String, String>,
    new: &BTreeMap<String, String>,
    findings: &mut Findings,
    action: impl Fn(&str) -> String,
) {
    for (name, value) in new {
        match old.get(name) {
            None => findings.additive(subject, format!("new {what} `{name}`: {value}")),
            Some(was) if was != value => {
                findings.wire_only(subject, format!("{what} `{name}`: {value}, was {was}"));
            }
            Some(_) => {}
        }
    }
    for name in old.keys().filter(|name| !new.contains_key(*name)) {
        let change = format!("{what} `{name}` is gone");
        findings.breaking(
            &Subject {
                in_old: true,
                ..subject.clone()
            },
            change,
            action(name),
        );
    }
}

/// Parameters that a client has one value for, and the environment variables that hold it.
fn values(old: &ClientSurface, new: &ClientSurface, subject: &Subject, findings: &mut Findings) {
    for (name, env) in &new.values {
        match old.values.get(name) {
            None => findings.additive(
                subject,
                format!("`{name}` can be set for all calls, also by {env}"),
            ),
            Some(was) if was != env => findings.breaking(
                subject,
                format!("environment variable of `{name}`: {env}, was {was}"),
                format!("set {env}"),
            ),
            Some(_) => {}
        }
    }
    for name in old
        .values
        .keys()
        .filter(|name| !new.values.contains_key(*name))
    {
        let change = format!("`{name}` can't be set for all calls");
        findings.breaking(
            subject,
            change,
            format!("pass `{name}` to each call that takes it"),
        );
    }
}

fn servers(old: &ClientSurface, new: &ClientSurface, findings: &mut Findings) {
    for (at, (name, url)) in new.servers.iter().enumerate() {
        let subject = Subject::new("client", &format!("/servers/{at}"));
        match old.servers.iter().find(|(known, _)| known == name) {
            None => findings.additive(&subject, format!("new host `{name}`: {url}")),
            Some((_, was)) if was != url => {
                findings.wire_only(
                    &subject,
                    format!("URL of the host `{name}`: {url}, was {was}"),
                );
            }
            Some(_) => {}
        }
    }
    for (at, (name, _)) in old.servers.iter().enumerate() {
        if !new.servers.iter().any(|(known, _)| known == name) {
            let subject = Subject::new("client", "").at_old(&format!("/servers/{at}"));
            let action = format!("remove `server_url({name:?}, …)`");
            findings.breaking(&subject, format!("host `{name}` is gone"), action);
        }
    }
}

fn schemes(old: &ClientSurface, new: &ClientSurface, findings: &mut Findings) {
    let place = |scheme: &SchemeSurface| format!("/components/securitySchemes/{}", scheme.name);
    for scheme in &new.schemes {
        let subject = Subject::new("client", &place(scheme));
        match old.schemes.iter().find(|known| known.name == scheme.name) {
            None => findings.additive(
                &subject,
                format!("new credential `{}`: {}", scheme.name, scheme.kind),
            ),
            Some(was) => scheme_changes(was, scheme, &subject, findings),
        }
    }
    for scheme in &old.schemes {
        if !new.schemes.iter().any(|known| known.name == scheme.name) {
            let subject = Subject::new("client", "").at_old(&place(scheme));
            let change = format!("credential `{}` is gone", scheme.name);
            let action = format!(
                "give the client no credential of that name, and don't set {}",
                scheme.env.join(", ")
            );
            findings.breaking(&subject, change, action);
        }
    }
}

fn scheme_changes(
    was: &SchemeSurface,
    is: &SchemeSurface,
    subject: &Subject,
    findings: &mut Findings,
) {
    let name = &is.name;
    let change = format!("credential `{name}`: {}, was {}", is.kind, was.kind);
    if was.made_by != is.made_by {
        let action = format!("make it with `Credential::{}`", is.made_by);
        findings.breaking(subject, change, action);
    } else if was.kind != is.kind {
        findings.wire_only(subject, change);
    }
    if was.env != is.env {
        let (new, old) = (is.env.join(", "), was.env.join(", "));
        let change = format!("environment variables of `{name}`: {new}, was {old}");
        findings.breaking(subject, change, format!("set {new}"));
    }
    if was.secret != is.secret {
        let effect = if is.secret { "hide" } else { "show" };
        findings.wire_only(
            subject,
            format!("messages {effect} the credential `{name}`"),
        );
    }
    if was.label != is.label {
        findings.wire_only(
            subject,
            format!(
                "messages call the credential `{name}` {}, was {}",
                is.label, was.label
            ),
        );
    }
}
