//! The encrypted database of one company.
