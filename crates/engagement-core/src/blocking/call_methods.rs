//! The methods that every call has.

/// Gives a call its methods `send`, `response` and `with`, lets it be awaited, and gives it a `Debug` without values.
///
/// Generated code uses it. The type has a parameter `C` for the kind of client, which is the module's `Client` if not given,
/// a field `call_context`, and a method `into_request`. `super::blocking::Client` is the blocking client; it needs the
/// crate's feature `blocking`.
///
/// The functions are `#[inline]`, so that a crate compiles no decoder for calls that it only describes.
#[doc(hidden)]
#[macro_export]
macro_rules! call {
    ($(#[$docs:meta])* $name:ident -> $output:ty, $read:expr) => {
        impl<C> $name<C> {
            #[inline]
            pub(crate) fn into_response(self) -> $crate::ResponseFuture<$output> {
                self.into_request().send($read)
            }
        }

        $crate::call_methods! { $(#[$docs])* $name -> $output }
    };
}

/// What [`call!`] gives a call whose method `into_response` makes the future: one that is made of several others.
#[doc(hidden)]
#[macro_export]
macro_rules! call_methods {
    ($(#[$docs:meta])* $name:ident -> $output:ty) => {
        impl $name {
            $(#[$docs])*
            #[inline]
            pub fn send(self) -> $crate::CallFuture<$output> {
                self.into_response().into_call()
            }

            /// Sends it as [`send`](Self::send) does, and gives the value with its [response](engagement_core::Response):
            /// status, headers, body, attempts and rate limit.
            #[inline]
            pub fn response(self) -> $crate::ResponseFuture<$output> {
                self.into_response()
            }
        }

        impl ::std::future::IntoFuture for $name {
            type Output = ::std::result::Result<$output, $crate::Error>;
            type IntoFuture = $crate::CallFuture<$output>;

            #[inline]
            fn into_future(self) -> Self::IntoFuture {
                self.send()
            }
        }

        #[cfg(feature = "blocking")]
        impl $name<super::blocking::Client> {
            $(#[$docs])*
            ///
            /// It blocks until the response is there.
            #[inline]
            pub fn send(self) -> ::std::result::Result<$output, $crate::Error> {
                let core = self.call_context.core().clone();
                core.block_on(self.into_response().into_call())
            }

            /// Sends it as [`send`](Self::send) does, and gives the value with its [response](engagement_core::Response):
            /// status, headers, body, attempts and rate limit.
            #[inline]
            pub fn response(
                self,
            ) -> ::std::result::Result<$crate::Response<$output>, $crate::Error> {
                let core = self.call_context.core().clone();
                core.block_on(self.into_response())
            }
        }

        impl<C> $name<C> {
            /// Changes time, retries or size limits of this call alone.
            #[must_use]
            #[inline]
            pub fn with(
                mut self,
                change: impl FnOnce($crate::CallSettings) -> $crate::CallSettings,
            ) -> Self {
                self.call_context.change(change);
                self
            }
        }

        impl<C> $name<C> {
            /// Sends a header that the document doesn't know, in place of one of the same name. One that carries credentials
            /// or frames the request is an error of the call.
            #[must_use]
            pub fn extra_header(
                mut self,
                name: impl Into<::std::string::String>,
                value: impl Into<::std::string::String>,
            ) -> Self {
                self.call_context.extra_header(name, value);
                self
            }

            /// Adds a pair to the query that the document doesn't know.
            #[must_use]
            pub fn extra_query(
                mut self,
                name: impl Into<::std::string::String>,
                value: impl Into<$crate::Scalar>,
            ) -> Self {
                self.call_context.extra_query(name, value);
                self
            }
        }

        impl<C> ::std::fmt::Debug for $name<C> {
            /// Values are left out: they can be personal.
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(::std::stringify!($name)).finish_non_exhaustive()
            }
        }
    };
}

/// Gives a call of a list its methods `pages` and `stream`, and `iter` with a blocking client.
///
/// Generated code uses it. The type has a method `walk` that gives [`Pages`](crate::Pages).
#[doc(hidden)]
#[macro_export]
macro_rules! list_call {
    ($name:ident -> $page:ty, $item:ty, $take:expr) => {
        impl $name {
            /// The pages from here to the end, each requested when it is asked for.
            #[inline]
            pub fn pages(self) -> $crate::Pages<$page> {
                self.walk()
            }

            /// The records of all pages from here to the end; the next page is requested when the last one is used up.
            ///
            /// It is a `Stream`, and has `try_next` and `try_collect` of its own.
            #[inline]
            pub fn stream(self) -> $crate::Items<$item> {
                self.walk().into_items($take)
            }
        }

        #[cfg(feature = "blocking")]
        impl $name<super::blocking::Client> {
            /// The pages from here to the end, each requested when it is asked for.
            #[inline]
            pub fn pages(self) -> $crate::blocking::Pages<$page> {
                let core = self.call_context.core().clone();
                $crate::blocking::Iter::new(core, self.walk())
            }

            /// The records of all pages from here to the end; the next page is requested when the last one is used up.
            #[inline]
            pub fn iter(self) -> $crate::blocking::Items<$item> {
                let core = self.call_context.core().clone();
                $crate::blocking::Iter::new(core, self.walk().into_items($take))
            }
        }
    };
}
