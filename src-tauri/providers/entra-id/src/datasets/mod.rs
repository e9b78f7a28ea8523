//! What is asked of Microsoft Graph: one declaration and one record type per dataset, grouped by subject.
//!
//! `$select` is sent wherever the operation documents it. Members of a record are `Option` without exception: a
//! sovereign cloud may lack a property, and absence is never a default.

pub(crate) mod apps;
pub(crate) mod devices;
pub(crate) mod logs;
pub(crate) mod people;
pub(crate) mod policies;
pub(crate) mod reviews;
pub(crate) mod risk;
pub(crate) mod roles;
pub(crate) mod settings;
pub(crate) mod tenant;

use provider_kit::{Dataset, Malformed};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};

/// `Some(None)` for a member that is null, `None` for one that was not sent. Where the service documents that null means
/// "not configured", absence still means nothing.
pub(crate) fn sent<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

/// How a dataset is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A collection: pages with `value` and perhaps `@odata.nextLink`.
    List,
    /// The first page of a collection, which holds all that is wanted.
    Newest,
    /// One object.
    Single,
    /// The list of role-assignable groups, then the members of each, one collection per group.
    RoleGroups,
    /// The list of role-assignable groups, then who may become a member of each, one collection per group.
    GroupEligibility,
    /// The list of access reviews, then the instances of each, one collection per review.
    Reviews,
}

/// Which of Microsoft's limits an address falls under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// Resource units per ten seconds: far above what one sync asks for.
    Directory,
    /// Five requests in ten seconds.
    Reports,
    /// One request a second for all apps of the tenant, and a 429 without `Retry-After`.
    Protection,
}

/// A dataset with its address.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source {
    /// What it is.
    pub(crate) dataset: &'static Dataset,
    /// Path below the Graph root.
    pub(crate) path: &'static str,
    /// The query, encoded; empty for none.
    pub(crate) query: &'static str,
    /// How it is read.
    pub(crate) shape: Shape,
    /// How fast.
    pub(crate) pace: Pace,
}

/// Every dataset with its address.
pub(crate) static SOURCES: &[Source] = &[
    tenant::ORGANIZATION_SOURCE,
    tenant::DOMAINS_SOURCE,
    tenant::LICENCES_SOURCE,
    people::USERS_SOURCE,
    people::ACTIVITY_SOURCE,
    people::GROUPS_SOURCE,
    people::REGISTRATION_SOURCE,
    roles::DEFINITIONS_SOURCE,
    roles::ASSIGNMENTS_SOURCE,
    roles::GROUP_MEMBERS_SOURCE,
    roles::GROUP_ELIGIBILITY_SOURCE,
    roles::ELIGIBILITY_SOURCE,
    roles::SCHEDULES_SOURCE,
    policies::CONDITIONAL_ACCESS_SOURCE,
    policies::NAMED_LOCATIONS_SOURCE,
    policies::SECURITY_DEFAULTS_SOURCE,
    policies::STRENGTHS_SOURCE,
    settings::AUTHORIZATION_SOURCE,
    settings::METHODS_SOURCE,
    settings::CONSENT_REQUESTS_SOURCE,
    settings::DIRECTORY_SETTINGS_SOURCE,
    apps::APPLICATIONS_SOURCE,
    apps::SERVICE_PRINCIPALS_SOURCE,
    logs::SIGN_INS_SOURCE,
    logs::AUDITS_SOURCE,
    roles::POLICIES_SOURCE,
    apps::GRAPH_PERMISSIONS_SOURCE,
    apps::APP_PERMISSIONS_SOURCE,
    settings::CROSS_TENANT_SOURCE,
    settings::APP_MANAGEMENT_SOURCE,
    devices::REGISTRATION_SOURCE,
    devices::DEVICES_SOURCE,
    risk::RISKY_USERS_SOURCE,
    risk::RISK_DETECTIONS_SOURCE,
    risk::RISKY_APPS_SOURCE,
    risk::SECURE_SCORE_SOURCE,
    reviews::REVIEWS_SOURCE,
];

