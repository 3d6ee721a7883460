//! The providers: their documents, and what sets each one apart.

pub(crate) mod config;

use std::any::Any;
use std::sync::OnceLock;

use engagement_document::{
    Answer as Documented, BodyKind, Document, Location, Operation, Schemas, SchemeKind, Server,
};
use http::header::ACCEPT;
use http::{HeaderMap, StatusCode};
use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::{Map, Value, json};

use crate::Message;
use crate::accounts::call::{Call, Outcome, Refused, UploadedFile, bad, refused};
use crate::http::auth::Credentials;
use crate::http::body::Received;
use crate::http::router::Router;
use crate::http::{form, multipart};
use crate::provider::config::{PROFILES, Profile};

/// How the sandbox was started, as far as accounts need to know.
#[derive(Debug, Clone, Default)]
pub(crate) struct Settings {
    /// The provider's credentials; [`secret`](crate::http::auth::secret) looks one up.
    pub(crate) credentials: Credentials,
    /// Whether [`Platform::call`] is never called, because examples are answered instead.
    pub(crate) examples_only: bool,
}

/// The state of a provider's account. Handles reach its own type through [`Sandbox::ask`](crate::Sandbox).
pub(crate) trait Platform: Any + Send {
    /// Does what an operation does. The call is valid by the document.
    fn call(&mut self, operation: &str, call: &Call) -> Outcome;

    /// Told once, before anything else.
    fn configure(&mut self, _settings: &Settings) {}

    /// Decides by itself whether a request may use an operation: the names of the schemes that it meets, or what is
    /// wrong with its credentials. `None` leaves that to the schemes of the document.
    fn authorise(
        &self,
        _operation: &Operation,
        _call_headers: &HeaderMap,
        _credentials: &Credentials,
    ) -> Option<Result<Vec<String>, String>> {
        None
    }

    /// Refuses a request whose credentials are good, but not for this.
    fn permit(&self, _operation: &Operation, _call_headers: &HeaderMap) -> Result<(), Refused> {
        Ok(())
    }

    /// Messages it was told to send.
    fn messages(&self) -> Vec<Message> {
        Vec::new()
    }

    /// Events it was told of.
    fn events(&self) -> Vec<Value> {
        Vec::new()
    }

    /// What it took and then dropped without a word to the caller, with the reason.
    fn dropped(&self) -> Vec<String> {
        Vec::new()
    }
}

/// A provider, its document read and its routes laid out.
pub(crate) struct Provider {
    pub(crate) profile: &'static Profile,
    pub(crate) document: Document,
    pub(crate) router: Router,
    /// One for each of the document's operations.
    checks: Vec<OnceLock<Result<Checks, String>>>,
}

/// The compiled schemas of an operation.
struct Checks {
    /// One for each of its parameters.
    parameters: Vec<Validator>,
    body: Option<Validator>,
}

/// All providers, read once per process.
pub(crate) fn all() -> Result<&'static [Provider], String> {
    static ALL: OnceLock<Result<Vec<Provider>, String>> = OnceLock::new();
    let read = ALL.get_or_init(|| PROFILES.iter().map(Provider::new).collect());
    read.as_deref().map_err(Clone::clone)
}

impl Provider {
    fn new(profile: &'static Profile) -> Result<Self, String> {
        let document = Document::from_json(profile.document)
            .map_err(|e| format!("documents/{}.json: {e}", profile.name))?;
        let router = Router::new(&document, profile.unversioned);
        let checks = document
            .operations
            .iter()
            .map(|_| OnceLock::new())
            .collect();
        Ok(Self {
            profile,
            document,
            router,
            checks,
        })
    }

    fn checks(&self, at: usize) -> Result<&Checks, Refused> {
        let compile = || Checks::new(self.profile, &self.document, &self.document.operations[at]);
        // Only a broken document gets here; the tests of this crate compile every schema.
        self.checks[at]
            .get_or_init(compile)
            .as_ref()
            .map_err(|why| refused(StatusCode::INTERNAL_SERVER_ERROR, why.clone()))
    }

