//! `x-pagination`.

use serde_json::Value;

use super::Reader;
use crate::json::{step, strings, text};
use crate::model::{After, Pagination};

impl Reader<'_> {
    pub(super) fn pagination(&mut self, raw: &Value, pointer: &str) -> Option<Pagination> {
        let value = raw.get("x-pagination")?;
        let at = step(pointer, "x-pagination");
        let param = self.need(
            value,
            &at,
            "param",
            "name the parameter that takes the cursor",
        );
        match text(value.get("style")).as_str() {
            "last-item" => Some(self.last_item(value, &at, param)),
            "cursor" => Some(self.cursor(value, &at, param)),
            "page" => Some(self.page(value, &at, param)),
            other => {
                self.problem(
                    &at,
                    format!("unknown style `{other}`: use last-item, cursor or page"),
                );
                None
            }
        }
    }

    fn last_item(&mut self, value: &Value, at: &str, param: String) -> Pagination {
        let field = self.need(
            value,
            at,
            "field",
            "name the field of the last element that contains the cursor",
        );
        Pagination::LastItem { param, field }
    }

    fn cursor(&mut self, value: &Value, at: &str, param: String) -> Pagination {
        Pagination::Cursor {
            param,
            next: self.need(
                value,
                at,
                "next",
                "write the JSON pointer to the next cursor",
            ),
            items: self.items(value, at),
            conflicts: strings(value.get("conflicts")),
            more: Some(text(value.get("more"))).filter(|more| !more.is_empty()),
            after: value.get("after").map(|after| {
                let at = step(at, "after");
                After {
                    param: self.need(after, &at, "param", "name the parameter that takes the id"),
                    field: self.need(
                        after,
                        &at,
                        "field",
                        "name the field of the last element that contains the id",
                    ),
                }
            }),
        }
    }

    fn page(&mut self, value: &Value, at: &str, param: String) -> Pagination {
        Pagination::Page {
            param,
            size: self.need(
                value,
                at,
                "size",
                "name the parameter that takes the size of a page",
            ),
            items: self.items(value, at),
            total: self.need(
                value,
                at,
                "total",
                "write the JSON pointer to the number of elements on all pages",
            ),
        }
    }

    fn items(&mut self, value: &Value, at: &str) -> String {
        self.need(value, at, "items", "write the JSON pointer to the elements")
    }
}
