//! An EngageBay account.

mod companies;
mod contacts;
mod deals;
mod desk;
mod fields;
mod rows;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Value, json};

use crate::accounts::call::{Call, Outcome, Refused, Reply, bad};
use crate::accounts::values::{Row, int, items, members, now_seconds, text};
use crate::provider::{Platform, Provider};
use rows::Rows;

/// Ids look like the provider's: 16 digits, below 2^53.
const FIRST_ID: i64 = 6_000_000_000_000_001;
/// What the provider says when a call lacks something.
const INCOMPLETE: &str = "Invalid input. Please provide all the required fields.";

/// One account.
pub(crate) struct State {
    next_id: i64,
    next_ticket: i64,
    contacts: Rows,
    /// Ids of contacts by e-mail address.
    emails: HashMap<String, i64>,
    companies: Rows,
    /// Ids of companies by name.
    names: HashMap<String, i64>,
    deals: Rows,
    tracks: Rows,
    events: Rows,
    tasks: Rows,
    notes: Rows,
    products: Rows,
    tickets: Rows,
    custom_fields: Rows,
    /// Tags of the account, with the time each was made.
    tags: Vec<(String, i64)>,
    /// Products of contacts.
    bought: BTreeMap<i64, BTreeSet<i64>>,
    /// Users of the account; the first one holds the key.
    owners: Vec<Row>,
    /// Contact lists; the API has no call that makes one.
    lists: Vec<Row>,
}

impl State {
    /// A fresh account: two users, the documented contact list, a default track.
    pub(crate) fn new(provider: &Provider) -> Self {
        let documented = |operation: &str| -> Vec<Row> {
            let example = provider.example(operation).and_then(Value::as_array);
            example
                .map(|rows| rows.iter().map(members).collect())
                .unwrap_or_default()
        };
        let mut owners = documented("owners_list");
        owners.truncate(1);
        owners.push(members(&json!({
            "id": 4_900_000_000_000_001_i64, "email": "owner@example.com", "name": "Olive Owner",
            "is_admin": false, "is_verified": true, "is_owner": false, "time_zone": "Europe/London", "language": "en",
        })));
        let mut state = Self {
            next_id: FIRST_ID,
            next_ticket: 1,
            contacts: Rows::new("contact"),
            emails: HashMap::new(),
            companies: Rows::new("company"),
            names: HashMap::new(),
            deals: Rows::new("deal"),
            tracks: Rows::new("track"),
            events: Rows::new("event"),
            tasks: Rows::new("task"),
            notes: Rows::new("note"),
            products: Rows::new("product"),
            tickets: Rows::new("ticket"),
            custom_fields: Rows::new("custom field"),
            tags: Vec::new(),
            bought: BTreeMap::new(),
            owners,
            lists: documented("lists_list"),
        };
        state.default_track();
        state
    }

    fn id(&mut self) -> i64 {
        let id = self.next_id;
        self.next_id += 1;
        id
    }

    /// The user with this id, or the one who holds the key.
    fn owner(&self, id: Option<i64>) -> Value {
        let of_id = id.and_then(|id| {
            self.owners
                .iter()
                .find(|owner| owner.get("id").and_then(int) == Some(id))
        });
        let Some(owner) = of_id.or(self.owners.first()) else {
            return json!({ "id": 0 });
        };
        user_ref(owner)
    }

    /// Adds tags to the account; those it has are left as they are.
    fn know_tags(&mut self, names: &[String]) {
        for name in names {
            if !self.tags.iter().any(|(known, _)| known == name) {
                self.tags.push((name.clone(), now_seconds()));
            }
        }
    }

    fn lists_add_contact(&mut self, call: &Call) -> Outcome {
        let list = call.id("listId");
        if !self
            .lists
            .iter()
            .any(|row| row.get("id").and_then(int) == Some(list))
        {
            let known: Vec<String> = self
                .lists
                .iter()
                .filter_map(|row| row.get("id").map(Value::to_string))
                .collect();
            return Err(bad(format!(
                "There is no list with id {list}: this account has {}",
                known.join(", ")
            )));
        }
        let contact = self.contact_of(call.text("email"))?;
        fields::add_id(contact, "listIds", list);
        Ok(Reply::Done)
    }
}

