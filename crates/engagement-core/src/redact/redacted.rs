//! What `Debug` of values shows, and what it keeps to itself.

use std::collections::BTreeMap;
use std::fmt::{self, Debug, Formatter};

use serde_json::Value;

use crate::redact::json_path::printable_key;

/// The one place that decides it, for every client crate.
const SHOWN: bool = cfg!(feature = "show-personal-data");

/// Stands for personal data.
#[derive(Debug)]
struct Redacted;

/// What `Debug` prints in place of a personal value: `Redacted`, or the value with the feature `show-personal-data`.
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
    if SHOWN { value } else { &Redacted }
}

/// A personal value that may be missing, which shows.
#[doc(hidden)]
#[must_use]
pub fn optional_personal(present: bool, value: &dyn Debug) -> &dyn Debug {
    match (SHOWN, present) {
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
    if SHOWN {
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
/// # if !cfg!(feature = "show-personal-data") {
/// assert_eq!(format!("{:?}", Recipient::Address("ada@example.com".into())), "Address(Redacted)");
/// assert_eq!(format!("{:?}", Recipient::Id(7)), "Id(7)");
/// assert_eq!(format!("{:?}", Addresses(vec![])), "Addresses(Redacted)");
/// # }
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
