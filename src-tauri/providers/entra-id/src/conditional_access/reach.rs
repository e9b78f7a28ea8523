//! Whom and what a policy applies to, and what narrows it.

use super::{Exempt, Holds};
use crate::{
    datasets::policies::{Conditions, Policy, UserCondition},
    privileged::{Privileged, role_names},
};
use serde_json::Value;
use std::collections::BTreeSet;

/// Whether a policy is about one way to move a sign-in between devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TransferFlow {
    /// It must not be limited to any.
    NotLimited,
    /// It must include the device code flow.
    DeviceCode,
}

/// Which risk a policy may wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Risk {
    /// None: it must apply whether Microsoft sees a risk or not.
    NotLimited,
    /// A high risk of the account.
    HighOfUser,
    /// A high risk of the sign-in.
    HighOfSignIn,
}

/// What a policy must reach.
pub(crate) struct Reach<'a> {
    /// What it may leave out.
    pub(crate) exempt: &'a Exempt,
    /// Whose roles it must reach; `None` asks for all users.
    pub(crate) holders: Option<&'a Privileged>,
    /// Kinds of client it must include; empty asks for all of them.
    pub(crate) clients: &'a [&'a str],
    /// Transfer of sign-ins.
    pub(crate) flow: TransferFlow,
    /// The risk it may wait for.
    pub(crate) risk: Risk,
    /// Whether a policy for some platforms is a matter for a person (another one may block the rest).
    pub(crate) platforms_to_judge: bool,
}

impl<'a> Reach<'a> {
    /// All users, all applications, whatever the circumstances.
    pub(crate) const fn everyone(exempt: &'a Exempt) -> Self {
        Self {
            exempt,
            holders: None,
            clients: &[],
            flow: TransferFlow::NotLimited,
            risk: Risk::NotLimited,
            platforms_to_judge: false,
        }
    }

    /// The holders of the privileged roles in use, all applications, whatever the circumstances.
    pub(crate) const fn holders(exempt: &'a Exempt, privileged: &'a Privileged) -> Self {
        Self {
            holders: Some(privileged),
            ..Self::everyone(exempt)
        }
    }

    /// Whether `policy` is enforced and reaches all of it.
    pub(crate) fn of(&self, policy: &Policy) -> Holds {
        let enforced = match policy.state.as_deref() {
            Some("enabled") => Holds::Yes,
            Some("disabled") => Holds::No("is switched off".to_owned()),
            Some("enabledForReportingButNotEnforced") => {
                Holds::No("only reports and enforces nothing".to_owned())
            }
            Some(other) => Holds::judgement(format!(
                "is in the state {other}, which this version does not know"
            )),
            None => Holds::malformed("whether the policy is on"),
        };
        let Some(conditions) = &policy.conditions else {
            return Holds::all([enforced, Holds::malformed("the policy's conditions")]);
        };
        Holds::all([
            enforced,
            self.users(conditions),
            self.applications(conditions),
            self.client_types(conditions),
            self.platforms(conditions),
            locations(conditions),
            devices(conditions),
            self.flows(conditions),
            self.risks(conditions),
            unknown(conditions),
        ])
    }

    fn users(&self, conditions: &Conditions) -> Holds {
        let Some(users) = &conditions.users else {
            return Holds::malformed("whom the policy applies to");
        };
        let (Some(included), Some(without_users), Some(without_groups), Some(without_roles)) = (
            &users.include_users,
            &users.exclude_users,
            &users.exclude_groups,
            &users.exclude_roles,
        ) else {
            return Holds::malformed("whom the policy applies to");
        };
        let mut parts = vec![self.included(users, included)];
        parts.extend(without_users.iter().map(|id| self.exempt.account(id)));
        parts.extend(
            without_groups
                .iter()
                .map(|id| self.exempt.object("group", id)),
        );
        parts.extend(
            without_roles
                .iter()
                .map(|id| self.exempt.object("role", id)),
        );
        match &users.exclude_guests_or_external_users {
            None => parts.push(Holds::malformed("whether guests are left out")),
            Some(Some(value)) if !is_empty(value) => parts.push(match self.holders {
                None => Holds::No("leaves out guests or other external people".to_owned()),
                Some(_) => Holds::judgement(
                    "leaves out guests or other external people, and such a person may hold a privileged role",
                ),
            }),
            Some(_) => {}
        }
        Holds::all(parts)
    }

