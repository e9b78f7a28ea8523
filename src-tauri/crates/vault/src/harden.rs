//! Keeps keys out of core dumps and away from other processes' debuggers.

use crate::VaultError;

/// No core dumps (Unix), and no attaching by other processes of the same user (Linux). Call first thing in `main`.
/// Does nothing on other systems.
///
/// # Errors
/// [`VaultError::Io`] when the operating system refuses; the program may go on, but should log it.
pub fn harden_process() -> Result<(), VaultError> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        setrlimit(
            Resource::Core,
            Rlimit {
                current: Some(0),
                maximum: Some(0),
            },
        )
        .map_err(|error| VaultError::reading("the limit on core dumps", &error.into()))?;
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        set_dumpable_behavior(DumpableBehavior::NotDumpable)
            .map_err(|error| VaultError::reading("the dumpable flag", &error.into()))?;
    }
    Ok(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};

    #[test]
    fn a_hardened_process_leaves_no_dump() {
        super::harden_process().unwrap();
        assert_eq!(getrlimit(Resource::Core).maximum, Some(0));
        assert!(matches!(
            dumpable_behavior().unwrap(),
            DumpableBehavior::NotDumpable
        ));
    }
}
