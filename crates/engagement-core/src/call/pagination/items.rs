//! The records of a list.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::pages::Pages;
use super::resume_point::ResumePoint;
use crate::error::Error;

/// The records of all pages of a list. It requests the next page when all records of the current page are consumed.
///
/// It ends after the last record and after any error. It is a [`Stream`]; [`next`](Self::next),
/// [`try_next`](Self::try_next) and [`try_collect`](Self::try_collect) work without another crate.
///
/// # Errors
/// As for [`Pages`].
#[must_use = "nothing is requested before the first record is polled"]
pub struct Items<T> {
    pages: Box<dyn PageSource<T> + Send>,
    page: std::vec::IntoIter<T>,
}

/// Pages of any type with records of type `T`.
trait PageSource<T> {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Vec<T>, Error>>>;
    fn current(&self) -> Option<ResumePoint>;
    fn following(&self) -> Option<ResumePoint>;
}

struct MappedPages<P, T> {
    pages: Pages<P>,
    take: fn(P) -> Vec<T>,
}

impl<P, T> PageSource<T> for MappedPages<P, T> {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Vec<T>, Error>>> {
        let page = ready!(self.pages.poll_page(context));
        Poll::Ready(page.map(|page| page.map(self.take)))
    }

    fn current(&self) -> Option<ResumePoint> {
        self.pages.returned().cloned()
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
            pages: Box::new(MappedPages { pages, take }),
            page: Vec::new().into_iter(),
        }
    }

    /// The page of the next record; after an error, the page that failed. `None` after the last record.
    ///
    /// `resume(…)` of the same list's call continues there. It may repeat records of that page, but skips none.
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
    /// As for [`Pages`]. The records before the error are dropped: use [`try_next`](Self::try_next) to keep them.
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
