//! What the scheduler remembers: what is due follows from this, not from a running timer.

crate::key_value::key_value!("schedule_state");
