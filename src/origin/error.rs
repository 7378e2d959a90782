//! Origin errors: why bytes could not be had.
//!
//! In:    what a disk or a bucket said.
//! Out:   [`OriginError`]: what happened in our words, and the next step.
//! Never: repeats what a server sent: that may hold a secret, or anything else.

use std::io;
use std::path::PathBuf;

use crate::diagnostic::{Diagnose, ErrorKind};

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot {} `{}`: {why}", verb(why), path.display())]
pub struct OriginError {
    /// The file or prefix.
    pub path: PathBuf,
    /// What happened.
    pub why: Why,
}

/// A disk is only read; of a bucket it need not have been reading that failed.
fn verb(why: &Why) -> &'static str {
    if matches!(why, Why::Disk(_)) { "read" } else { "use" }
}

/// What happened.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the message of each variant says what it is")]
pub enum Why {
    #[error("{0}")]
    Disk(#[source] io::Error),
    #[error("there is no such bucket or object")]
    Absent,
    #[error("access is denied")]
    Denied,
    #[error("the credentials have expired")]
    Expired,
    #[error("there are no credentials that could be used")]
    NoCredentials,
    #[error("there is no profile of that name")]
    NoProfile,
    #[error("the bucket is in another region")]
    WrongRegion,
    #[error("the service asks to slow down, again and again")]
    Throttled,
    #[error("there is another object of that name already")]
    Exists,
    #[error("the object was replaced while it was read")]
    Changed,
    #[error("the service cannot be reached")]
    Unreachable,
    #[error("HTTP without TLS is only allowed to this machine")]
    Insecure,
    #[error("the service answered in a way that was not understood")]
    Odd,
}

impl Diagnose for OriginError {
    fn kind(&self) -> ErrorKind {
        match self.why {
            Why::Absent | Why::Changed | Why::Exists => ErrorKind::Input,
            Why::Insecure | Why::NoProfile => ErrorKind::Usage,
            _ => ErrorKind::Environment,
        }
    }

    fn code(&self) -> &'static str {
        match self.why {
            Why::Disk(_) => "IO-READ",
            Why::Absent => "S3-ABSENT",
            Why::Denied => "S3-DENIED",
            Why::Expired => "S3-EXPIRED",
            Why::NoCredentials => "S3-NO-CREDENTIALS",
            Why::NoProfile => "S3-NO-PROFILE",
            Why::WrongRegion => "S3-REGION",
            Why::Throttled => "S3-THROTTLED",
            Why::Exists => "S3-EXISTS",
            Why::Changed => "SRC-CHANGED",
            Why::Unreachable => "S3-UNREACHABLE",
            Why::Insecure => "S3-INSECURE",
            Why::Odd => "S3-ANSWER",
        }
    }

    fn hints(&self) -> Vec<String> {
        let hint = match self.why {
            Why::Disk(_) => "check that the file is readable and the disk is well",
            Why::Absent => "check the names of the bucket and the prefix",
            Why::Denied => {
                "allow s3:ListBucket and s3:GetObject, and kms:Decrypt if it is encrypted"
            }
            Why::Expired => "log in again, as with `aws sso login`, and export the new credentials",
            Why::NoCredentials => {
                "set AWS_PROFILE or --profile; for SSO, run \
                 `eval \"$(aws configure export-credentials --format env)\"`"
            }
            Why::NoProfile => "see `aws configure list-profiles`",
            Why::WrongRegion => "give the bucket's own region with --region or AWS_REGION",
            Why::Throttled => "wait a little and run the command again",
            Why::Exists => "nothing was written over; name a prefix of its own",
            Why::Changed => "a delivery may be in progress; run the command again when it is done",
            Why::Unreachable => "check the network, --endpoint-url and --region",
            Why::Insecure => "use an https:// endpoint",
            Why::Odd => "check --endpoint-url and --path-style; is it a service like S3?",
        };
        vec![hint.to_owned()]
    }
}

impl Why {
    /// What an error of the client means.
    pub(super) fn of(error: &object_store::Error) -> Self {
        use object_store::Error;
        let told = error.to_string();
        let says = |words: &[&str]| words.iter().any(|word| told.contains(word));
        match error {
            Error::AlreadyExists { .. } => Self::Exists,
            _ if says(&["ExpiredToken", "TokenRefreshRequired", "RequestExpired"]) => Self::Expired,
            _ if says(&[
                "PermanentRedirect",
                "without LOCATION",
                "AuthorizationHeaderMalformed",
            ]) =>
            {
                Self::WrongRegion
            }
            _ if says(&["AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch"]) => {
                Self::Denied
            }
            _ if says(&["NoSuchBucket", "404 Not Found"]) => Self::Absent,
            _ if says(&["SlowDown", "503 ", "429 "]) => Self::Throttled,
            Error::NotFound { .. } => Self::Absent,
            Error::Precondition { .. } => Self::Changed,
            Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => Self::Denied,
            // Whoever has none is asked for those of the machine, which a laptop does not have.
            _ if says(&["169.254.169.254", "credential", "Credential", "metadata"]) => {
                Self::NoCredentials
            }
            _ if says(&["error sending request", "connect", "timed out", "dns"]) => {
                Self::Unreachable
            }
            _ => Self::Odd,
        }
    }
}
