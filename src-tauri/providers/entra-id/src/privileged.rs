//! Who holds a highly privileged role: directly, through a group, or by the right to activate it.

use crate::{
    datasets::{
        people::User,
        roles::{ASSIGNMENTS, Assignment, ELIGIBILITY, GROUP_MEMBERS, GroupMember},
        tenant::{LICENCES, Sku},
    },
    licences::pim_cannot_exist,
    may_join::MayJoin,
};
use evidence::{Reason, UnknownCode};
use provider_kit::{Collected, Judge, Rows};
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};

/// The users' dataset.
pub(crate) const USERS: &str = "entra-id.users";

/// Template id of Global Administrator, the same in every tenant and cloud.
pub(crate) const GLOBAL_ADMINISTRATOR: &str = "62e90394-69f5-4237-9190-012177145e10";

/// Roles from which the whole tenant can be taken over, by template id: CISA's list and three more that lead to it.
pub(crate) const HIGHLY_PRIVILEGED: [(&str, &str); 11] = [
    (GLOBAL_ADMINISTRATOR, "Global Administrator"),
    (
        "e8611ab8-c189-46e8-94e1-60213ab1f814",
        "Privileged Role Administrator",
    ),
    (
        "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
        "Privileged Authentication Administrator",
    ),
    (
        "194ae4cb-b126-40b2-bd5b-6091b380977d",
        "Security Administrator",
    ),
    (
        "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9",
        "Conditional Access Administrator",
    ),
    ("fe930be7-5e62-47db-91af-98c3a49a38b1", "User Administrator"),
    (
        "29232cdf-9323-42fd-ade2-1d097af3e4de",
        "Exchange Administrator",
    ),
    (
        "f28a1f50-f6e7-4571-818b-6a12f2af6b6c",
        "SharePoint Administrator",
    ),
    (
        "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2",
        "Hybrid Identity Administrator",
    ),
    (
        "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
        "Application Administrator",
    ),
    (
        "158c047a-c907-4556-b7ef-446551a6b5f7",
        "Cloud Application Administrator",
    ),
];

/// Those of `HIGHLY_PRIVILEGED` that security defaults ask for multifactor authentication at every sign-in, by template
/// id: Microsoft Learn, "Security defaults in Microsoft Entra ID", section "Require administrators to do multifactor
/// authentication". That list leaves out Hybrid Identity Administrator.
const SECURITY_DEFAULTS_ROLES: [&str; 10] = [
    GLOBAL_ADMINISTRATOR,
    // Privileged Role, Privileged Authentication, Security and Conditional Access Administrator.
    "e8611ab8-c189-46e8-94e1-60213ab1f814",
    "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
    "194ae4cb-b126-40b2-bd5b-6091b380977d",
    "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9",
    // User, Exchange and SharePoint Administrator.
    "fe930be7-5e62-47db-91af-98c3a49a38b1",
    "29232cdf-9323-42fd-ade2-1d097af3e4de",
    "f28a1f50-f6e7-4571-818b-6a12f2af6b6c",
    // Application and Cloud Application Administrator.
    "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
    "158c047a-c907-4556-b7ef-446551a6b5f7",
];

/// What an application is called as the principal of an assignment.
pub(crate) const APPLICATION: &str = "#microsoft.graph.servicePrincipal";

/// What a group is called there.
const GROUP: &str = "#microsoft.graph.group";

/// The name of a highly privileged role, or its id.
pub(crate) fn role_name(id: &str) -> &str {
    HIGHLY_PRIVILEGED
        .iter()
        .find(|(role, _)| role.eq_ignore_ascii_case(id))
        .map_or(id, |(_, name)| name)
}

/// The names of roles, joined.
pub(crate) fn role_names<'a>(ids: impl IntoIterator<Item = &'a String>) -> String {
    let names: Vec<&str> = ids.into_iter().map(|id| role_name(id)).collect();
    names.join(", ")
}

