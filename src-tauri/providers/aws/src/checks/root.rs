//! What the checks of root's second factor have in common.

use evidence::{Reason, UnknownCode};
use provider_kit::{Judge, Verdict, WhenEmpty};

const LOOK: &str = "Root has no password, no access key and no MFA now, but can get a password by e-mail recovery unless its access is managed centrally. Look in the management account of AWS Organizations: IAM > Root access management (centralized root access); it should be on, without password recovery for this account.";

/// Root has no credentials and no MFA. Whether it can get a password again is not in the account's own answers, so it
/// neither fails nor "does not apply": a person looks where that is set.
pub fn to_be_judged() -> Verdict {
    let mut judge = Judge::new();
    judge.unknown("root", "root user", "user", LOOK);
    let mut verdict = judge.conclude(WhenEmpty::Unknown(LOOK.to_owned()));
    verdict.reason = Some(Reason::new(UnknownCode::NeedsJudgement, LOOK));
    verdict
}
