//! Status codes of messages, in replies to WebEngage and in delivery reports.
//!
//! Each channel has its own codes, and lists grow. So codes are plain numbers, and these constants name the documented ones.
//!
//! ```
//! use webengage_client::status_codes::{email, sms};
//! use webengage_client::StatusCode;
//!
//! assert_eq!(sms::http_status(sms::THROTTLED), StatusCode::TOO_MANY_REQUESTS);
//! assert_eq!(email::http_status(email::HARD_BOUNCE), StatusCode::OK);
//! ```

/// The codes of one channel, each with the HTTP status that WebEngage documents for it.
macro_rules! codes {
    ($($(#[$meta:meta])* $name:ident = $code:literal => $status:ident;)*) => {
        $($(#[$meta])* pub const $name: i64 = $code;)*

        /// The documented HTTP status of a reply with this code. It is 200 for most codes, because the body reports the
        /// rejection, and for unknown codes.
        #[must_use]
        pub const fn http_status(code: i64) -> crate::StatusCode {
            match code {
                $($code => crate::StatusCode::$status,)*
                _ => crate::StatusCode::OK,
            }
        }
    };
}

/// Codes for SMS.
pub mod sms {
    codes! {
        /// Accepted or sent.
        OK = 0 => OK;
        /// The account with the provider has no credit.
        NO_CREDIT = 2000 => OK;
        /// The IP address is not allowed.
        IP_NOT_ALLOWED = 2001 => UNAUTHORIZED;
        /// The message has no text.
        EMPTY_BODY = 2002 => BAD_REQUEST;
        /// The number is invalid.
        BAD_NUMBER = 2003 => BAD_REQUEST;
        /// The sender id is invalid.
        BAD_SENDER = 2004 => BAD_REQUEST;
        /// The credentials do not allow this.
        NOT_AUTHORIZED = 2005 => FORBIDDEN;
        /// The recipient has opted out.
        DO_NOT_DISTURB = 2006 => FORBIDDEN;
        /// The text is too long.
        TOO_LONG = 2007 => PAYLOAD_TOO_LARGE;
        /// The message was not delivered in time.
        EXPIRED = 2008 => OK;
        /// The message could not be delivered.
        UNDELIVERED = 2009 => OK;
        /// The version of the format is not supported; the reply names a supported one.
        VERSION_UNSUPPORTED = 2010 => BAD_REQUEST;
        /// The credentials are wrong.
        NOT_AUTHENTICATED = 2011 => UNAUTHORIZED;
        /// Too many messages at once. WebEngage retries up to ten times.
        THROTTLED = 2015 => TOO_MANY_REQUESTS;
        /// Blocked by Indian DLT scrubbing.
        DLT_BLOCKED = 2022 => FORBIDDEN;
        /// Indian DLT scrubbing took too long.
        DLT_TIMEOUT = 2023 => OK;
        /// Indian DLT scrubbing refused the sender.
        DLT_SENDER = 2024 => FORBIDDEN;
        /// Indian DLT scrubbing refused the business.
        DLT_ENTITY = 2025 => FORBIDDEN;
        /// Indian DLT scrubbing refused the template.
        DLT_TEMPLATE = 2026 => FORBIDDEN;
        /// A variable is too long.
        VARIABLE_TOO_LONG = 2027 => BAD_REQUEST;
        /// The number is on a suppression list.
        BLACKLISTED = 3000 => FORBIDDEN;
        /// Anything else.
        OTHER = 9988 => OK;
    }
}

/// Codes for e-mail.
pub mod email {
    codes! {
        /// Accepted or delivered.
        OK = 1000 => OK;
        /// Too many messages at once. WebEngage retries up to ten times.
        THROTTLED = 9001 => TOO_MANY_REQUESTS;
        /// The quota is used up.
        QUOTA_USED_UP = 9002 => OK;
        /// The credentials are wrong.
        NOT_AUTHENTICATED = 9003 => FORBIDDEN;
        /// There is no recipient.
        NO_RECIPIENT = 9004 => BAD_REQUEST;
        /// There is no sender.
        NO_SENDER = 9005 => BAD_REQUEST;
        /// Soft bounce: a later delivery may succeed.
        SOFT_BOUNCE = 9006 => OK;
        /// Hard bounce: permanent.
        HARD_BOUNCE = 9007 => OK;
        /// It was reported as spam.
        SPAM = 9008 => OK;
        /// The recipient has unsubscribed.
        UNSUBSCRIBED = 9009 => OK;
        /// The address is on a suppression list.
        SUPPRESSED = 9010 => OK;
        /// The sender is not verified.
        SENDER_NOT_VERIFIED = 9011 => BAD_REQUEST;
        /// The receiving server rejected it.
        REJECTED = 9012 => OK;
        /// It was not delivered in time.
        EXPIRED = 9013 => OK;
        /// The provider is down.
        PROVIDER_DOWN = 9014 => INTERNAL_SERVER_ERROR;
        /// The IP address is not allowed.
        IP_NOT_ALLOWED = 9015 => UNAUTHORIZED;
        /// There is no subject.
        NO_SUBJECT = 9016 => BAD_REQUEST;
        /// The sender's address is invalid.
        BAD_SENDER = 9017 => BAD_REQUEST;
        /// The recipient's address is invalid.
        BAD_ADDRESS = 9018 => BAD_REQUEST;
        /// The mailbox is full.
        MAILBOX_FULL = 9019 => OK;
        /// A private provider failed.
        PRIVATE_PROVIDER_FAILED = 9020 => INTERNAL_SERVER_ERROR;
        /// There is no such mailbox.
        NO_MAILBOX = 9021 => OK;
        /// The version of the format is not supported; the reply names a supported one.
        VERSION_UNSUPPORTED = 9022 => BAD_REQUEST;
        /// The credentials do not allow this.
        NOT_AUTHORIZED = 9024 => FORBIDDEN;
        /// The receiving server is overloaded.
        OVERLOADED = 9452 => OK;
        /// The host of the receiving server was not found.
        HOST_NOT_FOUND = 9512 => OK;
        /// Anything else.
        OTHER = 9988 => OK;
        /// Anything else, in the list for private providers.
        PRIVATE_OTHER = 9999 => OK;
    }
}

/// Codes for WhatsApp.
pub mod whatsapp {
    codes! {
        /// Accepted or sent.
        OK = 0 => OK;
        /// The account with the provider has no credit.
        NO_CREDIT = 2000 => OK;
        /// The IP address is not allowed.
        IP_NOT_ALLOWED = 2001 => UNAUTHORIZED;
        /// The message has no text.
        EMPTY_BODY = 2002 => BAD_REQUEST;
        /// The recipient's number is invalid.
        BAD_NUMBER = 2003 => BAD_REQUEST;
        /// The business number is invalid.
        BAD_BUSINESS_NUMBER = 2004 => BAD_REQUEST;
        /// The credentials do not allow this.
        NOT_AUTHORIZED = 2005 => FORBIDDEN;
        /// The recipient has blocked the business number.
        BLOCKED_BY_USER = 2006 => OK;
        /// The text is too long.
        TOO_LONG = 2007 => PAYLOAD_TOO_LARGE;
        /// The message was not delivered in time.
        EXPIRED = 2008 => OK;
        /// The message could not be delivered.
        UNDELIVERED = 2009 => OK;
        /// The version of the format is not supported; the reply names a supported one.
        VERSION_UNSUPPORTED = 2010 => BAD_REQUEST;
        /// The credentials are wrong.
        NOT_AUTHENTICATED = 2011 => UNAUTHORIZED;
        /// All attempts failed.
        RETRIES_EXHAUSTED = 2014 => OK;
        /// Too many messages at once. WebEngage retries after some minutes, up to ten times.
        THROTTLED = 2015 => TOO_MANY_REQUESTS;
        /// The format of the message is invalid.
        BAD_FORMAT = 2019 => BAD_REQUEST;
        /// There is no such template.
        TEMPLATE_MISSING = 2021 => BAD_REQUEST;
        /// The values do not match the template's variables.
        PARAMETERS_MISMATCH = 2022 => BAD_REQUEST;
        /// The message does not match the template.
        TEMPLATE_MISMATCH = 2023 => BAD_REQUEST;
        /// The recipient has not opted in.
        NOT_OPTED_IN = 2024 => OK;
        /// The recipient has not opted in (second code).
        NOT_OPTED_IN_EITHER = 2025 => OK;
        /// Meta sends no more such messages to the recipient for now; listed for private providers only.
        FREQUENCY_CAP = 2026 => OK;
        /// Anything else; the report gives the reason.
        OTHER = 9988 => OK;
    }
}

/// Codes for RCS.
///
/// The documented list contradicts its samples, and its HTTP statuses are unusable. So there are names only.
pub mod rcs {
    /// Accepted or delivered.
    pub const OK: i64 = 0;
    /// No credit, in the list.
    pub const NO_CREDIT: i64 = 1000;
    /// RCS is not enabled.
    pub const RCS_DISABLED: i64 = 1001;
    /// Not found; undocumented what.
    pub const NOT_FOUND: i64 = 1002;
    /// There is no template.
    pub const NO_TEMPLATE: i64 = 1003;
    /// No credit, in the samples.
    pub const NO_CREDIT_IN_SAMPLES: i64 = 2000;
    /// The text is too long.
    pub const TOO_LONG: i64 = 2006;
    /// The message was not delivered in time.
    pub const EXPIRED: i64 = 2007;
    /// The message could not be delivered.
    pub const UNDELIVERED: i64 = 2008;
    /// The version of the format is not supported, in the samples; the reply names a supported one.
    pub const VERSION_UNSUPPORTED: i64 = 2010;
    /// The number is none.
    pub const BAD_NUMBER: i64 = 2021;
    /// There is no such template.
    pub const TEMPLATE_MISSING: i64 = 2023;
    /// Anything else.
    pub const OTHER: i64 = 9988;
}
