//! Personal data in `Debug`.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::{self, Debug, Formatter};

use serde_json::Value;

use crate::redact::json_path::printable_key;

thread_local! {
    /// Whether an [`Unredacted`] value is being printed on this thread.
    static UNREDACTED: Cell<bool> = const { Cell::new(false) };
}

/// Prints one value in full: `Debug` of what it holds shows personal data that is otherwise `Redacted`.
///
/// It works for every type of the clients, and for what contains them, such as a `Vec` or a struct of your own. Everything
/// else that the program prints stays as it is, on other threads and in logs. A [`Secret`](crate::Secret) stays `[REDACTED]`.
///
/// ```
/// # use engagement_core::{Attributes, Unredacted};
/// let attributes = Attributes::from([("email", "ada@example.com")]);
///
/// assert_eq!(format!("{attributes:?}"), r#"{"email": Redacted}"#);
/// assert_eq!(format!("{:?}", Unredacted(&attributes)), r#"{"email": String("ada@example.com")}"#);
/// ```
#[derive(Clone, Copy)]
pub struct Unredacted<T: ?Sized>(pub T);

impl<T: Debug + ?Sized> Debug for Unredacted<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        /// Restores what was set before, also after a panic.
        struct Restore(bool);

        impl Drop for Restore {
            fn drop(&mut self) {
                UNREDACTED.set(self.0);
            }
        }

        let _restore = Restore(UNREDACTED.replace(true));
        self.0.fmt(f)
    }
}

/// Stands for personal data.
#[derive(Debug)]
struct Redacted;

/// What `Debug` prints for a personal value: `Redacted`, or the value within [`Unredacted`]. To be called in `fmt`.
///
/// ```
/// struct Visitor {
///     page: String,
///     address: std::net::IpAddr,
/// }
///
/// impl std::fmt::Debug for Visitor {
///     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
///         f.debug_struct("Visitor")
///             .field("page", &self.page)
///             .field("address", engagement_core::personal(&self.address))
///             .finish()
///     }
/// }
/// ```
#[must_use]
pub fn personal(value: &dyn Debug) -> &dyn Debug {
    if UNREDACTED.get() { value } else { &Redacted }
}

/// A personal value that may be missing. Whether it is missing shows.
#[doc(hidden)]
#[must_use]
pub fn optional_personal(present: bool, value: &dyn Debug) -> &dyn Debug {
    match (UNREDACTED.get(), present) {
        (true, _) => value,
        (false, true) => &Some(Redacted),
        (false, false) => &None::<Redacted>,
    }
}

/// Prints an object. Nobody knows whether unknown fields are personal: only their names show.
#[doc(hidden)]
pub fn debug_object(
    f: &mut Formatter<'_>,
    name: &str,
    fields: &[(&str, &dyn Debug)],
    extra: Option<&dyn Debug>,
) -> fmt::Result {
    let mut out = f.debug_struct(name);
    for (field, value) in fields {
        out.field(field.trim_start_matches("r#"), value);
    }
    if let Some(extra) = extra {
        out.field("extra", extra);
    }
    out.finish()
}

/// Prints a free-form object: the names of its entries alone, as far as they look like names.
pub(crate) fn debug_attributes(
    f: &mut Formatter<'_>,
    entries: &BTreeMap<String, Value>,
) -> fmt::Result {
    if UNREDACTED.get() {
        return entries.fmt(f);
    }
    let keys = entries.keys().map(|key| printable_key(key.as_bytes()));
    f.debug_map()
        .entries(keys.map(|key| (key, Redacted)))
        .finish()
}

