//! The document as a whole.

use serde_json::{Map, Value};

use super::{Reader, extensions};
use crate::json::{strings, text};
use crate::lines::Lines;
use crate::model::{Document, Group};
use crate::schema::Schemas;

impl Reader<'_> {
    pub(super) fn document(&mut self) -> Document {
        let raw = self.raw;
        let version = text(raw.get("openapi"));
        if !version.starts_with("3.0.") {
            self.problem("/openapi", format!("is `{version}`, but the generator reads OpenAPI 3.0 only: write `openapi: 3.0.3`"));
        }
        let provider = self.need(
            raw,
            "",
            "x-provider",
            "write the provider's short name, such as `x-provider: engage`",
        );
        let empty = Map::new();
        let components = raw
            .get("components")
            .and_then(Value::as_object)
            .unwrap_or(&empty);
        let named = components
            .get("schemas")
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default();
        let mut servers = self.servers(raw.get("servers"), "/servers");
        if servers.first().is_none_or(|server| server.name != "api") {
            self.problem(
                "/servers",
                "the first server must be the main host, with `x-name: api`",
            );
        }
        let operations = self.operations(&mut servers);
        let apis = self.apis(&mut servers);
        Document {
            provider,
            title: text(raw.pointer("/info/title")),
            version: text(raw.pointer("/info/version")),
            description: text(raw.pointer("/info/description")),
            servers,
            schemes: self.schemes(components.get("securitySchemes")),
            groups: self.groups(),
            operations,
            error_message: strings(raw.get("x-error-message")),
            conflict_message: self.conflict_message(),
            error_in_success: self.error_in_success(),
            example_exceptions: extensions::example_exceptions(raw.get("x-example-exceptions")),
            webhooks: extensions::webhooks(raw.get("x-provider-webhooks")),
            apis,
            schemas: Schemas::new(named),
            raw: raw.clone(),
            file: String::new(),
            lines: Lines::default(),
        }
    }

    pub(super) fn groups(&mut self) -> Vec<Group> {
        let mut found = Vec::new();
        let tags = self.raw.get("tags").and_then(Value::as_array);
        for (at, tag) in tags.into_iter().flatten().enumerate() {
            let pointer = format!("/tags/{at}");
            let name = self.need(tag, &pointer, "name", "a tag is a group of operations");
            let description =
                self.need(tag, &pointer, "description", "say what the group is about");
            found.push(Group { name, description });
        }
        found
    }
}
