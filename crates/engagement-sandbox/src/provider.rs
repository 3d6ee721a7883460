//! The providers: their documents, and what sets each one apart.

use std::sync::OnceLock;

use engagement_document::{Answer as Documented, BodyKind, Document, Location, Operation, Schemas};
use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::{Map, Value, json};

use crate::answer::{Call, Outcome, Refused, bad};
use crate::router::Router;
use crate::{Message, body, engage, engagebay};

/// The state of a provider's account.
pub(crate) trait Platform: Send {
    /// Does what an operation does. The call is valid by the document.
    fn call(&mut self, operation: &str, call: &Call) -> Outcome;

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

/// What sets a provider apart.
pub(crate) struct Profile {
    /// Its name in the document and in URLs.
    pub(crate) name: &'static str,
    document: &'static str,
    /// Whether its routes are served without the version too.
    unversioned: bool,
    /// Whether it answers XML unless JSON is asked for.
    pub(crate) xml_by_default: bool,
    /// The body that tells of wrong credentials.
    pub(crate) unauthorised: fn() -> Value,
    /// Operations whose body it takes without looking, apart from these fields.
    unread: &'static [(&'static str, &'static [&'static str])],
    /// A fresh account.
    pub(crate) state: fn(&'static Provider) -> Box<dyn Platform>,
}

static PROFILES: [Profile; 2] = [
    Profile {
        name: "engagebay",
        document: include_str!("../documents/engagebay.json"),
        unversioned: false,
        xml_by_default: true,
        unauthorised: || json!({ "error": "UnAuthenticated User", "status": "401" }),
        unread: &[],
        state: |provider| Box::new(engagebay::State::new(provider)),
    },
    Profile {
        name: "engage",
        document: include_str!("../documents/engage.json"),
        unversioned: true,
        xml_by_default: false,
        unauthorised: || json!({ "error": "Wrong authentication credentials." }),
        unread: &[("batch_queue", &["data"])],
        state: |provider| Box::new(engage::State::new(provider)),
    },
];

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
            .map_err(|why| Refused {
                status: http::StatusCode::INTERNAL_SERVER_ERROR,
                message: why.clone(),
            })
    }

    /// Converts and validates the parameters of an operation: `path` holds the decoded values from the path.
    pub(crate) fn parameters(
        &self,
        at: usize,
        path: &[(String, String)],
        query: &[(String, String)],
        headers: &http::HeaderMap,
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
            let value = body::typed(&self.document.schemas, &parameter.schema, &texts);
            if let Some(problem) =
                problems(validator, &value, &format!("{place} `{}`", parameter.name))
            {
                return Err(bad(problem));
            }
            found.insert(parameter.name.clone(), value);
        }
        Ok(found)
    }

    /// Parses and validates the body of an operation; null when it has none.
    pub(crate) fn body(&self, at: usize, bytes: &[u8]) -> Result<Value, Refused> {
        let operation = &self.document.operations[at];
        let Some(body) = &operation.body else {
            return Ok(Value::Null);
        };
        let value = match body.kind {
            BodyKind::Form => body::form(&self.document.schemas, &body.schema, bytes)?,
            BodyKind::Json if bytes.is_empty() && !body.required => return Ok(Value::Null),
            BodyKind::Json if bytes.is_empty() => {
                return Err(bad(format!(
                    "the body is empty: `{}` takes a JSON body",
                    operation.id
                )));
            }
            BodyKind::Json => serde_json::from_slice(bytes)
                .map_err(|e| bad(format!("the body is not JSON: {e}")))?,
        };
        self.valid_body(at, &value)?;
        Ok(value)
    }

    /// Validates a body that is JSON already.
    pub(crate) fn valid_body(&self, at: usize, value: &Value) -> Result<(), Refused> {
        let found = self
            .checks(at)?
            .body
            .as_ref()
            .and_then(|validator| problems(validator, value, "body"));
        found.map_or(Ok(()), |problem| Err(bad(problem)))
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
