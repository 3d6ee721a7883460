//! The methods of every call.

/// Implements `send`, `response`, `with`, `IntoFuture` and a `Debug` without values for a call.
///
/// Generated code uses it. The type needs a parameter `C` for the type of client (by default the module's `Client`), a field
/// `call_context`, and a method `into_request`. With the crate's feature `blocking`, it also needs `super::blocking::Client`.
///
/// The functions are `#[inline]`, so that a crate compiles no decoder for calls that it does not make.
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

/// The same as [`call!`] for a call that consists of several others: its method `into_response` returns the future.
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

            /// Like [`send`](Self::send), but returns the full [response](engagement_core::Response): value, status, headers,
            /// body, attempts and rate limit.
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
            /// It blocks until the response is received.
            #[inline]
            pub fn send(self) -> ::std::result::Result<$output, $crate::Error> {
                let core = self.call_context.core().clone();
                core.block_on(self.into_response().into_call())
            }

            /// Like [`send`](Self::send), but returns the full [response](engagement_core::Response): value, status, headers,
            /// body, attempts and rate limit.
            #[inline]
            pub fn response(
                self,
            ) -> ::std::result::Result<$crate::Response<$output>, $crate::Error> {
                let core = self.call_context.core().clone();
                core.block_on(self.into_response())
            }
        }

        impl<C> $name<C> {
            /// Changes time limits, size limits or retries of this call only.
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
            /// Sets an undocumented header, and replaces one with the same name. A header that carries credentials or frames
            /// the request is an error of the call.
            #[must_use]
            pub fn extra_header(
                mut self,
                name: impl Into<::std::string::String>,
                value: impl Into<::std::string::String>,
            ) -> Self {
                self.call_context.extra_header(name, value);
                self
            }

            /// Adds an undocumented query parameter.
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
            /// Without values: they can be personal data.
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(::std::stringify!($name)).finish_non_exhaustive()
            }
        }
    };
}

/// Implements `pages` and `stream` for the call of a list, and `iter` with a blocking client.
///
/// Generated code uses it. The type needs a method `into_pages` that returns [`Pages`](crate::Pages).
#[doc(hidden)]
#[macro_export]
macro_rules! list_call {
    ($name:ident -> $page:ty, $item:ty, $take:expr) => {
        impl $name {
            /// The pages from here to the end. Each is requested when it is polled.
            #[inline]
            pub fn pages(self) -> $crate::Pages<$page> {
                self.into_pages()
            }

            /// The records of all pages from here to the end. It requests the next page when all records of the current page
            /// are consumed.
            ///
            /// It is a `Stream` with its own `try_next` and `try_collect`.
            #[inline]
            pub fn stream(self) -> $crate::Items<$item> {
                self.into_pages().into_items($take)
            }
        }

        #[cfg(feature = "blocking")]
        impl $name<super::blocking::Client> {
            /// The pages from here to the end. Each is requested when it is polled.
            #[inline]
            pub fn pages(self) -> $crate::blocking::Pages<$page> {
                let core = self.call_context.core().clone();
                $crate::blocking::Iter::new(core, self.into_pages())
            }

            /// The records of all pages from here to the end. It requests the next page when all records of the current page
            /// are consumed.
            #[inline]
            pub fn iter(self) -> $crate::blocking::Items<$item> {
                let core = self.call_context.core().clone();
                $crate::blocking::Iter::new(core, self.into_pages().into_items($take))
            }
        }
    };
}
