//! From JSON to [`Document`], gathering every problem instead of stopping at the first.

use serde_json::{Map, Value};

use crate::check;
use crate::model::METHODS;
use crate::{
    After, Answer, Body, BodyKind, ClientValue, ConflictMessage, Document, DocumentError,
    DocumentedApi, ErrorInSuccess, Evidence, ExampleException, Group, Location, Operation,
    Pagination, Parameter, Problem, RateLimit, Schemas, Scheme, SchemeKind, Server, Webhook,
};

impl Document {
    /// Reads a document from JSON text.
    ///
    /// # Errors
    /// [`DocumentError::Syntax`] if the text is not JSON, [`DocumentError::Invalid`] with every place that breaks a
    /// rule of `specs/README.md`.
    pub fn from_json(text: &str) -> Result<Self, DocumentError> {
        let raw = serde_json::from_str(text).map_err(|e| DocumentError::Syntax(e.to_string()))?;
        Self::from_value(raw)
    }

    /// Reads a document from YAML text.
    ///
    /// # Errors
    /// As [`Document::from_json`]; a key that stands twice is a syntax error.
    #[cfg(feature = "yaml")]
    pub fn from_yaml(text: &str) -> Result<Self, DocumentError> {
        // By way of YAML's own value: read straight into JSON, the second of two equal keys would win silently.
        let yaml: serde_norway::Value =
            serde_norway::from_str(text).map_err(|e| DocumentError::Syntax(e.to_string()))?;
        let raw = serde_json::to_value(yaml).map_err(|e| DocumentError::Syntax(e.to_string()))?;
        Self::from_value(raw)
    }

    /// Reads a document that is parsed already.
    ///
    /// # Errors
    /// [`DocumentError::Invalid`] with every place that breaks a rule of `specs/README.md`.
    pub fn from_value(raw: Value) -> Result<Self, DocumentError> {
        let mut problems = Vec::new();
        check::extensions(&raw, &mut problems);
        check::personal(&raw, &mut problems);
        check::references(&raw, &mut problems);
        let mut reader = Reader {
            raw: &raw,
            problems,
        };
        let document = reader.document();
        let mut problems = reader.problems;
        check::ids(&document.raw, &document.schemas, &mut problems);
        check::document(&document, &mut problems);
        if problems.is_empty() {
            Ok(document)
        } else {
            Err(DocumentError::Invalid(problems))
        }
    }
}

struct Reader<'a> {
    raw: &'a Value,
    problems: Vec<Problem>,
}

