//! Events, tasks, notes, products, tickets and custom fields.

use serde_json::{Value, json};

use super::{State, fields, rows};
use crate::accounts::call::{Call, Outcome, Refused, Reply, bad};
use crate::accounts::values::{Row, int, items, members, now_seconds, number, text};

const TASK: [&str; 16] = [
    "name",
    "description",
    "type",
    "task_milestone",
    "task_priority",
    "is_due",
    "queue_id",
    "contact_ids",
    "company_ids",
    "deal_ids",
    "task_ids",
    "subscribers",
    "companies",
    "deals",
    "name_sort",
    "entiy_group_name",
];
const PRODUCT: [&str; 8] = [
    "name",
    "description",
    "image_url",
    "price",
    "discount_type",
    "discount",
    "currency",
    "quantity",
];

/// From here on, in the year 5138, seconds are milliseconds that a caller forgot to convert.
const NO_SECONDS: i64 = 100_000_000_000;

/// Milliseconds from the seconds that requests carry, as number or text.
fn milliseconds(body: &Value, key: &str) -> Result<Option<i64>, Refused> {
    let Some(given) = body.get(key) else {
        return Ok(None);
    };
    let seconds = int(given).ok_or_else(|| {
        bad(format!(
            "`{key}` must be seconds since 1970, as number or text"
        ))
    })?;
    if seconds >= NO_SECONDS {
        return Err(bad(format!(
            "`{key}` must be seconds since 1970, and this looks like milliseconds"
        )));
    }
    Ok(Some(seconds.saturating_mul(1000)))
}

fn flag(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
        _ => false,
    }
}

impl State {
    pub(super) fn events_list(&self, call: &Call) -> Outcome {
        let (from, to) = (call.id("start_time"), call.id("end_time"));
        if from > to {
            return Err(bad("`start_time` is after `end_time`"));
        }
        let time = |event: &Row, key: &str| event.get(key).and_then(int).unwrap_or_default();
        Ok(self
            .events
            .all(|event| time(event, "start_time") <= to && time(event, "end_time") >= from))
    }

    fn event(&self, row: &mut Row, body: &Value) -> Result<(), Refused> {
        for key in ["start_time", "end_time"] {
            if let Some(time) = milliseconds(body, key)? {
                row.insert(key.into(), time.into());
            }
        }
        fields::copy(row, body, &["name", "source_type", "contact_ids"]);
        if let Some(owner) = body.get("owner_id") {
            let owner = self.owner(int(owner));
            row.insert("owner_id".into(), owner["id"].clone());
            row.insert("owner".into(), owner);
        }
        self.link(row);
        Ok(())
    }

    pub(super) fn events_create(&mut self, body: &Value) -> Outcome {
        let owner = self.owner(None);
        let mut row = members(&json!({
            "id": 0, "owner_id": owner["id"], "created_time": now_seconds(), "start_time": 0, "end_time": 0, "name": "",
            "source_type": "API", "contact_ids": [], "company_ids": [], "deal_ids": [], "event_ids": [],
            "subscribers": [], "companies": [], "deals": [], "owner": owner, "entiy_group_name": "event",
        }));
        self.event(&mut row, body)?;
        let id = self.id();
        row.insert("id".into(), id.into());
        Ok(Reply::Json(self.events.put(id, row)))
    }

    pub(super) fn events_update(&mut self, body: &Value) -> Outcome {
        let id = int(&body["id"]).ok_or_else(|| bad("`id` must be the id of an event"))?;
        let mut row = self.events.need_mut(id)?.clone();
        self.event(&mut row, body)?;
        Ok(Reply::Json(self.events.put(id, row)))
    }

    pub(super) fn tasks_list(&self, body: &Value) -> Outcome {
        let asked = |key: &str| body.get(key).and_then(Value::as_str);
        let status = asked("taskStatus");
        let kind = asked("taskType").filter(|kind| *kind != "ALL");
        let pass = |task: &Row| {
            status.is_none_or(|status| text(task, "task_milestone") == status)
                && kind.is_none_or(|kind| text(task, "type") == kind)
        };
        self.tasks.page(body, pass, Row::clone)
    }

    fn task(row: &mut Row, body: &Value) -> Result<(), Refused> {
        fields::copy(row, body, &TASK);
        if let Some(closed) = body.get("closed_date") {
            let closed = int(closed).ok_or_else(|| {
                bad("`closed_date` must be seconds since 1970, as number or text")
            })?;
            row.insert("closed_date".into(), closed.into());
        }
        if body.get("name").is_some() && body.get("name_sort").is_none() {
            let name_sort = text(row, "name").to_lowercase();
            row.insert("name_sort".into(), name_sort.into());
        }
        Ok(())
    }

