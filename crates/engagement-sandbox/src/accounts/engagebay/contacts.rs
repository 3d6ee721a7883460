//! Contacts, which the API calls subscribers.

use serde_json::{Value, json};

use super::account::{EngageBayAccount, INCOMPLETE};
use super::fields::{ids, remove_id, set_updated_time};
use super::properties::{merge_properties, property_value};
use super::tags::{add_tags, check_tag_names, remove_tags, tag_names};
use crate::accounts::call::Call;
use crate::accounts::json::{Object, array, integer, text, to_object};
use crate::accounts::response::{ApiError, ApiResponse, ApiResult, bad_request};

/// The fields of contacts in lists.
const LIST_FIELDS: [&str; 12] = [
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

/// A contact as lists contain it.
fn list_view(record: &Object) -> Object {
    let mut view: Object = LIST_FIELDS
        .iter()
        .filter_map(|field| Some(((*field).to_owned(), record.get(*field)?.clone())))
        .collect();
    view.insert("emailBounceStatus".into(), json!([]));
    view
}

/// The texts of a contact or company that a search compares.
pub(super) fn searchable_texts(record: &Object) -> Vec<String> {
    let own = ["name", "fullname", "email", "url"]
        .iter()
        .map(|field| text(record, field).to_owned());
    let properties = record
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

/// Sets the fields that are derived from the properties.
fn derive(record: &mut Object) {
    let properties = record.get("properties").cloned().unwrap_or_default();
    let value = |name: &str| {
        property_value(&properties, name)
            .unwrap_or_default()
            .to_owned()
    };
    let (first, last) = (value("name"), value("last_name"));
    record.insert("fullname".into(), format!("{first} {last}").into());
    record.insert("name_sort".into(), first.to_lowercase().into());
    record.insert("lastname".into(), last.into());
    record.insert("firstname".into(), first.clone().into());
    record.insert("name".into(), first.into());
    record.insert("email".into(), value("email").into());
}

fn unknown_email(email: &str) -> ApiError {
    bad_request(format!("There is no contact exists with email {email}"))
}

impl EngageBayAccount {
    pub(super) fn call_contacts(&mut self, operation: &str, call: &Call) -> ApiResult {
        let id = call.id("id");
        match operation {
            "contacts_list" => self.contacts.page(&call.body, |_| true, list_view),
            "contacts_get" => Ok(self.contacts.response(id)),
            "contacts_create" => self.contacts_create(&call.body).map(ApiResponse::Json),
            "contacts_update" => self.contacts_update(&call.body),
            "contacts_replace" => self.contacts_replace(&call.body),
            "contacts_delete" => Ok(self.contacts_delete(id)),
            "contacts_add_score" => self.set_score(
                call.body["email"].as_str().unwrap_or_default(),
                &call.body["score"],
            ),
            "contacts_add_score_by_path" => {
                self.set_score(call.text("email"), &json!(call.id("score")))
            }
            "contacts_search" => self.contacts.search(call, searchable_texts),
            "contacts_change_owner" => {
                self.change_owner(call.id("subscriberId"), call.text("ownerEmail"))
            }
            "contacts_get_by_email" => self
                .contact_by_email(call.text("email"))
                .map(|record| ApiResponse::Json(Value::Object(record.clone()))),
            "contacts_find_by_email" => Ok(match self.contact_by_email(call.text("email")) {
                Ok(record) => ApiResponse::Json(Value::Object(record.clone())),
                Err(_) => ApiResponse::NoContent,
            }),
            "contacts_create_batch" => self.contacts_create_batch(&call.body),
            "contacts_list_notes" => {
                let contact = call.id("contactId");
                let page = Value::Object(call.parameters.clone());
                self.notes.page(
                    &page,
                    |note| note.get("parentId").and_then(integer) == Some(contact),
                    Object::clone,
                )
            }
            // No API call adds a call log.
            "contacts_list_call_logs" => Ok(ApiResponse::Json(json!([]))),
            _ => self.call_contact_tags(operation, call),
        }
    }

    fn call_contact_tags(&mut self, operation: &str, call: &Call) -> ApiResult {
        match operation {
            "contacts_add_tags_by_email" => self.change_tags_by_email(&call.body, true),
            "contacts_remove_tags_by_email" => self.change_tags_by_email(&call.body, false),
            "contacts_list_tags_by_email" => {
                self.tags_response(|account| account.contact_by_email(call.text("email")))
            }
            "contacts_list_tags" => {
                self.tags_response(|account| account.contacts.require_mut(call.id("contactId")))
            }
            "contacts_add_tags" => self.change_tags_by_id(call.id("contactId"), &call.body, true),
            "contacts_remove_tags" => {
                self.change_tags_by_id(call.id("contactId"), &call.body, false)
            }
            "contacts_add_tags_form" => {
                self.change_tags_by_id(call.id("contactId"), &call.body["tags"], true)
            }
            "contacts_remove_tags_form" => self.change_tags_by_id(
                integer(&call.body["contactId"]).unwrap_or_default(),
                &call.body["tags"],
                false,
            ),
            _ => Ok(ApiResponse::Example(None)),
        }
    }

    /// The contact with an e-mail address.
    pub(super) fn contact_by_email(&mut self, email: &str) -> Result<&mut Object, ApiError> {
        let id = self
            .contact_ids
            .get(email)
            .copied()
            .ok_or_else(|| unknown_email(email))?;
        self.contacts.require_mut(id)
    }

    /// Refuses an e-mail address that another contact has.
    fn check_email_unused(
        &self,
        properties: &[Value],
        contact: Option<i64>,
    ) -> Result<(), ApiError> {
        let properties = Value::Array(properties.to_vec());
        let email = property_value(&properties, "email").unwrap_or_default();
        match self.contact_ids.get(email) {
            Some(owner) if Some(*owner) != contact => Err(bad_request(format!(
                "A Contact with this email address {email} already exists"
            ))),
            _ => Ok(()),
        }
    }

    /// Sets the derived fields of a contact, and updates the index of addresses.
    fn update_derived_contact(&mut self, id: i64) -> Result<&mut Object, ApiError> {
        let record = self.contacts.require_mut(id)?;
        self.contact_ids.remove(text(record, "email"));
        derive(record);
        let email = text(record, "email");
        if !email.is_empty() {
            self.contact_ids.insert(email.to_owned(), id);
        }
        Ok(record)
    }

    pub(super) fn contacts_create(&mut self, body: &Value) -> Result<Value, ApiError> {
        let properties = array(body, "properties");
        let given = Value::Array(properties.to_vec());
        let has = |name: &str| property_value(&given, name).is_some_and(|value| !value.is_empty());
        if !has("name") && !has("email") {
            return Err(bad_request(INCOMPLETE));
        }
        self.check_email_unused(properties, None)?;
        let now = self.clock.seconds();
        let owner = self.owner(body.get("owner_id").and_then(integer));
        let tags = tag_names(&body["tags"]);
        self.register_tags(&tags);
        let id = self.next_id();
        let mut record = to_object(&json!({
            "id": id, "owner_id": owner["id"],
            "name": "", "firstname": "", "lastname": "", "fullname": "", "name_sort": "", "email": "",
            "score": body.get("score").and_then(integer).unwrap_or_default(),
            "created_time": now, "updated_time": 0, "status": "CONFIRMED",
            "sources": [{ "type": "DEFAULT", "id": 0, "subscribed_on": now, "status": "ACTIVE", "custom": 0 }],
            "companyIds": ids(body, "companyIds"), "contactIds": [], "listIds": ids(body, "listIds"), "broadcastIds": [],
            "properties": [], "tags": [], "owner": owner, "entiy_group_name": "subscriber",
            "openedLinks": [], "emailProperties": [], "unsubscribeList": [], "emailBounceStatus": [],
            "importedEntity": false, "forceCreate": false, "forceUpdate": false,
        }));
        merge_properties(&mut record, properties);
        add_tags(&mut record, &tags, self.clock.seconds());
        self.contacts.insert(id, record);
        Ok(Value::Object(self.update_derived_contact(id)?.clone()))
    }

    fn contacts_update(&mut self, body: &Value) -> ApiResult {
        let id =
            integer(&body["id"]).ok_or_else(|| bad_request("`id` must be the id of a contact"))?;
        self.contacts.require_mut(id)?;
        let properties = array(body, "properties");
        self.check_email_unused(properties, Some(id))?;
        let record = self.contacts.require_mut(id)?;
        merge_properties(record, properties);
        for field in ["companyIds", "listIds"] {
            if body.get(field).is_some() {
                record.insert(field.into(), ids(body, field).into());
            }
        }
        set_updated_time(record, self.clock.seconds());
        Ok(ApiResponse::Json(Value::Object(
            self.update_derived_contact(id)?.clone(),
        )))
    }

    fn contacts_replace(&mut self, body: &Value) -> ApiResult {
        let id = integer(&body["id"]).unwrap_or_default();
        self.contacts.require_mut(id)?;
        let properties = array(body, "properties");
        self.check_email_unused(properties, Some(id))?;
        let tags = tag_names(&body["tags"]);
        self.register_tags(&tags);
        let record = self.contacts.require_mut(id)?;
        record.insert("properties".into(), json!([]));
        record.insert("tags".into(), json!([]));
        record.insert(
            "score".into(),
            body.get("score")
                .and_then(integer)
                .unwrap_or_default()
                .into(),
        );
        merge_properties(record, properties);
        add_tags(record, &tags, self.clock.seconds());
        set_updated_time(record, self.clock.seconds());
        self.update_derived_contact(id)?;
        Ok(ApiResponse::Empty)
    }

    fn contacts_delete(&mut self, id: i64) -> ApiResponse {
        if let Some(record) = self.contacts.get(id) {
            self.contact_ids.remove(text(record, "email"));
        }
        self.companies
            .iter_mut()
            .for_each(|company| remove_id(company, "contactIds", id));
        self.contact_products.remove(&id);
        self.contacts.remove(id)
    }

    fn change_tags(&mut self, contact: i64, names: &[String], add: bool) -> ApiResult {
        check_tag_names(names)?;
        let record = self.contacts.require_mut(contact)?;
        if add {
            add_tags(record, names, self.clock.seconds());
            self.register_tags(names);
        } else {
            remove_tags(record, names);
        }
        Ok(ApiResponse::Empty)
    }

    fn change_tags_by_id(&mut self, contact: i64, tags: &Value, add: bool) -> ApiResult {
        self.change_tags(contact, &tag_names(tags), add)
    }

    fn change_tags_by_email(&mut self, body: &Value, add: bool) -> ApiResult {
        let contact = self.contact_by_email(body["email"].as_str().unwrap_or_default())?;
        let contact = contact.get("id").and_then(integer).unwrap_or_default();
        self.change_tags(contact, &tag_names(&body["tags"]), add)
    }

    fn tags_response(
        &mut self,
        find: impl FnOnce(&mut Self) -> Result<&mut Object, ApiError>,
    ) -> ApiResult {
        let record = find(self)?;
        Ok(ApiResponse::Json(
            record.get("tags").cloned().unwrap_or_else(|| json!([])),
        ))
    }

    /// Sets the score. The path says "add", but clients found that the provider replaces it.
    fn set_score(&mut self, email: &str, score: &Value) -> ApiResult {
        let score = integer(score).ok_or_else(|| bad_request("`score` must be a whole number"))?;
        let now = self.clock.seconds();
        let record = self.contact_by_email(email)?;
        record.insert("score".into(), score.into());
        set_updated_time(record, now);
        Ok(ApiResponse::Empty)
    }

    fn change_owner(&mut self, contact: i64, email: &str) -> ApiResult {
        let owner = self
            .owners
            .iter()
            .find(|owner| text(owner, "email") == email);
        let owner = owner.and_then(|owner| owner.get("id").and_then(integer));
        let owner = owner.ok_or_else(|| {
            bad_request(format!(
                "There is no user with email {email}: owners_list lists the account's users"
            ))
        })?;
        let owner = self.owner(Some(owner));
        let record = self.contacts.require_mut(contact)?;
        record.insert("owner_id".into(), owner["id"].clone());
        record.insert("owner".into(), owner);
        set_updated_time(record, self.clock.seconds());
        Ok(ApiResponse::Json(Value::Object(record.clone())))
    }

    /// Creates the contacts immediately, the provider within minutes. The callback is not called.
    fn contacts_create_batch(&mut self, body: &Value) -> ApiResult {
        for contact in array(body, "contacts") {
            // An invalid contact is skipped. The provider reports it to the callback only.
            let _ = self.contacts_create(contact);
        }
        Ok(ApiResponse::Json(json!({ "status": "success" })))
    }
}
