//! Which policies a user has, and whether they make an administrator.

use super::policy_document::{Allows, allows, in_force};
use crate::datasets::{AttachedPolicy, Entity, InlinePolicy};
use std::collections::BTreeMap;

/// AWS's policy that allows everything.
pub const ADMINISTRATOR_ACCESS: &str = "AdministratorAccess";
/// AWS's policies that make an administrator.
const AWS_ADMINISTRATION: [&str; 2] = [ADMINISTRATOR_ACCESS, "IAMFullAccess"];

/// Whether something holds of a user, and by what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It does, by this.
    Yes(String),
    /// It does not.
    No,
    /// It can't be told, for this reason.
    Unclear(String),
}

impl Standing {
    /// What holds by one of two sources holds; what may hold by one may hold.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (yes @ Self::Yes(_), _) | (_, yes @ Self::Yes(_)) => yes,
            (unclear @ Self::Unclear(_), _) | (_, unclear @ Self::Unclear(_)) => unclear,
            (Self::No, Self::No) => Self::No,
        }
    }

    fn of(self, group: &str) -> Self {
        match self {
            Self::Yes(by) => Self::Yes(format!("the group {group} ({by})")),
            Self::Unclear(why) => Self::Unclear(format!("of the group {group}, {why}")),
            Self::No => Self::No,
        }
    }
}

/// The groups and the company's own policies of an account.
pub struct Rights<'a> {
    groups: BTreeMap<&'a str, Vec<&'a Entity>>,
    policies: BTreeMap<&'a str, Vec<Allows>>,
}

impl<'a> Rights<'a> {
    /// Those of these rows.
    #[must_use]
    pub fn of(entities: &'a [Entity]) -> Self {
        let (mut groups, mut policies) =
            (BTreeMap::<_, Vec<_>>::new(), BTreeMap::<_, Vec<_>>::new());
        for entity in entities {
            match (
                entity.kind.as_str(),
                filled(&entity.group_name),
                filled(&entity.arn),
            ) {
                ("group", Some(name), _) => groups.entry(name).or_default().push(entity),
                ("policy", _, Some(arn)) => policies.entry(arn).or_default().push(in_force(entity)),
                _ => {}
            }
        }
        Self { groups, policies }
    }

    /// Whether a user is an administrator.
    ///
    /// | source: the user, or one of the user's groups | standing |
    /// | --- | --- |
    /// | AWS's AdministratorAccess or IAMFullAccess is attached | yes |
    /// | another policy of AWS is attached | no |
    /// | a policy of the company's own is attached, or an inline policy is there | as its document allows everything or everything in IAM ([`Allows`]) |
    /// | the answer has no list of attached or inline policies, or does not say which policy is attached | unclear |
    /// | an attached policy of the company's own is not in the answer | unclear |
    /// | the answer has no list of the user's groups, or a group is not in it | unclear |
    ///
    /// One source that says yes is enough; else one that is unclear makes it unclear. What a permissions boundary, a
    /// denial or the organization's policies take away again is not taken off: they are there to be changed.
    #[must_use]
    pub fn administration(&self, user: &Entity) -> Standing {
        let own = |entity: &Entity| self.attached(entity).or(inline(entity));
        own(user).or(self.by_groups(user, own))
    }

    /// Whether AWS's policy AdministratorAccess is attached to this user, group or role itself.
    #[must_use]
    pub fn has_administrator_access(entity: &Entity) -> Standing {
        each_attached(entity, |policy| match filled(&policy.policy_arn) {
            None => unnamed(policy),
            Some(arn) if aws_policy(arn) == Some(ADMINISTRATOR_ACCESS) => {
                Standing::Yes(format!("the policy {ADMINISTRATOR_ACCESS}"))
            }
            Some(_) => Standing::No,
        })
    }

    /// What holds of a user because it holds of one of the user's groups.
    #[must_use]
    pub fn by_groups(&self, user: &Entity, holds: impl Fn(&Entity) -> Standing) -> Standing {
        let Some(groups) = &user.group_list else {
            return Standing::Unclear("AWS does not list its groups".to_owned());
        };
        groups
            .iter()
            .map(|name| match self.groups.get(name.as_str()) {
                None => Standing::Unclear(format!("its group {name} is not in AWS's answer")),
                Some(same) => same
                    .iter()
                    .map(|group| holds(group).of(name))
                    .fold(Standing::No, Standing::or),
            })
            .fold(Standing::No, Standing::or)
    }

