//! The made-up company behind the emulator: everything Graph would answer, as editable JSON.

mod directory;
mod governance;
mod hostile;
mod logs;
mod people;
mod policies;
mod seed;
mod tidy;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeZone, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub use governance::Governance;
pub(crate) use seed::{guid, stamp};

/// The template id of the Global Administrator role, the same in every tenant.
pub const GLOBAL_ADMINISTRATOR: &str = "62e90394-69f5-4237-9190-012177145e10";

/// Service plan ids that mean Microsoft Entra ID P1 or P2.
const PREMIUM_PLANS: [&str; 2] = [
    "41781fb2-bc02-4b7c-bd55-b576c07bb09d",
    "eec0eb4f-6444-4f95-aba0-50c24d67f998",
];

/// The service plan id of Microsoft Entra ID P2.
const P2_PLAN: &str = "eec0eb4f-6444-4f95-aba0-50c24d67f998";

/// A whole tenant. Every list holds complete objects with Graph's own property names; tests edit them freely
/// before (or, through [`crate::Emulator::edit`], while) the emulator serves them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tenant {
    /// The tenant id, a GUID.
    pub id: String,
    /// Verified domains, lower case; the first is the default one.
    pub domain_names: Vec<String>,
    /// The moment all dates were derived from.
    pub reference: DateTime<Utc>,
    /// `/users`.
    pub users: Vec<Value>,
    /// `/reports/authenticationMethods/userRegistrationDetails`.
    pub registration_details: Vec<Value>,
    /// `/groups`.
    pub groups: Vec<Value>,
    /// Group id to the ids of its direct members (users, groups or service principals).
    pub group_members: BTreeMap<String, Vec<String>>,
    /// `/directoryRoles`; their members follow from `role_assignments`.
    pub directory_roles: Vec<Value>,
    /// `/roleManagement/directory/roleDefinitions`.
    pub role_definitions: Vec<Value>,
    /// `/roleManagement/directory/roleAssignments`.
    pub role_assignments: Vec<Value>,
    /// `/roleManagement/directory/roleAssignmentScheduleInstances` (needs P2).
    pub role_assignment_instances: Vec<Value>,
    /// `/roleManagement/directory/roleEligibilityScheduleInstances` (needs P2).
    pub role_eligibility_instances: Vec<Value>,
    /// `/identity/conditionalAccess/policies`.
    pub conditional_access_policies: Vec<Value>,
    /// `/identity/conditionalAccess/namedLocations`.
    pub named_locations: Vec<Value>,
    /// `/policies/identitySecurityDefaultsEnforcementPolicy`.
    pub security_defaults: Value,
    /// `/policies/authorizationPolicy`.
    pub authorization_policy: Value,
    /// `/policies/authenticationMethodsPolicy`.
    pub authentication_methods_policy: Value,
    /// `/policies/authenticationStrengthPolicies`.
    pub authentication_strengths: Vec<Value>,
    /// `/policies/adminConsentRequestPolicy`.
    pub admin_consent_request_policy: Value,
    /// `/groupSettings`.
    pub group_settings: Vec<Value>,
    /// `/auditLogs/signIns`, newest first.
    pub sign_ins: Vec<Value>,
    /// `/auditLogs/directoryAudits`, newest first.
    pub directory_audits: Vec<Value>,
    /// `/organization`.
    pub organization: Vec<Value>,
    /// `/domains`.
    pub domains: Vec<Value>,
    /// `/subscribedSkus`.
    pub subscribed_skus: Vec<Value>,
    /// `/applications`.
    pub applications: Vec<Value>,
    /// `/servicePrincipals`.
    pub service_principals: Vec<Value>,
    /// `/oauth2PermissionGrants`.
    pub oauth2_permission_grants: Vec<Value>,
    /// What watches over all that.
    #[serde(default)]
    pub governance: Governance,
}

impl Tenant {
    /// About 25 people at a small machine shop with typical gaps: administrators and members without MFA, a disabled
    /// administrator, stale members, guests, an emergency account. Dates are relative to a fixed moment.
    #[must_use]
    pub fn small() -> Self {
        Self::small_at(reference())
    }

    /// [`Tenant::small`] with dates relative to `now`, for clients that read the wall clock.
    #[must_use]
    pub fn small_at(now: DateTime<Utc>) -> Self {
        Self::sized_at(people::CAST, now)
    }

    /// The same company grown to `users` accounts (never fewer than the fixed cast of [`Tenant::small`]).
    #[must_use]
    pub fn sized(users: usize) -> Self {
        Self::sized_at(users, reference())
    }

