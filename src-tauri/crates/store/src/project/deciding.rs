//! What people decided, and what the product must own up to.

use super::{Place, importing, one};
use crate::{
    Event, Result,
    row::{to_column, to_json, to_word},
};
use sqlx::SqliteConnection;

pub(super) async fn project(
    connection: &mut SqliteConnection,
    place: &Place,
    event: &Event,
) -> Result<()> {
    match event {
        Event::EvidenceReviewed {
            evidence_id,
            revision,
            review,
            by,
            why,
        } => {
            let review = to_word(review)?;
            let given = importing::Review {
                id: *evidence_id,
                revision: *revision,
                review: &review,
                by,
                why: why.as_deref(),
            };
            if importing::review(connection, place, &given).await? {
                return Ok(());
            }
            let changed = sqlx::query(
                "UPDATE evidence_revisions SET review = ?3, reviewed_by = ?4, reviewed_at = ?5, review_why = ?6
                 WHERE evidence_id = ?1 AND revision = ?2",
            )
            .bind(evidence_id.to_string())
            .bind(revision)
            .bind(&review)
            .bind(by)
            .bind(&place.at)
            .bind(why)
            .execute(&mut *connection)
            .await?;
            one(&changed, "evidence revision")?;
            sqlx::query(
                "INSERT INTO evidence_reviews (seq, evidence_id, revision, review, by_name, why, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )
            .bind(place.seq)
            .bind(evidence_id.to_string())
            .bind(revision)
            .bind(&review)
            .bind(by)
            .bind(why)
            .bind(&place.at)
            .execute(connection)
            .await?;
        }
        Event::PayloadPurged { payload, by, why } => {
            sqlx::query(
                "INSERT INTO purges (seq, payload, by_name, why, at) VALUES (?1, ?2, ?3, ?4, ?5)",
            )
            .bind(place.seq)
            .bind(payload.to_string())
            .bind(by)
            .bind(why)
            .bind(&place.at)
            .execute(connection)
            .await?;
        }
        Event::DeterminationMade {
            objective,
            determination,
            partial,
            by,
            why,
        } => {
            let objective = objective.to_string();
            sqlx::query(
                "UPDATE determinations SET current = 0 WHERE objective = ?1 AND current = 1",
            )
            .bind(&objective)
            .execute(&mut *connection)
            .await?;
            sqlx::query(
                "INSERT INTO determinations (seq, objective, determination, partial, by_name, why, at, current)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1)",
            )
            .bind(place.seq)
            .bind(&objective)
            .bind(to_word(determination)?)
            .bind(partial)
            .bind(by)
            .bind(why)
            .bind(&place.at)
            .execute(connection)
            .await?;
        }
        Event::ParameterSet {
            key,
            value,
            by,
            why,
            until,
        } => {
            sqlx::query("UPDATE parameters SET current = 0 WHERE key = ?1 AND current = 1")
                .bind(key)
                .execute(&mut *connection)
                .await?;
            sqlx::query(
                "INSERT INTO parameters (seq, key, value, by_name, why, until, at, current)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1)",
            )
            .bind(place.seq)
            .bind(key)
            .bind(to_json(value)?)
            .bind(by)
            .bind(why)
            .bind(until.map(|at| at.to_string()))
            .bind(&place.at)
            .execute(connection)
            .await?;
        }
        Event::HistoryRestored {
            expected_seq,
            found_seq,
        } => {
            sqlx::query("INSERT INTO restorations (seq, expected_seq, found_seq, at) VALUES (?1, ?2, ?3, ?4)")
                .bind(place.seq)
                .bind(to_column(*expected_seq)?)
                .bind(to_column(*found_seq)?)
                .bind(&place.at)
                .execute(connection)
                .await?;
        }
        _ => {}
    }
    Ok(())
}
