//! Operations: the items of `paths`.

use serde_json::Value;

use super::{Reader, extensions};
use crate::json::{METHODS, flag, step, strings};
use crate::model::{Operation, Server};

impl<'a> Reader<'a> {
    pub(super) fn operations(&mut self, servers: &mut Vec<Server>) -> Vec<Operation> {
        let mut found = Vec::new();
        let paths = self.raw.get("paths").and_then(Value::as_object);
        for (key, item) in paths.into_iter().flatten() {
            let pointer = step("/paths", key);
            if !key.starts_with('/') {
                self.problem(&pointer, "a path starts with `/`");
            }
            for method in METHODS {
                if let Some(raw) = item.get(method) {
                    let pointer = step(&pointer, method);
                    let shared = item.get("parameters");
                    found.push(self.operation(key, method, raw, shared, &pointer, servers));
                }
            }
        }
        found
    }

    pub(super) fn operation(
        &mut self,
        key: &str,
        method: &str,
        raw: &'a Value,
        shared: Option<&'a Value>,
        pointer: &str,
        servers: &mut Vec<Server>,
    ) -> Operation {
        let id = self.need(
            raw,
            pointer,
            "operationId",
            "name the operation `group_action`",
        );
        let (group, action) = self.group_and_action(raw, &id, pointer);
        let path = key.split('#').next().unwrap_or_default().to_owned();
        let method = method.to_uppercase();
        let default_idempotent = matches!(method.as_str(), "GET" | "HEAD" | "PUT" | "DELETE");
        let idempotent = raw
            .get("x-idempotent")
            .and_then(Value::as_bool)
            .unwrap_or(default_idempotent);
        let evidence = self.evidence(raw, pointer);
        let parameters = self.parameters(raw, shared, &path, pointer);
        Operation {
            summary: self.need(
                raw,
                pointer,
                "summary",
                "say in one sentence what the call does",
            ),
            description: self.need(raw, pointer, "description", "say what a caller has to know"),
            docs_url: self.docs_url(raw, pointer),
            evidence,
            security: self.security(raw, pointer),
            full_auth_fields: strings(raw.get("x-full-auth-when-body-has")),
            body: self.body(raw, pointer),
            empty_body: self.empty_body(raw, pointer),
            responses: self.responses(raw, pointer),
            optional_response: raw
                .get("x-optional-response")
                .map(|mark| self.evidence_of(mark, &step(pointer, "x-optional-response"))),
            envelope: self.envelope(raw, pointer),
            pagination: self.pagination(raw, pointer),
            rate_limit: self.rate_limit(raw, pointer),
            idempotency_key: self.idempotency_key(raw, pointer),
            server: self.server(raw, pointer, servers),
            sends_message: flag(raw.get("x-sends-message")),
            not_found_statuses: extensions::statuses(raw.get("x-not-found-statuses")),
            deprecated: flag(raw.get("deprecated")),
            path_key: key.to_owned(),
            id,
            group,
            action,
            method,
            path,
            parameters,
            idempotent,
        }
    }

    /// The one tag of an operation, and the rest of its id.
    fn group_and_action(&mut self, raw: &Value, id: &str, pointer: &str) -> (String, String) {
        let tags = strings(raw.get("tags"));
        let group = match tags.as_slice() {
            [one] => one.clone(),
            _ => {
                self.problem(
                    pointer,
                    format!(
                        "`{id}` has {} tags: give it the one tag of its group",
                        tags.len()
                    ),
                );
                String::new()
            }
        };
        let action = id
            .strip_prefix(&format!("{group}_"))
            .unwrap_or_default()
            .to_owned();
        if action.is_empty() && !id.is_empty() && !group.is_empty() {
            self.problem(
                pointer,
                format!("`operationId: {id}` doesn't start with its tag: name it `{group}_…`"),
            );
        }
        (group, action)
    }

    fn docs_url(&mut self, raw: &Value, pointer: &str) -> String {
        let docs = raw.get("externalDocs").unwrap_or(&Value::Null);
        self.need(
            docs,
            &step(pointer, "externalDocs"),
            "url",
            "link the provider's page",
        )
    }
}
