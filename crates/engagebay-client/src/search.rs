//! The number of hits of a search.

use crate::types::{Company, Contact, Deal};

/// What searches return.
pub trait SearchHit {
    /// Total number of hits; only on the first one.
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

/// The total number of hits of a search, which returns at most 100 records and no second page.
///
/// `None` if the provider did not return it; 0 if there are no hits.
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
    fn the_first_hit_has_the_total() {
        let total = |json: &str| search_total(&serde_json::from_str::<Vec<Contact>>(json).unwrap());
        assert_eq!(total("[]"), Some(0));
        assert_eq!(total(r#"[{"id": 1, "count": 11}, {"id": 2}]"#), Some(11));
        assert_eq!(total(r#"[{"id": 1}]"#), None);
    }
}
