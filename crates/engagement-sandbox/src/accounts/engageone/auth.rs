//! Logins, and the credentials of other calls.

use engagement_document::Operation;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::account::EngageOneAccount;
use super::tokens::Tokens;
use crate::accounts::response::{ApiError, ApiResponse, ApiResult};
use crate::provider::credentials::bearer_token;

const CUSTOMER_HEADER: &str = "pb-customer-id";
/// The environment variables of the credentials, with the fields of a login's body.
const LOGIN_FIELDS: [(&str, &str); 3] = [
    ("ENGAGEONE_CUSTOMER_ID", "customer_id"),
    ("ENGAGEONE_CLIENT_ID", "client_id"),
    ("ENGAGEONE_SECRET", "secret"),
];

impl EngageOneAccount {
    /// Issues a token for the account's customer.
    pub(crate) fn issue_token(&mut self) -> String {
        let customer = self.credentials.get("ENGAGEONE_CUSTOMER_ID");
        let client = self.credentials.get("ENGAGEONE_CLIENT_ID");
        self.tokens.issue(customer, client, self.clock.now())
    }

    pub(crate) fn tokens(&mut self) -> &mut Tokens {
        &mut self.tokens
    }

    pub(crate) fn logins(&self) -> u64 {
        self.logins
    }

    pub(super) fn login(&mut self, body: &Value) -> ApiResult {
        let matches = |(variable, field): &(&str, &str)| {
            body[*field].as_str() == Some(self.credentials.get(variable))
        };
        if !LOGIN_FIELDS.iter().all(matches) {
            return Err(ApiError::new(
                StatusCode::UNAUTHORIZED,
                "The customer id, client id and secret don't belong together",
            ));
        }
        self.logins += 1;
        Ok(ApiResponse::Json(self.issue_token().into()))
    }

    /// Checks the token and the presence of the customer's header (401).
    pub(super) fn check_token(
        &self,
        operation: &Operation,
        headers: &HeaderMap,
    ) -> Result<Vec<String>, String> {
        let Some(schemes) = operation.security.first() else {
            return Ok(Vec::new());
        };
        let token = bearer_token(headers)
            .ok_or("the request has no `Authorization` header with `Bearer ` and a token")?;
        self.tokens.check(token, self.clock.now())?;
        if !headers.contains_key(CUSTOMER_HEADER) {
            return Err("the request has no `PB-Customer-Id` header".to_owned());
        }
        Ok(schemes.clone())
    }

    /// Checks that the token was issued to the customer of the header (403).
    pub(super) fn check_customer(
        &self,
        operation: &Operation,
        headers: &HeaderMap,
    ) -> Result<(), ApiError> {
        if operation.security.is_empty() {
            return Ok(());
        }
        let owner = bearer_token(headers).and_then(|token| self.tokens.customer(token));
        let given = headers.get(CUSTOMER_HEADER).map(|value| value.as_bytes());
        if owner.map(str::as_bytes) == given {
            return Ok(());
        }
        Err(ApiError::new(
            StatusCode::FORBIDDEN,
            "The token was not issued to the customer in PB-Customer-Id, which is case-sensitive",
        ))
    }
}
