//! The top of the document: title, version, provider and servers.

use serde_json::{Map, Value, json};

use crate::codegen::docs;
use crate::import::common::json::{entries, list, text};
use crate::import::common::report::{HOSTS, Report};
use crate::import::common::{Failure, Options};

/// Version, title, provider and servers of the new document.
pub(crate) fn read(
    source: &Value,
    options: &Options,
    ours: bool,
    report: &mut Report,
) -> Result<Map<String, Value>, Failure> {
    let info = source.get("info").unwrap_or(&Value::Null);
    let mut title = options.title.clone().unwrap_or_else(|| text(info, "title"));
    if title.is_empty() {
        report.fill_in("titles");
        title.clone_from(&options.name);
    }
    let title = docs::one_line(&title);
    let version = match info.get("version") {
        Some(Value::String(version)) if !version.trim().is_empty() => version.trim().to_owned(),
        Some(Value::Number(version)) => version.to_string(),
        _ => "unknown".to_owned(),
    };
    let mut description = text(info, "description");
    if description.is_empty() {
        description = "Imported from the provider's document.".to_owned();
    }
    let mut out = Map::new();
    out.insert("openapi".into(), json!("3.0.3"));
    let info = json!({ "title": title, "version": version, "description": description });
    out.insert("info".into(), info);
    out.insert("x-provider".into(), json!(options.provider()));
    if ours {
        for (key, value) in source.as_object().into_iter().flatten() {
            if key.starts_with("x-") && key != "x-provider" {
                out.insert(key.clone(), value.clone());
            }
        }
    }
    let mut server = json!({ "url": host(source, options, report)?, "x-name": "api" });
    if let Some(regions) = source
        .pointer("/servers/0/x-regions")
        .filter(|_| ours && options.server.is_none())
    {
        server["x-regions"] = regions.clone();
    }
    out.insert("servers".into(), json!([server]));
    Ok(out)
}

/// The base URL that calls go to.
fn host(source: &Value, options: &Options, report: &mut Report) -> Result<String, Failure> {
    let plain = |url: &str| url.trim().trim_end_matches('/').to_owned();
    if let Some(url) = &options.server {
        if !url.starts_with("https://") && !url.starts_with("http://") {
            return Err(Failure::new(
                "",
                format!(
                    "`--server {url}` is no base URL: write one such as https://api.example.com/v1"
                ),
            ));
        }
        return Ok(plain(url));
    }
    let servers = list(source, "servers");
    let url = servers
        .first()
        .map(|server| without_variables(server, "/servers/0", report));
    let url = url.unwrap_or_default();
    require_full(&url)?;
    if servers.len() > 1 {
        let others: Vec<String> = servers[1..]
            .iter()
            .map(|server| format!("`{}`", text(server, "url")))
            .collect();
        report.at(HOSTS, "/servers").change(format!(
            "calls go to `{url}`; others can be reached with `base_url`: {}",
            others.join(", ")
        ));
    }
    Ok(plain(&url))
}

/// The URL of a server with the defaults of its variables.
pub(crate) fn without_variables(server: &Value, pointer: &str, report: &mut Report) -> String {
    let mut url = text(server, "url");
    for (name, variable) in entries(server, "variables") {
        let default = text(variable, "default");
        let place = format!("{{{name}}}");
        if url.contains(&place) {
            report.at(HOSTS, pointer).change(format!(
                "`{place}` is `{default}`; for another value, set `base_url` of the client"
            ));
            url = url.replace(&place, &default);
        }
    }
    url
}

/// Whether a URL can be the base URL of a client.
pub(crate) fn is_full(url: &str) -> bool {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        !rest.is_empty() && !rest.starts_with('/') && !rest.contains(['{', '}', '?', '#', ' ', '@'])
    })
}

/// Fails if a URL has no host.
fn require_full(url: &str) -> Result<(), Failure> {
    if is_full(url) {
        return Ok(());
    }
    let what = if url.is_empty() || url == "/" {
        "names no host".to_owned()
    } else {
        format!("names `{url}`, which is no full URL")
    };
    let path = if url.starts_with('/') {
        url.trim_end_matches('/')
    } else {
        ""
    };
    Err(Failure::new(
        "/servers",
        format!("the document {what}: name the host of the API with `--server https://HOST{path}`"),
    ))
}
