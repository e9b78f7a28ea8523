//! How far what a service says can carry an objective. Expert judgement, not a publication of the DoD: it tells people
//! where to look, and never decides anything.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::data::{ROWS, coverage_facts};
use crate::ids::{ObjectiveId, RequirementId};

/// How far a source can carry an objective. Ordered from the weakest.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// No service can say anything about it.
    #[default]
    None,
    /// Agrees or disagrees with the document or record that is the real evidence. Never enough alone.
    Supporting,
    /// Shows it for a part of the population, or one of several conditions.
    Partial,
    /// Can carry it, where the whole population in scope is shown. Never replaces the assessor's judgement.
    Full,
}

impl Strength {
    /// Its share in the confidence of a requirement, from 0 to 1.
    pub fn share(self) -> f64 {
        match self {
            Self::Full => 1.0,
            Self::Partial => 0.5,
            Self::Supporting => 0.25,
            Self::None => 0.0,
        }
    }
}

/// A kind of service that can say something about a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// A directory with single sign-on.
    IdentityProvider,
    /// Infrastructure and platform accounts.
    Cloud,
    /// Device management.
    Endpoint,
    /// Endpoint detection and response.
    Edr,
    /// A vulnerability scanner.
    VulnScanner,
    /// A backup platform.
    Backup,
    /// Source control and pipelines.
    Devops,
    /// DNS, web application firewall and edge services.
    DnsWaf,
    /// Chat and meetings.
    Chat,
    /// A log platform.
    Siem,
    /// Firewalls, VPN gateways and wireless controllers.
    Network,
    /// Mail and shared documents.
    EmailCollab,
    /// Tickets.
    Ticketing,
    /// Training records.
    TrainingLms,
    /// The personnel system.
    Hris,
    /// Doors, badges and cameras.
    PhysicalAccess,
    /// What the product itself records.
    ProductSelf,
}

/// How near a kind of source is to what the product connects to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// The product has providers of this kind.
    Core,
    /// Closes gaps; mostly brought in by hand.
    Extended,
}

impl SourceKind {
    /// Core or extended.
    pub fn tier(self) -> Tier {
        if self < Self::Siem {
            Tier::Core
        } else {
            Tier::Extended
        }
    }

    /// Whether it only holds records of what people did, and shows no technical fact.
    pub fn keeps_records_only(self) -> bool {
        matches!(
            self,
            Self::Ticketing | Self::TrainingLms | Self::Hris | Self::ProductSelf
        )
    }
}

/// What one kind of source can do for some objectives of a requirement.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// The kind of service.
    pub kind: SourceKind,
    /// How far it carries these objectives at best. Never [`Strength::None`].
    pub strength: Strength,
    /// The objectives, in the order of their letters. A kind lists each objective once, at its best.
    pub objectives: Vec<ObjectiveId>,
}

static SOURCES: LazyLock<Vec<Vec<Source>>> = LazyLock::new(|| {
    let mut facts = coverage_facts();
    RequirementId::all()
        .map(|id| {
            let kinds = facts.remove(ROWS[id.place()].id).unwrap_or_default();
            let of_kind = |(kind, strengths): (SourceKind, _)| {
                let strengths: std::collections::BTreeMap<Strength, &str> = strengths;
                strengths
                    .into_iter()
                    .rev()
                    .map(move |(strength, letters)| Source {
                        kind,
                        strength,
                        objectives: letters
                            .chars()
                            .filter_map(|letter| id.objective(letter))
                            .collect(),
                    })
            };
            kinds.into_iter().flat_map(of_kind).collect()
        })
        .collect()
});

/// What each kind of source can do for a requirement. Empty where no service can say anything.
pub fn sources(requirement: RequirementId) -> &'static [Source] {
    &SOURCES[requirement.place()]
}

pub(crate) fn best_strength(objective: ObjectiveId) -> Strength {
    sources(objective.requirement())
        .iter()
        .filter(|source| source.objectives.contains(&objective))
        .map(|source| source.strength)
        .max()
        .unwrap_or_default()
}
