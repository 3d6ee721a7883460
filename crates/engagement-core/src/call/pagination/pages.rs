//! The pages of a list.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::items::Items;
use super::resume_point::{Point, ResumePoint};
use super::rule::{Next, Rule};
use crate::call::future::ResponseFuture;
use crate::error::{Error, ErrorKind};
use crate::response::Response;

/// The pages of a list. It requests each page when it is polled.
///
/// It ends after the last page and after any error. It is a [`Stream`]; [`next`](Self::next),
/// [`try_next`](Self::try_next) and [`try_collect`](Self::try_collect) work without another crate.
///
/// # Errors
/// The error of the call for a page. An error of kind [`Pagination`](ErrorKind::Pagination) if the provider repeats a cursor,
/// so that the list would never end, or reports more pages without a cursor.
#[must_use = "nothing is requested before the first page is polled"]
pub struct Pages<P> {
    request: Box<dyn Fn(ResumePoint) -> ResponseFuture<P> + Send + Sync>,
    rule: Rule<P>,
    state: PageState<P>,
    /// The position of the last page that was returned.
    returned: Option<ResumePoint>,
}

enum PageState<P> {
    Waiting(ResumePoint),
    Requested(ResumePoint, ResponseFuture<P>),
    /// The list cannot continue. The error follows the page that caused it, whose records are valid.
    Broken(ResumePoint, Error),
    Failed(ResumePoint),
    Ended,
}

impl<P> Pages<P> {
    /// Pages with cursors. `cursor` is the cursor of the first page, `request` calls for a page, and `next` reads the cursor of
    /// the next page.
    #[doc(hidden)]
    #[inline]
    pub fn by_cursor(
        cursor: Option<&str>,
        request: impl Fn(ResumePoint) -> ResponseFuture<P> + Send + Sync + 'static,
        next: fn(&P) -> Option<String>,
    ) -> Self {
        let cursor = cursor.filter(|cursor| !cursor.is_empty());
        let first = cursor.map_or(Point::Start, |cursor| Point::Cursor(cursor.to_owned()));
        Self::new(Box::new(request), Rule::cursor(next), first)
    }

    /// For pages that can report more pages without a cursor: the next page then begins after the id that `last_id` reads.
    /// Without an id, the list ends with an error.
    #[doc(hidden)]
    #[inline]
    pub fn with_more(mut self, more: fn(&P) -> bool, last_id: fn(&P) -> Option<String>) -> Self {
        self.rule.with_more(more, last_id);
        self
    }

    /// Begins after the record with this id, if given.
    #[doc(hidden)]
    #[inline]
    pub fn after(mut self, id: Option<String>) -> Self {
        if let Some(id) = id.filter(|id| !id.is_empty()) {
            self.state = PageState::Waiting(ResumePoint(Point::After(id)));
        }
        self
    }

    /// Pages numbered from 1. `page` is the number of the first page; `count` reads the number of records of a page, `total`
    /// the number on all pages.
    #[doc(hidden)]
    #[inline]
    pub fn numbered(
        page: Option<i64>,
        request: impl Fn(ResumePoint) -> ResponseFuture<P> + Send + Sync + 'static,
        count: fn(&P) -> usize,
        total: fn(&P) -> Option<i64>,
    ) -> Self {
        let first = page.unwrap_or(1);
        let rule = Rule::numbered(first, count, total);
        Self::new(Box::new(request), rule, Point::Page(first))
    }

    fn new(
        request: Box<dyn Fn(ResumePoint) -> ResponseFuture<P> + Send + Sync>,
        rule: Rule<P>,
        first: Point,
    ) -> Self {
        Self {
            request,
            rule,
            state: PageState::Waiting(ResumePoint(first)),
            returned: None,
        }
    }

    /// The next page; after an error, the page that failed. `None` after the last page.
    pub fn resume_point(&self) -> Option<ResumePoint> {
        match &self.state {
            PageState::Waiting(point)
            | PageState::Requested(point, _)
            | PageState::Broken(point, _)
            | PageState::Failed(point) => Some(point.clone()),
            PageState::Ended => None,
        }
    }

    /// The position of the last page that was returned.
    pub(super) fn returned(&self) -> Option<&ResumePoint> {
        self.returned.as_ref()
    }

    /// The next page.
    pub async fn next(&mut self) -> Option<Result<P, Error>> {
        std::future::poll_fn(|context| self.poll_page(context)).await
    }

    /// The next page, `None` after the last.
    ///
    /// # Errors
    /// See [`Pages`].
    pub async fn try_next(&mut self) -> Result<Option<P>, Error> {
        self.next().await.transpose()
    }

    /// All remaining pages.
    ///
    /// # Errors
    /// See [`Pages`]. The pages before the error are dropped: use [`try_next`](Self::try_next) to keep them.
    pub async fn try_collect<C: Default + Extend<P>>(mut self) -> Result<C, Error> {
        let mut all = C::default();
        while let Some(page) = self.try_next().await? {
            all.extend(Some(page));
        }
        Ok(all)
    }

    pub(super) fn poll_page(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<P, Error>>> {
        loop {
            match std::mem::replace(&mut self.state, PageState::Ended) {
                PageState::Waiting(point) => {
                    let call = (self.request)(point.clone());
                    self.state = PageState::Requested(point, call);
                }
                PageState::Requested(point, mut call) => {
                    let Poll::Ready(page) = Pin::new(&mut call).poll(context) else {
                        self.state = PageState::Requested(point, call);
                        return Poll::Pending;
                    };
                    return Poll::Ready(self.received(point, page));
                }
                PageState::Broken(point, error) => {
                    self.state = PageState::Failed(point);
                    return Poll::Ready(Some(Err(error)));
                }
                PageState::Failed(point) => {
                    self.state = PageState::Failed(point);
                    return Poll::Ready(None);
                }
                PageState::Ended => return Poll::Ready(None),
            }
        }
    }

    fn received(
        &mut self,
        point: ResumePoint,
        page: Result<Response<P>, Error>,
    ) -> Option<Result<P, Error>> {
        let page = match page {
            Ok(page) => page,
            Err(error) => {
                self.state = PageState::Failed(point);
                return Some(Err(error));
            }
        };
        self.state = match self.rule.next(page.value(), &point) {
            Next::Page(next) => PageState::Waiting(next),
            Next::Repeated(next) => {
                let pages = self.rule.pages();
                let detail = format!(
                    "after {pages} pages the provider repeated a cursor, so the list would never end"
                );
                PageState::Broken(next, page.failed(ErrorKind::Pagination, detail))
            }
            Next::Unnamed => {
                let detail = "the provider reports more pages, but no cursor";
                let error = page.failed(ErrorKind::Pagination, detail.to_owned());
                PageState::Broken(point.clone(), error)
            }
            Next::End => PageState::Ended,
            Next::Nothing => {
                self.state = PageState::Ended;
                return None;
            }
        };
        self.returned = Some(point);
        Some(Ok(page.into_inner()))
    }
}

impl<P: 'static> Pages<P> {
    /// The records of the pages; `take` extracts those of one page.
    #[doc(hidden)]
    #[inline]
    pub fn into_items<T: 'static>(self, take: fn(P) -> Vec<T>) -> Items<T> {
        Items::new(self, take)
    }
}

impl<P> Stream for Pages<P> {
    type Item = Result<P, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(ready!(self.poll_page(context)))
    }
}

impl<P> fmt::Debug for Pages<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").finish_non_exhaustive()
    }
}