    /// Converts and validates the parameters of an operation: `path` holds the decoded values from the path.
    pub(crate) fn parameters(
        &self,
        at: usize,
        path: &[(String, String)],
        query: &[(String, String)],
        headers: &HeaderMap,
    ) -> Result<Map<String, Value>, Refused> {
        let operation = &self.document.operations[at];
        let checks = self.checks(at)?;
        let mut found = Map::new();
        for (parameter, validator) in operation.parameters.iter().zip(&checks.parameters) {
            let pairs = match parameter.location {
                Location::Path => path,
                Location::Query => query,
                Location::Header => &[],
            };
            let named = pairs.iter().filter(|(name, _)| *name == parameter.name);
            let mut texts: Vec<String> = named.map(|(_, value)| value.clone()).collect();
            if parameter.location == Location::Header {
                let values = headers.get_all(&parameter.name).iter();
                texts.extend(
                    values
                        .filter_map(|value| value.to_str().ok())
                        .map(str::to_owned),
                );
            }
            let place = match parameter.location {
                Location::Path => "path parameter",
                Location::Query => "query parameter",
                Location::Header => "header",
            };
            if texts.is_empty() {
                if parameter.required {
                    return Err(bad(format!(
                        "{place} `{}` is missing: {}",
                        parameter.name, parameter.description
                    )));
                }
                continue;
            }
            let value = form::typed(&self.document.schemas, &parameter.schema, &texts);
            if let Some(problem) =
                problems(validator, &value, &format!("{place} `{}`", parameter.name))
            {
                return Err(bad(problem));
            }
            found.insert(parameter.name.clone(), value);
        }
        Ok(found)
    }

    /// Parses and validates the body of an operation; null when it has none. With it come the files of a form.
    pub(crate) fn body(
        &self,
        at: usize,
        received: &Received,
    ) -> Result<(Value, Vec<UploadedFile>), Refused> {
        let operation = &self.document.operations[at];
        let Some(body) = &operation.body else {
            return Ok((Value::Null, Vec::new()));
        };
        let schemas = &self.document.schemas;
        let bytes = received.bytes.as_ref();
        let (value, files) = match body.kind {
            BodyKind::Multipart => multipart::object(schemas, body, received.parts()?)?,
            BodyKind::Form => (form::form(schemas, &body.schema, bytes)?, Vec::new()),
            BodyKind::Json if bytes.is_empty() && !body.required => {
                return Ok((Value::Null, Vec::new()));
            }
            BodyKind::Json if bytes.is_empty() => {
                return Err(bad(format!(
                    "the body is empty: `{}` takes a JSON body",
                    operation.id
                )));
            }
            BodyKind::Json => {
                let value = serde_json::from_slice(bytes)
                    .map_err(|e| bad(format!("the body is not JSON: {e}")))?;
                (value, Vec::new())
            }
        };
        self.valid_body(at, &value)?;
        Ok((value, files))
    }

    /// Validates a body that is JSON already.
    pub(crate) fn valid_body(&self, at: usize, value: &Value) -> Result<(), Refused> {
        let operation = &self.document.operations[at];
        if let Some(words) = (self.profile.complaint)(&operation.id, value) {
            return Err(bad(words));
        }
        let found = self
            .checks(at)?
            .body
            .as_ref()
            .and_then(|validator| problems(validator, value, "body"));
        found.map_or(Ok(()), |problem| Err(bad(problem)))
    }

    /// The first path segment under which a host of the document is served.
    pub(crate) fn mount(&self, server: &Server) -> String {
        if self.profile.separate_hosts && server.name != "api" {
            format!("{}.{}", self.profile.name, server.name)
        } else {
            self.profile.name.to_owned()
        }
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

    /// Whether the body of an operation has a secret in it.
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
        self.document
            .operations
            .iter()
            .position(|operation| operation.id == id)
    }