/// Rows of `dataset`, or why they are not all there.
pub(crate) fn whole<T: DeserializeOwned>(
    collected: &Collected<'_>,
    dataset: &str,
) -> Result<Rows<T>, Reason> {
    let rows = collected.rows::<T>(dataset)?;
    match rows.missing {
        Some(reason) => Err(reason),
        None => Ok(rows),
    }
}

/// A user who holds, or may activate, a highly privileged role.
#[derive(Clone, Debug)]
pub(crate) struct Holder {
    /// The account.
    pub(crate) user: User,
    /// Role ids, lower case.
    pub(crate) roles: BTreeSet<String>,
}

impl Holder {
    /// The names of the roles, joined.
    pub(crate) fn role_names(&self) -> String {
        role_names(&self.roles)
    }

    /// Whether the holder is a Global Administrator.
    pub(crate) fn is_global_administrator(&self) -> bool {
        self.roles.contains(GLOBAL_ADMINISTRATOR)
    }
}

/// Something that holds a role and can't be resolved to a user.
#[derive(Clone, Debug)]
pub(crate) struct Unresolved {
    id: String,
    name: String,
    /// Role id, lower case.
    pub(crate) role: String,
    note: &'static str,
}

/// All of them, and what keeps the list from being all.
#[derive(Debug, Default)]
pub(crate) struct Privileged {
    /// By user id.
    pub(crate) holders: Vec<Holder>,
    /// Principals that are neither a known user, nor a group that was read, nor an application.
    pub(crate) unresolved: Vec<Unresolved>,
    /// Highly privileged roles that somebody or something holds or may activate.
    pub(crate) roles_in_use: BTreeSet<String>,
    /// Those of them that some person or group holds only for an administrative unit or one object.
    pub(crate) scoped_roles: BTreeSet<String>,
    missing: Option<Reason>,
    pages: u64,
}

impl Privileged {
    /// Joins assignments, eligibility, groups and users. What can't be read is noted and keeps any check from passing.
    pub(crate) fn read(collected: &Collected<'_>) -> Result<Self, Reason> {
        let users = collected.rows::<User>(USERS)?;
        let assignments = collected.rows::<Assignment>(ASSIGNMENTS.id)?;
        let mut found = Self::default();
        found.note(&users);
        found.note(&assignments);
        let members = match collected.rows::<GroupMember>(GROUP_MEMBERS.id) {
            Ok(members) => {
                found.note(&members);
                members.rows
            }
            Err(reason) => {
                found.missing.get_or_insert(reason);
                Vec::new()
            }
        };
        let mut all = assignments.rows;
        match collected.rows::<Assignment>(ELIGIBILITY.id) {
            Ok(eligible) => {
                found.note(&eligible);
                all.extend(eligible.rows);
            }
            Err(reason) if pim_cannot_exist(collected, &reason) => {}
            Err(reason) => {
                found.missing.get_or_insert(reason);
            }
        }
        let may_join = MayJoin::read(collected);
        found.pages += may_join.pages();
        if let Err(reason) = whole::<Sku>(collected, LICENCES.id) {
            found.missing.get_or_insert(reason);
        }
        found.join(&users.rows, &members, &may_join, &all);
        Ok(found)
    }

    fn note<T>(&mut self, rows: &Rows<T>) {
        self.pages += rows.pages;
        if let Some(reason) = &rows.missing {
            self.missing.get_or_insert_with(|| reason.clone());
        }
    }

