//! Large responses: pages of many elements, and short bodies that decode to as much memory as possible.

use engagement_document::{Document, Operation};
use serde_json::Value;

use crate::pointers::pointers;
use crate::{ResponseType, instance};

/// Elements of a page.
const PAGE: usize = 200;

/// The response's example, and a value with every field, both extended to a page of many elements.
pub fn pages(document: &Document, operation: &Operation) -> Vec<Vec<u8>> {
    let mut bodies = seeds(document, operation);
    bodies.iter_mut().for_each(grow);
    bodies
        .iter()
        .map(|body| body.to_string().into_bytes())
        .collect()
}

/// The response's example, and a value with every documented field.
pub fn seeds(document: &Document, operation: &Operation) -> Vec<Value> {
    let Some(response) = operation.typed_response() else {
        return Vec::new();
    };
    let schema = response.schema.as_ref();
    let full = schema.map(|schema| one(instance(&document.schemas, schema), schema));
    response.example.clone().into_iter().chain(full).collect()
}

/// If the document allows an object or an array of one object, the object is decoded.
pub(crate) fn one(value: Value, schema: &Value) -> Value {
    match value {
        Value::Array(mut values) if schema.get("oneOf").is_some() && values.len() == 1 => {
            values.remove(0)
        }
        value => value,
    }
}

/// Repeats the elements of the outermost lists.
fn grow(value: &mut Value) {
    match value {
        Value::Array(elements) if !elements.is_empty() => {
            *elements = elements.iter().cycle().take(PAGE).cloned().collect();
        }
        Value::Object(object) => object.values_mut().for_each(grow),
        _ => {}
    }
}

/// A list within a response.
pub struct List {
    seed: Value,
    pointer: String,
    /// An element with only the fields that decoding requires.
    pub least: String,
}

impl List {
    /// The response with this element `count` times in the list.
    #[must_use]
    pub fn of(&self, element: &str, count: usize) -> String {
        let mut elements = format!("{element},").repeat(count);
        elements.pop();
        with(&self.seed, &self.pointer, &format!("[{elements}]"))
    }
}

/// The lists of objects in a value with every field.
pub fn lists(document: &Document, operation: &Operation, response: &ResponseType) -> Vec<List> {
    let Some(seed) = seeds(document, operation).pop() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for pointer in pointers(&seed, 1) {
        if let Some(Value::Array(elements)) = seed.pointer(&pointer)
            && let Some(element @ Value::Object(_)) = elements.first()
        {
            found.push(List {
                least: least(&seed, &format!("{pointer}/0"), element, response),
                seed: seed.clone(),
                pointer,
            });
        }
    }
    found
}

/// Bodies of about `length` bytes, with the name of their kind. In a value with every field, each value in turn is replaced
/// by as many small values as possible.
pub fn bodies(
    document: &Document,
    operation: &Operation,
    response: &ResponseType,
    length: usize,
) -> Vec<(String, String)> {
    let mut found = Vec::new();
    if let Some(seed) = seeds(document, operation).pop() {
        for pointer in pointers(&seed, 1) {
            fill(&seed, &pointer, response, length, &mut found);
        }
    }
    found
}

fn fill(
    seed: &Value,
    pointer: &str,
    response: &ResponseType,
    length: usize,
    found: &mut Vec<(String, String)>,
) {
    let Some(value) = seed.pointer(pointer) else {
        return;
    };
    let mut add = |kind: &str, text: String| {
        found.push((format!("dense {kind}"), with(seed, pointer, &text)));
    };
    let list = |element: &str| format!("[{}]", repeat(element, length));
    let scalars = ["0", "null", r#""""#, r#""a""#];
    for element in scalars.iter().chain(&["{}", "[]", "[0]", r#"{"":0}"#]) {
        add(&format!("[{element},…]"), list(element));
    }
    // Numbers of entries at which hash tables have just grown.
    for entries in [4, 8, 15, 29] {
        let object = object("0", |at, _| at < entries);
        add(&format!("[{{{entries}}},…]"), list(&object));
    }
    if let Value::Array(elements) = value
        && let Some(element) = elements.first()
    {
        let least = least(seed, &format!("{pointer}/0"), element, response);
        add("[least,…]", list(&least));
    }
    add("nesting", "[".repeat(length));
    let escapes = "\\n".repeat(length / 2);
    add("string with escapes", format!("\"{escapes}\""));
    if value.is_object() {
        for entry in ["0", "\"\"", "[0]", "{\"\":0}"] {
            let object = object(entry, |_, text| text.len() < length);
            add(&format!("{{\"a\":{entry},…}}"), object);
        }
    }
}

fn repeat(element: &str, length: usize) -> String {
    let count = length / (element.len() + 1);
    vec![element; count.max(1)].join(",")
}

/// An object of different keys with the same value. Keys are added while `is_short` of their number and of the text.
fn object(value: &str, is_short: impl Fn(usize, &str) -> bool) -> String {
    let mut text = String::from("{");
    let mut keys = 0;
    while is_short(keys, &text) {
        if keys > 0 {
            text.push(',');
        }
        text.push_str(&format!("\"{keys:x}\":{value}"));
        keys += 1;
    }
    text + "}"
}

/// The element with only the fields that decoding requires.
fn least(seed: &Value, pointer: &str, element: &Value, response: &ResponseType) -> String {
    let decodes = |element: &Value| {
        let body = with(seed, pointer, &element.to_string());
        (response.decode)(body.as_bytes(), usize::MAX).is_ok()
    };
    let mut least = element.clone();
    if let Value::Object(object) = element {
        for key in object.keys() {
            let mut less = least.clone();
            if let Value::Object(object) = &mut less {
                object.shift_remove(key);
            }
            if decodes(&less) {
                least = less;
            }
        }
    }
    least.to_string()
}

/// The seed with this text at the pointer.
fn with(seed: &Value, pointer: &str, text: &str) -> String {
    const MARK: &str = "\u{1}mark\u{1}";
    let mut seed = seed.clone();
    if let Some(value) = seed.pointer_mut(pointer) {
        *value = Value::from(MARK);
    }
    seed.to_string()
        .replacen(&Value::from(MARK).to_string(), text, 1)
}