    fn included(&self, users: &UserCondition, included: &[String]) -> Holds {
        if included.iter().any(|one| one == "All") {
            return Holds::Yes;
        }
        let Some(privileged) = self.holders else {
            return Holds::No("does not apply to all users".to_owned());
        };
        let (Some(groups), Some(covered)) = (&users.include_groups, &users.include_roles) else {
            return Holds::malformed("whom the policy applies to");
        };
        let covered: BTreeSet<String> = covered.iter().map(|id| id.to_lowercase()).collect();
        let lacking: Vec<&String> = privileged.roles_in_use.difference(&covered).collect();
        if lacking.is_empty() {
            // Microsoft applies a policy for a role only to those who hold it for the whole tenant.
            if privileged.scoped_roles.is_empty() {
                return Holds::Yes;
            }
            Holds::judgement(format!(
                "reaches administrators by their roles, but some hold {} for a part of the directory only, and a policy for roles does not apply to them",
                role_names(&privileged.scoped_roles)
            ))
        } else if !groups.is_empty() || included.iter().any(|one| one != "None") {
            Holds::judgement(format!(
                "applies to chosen people or groups; whether they are all who hold {} is not known",
                role_names(lacking)
            ))
        } else {
            Holds::No(format!("does not apply to {}", role_names(lacking)))
        }
    }

    fn applications(&self, conditions: &Conditions) -> Holds {
        let Some(applications) = &conditions.applications else {
            return Holds::malformed("which applications the policy applies to");
        };
        let (Some(included), Some(excluded)) = (
            &applications.include_applications,
            &applications.exclude_applications,
        ) else {
            return Holds::malformed("which applications the policy applies to");
        };
        let mut parts = Vec::new();
        if !included.iter().any(|one| one == "All") {
            parts.push(Holds::No("does not apply to all applications".to_owned()));
        }
        parts.extend(
            excluded
                .iter()
                .map(|id| self.exempt.object("application", id)),
        );
        if applications
            .application_filter
            .as_ref()
            .is_some_and(|filter| !filter.is_null())
        {
            parts.push(Holds::judgement("chooses applications by a filter"));
        }
        Holds::all(parts)
    }

    fn client_types(&self, conditions: &Conditions) -> Holds {
        let Some(types) = &conditions.client_app_types else {
            return Holds::malformed("which kinds of client it applies to");
        };
        let has = |name: &str| types.iter().any(|one| one == name);
        if has("all") {
            return Holds::Yes;
        }
        let wanted: &[&str] = if self.clients.is_empty() {
            &["browser", "mobileAppsAndDesktopClients"]
        } else {
            self.clients
        };
        if types.is_empty() {
            Holds::malformed("which kinds of client it applies to")
        } else if wanted.iter().all(|name| has(name)) {
            Holds::Yes
        } else {
            Holds::No(format!("applies only to the clients {}", types.join(", ")))
        }
    }

    fn platforms(&self, conditions: &Conditions) -> Holds {
        let platforms = match &conditions.platforms {
            None => return Holds::malformed("on which platforms it applies"),
            Some(None) => return Holds::Yes,
            Some(Some(platforms)) => platforms,
        };
        let (Some(included), Some(excluded)) =
            (&platforms.include_platforms, &platforms.exclude_platforms)
        else {
            return Holds::malformed("on which platforms it applies");
        };
        if included.iter().any(|one| one.eq_ignore_ascii_case("all")) && excluded.is_empty() {
            Holds::Yes
        } else if self.platforms_to_judge {
            Holds::judgement(
                "applies to some platforms; whether another policy blocks the rest has to be looked at",
            )
        } else {
            Holds::No("applies to some platforms only".to_owned())
        }
    }

