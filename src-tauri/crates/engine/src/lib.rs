//! The service layer: companies, connect, sync, collect, status, score, schedule.