    fn join(
        &mut self,
        users: &[User],
        members: &[GroupMember],
        may_join: &MayJoin,
        assignments: &[Assignment],
    ) {
        let by_id: BTreeMap<&str, &User> = users
            .iter()
            .filter_map(|user| Some((user.id.as_deref()?, user)))
            .collect();
        let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut listed = BTreeSet::new();
        for member in members {
            let Some(group) = member.group_id.as_deref() else {
                continue;
            };
            if member.listed == Some(true) {
                listed.insert(group);
                continue;
            }
            let ids = groups.entry(group).or_default();
            match member.id.as_deref() {
                _ if member.empty == Some(true) => {}
                Some(id) => ids.push(id),
                None => self.malformed("A member of a role-assignable group has no id."),
            }
        }
        if let Some(unread) = listed.iter().find(|group| !groups.contains_key(*group)) {
            self.missing.get_or_insert_with(|| {
                let detail =
                    format!("The members of the role-assignable group {unread} were not read.");
                Reason::new(UnknownCode::Partial, detail)
            });
        }
        let mut holders: BTreeMap<String, Holder> = BTreeMap::new();
        for assignment in assignments {
            let Some(role) = assignment
                .role_definition_id
                .as_deref()
                .map(str::to_lowercase)
            else {
                self.malformed("A role assignment does not say which role it is about.");
                continue;
            };
            if !HIGHLY_PRIVILEGED.iter().any(|(id, _)| *id == role) {
                continue;
            }
            self.roles_in_use.insert(role.clone());
            let Some(principal) = assignment.principal_id.as_deref() else {
                self.malformed("A role assignment does not say who holds the role.");
                continue;
            };
            let kind = assignment
                .principal
                .as_ref()
                .and_then(|one| one.kind.as_deref())
                .unwrap_or_default();
            match assignment.directory_scope_id.as_deref() {
                Some("/") => {}
                // Policies for people do not apply to applications, whatever their scope.
                Some(_) if kind == APPLICATION => {}
                Some(_) => {
                    self.scoped_roles.insert(role.clone());
                }
                None => self.malformed("A role assignment does not say for what the role is held."),
            }
            let name = assignment
                .principal
                .as_ref()
                .and_then(|one| one.display_name.clone());
            let mut unresolved = |note| {
                let name = name.clone().unwrap_or_else(|| principal.to_owned());
                self.unresolved.push(Unresolved {
                    id: principal.to_owned(),
                    name,
                    role: role.clone(),
                    note,
                });
            };
            let mut ids = vec![principal];
            let members = groups.get(principal);
            if members.is_some() || kind == GROUP {
                ids = may_join.of(principal).unwrap_or_else(|reason| {
                    self.missing.get_or_insert(reason);
                    Vec::new()
                });
                match members {
                    Some(members) => ids.extend(members),
                    None => unresolved("the members of this group were not read"),
                }
            } else if kind == APPLICATION {
                continue;
            }
            for id in ids {
                match by_id.get(id) {
                    Some(user) => {
                        let holder = holders.entry(id.to_owned()).or_insert_with(|| Holder {
                            user: (*user).clone(),
                            roles: BTreeSet::new(),
                        });
                        holder.roles.insert(role.clone());
                    }
                    None => unresolved("this principal is not among the users that were read"),
                }
            }
        }
        self.holders = holders.into_values().collect();
    }

    fn malformed(&mut self, detail: &str) {
        self.missing
            .get_or_insert_with(|| Reason::new(UnknownCode::MalformedAnswer, detail));
    }

    /// Roles in use whose holders security defaults do not ask for multifactor authentication at every sign-in.
    pub(crate) fn beyond_security_defaults(&self) -> Vec<&String> {
        self.roles_in_use
            .iter()
            .filter(|role| !SECURITY_DEFAULTS_ROLES.contains(&role.as_str()))
            .collect()
    }

    /// Why this is not everybody; `None` when it is.
    pub(crate) fn missing(&self) -> Option<Reason> {
        self.missing.clone().or_else(|| {
            let one = self.unresolved.first()?;
            let detail = format!(
                "{} holds {}, and {}.",
                one.name,
                role_name(&one.role),
                one.note
            );
            Some(Reason::new(UnknownCode::Partial, detail))
        })
    }

