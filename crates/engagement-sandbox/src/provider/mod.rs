//! The providers: the document and the settings of each.

pub(crate) mod config;
pub(crate) mod credentials;
pub(crate) mod schemas;

use std::sync::OnceLock;
use std::thread;

use engagement_document::{Document, SchemeKind, Server};
use http::StatusCode;
use serde_json::{Value, json};

use crate::generated::DOCUMENTS;
use config::ProviderConfig;
use schemas::OperationSchemas;

/// A provider with its parsed document.
pub(crate) struct Provider {
    /// Its name in the document and in URLs.
    pub(crate) name: &'static str,
    /// The environment variables that clients read credentials and account ids from, with their default values.
    pub(crate) credentials: Vec<(String, String)>,
    pub(crate) config: &'static ProviderConfig,
    pub(crate) document: Document,
    /// The file of the document.
    text: &'static str,
    /// One for each of the document's operations, compiled on first use.
    schemas: Vec<OnceLock<Result<OperationSchemas, String>>>,
}

/// All providers. Their documents are parsed once per process.
pub(crate) fn all() -> Result<&'static [Provider], String> {
    static ALL: OnceLock<Result<Vec<Provider>, String>> = OnceLock::new();
    let parsed = ALL.get_or_init(parse_all);
    parsed.as_deref().map_err(Clone::clone)
}

/// Parses the documents side by side: they take most of the time in which a sandbox starts.
fn parse_all() -> Result<Vec<Provider>, String> {
    thread::scope(|scope| {
        let spawn = |document| scope.spawn(move || Provider::new(document));
        let threads: Vec<_> = DOCUMENTS.iter().map(spawn).collect();
        let parsed = threads.into_iter().map(|thread| {
            let ended = thread.join();
            ended.unwrap_or_else(|_| Err("reading a document panicked".to_owned()))
        });
        parsed.collect()
    })
}

impl Provider {
    fn new((name, text): &(&'static str, &'static str)) -> Result<Self, String> {
        let document =
            Document::from_json(text).map_err(|e| format!("documents/{name}.json: {e}"))?;
        let config = config::of(name);
        let schemas = document
            .operations
            .iter()
            .map(|_| OnceLock::new())
            .collect();
        Ok(Self {
            name,
            credentials: default_credentials(config, &document),
            config,
            document,
            text,
            schemas,
        })
    }

    /// The compiled schemas of the operation at a position in the document.
    ///
    /// Fails only for a broken document: the tests of this crate compile every schema.
    pub(crate) fn schemas(&self, position: usize) -> Result<&OperationSchemas, String> {
        let compile = || {
            let operation = &self.document.operations[position];
            let mut unvalidated = self.config.unvalidated.iter();
            let unvalidated = unvalidated.find(|(id, _)| *id == operation.id);
            let unvalidated = unvalidated.map(|(_, fields)| *fields);
            OperationSchemas::new(&self.document, operation, unvalidated)
        };
        let compiled = self.schemas[position].get_or_init(compile);
        compiled.as_ref().map_err(Clone::clone)
    }

    /// The first path segment under which a host of the document is served.
    pub(crate) fn mount(&self, server: &Server) -> String {
        if self.config.separate_hosts && server.name != "api" {
            format!("{}.{}", self.name, server.name)
        } else {
            self.name.to_owned()
        }
    }

    /// The body of a response to wrong credentials.
    pub(crate) fn unauthorised_body(&self) -> Value {
        match self.config.unauthorised {
            Some(body) => body(),
            None => self.error_body(StatusCode::UNAUTHORIZED, "wrong credentials"),
        }
    }

    /// The body of any other error response.
    pub(crate) fn error_body(&self, status: StatusCode, message: &str) -> Value {
        if let Some(body) = self.config.error {
            return body(status, message);
        }
        let pointer = self.document.error_message.first();
        let keys: Vec<&str> = pointer
            .map_or("/error", String::as_str)
            .split('/')
            .collect();
        let keys = keys[1..].iter().rev();
        keys.fold(json!(message), |inner, key| match *key {
            "0" => json!([inner]),
            key => json!({ key: inner }),
        })
    }

    /// Names of the headers that hold credentials of their own.
    pub(crate) fn credential_headers(&self) -> impl Iterator<Item = &str> {
        self.document
            .schemes
            .iter()
            .filter_map(|scheme| match &scheme.kind {
                SchemeKind::Header(name) => Some(name.as_str()),
                SchemeKind::Basic | SchemeKind::BasicUserOnly | SchemeKind::Bearer => None,
            })
    }

