//! The list of data sources, whose format is not documented.

use std::collections::VecDeque;
use std::fmt;

use engagement_core::personal;
use serde_json::{Map, Value};

use crate::Attributes;
use crate::data_sources::DataSources;
use crate::ids::DataSourceId;

/// A data source in the response of `client.data_sources().list()`.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct DataSourceInfo {
    /// The id, for `client.data_sources().get()`.
    pub id: DataSourceId,
    /// The name, if the response contains it.
    pub name: Option<String>,
    /// All other fields.
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
    /// The data sources in the value that [`list`](Self::list) returns.
    ///
    /// The format is not documented: it may be an array, or an object that contains one. This function uses the first array of
    /// objects with an `Id` or `id`, outer arrays before inner ones, and skips elements without an id. The result is empty if
    /// there is no such array; inspect the value then.
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

/// The first of the fields that has text or a number.
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

    fn ids(response: &Value) -> Vec<String> {
        let sources = DataSources::read(response);
        let ids = sources.iter().map(|source| source.id.to_string());
        ids.collect()
    }

    #[test]
    fn the_list_is_found_in_every_container() {
        for response in [
            json!([{"Id": "a"}, {"id": "b"}]),
            json!({"data": [{"Id": "a", "fields": [{"id": "x"}]}, {"id": "b"}]}),
            json!({"errors": [], "notes": ["n"], "result": {"sources": [{"id": "a"}, {"id": "b"}]}}),
            json!([[{"Id": "a"}, {"Id": "b"}]]),
            json!([null, {"name": "no id"}, {"Id": "a"}, {"Id": ""}, {"Id": null, "id": "b"}]),
            json!({"a": {"deep": [{"id": "x"}]}, "z": [{"Id": "a"}, {"Id": "b"}]}),
        ] {
            assert_eq!(ids(&response), ["a", "b"], "{response}");
        }
        assert_eq!(ids(&json!([{"id": 7}])), ["7"]);
    }

    #[test]
    fn other_values_have_no_data_sources() {
        for response in [
            json!(null),
            json!([]),
            json!({}),
            json!("a"),
            json!({"Id": "a"}),
            json!(["a", 1, [], {}]),
        ] {
            assert_eq!(ids(&response), [""; 0], "{response}");
        }
    }

    #[test]
    fn names_and_other_fields_are_kept() {
        let response = json!([{"Id": "a", "Name": "A", "n": 1}, {"id": "b", "name": "B"}, {"Id": "c", "id": "other"}]);
        let sources = DataSources::read(&response);
        let name = |at: usize| sources[at].name.as_deref();
        assert_eq!((name(0), name(1), name(2)), (Some("A"), Some("B"), None));
        assert_eq!(sources[0].extra, Attributes::from([("n", 1)]));
        assert_eq!(sources[2].extra["id"], "other");
    }
}