    /// A judge that knows what is missing. Principals that could not be resolved are unknown resources for it.
    pub(crate) fn judge(&self) -> Judge {
        let mut judge = Judge::over(&Rows::<()> {
            places: Vec::new(),
            rows: Vec::new(),
            missing: self.missing.clone(),
            pages: self.pages,
            snapshot: evidence::Digest::from_bytes([0; 32]),
        });
        for one in &self.unresolved {
            judge.unknown(
                one.id.clone(),
                one.name.clone(),
                "principal",
                format!("{}: {}", role_name(&one.role), one.note),
            );
        }
        judge
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{checks::testing::Bench, datasets::roles::GROUP_ELIGIBILITY};
    use serde_json::{Value, json};

    const MAY_JOIN: &str = "role-group-eligibility";
    const RECORD: &str = "/1/value/0";

    /// Who holds Privileged Role Administrator, which a group holds, and why these are not all.
    fn through_the_group(bench: &Bench) -> (Vec<String>, Option<UnknownCode>) {
        bench.with(|collected| {
            let all = Privileged::read(collected).unwrap();
            let missing = all.missing().map(|reason| reason.code);
            let role = "e8611ab8-c189-46e8-94e1-60213ab1f814";
            let holders = all.holders.iter().filter(|one| one.roles.contains(role));
            (holders.map(|one| one.user.label()).collect(), missing)
        })
    }

    fn with(part: &str, value: Value) -> Bench {
        Bench::good().set(MAY_JOIN, &format!("{RECORD}/{part}"), value)
    }

    #[test]
    fn who_may_become_a_member_of_a_group_holds_its_role() {
        let casey = json!("92877af7-0a45-4d6a-8ed7-fe81e1236b78");
        let (before, missing) = through_the_group(&Bench::good());
        assert_eq!((before.len(), missing), (1, None));
        let (holders, missing) = through_the_group(&with("principalId", casey.clone()));
        assert_eq!((holders.len(), missing), (2, None), "{holders:?}");
        let owner =
            with("principalId", casey).set(MAY_JOIN, &format!("{RECORD}/accessId"), json!("owner"));
        assert_eq!(through_the_group(&owner), (before.clone(), None));
        for (part, value, code) in [
            ("principalId", json!("gone"), UnknownCode::Partial),
            ("principalId", json!(null), UnknownCode::MalformedAnswer),
            ("accessId", json!(null), UnknownCode::MalformedAnswer),
            ("accessId", json!("guest"), UnknownCode::MalformedAnswer),
        ] {
            let told = through_the_group(&with(part, value.clone()));
            assert_eq!(told, (before.clone(), Some(code)), "{part} {value}");
        }
    }

    #[test]
    fn a_group_with_a_role_of_which_nobody_knows_who_may_join_is_not_everybody() {
        let code = UnknownCode::PermissionMissing;
        let refused = Bench::good().without(GROUP_ELIGIBILITY.id, code);
        assert_eq!(through_the_group(&refused).1, Some(code));
        let unasked = Bench::good().cut(MAY_JOIN, "/1").cut(MAY_JOIN, "/1");
        assert!(through_the_group(&unasked).1.is_some());
        // A group that holds no such role is nobody's concern.
        let reader = json!("f2ef992c-3afb-46b9-b7cf-a126ee74c451");
        let harmless = refused.set("role-assignments", "/0/value/1/roleDefinitionId", reader);
        assert_eq!(through_the_group(&harmless), (Vec::new(), None));
        let licence = UnknownCode::LicenceMissing;
        let unlicensed = Bench::good()
            .without(GROUP_ELIGIBILITY.id, licence)
            .without(ELIGIBILITY.id, licence);
        assert_eq!(through_the_group(&unlicensed).1, Some(licence));
        let without_plan = unlicensed.cut("licences", "/0/value/1");
        assert_eq!(through_the_group(&without_plan).1, None);
    }

    #[test]
    fn security_defaults_leave_out_hybrid_identity_administrators_alone() {
        let privileged = Privileged {
            roles_in_use: HIGHLY_PRIVILEGED
                .iter()
                .map(|(id, _)| (*id).to_owned())
                .collect(),
            ..Privileged::default()
        };
        assert_eq!(
            role_names(privileged.beyond_security_defaults()),
            "Hybrid Identity Administrator"
        );
    }
}
