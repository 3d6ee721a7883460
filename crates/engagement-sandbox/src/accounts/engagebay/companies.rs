//! Companies, and the contacts that belong to them.

use serde_json::{Value, json};

use super::account::{EngageBayAccount, INCOMPLETE};
use super::contacts::searchable_texts;
use super::fields::{add_id, ids, remove_id, set_updated_time};
use super::properties::{merge_properties, property_value};
use super::tags::{add_tags, tag_names};
use crate::accounts::call::Call;
use crate::accounts::json::{Object, array, integer, text, to_object};
use crate::accounts::response::{ApiError, ApiResponse, ApiResult, bad_request};

/// The name of a company: its property, else the field of the body.
fn name_in(body: &Value) -> Option<String> {
    let name = property_value(&body["properties"], "name").or_else(|| body.get("name")?.as_str());
    name.map(str::to_owned)
}

/// Sets the fields that are derived from the properties.
fn derive(record: &mut Object, body: &Value) {
    let properties = record.get("properties").cloned().unwrap_or_default();
    if let Some(name) = property_value(&properties, "name").or_else(|| body.get("name")?.as_str()) {
        record.insert("name_sort".into(), name.to_lowercase().into());
        record.insert("name".into(), name.into());
    }
    if let Some(url) = property_value(&properties, "url").or_else(|| body.get("url")?.as_str()) {
        record.insert("url".into(), url.into());
    }
}

impl EngageBayAccount {
    pub(super) fn call_companies(&mut self, operation: &str, call: &Call) -> ApiResult {
        let id = call.id("id");
        match operation {
            "companies_create" => self.companies_create(&call.body),
            "companies_update" => self.companies_update(&call.body),
            "companies_replace" => self.companies_replace(&call.body),
            "companies_list" => self.companies.page(&call.body, |_| true, Object::clone),
            "companies_get" => Ok(self.companies.response(id)),
            "companies_delete" => Ok(self.companies_delete(id)),
            "companies_search" => self.companies.search(call, searchable_texts),
            "companies_add_contact" => {
                let contact = integer(&call.body["contactId"]).unwrap_or_default();
                self.contacts.require_mut(contact)?;
                self.add_company_contact(call, contact)
            }
            "companies_add_contact_by_email" => {
                let email = call.body["contactEmail"].as_str().unwrap_or_default();
                let contact = self
                    .contact_by_email(email)?
                    .get("id")
                    .and_then(integer)
                    .unwrap_or_default();
                self.add_company_contact(call, contact)
            }
            _ => Ok(ApiResponse::Example(None)),
        }
    }

    fn check_name_unused(&self, name: &str, company: Option<i64>) -> Result<(), ApiError> {
        match self.company_ids.get(name) {
            Some(owner) if Some(*owner) != company => Err(bad_request(format!(
                "A Company with this name {name} already exists"
            ))),
            _ => Ok(()),
        }
    }

    /// Sets the derived fields of a company, and updates the index of names.
    fn update_derived_company(&mut self, id: i64, body: &Value) -> Result<&mut Object, ApiError> {
        let record = self.companies.require_mut(id)?;
        self.company_ids.remove(text(record, "name"));
        derive(record, body);
        self.company_ids.insert(text(record, "name").to_owned(), id);
        Ok(record)
    }

    fn companies_create(&mut self, body: &Value) -> ApiResult {
        if let Some(id) = body
            .get("id")
            .and_then(integer)
            .filter(|id| self.companies.get(*id).is_some())
        {
            return self.change_company(id, body);
        }
        let name = name_in(body)
            .filter(|name| !name.is_empty())
            .ok_or_else(|| bad_request(INCOMPLETE))?;
        self.check_name_unused(&name, None)?;
        let owner = self.owner(body.get("owner_id").and_then(integer));
        let tags = tag_names(&body["tags"]);
        self.register_tags(&tags);
        let id = self.next_id();
        let mut record = to_object(&json!({
            "id": id, "name": "", "name_sort": "", "url": "", "created_time": self.clock.seconds(), "updated_time": 0,
            "properties": [], "tags": [], "contactIds": ids(body, "contactIds"), "companyIds": ids(body, "companyIds"),
            "entiy_group_name": "company", "owner_id": owner["id"], "owner": owner,
            "importedEntity": false, "forceCreate": false,
        }));
        merge_properties(&mut record, array(body, "properties"));
        add_tags(&mut record, &tags, self.clock.seconds());
        for contact in array(body, "contactIds").iter().filter_map(integer) {
            if let Ok(contact) = self.contacts.require_mut(contact) {
                add_id(contact, "companyIds", id);
            }
        }
        self.companies.insert(id, record);
        Ok(ApiResponse::Json(Value::Object(
            self.update_derived_company(id, body)?.clone(),
        )))
    }

    fn companies_update(&mut self, body: &Value) -> ApiResult {
        self.change_company(integer(&body["id"]).unwrap_or_default(), body)
    }

    fn change_company(&mut self, id: i64, body: &Value) -> ApiResult {
        self.companies.require_mut(id)?;
        if let Some(name) = name_in(body) {
            self.check_name_unused(&name, Some(id))?;
        }
        let tags = tag_names(&body["tags"]);
        self.register_tags(&tags);
        let record = self.companies.require_mut(id)?;
        merge_properties(record, array(body, "properties"));
        add_tags(record, &tags, self.clock.seconds());
        set_updated_time(record, self.clock.seconds());
        Ok(ApiResponse::Json(Value::Object(
            self.update_derived_company(id, body)?.clone(),
        )))
    }

    fn companies_replace(&mut self, body: &Value) -> ApiResult {
        let id = integer(&body["id"]).unwrap_or_default();
        let record = self.companies.require_mut(id)?;
        // Kept to restore the company if the new name is taken.
        let before = record.clone();
        record.insert("properties".into(), json!([]));
        record.insert("tags".into(), json!([]));
        if let Err(error) = self.change_company(id, body) {
            self.companies.insert(id, before);
            return Err(error);
        }
        Ok(ApiResponse::Empty)
    }

    fn companies_delete(&mut self, id: i64) -> ApiResponse {
        if let Some(record) = self.companies.get(id) {
            self.company_ids.remove(text(record, "name"));
        }
        self.contacts
            .iter_mut()
            .for_each(|contact| remove_id(contact, "companyIds", id));
        self.companies.remove(id)
    }

    /// Adds a contact to the company in the path.
    fn add_company_contact(&mut self, call: &Call, contact: i64) -> ApiResult {
        let company = call.id("companyId");
        if call.body.get("companyId").and_then(integer) != Some(company) {
            return Err(bad_request(
                "`companyId` differs between the path and the form: send the same id in both",
            ));
        }
        add_id(self.companies.require_mut(company)?, "contactIds", contact);
        add_id(self.contacts.require_mut(contact)?, "companyIds", company);
        Ok(ApiResponse::Empty)
    }
}
