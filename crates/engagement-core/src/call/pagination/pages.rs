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

/// The pages of a list, each requested when it is asked for.
///
/// It ends after the last page, and after any error. It is a [`Stream`], which [`next`](Self::next),
/// [`try_next`](Self::try_next) and [`try_collect`](Self::try_collect) walk without another crate.
///
/// # Errors
/// What the call of a page fails with; an error of the kind [`Pagination`](ErrorKind::Pagination) if the provider names a
/// page again that was there before, so that the list would never end, or says that there are more pages and names none.
#[must_use = "pages are requested when they are asked for"]
pub struct Pages<P> {
    request: Box<dyn Fn(ResumePoint) -> ResponseFuture<P> + Send + Sync>,
    rule: Rule<P>,
    state: State<P>,
    /// Where the last page stood that was given.
    given: Option<ResumePoint>,
}

enum State<P> {
    Waiting(ResumePoint),
    Requested(ResumePoint, ResponseFuture<P>),
    /// The list can't go on, which is reported after the page that showed it: its records are good.
    Broken(ResumePoint, Error),
    Failed(ResumePoint),
    Ended,
}

impl<P> Pages<P> {
    /// Pages with cursors. `cursor` is that of the first page, `request` makes the call of a page, `next` reads the cursor of
    /// the page after it.
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

    /// For pages that may say that there are more without giving a cursor: `last_id` reads the id that the next page begins
    /// after. Without one the walk ends in an error.
    #[doc(hidden)]
    #[inline]
    pub fn with_more(mut self, more: fn(&P) -> bool, last_id: fn(&P) -> Option<String>) -> Self {
        self.rule.with_more(more, last_id);
        self
    }

    /// Begins after the record with this id, if there is one.
    #[doc(hidden)]
    #[inline]
    pub fn after(mut self, id: Option<String>) -> Self {
        if let Some(id) = id.filter(|id| !id.is_empty()) {
            self.state = State::Waiting(ResumePoint(Point::After(id)));
        }
        self
    }

    /// Pages numbered from one. `page` is the number of the first page; `count` reads how many records a page has, `total`
    /// how many there are on all pages.
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
            state: State::Waiting(ResumePoint(first)),
            given: None,
        }
    }

    /// The page that comes next; after an error, the page that failed. `None` when all pages were given.
    pub fn resume_point(&self) -> Option<ResumePoint> {
        match &self.state {
            State::Waiting(point)
            | State::Requested(point, _)
            | State::Broken(point, _)
            | State::Failed(point) => Some(point.clone()),
            State::Ended => None,
        }
    }

    /// Where the last page stood that was given.
    pub(super) fn given(&self) -> Option<&ResumePoint> {
        self.given.as_ref()
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
    /// See [`Pages`]. The pages before the error are lost: walk with [`try_next`](Self::try_next) to keep them.
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
            match std::mem::replace(&mut self.state, State::Ended) {
                State::Waiting(point) => {
                    let call = (self.request)(point.clone());
                    self.state = State::Requested(point, call);
                }
                State::Requested(point, mut call) => {
                    let Poll::Ready(page) = Pin::new(&mut call).poll(context) else {
                        self.state = State::Requested(point, call);
                        return Poll::Pending;
                    };
                    return Poll::Ready(self.received(point, page));
                }
                State::Broken(point, error) => {
                    self.state = State::Failed(point);
                    return Poll::Ready(Some(Err(error)));
                }
                State::Failed(point) => {
                    self.state = State::Failed(point);
                    return Poll::Ready(None);
                }
                State::Ended => return Poll::Ready(None),
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
                self.state = State::Failed(point);
                return Some(Err(error));
            }
        };
        self.state = match self.rule.next(page.value(), &point) {
            Next::Page(next) => State::Waiting(next),
            Next::Repeated(next) => {
                let pages = self.rule.pages();
                let detail = format!(
                    "after {pages} pages the provider repeated a cursor, so the list would never end"
                );
                State::Broken(next, page.failed(ErrorKind::Pagination, detail))
            }
            Next::Unnamed => {
                let detail = "the provider says that there are more pages, and names no cursor";
                let error = page.failed(ErrorKind::Pagination, detail.to_owned());
                State::Broken(point.clone(), error)
            }
            Next::End => State::Ended,
            Next::Nothing => {
                self.state = State::Ended;
                return None;
            }
        };
        self.given = Some(point);
        Some(Ok(page.into_inner()))
    }
}

impl<P: 'static> Pages<P> {
    /// The records of the pages, which `take` gets out of a page.
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
