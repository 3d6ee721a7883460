//! OpenAPI Overlays: corrections that are applied to each new document of the vendor.
//!
//! The published format, version 1.0.0: a list of actions. Each selects places by JSONPath (RFC 9535), and removes them or
//! merges a value into them.

use serde_json::Value;
use serde_json_path::JsonPath;

use crate::import::common::json::{flag, items, list, text};
use crate::import::source::yaml;
use engagement_document::Lines;

/// The fields of an overlay and of an action; others but extensions are mistakes.
const FIELDS: [&str; 4] = ["overlay", "info", "extends", "actions"];
const ACTION_FIELDS: [&str; 4] = ["target", "description", "update", "remove"];

/// An overlay with the lines of its actions.
#[derive(Debug)]
pub(crate) struct Overlay {
    name: String,
    lines: Lines,
    value: Value,
}

impl Overlay {
    /// Reads and checks an overlay. An error names the file and the line.
    pub(crate) fn read(name: &str, text: &str) -> Result<Self, String> {
        let value = yaml::read(text).map_err(|error| format!("{name}: {error}"))?;
        let overlay = Self {
            name: name.to_owned(),
            lines: Lines::of(text),
            value,
        };
        overlay.check()?;
        Ok(overlay)
    }

    /// The number of its actions.
    pub(crate) fn len(&self) -> usize {
        list(&self.value, "actions").len()
    }

    fn check(&self) -> Result<(), String> {
        let version = text(&self.value, "overlay");
        if version != "1.0.0" {
            return Err(self.at(
                "/overlay",
                &format!("`overlay: {version}`: only version 1.0.0 of the format can be applied"),
            ));
        }
        self.check_fields("", &self.value, &FIELDS)?;
        if list(&self.value, "actions").is_empty() {
            return Err(self.at("/actions", "`actions` is no list with an action in it"));
        }
        for (at, action) in items(&self.value, "actions").enumerate() {
            let pointer = format!("/actions/{at}");
            self.check_fields(&pointer, action, &ACTION_FIELDS)?;
            if text(action, "target").is_empty() {
                return Err(self.at(
                    &pointer,
                    "the action has no `target`: write a JSONPath, such as `$.info`",
                ));
            }
            if !flag(action, "remove") && action.get("update").is_none() {
                return Err(self.at(
                    &pointer,
                    "the action has neither `update` nor `remove: true`",
                ));
            }
        }
        Ok(())
    }

    fn check_fields(&self, pointer: &str, value: &Value, known: &[&str]) -> Result<(), String> {
        let fields = value.as_object().into_iter().flatten();
        for (name, _) in fields.filter(|(name, _)| !name.starts_with("x-")) {
            if !known.contains(&name.as_str()) {
                let place = format!("{pointer}/{name}");
                return Err(self.at(
                    &place,
                    &format!("unknown field `{name}`: use {}", known.join(", ")),
                ));
            }
        }
        Ok(())
    }

    fn at(&self, pointer: &str, message: &str) -> String {
        let line = self
            .lines
            .line(pointer)
            .map_or(String::new(), |line| format!(":{line}"));
        format!("{}{line}: {message}", self.name)
    }

    /// Applies all actions, in order. An action that selects nothing is an error: the vendor has changed that place.
    pub(crate) fn apply(&self, document: &mut Value) -> Result<(), String> {
        for (at, action) in items(&self.value, "actions").enumerate() {
            let place = format!("/actions/{at}");
            let target = text(action, "target");
            let failed = |reason: &str| self.at(&place, &format!("target `{target}` {reason}"));
            let path = JsonPath::parse(&target)
                .map_err(|error| failed(&format!("is no JSONPath: {error}")))?;
            let found = path.query_located(document);
            let pointers: Vec<String> = found
                .iter()
                .map(|node| node.location().to_json_pointer())
                .collect();
            if pointers.is_empty() {
                return Err(failed(
                    "matches nothing in the vendor's document: correct it, or delete the action if the vendor has corrected that place",
                ));
            }
            let result = match flag(action, "remove") {
                true => remove(document, pointers),
                false => update(document, &pointers, &action["update"]),
            };
            result.map_err(|reason| failed(&reason))?;
        }
        Ok(())
    }
}

/// Removes places. Later elements of a list go first, so that the others keep their positions.
fn remove(document: &mut Value, pointers: Vec<String>) -> Result<(), String> {
    for pointer in pointers.iter().rev() {
        let Some((parent, key)) = pointer.rsplit_once('/') else {
            return Err("is the whole document, which can't be removed".to_owned());
        };
        let key = key.replace("~1", "/").replace("~0", "~");
        match document.pointer_mut(parent) {
            Some(Value::Object(object)) => drop(object.shift_remove(&key)),
            Some(Value::Array(list)) => {
                if let Some(at) = key.parse().ok().filter(|at: &usize| *at < list.len()) {
                    list.remove(at);
                }
            }
            // It was in a place that is removed already.
            _ => {}
        }
    }
    Ok(())
}

