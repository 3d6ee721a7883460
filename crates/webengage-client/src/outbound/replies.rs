//! Replies to messages.

use serde::{Serialize, Serializer};

use crate::enums::{
    EmailSendReplyStatus, RcsSendReplyStatus, SmsSendReplyStatus, WhatsappSendReplyStatus,
};
use crate::status_codes::{email, rcs, sms, whatsapp};
use crate::types::{EmailSendReply, RcsSendReply, SmsSendReply, WhatsappSendReply};
use crate::{Attributes, StatusCode};

/// The methods of all replies.
macro_rules! reply {
    ($name:ident($body:ident)) => {
        impl $name {
            /// The HTTP status of the reply.
            #[must_use]
            pub fn status(&self) -> StatusCode {
                self.http
            }

            /// The same reply with another HTTP status.
            pub fn with_status(mut self, status: StatusCode) -> Self {
                self.http = status;
                self
            }

            /// The fields of the body.
            #[must_use]
            pub fn body(&self) -> &$body {
                &self.body
            }

            /// The body of the reply, of type `application/json`.
            #[must_use]
            pub fn to_json(&self) -> String {
                // Text and numbers can always be serialized.
                serde_json::to_string(&self.body).unwrap_or_default()
            }
        }

        impl Serialize for $name {
            /// The body, without the HTTP status.
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.body.serialize(serializer)
            }
        }
    };
}

/// The reply to an SMS.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct SmsReply {
    http: StatusCode,
    body: SmsSendReply,
}

reply!(SmsReply(SmsSendReply));

impl SmsReply {
    /// The message is accepted; its delivery will be reported.
    pub fn accepted() -> Self {
        Self::new(SmsSendReplyStatus::SmsAccepted, sms::OK, None, None)
    }

    /// The message is rejected, with one of the [codes for SMS](crate::status_codes::sms) and a reason.
    pub fn rejected(code: i64, message: impl Into<String>) -> Self {
        Self::new(
            SmsSendReplyStatus::SmsRejected,
            code,
            Some(message.into()),
            None,
        )
    }

    /// The version of the format is not supported; the argument is a supported version.
    pub fn version_unsupported(supported: impl Into<String>) -> Self {
        let (code, supported) = (sms::VERSION_UNSUPPORTED, Some(supported.into()));
        Self::new(
            SmsSendReplyStatus::SmsRejected,
            code,
            Some(VERSION.to_owned()),
            supported,
        )
    }

    /// Too many messages: WebEngage retries.
    pub fn throttled() -> Self {
        Self::rejected(sms::THROTTLED, THROTTLED)
    }

    fn new(
        status: SmsSendReplyStatus,
        code: i64,
        message: Option<String>,
        supported_version: Option<String>,
    ) -> Self {
        Self {
            http: sms::http_status(code),
            body: SmsSendReply {
                status,
                status_code: Some(code),
                message,
                supported_version,
                extra: Attributes::new(),
            },
        }
    }
}

/// The reply to an e-mail.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct EmailReply {
    http: StatusCode,
    body: EmailSendReply,
}

reply!(EmailReply(EmailSendReply));

impl EmailReply {
    /// The message is accepted; its delivery will be reported.
    pub fn accepted() -> Self {
        Self::new(
            EmailSendReplyStatus::Success,
            email::OK,
            "Accepted".to_owned(),
            None,
        )
    }

    /// The message is rejected, with one of the [codes for e-mail](crate::status_codes::email) and a reason.
    pub fn rejected(code: i64, message: impl Into<String>) -> Self {
        Self::new(EmailSendReplyStatus::Error, code, message.into(), None)
    }

    /// The version of the format is not supported; the argument is a supported version.
    pub fn version_unsupported(supported: impl Into<String>) -> Self {
        let (code, supported) = (email::VERSION_UNSUPPORTED, Some(supported.into()));
        Self::new(
            EmailSendReplyStatus::Error,
            code,
            VERSION.to_owned(),
            supported,
        )
    }

