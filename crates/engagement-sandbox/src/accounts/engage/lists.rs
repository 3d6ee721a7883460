//! Lists and who is on them.

use serde_json::{Value, json};

use super::{State, ok, pages};
use crate::accounts::call::{Call, Outcome, Refused, Reply, bad, missing};
use crate::accounts::values::{Row, members, now_iso, text};

const SETTINGS: [&str; 4] = ["title", "description", "redirect_url", "double_optin"];

fn set(row: &mut Row, body: &Value) {
    for key in SETTINGS {
        if let Some(value) = body.get(key) {
            row.insert(key.into(), value.clone());
        }
    }
}

fn archived(row: &Row) -> bool {
    row.get("archived") == Some(&Value::Bool(true))
}

impl State {
    pub(super) fn list(&self, id: &str) -> Result<&Row, Refused> {
        self.lists
            .get(id)
            .ok_or_else(|| missing(format!("List {id} not found")))
    }

    /// A list that takes subscribers.
    pub(super) fn open_list(&self, id: &str) -> Result<&Row, Refused> {
        let list = self.list(id)?;
        if archived(list) {
            Err(bad(format!(
                "List {id} is archived and takes no subscribers"
            )))
        } else {
            Ok(list)
        }
    }

    /// A list as the API shows it.
    pub(super) fn shown_list(&self, row: &Row) -> Value {
        let id = json!(text(row, "id"));
        let on = |user: &&Row| {
            let mut lists = user
                .get("lists")
                .and_then(Value::as_array)
                .into_iter()
                .flatten();
            lists.any(|list| list["id"] == id && list["subscribed"] == json!(true))
        };
        let mut row = row.clone();
        row.remove("archived");
        row.insert(
            "subscriber_count".into(),
            self.users.values().filter(on).count().into(),
        );
        Value::Object(row)
    }

    pub(super) fn lists_create(&mut self, body: &Value) -> Reply {
        let id = self.id();
        let mut row = members(&json!({
            "id": id, "title": "", "description": null, "subscriber_count": 0, "broadcast_count": 0,
            "double_optin": false, "redirect_url": null, "created_at": format!("{}Z", now_iso()),
        }));
        set(&mut row, body);
        self.lists.insert(id, row.clone());
        Reply::Json(self.shown_list(&row))
    }

    pub(super) fn lists_list(&self, call: &Call) -> Outcome {
        pages::page(
            &self.lists,
            call,
            |row| !archived(row),
            |row| self.shown_list(row),
        )
    }

    pub(super) fn lists_update(&mut self, id: &str, body: &Value) -> Outcome {
        self.list(id)?;
        let row = self.lists.entry(id.to_owned()).or_default();
        set(row, body);
        let row = row.clone();
        Ok(Reply::Json(self.shown_list(&row)))
    }

    pub(super) fn lists_archive(&mut self, id: &str) -> Outcome {
        self.list(id)?;
        self.lists
            .entry(id.to_owned())
            .or_default()
            .insert("archived".into(), true.into());
        Ok(ok())
    }

    /// Finds the person by e-mail address, then by number, or makes one, and puts it on the list.
    fn subscribe(&mut self, list: &str, body: &Value) -> Result<String, Refused> {
        self.open_list(list)?;
        let given = |key: &str| {
            body.get(key).is_some_and(|value| {
                value.is_number() || value.as_str().is_some_and(|text| !text.is_empty())
            })
        };
        if !given("email") && !given("number") {
            return Err(bad("`email` or `number` is needed"));
        }
        let known = self.named(body).next().cloned();
        let id = match known {
            Some(id) => id,
            None => {
                let uid = format!("{:x}", 0xe000_0000_u64 + self.next_id);
                self.add_user(&uid, true)
            }
        };
        let mut body = members(body);
        // Of a form's or body's keys only these say who the person is.
        body.retain(|key, _| {
            [
                "first_name",
                "last_name",
                "email",
                "number",
                "created_at",
                "meta",
            ]
            .contains(&key.as_str())
        });
        body.insert("lists".into(), json!([list]));
        self.set(&id, &Value::Object(body));
        Ok(text(self.user(&id), "uid").to_owned())
    }

    pub(super) fn lists_subscribe(&mut self, list: &str, body: &Value) -> Outcome {
        let uid = self.subscribe(list, body)?;
        Ok(Reply::Json(json!({ "uid": uid })))
    }

    /// The public form: fields that are not the person's own become attributes.
    pub(super) fn submit_form(&mut self, list: &str, body: &Value) -> Outcome {
        let (own, meta): (Row, Row) = members(body).into_iter().partition(|(key, _)| {
            ["first_name", "last_name", "email", "number"].contains(&key.as_str())
        });
        let mut body = Value::Object(own);
        body["meta"] = Value::Object(meta);
        self.subscribe(list, &body)?;
        Ok(Reply::Done)
    }

    pub(super) fn lists_update_subscriber(
        &mut self,
        list: &str,
        uid: &str,
        body: &Value,
    ) -> Outcome {
        let id = self.need(uid)?;
        let subscribed = body["subscribed"] == json!(true);
        if subscribed {
            self.open_list(list)?;
        } else {
            self.list(list)?;
        }
        self.set_subscription(&id, list, subscribed);
        Ok(Reply::Json(json!({ "subscribed": subscribed })))
    }

    fn set_subscription(&mut self, id: &str, list: &str, subscribed: bool) {
        let entry = json!({ "id": list, "subscribed": subscribed });
        if let Value::Array(lists) = self.user(id).entry("lists").or_insert_with(|| json!([])) {
            match lists.iter_mut().find(|known| known["id"] == json!(list)) {
                Some(known) => *known = entry,
                None => lists.push(entry),
            }
        }
    }

    pub(super) fn lists_remove_subscriber(&mut self, list: &str, uid: &str) -> Outcome {
        self.list(list)?;
        let id = self.need(uid)?;
        if let Some(Value::Array(lists)) = self.user(&id).get_mut("lists") {
            lists.retain(|known| known["id"] != json!(list));
        }
        Ok(ok())
    }
}
