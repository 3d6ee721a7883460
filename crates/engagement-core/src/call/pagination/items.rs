//! The records of a list.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::pages::Pages;
use super::resume_point::ResumePoint;
use crate::error::Error;

/// The records of a list, page after page; the next page is requested when the last one is used up.
///
/// It ends after the last record, and after any error. It is a [`Stream`], which [`next`](Self::next),
/// [`try_next`](Self::try_next) and [`try_collect`](Self::try_collect) walk without another crate.
///
/// # Errors
/// As for [`Pages`].
#[must_use = "records are requested when they are asked for"]
pub struct Items<T> {
    pages: Box<dyn PagesOf<T> + Send>,
    page: std::vec::IntoIter<T>,
}

/// Pages of any kind whose records are `T`.
trait PagesOf<T> {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Vec<T>, Error>>>;
    fn current(&self) -> Option<ResumePoint>;
    fn following(&self) -> Option<ResumePoint>;
}

struct Taken<P, T> {
    pages: Pages<P>,
    take: fn(P) -> Vec<T>,
}

impl<P, T> PagesOf<T> for Taken<P, T> {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Vec<T>, Error>>> {
        let page = ready!(self.pages.poll_page(context));
        Poll::Ready(page.map(|page| page.map(self.take)))
    }

    fn current(&self) -> Option<ResumePoint> {
        self.pages.given().cloned()
    }

    fn following(&self) -> Option<ResumePoint> {
        self.pages.resume_point()
    }
}

impl<T> Items<T> {
    #[inline]
    pub(super) fn new<P: 'static>(pages: Pages<P>, take: fn(P) -> Vec<T>) -> Self
    where
        T: 'static,
    {
        Self {
            pages: Box::new(Taken { pages, take }),
            page: Vec::new().into_iter(),
        }
    }

    /// The page that the next record comes from; after an error, the page that failed. `None` when all records were given.
    ///
    /// `resume(…)` of the same list's call goes on there: records of that page may come twice, none is lost.
    pub fn resume_point(&self) -> Option<ResumePoint> {
        if self.page.len() > 0 {
            self.pages.current()
        } else {
            self.pages.following()
        }
    }

    /// The next record.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        std::future::poll_fn(|context| self.poll_item(context)).await
    }

    /// The next record, `None` after the last.
    ///
    /// # Errors
    /// As for [`Pages`].
    pub async fn try_next(&mut self) -> Result<Option<T>, Error> {
        self.next().await.transpose()
    }

    /// All remaining records.
    ///
    /// # Errors
    /// As for [`Pages`]. The records before the error are lost: walk with [`try_next`](Self::try_next) to keep them.
    pub async fn try_collect<C: Default + Extend<T>>(mut self) -> Result<C, Error> {
        let mut all = C::default();
        while let Some(item) = self.try_next().await? {
            all.extend(Some(item));
        }
        Ok(all)
    }

    fn poll_item(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T, Error>>> {
        loop {
            if let Some(item) = self.page.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(self.pages.poll(context)) {
                Some(Ok(page)) => self.page = page.into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

/// Nothing in it is pinned.
impl<T> Unpin for Items<T> {}

impl<T> Stream for Items<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_item(context)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.page.len(), None)
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").finish_non_exhaustive()
    }
}
