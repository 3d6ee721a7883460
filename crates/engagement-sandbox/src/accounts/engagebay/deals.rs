//! Deals.

use serde_json::{Value, json};

use super::account::EngageBayAccount;
use super::fields::{add_id, copy_fields, ids, set_updated_time, user_summary};
use super::properties::merge_properties;
use super::tags::{add_tags, tag_names};
use crate::accounts::call::Call;
use crate::accounts::json::{Object, array, integer, number, text, to_object};
use crate::accounts::response::{ApiError, ApiResponse, ApiResult, bad_request};

/// The fields of deals in lists.
const LIST_FIELDS: [&str; 10] = [
    "id",
    "name",
    "amount",
    "closed_date",
    "track_id",
    "milestoneLabelName",
    "tags",
    "properties",
    "probability",
    "owner",
];

/// The fields of a deal that are copied from a body.
const DEAL_FIELDS: [&str; 5] = [
    "name",
    "description",
    "currency_type",
    "contact_ids",
    "company_ids",
];

/// A deal as lists contain it.
fn list_view(record: &Object) -> Object {
    LIST_FIELDS
        .iter()
        .filter_map(|field| Some(((*field).to_owned(), record.get(*field)?.clone())))
        .collect()
}

/// The texts of a deal that a search compares.
fn searchable_texts(record: &Object) -> Vec<String> {
    vec![
        text(record, "name").to_owned(),
        record
            .get("amount")
            .map(Value::to_string)
            .unwrap_or_default(),
    ]
}

/// Converts a field that may be a number or text.
fn numeric(
    body: &Value,
    field: &str,
    convert: impl Fn(&Value) -> Option<Value>,
) -> Result<Option<Value>, ApiError> {
    let Some(value) = body.get(field) else {
        return Ok(None);
    };
    convert(value)
        .map(Some)
        .ok_or_else(|| bad_request(format!("`{field}` must be a number, or text that is one")))
}

impl EngageBayAccount {
    pub(super) fn call_deals(&mut self, operation: &str, call: &Call) -> ApiResult {
        let id = call.id("id");
        match operation {
            "deals_list" => self.deals_list(&call.body),
            "deals_get" => Ok(self.deals.response(id)),
            "deals_create" => self.deals_create(&call.body, None),
            "deals_create_for_contact" => {
                let contact = self
                    .contact_by_email(call.text("email"))?
                    .get("id")
                    .and_then(integer);
                self.deals_create(&call.body, contact)
            }
            "deals_delete" => Ok(self.deals.remove(id)),
            "deals_search" => self.deals.search(call, searchable_texts),
            "deals_change_track" => self.deals_change_track(&call.body),
            "deals_update" => self.deals_update(&call.body),
            _ => Ok(ApiResponse::Example(None)),
        }
    }

    fn deals_list(&self, body: &Value) -> ApiResult {
        let track = body
            .get("track_id")
            .and_then(integer)
            .unwrap_or_else(|| self.default_track_id());
        self.deals.page(
            body,
            |deal| deal.get("track_id").and_then(integer) == Some(track),
            list_view,
        )
    }

