//! Blocking lists.

use std::fmt;

use crate::call::pagination;
use crate::call::pagination::ResumePoint;
use crate::client::core::ClientCore;
use crate::error::Error;

/// The pages or records of a list of a blocking client. `next` blocks while a page is fetched.
///
/// It ends after the last page or record and after any error, like the stream of the async client.
#[must_use = "nothing is requested before `next`"]
pub struct Iter<S> {
    core: ClientCore,
    stream: S,
}

/// The pages of a list of a blocking client.
pub type Pages<P> = Iter<pagination::Pages<P>>;

/// The records of a list of a blocking client.
pub type Items<T> = Iter<pagination::Items<T>>;

impl<S> Iter<S> {
    #[doc(hidden)]
    #[inline]
    pub fn new(core: ClientCore, stream: S) -> Self {
        Self { core, stream }
    }
}

impl<T> Iter<pagination::Items<T>> {
    /// The page of the next record; after an error, the page that failed. `None` after the last record.
    ///
    /// `resume(…)` of the same list's call continues there. It may repeat records of that page, but skips none.
    pub fn resume_point(&self) -> Option<ResumePoint> {
        self.stream.resume_point()
    }
}

impl<P> Iter<pagination::Pages<P>> {
    /// The next page; after an error, the page that failed. `None` after the last page.
    pub fn resume_point(&self) -> Option<ResumePoint> {
        self.stream.resume_point()
    }
}

impl<T> Iterator for Iter<pagination::Items<T>> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.core.block_on(self.stream.next())
    }
}

impl<P> Iterator for Iter<pagination::Pages<P>> {
    type Item = Result<P, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.core.block_on(self.stream.next())
    }
}

impl<S> fmt::Debug for Iter<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Iter").finish_non_exhaustive()
    }
}
