//! How many hits a search had.

use crate::types::{Company, Contact, Deal};

/// What searches return.
pub trait SearchHit {
    /// Number of all hits; on the first one only.
    fn count(&self) -> Option<i64>;
}

impl SearchHit for Contact {
    fn count(&self) -> Option<i64> {
        self.count
    }
}

impl SearchHit for Company {
    fn count(&self) -> Option<i64> {
        self.count
    }
}

impl SearchHit for Deal {
    fn count(&self) -> Option<i64> {
        self.count
    }
}

/// How many records a search found in all, of which it returns 100 at most and no second page.
///
/// `None` if the provider didn't say; 0 if there are no hits.
pub fn search_total<T: SearchHit>(hits: &[T]) -> Option<i64> {
    match hits {
        [] => Some(0),
        [first, ..] => first.count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_hit_tells() {
        let total = |json: &str| search_total(&serde_json::from_str::<Vec<Contact>>(json).unwrap());
        assert_eq!(total("[]"), Some(0));
        assert_eq!(total(r#"[{"id": 1, "count": 11}, {"id": 2}]"#), Some(11));
        assert_eq!(total(r#"[{"id": 1}]"#), None);
    }
}
