//! JSON pointers.

use serde_json::Value;

/// The pointers of all values in a value, its own last. Of an array, at most `elements` elements are listed.
pub(crate) fn pointers(value: &Value, elements: usize) -> Vec<String> {
    let mut found = Vec::new();
    collect(value, String::new(), elements, &mut found);
    found
}

fn collect(value: &Value, pointer: String, elements: usize, found: &mut Vec<String>) {
    match value {
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate().take(elements) {
                collect(value, format!("{pointer}/{index}"), elements, found);
            }
        }
        Value::Object(object) => {
            for (key, value) in object {
                collect(value, child(&pointer, key), elements, found);
            }
        }
        _ => {}
    }
    found.push(pointer);
}

/// The pointer of a field of the object at a pointer.
pub(crate) fn child(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// The pointer of the parent, and the key in it. `None` for the root.
pub(crate) fn parent(pointer: &str) -> Option<(&str, String)> {
    let (parent, key) = pointer.rsplit_once('/')?;
    Some((parent, key.replace("~1", "/").replace("~0", "~")))
}
