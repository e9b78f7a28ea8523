//! The one contract that the window and the command line speak: requests and answers in camelCase JSON, and the table
//! of commands (see `commands`). `ts-rs` writes the TypeScript of every type here into `ui/src/ipc/generated`.

mod access;
mod activity;
mod catalogue;
mod company;
mod control;
mod error;
mod evidence_items;
mod imports;
mod integrations;
mod parameters;
mod reevaluation;
mod table;

pub use access::*;
pub use activity::*;
pub use catalogue::*;
pub use company::*;
pub use control::*;
pub use error::ApiError;
pub use evidence_items::*;
pub use imports::*;
pub use integrations::*;
pub use parameters::*;
pub use reevaluation::*;
pub(crate) use table::commands;
