//! Where values stand in a value.

use serde_json::Value;

/// JSON pointers of all that is in a value, itself last; of arrays, no more than so many elements.
pub(crate) fn places(value: &Value, elements: usize) -> Vec<String> {
    let mut places = Vec::new();
    collect(value, String::new(), elements, &mut places);
    places
}

fn collect(value: &Value, at: String, elements: usize, places: &mut Vec<String>) {
    match value {
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate().take(elements) {
                collect(value, format!("{at}/{index}"), elements, places);
            }
        }
        Value::Object(object) => {
            for (key, value) in object {
                let key = key.replace('~', "~0").replace('/', "~1");
                collect(value, format!("{at}/{key}"), elements, places);
            }
        }
        _ => {}
    }
    places.push(at);
}