    /// Too many messages: WebEngage retries.
    pub fn throttled() -> Self {
        Self::rejected(email::THROTTLED, THROTTLED)
    }

    fn new(
        status: EmailSendReplyStatus,
        code: i64,
        message: String,
        supported_version: Option<String>,
    ) -> Self {
        Self {
            http: email::http_status(code),
            body: EmailSendReply {
                status,
                status_code: code,
                message,
                supported_version,
                extra: Attributes::new(),
            },
        }
    }
}

/// The reply to a WhatsApp message.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct WhatsappReply {
    http: StatusCode,
    body: WhatsappSendReply,
}

reply!(WhatsappReply(WhatsappSendReply));

impl WhatsappReply {
    /// The message is accepted; its delivery will be reported.
    pub fn accepted() -> Self {
        Self::new(
            WhatsappSendReplyStatus::WhatsappAccepted,
            whatsapp::OK,
            None,
            None,
        )
    }

    /// The message is rejected, with one of the [codes for WhatsApp](crate::status_codes::whatsapp) and a reason.
    pub fn rejected(code: i64, message: impl Into<String>) -> Self {
        Self::new(
            WhatsappSendReplyStatus::WhatsappRejected,
            code,
            Some(message.into()),
            None,
        )
    }

    /// The version of the format is not supported; the argument is a supported version.
    pub fn version_unsupported(supported: impl Into<String>) -> Self {
        let (code, supported) = (whatsapp::VERSION_UNSUPPORTED, Some(supported.into()));
        let message = Some(VERSION.to_owned());
        Self::new(
            WhatsappSendReplyStatus::WhatsappRejected,
            code,
            message,
            supported,
        )
    }

    /// Too many messages: WebEngage retries after some minutes.
    pub fn throttled() -> Self {
        Self::rejected(whatsapp::THROTTLED, THROTTLED)
    }

    fn new(
        status: WhatsappSendReplyStatus,
        code: i64,
        message: Option<String>,
        supported_version: Option<String>,
    ) -> Self {
        Self {
            http: whatsapp::http_status(code),
            body: WhatsappSendReply {
                status,
                status_code: code,
                message,
                supported_version,
                extra: Attributes::new(),
            },
        }
    }
}

/// The reply to an RCS message.
///
/// The HTTP statuses are not documented: it is 200 unless you [set another](Self::with_status).
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct RcsReply {
    http: StatusCode,
    body: RcsSendReply,
}

reply!(RcsReply(RcsSendReply));

impl RcsReply {
    /// The message is accepted; its delivery will be reported.
    pub fn accepted() -> Self {
        Self::new(RcsSendReplyStatus::RcsAccepted, rcs::OK, None, None)
    }

    /// The message is rejected, with one of the [codes for RCS](crate::status_codes::rcs) and a reason.
    pub fn rejected(code: i64, message: impl Into<String>) -> Self {
        Self::new(
            RcsSendReplyStatus::RcsRejected,
            code,
            Some(message.into()),
            None,
        )
    }

    /// The version of the format is not supported; the argument is a supported version.
    pub fn version_unsupported(supported: impl Into<String>) -> Self {
        let (code, supported) = (rcs::VERSION_UNSUPPORTED, Some(supported.into()));
        Self::new(
            RcsSendReplyStatus::RcsRejected,
            code,
            Some(VERSION.to_owned()),
            supported,
        )
    }

    fn new(
        status: RcsSendReplyStatus,
        code: i64,
        message: Option<String>,
        supported_version: Option<String>,
    ) -> Self {
        Self {
            http: StatusCode::OK,
            body: RcsSendReply {
                status,
                status_code: code,
                message,
                supported_version,
                extra: Attributes::new(),
            },
        }
    }
}

