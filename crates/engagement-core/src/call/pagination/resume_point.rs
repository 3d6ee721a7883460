//! A position from which a list can continue.

use std::fmt::{self, Display};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::call::context::CallContext;
use crate::redact::redacted::personal;

/// A page of a list from which to continue later. [`Items::resume_point`](crate::Items::resume_point) and
/// [`Pages::resume_point`](crate::Pages::resume_point) return it; pass it to `resume(…)` of the list's call.
///
/// `Display` writes text such as `cursor:Q29u` or `page:3`, and `FromStr` parses it, so that it can be stored. It is valid for
/// one list with one set of filters: set the same filters again. A cursor may contain data of a record, so `Debug` hides it.
///
/// ```
/// # use engagement_core::ResumePoint;
/// let point: ResumePoint = "page:3".parse()?;
/// assert_eq!(point.to_string(), "page:3");
/// # Ok::<(), engagement_core::ResumePointError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ResumePoint(pub(super) Point);

#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum Point {
    /// The start of the list.
    Start,
    Cursor(String),
    Page(i64),
    /// After the record with this id.
    After(String),
}

/// The text is not a [`ResumePoint`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResumePointError(());

impl Display for ResumePointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a resume point: expected `start`, `cursor:…`, `page:…` or `after:…`")
    }
}

impl std::error::Error for ResumePointError {}

impl Display for ResumePoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Point::Start => f.write_str("start"),
            Point::Cursor(cursor) => write!(f, "cursor:{cursor}"),
            Point::Page(page) => write!(f, "page:{page}"),
            Point::After(id) => write!(f, "after:{id}"),
        }
    }
}

impl fmt::Debug for ResumePoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ResumePoint")
            .field(personal(&self.to_string()))
            .finish()
    }
}

impl FromStr for ResumePoint {
    type Err = ResumePointError;

    fn from_str(text: &str) -> Result<Self, ResumePointError> {
        let point = match text.split_once(':') {
            None if text == "start" => Point::Start,
            Some(("cursor", cursor)) if !cursor.is_empty() => Point::Cursor(cursor.to_owned()),
            Some(("page", page)) => Point::Page(page.parse().map_err(|_| ResumePointError(()))?),
            Some(("after", id)) if !id.is_empty() => Point::After(id.to_owned()),
            _ => return Err(ResumePointError(())),
        };
        Ok(Self(point))
    }
}

impl Serialize for ResumePoint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ResumePoint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

/// For generated code: applies a resume point to a call. A resume point of another type of list is an error of the call.
impl<C> CallContext<C> {
    /// For a list with cursors.
    pub fn resume_at_cursor<T: From<String>>(
        &mut self,
        point: ResumePoint,
        cursor: &mut Option<T>,
    ) {
        match point.0 {
            Point::Start => *cursor = None,
            Point::Cursor(text) => *cursor = Some(text.into()),
            Point::Page(_) | Point::After(_) => self.refuse(OTHER_LIST),
        }
    }

    /// For a list whose pages may lack a cursor: the next page then begins after the id of the last record.
    pub fn resume_at_cursor_or_id<T: From<String>, I: FromStr>(
        &mut self,
        point: ResumePoint,
        cursor: &mut Option<T>,
        id: &mut Option<I>,
    ) {
        if let Point::After(text) = point.0 {
            match text.parse() {
                Ok(after) => (*cursor, *id) = (None, Some(after)),
                Err(_) => self.refuse(OTHER_LIST),
            }
        } else {
            *id = None;
            self.resume_at_cursor(point, cursor);
        }
    }

    /// For a list of numbered pages.
    pub fn resume_at_page(&mut self, point: ResumePoint, page: &mut Option<i64>) {
        match point.0 {
            Point::Start => *page = None,
            Point::Page(number) => *page = Some(number),
            Point::Cursor(_) | Point::After(_) => self.refuse(OTHER_LIST),
        }
    }
}

const OTHER_LIST: &str = "the resume point belongs to another type of list";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resume_points_parse_what_they_print() {
        for text in ["start", "cursor:a:b", "page:3", "after:user 1"] {
            let point: ResumePoint = text.parse().unwrap();
            assert_eq!(point.to_string(), text);
            assert_eq!(
                serde_json::to_string(&point).unwrap(),
                format!("\"{text}\"")
            );
        }
        for wrong in [
            "", "Start", "cursor:", "page:x", "page:", "after:", "other:1",
        ] {
            assert_eq!(
                wrong.parse::<ResumePoint>(),
                Err(ResumePointError(())),
                "{wrong}"
            );
        }
    }
}