    /// [`Tenant::sized`] with dates relative to `now`.
    #[must_use]
    pub fn sized_at(users: usize, now: DateTime<Utc>) -> Self {
        let mut tenant = Self {
            id: guid("tenant", 1),
            domain_names: vec![
                "halyardprecision.example".to_owned(),
                "halyardprecision.onmicrosoft.com".to_owned(),
            ],
            reference: now,
            users: Vec::new(),
            registration_details: Vec::new(),
            groups: Vec::new(),
            group_members: BTreeMap::new(),
            directory_roles: Vec::new(),
            role_definitions: Vec::new(),
            role_assignments: Vec::new(),
            role_assignment_instances: Vec::new(),
            role_eligibility_instances: Vec::new(),
            conditional_access_policies: Vec::new(),
            named_locations: Vec::new(),
            security_defaults: Value::Null,
            authorization_policy: Value::Null,
            authentication_methods_policy: Value::Null,
            authentication_strengths: Vec::new(),
            admin_consent_request_policy: Value::Null,
            group_settings: Vec::new(),
            sign_ins: Vec::new(),
            directory_audits: Vec::new(),
            organization: Vec::new(),
            domains: Vec::new(),
            subscribed_skus: Vec::new(),
            applications: Vec::new(),
            service_principals: Vec::new(),
            oauth2_permission_grants: Vec::new(),
            governance: Governance::default(),
        };
        people::fill(&mut tenant, users.max(people::CAST));
        directory::fill(&mut tenant);
        policies::fill(&mut tenant);
        logs::fill(&mut tenant);
        governance::fill(&mut tenant);
        tenant
    }

    /// The small company with hostile text in every free-text property: markup, script, bidirectional overrides,
    /// control characters, lone-looking emoji sequences and strings of 10,000 characters.
    #[must_use]
    pub fn hostile() -> Self {
        let mut tenant = Self::small();
        hostile::poison(&mut tenant);
        tenant
    }

    /// The id of the emergency ("break-glass") account.
    #[must_use]
    pub fn break_glass_id(&self) -> String {
        guid("user", people::BREAK_GLASS)
    }

    /// The user with this id or user principal name, for editing.
    pub fn user_mut(&mut self, id_or_upn: &str) -> Option<&mut Value> {
        self.users
            .iter_mut()
            .find(|user| user["id"] == id_or_upn || user["userPrincipalName"] == id_or_upn)
    }

    /// Takes a user out of the directory, the registration report, all groups and all roles, as deleting one does.
    /// Answers whether there was such a user.
    pub fn remove_user(&mut self, id_or_upn: &str) -> bool {
        let Some(id) = self
            .user_mut(id_or_upn)
            .and_then(|user| user["id"].as_str().map(str::to_owned))
        else {
            return false;
        };
        self.users.retain(|user| user["id"] != id.as_str());
        self.registration_details
            .retain(|row| row["id"] != id.as_str());
        for members in self.group_members.values_mut() {
            members.retain(|member| *member != id);
        }
        for list in [
            &mut self.role_assignments,
            &mut self.role_assignment_instances,
            &mut self.role_eligibility_instances,
        ] {
            list.retain(|row| row["principalId"] != id.as_str());
        }
        true
    }

    /// Removes every subscription and every assigned licence: a tenant on Microsoft Entra ID Free.
    pub fn remove_licences(&mut self) {
        self.subscribed_skus.clear();
        for user in &mut self.users {
            user["assignedLicenses"] = json!([]);
        }
    }

    /// Switches security defaults on or off.
    pub fn set_security_defaults(&mut self, enabled: bool) {
        self.security_defaults["isEnabled"] = json!(enabled);
    }

    /// Sets the state (`enabled`, `disabled`, `enabledForReportingButNotEnforced`) of every Conditional Access policy.
    pub fn set_policy_states(&mut self, state: &str) {
        for policy in &mut self.conditional_access_policies {
            policy["state"] = json!(state);
        }
    }

    /// Sets in the registration report whether a user has registered MFA and is able to use it.
    /// Answers whether the report has a row for the user.
    pub fn set_mfa(&mut self, id_or_upn: &str, registered: bool) -> bool {
        let Some(row) = self
            .registration_details
            .iter_mut()
            .find(|row| row["id"] == id_or_upn || row["userPrincipalName"] == id_or_upn)
        else {
            return false;
        };
        row["isMfaRegistered"] = json!(registered);
        row["isMfaCapable"] = json!(registered);
        row["methodsRegistered"] = if registered {
            json!(["microsoftAuthenticatorPush"])
        } else {
            json!([])
        };
        true
    }

    /// Whether an enabled subscription carries Microsoft Entra ID P1 or P2.
    #[must_use]
    pub fn has_premium(&self) -> bool {
        self.has_plan(&PREMIUM_PLANS)
    }

