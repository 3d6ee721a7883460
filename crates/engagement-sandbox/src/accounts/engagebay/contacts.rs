//! Contacts, which the API calls subscribers.

use serde_json::{Value, json};

use super::{INCOMPLETE, State, fields, ids, rows, stranger};
use crate::accounts::call::{Outcome, Refused, Reply, bad};
use crate::accounts::values::{Row, int, items, members, now_seconds, text};

/// What rows of a list show.
const THIN: [&str; 12] = [
    "id",
    "owner_id",
    "name",
    "email",
    "score",
    "created_time",
    "updated_time",
    "status",
    "companyIds",
    "properties",
    "listIds",
    "tags",
];

pub(super) fn thin(row: &Row) -> Row {
    let mut thin: Row = THIN
        .iter()
        .filter_map(|key| Some(((*key).to_owned(), row.get(*key)?.clone())))
        .collect();
    thin.insert("emailBounceStatus".into(), json!([]));
    thin
}

/// The texts that a search looks at, for contacts and companies.
pub(super) fn searched(row: &Row) -> Vec<String> {
    let own = ["name", "fullname", "email", "url"]
        .iter()
        .map(|key| text(row, key).to_owned());
    let properties = row
        .get("properties")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    own.chain(
        properties
            .filter_map(|property| property["value"].as_str())
            .map(str::to_owned),
    )
    .collect()
}

/// Sets what follows from the properties.
fn derive(row: &mut Row) {
    let properties = row.get("properties").cloned().unwrap_or_default();
    let value = |name: &str| {
        fields::value(&properties, name)
            .unwrap_or_default()
            .to_owned()
    };
    let (first, last) = (value("name"), value("last_name"));
    row.insert("fullname".into(), format!("{first} {last}").into());
    row.insert("name_sort".into(), first.to_lowercase().into());
    row.insert("lastname".into(), last.into());
    row.insert("firstname".into(), first.clone().into());
    row.insert("name".into(), first.into());
    row.insert("email".into(), value("email").into());
}

impl State {
    /// The contact with an e-mail address.
    pub(super) fn contact_of(&mut self, email: &str) -> Result<&mut Row, Refused> {
        let id = self
            .emails
            .get(email)
            .copied()
            .ok_or_else(|| stranger(email))?;
        self.contacts.need_mut(id)
    }

    /// Refuses an e-mail address that another contact has.
    fn free_email(&self, properties: &[Value], own: Option<i64>) -> Result<(), Refused> {
        let properties = Value::Array(properties.to_vec());
        let email = fields::value(&properties, "email").unwrap_or_default();
        match self.emails.get(email) {
            Some(taken) if Some(*taken) != own => Err(bad(format!(
                "A Contact with this email address {email} already exists"
            ))),
            _ => Ok(()),
        }
    }

    /// Sets what follows from a contact's properties, and keeps the index of addresses.
    fn settle(&mut self, id: i64) -> Result<&mut Row, Refused> {
        let row = self.contacts.need_mut(id)?;
        self.emails.remove(text(row, "email"));
        derive(row);
        let email = text(row, "email");
        if !email.is_empty() {
            self.emails.insert(email.to_owned(), id);
        }
        Ok(row)
    }

    pub(super) fn contacts_create(&mut self, body: &Value) -> Result<Value, Refused> {
        let properties = items(body, "properties");
        let given = Value::Array(properties.to_vec());
        let named = |name: &str| fields::value(&given, name).is_some_and(|value| !value.is_empty());
        if !named("name") && !named("email") {
            return Err(bad(INCOMPLETE));
        }
        self.free_email(properties, None)?;
        let now = now_seconds();
        let owner = self.owner(body.get("owner_id").and_then(int));
        let tags = fields::tag_names(&body["tags"]);
        self.know_tags(&tags);
        let id = self.id();
        let mut row = members(&json!({
            "id": id, "owner_id": owner["id"],
            "name": "", "firstname": "", "lastname": "", "fullname": "", "name_sort": "", "email": "",
            "score": body.get("score").and_then(int).unwrap_or_default(),
            "created_time": now, "updated_time": 0, "status": "CONFIRMED",
            "sources": [{ "type": "DEFAULT", "id": 0, "subscribed_on": now, "status": "ACTIVE", "custom": 0 }],
            "companyIds": ids(body, "companyIds"), "contactIds": [], "listIds": ids(body, "listIds"), "broadcastIds": [],
            "properties": [], "tags": [], "owner": owner, "entiy_group_name": "subscriber",
            "openedLinks": [], "emailProperties": [], "unsubscribeList": [], "emailBounceStatus": [],
            "importedEntity": false, "forceCreate": false, "forceUpdate": false,
        }));
        fields::merge(&mut row, properties);
        fields::add_tags(&mut row, &tags);
        self.contacts.put(id, row);
        Ok(Value::Object(self.settle(id)?.clone()))
    }

