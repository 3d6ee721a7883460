//! Converting and validating the parameters and the body of a request.

use engagement_document::{BodyKind, Location, Parameter};
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::body::RequestBody;
use super::{form, multipart};
use crate::accounts::call::UploadedFile;
use crate::accounts::json::Object;
use crate::accounts::response::{ApiError, bad_request};
use crate::provider::Provider;
use crate::provider::schemas::{OperationSchemas, violations};

/// The parameters of a request, decoded.
pub(crate) struct Parameters<'a> {
    pub(crate) path: &'a [(String, String)],
    pub(crate) query: &'a [(String, String)],
    pub(crate) headers: &'a HeaderMap,
}

impl Parameters<'_> {
    /// All values of a parameter.
    fn values(&self, parameter: &Parameter) -> Vec<String> {
        let pairs = match parameter.location {
            Location::Path => self.path,
            Location::Query => self.query,
            Location::Header => {
                let values = self.headers.get_all(&parameter.name).iter();
                let texts = values.filter_map(|value| value.to_str().ok());
                return texts.map(str::to_owned).collect();
            }
        };
        let named = pairs.iter().filter(|(name, _)| *name == parameter.name);
        named.map(|(_, value)| value.clone()).collect()
    }
}

fn schemas(provider: &Provider, position: usize) -> Result<&OperationSchemas, ApiError> {
    let schemas = provider.schemas(position);
    schemas.map_err(|why| ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, why))
}

/// Converts and validates the parameters of the operation at a position in the document.
pub(crate) fn parameters(
    provider: &Provider,
    position: usize,
    given: &Parameters<'_>,
) -> Result<Object, ApiError> {
    let operation = &provider.document.operations[position];
    let validators = &schemas(provider, position)?.parameters;
    let mut converted = Object::new();
    for (parameter, validator) in operation.parameters.iter().zip(validators) {
        let kind = match parameter.location {
            Location::Path => "path parameter",
            Location::Query => "query parameter",
            Location::Header => "header",
        };
        let values = given.values(parameter);
        if values.is_empty() {
            if parameter.required {
                return Err(bad_request(format!(
                    "{kind} `{}` is missing: {}",
                    parameter.name, parameter.description
                )));
            }
            continue;
        }
        let value = form::convert(&provider.document.schemas, &parameter.schema, &values);
        let name = format!("{kind} `{}`", parameter.name);
        if let Some(message) = violations(validator, &value, &name) {
            return Err(bad_request(message));
        }
        converted.insert(parameter.name.clone(), value);
    }
    Ok(converted)
}

/// Parses and validates the body of the operation at a position in the document, with the files of a multipart body.
/// An operation without a body has null. If `as_form` is set, the body is a form in place of JSON.
pub(crate) fn body(
    provider: &Provider,
    position: usize,
    received: &RequestBody,
    as_form: bool,
) -> Result<(Value, Vec<UploadedFile>), ApiError> {
    let operation = &provider.document.operations[position];
    let Some(body) = &operation.body else {
        return Ok((Value::Null, Vec::new()));
    };
    let schemas = &provider.document.schemas;
    let bytes = received.bytes.as_ref();
    let kind = if as_form { BodyKind::Form } else { body.kind };
    let (value, files) = match kind {
        BodyKind::Multipart => multipart::object(schemas, body, received.parts()?)?,
        BodyKind::Form => (form::parse(schemas, &body.schema, bytes)?, Vec::new()),
        BodyKind::Raw => return Ok((Value::Null, Vec::new())),
        BodyKind::Json if bytes.is_empty() && !body.required => {
            return Ok((Value::Null, Vec::new()));
        }
        BodyKind::Json if bytes.is_empty() => {
            return Err(bad_request(format!(
                "the body is empty: `{}` takes a JSON body",
                operation.id
            )));
        }
        BodyKind::Json => {
            let value = serde_json::from_slice(bytes)
                .map_err(|e| bad_request(format!("the body is not JSON: {e}")))?;
            (value, Vec::new())
        }
    };
    validate_body(provider, position, &value)?;
    Ok((value, files))
}

/// Validates a parsed body.
pub(crate) fn validate_body(
    provider: &Provider,
    position: usize,
    value: &Value,
) -> Result<(), ApiError> {
    let operation = &provider.document.operations[position];
    if let Some(message) = (provider.config.body_error)(&operation.id, value) {
        return Err(bad_request(message));
    }
    let validator = schemas(provider, position)?.body.as_ref();
    let message = validator.and_then(|validator| violations(validator, value, "body"));
    // A copy costs time, and most bodies are valid as they are.
    let message = message.and_then(|_| {
        let mut value = value.clone();
        (provider.config.tolerated)(&operation.id, &mut value);
        violations(validator?, &value, "body")
    });
    message.map_or(Ok(()), |message| Err(bad_request(message)))
}
