//! Pagination.

/// How to get from one page to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pagination {
    /// The cursor is a field of the last element of the response.
    LastItem {
        /// Parameter that takes the cursor.
        param: String,
        /// Field of the last element.
        field: String,
    },
    /// The cursor is in the body, beside the elements.
    Cursor {
        /// Parameter that takes the cursor.
        param: String,
        /// JSON pointer to the next cursor.
        next: String,
        /// JSON pointer to the elements.
        items: String,
        /// Parameters that select one page, so they can't be combined with reading all pages.
        conflicts: Vec<String>,
        /// JSON pointer to a flag that says whether there are more records, for pages without a cursor.
        more: Option<String>,
        /// How to continue then.
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

/// Continues a list after the id of its last record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct After {
    /// Parameter that takes the id.
    pub param: String,
    /// Field of the last element that contains it.
    pub field: String,
}