    pub(super) fn contacts_update(&mut self, body: &Value) -> Outcome {
        let id = int(&body["id"]).ok_or_else(|| bad("`id` must be the id of a contact"))?;
        self.contacts.need_mut(id)?;
        let properties = items(body, "properties");
        self.free_email(properties, Some(id))?;
        let row = self.contacts.need_mut(id)?;
        fields::merge(row, properties);
        for key in ["companyIds", "listIds"] {
            if body.get(key).is_some() {
                row.insert(key.into(), ids(body, key).into());
            }
        }
        rows::touch(row);
        Ok(Reply::Json(Value::Object(self.settle(id)?.clone())))
    }

    pub(super) fn contacts_replace(&mut self, body: &Value) -> Outcome {
        let id = int(&body["id"]).unwrap_or_default();
        self.contacts.need_mut(id)?;
        let properties = items(body, "properties");
        self.free_email(properties, Some(id))?;
        let tags = fields::tag_names(&body["tags"]);
        self.know_tags(&tags);
        let row = self.contacts.need_mut(id)?;
        row.insert("properties".into(), json!([]));
        row.insert("tags".into(), json!([]));
        row.insert(
            "score".into(),
            body.get("score").and_then(int).unwrap_or_default().into(),
        );
        fields::merge(row, properties);
        fields::add_tags(row, &tags);
        rows::touch(row);
        self.settle(id)?;
        Ok(Reply::Done)
    }

    pub(super) fn contacts_delete(&mut self, id: i64) -> Reply {
        if let Some(row) = self.contacts.get(id) {
            self.emails.remove(text(row, "email"));
        }
        self.companies
            .rows_mut()
            .for_each(|company| fields::remove_id(company, "contactIds", id));
        self.bought.remove(&id);
        self.contacts.remove(id)
    }

    fn tag(&mut self, contact: i64, names: &[String], add: bool) -> Outcome {
        fields::valid_tags(names)?;
        let row = self.contacts.need_mut(contact)?;
        if add {
            fields::add_tags(row, names);
            self.know_tags(names);
        } else {
            fields::remove_tags(row, names);
        }
        Ok(Reply::Done)
    }

    pub(super) fn tag_by_id(&mut self, contact: i64, tags: &Value, add: bool) -> Outcome {
        self.tag(contact, &fields::tag_names(tags), add)
    }

    pub(super) fn tag_by_email(&mut self, body: &Value, add: bool) -> Outcome {
        let contact = self.contact_of(body["email"].as_str().unwrap_or_default())?;
        let contact = contact.get("id").and_then(int).unwrap_or_default();
        self.tag(contact, &fields::tag_names(&body["tags"]), add)
    }

    pub(super) fn tags_of(
        &mut self,
        find: impl FnOnce(&mut Self) -> Result<&mut Row, Refused>,
    ) -> Outcome {
        let row = find(self)?;
        Ok(Reply::Json(
            row.get("tags").cloned().unwrap_or_else(|| json!([])),
        ))
    }

    /// Sets the score, as the provider's clients found, whatever the path says.
    pub(super) fn score(&mut self, email: &str, score: &Value) -> Outcome {
        let score = int(score).ok_or_else(|| bad("`score` must be a whole number"))?;
        let row = self.contact_of(email)?;
        row.insert("score".into(), score.into());
        rows::touch(row);
        Ok(Reply::Done)
    }

    pub(super) fn change_owner(&mut self, contact: i64, email: &str) -> Outcome {
        let owner = self
            .owners
            .iter()
            .find(|owner| text(owner, "email") == email);
        let owner = owner.and_then(|owner| owner.get("id").and_then(int));
        let owner = owner.ok_or_else(|| {
            bad(format!(
                "There is no user with email {email}: owners_list names the account's users"
            ))
        })?;
        let owner = self.owner(Some(owner));
        let row = self.contacts.need_mut(contact)?;
        row.insert("owner_id".into(), owner["id"].clone());
        row.insert("owner".into(), owner);
        rows::touch(row);
        Ok(Reply::Json(Value::Object(row.clone())))
    }

    /// Creates at once what the provider creates within minutes; nothing is posted to the callback.
    pub(super) fn contacts_create_batch(&mut self, body: &Value) -> Outcome {
        for contact in items(body, "contacts") {
            // A contact that can't be made is left out; only the callback would tell.
            let _ = self.contacts_create(contact);
        }
        Ok(Reply::Json(json!({ "status": "success" })))
    }
}
