//! Parameters, in the order of the path.

use serde_json::Value;

use super::Reader;
use crate::json::{flag, step, text};
use crate::model::{ClientValue, Location, Parameter, ValueStyle};

impl<'a> Reader<'a> {
    pub(super) fn parameters(
        &mut self,
        raw: &'a Value,
        shared: Option<&'a Value>,
        path: &str,
        pointer: &str,
    ) -> Vec<Parameter> {
        let path_item = pointer.rsplit_once('/').map_or("", |(path, _)| path);
        let all = [(path_item, shared), (pointer, raw.get("parameters"))];
        let all = all.into_iter().flat_map(|(pointer, list)| {
            let items = list.and_then(Value::as_array).into_iter().flatten();
            let numbered = items.enumerate();
            numbered.map(move |(at, value)| (format!("{pointer}/parameters/{at}"), value))
        });
        let mut found: Vec<Parameter> = Vec::new();
        for (at, value) in all {
            let value = self.follow(value);
            let name = self.need(value, &at, "name", "a parameter has a name");
            let location = match text(value.get("in")).as_str() {
                "path" => Location::Path,
                "query" => Location::Query,
                "header" => Location::Header,
                other => {
                    self.problem(
                        &at,
                        format!(
                            "parameters in `{other}` are not supported: use path, query or header"
                        ),
                    );
                    continue;
                }
            };
            let schema = value.get("schema").cloned().unwrap_or(Value::Null);
            let required = flag(value.get("required"));
            let values = schema.get("enum").and_then(Value::as_array);
            let constant = values.filter(|values| required && values.len() == 1);
            let constant = constant
                .and_then(|values| values[0].as_str())
                .map(str::to_owned);
            let example = value.get("example").cloned();
            if example.is_none() {
                self.problem(
                    &at,
                    "`example` is missing: tests and examples are made from it",
                );
            }
            found.push(Parameter {
                description: self.need(value, &at, "description", "say what the value means"),
                example: example.unwrap_or_default(),
                client_value: self.client_value(value, location, &at),
                style: self.style(value, Some(&schema), location),
                pointer: at,
                rust_name: Some(text(value.get("x-rust-name"))).filter(|name| !name.is_empty()),
                name,
                location,
                required,
                schema,
                constant,
            });
        }
        self.match_path(path, &mut found, pointer);
        found
    }

    pub(super) fn client_value(
        &mut self,
        parameter: &Value,
        location: Location,
        pointer: &str,
    ) -> Option<ClientValue> {
        let value = parameter.get("x-client-value")?;
        let at = step(pointer, "x-client-value");
        if location != Location::Path {
            self.problem(&at, "only a path parameter can be a value of the client");
        }
        Some(ClientValue {
            label: self.need(value, &at, "label", "name the value for messages"),
            env: self.need(value, &at, "env", "name its environment variable"),
        })
    }

    /// How a list or an object is written, by `style` and `explode`.
    pub(super) fn style(
        &self,
        value: &Value,
        schema: Option<&Value>,
        location: Location,
    ) -> ValueStyle {
        let kind = schema.map_or(String::new(), |schema| {
            let schema = match schema.get("allOf").and_then(Value::as_array) {
                Some(one) if one.len() == 1 => &one[0],
                _ => schema,
            };
            text(self.follow(schema).get("type"))
        });
        let style = text(value.get("style"));
        let exploded = value.get("explode").and_then(Value::as_bool);
        let exploded = exploded.unwrap_or(matches!(style.as_str(), "" | "form"));
        let is_object = kind == "object";
        if kind != "array" && !is_object || location == Location::Path {
            return ValueStyle::Plain;
        }
        match style.as_str() {
            _ if location == Location::Header => ValueStyle::Joined(','),
            "deepObject" => ValueStyle::Deep,
            "spaceDelimited" if !exploded => ValueStyle::Joined(' '),
            "pipeDelimited" if !exploded => ValueStyle::Joined('|'),
            _ if !exploded => ValueStyle::Joined(','),
            _ if is_object => ValueStyle::Fields,
            _ => ValueStyle::Plain,
        }
    }

    /// Path parameters in the order of the template; each side must know the other.
    pub(super) fn match_path(&mut self, path: &str, found: &mut [Parameter], pointer: &str) {
        let names = names_in(path).unwrap_or_else(|| {
            self.problem(pointer, "each parameter of a path is written `{name}`");
            Vec::new()
        });
        for name in &names {
            if !found
                .iter()
                .any(|p| p.location == Location::Path && p.name == *name)
            {
                self.problem(
                    pointer,
                    format!("the path names `{name}`, which is no parameter: add it with `in: path`, or correct the name"),
                );
            }
        }
        let position = |p: &Parameter| {
            names
                .iter()
                .position(|name| *name == p.name)
                .unwrap_or(usize::MAX)
        };
        for parameter in found.iter().filter(|p| p.location == Location::Path) {
            if position(parameter) == usize::MAX {
                self.problem(
                    &parameter.pointer,
                    format!("the parameter `{}` is not in the path: write `{{{0}}}` there, or remove it", parameter.name),
                );
            }
        }
        found.sort_by_key(|p| {
            if p.location == Location::Path {
                position(p)
            } else {
                usize::MAX
            }
        });
    }
}

/// The names of the parameters in a path; `None` if one is not written `{name}`.
fn names_in(path: &str) -> Option<Vec<&str>> {
    let mut names = Vec::new();
    let mut rest = path;
    while let Some((literal, tail)) = rest.split_once('{') {
        let (name, tail) = tail.split_once('}')?;
        if literal.contains('}') || name.is_empty() || name.contains(['{', '/']) {
            return None;
        }
        names.push(name);
        rest = tail;
    }
    (!rest.contains('}')).then_some(names)
}
