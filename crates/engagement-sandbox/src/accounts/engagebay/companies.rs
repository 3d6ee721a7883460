//! Companies, and which contacts belong to them.

use serde_json::{Value, json};

use super::{INCOMPLETE, State, fields, ids, rows};
use crate::accounts::call::{Call, Outcome, Refused, Reply, bad};
use crate::accounts::values::{Row, int, items, members, now_seconds, text};

/// What a company is called: by its property, else by the key beside it.
fn name_in(body: &Value) -> Option<String> {
    let name = fields::value(&body["properties"], "name").or_else(|| body.get("name")?.as_str());
    name.map(str::to_owned)
}

/// Sets what follows from the properties.
fn derive(row: &mut Row, body: &Value) {
    let properties = row.get("properties").cloned().unwrap_or_default();
    if let Some(name) = fields::value(&properties, "name").or_else(|| body.get("name")?.as_str()) {
        row.insert("name_sort".into(), name.to_lowercase().into());
        row.insert("name".into(), name.into());
    }
    if let Some(url) = fields::value(&properties, "url").or_else(|| body.get("url")?.as_str()) {
        row.insert("url".into(), url.into());
    }
}

impl State {
    fn free_name(&self, name: &str, own: Option<i64>) -> Result<(), Refused> {
        match self.names.get(name) {
            Some(taken) if Some(*taken) != own => Err(bad(format!(
                "A Company with this name {name} already exists"
            ))),
            _ => Ok(()),
        }
    }

    /// Sets what follows from a company's properties, and keeps the index of names.
    fn settle_company(&mut self, id: i64, body: &Value) -> Result<&mut Row, Refused> {
        let row = self.companies.need_mut(id)?;
        self.names.remove(text(row, "name"));
        derive(row, body);
        self.names.insert(text(row, "name").to_owned(), id);
        Ok(row)
    }

    pub(super) fn companies_create(&mut self, body: &Value) -> Outcome {
        if let Some(id) = body
            .get("id")
            .and_then(int)
            .filter(|id| self.companies.get(*id).is_some())
        {
            return self.change(id, body);
        }
        let name = name_in(body)
            .filter(|name| !name.is_empty())
            .ok_or_else(|| bad(INCOMPLETE))?;
        self.free_name(&name, None)?;
        let owner = self.owner(body.get("owner_id").and_then(int));
        let tags = fields::tag_names(&body["tags"]);
        self.know_tags(&tags);
        let id = self.id();
        let mut row = members(&json!({
            "id": id, "name": "", "name_sort": "", "url": "", "created_time": now_seconds(), "updated_time": 0,
            "properties": [], "tags": [], "contactIds": ids(body, "contactIds"), "companyIds": ids(body, "companyIds"),
            "entiy_group_name": "company", "owner_id": owner["id"], "owner": owner,
            "importedEntity": false, "forceCreate": false,
        }));
        fields::merge(&mut row, items(body, "properties"));
        fields::add_tags(&mut row, &tags);
        for contact in items(body, "contactIds").iter().filter_map(int) {
            if let Ok(contact) = self.contacts.need_mut(contact) {
                fields::add_id(contact, "companyIds", id);
            }
        }
        self.companies.put(id, row);
        Ok(Reply::Json(Value::Object(
            self.settle_company(id, body)?.clone(),
        )))
    }

    pub(super) fn companies_update(&mut self, body: &Value) -> Outcome {
        self.change(int(&body["id"]).unwrap_or_default(), body)
    }

    fn change(&mut self, id: i64, body: &Value) -> Outcome {
        self.companies.need_mut(id)?;
        if let Some(name) = name_in(body) {
            self.free_name(&name, Some(id))?;
        }
        let tags = fields::tag_names(&body["tags"]);
        self.know_tags(&tags);
        let row = self.companies.need_mut(id)?;
        fields::merge(row, items(body, "properties"));
        fields::add_tags(row, &tags);
        rows::touch(row);
        Ok(Reply::Json(Value::Object(
            self.settle_company(id, body)?.clone(),
        )))
    }

    pub(super) fn companies_replace(&mut self, body: &Value) -> Outcome {
        let id = int(&body["id"]).unwrap_or_default();
        let row = self.companies.need_mut(id)?;
        // Refuse a taken name before anything is lost.
        let before = row.clone();
        row.insert("properties".into(), json!([]));
        row.insert("tags".into(), json!([]));
        if let Err(refused) = self.change(id, body) {
            self.companies.put(id, before);
            return Err(refused);
        }
        Ok(Reply::Done)
    }

    pub(super) fn companies_delete(&mut self, id: i64) -> Reply {
        if let Some(row) = self.companies.get(id) {
            self.names.remove(text(row, "name"));
        }
        self.contacts
            .rows_mut()
            .for_each(|contact| fields::remove_id(contact, "companyIds", id));
        self.companies.remove(id)
    }

    /// Makes a contact belong to the company in the path.
    pub(super) fn join(&mut self, call: &Call, contact: i64) -> Outcome {
        let company = call.id("companyId");
        if call.body.get("companyId").and_then(int) != Some(company) {
            return Err(bad(
                "`companyId` differs between the path and the form: send the same id in both",
            ));
        }
        fields::add_id(self.companies.need_mut(company)?, "contactIds", contact);
        fields::add_id(self.contacts.need_mut(contact)?, "companyIds", company);
        Ok(Reply::Done)
    }
}
