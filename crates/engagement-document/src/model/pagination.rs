//! How to get from one page to the next.

/// How to get from one page to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pagination {
    /// The cursor is a key of the last element of the answer.
    LastItem {
        /// Parameter that takes the cursor.
        param: String,
        /// Key of the last element.
        field: String,
    },
    /// The cursor stands in the body beside the elements.
    Cursor {
        /// Parameter that takes the cursor.
        param: String,
        /// JSON pointer to the next cursor.
        next: String,
        /// JSON pointer to the elements.
        items: String,
        /// Parameters that pick one page and so exclude walking all of them.
        conflicts: Vec<String>,
        /// JSON pointer to a flag that there are more records, for pages that come without a cursor.
        more: Option<String>,
        /// How to go on then.
        after: Option<After>,
    },
    /// Pages are numbered from one.
    Page {
        /// Parameter that takes the page's number.
        param: String,
        /// Parameter that takes the size of a page.
        size: String,
        /// JSON pointer to the elements.
        items: String,
        /// JSON pointer to the number of elements on all pages.
        total: String,
    },
}

impl Pagination {
    /// The parameter that takes the cursor or the page's number.
    pub fn param(&self) -> &str {
        match self {
            Self::LastItem { param, .. }
            | Self::Cursor { param, .. }
            | Self::Page { param, .. } => param,
        }
    }
}

/// A list whose next page begins after the last record's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct After {
    /// Parameter that takes the id.
    pub param: String,
    /// Key of the last element that holds it.
    pub field: String,
}