/// Implements `Debug` for enums and tuple structs that hold one value each, some of them personal.
///
/// ```
/// pub enum Recipient {
///     Address(String),
///     Id(i64),
/// }
/// pub struct Addresses(pub Vec<String>);
///
/// engagement_core::personal_debug! {
///     enum Recipient { personal Address, plain Id, }
/// }
/// engagement_core::personal_debug! { struct Addresses }
///
/// assert_eq!(format!("{:?}", Recipient::Address("ada@example.com".into())), "Address(Redacted)");
/// assert_eq!(format!("{:?}", Recipient::Id(7)), "Id(7)");
/// assert_eq!(format!("{:?}", Addresses(vec![])), "Addresses(Redacted)");
/// ```
#[macro_export]
macro_rules! personal_debug {
    (enum $name:ident { $($kind:ident $variant:ident),+ $(,)? }) => {
        impl ::std::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                match self {
                    $(Self::$variant(value) => f
                        .debug_tuple(::std::stringify!($variant))
                        .field($crate::__personal_debug!($kind value))
                        .finish(),)+
                }
            }
        }
    };
    (struct $name:ident) => {
        impl ::std::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_tuple(::std::stringify!($name))
                    .field($crate::personal(&self.0))
                    .finish()
            }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __personal_debug {
    (plain $value:expr) => {
        $value
    };
    (personal $value:expr) => {
        $crate::personal($value)
    };
}

/// Implements a `Debug` that prints nothing but the type's name.
///
/// ```
/// pub struct Login { pub user: String }
/// pub struct Logout { pub user: String }
/// engagement_core::opaque_debug! { Login, Logout }
///
/// assert_eq!(format!("{:?}", Login { user: "ada".into() }), "Login { .. }");
/// ```
#[macro_export]
macro_rules! opaque_debug {
    ($($name:ident),+ $(,)?) => {
        $(impl ::std::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(::std::stringify!($name)).finish_non_exhaustive()
            }
        })+
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Email(&'static str);

    personal_debug! { struct Email }

    fn ada() -> Email {
        Email("ada@example.com")
    }

    const HIDDEN: &str = "Email(Redacted)";
    const SHOWN: &str = r#"Email("ada@example.com")"#;

    #[test]
    fn one_value_is_shown_and_the_next_is_not() {
        let pair = (Unredacted([ada()]), ada());
        assert_eq!(format!("{pair:?}"), format!("([{SHOWN}], {HIDDEN})"));
        assert_eq!(format!("{:?}", ada()), HIDDEN);
        let dynamic: &Unredacted<dyn Debug> = &Unredacted(ada());
        assert_eq!(format!("{dynamic:?}"), SHOWN);
    }

    #[test]
    fn an_inner_one_does_not_end_the_outer_one() {
        let nested = Unredacted((Unredacted(ada()), ada()));
        assert_eq!(format!("{nested:?}"), format!("({SHOWN}, {SHOWN})"));
        assert_eq!(format!("{:?}", ada()), HIDDEN);
    }

    #[test]
    fn a_panic_ends_it() {
        struct Panics;

        impl Debug for Panics {
            fn fmt(&self, _: &mut Formatter<'_>) -> fmt::Result {
                panic!("{:?}", ada());
            }
        }

        let printed = std::panic::catch_unwind(|| format!("{:?}", Unredacted(Panics)));
        assert_eq!(*printed.unwrap_err().downcast::<String>().unwrap(), SHOWN);
        assert_eq!(format!("{:?}", ada()), HIDDEN);
    }

    #[test]
    fn other_threads_print_as_before() {
        /// Has another thread print while it is printed itself.
        struct Elsewhere;

        impl Debug for Elsewhere {
            fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
                let other = std::thread::spawn(|| format!("{:?}", ada()));
                write!(f, "{} {:?}", other.join().unwrap(), ada())
            }
        }

        let printed = format!("{:?}", Unredacted(Elsewhere));
        assert_eq!(printed, format!("{HIDDEN} {SHOWN}"));
    }

    #[test]
    fn secrets_stay_hidden() {
        let secret = crate::Secret::from("sk_live_123");
        assert_eq!(format!("{:?}", Unredacted(secret)), "[REDACTED]");
    }
}