    /// The documented example answer of an operation.
    pub(crate) fn example(&self, id: &str) -> Option<&Value> {
        self.document
            .operation(id)?
            .answers
            .first()?
            .example
            .as_ref()
    }
}

impl Checks {
    fn new(profile: &Profile, document: &Document, operation: &Operation) -> Result<Self, String> {
        let compile = |schema: &Value| {
            jsonschema::validator_for(schema)
                .map_err(|e| format!("the document's schema of `{}` is broken: {e}", operation.id))
        };
        let of = |schema: &Value| compile(&document.schemas.json_schema(schema));
        let parameters = operation
            .parameters
            .iter()
            .map(|parameter| of(&parameter.schema))
            .collect::<Result<_, _>>()?;
        let unread = profile.unread.iter().find(|(id, _)| *id == operation.id);
        let body = match (&operation.body, unread) {
            (None, _) => None,
            (Some(body), None) => Some(of(&body.schema)?),
            (Some(body), Some((_, fields))) => {
                Some(compile(&shell(&document.schemas, &body.schema, fields))?)
            }
        };
        Ok(Self { parameters, body })
    }
}

/// A schema that looks at an object's keys and at the type of the named ones, not at what is in them.
fn shell(schemas: &Schemas, schema: &Value, fields: &[&str]) -> Value {
    let properties = schemas.properties(schema);
    let kind = |name: &str| {
        let schema = properties.iter().find(|(known, _)| *known == name);
        schema.map_or(
            json!({}),
            |(_, schema)| json!({ "type": schemas.resolve(schema).get("type") }),
        )
    };
    let kinds: Map<String, Value> = fields
        .iter()
        .map(|&name| (name.to_owned(), kind(name)))
        .collect();
    let required: Vec<&str> = schemas.required(schema).into_iter().collect();
    json!({ "type": "object", "required": required, "properties": kinds })
}

/// A validator for a schema of a document.
pub(crate) fn validator(schemas: &Schemas, schema: &Value) -> Option<Validator> {
    jsonschema::validator_for(&schemas.json_schema(schema)).ok()
}

/// What a value breaks, as `place/path: reason`; never the value itself.
pub(crate) fn problems(validator: &Validator, value: &Value, place: &str) -> Option<String> {
    let mut found: Vec<String> = Vec::new();
    for error in validator.iter_errors(value).take(3) {
        let (path, reason) = deepest(&error);
        found.push(format!("{place}{path}: {reason}"));
    }
    if found.is_empty() {
        None
    } else {
        Some(found.join("; "))
    }
}

/// For a choice of shapes, what the shape that got furthest says.
fn deepest(error: &ValidationError<'_>) -> (String, String) {
    let path = error.instance_path().to_string();
    let ValidationErrorKind::AnyOf { context } = error.kind() else {
        return (path, error.masked().to_string());
    };
    let all: Vec<(String, String)> = context
        .iter()
        .filter_map(|branch| branch.first())
        .map(deepest)
        .collect();
    let depth = |path: &str| path.matches('/').count();
    match all.iter().max_by_key(|(path, _)| depth(path)) {
        Some(best) if depth(&best.0) > depth(&path) => best.clone(),
        _ => {
            let reasons: Vec<String> = all.into_iter().map(|(_, reason)| reason).collect();
            (
                path,
                format!("value fits none of its shapes: {}", reasons.join(", nor: ")),
            )
        }
    }
}

/// The documented answer that a reply takes its status from.
pub(crate) fn documented(operation: &Operation, with_body: bool) -> Option<&Documented> {
    if with_body {
        operation.typed_answer().or(operation.answers.first())
    } else {
        operation.answers.first()
    }
}

/// Whether a request says that it takes JSON.
pub(crate) fn asks_for_json(headers: &HeaderMap) -> bool {
    let mut values = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok());
    values.any(|value| value.to_ascii_lowercase().contains("application/json"))
}