/// Every dataset, in the order they are read.
pub(crate) static DATASETS: &[&Dataset] = &[
    &tenant::ORGANIZATION,
    &tenant::DOMAINS,
    &tenant::LICENCES,
    &people::USERS,
    &people::ACTIVITY,
    &people::GROUPS,
    &people::REGISTRATION,
    &roles::DEFINITIONS,
    &roles::ASSIGNMENTS,
    &roles::GROUP_MEMBERS,
    &roles::GROUP_ELIGIBILITY,
    &roles::ELIGIBILITY,
    &roles::SCHEDULES,
    &policies::CONDITIONAL_ACCESS,
    &policies::NAMED_LOCATIONS,
    &policies::SECURITY_DEFAULTS,
    &policies::STRENGTHS,
    &settings::AUTHORIZATION,
    &settings::METHODS,
    &settings::CONSENT_REQUESTS,
    &settings::DIRECTORY_SETTINGS,
    &apps::APPLICATIONS,
    &apps::SERVICE_PRINCIPALS,
    &logs::SIGN_INS,
    &logs::AUDITS,
    &roles::POLICIES,
    &apps::GRAPH_PERMISSIONS,
    &apps::APP_PERMISSIONS,
    &settings::CROSS_TENANT,
    &settings::APP_MANAGEMENT,
    &devices::REGISTRATION,
    &devices::DEVICES,
    &risk::RISKY_USERS,
    &risk::RISK_DETECTIONS,
    &risk::RISKY_APPS,
    &risk::SECURE_SCORE,
    &reviews::REVIEWS,
];

fn object(body: &[u8]) -> Result<Map<String, Value>, Malformed> {
    match serde_json::from_slice::<Value>(body) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(Malformed("the answer is not a JSON object".to_owned())),
        Err(error) => Err(Malformed(format!("the answer is not JSON ({error})"))),
    }
}

fn value_of(members: &mut Map<String, Value>) -> Result<Vec<Value>, Malformed> {
    match members.remove("value") {
        Some(Value::Array(records)) if records.iter().all(Value::is_object) => Ok(records),
        Some(Value::Array(_)) => Err(Malformed("a record of `value` is not an object".to_owned())),
        Some(_) => Err(Malformed("`value` is not a list".to_owned())),
        None => Err(Malformed("the answer has no `value`".to_owned())),
    }
}

/// The records of a page of a collection.
pub(crate) fn list(body: &[u8]) -> Result<Vec<Value>, Malformed> {
    value_of(&mut object(body)?)
}

/// The one record of an address that answers with an object.
pub(crate) fn single(body: &[u8]) -> Result<Vec<Value>, Malformed> {
    let mut members = object(body)?;
    if members.contains_key("error") || members.contains_key("value") {
        return Err(Malformed(
            "the answer is not the one object that was asked for".to_owned(),
        ));
    }
    members.remove("@odata.context");
    Ok(vec![Value::Object(members)])
}

/// The member under which a page says whose members it holds: the service's own answer does not.
pub(crate) const GROUP_MEMBER: &str = "@cmmcpro.group";

/// Stands in the place of a member's id in a record that only says that a group is listed.
pub(crate) const LISTED: &str = "@listed";

/// The records of a page of group members, each with the group's id. A page without members gives one record that
/// says so: an empty group is not the same as a group nobody read. A page that is not marked with a group lists the
/// role-assignable groups, and must look like it; it gives one record per group, without members.
pub(crate) fn group_members(body: &[u8]) -> Result<Vec<Value>, Malformed> {
    let mut members = object(body)?;
    let group = match members.remove(GROUP_MEMBER) {
        None => return listed_groups(value_of(&mut members)?),
        Some(Value::String(group)) => group,
        Some(_) => {
            return Err(Malformed(
                "the page does not say which group it is about".to_owned(),
            ));
        }
    };
    let mut records = value_of(&mut members)?;
    if records.is_empty() {
        records.push(json!({"id": "", "empty": true}));
    }
    for record in &mut records {
        if let Value::Object(record) = record {
            record.insert("groupId".to_owned(), Value::String(group.clone()));
        }
    }
    Ok(records)
}