    pub(super) fn tasks_create(&mut self, body: &Value) -> Outcome {
        let owner = self.owner(body.get("owner_id").and_then(int));
        let mut row = members(&json!({
            "id": 0, "owner_id": owner["id"], "entiy_group_name": "task", "is_due": false, "name": "", "description": "",
            "name_sort": "", "type": "TODO", "created_time": now_seconds(), "updated_time": 0, "closed_date": 0,
            "task_milestone": "not_started", "task_priority": "MEDIUM", "queue_id": 0, "owner": owner,
            "contact_ids": [], "company_ids": [], "deal_ids": [], "task_ids": [], "subscribers": [], "companies": [], "deals": [],
        }));
        Self::task(&mut row, body)?;
        let id = self.id();
        row.insert("id".into(), id.into());
        Ok(Reply::Json(self.tasks.put(id, row)))
    }

    pub(super) fn tasks_update(&mut self, body: &Value) -> Outcome {
        let owner = body
            .get("owner_id")
            .and_then(int)
            .map(|id| self.owner(Some(id)));
        let row = self.tasks.need_mut(int(&body["id"]).unwrap_or_default())?;
        let mut changed = row.clone();
        Self::task(&mut changed, body)?;
        if let Some(owner) = owner {
            changed.insert("owner_id".into(), owner["id"].clone());
            changed.insert("owner".into(), owner);
        }
        rows::touch(&mut changed);
        row.clone_from(&changed);
        Ok(Reply::Json(Value::Object(changed)))
    }

    pub(super) fn notes_create(&mut self, body: &Value) -> Outcome {
        let parent = int(&body["parentId"]).ok_or_else(|| {
            bad("`parentId` must be the id of a contact, company, deal or product")
        })?;
        let known = [&self.contacts, &self.companies, &self.deals, &self.products];
        if !known.iter().any(|rows| rows.get(parent).is_some()) {
            return Err(bad(format!(
                "There is no record with id {parent} to hang the note on"
            )));
        }
        let id = self.id();
        let row = json!({
            "id": id, "parentId": parent, "subject": body["subject"], "content": body.get("content").cloned().unwrap_or_else(|| json!("")),
            "force": false, "syncIds": [], "owner_id": self.owner(None)["id"], "type": "PUBLIC",
            "created_time": now_seconds(), "updated_time": 0, "source": "SUBSCRIBER", "createFollowUpTask": false,
        });
        Ok(Reply::Json(self.notes.put(id, members(&row))))
    }

    fn product(row: &mut Row, body: &Value) -> Result<(), Refused> {
        fields::copy(row, body, &PRODUCT);
        if let Some(price) = body.get("price") {
            let price = number(price)
                .ok_or_else(|| bad("`price` must be a number, or text that is one"))?;
            row.insert("price".into(), price);
        }
        fields::merge(row, items(body, "properties"));
        Ok(())
    }

    fn blank_product(&self, id: i64, body: &Value) -> Row {
        let owner = self.owner(body.get("owner_id").and_then(int));
        members(&json!({
            "id": id, "name": "", "description": "", "image_url": "", "created_time": now_seconds(), "updated_time": 0,
            "owner_id": owner["id"], "price": 0.0, "discount_type": "PERCENTAGE", "discount": 0.0, "currency": "USD-$",
            "quantity": 0, "properties": [],
        }))
    }

    pub(super) fn products_create(&mut self, body: &Value) -> Outcome {
        let id = self.id();
        let mut row = self.blank_product(id, body);
        Self::product(&mut row, body)?;
        Ok(Reply::Json(self.products.put(id, row)))
    }

    /// Properties and fields that are left out are reset.
    pub(super) fn products_replace(&mut self, body: &Value) -> Outcome {
        let id = int(&body["id"]).unwrap_or_default();
        let created = self
            .products
            .need_mut(id)?
            .get("created_time")
            .cloned()
            .unwrap_or_default();
        let mut row = self.blank_product(id, body);
        row.insert("created_time".into(), created);
        Self::product(&mut row, body)?;
        rows::touch(&mut row);
        Ok(Reply::Json(self.products.put(id, row)))
    }

    pub(super) fn products_update(&mut self, body: &Value) -> Outcome {
        let id = int(&body["id"]).unwrap_or_default();
        let mut row = self.products.need_mut(id)?.clone();
        Self::product(&mut row, body)?;
        rows::touch(&mut row);
        Ok(Reply::Json(self.products.put(id, row)))
    }

