//! The part of OData that Graph v1.0 understands, with its refusals.

pub(crate) mod filter;
pub(crate) mod query;