    /// Creates a deal, or changes the one whose id is given.
    fn deals_create(&mut self, body: &Value, contact: Option<i64>) -> ApiResult {
        let track = self.requested_track(body)?;
        let whole_number = |value: &Value| integer(value).map(Value::from);
        let numbers = [
            ("amount", numeric(body, "amount", number)?),
            ("unique_id", numeric(body, "unique_id", whole_number)?),
            ("closed_date", numeric(body, "closed_date", whole_number)?),
        ];
        let known = body.get("id").and_then(integer);
        let known = known.and_then(|id| self.deals.get(id)).cloned();
        let update = known.is_some();
        let tags = tag_names(&body["tags"]);
        self.register_tags(&tags);
        let mut record = known.unwrap_or_else(|| self.new_deal(body));
        copy_fields(&mut record, body, &DEAL_FIELDS);
        let name_sort = text(&record, "name").to_lowercase();
        record.insert("name_sort".into(), name_sort.into());
        let label = body.get("milestoneLabelName").and_then(Value::as_str);
        let names_track = ["track_id", "track_name"]
            .iter()
            .any(|field| body.get(field).is_some());
        if !update || label.is_some() || names_track {
            self.set_track(&mut record, track, label);
        }
        copy_fields(&mut record, body, &["milestoneActualName", "probability"]);
        for (field, value) in numbers {
            if let Some(value) = value {
                record.insert(field.into(), value);
            }
        }
        if let Some(contact) = contact {
            add_id(&mut record, "contact_ids", contact);
        }
        merge_properties(&mut record, array(body, "properties"));
        add_tags(&mut record, &tags, self.clock.seconds());
        self.update_links(&mut record);
        if update {
            set_updated_time(&mut record, self.clock.seconds());
        }
        let id = record.get("id").and_then(integer).unwrap_or_default();
        Ok(ApiResponse::Json(self.deals.insert(id, record)))
    }

    fn new_deal(&mut self, body: &Value) -> Object {
        let owner = self.owner(body.get("owner_id").and_then(integer));
        let id = self.next_id();
        to_object(&json!({
            "id": id, "name": "", "name_sort": "", "description": "",
            "unique_id": self.clock.seconds().saturating_mul(1000) + id % 1000, "amount": 0.0, "closed_date": 0,
            "track_id": 0, "milestoneLabelName": "", "milestoneActualName": "",
            "contact_ids": [], "company_ids": [], "deal_ids": [], "entiy_group_name": "deal",
            "tags": [], "properties": [], "owner_id": owner["id"], "owner": owner,
            "created_time": self.clock.seconds(), "updated_time": 0, "probability": 0.0, "currency_type": "USD-$",
            "subscribers": [], "companies": [],
        }))
    }

    /// Sets the contacts and companies whose ids a record has.
    pub(super) fn update_links(&self, record: &mut Object) {
        let body = Value::Object(record.clone());
        let contacts = ids(&body, "contact_ids")
            .iter()
            .filter_map(integer)
            .filter_map(|id| self.contacts.get(id))
            .map(user_summary)
            .collect();
        let summary = |record: &Object| json!({ "id": record.get("id"), "name": record.get("name"), "url": record.get("url") });
        let companies = ids(&body, "company_ids")
            .iter()
            .filter_map(integer)
            .filter_map(|id| self.companies.get(id))
            .map(summary)
            .collect();
        record.insert("subscribers".into(), contacts);
        record.insert("companies".into(), companies);
    }

    fn deals_change_track(&mut self, body: &Value) -> ApiResult {
        let track = self.requested_track(body)?;
        let id = integer(&body["id"]).unwrap_or_default();
        let mut record = self.deals.require_mut(id)?.clone();
        self.set_track(&mut record, track, body["milestoneLabelName"].as_str());
        set_updated_time(&mut record, self.clock.seconds());
        Ok(ApiResponse::Json(self.deals.insert(id, record)))
    }

    fn deals_update(&mut self, body: &Value) -> ApiResult {
        let owner = body
            .get("owner_id")
            .and_then(integer)
            .map(|id| self.owner(Some(id)));
        let record = self
            .deals
            .require_mut(integer(&body["id"]).unwrap_or_default())?;
        copy_fields(
            record,
            body,
            &["name", "description", "amount", "closed_date"],
        );
        merge_properties(record, array(body, "properties"));
        let name_sort = text(record, "name").to_lowercase();
        record.insert("name_sort".into(), name_sort.into());
        if let Some(owner) = owner {
            record.insert("owner_id".into(), owner["id"].clone());
            record.insert("owner".into(), owner);
        }
        set_updated_time(record, self.clock.seconds());
        Ok(ApiResponse::Json(Value::Object(record.clone())))
    }
}
