//! How an event changes the projected tables. Nothing else writes them.
//!
//! [`project`] depends on the event, its place and its time alone, so that applying the same events to an empty
//! database gives the same rows. Rules about what may enter the record stand in [`admit`], which runs once, when an
//! event is recorded: making them stricter later must not change what old entries mean.

mod collecting;
mod deciding;
mod importing;

use crate::{
    Event, Result, StoreError,
    row::{to_column, to_json},
};
use catalog::Determination;
use evidence::{Review, Timestamp};
use sqlx::{SqliteConnection, sqlite::SqliteQueryResult};

/// What a person decides carries a name, and a reason where one is required.
pub(crate) fn admit(event: &Event) -> Result<()> {
    match event {
        Event::DeterminationMade {
            objective,
            determination,
            partial,
            by,
            why,
        } => {
            named(by)?;
            if matches!(
                determination,
                Determination::Met | Determination::NotApplicable
            ) {
                reasoned(why.as_deref())?;
            }
            catalog::check_decision(*objective, *determination, *partial)
                .map_err(|error| StoreError::refused(error.to_string()))
        }
        Event::EvidenceReviewed {
            review, by, why, ..
        } => {
            named(by)?;
            if *review == Review::Rejected {
                reasoned(why.as_deref())
            } else {
                Ok(())
            }
        }
        Event::FileImported { by, findings, .. } => {
            named(by)?;
            importing::marked(findings)
        }
        Event::PayloadPurged { by, why, .. } | Event::ParameterSet { by, why, .. } => {
            named(by)?;
            reasoned(Some(why))
        }
        _ => Ok(()),
    }
}

fn named(by: &str) -> Result<()> {
    if by.trim().is_empty() {
        return Err(StoreError::refused(
            "A decision needs the name of the person who takes it.",
        ));
    }
    Ok(())
}

fn reasoned(why: Option<&str>) -> Result<()> {
    if why.is_none_or(|why| why.trim().is_empty()) {
        return Err(StoreError::refused("This decision needs a reason."));
    }
    Ok(())
}

/// Applies `event`, recorded as entry `seq` at `at`.
pub(crate) async fn project(
    connection: &mut SqliteConnection,
    seq: u64,
    at: Timestamp,
    event: &Event,
) -> Result<()> {
    let place = Place {
        seq: to_column(seq)?,
        at: at.to_string(),
    };
    match event {
        Event::CompanyCreated { .. }
        | Event::CompanyChanged { .. }
        | Event::IntegrationConnected { .. }
        | Event::IntegrationChanged { .. }
        | Event::IntegrationRemoved { .. } => connecting(connection, &place, event).await,
        Event::RunStarted { .. }
        | Event::RunFinished { .. }
        | Event::DatasetCollected { .. }
        | Event::DatasetFailed { .. }
        | Event::FindingRecorded { .. }
        | Event::FindingsConfirmed { .. }
        | Event::EvidenceRevised { .. }
        | Event::EvidenceConfirmed { .. } => collecting::project(connection, &place, event).await,
        Event::FileImported { .. } => importing::project(connection, &place, event).await,
        Event::EvidenceReviewed { .. }
        | Event::PayloadPurged { .. }
        | Event::DeterminationMade { .. }
        | Event::ParameterSet { .. }
        | Event::HistoryRestored { .. } => deciding::project(connection, &place, event).await,
    }
}

/// An entry's place in the chain, as columns hold it.
struct Place {
    seq: i64,
    at: String,
}

/// An event about something must find it there, once.
fn one(result: &SqliteQueryResult, what: &str) -> Result<()> {
    if result.rows_affected() == 1 {
        return Ok(());
    }
    Err(StoreError::refused(format!(
        "The record knows no such {what}."
    )))
}

async fn connecting(connection: &mut SqliteConnection, place: &Place, event: &Event) -> Result<()> {
    match event {
        Event::CompanyCreated {
            company_id,
            profile,
        } => {
            let known: i64 = sqlx::query_scalar("SELECT count(*) FROM company")
                .fetch_one(&mut *connection)
                .await?;
            if known != 0 {
                return Err(StoreError::refused("This vault already holds a company."));
            }
            sqlx::query(
                "INSERT INTO company (id, name, level, zone, cage_code, uei, scope, demo, created_at, updated_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9)",
            )
            .bind(company_id.to_string())
            .bind(&profile.name)
            .bind(profile.level)
            .bind(&profile.zone)
            .bind(&profile.cage_code)
            .bind(&profile.uei)
            .bind(&profile.scope)
            .bind(profile.demo)
            .bind(&place.at)
            .execute(connection)
            .await?;
            Ok(())
        }
        Event::CompanyChanged { profile } => {
            let changed = sqlx::query(
                "UPDATE company SET name = ?1, level = ?2, zone = ?3, cage_code = ?4, uei = ?5, scope = ?6, demo = ?7,
                 updated_at = ?8",
            )
            .bind(&profile.name)
            .bind(profile.level)
            .bind(&profile.zone)
            .bind(&profile.cage_code)
            .bind(&profile.uei)
            .bind(&profile.scope)
            .bind(profile.demo)
            .bind(&place.at)
            .execute(connection)
            .await?;
            one(&changed, "company")
        }
        Event::IntegrationConnected {
            integration_id,
            provider,
            label,
            cloud,
            config,
            identity_id,
            identity_name,
            custom_host,
        } => {
            let inserted = sqlx::query(
                "INSERT INTO integrations (id, company_id, integration_type, status, config, created_at, updated_at,
                 label, cloud, identity_id, identity_name, custom_host, credential_version)
                 SELECT ?1, id, ?2, 'connected', ?3, ?4, ?4, ?5, ?6, ?7, ?8, ?9, 1 FROM company",
            )
            .bind(integration_id.to_string())
            .bind(provider)
            .bind(to_json(config)?)
            .bind(&place.at)
            .bind(label)
            .bind(cloud)
            .bind(identity_id)
            .bind(identity_name)
            .bind(custom_host)
            .execute(connection)
            .await?;
            one(&inserted, "company")
        }
        Event::IntegrationChanged {
            integration_id,
            label,
            config,
            credential_version,
        } => {
            let changed = sqlx::query(
                "UPDATE integrations SET label = ?2, config = ?3, credential_version = ?4, updated_at = ?5
                 WHERE id = ?1 AND status <> 'disconnected'",
            )
            .bind(integration_id.to_string())
            .bind(label)
            .bind(to_json(config)?)
            .bind(credential_version)
            .bind(&place.at)
            .execute(connection)
            .await?;
            one(&changed, "connection")
        }
        Event::IntegrationRemoved { integration_id } => {
            // The credentials go with the same statement: a removed connection never keeps them.
            let changed = sqlx::query(
                "UPDATE integrations SET status = 'disconnected', credentials_encrypted = NULL, updated_at = ?2
                 WHERE id = ?1 AND status <> 'disconnected'",
            )
            .bind(integration_id.to_string())
            .bind(&place.at)
            .execute(connection)
            .await?;
            one(&changed, "connection")
        }
        _ => Ok(()),
    }
}
