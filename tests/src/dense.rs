//! Large responses: pages of many elements, and short bodies that decode to as much memory as possible.

use engagement_document::{Document, Operation};
use serde_json::Value;

use crate::places::places;
use crate::{ResponseType, instance};

/// Elements of a page.
const PAGE: usize = 200;

/// The response's example, and a value with every key, both grown to a page of many elements.
pub fn pages(document: &Document, operation: &Operation) -> Vec<Vec<u8>> {
    let bodies = seeds(document, operation).into_iter();
    bodies
        .map(|mut body| {
            grow(&mut body);
            body.to_string().into_bytes()
        })
        .collect()
}

/// The response's example, and a value with every key that the document knows.
pub fn seeds(document: &Document, operation: &Operation) -> Vec<Value> {
    let Some(response) = operation.typed_response() else {
        return Vec::new();
    };
    let whole = response
        .schema
        .as_ref()
        .map(|schema| one(instance(&document.schemas, schema), schema));
    response.example.clone().into_iter().chain(whole).collect()
}

/// Where the document says one or an array of one, the first is what is decoded.
fn one(value: Value, schema: &Value) -> Value {
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
    place: String,
    /// What is left of an element when all is taken away without which it can still be decoded.
    pub least: String,
}

impl List {
    /// The response with `count` times this element in the list.
    #[must_use]
    pub fn of(&self, element: &str, count: usize) -> String {
        let mut elements = format!("{element},").repeat(count);
        elements.pop();
        with(&self.seed, &self.place, &format!("[{elements}]"))
    }
}

/// The lists of objects in a value with every key.
pub fn lists(document: &Document, operation: &Operation, response: &ResponseType) -> Vec<List> {
    let Some(seed) = seeds(document, operation).pop() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for place in places(&seed, 1) {
        if let Some(Value::Array(elements)) = seed.pointer(&place)
            && let Some(element @ Value::Object(_)) = elements.first()
        {
            found.push(List {
                least: least(&seed, &format!("{place}/0"), element, response),
                seed: seed.clone(),
                place,
            });
        }
    }
    found
}

/// Bodies of about `length` bytes, with the name of their kind: each place of a value with every key is filled with as
/// much as possible of what takes the least JSON.
pub fn bodies(
    document: &Document,
    operation: &Operation,
    response: &ResponseType,
    length: usize,
) -> Vec<(String, String)> {
    let mut found = Vec::new();
    if let Some(seed) = seeds(document, operation).pop() {
        for place in places(&seed, 1) {
            fill(&seed, &place, response, length, &mut found);
        }
    }
    found
}

fn fill(
    seed: &Value,
    place: &str,
    response: &ResponseType,
    length: usize,
    found: &mut Vec<(String, String)>,
) {
    let Some(value) = seed.pointer(place) else {
        return;
    };
    let mut add = |kind: &str, text: String| {
        found.push((format!("dense {kind}"), with(seed, place, &text)));
    };
    let list = |element: &str| format!("[{}]", repeat(element, length));
    for (kind, element) in [
        ("{}", "{}"),
        ("0", "0"),
        ("null", "null"),
        ("[]", "[]"),
        ("[0]", "[0]"),
        ("\"\"", "\"\""),
        ("\"a\"", "\"a\""),
        ("{\"\":0}", "{\"\":0}"),
    ] {
        add(&format!("[{kind},…]"), list(element));
    }
    // Where tables of such lengths have just grown.
    for entries in [4, 8, 15, 29] {
        let object = object("0", |at, _| at < entries);
        add(&format!("[{{{entries}}},…]"), list(&object));
    }
    if let Value::Array(elements) = value
        && let Some(element) = elements.first()
    {
        let least = least(seed, &format!("{place}/0"), element, response);
        add("[least,…]", list(&least));
    }
    add("nesting", "[".repeat(length));
    add(
        "string with escapes",
        format!("\"{}\"", "\\n".repeat(length / 2)),
    );
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

/// An object of different keys with the same value, for as long as `goes_on` of their number and the text so far.
fn object(value: &str, goes_on: impl Fn(usize, &str) -> bool) -> String {
    let mut text = String::from("{");
    let mut keys = 0;
    while goes_on(keys, &text) {
        if keys > 0 {
            text.push(',');
        }
        text.push_str(&format!("\"{keys:x}\":{value}"));
        keys += 1;
    }
    text + "}"
}

/// What is left of an element when all is taken away without which it can still be decoded.
fn least(seed: &Value, place: &str, element: &Value, response: &ResponseType) -> String {
    let decodes = |element: &Value| {
        let body = with(seed, place, &element.to_string());
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

/// The seed with this text at the place.
fn with(seed: &Value, place: &str, text: &str) -> String {
    const MARK: &str = "\u{1}mark\u{1}";
    let mut seed = seed.clone();
    if let Some(value) = seed.pointer_mut(place) {
        *value = Value::from(MARK);
    }
    seed.to_string()
        .replacen(&Value::from(MARK).to_string(), text, 1)
}
