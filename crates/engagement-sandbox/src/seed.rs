//! Calls that fill the accounts of a new sandbox, from a file that people write.

use std::fs;
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::accounts::json::Object;
use crate::faults::suggestion;
use crate::http::perform::perform;
use crate::http::state::ServerState;

/// Where the calls are.
#[derive(Debug, Clone)]
pub(crate) enum Seed {
    File(PathBuf),
    Text(String),
}

/// A call in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedCall {
    provider: String,
    operation: String,
    #[serde(default)]
    parameters: Object,
    #[serde(default)]
    body: Value,
}

impl Seed {
    /// Executes the calls in their order.
    ///
    /// # Errors
    /// If the file can't be read, or a call is refused. The calls before it have been executed.
    pub(crate) fn apply(&self, state: &ServerState) -> Result<(), String> {
        let (name, text) = match self {
            Self::Text(text) => ("the seed".to_owned(), text.clone()),
            Self::File(path) => {
                let name = path.display().to_string();
                let text = fs::read_to_string(path);
                let text = text.map_err(|why| format!("{name} can't be read: {why}"))?;
                (name, text)
            }
        };
        let entries: Vec<&RawValue> = serde_json::from_str(&text)
            .map_err(|why| format!("{name} is not a JSON list of calls: {why}"))?;
        for (index, entry) in entries.iter().enumerate() {
            execute(state, entry.get()).map_err(|why| {
                let line = line_of(&text, entry.get());
                format!("{name}: entry {} in line {line}: {why}", index + 1)
            })?;
        }
        Ok(())
    }
}

/// The line in which a part of a text starts.
fn line_of(text: &str, part: &str) -> usize {
    let start = (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    let before = text.as_bytes().iter().take(start);
    1 + before.filter(|byte| **byte == b'\n').count()
}

fn execute(state: &ServerState, json: &str) -> Result<(), String> {
    let call: SeedCall = serde_json::from_str(json).map_err(|why| {
        let form = r#"{"provider": …, "operation": …, "parameters": {…}, "body": …}"#;
        // The line is that of the entry.
        let why = why.to_string();
        let why = why.split(" at line ").next().unwrap_or_default();
        format!("{why}: write {form}")
    })?;
    let SeedCall {
        provider,
        operation,
        parameters,
        body,
    } = call;
    let service = state.service(&provider).ok_or_else(|| {
        let names = || state.services.iter().map(|service| service.provider.name);
        let all = format!("use one of {}", names().collect::<Vec<_>>().join(", "));
        let near = suggestion(&provider, names(), &all);
        format!("there is no provider `{provider}`: {near}")
    })?;
    let operations = &service.provider.document.operations;
    let known = operations.iter().find(|one| one.id == operation);
    let known = known.ok_or_else(|| {
        let names = operations.iter().map(|one| one.id.as_str());
        let all = "GET /api/providers of a running sandbox lists them";
        let near = suggestion(&operation, names, all);
        format!("{provider} has no operation `{operation}`: {near}")
    })?;
    let mut pairs = Vec::new();
    for (name, value) in &parameters {
        let names = || known.parameters.iter().map(|one| one.name.as_str());
        if !names().any(|known| known == name) {
            let all = format!("it has {}", names().collect::<Vec<_>>().join(", "));
            let near = suggestion(name, names(), &all);
            return Err(format!(
                "{operation}: there is no parameter `{name}`: {near}"
            ));
        }
        let texts = texts(value);
        let texts = texts.ok_or_else(|| {
            format!("{operation}: the parameter `{name}` must be a text, a number, a boolean or a list of these")
        })?;
        pairs.extend(texts.into_iter().map(|text| (name.as_str(), text)));
    }
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, text)| (*name, &**text)).collect();
    // Nothing is saved before all calls are executed.
    let done = perform(state, &provider, &operation, &pairs, body, false);
    done.map(drop).map_err(|why| format!("{operation}: {why}"))
}

/// The texts that a parameter is sent as; `None` if it is no parameter.
fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Number(_) | Value::Bool(_) => Some(vec![value.to_string()]),
        Value::Array(items) => {
            let item = |item: &Value| texts(item).filter(|_| !item.is_array())?.pop();
            items.iter().map(item).collect()
        }
        Value::Null | Value::Object(_) => None,
    }
}