    fn flows(&self, conditions: &Conditions) -> Holds {
        let methods: Option<Vec<&str>> = conditions.authentication_flows.as_ref().map(|flows| {
            let methods = flows.transfer_methods.as_deref().unwrap_or_default();
            methods
                .split(',')
                .map(str::trim)
                .filter(|one| !one.is_empty() && *one != "none")
                .collect()
        });
        match (self.flow, methods) {
            (TransferFlow::NotLimited, None) => Holds::Yes,
            (TransferFlow::NotLimited, Some(methods)) if methods.is_empty() => Holds::Yes,
            (TransferFlow::NotLimited, Some(_)) => {
                Holds::No("applies to transferred sign-ins only".to_owned())
            }
            (TransferFlow::DeviceCode, Some(methods)) if methods.contains(&"deviceCodeFlow") => {
                Holds::Yes
            }
            (TransferFlow::DeviceCode, _) => {
                Holds::No("is not about the device code flow".to_owned())
            }
        }
    }
}

impl Reach<'_> {
    /// A policy that waits for a risk applies at that risk alone; one that must wait for one must name the high level.
    fn risks(&self, conditions: &Conditions) -> Holds {
        let (Some(user), Some(sign_in)) = (
            &conditions.user_risk_levels,
            &conditions.sign_in_risk_levels,
        ) else {
            return Holds::malformed("at which risk it applies");
        };
        let service = conditions
            .service_principal_risk_levels
            .as_deref()
            .unwrap_or_default();
        let insider = conditions
            .insider_risk_levels
            .as_deref()
            .unwrap_or_default();
        let (wanted, other, what) = match self.risk {
            Risk::NotLimited => {
                return if user.is_empty()
                    && sign_in.is_empty()
                    && service.is_empty()
                    && insider.is_empty()
                {
                    Holds::Yes
                } else {
                    Holds::No("applies only when Microsoft sees a risk".to_owned())
                };
            }
            Risk::HighOfUser => (user, sign_in, "accounts at high risk"),
            Risk::HighOfSignIn => (sign_in, user, "sign-ins at high risk"),
        };
        if !wanted.iter().any(|level| level == "high") {
            Holds::No(format!("is not about {what}"))
        } else if !other.is_empty() || !service.is_empty() || !insider.is_empty() {
            // Conditions are joined by AND.
            Holds::No(format!("asks for another risk beside {what}"))
        } else {
            Holds::Yes
        }
    }
}

fn locations(conditions: &Conditions) -> Holds {
    let locations = match &conditions.locations {
        None => return Holds::malformed("where it applies"),
        Some(None) => return Holds::Yes,
        Some(Some(locations)) => locations,
    };
    match (&locations.include_locations, &locations.exclude_locations) {
        (Some(included), Some(excluded)) => {
            if included.iter().any(|one| one == "All") && excluded.is_empty() {
                Holds::Yes
            } else {
                Holds::No("does not apply everywhere: it depends on the location".to_owned())
            }
        }
        _ => Holds::malformed("where it applies"),
    }
}

fn devices(conditions: &Conditions) -> Holds {
    let empty = |value: &Option<Value>| value.as_ref().is_none_or(is_empty);
    if !empty(&conditions.client_applications) {
        return Holds::No("is about applications that sign in by themselves".to_owned());
    }
    match &conditions.devices {
        None => Holds::malformed("for which devices it applies"),
        Some(devices) if empty(devices) => Holds::Yes,
        Some(_) => Holds::judgement("chooses devices by a filter"),
    }
}

fn unknown(conditions: &Conditions) -> Holds {
    let other = conditions
        .other
        .iter()
        .find(|(name, value)| !name.contains('@') && !is_empty(value));
    match other {
        None => Holds::Yes,
        Some((name, _)) => Holds::judgement(format!(
            "has the condition {name}, which this version does not know"
        )),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members
            .iter()
            .all(|(name, member)| name.contains('@') || is_empty(member)),
        Value::String(text) => text.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}