fn update(document: &mut Value, pointers: &[String], value: &Value) -> Result<(), String> {
    for pointer in pointers {
        match document.pointer_mut(pointer) {
            Some(Value::Array(list)) => list.push(value.clone()),
            Some(target @ Value::Object(_)) if value.is_object() => merge(target, value),
            Some(Value::Object(_)) => {
                return Err("is an object, so `update` has to be one too".to_owned());
            }
            _ => {
                return Err(format!(
                    "is neither an object nor a list at {pointer}: select what contains it, and give the field in `update`"
                ));
            }
        }
    }
    Ok(())
}

/// Merges objects field by field; lists are appended, anything else is replaced.
fn merge(target: &mut Value, update: &Value) {
    match (target, update) {
        (Value::Object(target), Value::Object(update)) => {
            for (key, value) in update {
                match target.get_mut(key) {
                    Some(known) => merge(known, value),
                    None => drop(target.insert(key.clone(), value.clone())),
                }
            }
        }
        (Value::Array(target), Value::Array(update)) => target.extend(update.iter().cloned()),
        (target, update) => *target = update.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn applied(actions: &str, mut document: Value) -> Result<Value, String> {
        let text = format!("overlay: 1.0.0\ninfo: {{title: T, version: '1'}}\nactions:\n{actions}");
        Overlay::read("overlay.yaml", &text)?.apply(&mut document)?;
        Ok(document)
    }

    #[test]
    fn actions_merge_append_and_remove() {
        let document = || json!({ "a": { "b": 1, "l": [1], "o": { "x": 1 } }, "l": [{ "n": 1 }, { "n": 2 }, { "n": 3 }] });
        for (actions, want) in [
            (
                "- target: $.a\n  update: {b: 2, c: 3, l: [2], o: {y: 2}}\n",
                json!({ "a": { "b": 2, "l": [1, 2], "o": { "x": 1, "y": 2 }, "c": 3 }, "l": [{ "n": 1 }, { "n": 2 }, { "n": 3 }] }),
            ),
            (
                "- target: $.l\n  update: {n: 4}\n- target: $.l[?@.n >= 2]\n  update: {m: 1}\n",
                json!({ "a": { "b": 1, "l": [1], "o": { "x": 1 } }, "l": [{ "n": 1 }, { "n": 2, "m": 1 }, { "n": 3, "m": 1 }, { "n": 4, "m": 1 }] }),
            ),
            (
                "- target: $.l[?@.n < 3]\n  remove: true\n- target: $.a.o\n  remove: true\n",
                json!({ "a": { "b": 1, "l": [1] }, "l": [{ "n": 3 }] }),
            ),
        ] {
            assert_eq!(applied(actions, document()).unwrap(), want, "{actions}");
        }
    }

    #[test]
    fn mistakes_are_named_with_their_lines() {
        for (actions, want) in [
            (
                "- target: $.a\n  update: {b: 2}\n- target: $.gone\n  remove: true\n",
                "overlay.yaml:6: target `$.gone` matches nothing in the vendor's document",
            ),
            (
                "- target: '$['\n  remove: true\n",
                "overlay.yaml:4: target `$[` is no JSONPath: ",
            ),
            (
                "- target: $.a\n  updat: 1\n",
                "overlay.yaml:5: unknown field `updat`: use target",
            ),
            (
                "- target: $.a\n",
                "overlay.yaml:4: the action has neither `update` nor `remove: true`",
            ),
            (
                "- update: 1\n",
                "overlay.yaml:4: the action has no `target`",
            ),
            (
                "- target: $.a.b\n  update: 2\n",
                "overlay.yaml:4: target `$.a.b` is neither an object nor a list at /a/b",
            ),
            (
                "- target: $\n  remove: true\n",
                "overlay.yaml:4: target `$` is the whole document",
            ),
            (
                "- target: $.a\n  update: 2\n",
                "overlay.yaml:4: target `$.a` is an object, so `update` has to be one too",
            ),
        ] {
            let error = applied(actions, json!({ "a": { "b": 1 } })).unwrap_err();
            assert!(error.starts_with(want), "{error}");
        }
        let error = Overlay::read("o.yaml", "overlay: 2.0.0\nactions: []\n").unwrap_err();
        assert_eq!(
            error,
            "o.yaml:1: `overlay: 2.0.0`: only version 1.0.0 of the format can be applied"
        );
    }
}
