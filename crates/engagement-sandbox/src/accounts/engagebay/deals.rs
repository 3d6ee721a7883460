//! Deals, and the tracks they move along.

use serde_json::{Value, json};

use super::{State, fields, ids, rows, user_ref};
use crate::accounts::call::{Outcome, Refused, Reply, bad};
use crate::accounts::values::{Row, int, items, members, now_seconds, number, text};

/// What rows of a list show.
const THIN: [&str; 10] = [
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

fn thin(row: &Row) -> Row {
    // The time is needed for nothing but sorting, which has happened by now.
    THIN.iter()
        .filter_map(|key| Some(((*key).to_owned(), row.get(*key)?.clone())))
        .collect()
}

/// The texts that a search looks at.
pub(super) fn searched(row: &Row) -> Vec<String> {
    vec![
        text(row, "name").to_owned(),
        row.get("amount").map(Value::to_string).unwrap_or_default(),
    ]
}

/// A milestone as the provider shows it.
fn milestone(given: &Value) -> Value {
    let mut row = members(given);
    let label = text(&row, "labelName").to_owned();
    row.entry("labelActualName")
        .or_insert_with(|| format!("{label}_Actual").into());
    row.entry("isWon").or_insert(Value::Bool(false));
    row.entry("isLost").or_insert(Value::Bool(false));
    row.entry("color").or_insert_with(|| "#5aa7e0".into());
    let probability = row.get("probability").and_then(number);
    row.insert(
        "probability".into(),
        probability.unwrap_or_else(|| json!(0.0)),
    );
    Value::Object(row)
}

/// Reads a field that may be a number or text.
fn numeric(
    body: &Value,
    key: &str,
    read: impl Fn(&Value) -> Option<Value>,
) -> Result<Option<Value>, Refused> {
    let Some(value) = body.get(key) else {
        return Ok(None);
    };
    read(value)
        .map(Some)
        .ok_or_else(|| bad(format!("`{key}` must be a number, or text that is one")))
}

impl State {
    /// The track that every account has.
    pub(super) fn default_track(&mut self) {
        let steps = [
            ("New", 0.1, "#5aa7e0"),
            ("Prospect", 0.2, "#6dbf8b"),
            ("Proposal", 0.3, "#f2b84b"),
            ("Won", 1.0, "#4caf50"),
            ("Lost", 0.0, "#e05a5a"),
        ];
        let milestones: Vec<Value> = steps
            .iter()
            .map(|(label, probability, color)| {
                milestone(
                    &json!({ "labelName": label, "probability": probability, "color": color }),
                )
            })
            .collect();
        let id = self.id();
        let row = json!({ "id": id, "name": "Default", "milestones": milestones, "isDefault": true, "created_time": now_seconds() });
        self.tracks.put(id, members(&row));
    }

    fn default_track_id(&self) -> i64 {
        let found = self
            .tracks
            .rows()
            .find(|track| track.get("isDefault") == Some(&Value::Bool(true)));
        found
            .and_then(|track| track.get("id").and_then(int))
            .unwrap_or_default()
    }

    /// The track that a body names by id or name; the default one if it names none.
    fn track_in(&self, body: &Value) -> Result<i64, Refused> {
        if let Some(given) = body.get("track_id") {
            let id = int(given).filter(|id| self.tracks.get(*id).is_some());
            return id.ok_or_else(|| {
                bad("`track_id` is no track of this account: tracks_list names them")
            });
        }
        let Some(name) = body.get("track_name").and_then(Value::as_str) else {
            return Ok(self.default_track_id());
        };
        let found = self.tracks.rows().find(|track| text(track, "name") == name);
        let id = found.and_then(|track| track.get("id").and_then(int));
        id.ok_or_else(|| {
            bad(format!(
                "There is no track `{name}`: tracks_list names them, and case counts"
            ))
        })
    }

    /// Puts a deal on a track. Like the provider's, any milestone is taken; an unknown one has no probability.
    fn place(&self, row: &mut Row, track: i64, label: Option<&str>) {
        let milestones = self
            .tracks
            .get(track)
            .and_then(|track| track.get("milestones"))
            .and_then(Value::as_array);
        let milestones = milestones.map_or(&[][..], Vec::as_slice);
        let known = match label {
            Some(label) => milestones
                .iter()
                .find(|milestone| milestone["labelName"] == json!(label)),
            None => milestones.first(),
        };
        let label = label
            .or_else(|| known?.get("labelName")?.as_str())
            .unwrap_or_default();
        row.insert("track_id".into(), track.into());
        row.insert("milestoneLabelName".into(), label.into());
        row.insert(
            "milestoneActualName".into(),
            format!("{label}_Actual").into(),
        );
        row.insert(
            "probability".into(),
            known.map_or(json!(0.0), |milestone| milestone["probability"].clone()),
        );
    }

    pub(super) fn deals_list(&self, body: &Value) -> Outcome {
        let track = body
            .get("track_id")
            .and_then(int)
            .unwrap_or_else(|| self.default_track_id());
        self.deals.page(
            body,
            |deal| deal.get("track_id").and_then(int) == Some(track),
            thin,
        )
    }

    pub(super) fn deals_create(&mut self, body: &Value, contact: Option<i64>) -> Outcome {
        let track = self.track_in(body)?;
        let whole = |value: &Value| int(value).map(Value::from);
        let amount = numeric(body, "amount", number)?;
        let unique_id = numeric(body, "unique_id", whole)?;
        let closed = numeric(body, "closed_date", whole)?;
        let known = body
            .get("id")
            .and_then(int)
            .and_then(|id| self.deals.get(id))
            .cloned();
        let update = known.is_some();
        let tags = fields::tag_names(&body["tags"]);
        self.know_tags(&tags);
        let mut row = known.unwrap_or_else(|| {
            let owner = self.owner(body.get("owner_id").and_then(int));
            let id = self.id();
            members(&json!({
                "id": id, "name": "", "name_sort": "", "description": "",
                "unique_id": now_seconds().saturating_mul(1000) + id % 1000, "amount": 0.0, "closed_date": 0,
                "track_id": 0, "milestoneLabelName": "", "milestoneActualName": "",
                "contact_ids": [], "company_ids": [], "deal_ids": [], "entiy_group_name": "deal",
                "tags": [], "properties": [], "owner_id": owner["id"], "owner": owner,
                "created_time": now_seconds(), "updated_time": 0, "probability": 0.0, "currency_type": "USD-$",
                "subscribers": [], "companies": [],
            }))
        });
        fields::copy(
            &mut row,
            body,
            &[
                "name",
                "description",
                "currency_type",
                "contact_ids",
                "company_ids",
            ],
        );
        let name_sort = text(&row, "name").to_lowercase();
        row.insert("name_sort".into(), name_sort.into());
        let label = body.get("milestoneLabelName").and_then(Value::as_str);
        if !update
            || label.is_some()
            || body.get("track_id").is_some()
            || body.get("track_name").is_some()
        {
            self.place(&mut row, track, label);
        }
        fields::copy(&mut row, body, &["milestoneActualName", "probability"]);
        for (key, value) in [
            ("amount", amount),
            ("unique_id", unique_id),
            ("closed_date", closed),
        ] {
            if let Some(value) = value {
                row.insert(key.into(), value);
            }
        }
        if let Some(contact) = contact {
            fields::add_id(&mut row, "contact_ids", contact);
        }
        fields::merge(&mut row, items(body, "properties"));
        fields::add_tags(&mut row, &tags);
        self.link(&mut row);
        if update {
            rows::touch(&mut row);
        }
        let id = row.get("id").and_then(int).unwrap_or_default();
        Ok(Reply::Json(self.deals.put(id, row)))
    }

    /// Shows the people and companies whose ids a record holds.
    pub(super) fn link(&self, row: &mut Row) {
        let body = Value::Object(row.clone());
        let people = ids(&body, "contact_ids")
            .iter()
            .filter_map(int)
            .filter_map(|id| self.contacts.get(id))
            .map(user_ref)
            .collect();
        let company = |row: &Row| json!({ "id": row.get("id"), "name": row.get("name"), "url": row.get("url") });
        let companies = ids(&body, "company_ids")
            .iter()
            .filter_map(int)
            .filter_map(|id| self.companies.get(id))
            .map(company)
            .collect();
        row.insert("subscribers".into(), people);
        row.insert("companies".into(), companies);
    }

    pub(super) fn deals_change_track(&mut self, body: &Value) -> Outcome {
        let track = self.track_in(body)?;
        let id = int(&body["id"]).unwrap_or_default();
        let mut row = self.deals.need_mut(id)?.clone();
        self.place(&mut row, track, body["milestoneLabelName"].as_str());
        rows::touch(&mut row);
        Ok(Reply::Json(self.deals.put(id, row)))
    }

    pub(super) fn deals_update(&mut self, body: &Value) -> Outcome {
        let owner = body
            .get("owner_id")
            .and_then(int)
            .map(|id| self.owner(Some(id)));
        let row = self.deals.need_mut(int(&body["id"]).unwrap_or_default())?;
        fields::copy(row, body, &["name", "description", "amount", "closed_date"]);
        fields::merge(row, items(body, "properties"));
        let name_sort = text(row, "name").to_lowercase();
        row.insert("name_sort".into(), name_sort.into());
        if let Some(owner) = owner {
            row.insert("owner_id".into(), owner["id"].clone());
            row.insert("owner".into(), owner);
        }
        rows::touch(row);
        Ok(Reply::Json(Value::Object(row.clone())))
    }

    pub(super) fn tracks_create(&mut self, body: &Value) -> Outcome {
        let id = self.id();
        let milestones: Vec<Value> = items(body, "milestones").iter().map(milestone).collect();
        let row = json!({ "id": id, "name": body["name"], "milestones": milestones, "isDefault": false, "created_time": now_seconds() });
        Ok(Reply::Json(self.tracks.put(id, members(&row))))
    }

    pub(super) fn tracks_update(&mut self, body: &Value) -> Outcome {
        let id = int(&body["id"]).ok_or_else(|| bad("`id` must be the id of a track"))?;
        let milestones: Vec<Value> = items(body, "milestones").iter().map(milestone).collect();
        let row = self.tracks.need_mut(id)?;
        fields::copy(row, body, &["name"]);
        // The whole object is stored: milestones that are left out are lost.
        row.insert("milestones".into(), milestones.into());
        rows::touch(row);
        Ok(Reply::Json(Value::Object(row.clone())))
    }

    pub(super) fn tracks_delete(&mut self, id: i64) -> Outcome {
        if id == self.default_track_id() {
            return Err(bad("The default track can't be deleted"));
        }
        Ok(self.tracks.remove(id))
    }
}