    fn attached(&self, entity: &Entity) -> Standing {
        each_attached(entity, |policy| {
            let Some(arn) = filled(&policy.policy_arn) else {
                return unnamed(policy);
            };
            if let Some(name) = aws_policy(arn) {
                return if AWS_ADMINISTRATION.contains(&name) {
                    Standing::Yes(format!("the policy {name}"))
                } else {
                    Standing::No
                };
            }
            let name = filled(&policy.policy_name).unwrap_or(arn);
            match self.policies.get(arn) {
                None => Standing::Unclear(format!("its policy {name} is not in AWS's answer")),
                Some(same) => same
                    .iter()
                    .map(|allows| by_document(allows, &format!("policy {name}")))
                    .fold(Standing::No, Standing::or),
            }
        })
    }
}

fn each_attached(entity: &Entity, holds: impl Fn(&AttachedPolicy) -> Standing) -> Standing {
    match &entity.attached_managed_policies {
        None => Standing::Unclear("AWS does not list its attached policies".to_owned()),
        Some(policies) => policies.iter().map(holds).fold(Standing::No, Standing::or),
    }
}

fn unnamed(policy: &AttachedPolicy) -> Standing {
    let name = filled(&policy.policy_name).unwrap_or("without a name");
    Standing::Unclear(format!(
        "AWS does not say which policy its policy {name} is"
    ))
}

fn inline(entity: &Entity) -> Standing {
    match entity.inline() {
        None => Standing::Unclear("AWS does not list its inline policies".to_owned()),
        Some(policies) => policies
            .iter()
            .map(|policy| {
                by_document(
                    &allows(policy.policy_document.as_deref()),
                    &inline_name(policy),
                )
            })
            .fold(Standing::No, Standing::or),
    }
}

fn by_document(allows: &Allows, name: &str) -> Standing {
    match (allows.administration(), allows.unclear) {
        (Some(how), _) => Standing::Yes(format!("the {name}, which allows {how}")),
        (None, Some(why)) => Standing::Unclear(format!("its {name} can't be read: {why}")),
        (None, None) => Standing::No,
    }
}

/// How an inline policy is called.
#[must_use]
pub fn inline_name(policy: &InlinePolicy) -> String {
    format!(
        "inline policy {}",
        filled(&policy.policy_name).unwrap_or("without a name")
    )
}

/// The name of a policy of AWS's own, with its path; `None` for a company's policy.
#[must_use]
pub fn aws_policy(arn: &str) -> Option<&str> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", partition, "iam", "", "aws", resource] if !partition.is_empty() => {
            resource.strip_prefix("policy/")
        }
        _ => None,
    }
}

