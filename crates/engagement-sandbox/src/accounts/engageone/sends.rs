//! Transactional sends.

use serde_json::Value;

use super::State;
use crate::EngageOneSend;
use crate::accounts::call::{Refused, bad, missing};
use crate::accounts::values::items;

impl State {
    /// Takes a send, or refuses all of it, and gives its id.
    pub(super) fn send(
        &mut self,
        version: u8,
        campaign: &str,
        body: &Value,
    ) -> Result<String, Refused> {
        let text = |key: &str| body[key].as_str().unwrap_or_default();
        let (communication, sender) = (text("communication"), text("sender"));
        let known = self.communications.as_ref();
        if known.is_some_and(|known| !known.contains(communication)) {
            return Err(missing(format!(
                "There is no communication {communication}"
            )));
        }
        let verified = self.senders.as_ref();
        if verified.is_some_and(|verified| !verified.contains(sender)) {
            return Err(bad(format!("The sender address {sender} is not verified")));
        }
        let recipients = recipients(body)?;
        let id = format!("{:08x}-{:04}", self.started, self.sends.len() + 1);
        self.sends.push(EngageOneSend {
            id: id.clone(),
            campaign: campaign.to_owned(),
            version,
            recipients,
            body: body.clone(),
        });
        Ok(id)
    }

    pub(crate) fn sends(&self) -> Vec<EngageOneSend> {
        self.sends.clone()
    }

    /// Adds to the communications that exist.
    pub(crate) fn add_communication(&mut self, name: String) {
        self.communications.get_or_insert_default().insert(name);
    }

    /// Adds to the addresses that are verified.
    pub(crate) fn add_sender(&mut self, address: String) {
        self.senders.get_or_insert_default().insert(address);
    }
}

/// The addresses of a send's records.
fn recipients(body: &Value) -> Result<Vec<String>, Refused> {
    let path = body["email_json_path"].as_str().unwrap_or_default();
    let ignore = body["ignore_missing_fields"] == true;
    let mut found = Vec::new();
    for (at, record) in items(body, "dataset").iter().enumerate() {
        match address(record, path) {
            Some(address) => found.push(address.to_owned()),
            None if ignore => {}
            None => {
                return Err(bad(format!(
                    "dataset/{at}: no address at `{path}`, where email_json_path says that it is"
                )));
            }
        }
    }
    Ok(found)
}

/// The address in a record: under a bare key, or along a JSONPath over all records such as `$[*].email`.
fn address<'a>(record: &'a Value, path: &str) -> Option<&'a str> {
    let found = record.get(path).or_else(|| {
        let mut keys = path.strip_prefix("$[*].")?.split('.');
        keys.try_fold(record, |at, key| at.get(key))
    });
    found
        .and_then(Value::as_str)
        .filter(|address| !address.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn addresses_are_found_by_key_and_by_path() {
        let record = json!({ "email": "a@example.com", "who": { "mail": "b@example.com" }, "$[*].odd": "c", "empty": "", "n": 7 });
        let find = |path| address(&record, path);
        assert_eq!(find("email"), Some("a@example.com"));
        assert_eq!(find("$[*].email"), Some("a@example.com"));
        assert_eq!(find("$[*].who.mail"), Some("b@example.com"));
        assert_eq!(find("$[*].odd"), Some("c"), "a key may look like a path");
        for nothing in ["", "mail", "who.mail", "$[*].", "$.email", "empty", "n"] {
            assert_eq!(find(nothing), None, "{nothing}");
        }
    }
}
