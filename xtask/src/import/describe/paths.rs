//! Path templates.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::import::common::naming;

/// A path with parameters, which fill segments or parts of them.
pub(crate) struct Template {
    /// The path on the wire.
    pub(crate) path: String,
    /// The part of the path key after `#`.
    pub(crate) mark: Option<String>,
    /// Names of the parameters in the path.
    pub(crate) names: Vec<String>,
    /// Pairs that the source has after a `?` in the path.
    pub(crate) constants: Vec<(String, String)>,
    /// What was changed.
    pub(crate) note: Option<String>,
}

/// Segments that say nothing about what a path is for.
fn is_prefix(segment: &str) -> bool {
    let version = segment.strip_prefix('v').unwrap_or_default();
    let version = version.split('.').next().unwrap_or_default();
    matches!(segment, "" | "api" | "rest")
        || !version.is_empty() && version.chars().all(|c| c.is_ascii_digit())
}

fn segments(key: &str) -> impl Iterator<Item = &str> {
    let path = key.split(['#', '?']).next().unwrap_or_default();
    path.split('/')
}

/// What groups an operation without a tag: the first segment of its path that means something.
pub(crate) fn first_segment(key: &str) -> String {
    let plain = |segment: &&str| !is_prefix(segment) && !segment.contains('{');
    segments(key).find(plain).unwrap_or("general").to_owned()
}

/// The words of an action for an operation without a name: its method, what the path says besides the group, and its
/// parameters.
pub(crate) fn action_words(key: &str, method: &str, group: &str) -> Vec<String> {
    let mut found = vec![method.to_owned()];
    let mut parameters: Vec<String> = Vec::new();
    for segment in segments(key).filter(|segment| !is_prefix(segment)) {
        if segment.contains('{') {
            let name = segment.trim_matches(|c: char| !c.is_alphanumeric());
            if !parameters.is_empty() {
                parameters.push("and".into());
            }
            parameters.extend(naming::words(name));
        } else if naming::group(segment) != group {
            found.extend(naming::words(segment));
        }
    }
    if !parameters.is_empty() {
        found.push("by".into());
        found.extend(parameters);
    }
    found
}

/// Reads a path of the source; `Err` says why no client can fill it.
pub(crate) fn template(key: &str) -> Result<Template, String> {
    let (rest, mark) = match key.split_once('#') {
        Some((rest, mark)) => (rest, Some(mark.to_owned())),
        None => (key, None),
    };
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mut constants = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        if !value.contains('{') && !name.contains('{') {
            constants.push((name.to_owned(), value.to_owned()));
        }
    }
    let mut names: Vec<String> = Vec::new();
    let mut new = Vec::new();
    for segment in path.trim_start_matches('/').split('/') {
        new.push(filled(segment.trim(), &mut names)?);
    }
    let path = format!("/{}", new.join("/"));
    let mut mark = mark;
    if mark.is_none() && !query.is_empty() {
        let words = naming::words(query).join("-");
        mark = Some(if words.is_empty() {
            "query".into()
        } else {
            words
        });
    }
    let same = path == rest;
    Ok(Template {
        note: (!same).then(|| format!("the path `{rest}` is written `{path}`")),
        path,
        mark,
        names,
        constants,
    })
}

/// A segment with its parameters written `{name}`, and their names.
fn filled(segment: &str, names: &mut Vec<String>) -> Result<String, String> {
    let mut new = String::new();
    let mut rest = segment;
    while let Some((literal, tail)) = rest.split_once('{') {
        let unclear = || format!("the segment `{segment}` has a `{{` or `}}` without the other");
        let (inner, tail) = tail.split_once('}').ok_or_else(unclear)?;
        if literal.contains('}') || inner.contains('{') {
            return Err(unclear());
        }
        // Route templates of servers: `{id:int}`, `{id?}`, `{*rest}`.
        let name = inner.split([':', '=']).next().unwrap_or_default();
        let name = name.trim_matches(['*', '?', ' ', '+']).to_owned();
        if name.is_empty() {
            return Err(format!("the segment `{segment}` has no name"));
        }
        if names.contains(&name) {
            return Err(format!("the path names `{name}` twice"));
        }
        new.push_str(literal);
        new.push_str(&format!("{{{name}}}"));
        names.push(name);
        rest = tail;
    }
    if rest.contains('}') {
        return Err(format!("the segment `{segment}` has a `}}` without a `{{`"));
    }
    new.push_str(rest);
    Ok(new)
}

impl Template {
    /// The key under `paths`.
    pub(crate) fn key(&self) -> String {
        match &self.mark {
            Some(mark) => format!("{}#{mark}", self.path),
            None => self.path.clone(),
        }
    }

    /// Calls a parameter of the path by another name.
    pub(crate) fn rename(&mut self, from: usize, to: &str) {
        let old = format!("{{{}}}", self.names[from]);
        self.path = self.path.replace(&old, &format!("{{{to}}}"));
        self.names[from] = to.to_owned();
    }
}

/// Adds an operation under its path, or under a key of its own if the path has one with that method already.
pub(crate) fn insert(
    paths: &mut Map<String, Value>,
    template: &Template,
    method: &str,
    operation: Value,
) {
    let wanted = template.key();
    let mut key = wanted.clone();
    let mut number = 2;
    let mut tried = BTreeSet::new();
    while paths
        .get(&key)
        .is_some_and(|item| item.get(method).is_some())
        && tried.insert(key.clone())
    {
        let sign = if wanted.contains('#') { "-" } else { "#" };
        key = format!("{wanted}{sign}{number}");
        number += 1;
    }
    let item = paths
        .entry(key)
        .or_insert_with(|| Value::Object(Map::new()));
    item[method] = operation;
}