/// A JSON pointer with one more step.
fn step(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

fn text(value: Option<&Value>) -> String {
    value
        .and_then(Value::as_str)
        .unwrap_or_default()
        .trim()
        .to_owned()
}

fn strings(value: Option<&Value>) -> Vec<String> {
    let items = value.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn trimmed(url: &str) -> String {
    url.trim_end_matches('/').to_owned()
}

fn flag(value: Option<&Value>) -> bool {
    value.and_then(Value::as_bool).unwrap_or_default()
}

impl<'a> Reader<'a> {
    fn problem(&mut self, pointer: &str, message: impl Into<String>) {
        self.problems.push(Problem {
            pointer: pointer.to_owned(),
            message: message.into(),
        });
    }

    /// A text that must be there.
    fn need(&mut self, object: &Value, pointer: &str, key: &str, why: &str) -> String {
        let found = text(object.get(key));
        if found.is_empty() {
            self.problem(pointer, format!("`{key}` is missing: {why}"));
        }
        found
    }

    fn document(&mut self) -> Document {
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
            example_exceptions: example_exceptions(raw.get("x-example-exceptions")),
            webhooks: webhooks(raw.get("x-provider-webhooks")),
            apis,
            schemas: Schemas::new(named),
            raw: raw.clone(),
        }
    }

    fn servers(&mut self, value: Option<&Value>, pointer: &str) -> Vec<Server> {
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

    fn regions(&mut self, server: &Value, url: &str, pointer: &str) -> Vec<(String, String)> {
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
    fn apis(&mut self, servers: &mut Vec<Server>) -> Vec<DocumentedApi> {
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

    fn groups(&mut self) -> Vec<Group> {
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

    fn schemes(&mut self, value: Option<&Value>) -> Vec<Scheme> {
        let mut found = Vec::new();
        for (name, scheme) in value.and_then(Value::as_object).into_iter().flatten() {
            let pointer = step("/components/securitySchemes", name);
            let kind = text(scheme.get("type"));
            let user_only = text(scheme.get("x-basic-password")) == "empty";
            let kind = match (
                kind.as_str(),
                text(scheme.get("scheme")).as_str(),
                text(scheme.get("in")).as_str(),
            ) {
                ("http", "basic", _) if user_only => SchemeKind::BasicUserOnly,
                ("http", "basic", _) => SchemeKind::Basic,
                ("http", "bearer", _) => SchemeKind::Bearer,
                ("apiKey", _, "header") => {
                    SchemeKind::Header(self.need(scheme, &pointer, "name", "name the header"))
                }
                _ => {
                    self.problem(&pointer, "only `http` with `basic` or `bearer` and `apiKey` in a header are supported");
                    continue;
                }
            };
            let credential = scheme.get("x-credential");
            let label = text(credential.and_then(|c| c.get("label")));
            let env = strings(credential.and_then(|c| c.get("env")));
            let parts = if kind == SchemeKind::Basic { 2 } else { 1 };
            if label.is_empty() || env.len() != parts {
                self.problem(
                    &pointer,
                    format!(
                        "`x-credential` needs a `label` and `env` with {parts} variable name(s)"
                    ),
                );
            }
            found.push(Scheme {
                name: name.clone(),
                kind,
                label,
                env,
                secret: !flag(credential.and_then(|c| c.get("public"))),
            });
        }
        found
    }

    fn operations(&mut self, servers: &mut Vec<Server>) -> Vec<Operation> {
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

    fn operation(
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
            docs_url: {
                let docs = raw.get("externalDocs").unwrap_or(&Value::Null);
                self.need(
                    docs,
                    &step(pointer, "externalDocs"),
                    "url",
                    "link the provider's page",
                )
            },
            evidence,
            security: self.security(raw, pointer),
            full_auth_fields: strings(raw.get("x-full-auth-when-body-has")),
            body: self.body(raw, pointer),
            answers: self.answers(raw, pointer),
            optional_answer: raw
                .get("x-optional-answer")
                .map(|mark| self.evidence_of(mark, &step(pointer, "x-optional-answer"))),
            envelope: self.envelope(raw, pointer),
            pagination: self.pagination(raw, pointer),
            rate_limit: self.rate_limit(raw, pointer),
            idempotency_key: self.idempotency_key(raw, pointer),
            server: self.server(raw, pointer, servers),
            reaches_people: flag(raw.get("x-reaches-people")),
            not_found_statuses: statuses(raw.get("x-not-found-statuses")),
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

    fn server(&mut self, raw: &Value, pointer: &str, servers: &mut Vec<Server>) -> usize {
        let own = self.servers(raw.get("servers"), &step(pointer, "servers"));
        let Some(server) = own.into_iter().next() else {
            return 0;
        };
        if let Some(at) = servers.iter().position(|known| known.name == server.name) {
            if servers[at].url != server.url || servers[at].regions != server.regions {
                self.problem(
                    &step(pointer, "servers"),
                    format!(
                        "the host `{}` stands elsewhere with other URLs",
                        server.name
                    ),
                );
            }
            return at;
        }
        servers.push(server);
        servers.len() - 1
    }

    fn evidence(&mut self, raw: &Value, pointer: &str) -> Evidence {
        let evidence = raw.get("x-evidence").unwrap_or(&Value::Null);
        self.evidence_of(evidence, &step(pointer, "x-evidence"))
    }

    fn evidence_of(&mut self, evidence: &Value, at: &str) -> Evidence {
        let level = self.need(evidence, at, "level", "say how well it is known");
        if !level.is_empty()
            && !["seed", "docs", "sdk", "third-party", "inferred"].contains(&level.as_str())
        {
            self.problem(
                at,
                format!("unknown level `{level}`: use seed, docs, sdk, third-party or inferred"),
            );
        }
        let source = self.need(evidence, at, "source", "say where it is known from");
        let note = Some(text(evidence.get("note"))).filter(|note| !note.is_empty());
        Evidence {
            level,
            source,
            note,
        }
    }

    fn security(&mut self, raw: &Value, pointer: &str) -> Vec<Vec<String>> {
        let value = raw.get("security").or_else(|| self.raw.get("security"));
        let known = self
            .raw
            .pointer("/components/securitySchemes")
            .and_then(Value::as_object);
        let mut found = Vec::new();
        for alternative in value.and_then(Value::as_array).into_iter().flatten() {
            let names: Vec<String> = alternative
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, _)| name.clone())
                .collect();
            for name in &names {
                if known.is_none_or(|known| !known.contains_key(name)) {
                    self.problem(
                        pointer,
                        format!("security scheme `{name}` is not among components/securitySchemes"),
                    );
                }
            }
            found.push(names);
        }
        // `[{}]` says the same as `[]`; beside others an empty alternative means "may be called without".
        if found.iter().all(Vec::is_empty) {
            found.clear();
        }
        found
    }

    fn parameters(
        &mut self,
        raw: &'a Value,
        shared: Option<&'a Value>,
        path: &str,
        pointer: &str,
    ) -> Vec<Parameter> {
        let all = [shared, raw.get("parameters")];
        let mut found: Vec<Parameter> = Vec::new();
        for value in all
            .into_iter()
            .flatten()
            .filter_map(Value::as_array)
            .flatten()
        {
            let value = self.follow(value);
            let name = self.need(value, pointer, "name", "a parameter has a name");
            let at = step(&step(pointer, "parameters"), &name);
            let location = match text(value.get("in")).as_str() {
                "path" => Location::Path,
                "query" => Location::Query,
                "header" => Location::Header,
                other => {
                    self.problem(
                        &at,
                        format!(
                            "parameters in `{other}` are not supported: use path, query or header"
                        ),
                    );
                    continue;
                }
            };
            let schema = value.get("schema").cloned().unwrap_or(Value::Null);
            let required = flag(value.get("required"));
            let words = schema.get("enum").and_then(Value::as_array);
            let constant = words.filter(|words| required && words.len() == 1);
            let constant = constant
                .and_then(|words| words[0].as_str())
                .map(str::to_owned);
            let example = value.get("example").cloned();
            if example.is_none() {
                self.problem(
                    &at,
                    "`example` is missing: tests and examples are made from it",
                );
            }
            found.push(Parameter {
                description: self.need(value, &at, "description", "say what the value means"),
                example: example.unwrap_or_default(),
                client_value: self.client_value(value, location, &at),
                name,
                location,
                required,
                schema,
                constant,
            });
        }
        self.match_path(path, &mut found, pointer);
        found
    }

    fn client_value(
        &mut self,
        parameter: &Value,
        location: Location,
        pointer: &str,
    ) -> Option<ClientValue> {
        let value = parameter.get("x-client-value")?;
        let at = step(pointer, "x-client-value");
        if location != Location::Path {
            self.problem(&at, "only path parameters can be given to the client");
        }
        Some(ClientValue {
            label: self.need(value, &at, "label", "say what messages call the value"),
            env: self.need(value, &at, "env", "name the variable that holds it"),
        })
    }

    /// Path parameters in the order of the template; each side must know the other.
    fn match_path(&mut self, path: &str, found: &mut [Parameter], pointer: &str) {
        let mut names = Vec::new();
        for segment in path
            .split('/')
            .filter(|segment| segment.contains(['{', '}']))
        {
            match segment
                .strip_prefix('{')
                .and_then(|rest| rest.strip_suffix('}'))
            {
                Some(name) if !name.contains(['{', '}']) => names.push(name),
                _ => self.problem(
                    pointer,
                    format!("segment `{segment}`: a parameter must fill the whole segment"),
                ),
            }
        }
        for name in &names {
            if !found
                .iter()
                .any(|p| p.location == Location::Path && p.name == *name)
            {
                self.problem(
                    pointer,
                    format!("the path names `{name}`, which is no parameter"),
                );
            }
        }
        let position = |p: &Parameter| {
            names
                .iter()
                .position(|name| *name == p.name)
                .unwrap_or(usize::MAX)
        };
        for parameter in found.iter().filter(|p| p.location == Location::Path) {
            if position(parameter) == usize::MAX {
                self.problem(
                    pointer,
                    format!(
                        "the parameter `{}` doesn't stand in the path",
                        parameter.name
                    ),
                );
            }
        }
        found.sort_by_key(|p| {
            if p.location == Location::Path {
                position(p)
            } else {
                usize::MAX
            }
        });
    }

    fn body(&mut self, raw: &'a Value, pointer: &str) -> Option<Body> {
        let body = self.follow(raw.get("requestBody")?);
        let at = step(pointer, "requestBody");
        let content = body.get("content").and_then(Value::as_object);
        let mut content = content.into_iter().flatten();
        let (Some((media, value)), None) = (content.next(), content.next()) else {
            self.problem(&at, "a body has exactly one media type: split the operation with a path key such as `/path#form`");
            return None;
        };
        let kind = match media.as_str() {
            "application/json" => BodyKind::Json,
            "application/x-www-form-urlencoded" => BodyKind::Form,
            "multipart/form-data" => BodyKind::Multipart,
            other => {
                self.problem(&at, format!("media type `{other}` is not supported: use application/json, application/x-www-form-urlencoded or multipart/form-data"));
                return None;
            }
        };
        let parts = value.get("encoding").and_then(Value::as_object);
        let part_types = parts
            .into_iter()
            .flatten()
            .map(|(name, encoding)| (name.clone(), text(encoding.get("contentType"))));
        let example = example(value);
        if example.is_none() {
            self.problem(
                &at,
                "`example` is missing beside the schema: the wire test is made from it",
            );
        }
        Some(Body {
            kind,
            schema: value.get("schema").cloned().unwrap_or_default(),
            required: flag(body.get("required")),
            example: example.unwrap_or_default(),
            part_types: part_types.collect(),
        })
    }

    fn answers(&mut self, raw: &'a Value, pointer: &str) -> Vec<Answer> {
        let mut found = Vec::new();
        let at = step(pointer, "responses");
        for (status, answer) in raw
            .get("responses")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            if !status.starts_with('2') {
                continue;
            }
            let Ok(code) = status.parse::<u16>() else {
                self.problem(
                    &at,
                    format!("`{status}`: declare success answers by their exact status"),
                );
                continue;
            };
            let content = self.follow(answer).get("content");
            let json = content.and_then(|content| content.get("application/json"));
            let binary =
                content.is_some_and(|content| content.get("application/octet-stream").is_some());
            let schema = json.map(|json| json.get("schema").cloned().unwrap_or_default());
            let example = json.and_then(example);
            if json.is_some() && example.is_none() {
                self.problem(
                    &step(&at, status),
                    "`example` is missing beside the schema: the sandbox answers with it",
                );
            }
            found.push(Answer {
                status: code,
                schema,
                binary,
                example,
            });
        }
        if found.iter().any(|answer| answer.binary) && !found.iter().all(|answer| answer.binary) {
            self.problem(
                &at,
                "bytes and JSON can't both be success answers of one operation",
            );
        }
        if found.is_empty() {
            self.problem(&at, "no success answer is declared: write at least a '200'");
        }
        found
    }

    fn pagination(&mut self, raw: &Value, pointer: &str) -> Option<Pagination> {
        let value = raw.get("x-pagination")?;
        let at = step(pointer, "x-pagination");
        let param = self.need(
            value,
            &at,
            "param",
            "name the parameter that takes the cursor",
        );
        match text(value.get("style")).as_str() {
            "last-item" => {
                let field = self.need(
                    value,
                    &at,
                    "field",
                    "name the key of the last element that holds the cursor",
                );
                Some(Pagination::LastItem { param, field })
            }
            "cursor" => Some(Pagination::Cursor {
                param,
                next: self.need(
                    value,
                    &at,
                    "next",
                    "write the JSON pointer to the next cursor",
                ),
                items: self.need(
                    value,
                    &at,
                    "items",
                    "write the JSON pointer to the elements",
                ),
                conflicts: strings(value.get("conflicts")),
                more: Some(text(value.get("more"))).filter(|more| !more.is_empty()),
                after: value.get("after").map(|after| {
                    let at = step(&at, "after");
                    After {
                        param: self.need(
                            after,
                            &at,
                            "param",
                            "name the parameter that takes the id",
                        ),
                        field: self.need(
                            after,
                            &at,
                            "field",
                            "name the key of the last element that holds the id",
                        ),
                    }
                }),
            }),
            "page" => Some(Pagination::Page {
                param,
                size: self.need(
                    value,
                    &at,
                    "size",
                    "name the parameter that takes the size of a page",
                ),
                items: self.need(
                    value,
                    &at,
                    "items",
                    "write the JSON pointer to the elements",
                ),
                total: self.need(
                    value,
                    &at,
                    "total",
                    "write the JSON pointer to the number of elements on all pages",
                ),
            }),
            other => {
                self.problem(
                    &at,
                    format!("unknown style `{other}`: use last-item, cursor or page"),
                );
                None
            }
        }
    }

    fn envelope(&mut self, raw: &Value, pointer: &str) -> Vec<String> {
        let Some(value) = raw.get("x-envelope") else {
            return Vec::new();
        };
        let path = text(Some(value));
        let keys: Vec<String> = path.split('/').skip(1).map(str::to_owned).collect();
        if !path.starts_with('/') || keys.iter().any(String::is_empty) {
            self.problem(
                &step(pointer, "x-envelope"),
                "write a JSON pointer to the part that callers want, such as `/response/data`",
            );
        }
        keys
    }

    fn conflict_message(&mut self) -> Option<ConflictMessage> {
        let value = self.raw.get("x-conflict-message")?;
        let at = "/x-conflict-message";
        let texts = strings(value.get("texts"));
        if texts.is_empty() || texts.iter().any(|text| *text != text.to_lowercase()) {
            self.problem(
                at,
                "`texts` lists what the message contains, in small letters",
            );
        }
        let evidence = self.evidence(value, at);
        Some(ConflictMessage { texts, evidence })
    }

    fn error_in_success(&mut self) -> Option<ErrorInSuccess> {
        let value = self.raw.get("x-error-in-success")?;
        let at = "/x-error-in-success";
        let pointer = self.need(value, at, "pointer", "say where the word stands");
        let path: Vec<String> = pointer.split('/').skip(1).map(str::to_owned).collect();
        let usable = path.iter().all(|key| !key.is_empty() && !key.contains('~'));
        if !pointer.is_empty() && (path.is_empty() || !usable) {
            self.problem(
                at,
                "write a JSON pointer of object keys, such as `/response/status`",
            );
        }
        let word = self.need(value, at, "word", "say which word means a failure");
        let evidence = self.evidence(value, at);
        Some(ErrorInSuccess {
            path,
            word,
            evidence,
        })
    }

    fn rate_limit(&mut self, raw: &Value, pointer: &str) -> Option<RateLimit> {
        let value = raw.get("x-rate-limit")?;
        let at = step(pointer, "x-rate-limit");
        let requests = value.get("requests").and_then(Value::as_u64);
        let requests = requests.and_then(|number| u32::try_from(number).ok());
        let seconds = match text(value.get("per")).as_str() {
            "second" => 1,
            "minute" => 60,
            "hour" => 60 * 60,
            "day" => 24 * 60 * 60,
            _ => 0,
        };
        if requests.is_none_or(|number| number == 0) || seconds == 0 {
            self.problem(
                &at,
                "write `{requests: N, per: second | minute | hour | day}`",
            );
        }
        Some(RateLimit {
            requests: requests.unwrap_or_default(),
            seconds,
            shared: text(value.get("shared")),
            note: text(value.get("note")),
        })
    }

    fn idempotency_key(&mut self, raw: &Value, pointer: &str) -> Option<String> {
        let value = raw.get("x-idempotency-key")?;
        let at = step(pointer, "x-idempotency-key");
        Some(self.need(value, &at, "header", "name the header that takes the key"))
    }

    /// The value itself, or what its `$ref` points at.
    fn follow(&self, value: &'a Value) -> &'a Value {
        let target = value
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|reference| reference.strip_prefix('#'));
        target
            .and_then(|pointer| self.raw.pointer(pointer))
            .unwrap_or(value)
    }
}

/// The example of a media type: `example`, or the first of `examples`.
fn example(media: &Value) -> Option<Value> {
    let first = || {
        media
            .get("examples")?
            .as_object()?
            .values()
            .next()?
            .get("value")
    };
    media.get("example").or_else(first).cloned()
}

fn statuses(value: Option<&Value>) -> Vec<u16> {
    let items = value.and_then(Value::as_array).into_iter().flatten();
    items
        .filter_map(Value::as_u64)
        .filter_map(|status| u16::try_from(status).ok())
        .collect()
}

fn example_exceptions(value: Option<&Value>) -> Vec<ExampleException> {
    let items = value.and_then(Value::as_array).into_iter().flatten();
    items
        .map(|item| ExampleException {
            operation: text(item.get("operation")),
            failure: text(item.get("failure")),
            reason: text(item.get("reason")),
        })
        .collect()
}

fn webhooks(value: Option<&Value>) -> Vec<Webhook> {
    let items = value.and_then(Value::as_object).into_iter().flatten();
    let webhook = |(name, value): (&String, &Value)| Webhook {
        name: name.clone(),
        summary: text(value.get("summary")),
        schema: value.get("schema").cloned().unwrap_or_default(),
    };
    items.map(webhook).collect()
}
