//! Lists that are walked without async.

use std::fmt;

use crate::call::pagination;
use crate::call::pagination::ResumePoint;
use crate::client::core::ClientCore;
use crate::error::Error;

/// The pages or the records of a list of a blocking client: an iterator that blocks while a page is fetched.
///
/// It ends after the last one, and after any error, as the stream of the async client does.
#[must_use = "pages are requested when they are asked for"]
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
    /// The page that the next record comes from; after an error, the page that failed. `None` when all records were given.
    ///
    /// `resume(…)` of the same list's call goes on there: records of that page may come twice, none is lost.
    pub fn resume_point(&self) -> Option<ResumePoint> {
        self.stream.resume_point()
    }
}

impl<P> Iter<pagination::Pages<P>> {
    /// The page that comes next; after an error, the page that failed. `None` when all pages were given.
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
