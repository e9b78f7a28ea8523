//! Settings of this vault that are not evidence: schedule times, notification choices.

crate::key_value::key_value!("settings");
