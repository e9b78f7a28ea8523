//! Who may become a member of a group that can hold roles: Privileged Identity Management for Groups.

use crate::{
    datasets::roles::{EligibleMember, GROUP_ELIGIBILITY},
    licences::pim_cannot_exist,
};
use evidence::{Reason, UnknownCode};
use provider_kit::{Collected, Rows};

/// What is known of who may become a member of a role-assignable group.
pub(crate) enum MayJoin {
    Read(Rows<EligibleMember>),
    /// The tenant can't have anybody who may.
    Nobody,
    NotRead(Reason),
}

impl MayJoin {
    /// What was collected of it, or that there can be nobody.
    pub(crate) fn read(collected: &Collected<'_>) -> Self {
        match collected.rows::<EligibleMember>(GROUP_ELIGIBILITY.id) {
            Ok(rows) => Self::Read(rows),
            Err(reason) if pim_cannot_exist(collected, &reason) => Self::Nobody,
            Err(reason) => Self::NotRead(reason),
        }
    }

    /// Pages read.
    pub(crate) const fn pages(&self) -> u64 {
        match self {
            Self::Read(rows) => rows.pages,
            Self::Nobody | Self::NotRead(_) => 0,
        }
    }

    /// The principals that may become a member of this group: as good as members, for they need nobody's help for it.
    ///
    /// # Errors
    ///
    /// Why these are not all.
    pub(crate) fn of(&self, group: &str) -> Result<Vec<&str>, Reason> {
        let rows = match self {
            Self::Read(rows) => rows,
            Self::Nobody => return Ok(Vec::new()),
            Self::NotRead(reason) => return Err(reason.clone()),
        };
        if let Some(reason) = &rows.missing {
            return Err(reason.clone());
        }
        let malformed = |detail: &str| Reason::new(UnknownCode::MalformedAnswer, detail);
        let (mut found, mut seen) = (Vec::new(), false);
        for row in &rows.rows {
            if row.listed == Some(true) || row.group_id.as_deref() != Some(group) {
                continue;
            }
            seen = true;
            if row.empty == Some(true) {
                continue;
            }
            match (row.access_id.as_deref(), row.principal_id.as_deref()) {
                // Who may become an owner holds no role by it.
                (Some("owner"), _) => {}
                (Some("member"), Some(id)) => found.push(id),
                _ => {
                    return Err(malformed(
                        "Who may become a member of a role-assignable group is not said.",
                    ));
                }
            }
        }
        if seen {
            return Ok(found);
        }
        let detail = format!("Who may become a member of the group {group} was not read.");
        Err(Reason::new(UnknownCode::Partial, detail))
    }
}
