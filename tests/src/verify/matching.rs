//! Which operations a recorded call belongs to.

use engagement_document::{Document, Operation};

/// The operations of a call: by id, or by method and path. The path may have values in place of placeholders, and a host.
/// Of several that fit, those that share most fixed segments with it.
pub(super) fn operations<'a>(document: &'a Document, call: &str) -> Vec<&'a Operation> {
    if let Some(operation) = document.operation(call) {
        return vec![operation];
    }
    let Some((method, target)) = call.split_once(' ') else {
        return Vec::new();
    };
    let target = target.split(['?', '#']).next().unwrap_or(target);
    let mut best = 0;
    let mut found = Vec::new();
    for operation in &document.operations {
        let score = match operation.method == method {
            true => score(document, operation, target),
            false => None,
        };
        match score {
            Some(score) if score > best || found.is_empty() => {
                best = score;
                found = vec![operation];
            }
            Some(score) if score == best => found.push(operation),
            _ => {}
        }
    }
    found
}

/// Whether the call's host is one of the provider's, or the call names none.
pub(super) fn is_own_host(document: &Document, call: &str) -> bool {
    let target = call.split_once(' ').map_or(call, |(_, target)| target);
    let mut servers = document.servers.iter();
    let origin = |url: &str| host(url).map(str::to_owned);
    host(target).is_none_or(|host| {
        servers.any(|server| {
            let regions = server.regions.iter().map(|(_, url)| url);
            regions
                .chain([&server.url])
                .any(|url| origin(url).as_deref() == Some(host))
        })
    })
}

/// The call as the report shows it: without a query, and without segments that could be values.
pub(super) fn shown(document: &Document, call: &str) -> String {
    let Some((method, target)) = call.split_once(' ') else {
        return call.to_owned();
    };
    let target = target.split(['?', '#']).next().unwrap_or(target);
    let known = |segment: &str| {
        let mut paths = document.operations.iter().map(|one| one.path.as_str());
        segment.starts_with('{') || paths.any(|path| path.split('/').any(|it| it == segment))
    };
    let (start, path) = match host(target) {
        Some(host) => {
            let at = target.find("://").map_or(0, |at| at + 3) + host.len();
            target.split_at(at)
        }
        None => ("", target),
    };
    let segments = path.split('/').map(|segment| match segment {
        "" => "",
        segment if known(segment) => segment,
        _ => "{…}",
    });
    format!("{method} {start}{}", segments.collect::<Vec<_>>().join("/"))
}

fn host(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    rest.split('/').next()
}

/// How well a path or URL fits an operation; `None` if it doesn't.
fn score(document: &Document, operation: &Operation, target: &str) -> Option<usize> {
    let server = &document.servers[operation.server];
    let whole = format!("{}{}", server.path(), operation.path);
    let Some(host) = host(target) else {
        return fits(&operation.path, target).or_else(|| fits(&whole, target));
    };
    let regions = server.regions.iter().map(|(_, url)| url);
    for base in regions.chain([&server.url]) {
        if let Some(path) = target
            .strip_prefix(base.as_str())
            .filter(|_| !base.is_empty())
        {
            return fits(&operation.path, path);
        }
    }
    // A sandbox or a proxy on this machine serves the API under a path of its own.
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    if !matches!(name, "localhost" | "127.0.0.1" | "[::1]") {
        return None;
    }
    let path = &target[target.find(host)? + host.len()..];
    let starts = path.match_indices('/').map(|(at, _)| &path[at..]);
    starts
        .filter_map(|rest| fits(&whole, rest).or_else(|| fits(&operation.path, rest)))
        .max()
}

/// How many fixed segments a path shares with a template; `None` if it doesn't fit. A segment in braces is a placeholder.
fn fits(template: &str, path: &str) -> Option<usize> {
    let (template, path) = (template.trim_matches('/'), path.trim_matches('/'));
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    let mut score = 0;
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(score),
            (Some(wanted), Some(given)) => score += segment(wanted, given)?,
            _ => return None,
        }
    }
}

fn segment(wanted: &str, given: &str) -> Option<usize> {
    let Some((before, rest)) = wanted.split_once('{') else {
        return (wanted == given).then_some(2);
    };
    let after = rest.rsplit_once('}').map_or("", |(_, after)| after);
    let value = given.strip_prefix(before)?.strip_suffix(after)?;
    (!value.is_empty()).then_some(usize::from(!before.is_empty() || !after.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_fits_a_template() {
        for (template, path, want) in [
            ("/users/{id}", "/users/531", Some(2)),
            ("/users/{id}", "/users/{uid}/", Some(2)),
            ("/users/me", "/users/me", Some(4)),
            ("/users/me", "/users/{id}", None),
            ("/users/{id}", "/users", None),
            ("/users/{id}", "/users/", None),
            ("/files/{id}.csv", "/files/7.csv", Some(3)),
            ("/files/{id}.csv", "/files/.csv", None),
            ("/files/{id}.csv", "/files/7.txt", None),
        ] {
            assert_eq!(fits(template, path), want, "{template} {path}");
        }
    }
}