impl Platform for State {
    fn call(&mut self, operation: &str, call: &Call) -> Outcome {
        let id = call.id("id");
        match operation {
            "contacts_list" => self.contacts.page(&call.body, |_| true, contacts::thin),
            "contacts_get" => Ok(self.contacts.reply(id)),
            "contacts_create" => self.contacts_create(&call.body).map(Reply::Json),
            "contacts_update" => self.contacts_update(&call.body),
            "contacts_replace" => self.contacts_replace(&call.body),
            "contacts_delete" => Ok(self.contacts_delete(id)),
            "contacts_add_tags_by_email" => self.tag_by_email(&call.body, true),
            "contacts_remove_tags_by_email" => self.tag_by_email(&call.body, false),
            "contacts_list_tags_by_email" => {
                self.tags_of(|state| state.contact_of(call.text("email")))
            }
            "contacts_list_tags" => {
                self.tags_of(|state| state.contacts.need_mut(call.id("contactId")))
            }
            "contacts_add_tags" => self.tag_by_id(call.id("contactId"), &call.body, true),
            "contacts_remove_tags" => self.tag_by_id(call.id("contactId"), &call.body, false),
            "contacts_add_tags_form" => {
                self.tag_by_id(call.id("contactId"), &call.body["tags"], true)
            }
            "contacts_remove_tags_form" => self.tag_by_id(
                int(&call.body["contactId"]).unwrap_or_default(),
                &call.body["tags"],
                false,
            ),
            "contacts_add_score" => self.score(
                call.body["email"].as_str().unwrap_or_default(),
                &call.body["score"],
            ),
            "contacts_add_score_by_path" => {
                self.score(call.text("email"), &json!(call.id("score")))
            }
            "contacts_search" => self.contacts.search(call, contacts::searched),
            "contacts_change_owner" => {
                self.change_owner(call.id("subscriberId"), call.text("ownerEmail"))
            }
            "contacts_get_by_email" => self
                .contact_of(call.text("email"))
                .map(|row| Reply::Json(Value::Object(row.clone()))),
            "contacts_find_by_email" => Ok(match self.contact_of(call.text("email")) {
                Ok(row) => Reply::Json(Value::Object(row.clone())),
                Err(_) => Reply::NoRecord,
            }),
            "contacts_create_batch" => self.contacts_create_batch(&call.body),
            "contacts_list_notes" => {
                let contact = call.id("contactId");
                let page = Value::Object(call.parameters.clone());
                self.notes.page(
                    &page,
                    |note| note.get("parentId").and_then(int) == Some(contact),
                    Row::clone,
                )
            }
            // Calls come in by telephone only.
            "contacts_list_call_logs" => Ok(Reply::Json(json!([]))),

            "companies_create" => self.companies_create(&call.body),
            "companies_update" => self.companies_update(&call.body),
            "companies_replace" => self.companies_replace(&call.body),
            "companies_list" => self.companies.page(&call.body, |_| true, Row::clone),
            "companies_get" => Ok(self.companies.reply(id)),
            "companies_delete" => Ok(self.companies_delete(id)),
            "companies_search" => self.companies.search(call, contacts::searched),
            "companies_add_contact" => {
                let contact = int(&call.body["contactId"]).unwrap_or_default();
                self.contacts.need_mut(contact)?;
                self.join(call, contact)
            }
            "companies_add_contact_by_email" => {
                let email = call.body["contactEmail"].as_str().unwrap_or_default();
                let contact = self
                    .contact_of(email)?
                    .get("id")
                    .and_then(int)
                    .unwrap_or_default();
                self.join(call, contact)
            }

            "deals_list" => self.deals_list(&call.body),
            "deals_get" => Ok(self.deals.reply(id)),
            "deals_create" => self.deals_create(&call.body, None),
            "deals_create_for_contact" => {
                let contact = self.contact_of(call.text("email"))?.get("id").and_then(int);
                self.deals_create(&call.body, contact)
            }
            "deals_delete" => Ok(self.deals.remove(id)),
            "deals_search" => self.deals.search(call, deals::searched),
            "deals_change_track" => self.deals_change_track(&call.body),
            "deals_update" => self.deals_update(&call.body),

            "tracks_list" => Ok(self.tracks.all(|_| true)),
            "tracks_create" => self.tracks_create(&call.body),
            "tracks_update" => self.tracks_update(&call.body),
            "tracks_get" => Ok(self.tracks.reply(id)),
            "tracks_delete" => self.tracks_delete(id),

            "events_list" => self.events_list(call),
            "events_list_for_contact" => {
                let contact = call.id("contact_id");
                Ok(self.events.all(|event| {
                    event
                        .get("contact_ids")
                        .is_some_and(|ids| fields::has_id(ids, contact))
                }))
            }
            "events_create" => self.events_create(&call.body),
            "events_update" => self.events_update(&call.body),

            "tasks_list" => self.tasks_list(&call.body),
            "tasks_get" => Ok(self.tasks.reply(id)),
            "tasks_create" => self.tasks_create(&call.body),
            "tasks_update" => self.tasks_update(&call.body),
            "tasks_delete" => Ok(self.tasks.remove(id)),

            "notes_create" => self.notes_create(&call.body),

            "products_list" => self.products.page(&call.body, |_| true, Row::clone),
            "products_get" => Ok(self.products.reply(id)),
            "products_create" => self.products_create(&call.body),
            "products_replace" => self.products_replace(&call.body),
            "products_update" => self.products_update(&call.body),
            "products_get_by_name" => {
                let name = call.text("productName");
                let found = self.products.rows().find(|row| text(row, "name") == name);
                Ok(found.map_or(Reply::NoRecord, |row| {
                    Reply::Json(Value::Object(row.clone()))
                }))
            }
            "products_delete" => Ok(self.products.remove(call.first_id())),
            "products_add_to_contact" => {
                let product = int(&call.body["productId"])
                    .ok_or_else(|| bad("`productId` must be the id of a product, as text"))?;
                self.buy(call.id("contactId"), product, true)
            }
            "products_remove_from_contact" => {
                self.buy(call.id("contactId"), call.id("productId"), false)
            }

            "tickets_list" => self.tickets.page(&call.body, |_| true, Row::clone),
            "tickets_get" | "tickets_get_alt" => Ok(self.tickets.reply(id)),
            "tickets_create" => self.tickets_create(&call.body),
            "tickets_delete" => Ok(self.tickets.remove(id)),

            "tags_list" => {
                let tag = |(tag, time): &(String, i64)| json!({ "tag": tag, "created_time": time });
                Ok(Reply::Json(self.tags.iter().map(tag).collect()))
            }
            "tags_create" => {
                let names = fields::tag_names(&json!([call.body]));
                fields::valid_tags(&names)?;
                self.know_tags(&names);
                Ok(Reply::Done)
            }

            "custom_fields_list" => {
                let scope = call.text("type");
                Ok(self
                    .custom_fields
                    .all(|field| text(field, "scope") == scope))
            }
            "custom_fields_create" => self.custom_fields_create(&call.body),
            "custom_fields_delete" => Ok(self.custom_fields.remove(id)),

            "owners_list" => Ok(Reply::Json(
                self.owners.iter().cloned().map(Value::Object).collect(),
            )),
            "profile_get" => {
                let owner = self.owner(None);
                Ok(Reply::Json(
                    json!({ "name": owner["name"], "email": owner["email"] }),
                ))
            }
            "lists_list" => Ok(Reply::Json(
                self.lists.iter().cloned().map(Value::Object).collect(),
            )),
            "lists_add_contact" => self.lists_add_contact(call),
            _ => Ok(Reply::Example),
        }
    }
}

impl Call {
    /// The one id in the path, whatever its name.
    fn first_id(&self) -> i64 {
        self.parameters.values().find_map(int).unwrap_or_default()
    }
}

/// How records show a person or user.
fn user_ref(row: &Row) -> Value {
    let name = if text(row, "fullname").is_empty() {
        text(row, "name")
    } else {
        text(row, "fullname").trim_end()
    };
    json!({ "id": row.get("id"), "email": text(row, "email"), "name": name })
}

/// The ids under a key, whatever their shape.
fn ids(body: &Value, key: &str) -> Vec<Value> {
    items(body, key)
        .iter()
        .filter_map(int)
        .map(Value::from)
        .collect()
}

fn stranger(email: &str) -> Refused {
    bad(format!("There is no contact exists with email {email}"))
}
