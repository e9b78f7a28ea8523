//! The same company after it has put its house in order: what passing checks look like.

use serde_json::json;

use super::Tenant;
use super::seed::{before, guid};

impl Tenant {
    /// [`Tenant::small_at`] without its gaps: everyone has MFA (administrators phishing-resistant), policies cover all
    /// users and block older protocols, no stale, disabled or foreign account holds a role, and administrators have
    /// accounts of their own. One policy excludes the emergency account, as it should.
    #[must_use]
    pub fn tidy_at(now: chrono::DateTime<chrono::Utc>) -> Self {
        let mut tenant = Self::small_at(now);
        let emergency = tenant.break_glass_id();
        // The stale, the disabled and the never-seen are gone, and so is everyone who never signed in.
        for number in [5, 11, 12, 13, 24, 25] {
            tenant.remove_user(&guid("user", number));
        }
        for user in &mut tenant.users {
            user["createdDateTime"] = json!(before(now, 700, 0));
            if user["id"] != emergency.as_str() {
                let seen = before(now, 2, 0);
                user["signInActivity"]["lastSuccessfulSignInDateTime"] = json!(seen);
                user["signInActivity"]["lastSignInDateTime"] = json!(seen);
            }
        }
        for number in [1, 4] {
            if let Some(user) = tenant.user_mut(&guid("user", number)) {
                user["onPremisesSyncEnabled"] = json!(null);
                user["onPremisesLastSyncDateTime"] = json!(null);
                user["assignedLicenses"] = json!([]);
            }
        }
        let guest = guid("user", 23);
        tenant
            .role_assignments
            .retain(|row| row["principalId"] != guest.as_str());
        tenant
            .role_assignment_instances
            .retain(|row| row["principalId"] != guest.as_str());
        for row in &mut tenant.registration_details {
            let methods = if row["isAdmin"] == true {
                "fido2SecurityKey"
            } else {
                "microsoftAuthenticatorPush"
            };
            row["methodsRegistered"] = json!([methods]);
            for name in ["isMfaRegistered", "isMfaCapable"] {
                row[name] = json!(true);
            }
        }
        tenant.set_policy_states("enabled");
        tenant
            .sign_ins
            .retain(|row| row["clientAppUsed"] != "IMAP4");
        let policy = &mut tenant.authorization_policy;
        policy["allowInvitesFrom"] = json!("adminsAndGuestInviters");
        policy["guestUserRoleId"] = json!("2af84b1e-32c8-42b7-82bc-daa82404023b");
        let permissions = &mut policy["defaultUserRolePermissions"];
        permissions["allowedToCreateApps"] = json!(false);
        permissions["allowedToCreateTenants"] = json!(false);
        permissions["permissionGrantPoliciesAssigned"] = json!([]);
        tenant.admin_consent_request_policy["isEnabled"] = json!(true);
        tenant
            .applications
            .retain(|row| row["displayName"] != "Quoting tool");
        super::governance::tidy(&mut tenant);
        tenant
    }

    /// [`Tenant::tidy_at`] with dates relative to a fixed moment.
    #[must_use]
    pub fn tidy() -> Self {
        Self::tidy_at(super::reference())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gaps_are_closed() {
        let tenant = Tenant::tidy();
        assert!(
            tenant
                .registration_details
                .iter()
                .all(|row| row["isMfaRegistered"] == true)
        );
        assert!(
            tenant
                .conditional_access_policies
                .iter()
                .all(|policy| policy["state"] == "enabled")
        );
        for assignment in &tenant.role_assignments {
            let id = assignment["principalId"].as_str().unwrap_or_default();
            let Some(("#microsoft.graph.user", user)) = tenant.principal(id) else {
                continue;
            };
            assert_eq!(user["accountEnabled"], true);
            assert_eq!(user["userType"], "Member");
            assert_eq!(user["assignedLicenses"], json!([]));
        }
        assert!(
            tenant
                .users
                .iter()
                .all(|user| user.get("signInActivity").is_some())
        );
    }
}
