//! Batches within the size limit of Engage.

use std::fmt;
use std::io;

use serde::Serialize;

use crate::enums::BatchItemType;
use crate::ids::UserId;
use crate::types::{BatchItem, BatchRequest, NewUser, TrackEvent, UserUpdate};

/// A batch's body must be smaller than this: the documented 100 KB, read the strict way.
pub const BATCH_LIMIT_BYTES: usize = 100_000;

/// The JSON around the items of a batch.
const FRAME: usize = r#"{"data":[]}"#.len();

/// A batch or a single item is too large for Engage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchError {
    position: Option<usize>,
    bytes: usize,
}

impl BatchError {
    /// Index of the item that is too large by itself; `None` if all items together are too large.
    #[must_use]
    pub fn position(&self) -> Option<usize> {
        self.position
    }

    /// Size of the request body in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

impl fmt::Display for BatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (bytes, limit) = (self.bytes, BATCH_LIMIT_BYTES);
        match self.position {
            Some(position) => write!(
                f,
                "item {position} of the batch is too large: alone it makes {bytes} bytes, and a batch must stay below {limit}"
            ),
            None => write!(
                f,
                "the batch has {bytes} bytes and must stay below {limit}: use `split_batch`"
            ),
        }
    }
}

impl std::error::Error for BatchError {}

impl BatchItem {
    /// Creates a user, as `users().create()` does.
    #[must_use]
    pub fn create(user: NewUser) -> Self {
        Self {
            accounts: user.accounts,
            app_build: user.app_build,
            app_last_active: user.app_last_active,
            app_version: user.app_version,
            created_at: user.created_at,
            device_platform: user.device_platform,
            device_token: user.device_token,
            email: user.email,
            first_name: user.first_name,
            is_account: user.is_account,
            last_name: user.last_name,
            lists: user.lists,
            meta: user.meta,
            number: user.number,
            tz: user.tz,
            extra: user.extra,
            ..Self::new(BatchItemType::Create, user.id)
        }
    }

    /// Updates a user or creates it, as `users().update()` does.
    #[must_use]
    pub fn update(uid: impl Into<UserId>, user: UserUpdate) -> Self {
        Self {
            accounts: user.accounts,
            app_build: user.app_build,
            app_last_active: user.app_last_active,
            app_version: user.app_version,
            created_at: user.created_at,
            device_platform: user.device_platform,
            device_token: user.device_token,
            email: user.email,
            first_name: user.first_name,
            is_account: user.is_account,
            last_name: user.last_name,
            lists: user.lists,
            meta: user.meta,
            number: user.number,
            tz: user.tz,
            extra: user.extra,
            ..Self::new(BatchItemType::Update, uid)
        }
    }

    /// Records an event, as `users().track()` does; a bare name is enough.
    ///
    /// ```
    /// use engage_client::types::{BatchItem, TrackEvent};
    ///
    /// let items = [
    ///     BatchItem::track("u13", "signed_up"),
    ///     BatchItem::track("u13", TrackEvent::new("paid").value(12.5)),
    /// ];
    /// ```
    #[must_use]
    pub fn track(uid: impl Into<UserId>, event: impl Into<TrackEvent>) -> Self {
        let event = event.into();
        Self {
            event: Some(event.event),
            properties: event.properties,
            timestamp: event.timestamp,
            value: event.value,
            extra: event.extra,
            ..Self::new(BatchItemType::Event, uid)
        }
    }
}

impl BatchRequest {
    /// Checks the size of the batch, and returns it in bytes.
    ///
    /// # Errors
    /// If it is not below [`BATCH_LIMIT_BYTES`].
    pub fn check_size(&self) -> Result<usize, BatchError> {
        let bytes = size(self);
        if bytes < BATCH_LIMIT_BYTES {
            Ok(bytes)
        } else {
            Err(BatchError {
                position: None,
                bytes,
            })
        }
    }
}

impl From<Vec<BatchItem>> for BatchRequest {
    fn from(data: Vec<BatchItem>) -> Self {
        Self::new(data)
    }
}

impl<const N: usize> From<[BatchItem; N]> for BatchRequest {
    fn from(data: [BatchItem; N]) -> Self {
        Self::new(data)
    }
}

/// Splits items into as few batches as their order allows, each below [`BATCH_LIMIT_BYTES`]. Nothing is sent.
///
/// Without items there are no batches. Items are never divided and stay in order. Engage processes batches later, and does not
/// document that it keeps their order.
///
/// # Errors
/// If an item is too large by itself. No batch is returned then, so that nothing is sent in part.
///
/// ```no_run
/// # async fn run(client: engage_client::Client, items: Vec<engage_client::types::BatchItem>)
/// # -> Result<(), Box<dyn std::error::Error>> {
/// for batch in engage_client::split_batch(items)? {
///     client.batch().queue(batch).send().await?;
/// }
/// # Ok(())
/// # }
/// ```
pub fn split_batch(
    items: impl IntoIterator<Item = BatchItem>,
) -> Result<Vec<Vec<BatchItem>>, BatchError> {
    let mut batches: Vec<Vec<BatchItem>> = Vec::new();
    // The size of the last batch.
    let mut bytes = BATCH_LIMIT_BYTES;
    for (position, item) in items.into_iter().enumerate() {
        let own = size(&item);
        if FRAME + own >= BATCH_LIMIT_BYTES {
            return Err(BatchError {
                position: Some(position),
                bytes: FRAME + own,
            });
        }
        let more = own + ",".len();
        match batches.last_mut() {
            Some(batch) if bytes + more < BATCH_LIMIT_BYTES => {
                batch.push(item);
                bytes += more;
            }
            _ => {
                batches.push(vec![item]);
                bytes = FRAME + own;
            }
        }
    }
    Ok(batches)
}

