//! All pages of a search for feedbacks.

use std::fmt;

use engagement_core::{CallContext, CallSettings, Pages, ResumePoint};

use crate::Client;
use crate::feedback::{Feedback as Feedbacks, Search};
use crate::types::{Feedback, FeedbackPage, FeedbackQuery};

impl<C> Feedbacks<C> {
    /// Search feedbacks, all pages of them.
    ///
    /// Takes what [`search`](Self::search) takes, and walks on from the page it names, or from the first one:
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
    /// A `pageNo` that is no number from 1 is an error before anything is sent.
    pub fn search_all(&self, query: impl Into<FeedbackQuery>) -> FeedbackSearchAll<C> {
        FeedbackSearchAll {
            call_context: self.call_context.clone(),
            query: query.into(),
            license_code: None,
        }
    }
}

/// A walk through all pages of [`search`](Feedbacks::search), from [`search_all`](Feedbacks::search_all).
#[derive(Clone)]
#[must_use = "nothing is sent before a page is asked for"]
pub struct FeedbackSearchAll<C = Client> {
    call_context: CallContext<C>,
    query: FeedbackQuery,
    /// License code of the account; it may contain `~`. Taken from the client if not set here.
    pub license_code: Option<String>,
}

impl<C> FeedbackSearchAll<C> {
    /// License code of the account; it may contain `~`. Taken from the client if not set here.
    pub fn license_code(mut self, value: impl Into<String>) -> Self {
        self.license_code = Some(value.into());
        self
    }

    /// Starts at a page that an earlier walk named. The query has to be the same as then.
    pub fn resume(mut self, point: ResumePoint) -> Self {
        let mut page = None;
        self.call_context.resume_at_page(point, &mut page);
        self.query.page_no = page.map(|number| number.to_string());
        self
    }

    /// Changes time, retries or size limits of this walk's calls alone.
    pub fn with(mut self, change: impl FnOnce(CallSettings) -> CallSettings) -> Self {
        self.call_context.change(change);
        self
    }

    fn walk(mut self) -> Pages<FeedbackPage> {
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
    /// Values are left out: they can be personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FeedbackSearchAll").finish_non_exhaustive()
    }
}
