//! Transactional sends.

use serde_json::Value;

use super::account::EngageOneAccount;
use super::model::EngageOneSend;
use crate::accounts::json::array;
use crate::accounts::response::{ApiError, bad_request, not_found};

impl EngageOneAccount {
    /// Accepts a send, and returns its id. An invalid record refuses the whole send.
    pub(super) fn send(
        &mut self,
        version: u8,
        campaign: &str,
        body: &Value,
    ) -> Result<String, ApiError> {
        let text = |field: &str| body[field].as_str().unwrap_or_default();
        let (communication, sender) = (text("communication"), text("sender"));
        let existing = self.communications.as_ref();
        if existing.is_some_and(|names| !names.contains(communication)) {
            return Err(not_found(format!(
                "There is no communication {communication}"
            )));
        }
        let verified = self.senders.as_ref();
        if verified.is_some_and(|addresses| !addresses.contains(sender)) {
            return Err(bad_request(format!(
                "The sender address {sender} is not verified"
            )));
        }
        let recipients = recipients(body)?;
        let id = format!("{:08x}-{:04}", self.created, self.sends.count() + 1);
        let send = EngageOneSend {
            id: id.clone(),
            campaign: campaign.to_owned(),
            version,
            recipients,
            body: body.clone(),
        };
        self.sends.push((self.clock.now(), send));
        Ok(id)
    }

    pub(crate) fn sends(&self) -> Vec<EngageOneSend> {
        let sends = self.sends.iter();
        sends.map(|(_, send)| send.clone()).collect()
    }

    /// Adds a communication; from the first one on, only those added exist.
    pub(crate) fn add_communication(&mut self, name: String) {
        self.communications.get_or_insert_default().insert(name);
    }

    /// Adds a verified address; from the first one on, only those added are verified.
    pub(crate) fn add_sender(&mut self, address: String) {
        self.senders.get_or_insert_default().insert(address);
    }
}

/// The addresses in the records of a send.
fn recipients(body: &Value) -> Result<Vec<String>, ApiError> {
    let path = body["email_json_path"].as_str().unwrap_or_default();
    let ignore = body["ignore_missing_fields"] == true;
    let mut recipients = Vec::new();
    for (index, record) in array(body, "dataset").iter().enumerate() {
        match address(record, path) {
            Some(address) => recipients.push(address.to_owned()),
            None if ignore => {}
            None => {
                return Err(bad_request(format!(
                    "dataset/{index}: there is no address at `{path}`, the email_json_path"
                )));
            }
        }
    }
    Ok(recipients)
}

/// The address in a record. The path is the name of a field, or a JSONPath over all records such as `$[*].email`.
pub(super) fn address<'a>(record: &'a Value, path: &str) -> Option<&'a str> {
    let value = record.get(path).or_else(|| {
        let mut fields = path.strip_prefix("$[*].")?.split('.');
        fields.try_fold(record, |value, field| value.get(field))
    });
    value
        .and_then(Value::as_str)
        .filter(|address| !address.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn addresses_are_found_by_field_and_by_path() {
        let record = json!({ "email": "a@example.com", "who": { "mail": "b@example.com" }, "$[*].odd": "c", "empty": "", "n": 7 });
        let find = |path| address(&record, path);
        assert_eq!(find("email"), Some("a@example.com"));
        assert_eq!(find("$[*].email"), Some("a@example.com"));
        assert_eq!(find("$[*].who.mail"), Some("b@example.com"));
        assert_eq!(find("$[*].odd"), Some("c"), "a field may look like a path");
        for nothing in ["", "mail", "who.mail", "$[*].", "$.email", "empty", "n"] {
            assert_eq!(find(nothing), None, "{nothing}");
        }
    }
}
