//! What all calls share: hosts, credentials, how failures are read.

use std::collections::BTreeMap;

use engagement_document::{Document, Schemas, Scheme, SchemeKind};

use super::{ClientSurface, Fact, SchemeSurface};
use crate::codegen::names;

pub(super) fn client(document: &Document) -> ClientSurface {
    let servers = document.servers.iter();
    let apis = document.apis.iter().map(|api| {
        let server = &document.servers[api.server];
        let known = format!("host {}, anonymous {}", server.name, api.anonymous);
        (api.name.clone(), known)
    });
    let webhooks = document.webhooks.iter().map(|webhook| {
        let ty = Schemas::ref_name(&webhook.schema).map(names::pascal);
        (
            webhook.name.clone(),
            ty.unwrap_or_else(|| "any JSON".to_owned()),
        )
    });
    ClientSurface {
        servers: servers
            .map(|server| (server.name.clone(), server.url.clone()))
            .collect(),
        regions: regions(document),
        schemes: document.schemes.iter().map(scheme).collect(),
        values: values(document),
        apis: apis.collect(),
        webhooks: webhooks.collect(),
        facts: facts(document),
        texts: texts(document),
    }
}

fn regions(document: &Document) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for server in &document.servers {
        for (region, url) in &server.regions {
            let urls = found.entry(region.clone()).or_default();
            if !urls.is_empty() {
                urls.push_str(", ");
            }
            urls.push_str(&format!("{} {url}", server.name));
        }
    }
    found
}

fn scheme(scheme: &Scheme) -> SchemeSurface {
    let (made_by, kind) = match &scheme.kind {
        SchemeKind::Basic => ("basic", "Basic, user and password".to_owned()),
        SchemeKind::BasicUserOnly => ("user_only", "Basic, user without a password".to_owned()),
        SchemeKind::Bearer => ("bearer", "Bearer".to_owned()),
        SchemeKind::Header(name) => ("header", format!("header `{name}`")),
    };
    SchemeSurface {
        name: scheme.name.clone(),
        made_by,
        kind,
        env: scheme.env.clone(),
        label: scheme.label.clone(),
        secret: scheme.secret,
    }
}

/// Parameters whose value a client has for all calls, and their environment variables.
fn values(document: &Document) -> BTreeMap<String, String> {
    let operations = document.operations.iter();
    let parameters = operations.flat_map(|operation| &operation.parameters);
    let values = parameters.filter_map(|parameter| {
        let value = parameter.client_value.as_ref()?;
        Some((parameter.name.clone(), value.env.clone()))
    });
    values.collect()
}

fn facts(document: &Document) -> Vec<Fact> {
    let conflict = document.conflict_message.as_ref();
    let conflict = conflict.map(|known| known.texts.join(", "));
    let failure = document.error_in_success.as_ref();
    let failure = failure.map(|mark| format!("{} = {}", mark.path.join("/"), mark.value));
    let none = || "none".to_owned();
    vec![
        Fact::new(
            "places of the message in an error",
            document.error_message.join(", "),
        ),
        Fact::new(
            "messages that mean \"exists already\"",
            conflict.unwrap_or_else(none),
        ),
        Fact::new(
            "mark of a failure in a success",
            failure.unwrap_or_else(none),
        ),
    ]
}

fn texts(document: &Document) -> Vec<Fact> {
    let mut texts = vec![
        Fact::new("title", &document.title),
        Fact::new("description", &document.description),
    ];
    let groups = document.groups.iter();
    texts.extend(groups.map(|group| {
        Fact::new(
            &format!("description of `{}`", group.name),
            &group.description,
        )
    }));
    let apis = document.apis.iter();
    texts.extend(apis.map(|api| {
        let text = format!("{} {} {}", api.summary, api.note, api.docs_url);
        Fact::new(&format!("description of the API `{}`", api.name), text)
    }));
    let webhooks = document.webhooks.iter();
    texts.extend(webhooks.map(|webhook| {
        Fact::new(
            &format!("description of the webhook `{}`", webhook.name),
            &webhook.summary,
        )
    }));
    let pages = document.servers.iter();
    texts.extend(pages.map(|server| {
        Fact::new(
            &format!("link of the host `{}`", server.name),
            &server.docs_url,
        )
    }));
    texts
}
