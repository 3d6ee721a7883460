//! Data subject requests. Their answers have no container.

use serde_json::{Value, json};

use super::State;
use super::users::Identity;
use crate::accounts::call::{Outcome, Refused, Reply, bad, missing};

/// A registered request.
pub(super) struct Request {
    kind: String,
    status: String,
    /// Id of the user.
    user: String,
}

const PENDING: &str = "PENDING";
const DONE: &str = "DONE";

impl State {
    pub(super) fn request_create(&mut self, body: &Value) -> Outcome {
        let text = |pointer: &str| {
            let value = body.pointer(pointer).and_then(Value::as_str);
            value.unwrap_or_default().to_owned()
        };
        let (id, kind) = (text("/subject_request_id"), text("/subject_request_type"));
        let user = text("/subject_identities/0/identity_value");
        if id.is_empty() {
            return Err(bad("`subject_request_id` is empty: choose an id"));
        }
        if self.subject_requests.contains_key(&id) {
            return Err(bad(format!("Subject request {id} exists already")));
        }
        let Some(profile) = self.users.get(&Identity::Known(user.clone())) else {
            return Err(bad(format!("User {user} not found")));
        };
        let mut receipt = receipt(&id, &kind, &format!("{kind} request registered"));
        if kind == "portability" {
            receipt["profile"] = Value::Object(profile.clone());
        }
        let status = if kind == "erasure" { PENDING } else { DONE }.to_owned();
        self.subject_requests
            .insert(id, Request { kind, status, user });
        Ok(Reply::Json(receipt))
    }

    pub(super) fn request_get(&self, id: &str) -> Outcome {
        let request = self.subject_requests.get(id).ok_or_else(|| unknown(id))?;
        Ok(Reply::Json(json!({
            "subject_request_id": id, "subject_request_type": request.kind, "status": request.status,
        })))
    }

    pub(super) fn request_cancel(&mut self, id: &str) -> Outcome {
        let request = self
            .subject_requests
            .get_mut(id)
            .ok_or_else(|| unknown(id))?;
        if request.status != PENDING {
            return Err(bad(format!(
                "Subject request {id} is {} and can't be cancelled",
                request.status
            )));
        }
        "CANCELLED".clone_into(&mut request.status);
        let kind = request.kind.clone();
        Ok(Reply::Json(receipt(id, &kind, "The request was cancelled")))
    }

    /// Moves a request on. An erasure that is done takes the user's profile and events with it.
    pub(crate) fn set_request_status(&mut self, id: &str, status: &str) -> Result<(), String> {
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

fn unknown(id: &str) -> Refused {
    missing(format!("Subject request {id} not found"))
}

fn receipt(id: &str, kind: &str, message: &str) -> Value {
    json!({ "subject_request_id": id, "subject_request_type": kind, "message": message })
}
