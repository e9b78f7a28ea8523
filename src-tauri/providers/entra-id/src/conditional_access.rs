//! What a Conditional Access policy demonstrably does. Three answers: it does, it does not, or this version can't tell;
//! the last one is never taken for the first.
//!
//! A policy counts only when every condition on it is understood. A member that is absent although the service always
//! sends it, a filter, or a condition of a later version makes the answer "can't tell".

mod controls;
mod reach;
mod seek;

pub(crate) use controls::{
    blocks, managed_device, mfa, phishing_resistant, remedies_account, remedies_sign_in, session,
};
pub(crate) use reach::{Reach, Risk, TransferFlow};
pub(crate) use seek::{join, seek};

use crate::{
    datasets::{
        people::User,
        policies::{CONDITIONAL_ACCESS, Policy, SECURITY_DEFAULTS, SecurityDefaults},
    },
    privileged::{self, whole},
};
use evidence::{Reason, UnknownCode};
use provider_kit::{Collected, Rows};
use std::collections::{BTreeMap, BTreeSet};

/// Whether something holds for a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    /// The data shows it.
    Yes,
    /// The data shows the opposite, for this reason.
    No(String),
    /// The data can't tell.
    Unclear(UnknownCode, String),
}

impl Holds {
    /// An answer that lacks a member the service always sends.
    pub(crate) fn malformed(what: &str) -> Self {
        Self::Unclear(
            UnknownCode::MalformedAnswer,
            format!("the answer does not say {what}"),
        )
    }

    /// Something a person has to look at.
    pub(crate) fn judgement(what: impl Into<String>) -> Self {
        Self::Unclear(UnknownCode::NeedsJudgement, what.into())
    }

    /// All of them: one `No` decides, else one `Unclear`, else `Yes`.
    pub(crate) fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut unclear = None;
        for part in parts {
            match part {
                Self::Yes => {}
                Self::No(why) => return Self::No(why),
                Self::Unclear(code, why) => {
                    unclear.get_or_insert(Self::Unclear(code, why));
                }
            }
        }
        unclear.unwrap_or(Self::Yes)
    }
}

/// What the checks on sign-in policies look at. Everything is there in full, or there is a reason why not.
pub(crate) struct Access {
    /// The policies.
    pub(crate) policies: Rows<Policy>,
    /// Whether security defaults are on.
    pub(crate) security_defaults: bool,
    /// What may be left out of a policy.
    pub(crate) exempt: Exempt,
}

impl Access {
    /// Reads policies, security defaults and the names of exempt accounts.
    pub(crate) fn read(collected: &Collected<'_>) -> Result<Self, Reason> {
        let policies = whole::<Policy>(collected, CONDITIONAL_ACCESS.id)?;
        let defaults = collected.one::<SecurityDefaults>(SECURITY_DEFAULTS.id)?;
        let security_defaults = defaults.is_enabled.ok_or_else(|| {
            Reason::new(
                UnknownCode::MalformedAnswer,
                "The answer does not say whether security defaults are on.",
            )
        })?;
        Ok(Self {
            policies,
            security_defaults,
            exempt: Exempt::read(collected)?,
        })
    }
}

/// Accounts and objects that a policy may leave out.
pub(crate) struct Exempt {
    accounts: BTreeSet<String>,
    objects: BTreeSet<String>,
    names: BTreeMap<String, String>,
}

impl Exempt {
    /// The exemptions in force, with the accounts' ids.
    pub(crate) fn read(collected: &Collected<'_>) -> Result<Self, Reason> {
        let listed = collected.parameters.list(crate::parameters::BREAK_GLASS);
        let objects = collected
            .parameters
            .list(crate::parameters::CONDITIONAL_ACCESS_EXEMPTIONS);
        let users = whole::<User>(collected, privileged::USERS)?;
        let mut accounts: BTreeSet<String> = listed.iter().cloned().collect();
        let mut names = BTreeMap::new();
        for user in &users.rows {
            if let Some(id) = &user.id {
                names.insert(id.to_lowercase(), user.label());
                if user.is_in(&listed) {
                    accounts.insert(id.to_lowercase());
                }
            }
        }
        Ok(Self {
            accounts,
            objects: objects.into_iter().collect(),
            names,
        })
    }

    fn account(&self, id: &str) -> Holds {
        let lower = id.to_lowercase();
        if lower == "none" || self.accounts.contains(&lower) || self.objects.contains(&lower) {
            return Holds::Yes;
        }
        match self.names.get(&lower) {
            Some(name) => Holds::No(format!("leaves out {name}, which is not an exempt account")),
            None if lower == "guestsorexternalusers" => Holds::No("leaves out guests".to_owned()),
            // Deleted accounts can come back for thirty days, so this is not the same as nobody.
            None => Holds::judgement(format!(
                "leaves out the account {id}, which is not among the users"
            )),
        }
    }

    fn object(&self, kind: &str, id: &str) -> Holds {
        let lower = id.to_lowercase();
        if lower == "none" || self.objects.contains(&lower) {
            Holds::Yes
        } else {
            Holds::No(format!("leaves out the {kind} {id}, which is not exempt"))
        }
    }
}