    /// Whether the body of an operation holds a secret.
    pub(crate) fn takes_secret(&self, operation: &str) -> bool {
        let operation = self.document.operation(operation);
        let Some(body) = operation.and_then(|operation| operation.body.as_ref()) else {
            return false;
        };
        let properties = self.document.schemas.properties(&body.schema);
        properties
            .iter()
            .any(|(_, schema)| schema.get("format").and_then(Value::as_str) == Some("password"))
    }

    /// Position of an operation in the document.
    pub(crate) fn position(&self, id: &str) -> Option<usize> {
        let mut operations = self.document.operations.iter();
        operations.position(|operation| operation.id == id)
    }

    /// The field of an operation's body that holds a list of records: empty if the body itself is the list, `None` if it
    /// has none.
    pub(crate) fn list_in_body(&self, id: &str) -> Option<&str> {
        let schemas = &self.document.schemas;
        let body = self.document.operation(id)?.body.as_ref()?;
        let is_list = |schema: &Value| schemas.resolve(schema)["type"] == "array";
        if is_list(&body.schema) {
            return Some("");
        }
        let properties = schemas.properties(&body.schema);
        let of_records = |schema: &Value| {
            let items = &schemas.resolve(schema)["items"];
            is_list(schema) && schemas.resolve(items)["type"] != "string"
        };
        let found = properties.iter().find(|(_, schema)| of_records(schema));
        let found = found.or_else(|| properties.iter().find(|(_, schema)| is_list(schema)));
        found.map(|(name, _)| *name)
    }

    /// Where the document has an operation, or the parameter of this name, or the field of a schema of its body: a file of
    /// this crate with the number of the line.
    pub(crate) fn place(&self, id: &str, schema: Option<&Value>, field: &str) -> String {
        let text = self.text;
        let find = |from: usize, what: &str| Some(from + text.get(from..)?.find(what)?);
        let operation = find(0, &format!("\"operationId\":\"{id}\""));
        let reference = schema.and_then(|schema| {
            // A property with a description of its own refers to its schema in `allOf`.
            let schema = schema.pointer("/allOf/0").unwrap_or(schema);
            schema.get("$ref")?.as_str()
        });
        let named = reference.and_then(|reference| {
            let name = reference.rsplit('/').next()?;
            find(find(0, "\"schemas\":{")?, &format!("\"{name}\":{{"))
        });
        let of_field = || {
            let property = named.and_then(|schema| find(schema, &format!("\"{field}\":{{")));
            let parameter = || find(operation?, &format!("\"name\":\"{field}\""));
            property.or_else(parameter)
        };
        let at = if field.is_empty() { None } else { of_field() };
        let at = at.or(operation).unwrap_or_default();
        let line = 1 + text[..at].matches('\n').count();
        format!("documents/{}.json:{line}", self.name)
    }

    /// The documented example of an operation's response.
    pub(crate) fn example(&self, id: &str) -> Option<&Value> {
        let operation = self.document.operation(id)?;
        operation.responses.first()?.example.as_ref()
    }

    /// Whether the document lists a response of an operation with this status.
    pub(crate) fn documents_status(&self, id: &str, status: u16) -> bool {
        self.document.operation(id).is_some_and(|operation| {
            let mut responses = operation.responses.iter();
            responses.any(|response| response.status == status)
        })
    }
}

/// The variables of the settings, or of a provider without settings all that the document names.
fn default_credentials(config: &ProviderConfig, document: &Document) -> Vec<(String, String)> {
    let known = config.credentials.iter();
    let mut found: Vec<(String, String)> = known
        .map(|(variable, value)| ((*variable).to_owned(), (*value).to_owned()))
        .collect();
    if !found.is_empty() {
        return found;
    }
    let parameters = document.operations.iter().flat_map(|it| &it.parameters);
    let values = parameters.filter_map(|parameter| parameter.client_value.as_ref());
    let variables = document.schemes.iter().flat_map(|scheme| &scheme.env);
    for variable in variables.chain(values.map(|value| &value.env)) {
        if !found.iter().any(|(known, _)| known == variable) {
            let words = variable.to_lowercase().replace('_', "-");
            found.push((variable.clone(), format!("sandbox-{words}")));
        }
    }
    found
}
