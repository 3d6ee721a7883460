//! Servers: hosts with their regions, and the APIs that the provider documents elsewhere.

use serde_json::Value;

use super::Reader;
use crate::json::{flag, step, text};
use crate::model::{DocumentedApi, Server};

impl Reader<'_> {
    pub(super) fn servers(&mut self, value: Option<&Value>, pointer: &str) -> Vec<Server> {
        let mut found = Vec::new();
        for (at, server) in value
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .enumerate()
        {
            let pointer = format!("{pointer}/{at}");
            let url = self.need(server, &pointer, "url", "write the base URL of the host");
            let name = self.need(
                server,
                &pointer,
                "x-name",
                "give the host a short name; the main one is `api`",
            );
            found.push(Server {
                name,
                regions: self.regions(server, &url, &pointer),
                url: trimmed(&url),
                docs_url: String::new(),
            });
        }
        found
    }

    pub(super) fn regions(
        &mut self,
        server: &Value,
        url: &str,
        pointer: &str,
    ) -> Vec<(String, String)> {
        let at = step(pointer, "x-regions");
        let Some(value) = server.get("x-regions") else {
            return Vec::new();
        };
        let urls = value.as_object().into_iter().flatten();
        let found: Vec<(String, String)> = urls
            .map(|(name, url)| (name.clone(), trimmed(&text(Some(url)))))
            .collect();
        if found.iter().any(|(_, url)| url.is_empty()) {
            self.problem(&at, "write the base URL of each region");
        }
        if !found.iter().any(|(_, known)| *known == trimmed(url)) {
            self.problem(&at, "the server's `url` must be that of one of its regions");
        }
        found
    }

    /// The documented APIs; those without a server of their own get one without a URL.
    pub(super) fn apis(&mut self, servers: &mut Vec<Server>) -> Vec<DocumentedApi> {
        let mut found = Vec::new();
        let apis = self.raw.get("x-documented-apis").and_then(Value::as_array);
        for (at, api) in apis.into_iter().flatten().enumerate() {
            let pointer = format!("/x-documented-apis/{at}");
            let name = self.need(api, &pointer, "name", "give the API a short name");
            let server = self.need(
                api,
                &pointer,
                "server",
                "name the server: one of the document, or a new one whose URL nobody publishes",
            );
            let docs_url = self.need(api, &pointer, "docs_url", "link the provider's page");
            let position = servers.iter().position(|known| known.name == server);
            let position = position.unwrap_or_else(|| {
                servers.push(Server {
                    name: server,
                    url: String::new(),
                    regions: Vec::new(),
                    docs_url: String::new(),
                });
                servers.len() - 1
            });
            servers[position].docs_url.clone_from(&docs_url);
            found.push(DocumentedApi {
                summary: self.need(api, &pointer, "summary", "say what the API is for"),
                note: text(api.get("note")),
                anonymous: flag(api.get("anonymous")),
                server: position,
                name,
                docs_url,
            });
        }
        found
    }

    pub(super) fn server(
        &mut self,
        raw: &Value,
        pointer: &str,
        servers: &mut Vec<Server>,
    ) -> usize {
        let own = self.servers(raw.get("servers"), &step(pointer, "servers"));
        let Some(server) = own.into_iter().next() else {
            return 0;
        };
        if let Some(at) = servers.iter().position(|known| known.name == server.name) {
            if servers[at].url != server.url || servers[at].regions != server.regions {
                self.problem(
                    &step(pointer, "servers"),
                    format!("the host `{}` has other URLs elsewhere", server.name),
                );
            }
            return at;
        }
        servers.push(server);
        servers.len() - 1
    }
}

fn trimmed(url: &str) -> String {
    url.trim_end_matches('/').to_owned()
}
