//! Reading the list of data sources, whose form nobody has published.

use std::collections::VecDeque;
use std::fmt;

use engagement_core::personal;
use serde_json::{Map, Value};

use crate::Attributes;
use crate::data_sources::DataSources;
use crate::ids::DataSourceId;

/// A data source, as far as it can be read out of `client.data_sources().list()`.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct DataSourceInfo {
    /// Its id, for `client.data_sources().get()`.
    pub id: DataSourceId,
    /// Its name, if the response has it.
    pub name: Option<String>,
    /// Everything else that the response has of it.
    pub extra: Attributes,
}

impl fmt::Debug for DataSourceInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DataSourceInfo")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("extra", personal(&self.extra))
            .finish()
    }
}

impl DataSources {
    /// The data sources in the value that [`list`](Self::list) gives.
    ///
    /// Its form isn't public: it may be an array, or one somewhere in an object. This takes the first array of objects
    /// that have an id, `Id` or `id`, looking at outer ones before inner ones, and passes over elements without an id.
    /// It is empty if there is no such array; look at the value itself then.
    ///
    /// ```
    /// use engageone_client::data_sources::DataSources;
    /// use engageone_client::ids::DataSourceId;
    /// use serde_json::json;
    ///
    /// let value = json!({"items": [{"Id": "3f1c6d1e", "Name": "Customers", "Rows": 2}]});
    /// let sources = DataSources::read(&value);
    /// assert_eq!(sources[0].id, DataSourceId::from("3f1c6d1e"));
    /// assert_eq!(sources[0].name.as_deref(), Some("Customers"));
    /// assert_eq!(sources[0].extra["Rows"], 2);
    /// ```
    #[must_use]
    pub fn read(value: &Value) -> Vec<DataSourceInfo> {
        let mut waiting = VecDeque::from([value]);
        while let Some(value) = waiting.pop_front() {
            match value {
                Value::Array(elements) => {
                    let found: Vec<_> = elements.iter().filter_map(info).collect();
                    if !found.is_empty() {
                        return found;
                    }
                    waiting.extend(elements);
                }
                Value::Object(members) => waiting.extend(members.values()),
                _ => {}
            }
        }
        Vec::new()
    }
}

fn info(element: &Value) -> Option<DataSourceInfo> {
    let members = element.as_object()?;
    let mut rest = members.clone();
    let id = take(&mut rest, ["Id", "id"])?;
    let name = take(&mut rest, ["Name", "name"]);
    Some(DataSourceInfo {
        id: id.into(),
        name,
        extra: rest.into_iter().collect(),
    })
}

/// Takes the first of the keys that holds text. A number is as good.
fn take(members: &mut Map<String, Value>, keys: [&str; 2]) -> Option<String> {
    let (key, text) = keys.into_iter().find_map(|key| match members.get(key)? {
        Value::String(text) if !text.is_empty() => Some((key, text.clone())),
        Value::Number(number) => Some((key, number.to_string())),
        _ => None,
    })?;
    members.remove(key);
    Some(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ids(answer: &Value) -> Vec<String> {
        let sources = DataSources::read(answer);
        let ids = sources.iter().map(|source| source.id.to_string());
        ids.collect()
    }

    #[test]
    fn every_container_will_do() {
        for answer in [
            json!([{"Id": "a"}, {"id": "b"}]),
            json!({"data": [{"Id": "a", "fields": [{"id": "x"}]}, {"id": "b"}]}),
            json!({"errors": [], "notes": ["n"], "result": {"sources": [{"id": "a"}, {"id": "b"}]}}),
            json!([[{"Id": "a"}, {"Id": "b"}]]),
            json!([null, {"name": "no id"}, {"Id": "a"}, {"Id": ""}, {"Id": null, "id": "b"}]),
            json!({"a": {"deep": [{"id": "x"}]}, "z": [{"Id": "a"}, {"Id": "b"}]}),
        ] {
            assert_eq!(ids(&answer), ["a", "b"], "{answer}");
        }
        assert_eq!(ids(&json!([{"id": 7}])), ["7"]);
    }

    #[test]
    fn nothing_is_made_up() {
        for answer in [
            json!(null),
            json!([]),
            json!({}),
            json!("a"),
            json!({"Id": "a"}),
            json!(["a", 1, [], {}]),
        ] {
            assert_eq!(ids(&answer), [""; 0], "{answer}");
        }
    }

    #[test]
    fn names_and_the_rest_are_kept() {
        let answer = json!([{"Id": "a", "Name": "A", "n": 1}, {"id": "b", "name": "B"}, {"Id": "c", "id": "other"}]);
        let sources = DataSources::read(&answer);
        let name = |at: usize| sources[at].name.as_deref();
        assert_eq!((name(0), name(1), name(2)), (Some("A"), Some("B"), None));
        assert_eq!(sources[0].extra, Attributes::from([("n", 1)]));
        assert_eq!(sources[2].extra["id"], "other");
    }
}
