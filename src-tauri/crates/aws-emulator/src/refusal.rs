//! Errors as the services word them, in the shape of each protocol.
//!
//! Codes and statuses follow the service models where those declare them; where several are seen for one cause, the
//! one the service's own protocol uses is given.

use crate::answer::Answer;
use crate::call::Call;
use crate::faults::Denial;
use crate::protocol::Protocol;
use crate::{ACCOUNT, partition};

/// An error before it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
}

impl Refusal {
    pub(crate) fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.to_owned(),
            message: message.into(),
        }
    }

    /// A missing permission.
    pub(crate) fn denied(call: &Call, why: Denial) -> Self {
        let user = format!(
            "arn:{}:iam::{ACCOUNT}:user/compliance-reader",
            partition(&call.region)
        );
        let action = call.action();
        let tail = match why {
            Denial::NoPolicy => {
                format!("because no identity-based policy allows the {action} action")
            }
            Denial::ServiceControlPolicy => {
                "with an explicit deny in a service control policy".to_owned()
            }
            Denial::PermissionsBoundary => {
                format!("because no permissions boundary allows the {action} action")
            }
        };
        let resource = resource(call);
        let text = format!(
            "User: {user} is not authorized to perform: {action} on resource: {resource} {tail}"
        );
        match call.protocol {
            Protocol::Query | Protocol::RestXml => Self::new(403, "AccessDenied", text),
            Protocol::Ec2 => Self::new(
                403,
                "UnauthorizedOperation",
                format!(
                    "You are not authorized to perform this operation. User: {user} is not authorized to perform: \
                     {action} {tail}. Encoded authorization failure message: bWFkZS11cA"
                ),
            ),
            Protocol::Json => Self::new(400, "AccessDeniedException", text),
            Protocol::RestJson => Self::new(403, "AccessDeniedException", text),
        }
    }

    /// Security Hub where it is not enabled.
    pub(crate) fn not_subscribed() -> Self {
        Self::new(
            401,
            "InvalidAccessException",
            format!("Account {ACCOUNT} is not subscribed to AWS Security Hub"),
        )
    }

    /// A key that the region does not know: wrong, or the region is not enabled for the account.
    pub(crate) fn unknown_key(protocol: Protocol) -> Self {
        match protocol {
            Protocol::Query => Self::new(
                403,
                "InvalidClientTokenId",
                "The security token included in the request is invalid.",
            ),
            Protocol::Ec2 => Self::auth_failure(),
            Protocol::RestXml => Self::new(
                403,
                "InvalidAccessKeyId",
                "The AWS Access Key Id you provided does not exist in our records.",
            ),
            Protocol::Json => Self::new(
                400,
                "UnrecognizedClientException",
                "The security token included in the request is invalid.",
            ),
            Protocol::RestJson => Self::new(
                403,
                "UnrecognizedClientException",
                "The security token included in the request is invalid.",
            ),
        }
    }

    /// A signature that does not verify, or a scope or time that can't.
    pub(crate) fn bad_signature(protocol: Protocol, why: impl Into<String>) -> Self {
        match protocol {
            Protocol::Query | Protocol::RestXml => Self::new(403, "SignatureDoesNotMatch", why),
            Protocol::Ec2 => Self::auth_failure(),
            Protocol::Json => Self::new(400, "InvalidSignatureException", why),
            Protocol::RestJson => Self::new(403, "InvalidSignatureException", why),
        }
    }

    /// A request whose time is far from the service's.
    pub(crate) fn untimely(protocol: Protocol, why: String) -> Self {
        match protocol {
            Protocol::Ec2 => Self::new(400, "RequestExpired", "Request has expired."),
            Protocol::RestXml => Self::new(
                403,
                "RequestTimeTooSkewed",
                "The difference between the request time and the current time is too large.",
            ),
            _ => Self::bad_signature(protocol, why),
        }
    }

    /// An `Authorization` header that lacks a part.
    pub(crate) fn incomplete_signature(protocol: Protocol, why: impl Into<String>) -> Self {
        match protocol {
            Protocol::Query | Protocol::Ec2 => Self::new(400, "IncompleteSignature", why),
            Protocol::RestXml => Self::new(400, "AuthorizationHeaderMalformed", why),
            Protocol::Json => Self::new(400, "IncompleteSignatureException", why),
            Protocol::RestJson => Self::new(403, "IncompleteSignatureException", why),
        }
    }

    /// No signature at all.
    pub(crate) fn unsigned(protocol: Protocol) -> Self {
        match protocol {
            Protocol::Query => Self::new(
                403,
                "MissingAuthenticationToken",
                "Request is missing Authentication Token",
            ),
            Protocol::Ec2 => Self::auth_failure(),
            Protocol::RestXml => Self::new(403, "AccessDenied", "Access Denied"),
            Protocol::Json => Self::new(
                400,
                "MissingAuthenticationTokenException",
                "Missing Authentication Token",
            ),
            Protocol::RestJson => Self::new(
                403,
                "MissingAuthenticationTokenException",
                "Missing Authentication Token",
            ),
        }
    }

    /// Temporary credentials whose time is over.
    pub(crate) fn expired(protocol: Protocol) -> Self {
        let text = "The security token included in the request is expired";
        match protocol {
            Protocol::Query => Self::new(403, "ExpiredToken", text),
            Protocol::Ec2 => Self::new(400, "RequestExpired", "Request has expired."),
            Protocol::RestXml => Self::new(400, "ExpiredToken", "The provided token has expired."),
            Protocol::Json => Self::new(400, "ExpiredTokenException", text),
            Protocol::RestJson => Self::new(403, "ExpiredTokenException", text),
        }
    }

    /// Too many requests.
    pub(crate) fn throttled(service: &str, protocol: Protocol) -> Self {
        match (service, protocol) {
            ("organizations" | "account" | "guardduty", _) => {
                Self::new(429, "TooManyRequestsException", "Too Many Requests")
            }
            ("securityhub", _) => Self::new(429, "LimitExceededException", "Too Many Requests"),
            (_, Protocol::Query) => Self::new(400, "Throttling", "Rate exceeded"),
            (_, Protocol::Ec2) => Self::new(503, "RequestLimitExceeded", "Request limit exceeded."),
            (_, Protocol::RestXml) => {
                Self::new(503, "SlowDown", "Please reduce your request rate.")
            }
            (_, Protocol::Json) => Self::new(400, "ThrottlingException", "Rate exceeded"),
            (_, Protocol::RestJson) => Self::new(429, "ThrottlingException", "Rate exceeded"),
        }
    }

    /// A failure of the service's own.
    pub(crate) fn broken(protocol: Protocol, status: u16) -> Self {
        let code = match protocol {
            Protocol::Query | Protocol::Json => "InternalFailure",
            Protocol::Ec2 | Protocol::RestXml => "InternalError",
            Protocol::RestJson => "InternalServerException",
        };
        Self::new(status, code, "An internal error has occurred")
    }

    fn auth_failure() -> Self {
        Self::new(
            401,
            "AuthFailure",
            "AWS was not able to validate the provided access credentials",
        )
    }

    /// The error as the protocol writes it.
    pub(crate) fn write(&self, protocol: Protocol, request_id: &str) -> Answer {
        let (code, message) = (escaped(&self.code), escaped(&self.message));
        let body = match protocol {
            Protocol::Query => {
                let side = if self.status < 500 {
                    "Sender"
                } else {
                    "Receiver"
                };
                format!(
                    "<ErrorResponse><Error><Type>{side}</Type><Code>{code}</Code><Message>{message}</Message></Error>\
                     <RequestId>{request_id}</RequestId></ErrorResponse>"
                )
            }
            Protocol::Ec2 => format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>{code}</Code>\
                 <Message>{message}</Message></Error></Errors><RequestID>{request_id}</RequestID></Response>"
            ),
            Protocol::RestXml => format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message>\
                 <RequestId>{request_id}</RequestId><HostId>bWFkZS11cA==</HostId></Error>"
            ),
            Protocol::Json => {
                serde_json::json!({ "__type": self.code, "Message": self.message }).to_string()
            }
            Protocol::RestJson => serde_json::json!({ "Message": self.message }).to_string(),
        };
        let answer = Answer::with_status(self.status, body);
        if protocol == Protocol::RestJson {
            answer.with("x-amzn-ErrorType", &*self.code)
        } else {
            answer
        }
    }
}

/// What a denial says it was about.
fn resource(call: &Call) -> String {
    let partition = call.partition();
    if call.service == "iam" {
        let kind = if call.operation.contains("User") {
            "user/"
        } else {
            "*"
        };
        format!("arn:{partition}:iam::{ACCOUNT}:{kind}")
    } else {
        format!(
            "arn:{partition}:{}:{}:{ACCOUNT}:*",
            call.service, call.region
        )
    }
}

/// Text as XML takes it.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
