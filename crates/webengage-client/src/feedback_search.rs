//! All pages of a feedback search.

use std::fmt;

use engagement_core::{CallContext, CallSettings, Pages, ResumePoint};

use crate::Client;
use crate::feedback::{Feedback as Feedbacks, Search};
use crate::types::{Feedback, FeedbackPage, FeedbackQuery};

impl<C> Feedbacks<C> {
    /// Search feedbacks, over all pages.
    ///
    /// It has the same parameters as [`search`](Self::search). It begins at the page in the query, or at the first:
    ///
    /// ```no_run
    /// # async fn run(client: webengage_client::Client) -> Result<(), webengage_client::Error> {
    /// use webengage_client::types::{FeedbackFilter, FeedbackQuery};
    ///
    /// let unread = FeedbackQuery::new().filter(FeedbackFilter::new().action("unread"));
    /// let mut feedbacks = client.feedback().search_all(unread).stream();
    /// while let Some(feedback) = feedbacks.try_next().await? {
    ///     println!("{}", feedback.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// A `pageNo` that is not a number from 1 is reported before a request is sent.
    pub fn search_all(&self, query: impl Into<FeedbackQuery>) -> FeedbackSearchAll<C> {
        FeedbackSearchAll {
            call_context: self.call_context.clone(),
            query: query.into(),
            license_code: None,
        }
    }
}

/// A search over all pages; created by [`search_all`](Feedbacks::search_all).
#[derive(Clone)]
#[must_use = "nothing is sent before the first page is polled"]
pub struct FeedbackSearchAll<C = Client> {
    call_context: CallContext<C>,
    query: FeedbackQuery,
    /// License code of the account; it may contain `~`. The client's value if not set.
    pub license_code: Option<String>,
}

impl<C> FeedbackSearchAll<C> {
    /// License code of the account; it may contain `~`. The client's value if not set.
    pub fn license_code(mut self, value: impl Into<String>) -> Self {
        self.license_code = Some(value.into());
        self
    }

    /// Continues at a page of an earlier search. The query must be the same.
    pub fn resume(mut self, point: ResumePoint) -> Self {
        let mut page = None;
        self.call_context.resume_at_page(point, &mut page);
        self.query.page_no = page.map(|number| number.to_string());
        self
    }

    /// Changes time limits, size limits or retries of the calls of this search only.
    pub fn with(mut self, change: impl FnOnce(CallSettings) -> CallSettings) -> Self {
        self.call_context.change(change);
        self
    }

    fn into_pages(mut self) -> Pages<FeedbackPage> {
        let first = match &self.query.page_no {
            Some(text) => text.trim().parse().ok().filter(|number| *number >= 1),
            None => Some(1),
        };
        if first.is_none() {
            self.call_context.refuse("`pageNo` is no number from 1");
        }
        let search = Search::<Client> {
            call_context: self.call_context.for_client(),
            license_code: self.license_code,
            body: self.query,
        };
        let request = move |point| {
            let (mut search, mut page) = (search.clone(), None);
            search.call_context.resume_at_page(point, &mut page);
            search.body.page_no = page.map(|number| number.to_string());
            search.into_response()
        };
        Pages::numbered(
            first,
            request,
            |page| page.contents.as_ref().map_or(0, Vec::len),
            |page| page.total_count,
        )
    }
}

engagement_core::list_call! {
    FeedbackSearchAll -> FeedbackPage, Feedback, |page| page.contents.unwrap_or_default()
}

impl<C> fmt::Debug for FeedbackSearchAll<C> {
    /// Without values: they can be personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FeedbackSearchAll").finish_non_exhaustive()
    }
}
