//! The score from people's determinations, and beside it the score if the checks are right.

use crate::{
    App,
    api::{ApiError, Deduction, Nothing, Projected, ScoreReport},
    companies::stored,
    status::Standing,
};
use catalog::{Decisions, Determination, Level, ObjectiveDecision, RequirementId};
use evidence::ComplianceStatus;

/// The score of the open company.
pub async fn get(app: &App, _: Nothing) -> Result<ScoreReport, ApiError> {
    let open = app.company()?;
    let mut reader = open.store.read().await?;
    let profile = stored(&mut reader).await?;
    drop(reader);
    let level = if profile.level == 1 {
        Level::One
    } else {
        Level::Two
    };
    let standing = Standing::read(app, &open).await?;
    let decisions = standing.decisions();
    let score = catalog::score(level, &decisions);
    let (projected, differing) = project(&standing, level, &decisions);
    Ok(ScoreReport {
        score: score.score,
        is_final: score.is_final,
        assessed: score.assessed,
        total: match level {
            Level::One => 15,
            Level::Two => 110,
        },
        reason: score.reason,
        deductions: score
            .deductions
            .into_iter()
            .map(|deduction| Deduction {
                requirement: deduction.requirement.to_string(),
                points: deduction.points,
                why: deduction.why,
            })
            .collect(),
        level_one_met: score.level1.map(|count| count.met),
        conditional: score.conditional.eligible,
        blocking: score.conditional.blocking.iter().map(ToString::to_string).collect(),
        projected: Projected {
            score: projected,
            label: "If the checks are right: what people decided, and where the checks point to met or not met, that. \
                    Not a score anybody can submit."
                .to_owned(),
            differing,
        },
    })
}

/// Decisions as the checks would have them, where they point anywhere. Nothing of it is ever stored.
fn project(standing: &Standing, level: Level, decisions: &Decisions) -> (Option<i32>, Vec<String>) {
    let mut supposed = decisions.clone();
    let mut differing = Vec::new();
    for id in RequirementId::all() {
        let suggested = match standing.indication(id) {
            ComplianceStatus::Compliant => Determination::Met,
            ComplianceStatus::NonCompliant => Determination::NotMet,
            ComplianceStatus::Inconclusive => continue,
        };
        let decided = catalog::requirement_result(id, decisions).determination;
        if decided != suggested
            && !(decided == Determination::NotApplicable && suggested == Determination::Met)
        {
            differing.push(id.to_string());
        }
        for objective in id.objectives() {
            supposed.insert(
                objective,
                ObjectiveDecision {
                    determination: suggested,
                    partial: false,
                },
            );
        }
    }
    (catalog::score(level, &supposed).score, differing)
}
