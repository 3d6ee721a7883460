//! All pages of a search for feedbacks.

use std::fmt;

use engagement_core::{PageStart, items, numbered_pages};

use crate::builder::Feedback as Calls;
use crate::types::{Feedback, FeedbackPage, FeedbackQuery};
use crate::{Client, Error, ResponseValue, Stream};

impl<'a> Calls<'a> {
    /// Search feedbacks, all pages of them.
    ///
    /// Takes what [`search`](Self::search) takes, and walks on from the page it names, or from the first one:
    ///
    /// ```no_run
    /// # async fn run(client: webengage_client::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// use std::pin::pin;
    ///
    /// use futures_util::TryStreamExt as _;
    /// use webengage_client::types::{FeedbackFilter, FeedbackQuery};
    ///
    /// let unread = FeedbackQuery::builder().filter(FeedbackFilter::builder().action("unread"));
    /// let mut feedbacks = pin!(client.feedback().search_all(unread).stream());
    /// while let Some(feedback) = feedbacks.try_next().await? {
    ///     println!("{:?}", feedback.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn search_all(
        &self,
        query: impl TryInto<FeedbackQuery, Error: fmt::Display>,
    ) -> FeedbackSearchAll<'a> {
        FeedbackSearchAll {
            calls: *self,
            query: query.try_into().map_err(|error| error.to_string()),
            license_code: None,
        }
    }
}

/// A walk through all pages of [`search`](Calls::search), from [`search_all`](Calls::search_all).
#[derive(Clone)]
#[must_use = "nothing is sent before a page is asked for"]
pub struct FeedbackSearchAll<'a, C = Client> {
    pub(crate) calls: Calls<'a, C>,
    /// Or why there is none, told when it is sent.
    query: Result<FeedbackQuery, String>,
    license_code: Option<String>,
}

impl<'a, C> FeedbackSearchAll<'a, C> {
    /// License code of the account; it may contain `~`. Taken from the client if not set here.
    pub fn license_code(mut self, value: impl Into<String>) -> Self {
        self.license_code = Some(value.into());
        self
    }

    /// The same walk by another client's calls.
    #[cfg(feature = "blocking")]
    pub(crate) fn through<D>(self, calls: Calls<'a, D>) -> FeedbackSearchAll<'a, D> {
        FeedbackSearchAll {
            calls,
            query: self.query,
            license_code: self.license_code,
        }
    }
}

impl<'a> FeedbackSearchAll<'a> {
    /// The feedbacks, page by page, each page requested when it is asked for. The stream ends after the last page and
    /// after any error.
    ///
    /// # Errors
    /// Those of [`search`](Calls::search); before anything is sent, also a `pageNo` that is no number from 1.
    pub fn pages(self) -> impl Stream<Item = Result<ResponseValue<FeedbackPage>, Error>> + use<'a> {
        let (first, start) = self.begun();
        numbered_pages(
            first,
            start,
            |walk| walk.send(),
            Self::with_page,
            |page| page.contents.as_ref().map_or(0, Vec::len),
            |page| page.total_count,
        )
    }

    /// The feedbacks, one by one, each page requested when the one before is used up.
    ///
    /// # Errors
    /// As for [`pages`](Self::pages).
    pub fn stream(self) -> impl Stream<Item = Result<Feedback, Error>> + use<'a> {
        items(self.pages(), |page| page.contents.unwrap_or_default())
    }

    /// Where to start, and what to start with.
    fn begun(mut self) -> (Self, PageStart) {
        let number = match &self.query {
            Ok(FeedbackQuery {
                page_no: Some(text),
                ..
            }) => text.trim().parse().ok().filter(|number| *number >= 1),
            _ => Some(1),
        };
        if number.is_none() {
            self.query = Err("`pageNo` is no number from 1".to_owned());
        }
        // WebEngage has been seen to answer with pages of another size than was asked for, so what stands on the pages
        // before the start is not known: a walk from there ends with a page that is empty.
        let start = PageStart {
            page: number,
            size: None,
        };
        (self, start)
    }

    fn with_page(mut self, number: i64) -> Self {
        if let Ok(query) = &mut self.query {
            query.page_no = Some(number.to_string());
        }
        self
    }

    async fn send(self) -> Result<ResponseValue<FeedbackPage>, Error> {
        let mut search = self.calls.search().body(Query(self.query));
        if let Some(license_code) = self.license_code {
            search = search.license_code(license_code);
        }
        search.send().await
    }
}

/// A query that couldn't be made is told by the call, as it is for every other body.
struct Query(Result<FeedbackQuery, String>);

impl TryFrom<Query> for FeedbackQuery {
    type Error = String;

    fn try_from(query: Query) -> Result<Self, String> {
        query.0
    }
}

impl<C> fmt::Debug for FeedbackSearchAll<'_, C> {
    /// Values are left out: they can be personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FeedbackSearchAll").finish_non_exhaustive()
    }
}
