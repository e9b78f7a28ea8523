//! What a person began to type and did not finish. Never a secret: a dialog's secret fields are not drafted.

crate::key_value::key_value!("drafts");