fn listed_groups(records: Vec<Value>) -> Result<Vec<Value>, Malformed> {
    records
        .into_iter()
        .map(
            |record| {
                match (&record["id"], &record["isAssignableToRole"]) {
            (Value::String(id), Value::Bool(true)) => {
                Ok(json!({"groupId": id, "id": LISTED, "listed": true}))
            }
            _ => Err(Malformed(
                "the page neither says which group it is about nor lists role-assignable groups"
                    .to_owned(),
            )),
        }
            },
        )
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_dataset_has_one_address_and_the_lists_agree() {
        let sources: Vec<&str> = SOURCES.iter().map(|source| source.dataset.id).collect();
        let datasets: Vec<&str> = DATASETS.iter().map(|dataset| dataset.id).collect();
        assert_eq!(sources, datasets);
        let mut unique = datasets.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), datasets.len());
    }

    #[test]
    fn a_page_without_value_is_malformed_and_an_empty_one_is_not() {
        assert_eq!(list(b"{\"value\":[]}").unwrap(), Vec::<Value>::new());
        for bad in [
            &b"{}"[..],
            b"{\"value\":null}",
            b"{\"value\":{}}",
            b"{\"value\":[null]}",
            b"[]",
            b"<html>",
            b"",
        ] {
            assert!(list(bad).is_err(), "{}", String::from_utf8_lossy(bad));
        }
    }

    #[test]
    fn one_object_is_neither_an_error_nor_a_list() {
        assert_eq!(
            single(b"{\"@odata.context\":\"x\",\"id\":\"1\"}").unwrap(),
            [serde_json::json!({"id": "1"})]
        );
        assert!(single(b"{\"error\":{}}").is_err());
        assert!(single(b"{\"value\":[]}").is_err());
    }

    #[test]
    fn members_carry_their_group_and_an_empty_group_is_seen() {
        let page = br#"{"@cmmcpro.group":"g","value":[{"id":"u"}]}"#;
        assert_eq!(
            group_members(page).unwrap(),
            [serde_json::json!({"id": "u", "groupId": "g"})]
        );
        let empty = group_members(br#"{"@cmmcpro.group":"g","value":[]}"#).unwrap();
        assert_eq!(
            empty,
            [serde_json::json!({"id": "", "empty": true, "groupId": "g"})]
        );
    }

    #[test]
    fn the_page_that_lists_the_groups_says_so_and_no_page_of_members_passes_for_it() {
        let page = br#"{"value":[{"id":"g","displayName":"Admins","isAssignableToRole":true}]}"#;
        assert_eq!(
            group_members(page).unwrap(),
            [serde_json::json!({"groupId": "g", "id": LISTED, "listed": true})]
        );
        assert_eq!(
            group_members(br#"{"value":[]}"#).unwrap(),
            Vec::<Value>::new()
        );
        for bad in [
            &br#"{"value":[{"id":"u","displayName":"Alex"}]}"#[..],
            br#"{"value":[{"id":"g","isAssignableToRole":true},{"id":"u"}]}"#,
            br#"{"value":[{"id":"g","isAssignableToRole":null}]}"#,
            br#"{"value":[{"id":"g","isAssignableToRole":false}]}"#,
            br#"{"value":[{"isAssignableToRole":true}]}"#,
            br#"{"@cmmcpro.group":7,"value":[]}"#,
            br#"{"@cmmcpro.group":null,"value":[]}"#,
            b"{}",
        ] {
            assert!(
                group_members(bad).is_err(),
                "{}",
                String::from_utf8_lossy(bad)
            );
        }
    }
}