    /// Whether an enabled subscription carries Microsoft Entra ID P2.
    #[must_use]
    pub fn has_p2(&self) -> bool {
        self.has_plan(&[P2_PLAN])
    }

    fn has_plan(&self, wanted: &[&str]) -> bool {
        self.subscribed_skus
            .iter()
            .filter(|sku| sku["capabilityStatus"] == "Enabled")
            .any(|sku| {
                sku["servicePlans"].as_array().is_some_and(|plans| {
                    plans.iter().any(|plan| {
                        plan["provisioningStatus"] == "Success"
                            && plan["servicePlanId"]
                                .as_str()
                                .is_some_and(|id| wanted.contains(&id))
                    })
                })
            })
    }

    /// Whether `name` names this tenant in a token endpoint address: its id or one of its domains.
    #[must_use]
    pub fn answers_to(&self, name: &str) -> bool {
        self.id.eq_ignore_ascii_case(name)
            || self
                .domain_names
                .iter()
                .any(|domain| domain.eq_ignore_ascii_case(name))
    }

    /// The object a principal id stands for, with its `@odata.type`.
    #[must_use]
    pub fn principal(&self, id: &str) -> Option<(&'static str, &Value)> {
        let lists: [(&'static str, &Vec<Value>); 3] = [
            ("#microsoft.graph.user", &self.users),
            ("#microsoft.graph.group", &self.groups),
            (
                "#microsoft.graph.servicePrincipal",
                &self.service_principals,
            ),
        ];
        lists.into_iter().find_map(|(kind, list)| {
            list.iter()
                .find(|row| row["id"] == id)
                .map(|row| (kind, row))
        })
    }

    /// The ids of all members of a group, direct and through nested groups, each once.
    #[must_use]
    pub fn transitive_members(&self, group: &str) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        let mut open = vec![group.to_owned()];
        while let Some(current) = open.pop() {
            for member in self.group_members.get(&current).into_iter().flatten() {
                if seen.insert(member.clone()) {
                    found.push(member.clone());
                    open.push(member.clone());
                }
            }
        }
        found
    }
}

/// The moment the fixed tenants' dates are derived from.
fn reference() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 20, 9, 0, 0)
        .single()
        .unwrap_or(DateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn the_small_company_has_every_kind_of_account() {
        let tenant = Tenant::small();
        assert_eq!(tenant, Tenant::small(), "the same on every run");
        assert!((24..=28).contains(&tenant.users.len()));
        assert!(tenant.users.iter().any(|user| user["userType"] == "Guest"));
        assert!(
            tenant
                .users
                .iter()
                .any(|user| user["accountEnabled"] == false)
        );
        assert!(
            tenant
                .users
                .iter()
                .any(|user| user["id"] == tenant.break_glass_id().as_str())
        );
        let without = |admin: bool| {
            tenant
                .registration_details
                .iter()
                .any(|row| row["isAdmin"] == admin && row["isMfaRegistered"] == false)
        };
        assert!(without(true) && without(false));
        assert!(tenant.has_premium() && tenant.has_p2());
    }

    #[test]
    fn sized_tenants_have_exactly_that_many_users_with_distinct_ids() {
        let tenant = Tenant::sized(1000);
        assert_eq!(tenant.users.len(), 1000);
        let ids: BTreeSet<&str> = tenant
            .users
            .iter()
            .filter_map(|user| user["id"].as_str())
            .collect();
        let names: BTreeSet<&str> = tenant
            .users
            .iter()
            .filter_map(|user| user["userPrincipalName"].as_str())
            .collect();
        assert_eq!((ids.len(), names.len()), (1000, 1000));
    }

    #[test]
    fn edits_reach_every_place_that_mentions_a_user() {
        let mut tenant = Tenant::small();
        let id = tenant.break_glass_id();
        assert!(tenant.remove_user(&id));
        assert!(!tenant.remove_user(&id));
        let text = serde_json::to_string(&(
            &tenant.users,
            &tenant.registration_details,
            &tenant.role_assignments,
        ))
        .unwrap();
        assert!(!text.contains(&id));
        tenant.remove_licences();
        assert!(!tenant.has_premium());
    }

    #[test]
    fn a_tenant_survives_json() {
        let tenant = Tenant::hostile();
        let text = serde_json::to_string(&tenant).unwrap();
        assert_eq!(serde_json::from_str::<Tenant>(&text).unwrap(), tenant);
    }

    #[test]
    fn nested_groups_that_contain_each_other_end() {
        let mut tenant = Tenant::small();
        tenant
            .group_members
            .insert("a".into(), vec!["b".into(), "u".into()]);
        tenant.group_members.insert("b".into(), vec!["a".into()]);
        let mut members = tenant.transitive_members("a");
        members.sort();
        assert_eq!(members, ["a", "b", "u"]);
    }
}
