//! Where to go on with a list.

use std::fmt::{self, Display};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::call_context::CallContext;
use crate::redacted::personal;

/// A page of a list, to go on from later: [`Items::resume_point`](crate::Items::resume_point) and
/// [`Pages::resume_point`](crate::Pages::resume_point) give it, and `resume(…)` of the list's call takes it.
///
/// It prints as text such as `cursor:Q29u` or `page:3`, and reads from that, so that it can be kept in a file. It stands
/// for a place in one list with one set of filters: give the call the same filters again. A cursor may hold what the
/// provider knows of a record, so `Debug` doesn't show it.
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
    /// Where the list begins.
    Start,
    Cursor(String),
    Page(i64),
    /// After the record with this id.
    After(String),
}

/// A text is no [`ResumePoint`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResumePointError(());

impl Display for ResumePointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "not a resume point: it is `start`, or begins with `cursor:`, `page:` or `after:`",
        )
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

/// How generated code puts a call at a resume point. One of another kind of list is a reason not to send it.
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

    /// For a list with cursors that some pages come without: the next page then begins after the last record's id.
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

const OTHER_LIST: &str = "the resume point belongs to another kind of list";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_read_as_they_are_printed() {
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
