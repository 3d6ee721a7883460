//! Tracks, whose milestones deals move along.

use serde_json::{Value, json};

use super::account::EngageBayAccount;
use super::fields::{copy_fields, set_updated_time};
use crate::accounts::call::Call;
use crate::accounts::json::{Object, array, integer, number, text, to_object};
use crate::accounts::response::{ApiError, ApiResponse, ApiResult, bad_request};

/// A milestone as the provider returns it.
fn milestone_view(given: &Value) -> Value {
    let mut view = to_object(given);
    let label = text(&view, "labelName").to_owned();
    view.entry("labelActualName")
        .or_insert_with(|| format!("{label}_Actual").into());
    view.entry("isWon").or_insert(Value::Bool(false));
    view.entry("isLost").or_insert(Value::Bool(false));
    view.entry("color").or_insert_with(|| "#5aa7e0".into());
    let probability = view.get("probability").and_then(number);
    view.insert(
        "probability".into(),
        probability.unwrap_or_else(|| json!(0.0)),
    );
    Value::Object(view)
}

impl EngageBayAccount {
    pub(super) fn call_tracks(&mut self, operation: &str, call: &Call) -> ApiResult {
        let id = call.id("id");
        match operation {
            "tracks_list" => Ok(self.tracks.list(|_| true)),
            "tracks_create" => self.tracks_create(&call.body),
            "tracks_update" => self.tracks_update(&call.body),
            "tracks_get" => Ok(self.tracks.response(id)),
            "tracks_delete" => self.tracks_delete(id),
            _ => Ok(ApiResponse::Example(None)),
        }
    }

    /// Adds the track that every account has.
    pub(super) fn add_default_track(&mut self) {
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
                milestone_view(
                    &json!({ "labelName": label, "probability": probability, "color": color }),
                )
            })
            .collect();
        let id = self.next_id();
        let record = json!({ "id": id, "name": "Default", "milestones": milestones, "isDefault": true, "created_time": self.clock.seconds() });
        self.tracks.insert(id, to_object(&record));
    }

    pub(super) fn default_track_id(&self) -> i64 {
        let found = self
            .tracks
            .iter()
            .find(|track| track.get("isDefault") == Some(&Value::Bool(true)));
        found
            .and_then(|track| track.get("id").and_then(integer))
            .unwrap_or_default()
    }

    /// The track that a body names by id or name, or else the default one.
    pub(super) fn requested_track(&self, body: &Value) -> Result<i64, ApiError> {
        if let Some(given) = body.get("track_id") {
            let id = integer(given).filter(|id| self.tracks.get(*id).is_some());
            return id.ok_or_else(|| {
                bad_request("`track_id` is not a track of this account: tracks_list lists them")
            });
        }
        let Some(name) = body.get("track_name").and_then(Value::as_str) else {
            return Ok(self.default_track_id());
        };
        let found = self.tracks.iter().find(|track| text(track, "name") == name);
        let id = found.and_then(|track| track.get("id").and_then(integer));
        id.ok_or_else(|| {
            bad_request(format!(
                "There is no track `{name}`: tracks_list lists them, and names are case-sensitive"
            ))
        })
    }

    /// Sets track and milestone of a deal. As at the provider, any milestone is accepted; an unknown one has probability
    /// 0.
    pub(super) fn set_track(&self, record: &mut Object, track: i64, label: Option<&str>) {
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
        record.insert("track_id".into(), track.into());
        record.insert("milestoneLabelName".into(), label.into());
        record.insert(
            "milestoneActualName".into(),
            format!("{label}_Actual").into(),
        );
        record.insert(
            "probability".into(),
            known.map_or(json!(0.0), |milestone| milestone["probability"].clone()),
        );
    }

    fn tracks_create(&mut self, body: &Value) -> ApiResult {
        let id = self.next_id();
        let milestones: Vec<Value> = array(body, "milestones")
            .iter()
            .map(milestone_view)
            .collect();
        let record = json!({ "id": id, "name": body["name"], "milestones": milestones, "isDefault": false, "created_time": self.clock.seconds() });
        Ok(ApiResponse::Json(
            self.tracks.insert(id, to_object(&record)),
        ))
    }

    fn tracks_update(&mut self, body: &Value) -> ApiResult {
        let id =
            integer(&body["id"]).ok_or_else(|| bad_request("`id` must be the id of a track"))?;
        let milestones: Vec<Value> = array(body, "milestones")
            .iter()
            .map(milestone_view)
            .collect();
        let record = self.tracks.require_mut(id)?;
        copy_fields(record, body, &["name"]);
        // The whole track is replaced, including its milestones.
        record.insert("milestones".into(), milestones.into());
        set_updated_time(record, self.clock.seconds());
        Ok(ApiResponse::Json(Value::Object(record.clone())))
    }

    fn tracks_delete(&mut self, id: i64) -> ApiResult {
        if id == self.default_track_id() {
            return Err(bad_request("The default track can't be deleted"));
        }
        Ok(self.tracks.remove(id))
    }
}
