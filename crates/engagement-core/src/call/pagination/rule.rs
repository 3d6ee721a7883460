//! The rules that find the next page.

use std::collections::HashSet;

use super::resume_point::{Point, ResumePoint};

/// What follows a page.
pub(super) enum Next {
    Page(ResumePoint),
    /// The provider returned a cursor a second time.
    Repeated(ResumePoint),
    /// The provider reports more pages, but no cursor.
    Unnamed,
    /// Nothing: this page is the empty one after the last.
    Nothing,
    End,
}

/// Finds the page after a page.
pub(super) struct Rule<P> {
    kind: Kind<P>,
    /// Positions so far.
    seen: HashSet<ResumePoint>,
    /// Number of pages so far.
    pages: usize,
}

enum Kind<P> {
    Cursor {
        next: fn(&P) -> Option<String>,
        /// Whether a page without a cursor reports more pages.
        more: fn(&P) -> bool,
        /// The id after which the next page then begins.
        last_id: fn(&P) -> Option<String>,
    },
    Numbered {
        count: fn(&P) -> usize,
        total: fn(&P) -> Option<i64>,
        /// Number of records up to here; unknown if the list did not begin at its first page. The requested page size does
        /// not help: providers cap it.
        before: Option<i64>,
    },
}

impl<P> Rule<P> {
    pub(super) fn cursor(next: fn(&P) -> Option<String>) -> Self {
        Self::new(Kind::Cursor {
            next,
            more: |_| false,
            last_id: |_| None,
        })
    }

    pub(super) fn with_more(
        &mut self,
        more_of: fn(&P) -> bool,
        last_id_of: fn(&P) -> Option<String>,
    ) {
        if let Kind::Cursor { more, last_id, .. } = &mut self.kind {
            *more = more_of;
            *last_id = last_id_of;
        }
    }

    pub(super) fn numbered(
        first: i64,
        count: fn(&P) -> usize,
        total: fn(&P) -> Option<i64>,
    ) -> Self {
        Self::new(Kind::Numbered {
            count,
            total,
            before: (first == 1).then_some(0),
        })
    }

    fn new(kind: Kind<P>) -> Self {
        Self {
            kind,
            seen: HashSet::new(),
            pages: 0,
        }
    }

    /// Number of pages so far.
    pub(super) fn pages(&self) -> usize {
        self.pages
    }

    /// What follows `page`, whose position is `point`.
    pub(super) fn next(&mut self, page: &P, point: &ResumePoint) -> Next {
        self.pages += 1;
        match &mut self.kind {
            Kind::Cursor {
                next,
                more,
                last_id,
            } => {
                let cursor = next(page).filter(|cursor| !cursor.is_empty());
                let next = match cursor {
                    Some(cursor) => Point::Cursor(cursor),
                    None if !more(page) => return Next::End,
                    None => match last_id(page).filter(|id| !id.is_empty()) {
                        Some(id) => Point::After(id),
                        None => return Next::Unnamed,
                    },
                };
                let next = ResumePoint(next);
                self.seen.insert(point.clone());
                if self.seen.insert(next.clone()) {
                    Next::Page(next)
                } else {
                    Next::Repeated(next)
                }
            }
            Kind::Numbered {
                count,
                total,
                before,
            } => {
                let items = i64::try_from(count(page)).unwrap_or(i64::MAX);
                if items == 0 {
                    return if self.pages == 1 {
                        Next::End
                    } else {
                        Next::Nothing
                    };
                }
                *before = before.map(|before| before.saturating_add(items));
                // Some providers report an unknown total as a negative number.
                let total = total(page).filter(|total| *total >= 0);
                let Point::Page(number) = point.0 else {
                    return Next::End;
                };
                let complete = before
                    .zip(total)
                    .is_some_and(|(before, total)| before >= total);
                match number.checked_add(1).filter(|_| !complete) {
                    Some(next) => Next::Page(ResumePoint(Point::Page(next))),
                    None => Next::End,
                }
            }
        }
    }
}
