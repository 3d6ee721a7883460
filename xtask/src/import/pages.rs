//! Recognises lists that are read page by page. In: a document whose schemas are final. Out: the same with `x-pagination`
//! where parameters and fields of the response have the names of a common style.
//!
//! It is a guess from names, so both sides have to be there, with types that fit. Lists by `offset` are left alone: the runtime
//! has no such pages.

use serde_json::{Value, json};

use crate::import::common::json::{each_operation, entries, flag, follow, list, step, text};
use crate::import::common::naming::folded;
use crate::import::common::references;
use crate::import::common::report::{OPERATIONS, Report};

const PAGE: [&str; 4] = ["page", "pagenumber", "pageno", "pagenum"];
const SIZE: [&str; 5] = ["perpage", "pagesize", "limit", "size", "itemsperpage"];
const TOTAL: [&str; 5] = [
    "total",
    "totalcount",
    "totalitems",
    "totalresults",
    "totalelements",
];
/// Objects beside the elements that hold the total.
const ENVELOPE: [&str; 5] = ["meta", "pagination", "paging", "page", "pageinfo"];
const CURSOR: [&str; 4] = ["cursor", "nextcursor", "pagetoken", "nextpagetoken"];
const NEXT: [&str; 3] = ["nextcursor", "nextpagetoken", "nexttoken"];
const PREVIOUS: [&str; 3] = ["previouscursor", "prevcursor", "previouspagetoken"];

/// Adds `x-pagination` to operations of a vendor.
pub(crate) fn recognise(document: &mut Value, report: &mut Report) {
    let root = document.clone();
    each_operation(document, |pointer, operation| {
        if !pointer.ends_with("/get") || operation.get("x-pagination").is_some() {
            return;
        }
        let known = root.pointer(pointer);
        let Some(found) = known.and_then(|known| List::of(&root, known)?.style()) else {
            return;
        };
        let names: Vec<String> = ["param", "size", "next", "items", "total"]
            .iter()
            .filter_map(|key| Some(format!("`{}`", found.get(*key)?.as_str()?)))
            .collect();
        report.at(OPERATIONS, pointer).change(format!(
            "its pages can be read one after another: guessed from the names {}",
            names.join(", ")
        ));
        operation["x-pagination"] = found;
    });
}

/// A call that returns an object with one list of objects.
struct List<'a> {
    root: &'a Value,
    parameters: &'a [Value],
    response: &'a Value,
    items: &'a str,
}

impl<'a> List<'a> {
    fn of(root: &'a Value, operation: &'a Value) -> Option<Self> {
        let mut responses =
            entries(operation, "responses").filter(|(status, _)| status.starts_with('2'));
        let content = responses.find_map(|(_, response)| entries(response, "content").next());
        let response = named(root, content?.1.get("schema")?)?;
        let mut lists = properties(response).filter(|(_, schema)| {
            let schema = follow(root, schema).unwrap_or(schema);
            let element = schema.get("items").and_then(|items| follow(root, items));
            element.is_some_and(|element| text(element, "type") == "object")
        });
        let (name, _) = lists.next()?;
        if lists.next().is_some() {
            return None;
        }
        Some(Self {
            root,
            parameters: list(operation, "parameters"),
            response,
            items: name,
        })
    }

    fn style(&self) -> Option<Value> {
        self.cursor().or_else(|| self.numbered())
    }

    fn cursor(&self) -> Option<Value> {
        let param = self.parameter(&CURSOR, "string")?;
        let next = self.field(self.response, &NEXT, "string")?;
        let mut style = json!({ "style": "cursor", "param": param, "next": format!("/{next}"), "items": format!("/{}", self.items) });
        if let Some(previous) = self.parameter(&PREVIOUS, "string") {
            style["conflicts"] = json!([previous]);
        }
        Some(style)
    }

    fn numbered(&self) -> Option<Value> {
        let param = self.parameter(&PAGE, "integer")?;
        let size = self.parameter(&SIZE, "integer")?;
        let total = self.total()?;
        Some(
            json!({ "style": "page", "param": param, "size": size, "items": format!("/{}", self.items), "total": total }),
        )
    }

    /// The name of an optional query parameter of that type. Pages are numbered from one, so one that begins at zero is none.
    fn parameter(&self, names: &[&str], ty: &str) -> Option<String> {
        let found = self.parameters.iter().find(|parameter| {
            names.contains(&folded(&text(parameter, "name")).as_str())
                && text(parameter, "in") == "query"
                && !flag(parameter, "required")
        })?;
        let schema = follow(self.root, &found["schema"])?;
        let from_zero = ["default", "minimum"]
            .iter()
            .any(|key| schema.get(*key) == Some(&json!(0)));
        let fits = text(schema, "type") == ty && schema.get("enum").is_none();
        let is_page = PAGE.contains(&names[0]);
        (fits && !(is_page && from_zero)).then(|| text(found, "name"))
    }

    fn field(&self, object: &'a Value, names: &[&str], ty: &str) -> Option<&'a str> {
        let mut fields = properties(object);
        let (name, _) = fields.find(|(name, schema)| {
            let schema = follow(self.root, schema).unwrap_or(schema);
            let plain =
                schema.get("enum").is_none() && schema.get("format") != Some(&json!("password"));
            names.contains(&folded(name).as_str()) && text(schema, "type") == ty && plain
        })?;
        Some(name)
    }

    /// The pointer to the number of all elements, beside them or in an object beside them.
    fn total(&self) -> Option<String> {
        if let Some(total) = self.field(self.response, &TOTAL, "integer") {
            return Some(format!("/{total}"));
        }
        let mut inner =
            properties(self.response).filter(|(name, _)| ENVELOPE.contains(&folded(name).as_str()));
        inner.find_map(|(name, schema)| {
            let object = named(self.root, schema)?;
            let total = self.field(object, &TOTAL, "integer")?;
            Some(format!("/{name}/{total}"))
        })
    }
}

/// The schema behind a reference, also one with a description beside it.
fn named<'a>(root: &'a Value, schema: &Value) -> Option<&'a Value> {
    let target = match list(schema, "allOf") {
        [one] => one,
        _ => schema,
    };
    let name = references::name(target)?;
    root.pointer(&step("/components/schemas", name))
}

fn properties(schema: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let found = schema.get("properties").and_then(Value::as_object);
    found
        .into_iter()
        .flatten()
        .map(|(name, schema)| (name.as_str(), schema))
}
