//! The records that a send is made for.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

/// A record that no send can be made for. It doesn't repeat the record, which is about a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientError {
    index: usize,
    reason: &'static str,
}

impl RecipientError {
    /// Which one it was, counted from 0.
    #[must_use]
    pub fn index(&self) -> usize {
        self.index
    }
}

impl fmt::Display for RecipientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "recipient {} {}", self.index, self.reason)
    }
}

impl std::error::Error for RecipientError {}

/// The `dataset` of a send from records of your own: structs, maps or `json!({…})`.
///
/// # Errors
/// If one of them can't be written as JSON, or not as an object; the error says which.
///
/// ```
/// use engageone_client::recipients;
/// use serde::Serialize;
///
/// #[derive(Serialize)]
/// struct Order {
///     customer_email: &'static str,
///     order_number: &'static str,
/// }
///
/// let orders = [Order { customer_email: "ada@example.com", order_number: "A-1001" }];
/// assert_eq!(recipients(orders)?[0]["order_number"], "A-1001");
/// # Ok::<(), engageone_client::RecipientError>(())
/// ```
pub fn recipients(
    records: impl IntoIterator<Item = impl Serialize>,
) -> Result<Vec<Map<String, Value>>, RecipientError> {
    let record = |(index, record)| {
        let fail = |reason| RecipientError { index, reason };
        match serde_json::to_value(record) {
            Ok(Value::Object(members)) => Ok(members),
            Ok(_) => Err(fail("is not an object with named fields")),
            Err(_) => Err(fail("cannot be written as JSON")),
        }
    };
    records.into_iter().enumerate().map(record).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use serde_json::json;

    use super::*;

    #[test]
    fn objects_are_taken_and_others_are_told() {
        let records = recipients([json!({"email": "ada@example.com", "n": 1}), json!({})]);
        assert_eq!(
            json!(records.unwrap()),
            json!([{"email": "ada@example.com", "n": 1}, {}])
        );
        assert_eq!(recipients(Vec::<Value>::new()), Ok(Vec::new()));
        let error = recipients([json!({}), json!("ada@example.com")]).unwrap_err();
        assert_eq!(error.index(), 1);
        assert_eq!(
            error.to_string(),
            "recipient 1 is not an object with named fields"
        );
        let unwritable = HashMap::from([([1], 2)]);
        assert_eq!(
            recipients([unwritable]).unwrap_err().to_string(),
            "recipient 0 cannot be written as JSON"
        );
    }
}