/// The size of a value as JSON, in bytes.
fn size(value: &impl Serialize) -> usize {
    let mut bytes = Counter(0);
    serde_json::to_writer(&mut bytes, value)
        .expect("text, numbers and JSON values can always be written");
    bytes.0
}

struct Counter(usize);

impl io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn sent(item: BatchItem) -> Value {
        serde_json::to_value(item).unwrap()
    }

    /// An item of this size in bytes.
    fn item(bytes: usize) -> BatchItem {
        let empty = size(&BatchItem::track("", ""));
        BatchItem::track("x".repeat(bytes - empty), "")
    }

    fn wire(batch: &[BatchItem]) -> usize {
        serde_json::to_vec(&BatchRequest::from(batch.to_vec()))
            .unwrap()
            .len()
    }

    #[test]
    fn items_are_flat() {
        assert_eq!(
            sent(BatchItem::track("u1", "signed_up")),
            json!({"type": "event", "id": "u1", "event": "signed_up", "value": true})
        );
        let all = json!({
            "id": "u1", "first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com", "number": "15555551234",
            "is_account": false, "created_at": "2021-01-12", "device_token": "t", "device_platform": "ios", "lists": ["l1"],
            "accounts": [{"id": "a1", "role": "owner"}], "meta": {"age": 36}, "tz": "Europe/London", "app_version": "1",
            "app_build": "2", "app_last_active": "2021-01-12", "unheard_of": [1],
        });
        let with_type = |type_: &str| {
            let mut all = all.clone();
            all["type"] = type_.into();
            all
        };
        let user: NewUser = serde_json::from_value(all.clone()).unwrap();
        assert_eq!(sent(BatchItem::create(user)), with_type("create"));
        let user: UserUpdate = serde_json::from_value(all.clone()).unwrap();
        assert_eq!(sent(BatchItem::update("u1", user)), with_type("update"));
        let event = json!({"event": "paid", "value": 5, "properties": {"plan": "pro"}, "timestamp": "2021-01-12", "more": null});
        let item = sent(BatchItem::track(
            "u1",
            serde_json::from_value::<TrackEvent>(event.clone()).unwrap(),
        ));
        assert_eq!(
            (&item["properties"], &item["timestamp"], &item["value"]),
            (&event["properties"], &event["timestamp"], &event["value"])
        );
        assert!(item.as_object().unwrap().contains_key("more"));
    }

    #[test]
    fn the_uid_of_an_update_comes_from_the_argument() {
        let user = UserUpdate::new().id("other");
        assert_eq!(
            sent(BatchItem::update("u1", user)),
            json!({"type": "update", "id": "u1"})
        );
    }

    #[test]
    fn size_is_that_of_the_body() {
        let batch =
            BatchRequest::from([BatchItem::track("é", "\"x\""), BatchItem::track("u2", "x")]);
        assert_eq!(
            batch.check_size(),
            Ok(serde_json::to_vec(&batch).unwrap().len())
        );
        let batch = BatchRequest::from(vec![item(BATCH_LIMIT_BYTES)]);
        assert_eq!(
            batch.check_size().unwrap_err().to_string(),
            "the batch has 100011 bytes and must stay below 100000: use `split_batch`"
        );
    }

    #[test]
    fn batches_stay_below_the_limit() {
        assert_eq!(split_batch([]), Ok(vec![]));
        // Two items, a comma and the frame are one byte below the limit, or at it.
        let largest = BATCH_LIMIT_BYTES - 1 - FRAME - 1 - 40_000;
        let batches = split_batch([item(40_000), item(largest)]).unwrap();
        assert_eq!(batches.iter().map(Vec::len).collect::<Vec<_>>(), [2]);
        assert_eq!(wire(&batches[0]), BATCH_LIMIT_BYTES - 1);
        let batches = split_batch([item(40_000), item(largest + 1)]).unwrap();
        assert_eq!(batches.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1]);
    }

    #[test]
    fn order_is_kept_and_no_item_is_lost() {
        let items: Vec<BatchItem> = (0..5000)
            .map(|at| BatchItem::track(format!("user-{at}"), "x".repeat(at % 40)))
            .collect();
        let batches = split_batch(items.clone()).unwrap();
        assert!(batches.len() > 1);
        assert!(batches.iter().all(|batch| wire(batch) < BATCH_LIMIT_BYTES));
        assert_eq!(batches.concat(), items);
    }

    #[test]
    fn an_item_over_the_limit_is_named() {
        let largest = BATCH_LIMIT_BYTES - 1 - FRAME;
        assert_eq!(
            wire(&split_batch([item(largest)]).unwrap()[0]),
            BATCH_LIMIT_BYTES - 1
        );
        let error = split_batch([item(100), item(largest + 1), item(100)]).unwrap_err();
        assert_eq!(
            (error.position(), error.bytes()),
            (Some(1), BATCH_LIMIT_BYTES)
        );
        assert_eq!(
            error.to_string(),
            "item 1 of the batch is too large: alone it makes 100000 bytes, and a batch must stay below 100000"
        );
    }
}