const VERSION: &str = "this version of the format is not supported";
const THROTTLED: &str = "too many messages";

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn shown(status: StatusCode, json: &str) -> (u16, Value) {
        (status.as_u16(), serde_json::from_str(json).unwrap())
    }

    #[test]
    fn accepted() {
        let sms = SmsReply::accepted();
        assert_eq!(
            shown(sms.status(), &sms.to_json()),
            (200, json!({"status": "sms_accepted", "statusCode": 0}))
        );
        let email = EmailReply::accepted();
        let body = json!({"status": "SUCCESS", "statusCode": 1000, "message": "Accepted"});
        assert_eq!(shown(email.status(), &email.to_json()), (200, body));
        let whatsapp = WhatsappReply::accepted();
        let body = json!({"status": "whatsapp_accepted", "statusCode": 0});
        assert_eq!(shown(whatsapp.status(), &whatsapp.to_json()), (200, body));
        let rcs = RcsReply::accepted();
        assert_eq!(
            shown(rcs.status(), &rcs.to_json()),
            (200, json!({"status": "rcs_accepted", "statusCode": 0}))
        );
    }

    #[test]
    fn rejected_with_the_status_of_the_code() {
        let sms = SmsReply::rejected(sms::BAD_NUMBER, "no number");
        let body = json!({"status": "sms_rejected", "statusCode": 2003, "message": "no number"});
        assert_eq!(shown(sms.status(), &sms.to_json()), (400, body.clone()));
        assert_eq!(serde_json::to_value(&sms).unwrap(), body);
        let email = EmailReply::rejected(email::PROVIDER_DOWN, "down");
        let body = json!({"status": "ERROR", "statusCode": 9014, "message": "down"});
        assert_eq!(shown(email.status(), &email.to_json()), (500, body));
        let whatsapp = WhatsappReply::rejected(whatsapp::BLOCKED_BY_USER, "blocked");
        let body = json!({"status": "whatsapp_rejected", "statusCode": 2006, "message": "blocked"});
        assert_eq!(shown(whatsapp.status(), &whatsapp.to_json()), (200, body));
        let rcs = RcsReply::rejected(rcs::BAD_NUMBER, "no number");
        let body = json!({"status": "rcs_rejected", "statusCode": 2021, "message": "no number"});
        assert_eq!(shown(rcs.status(), &rcs.to_json()), (200, body));
        assert_eq!(rcs.with_status(StatusCode::BAD_REQUEST).status(), 400);
        assert_eq!(SmsReply::rejected(77, "new").status(), 200);
    }

    #[test]
    fn an_unsupported_version_names_a_supported_one() {
        let message = "this version of the format is not supported";
        let sms = SmsReply::version_unsupported("1.0");
        let body = json!({"status": "sms_rejected", "statusCode": 2010, "message": message, "supportedVersion": "1.0"});
        assert_eq!(shown(sms.status(), &sms.to_json()), (400, body));
        let email = EmailReply::version_unsupported("1.0");
        let body = json!({"status": "ERROR", "statusCode": 9022, "message": message, "supportedVersion": "1.0"});
        assert_eq!(shown(email.status(), &email.to_json()), (400, body));
        let whatsapp = WhatsappReply::version_unsupported("2.0");
        let body = json!({"status": "whatsapp_rejected", "statusCode": 2010, "message": message, "supportedVersion": "2.0"});
        assert_eq!(shown(whatsapp.status(), &whatsapp.to_json()), (400, body));
        let rcs = RcsReply::version_unsupported("1.0");
        let body = json!({"status": "rcs_rejected", "statusCode": 2010, "message": message, "supportedVersion": "1.0"});
        assert_eq!(shown(rcs.status(), &rcs.to_json()), (200, body));
    }

    #[test]
    fn a_throttled_reply_makes_webengage_retry() {
        assert_eq!(SmsReply::throttled().status(), 429);
        assert_eq!(EmailReply::throttled().status(), 429);
        assert_eq!(WhatsappReply::throttled().status(), 429);
        assert_eq!(SmsReply::throttled().body().status_code, Some(2015));
        assert_eq!(EmailReply::throttled().body().status_code, 9001);
        assert_eq!(WhatsappReply::throttled().body().status_code, 2015);
    }
}