/// A text that is there and not empty.
pub fn filled(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::iam_answers::{Iam, allow, document, statement};
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    const AWS: &str = "arn:aws:iam::aws:policy/AdministratorAccess";
    const OWN: &str = "arn:aws:iam::123456789012:policy/own";

    fn standing(iam: &Iam) -> Standing {
        let entities = iam.entities();
        let user = entities
            .iter()
            .find(|entity| entity.kind == "user")
            .unwrap();
        Rights::of(&entities).administration(user)
    }

    fn is(standing: &Standing) -> &str {
        match standing {
            Standing::Yes(_) => "yes",
            Standing::No => "no",
            Standing::Unclear(_) => "unclear",
        }
    }

    #[test]
    fn policies_of_aws_are_known_by_their_arn_in_every_partition() {
        for (arn, name) in [
            (AWS, Some("AdministratorAccess")),
            (
                "arn:aws-us-gov:iam::aws:policy/IAMFullAccess",
                Some("IAMFullAccess"),
            ),
            (
                "arn:aws:iam::aws:policy/job-function/Billing",
                Some("job-function/Billing"),
            ),
            (OWN, None),
            ("arn:aws:iam::123456789012:policy/AdministratorAccess", None),
            ("arn::iam::aws:policy/AdministratorAccess", None),
            ("arn:aws:iam::aws:role/AdministratorAccess", None),
            ("AdministratorAccess", None),
            ("", None),
        ] {
            assert_eq!(aws_policy(arn), name, "{arn}");
        }
    }

    #[test]
    fn the_whole_table_of_attached_policies_of_the_user_and_of_a_group() {
        let own = |action: &str| Iam::default().policy("own", Some(1), &[(true, allow(action))]);
        for (iam, arn, expected) in [
            (Iam::default(), AWS, "yes"),
            (
                Iam::default(),
                "arn:aws-us-gov:iam::aws:policy/AdministratorAccess",
                "yes",
            ),
            (
                Iam::default(),
                "arn:aws:iam::aws:policy/IAMFullAccess",
                "yes",
            ),
            (
                Iam::default(),
                "arn:aws:iam::aws:policy/AdministratorAccess-Amplify",
                "no",
            ),
            (
                Iam::default(),
                "arn:aws:iam::aws:policy/x/AdministratorAccess",
                "no",
            ),
            (
                Iam::default(),
                "arn:aws:iam::aws:policy/ReadOnlyAccess",
                "no",
            ),
            (Iam::default(), "", "unclear"),
            (Iam::default(), OWN, "unclear"),
            (own("*"), OWN, "yes"),
            (own("iam:*"), OWN, "yes"),
            (own("s3:*"), OWN, "no"),
            (own("nonsense"), OWN, "unclear"),
            (
                own("*"),
                "arn:aws:iam::123456789012:policy/other",
                "unclear",
            ),
            (own("s3:*"), AWS, "yes"),
        ] {
            let direct = iam.clone().user("avery", &[], &[arn], &[]);
            assert_eq!(is(&standing(&direct)), expected, "{arn}");
            let by_group = iam
                .group("team", &[arn], &[])
                .user("avery", &["team"], &[], &[]);
            assert_eq!(is(&standing(&by_group)), expected, "{arn} of a group");
        }
    }

    #[test]
    fn inline_policies_of_the_user_and_of_a_group_count() {
        for (document, expected) in [
            (allow("*"), "yes"),
            (allow("iam:*"), "yes"),
            (allow("s3:*"), "no"),
            (
                json!({"Statement": [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}]}),
                "yes",
            ),
            (json!([]), "unclear"),
        ] {
            let policies = [("p", document)];
            let direct = Iam::default().user("avery", &[], &[], &policies);
            assert_eq!(is(&standing(&direct)), expected);
            let by_group =
                Iam::default()
                    .group("team", &[], &policies)
                    .user("avery", &["team"], &[], &[]);
            assert_eq!(is(&standing(&by_group)), expected);
        }
    }

    #[test]
    fn what_is_missing_is_unclear() {
        type Cut = fn(&mut Entity, &mut Entity);
        let cuts: [Cut; 7] = [
            |user, _| user.group_list = None,
            |user, _| user.group_list = Some(vec![String::new()]),
            |user, _| user.attached_managed_policies = None,
            |user, _| {
                user.user_policy_list = Some(vec![InlinePolicy {
                    policy_name: None,
                    policy_document: None,
                }])
            },
            |_, group| group.attached_managed_policies = None,
            |_, group| group.group_policy_list = None,
            |_, group| group.group_name = None,
        ];
        let iam = Iam::default()
            .group("team", &[], &[])
            .user("avery", &["team"], &[], &[]);
        assert_eq!(standing(&iam), Standing::No);
        for (index, cut) in cuts.iter().enumerate() {
            let [mut user, mut group] = <[Entity; 2]>::try_from(iam.entities()).unwrap();
            cut(&mut user, &mut group);
            let entities = [user, group];
            let result = Rights::of(&entities).administration(&entities[0]);
            assert_eq!(is(&result), "unclear", "cut {index}");
        }
    }

    #[test]
    fn one_source_that_says_yes_is_enough() {
        let iam = Iam::default().group("team", &[AWS], &[]).user(
            "avery",
            &["gone", "team"],
            &[""],
            &[("p", json!("x"))],
        );
        assert_eq!(
            standing(&iam),
            Standing::Yes("the group team (the policy AdministratorAccess)".to_owned())
        );
    }

    proptest! {
        #[test]
        fn an_allow_more_never_ends_administration(
            mut documents in proptest::collection::vec(document(), 3),
            place in 0usize..3,
            more in statement(),
        ) {
            let build = |documents: &[Value]| {
                Iam::default()
                    .policy("own", Some(1), &[(true, documents[0].clone())])
                    .group("team", &[OWN], &[("g", documents[1].clone())])
                    .user("avery", &["team"], &[], &[("u", documents[2].clone())])
            };
            let before = standing(&build(&documents));
            documents[place]["Statement"].as_array_mut().unwrap().push(more);
            let after = standing(&build(&documents));
            prop_assert!(is(&before) != "yes" || is(&after) == "yes");
            prop_assert!(is(&before) != "unclear" || is(&after) != "no");
        }
    }
}