    pub(super) fn buy(&mut self, contact: i64, product: i64, add: bool) -> Outcome {
        if add {
            self.products.need_mut(product)?;
        }
        let row = self.contacts.need_mut(contact)?.clone();
        let bought = self.bought.entry(contact).or_default();
        if add {
            bought.insert(product);
        } else if !bought.remove(&product) {
            return Err(bad(format!(
                "The contact {contact} doesn't have the product {product}"
            )));
        }
        Ok(Reply::Json(Value::Object(row)))
    }

    pub(super) fn tickets_create(&mut self, body: &Value) -> Outcome {
        let said = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default();
        let (name, email) = (said("requester_name"), said("requester_email"));
        let group = int(&body["group_id"])
            .ok_or_else(|| bad("`group_id` must be the id of a group, as number or text"))?;
        if email.is_empty() {
            return Err(bad(super::INCOMPLETE));
        }
        if self.contact_of(email).is_err() {
            let properties =
                json!([{ "name": "name", "value": name }, { "name": "email", "value": email }]);
            self.contacts_create(&json!({ "properties": properties }))?;
        }
        let subscriber = super::user_ref(self.contact_of(email)?);
        let tags = fields::tag_names(&body["tags"]);
        self.know_tags(&tags);
        let id = self.next_ticket;
        self.next_ticket += 1;
        let mut row = members(&json!({
            "id": id, "requester_name": name, "requester_email": email, "subject": said("subject"),
            "subscriber_id": subscriber["id"], "source": "DASHBOARD", "created_by": "USER",
            "status": 1, "priority": 2, "type": 3, "assigned_to": "GROUP", "group_id": group,
            "created_time": now_seconds(), "updated_time": 0, "is_spam": false,
            "public_notes_count": 0, "private_notes_count": 0, "reopens_count": 0,
            "tags": [], "automationStatus": [], "html_body": "", "references": [], "subscriber": subscriber,
            "properties": [], "forceUpdate": false,
        }));
        fields::copy(&mut row, body, &["status", "priority", "type"]);
        if let Some(assignee) = body.get("assignee_id") {
            let assignee = int(assignee)
                .ok_or_else(|| bad("`assignee_id` must be the id of a user, as number or text"))?;
            row.insert("assignee_id".into(), assignee.into());
        }
        fields::add_tags(&mut row, &tags);
        fields::merge(&mut row, items(body, "properties"));
        Ok(Reply::Json(self.tickets.put(id, row)))
    }

    /// Creates a field, or changes the one whose id is given.
    pub(super) fn custom_fields_create(&mut self, body: &Value) -> Outcome {
        let label = body["field_label"].as_str().unwrap_or_default();
        let known = body
            .get("id")
            .and_then(int)
            .and_then(|id| self.custom_fields.get(id))
            .cloned();
        let update = known.is_some();
        let scope = &body["scope"];
        let position = self
            .custom_fields
            .rows()
            .filter(|field| field.get("scope") == Some(scope))
            .count()
            + 1;
        let mut row = known.unwrap_or_else(|| {
            members(&json!({
                "id": self.id(), "field_type": "TEXT", "version": "v2", "field_label": "", "field_label_case_sensitive": "",
                "field_name": "", "field_data": "", "field_description": "", "is_required": false, "is_searchable": false,
                "saveSilent": false, "showInFilter": false, "created_time": now_seconds(), "updated_time": 0,
                "scope": scope, "position": position,
            }))
        });
        fields::copy(
            &mut row,
            body,
            &[
                "field_type",
                "field_label",
                "field_description",
                "field_data",
                "scope",
            ],
        );
        row.insert("field_label_case_sensitive".into(), label.into());
        row.insert("field_name".into(), label.replace(' ', "_").into());
        for key in ["is_required", "is_searchable"] {
            if body.get(key).is_some() {
                row.insert(key.into(), flag(body.get(key)).into());
            }
        }
        if update {
            rows::touch(&mut row);
        }
        let id = row.get("id").and_then(int).unwrap_or_default();
        self.custom_fields.put(id, row.clone());
        // This answer is thinner than the rows of the list, and its label is in small letters.
        row.shift_remove("field_name");
        row.shift_remove("field_data");
        row.insert(
            "field_label_case_sensitive".into(),
            label.to_lowercase().into(),
        );
        Ok(Reply::Json(Value::Object(row)))
    }
}
