//! Waits for due moments while the app runs. `tokio-cron-scheduler` ticks the due minute; as it polls twice a second, it is
//! started shortly before that minute and stopped after it, so that an idle app stays idle.

use crate::{
    App, ProgressSink,
    api::{ApiError, DueRun, Nothing},
    schedule,
};
use std::{sync::Arc, time::Duration};
use tokio::sync::mpsc;
use tokio_cron_scheduler::{Job, JobScheduler};
use tokio_util::sync::CancellationToken;

/// The wall clock is looked at this often: a sleeping computer does not count down.
const LOOK: Duration = Duration::from_secs(60);

/// Within this time before a due moment the ticking begins.
const SOON_S: i64 = 45;

/// Runs what is due, for as long as the app lives. `done` hears of every run that was made and of every failure.
pub async fn keep_schedule(
    app: Arc<App>,
    progress: ProgressSink,
    stop: CancellationToken,
    done: impl Fn(Result<DueRun, ApiError>) + Send + Sync,
) {
    loop {
        if app.opened().is_some() {
            match schedule::run_due(&app, Nothing {}, &progress).await {
                Ok(ran) if ran.due.is_some() => done(Ok(ran)),
                Ok(_) => {}
                // Somebody collects by hand; what is due stays due.
                Err(error) if error.code == "busy" => {}
                Err(error) => done(Err(error)),
            }
        }
        let wait = wait_for_next(&app);
        tokio::select! {
            () = stop.cancelled() => return,
            () = wait => {}
        }
    }
}

async fn wait_for_next(app: &App) {
    let next = match app.opened() {
        Some(open) => schedule::next_due(app, &open).await.ok().flatten(),
        None => None,
    };
    let left = next.map(|next| next.unix() - app.now().unix());
    match left {
        Some(left) if (1..=SOON_S).contains(&left) => {
            if tick_until(app, left).await.is_err() {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
        Some(left) if left > SOON_S => {
            let until_soon = Duration::from_secs(u64::try_from(left - SOON_S).unwrap_or(1).max(1));
            tokio::time::sleep(until_soon.min(LOOK)).await;
        }
        _ => tokio::time::sleep(LOOK).await,
    }
}

/// Ticks every second until the due moment is there.
async fn tick_until(app: &App, left: i64) -> Result<(), tokio_cron_scheduler::JobSchedulerError> {
    let (ticks, mut ticked) = mpsc::channel(1);
    let mut scheduler = JobScheduler::new().await?;
    let job = Job::new_async("* * * * * *", move |_, _| {
        let ticks = ticks.clone();
        Box::pin(async move {
            // A tick that nobody took yet is enough.
            let _ = ticks.try_send(());
        })
    })?;
    scheduler.add(job).await?;
    scheduler.start().await?;
    let due = app.now().unix() + left;
    while app.now().unix() < due && ticked.recv().await.is_some() {}
    scheduler.shutdown().await
}
