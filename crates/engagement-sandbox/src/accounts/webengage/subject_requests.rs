//! Data subject requests. Their responses are not wrapped in `response`.

use serde_json::{Value, json};

use super::account::WebEngageAccount;
use super::model::{Identity, SubjectRequest};
use crate::accounts::response::{ApiError, ApiResponse, ApiResult, bad_request, not_found};

const PENDING: &str = "PENDING";
const DONE: &str = "DONE";

impl WebEngageAccount {
    pub(super) fn create_subject_request(&mut self, body: &Value) -> ApiResult {
        let text = |pointer: &str| {
            let value = body.pointer(pointer).and_then(Value::as_str);
            value.unwrap_or_default().to_owned()
        };
        let (id, kind) = (text("/subject_request_id"), text("/subject_request_type"));
        let user = text("/subject_identities/0/identity_value");
        if id.is_empty() {
            return Err(bad_request("`subject_request_id` is empty: choose an id"));
        }
        if self.subject_requests.contains_key(&id) {
            return Err(bad_request(format!("Subject request {id} exists already")));
        }
        let Some(profile) = self.users.get(&Identity::Known(user.clone())) else {
            return Err(bad_request(format!("User {user} not found")));
        };
        let mut receipt = receipt(&id, &kind, &format!("{kind} request registered"));
        if kind == "portability" {
            receipt["profile"] = Value::Object((**profile).clone());
        }
        let status = if kind == "erasure" { PENDING } else { DONE }.to_owned();
        self.subject_requests
            .insert(id, SubjectRequest { kind, status, user });
        Ok(ApiResponse::Json(receipt))
    }

    pub(super) fn get_subject_request(&self, id: &str) -> ApiResult {
        let request = self.subject_requests.get(id).ok_or_else(|| unknown(id))?;
        Ok(ApiResponse::Json(json!({
            "subject_request_id": id, "subject_request_type": request.kind, "status": request.status,
        })))
    }

    pub(super) fn cancel_subject_request(&mut self, id: &str) -> ApiResult {
        let request = self
            .subject_requests
            .get_mut(id)
            .ok_or_else(|| unknown(id))?;
        if request.status != PENDING {
            return Err(bad_request(format!(
                "Subject request {id} is {} and can't be cancelled",
                request.status
            )));
        }
        "CANCELLED".clone_into(&mut request.status);
        let kind = request.kind.clone();
        Ok(ApiResponse::Json(receipt(
            id,
            &kind,
            "The request was cancelled",
        )))
    }

    /// Sets the status of a request. An erasure with the status `DONE` deletes the user's profile and events.
    pub(crate) fn set_subject_request_status(
        &mut self,
        id: &str,
        status: &str,
    ) -> Result<(), String> {
        let found = self.subject_requests.get_mut(id);
        let request = found.ok_or_else(|| unknown(id).message)?;
        status.clone_into(&mut request.status);
        if request.kind == "erasure" && status == DONE {
            self.users.remove(&Identity::Known(request.user.clone()));
            let user = json!(request.user);
            self.events.retain(|event| event["userId"] != user);
        }
        Ok(())
    }
}

fn unknown(id: &str) -> ApiError {
    not_found(format!("Subject request {id} not found"))
}

fn receipt(id: &str, kind: &str, message: &str) -> Value {
    json!({ "subject_request_id": id, "subject_request_type": kind, "message": message })
}
