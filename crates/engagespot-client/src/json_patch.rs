//! Partial updates of a profile with JSON Patch (RFC 6902).

use serde_json::Value;

use crate::enums::JsonPatchOperationOp as Op;
use crate::types::{JsonPatchOperation, ProfilePatch};

/// A JSON pointer (RFC 6901) from field names; `/` and `~` in names are escaped.
///
/// ```
/// use engagespot_client::json_pointer;
///
/// assert_eq!(json_pointer(["address", "city"]), "/address/city");
/// assert_eq!(json_pointer(["seats a/b", "~"]), "/seats a~1b/~0");
/// ```
pub fn json_pointer(names: impl IntoIterator<Item: AsRef<str>>) -> String {
    let mut pointer = String::new();
    for name in names {
        pointer.push('/');
        for c in name.as_ref().chars() {
            match c {
                '~' => pointer.push_str("~0"),
                '/' => pointer.push_str("~1"),
                other => pointer.push(other),
            }
        }
    }
    pointer
}

/// Paths are JSON pointers, such as `/address/city`; [`json_pointer`] escapes names that contain `/` or `~`.
///
/// ```
/// use engagespot_client::types::JsonPatchOperation;
///
/// let changes = [
///     JsonPatchOperation::replace("/plan", "pro"),
///     JsonPatchOperation::add("/seats", 5),
///     JsonPatchOperation::remove("/trialEnds"),
/// ];
/// assert_eq!(
///     serde_json::to_value(&changes)?,
///     serde_json::json!([
///         {"op": "replace", "path": "/plan", "value": "pro"},
///         {"op": "add", "path": "/seats", "value": 5},
///         {"op": "remove", "path": "/trialEnds"},
///     ]),
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
impl JsonPatchOperation {
    /// Sets a field, or inserts a value into a list: before the element at that index, or at the end with `/-`.
    #[must_use]
    pub fn add(path: impl Into<String>, value: impl Into<Value>) -> Self {
        Self::new(Op::Add, path).value(value)
    }

    /// Removes the value.
    #[must_use]
    pub fn remove(path: impl Into<String>) -> Self {
        Self::new(Op::Remove, path)
    }

    /// Replaces the value.
    #[must_use]
    pub fn replace(path: impl Into<String>, value: impl Into<Value>) -> Self {
        Self::new(Op::Replace, path).value(value)
    }

    /// Moves the value at `from` to `path`.
    #[must_use]
    pub fn move_(from: impl Into<String>, path: impl Into<String>) -> Self {
        Self::new(Op::Move, path).from_(from)
    }

    /// Copies the value at `from` to `path`.
    #[must_use]
    pub fn copy(from: impl Into<String>, path: impl Into<String>) -> Self {
        Self::new(Op::Copy, path).from_(from)
    }

    /// Makes the whole patch fail unless the path has this value.
    #[must_use]
    pub fn test(path: impl Into<String>, value: impl Into<Value>) -> Self {
        Self::new(Op::Test, path).value(value)
    }
}

/// These operations, in order.
impl<const N: usize> From<[JsonPatchOperation; N]> for ProfilePatch {
    fn from(operations: [JsonPatchOperation; N]) -> Self {
        Self::Array(operations.into())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::types::ProfileAttributes;

    #[test]
    fn every_operation_has_what_it_needs_and_nothing_else() {
        let all = ProfilePatch::from([
            JsonPatchOperation::add("/tags/-", json!(["x"])),
            JsonPatchOperation::remove("/a"),
            JsonPatchOperation::replace("/b", Value::Null),
            JsonPatchOperation::move_("/c", "/d"),
            JsonPatchOperation::copy("/e", json_pointer(["f/g"])),
            JsonPatchOperation::test("/h", true),
        ]);
        assert_eq!(
            serde_json::to_value(all).unwrap(),
            json!([
                {"op": "add", "path": "/tags/-", "value": ["x"]},
                {"op": "remove", "path": "/a"},
                {"op": "replace", "path": "/b", "value": null},
                {"op": "move", "from": "/c", "path": "/d"},
                {"op": "copy", "from": "/e", "path": "/f~1g"},
                {"op": "test", "path": "/h", "value": true},
            ])
        );
    }

    #[test]
    fn attributes_are_a_patch_too() {
        let patch = ProfilePatch::from(ProfileAttributes::new().name("Ada"));
        assert_eq!(serde_json::to_value(patch).unwrap(), json!({"name": "Ada"}));
    }

    #[test]
    fn pointers_are_escaped_once() {
        assert_eq!(json_pointer([""; 0]), "");
        assert_eq!(json_pointer([""]), "/");
        assert_eq!(json_pointer(["~1", "a/b"]), "/~01/a~1b");
    }
}
