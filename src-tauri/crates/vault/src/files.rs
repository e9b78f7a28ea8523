//! The files of a vault: plain, private, ours; the header in two copies that are never both at risk.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use crate::header::{Header, HeaderNotice, ReadHeader};
use crate::{Secret32, VaultError};

/// The header.
pub const HEADER_FILE: &str = "vault.hdr";
/// Its second copy.
pub const HEADER_BACKUP_FILE: &str = "vault.hdr.bak";

/// Enough of a longer file to read who wrote a later format.
const READ_LIMIT: u64 = 64 * 1024;

/// The moments between which a write can be cut off; tests stop at each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// A temporary file was opened, nothing is in it.
    Created(&'static str),
    /// Half of it is written.
    HalfWritten(&'static str),
    /// It is complete and on the disk, under its temporary name.
    Synced(&'static str),
    /// It has its final name.
    Renamed(&'static str),
    /// The first copy was read back and is right.
    ReadBack,
}

/// What one copy turned out to be.
enum Copy {
    Good(Box<ReadHeader>),
    Damaged,
    Missing,
}

/// The usable copies, best first, and what was noticed.
pub(crate) struct Copies {
    pub best: ReadHeader,
    /// Tried when `best` turns out not to be sealed by the root key.
    pub other: Option<ReadHeader>,
    pub notice: Option<HeaderNotice>,
}

/// Reads both copies and picks one.
///
/// # Errors
/// `NotAVault`, `HeaderDamaged`, `ForeignHeader`, `NewerFormat`, `UnsafeFile`, `Io`.
pub(crate) fn read_copies(dir: &Path) -> Result<Copies, VaultError> {
    let first = read_copy(dir, HEADER_FILE)?;
    let second = read_copy(dir, HEADER_BACKUP_FILE)?;
    let copies = match (first, second) {
        (Copy::Good(first), Copy::Good(second)) => {
            if first.header.vault_id != second.header.vault_id {
                return Err(VaultError::ForeignHeader);
            }
            // The first copy is always written first, so a newer second one means that an old file was put back.
            if second.header.generation > first.header.generation {
                Copies {
                    best: *second,
                    other: Some(*first),
                    notice: Some(HeaderNotice::FirstCopyOlder),
                }
            } else {
                Copies {
                    best: *first,
                    other: Some(*second),
                    notice: None,
                }
            }
        }
        (Copy::Good(first), _) => Copies {
            best: *first,
            other: None,
            notice: Some(HeaderNotice::SecondCopyUnusable),
        },
        (Copy::Damaged, Copy::Good(second)) => Copies {
            best: *second,
            other: None,
            notice: Some(HeaderNotice::FirstCopyDamaged),
        },
        (Copy::Missing, Copy::Good(second)) => Copies {
            best: *second,
            other: None,
            notice: Some(HeaderNotice::FirstCopyMissing),
        },
        (Copy::Missing, Copy::Missing) => return Err(VaultError::NotAVault),
        (Copy::Damaged, Copy::Damaged) => return Err(VaultError::HeaderDamaged { both: true }),
        _ => return Err(VaultError::HeaderDamaged { both: false }),
    };
    check_folder_name(dir, &copies.best.header)?;
    Ok(copies)
}

impl Header {
    /// Reads a vault's header without any key, for a list of locked companies: id, mode, generation.
    /// Nothing in it is authenticated yet.
    ///
    /// # Errors
    /// As [`crate::Vault::open`], as far as files are concerned.
    pub fn read(dir: &Path) -> Result<(Self, Option<HeaderNotice>), VaultError> {
        check_dir(dir)?;
        let copies = read_copies(dir)?;
        Ok((copies.best.header, copies.notice))
    }

    /// Puts the header from a backup into a folder that holds no vault. The bytes are those of
    /// [`crate::Vault::header_bytes`] or of a header file.
    ///
    /// # Errors
    /// `AlreadyAVault`, `HeaderDamaged`, `ForeignHeader` when the folder is named after another vault, `NewerFormat`,
    /// or those of the file system.
    pub fn install(dir: &Path, bytes: &[u8]) -> Result<Self, VaultError> {
        let read = ReadHeader::parse(bytes)?.ok_or(VaultError::HeaderDamaged { both: false })?;
        check_folder_name(dir, &read.header)?;
        prepare_dir(dir)?;
        write_copies(dir, bytes, &mut |_| Ok(()))?;
        Ok(read.header)
    }
}

/// A company's folder is named by its vault id; a header in another one was copied there.
fn check_folder_name(dir: &Path, header: &Header) -> Result<(), VaultError> {
    let named = dir
        .file_name()
        .and_then(|name| name.to_str())
        .and_then(|name| uuid::Uuid::parse_str(name).ok());
    if named.is_some_and(|id| id != header.vault_id) {
        return Err(VaultError::ForeignHeader);
    }
    Ok(())
}

fn read_copy(dir: &Path, name: &'static str) -> Result<Copy, VaultError> {
    let Some(file) = open_plain(&dir.join(name), name)? else {
        return Ok(Copy::Missing);
    };
    let mut bytes = Vec::new();
    file.take(READ_LIMIT)
        .read_to_end(&mut bytes)
        .map_err(|error| VaultError::reading(name, &error))?;
    Ok(match ReadHeader::parse(&bytes)? {
        Some(read) => Copy::Good(Box::new(read)),
        None => Copy::Damaged,
    })
}

/// The generation of the first copy on the disk, if the root key sealed it. A damaged or forged copy does not count:
/// it must not keep the genuine vault from repairing it.
pub(crate) fn generation_on_disk(dir: &Path, root: &Secret32) -> Result<Option<u64>, VaultError> {
    Ok(match read_copy(dir, HEADER_FILE)? {
        Copy::Good(read) if read.is_sealed_by(root) => Some(read.header.generation),
        _ => None,
    })
}

/// Writes both copies, the second only after the first was read back. At every moment one of them is whole.
pub(crate) fn write_copies(
    dir: &Path,
    bytes: &[u8],
    step: &mut dyn FnMut(Step) -> io::Result<()>,
) -> Result<(), VaultError> {
    replace(dir, HEADER_FILE, bytes, step)?;
    let mut back = Vec::new();
    let file = open_plain(&dir.join(HEADER_FILE), HEADER_FILE)?.ok_or(VaultError::NotAVault)?;
    file.take(READ_LIMIT)
        .read_to_end(&mut back)
        .map_err(|error| VaultError::reading(HEADER_FILE, &error))?;
    if back != bytes {
        return Err(VaultError::HeaderDamaged { both: false });
    }
    step(Step::ReadBack).map_err(|error| VaultError::writing(HEADER_FILE, &error))?;
    replace(dir, HEADER_BACKUP_FILE, bytes, step)
}

fn replace(
    dir: &Path,
    name: &'static str,
    bytes: &[u8],
    step: &mut dyn FnMut(Step) -> io::Result<()>,
) -> Result<(), VaultError> {
    let temporary = dir.join(format!("{name}.tmp"));
    let target = dir.join(name);
    // A link in the place of the file is somebody's trap or mistake: say so rather than replace it.
    drop(open_plain(&target, name)?);
    let mut write = || -> io::Result<()> {
        match fs::remove_file(&temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        private(&mut options);
        let mut file = options.open(&temporary)?;
        step(Step::Created(name))?;
        let (head, tail) = bytes.split_at(bytes.len() / 2);
        file.write_all(head)?;
        step(Step::HalfWritten(name))?;
        file.write_all(tail)?;
        file.sync_all()?;
        drop(file);
        step(Step::Synced(name))?;
        fs::rename(&temporary, &target)?;
        step(Step::Renamed(name))?;
        sync_dir(dir)
    };
    write().map_err(|error| VaultError::writing(name, &error))
}

/// Opens a file for reading if it is there, plain, and ours.
pub(crate) fn open_plain(path: &Path, what: &'static str) -> Result<Option<File>, VaultError> {
    let mut options = OpenOptions::new();
    options.read(true);
    no_follow(&mut options);
    let file = match options.open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(_) if path.is_symlink() => return Err(VaultError::UnsafeFile { what }),
        Err(error) => return Err(VaultError::reading(what, &error)),
    };
    let metadata = file
        .metadata()
        .map_err(|error| VaultError::reading(what, &error))?;
    if path.is_symlink() || !metadata.is_file() || !is_ours(&metadata) {
        return Err(VaultError::UnsafeFile { what });
    }
    Ok(Some(file))
}

/// The folder must be a real one and ours.
pub(crate) fn check_dir(dir: &Path) -> Result<(), VaultError> {
    const WHAT: &str = "the vault's folder";
    let metadata = match fs::symlink_metadata(dir) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(VaultError::NotAVault),
        Err(error) => return Err(VaultError::reading(WHAT, &error)),
    };
    if metadata.is_dir() && is_ours(&metadata) {
        Ok(())
    } else {
        Err(VaultError::UnsafeFile { what: WHAT })
    }
}

/// Makes the folder, readable by its owner only, or takes an existing one that is ours and holds no vault.
pub(crate) fn prepare_dir(dir: &Path) -> Result<(), VaultError> {
    const WHAT: &str = "the vault's folder";
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    if fs::symlink_metadata(dir).is_err() {
        builder
            .create(dir)
            .map_err(|error| VaultError::writing(WHAT, &error))?;
        if let Some(parent) = dir.parent() {
            sync_dir(parent).map_err(|error| VaultError::writing(WHAT, &error))?;
        }
    }
    check_dir(dir)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(dir, fs::Permissions::from_mode(0o700))
            .map_err(|error| VaultError::writing(WHAT, &error))?;
    }
    for name in [HEADER_FILE, HEADER_BACKUP_FILE] {
        if fs::symlink_metadata(dir.join(name)).is_ok() {
            return Err(VaultError::AlreadyAVault);
        }
    }
    Ok(())
}

/// Files are made readable and writable by their owner only.
pub(crate) fn private(options: &mut OpenOptions) {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    no_follow(options);
}

fn no_follow(options: &mut OpenOptions) {
    #[cfg(unix)]
    {
        // Non-blocking too: a named pipe in the place of a file must not hang the program.
        let flags = rustix::fs::OFlags::NOFOLLOW
            | rustix::fs::OFlags::CLOEXEC
            | rustix::fs::OFlags::NONBLOCK;
        std::os::unix::fs::OpenOptionsExt::custom_flags(options, flags.bits().cast_signed());
    }
    #[cfg(not(unix))]
    let _ = options;
}

fn is_ours(metadata: &fs::Metadata) -> bool {
    #[cfg(unix)]
    {
        owner_is_accepted(
            std::os::unix::fs::MetadataExt::uid(metadata),
            rustix::process::geteuid().as_raw(),
        )
    }
    #[cfg(not(unix))]
    {
        let _ = metadata;
        true
    }
}

#[cfg(unix)]
fn owner_is_accepted(owner: u32, me: u32) -> bool {
    owner == me
}

/// Makes a rename survive a power cut. Other systems than Unix do so by themselves.
fn sync_dir(dir: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        let dir = if dir.as_os_str().is_empty() {
            Path::new(".")
        } else {
            dir
        };
        File::open(dir)?.sync_all()
    }
    #[cfg(not(unix))]
    {
        let _ = dir;
        Ok(())
    }
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn another_users_file_is_not_ours() {
        assert!(owner_is_accepted(1000, 1000));
        assert!(!owner_is_accepted(1001, 1000));
        assert!(
            !owner_is_accepted(1000, 0),
            "root does not trust a user's files either"
        );
    }

    #[test]
    fn links_pipes_and_folders_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let (real, link) = (dir.path().join("real"), dir.path().join("link"));
        fs::write(&real, b"x").unwrap();
        symlink(&real, &link).unwrap();
        symlink(dir.path().join("nowhere"), dir.path().join("dangling")).unwrap();
        fs::create_dir(dir.path().join("folder")).unwrap();
        assert!(open_plain(&real, "f").unwrap().is_some());
        assert!(
            open_plain(&dir.path().join("absent"), "f")
                .unwrap()
                .is_none()
        );
        for name in ["link", "dangling", "folder"] {
            let answer = open_plain(&dir.path().join(name), "f");
            assert!(
                matches!(answer, Err(VaultError::UnsafeFile { .. })),
                "{name}: {answer:?}"
            );
        }
    }

    #[test]
    fn a_linked_folder_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let link = dir.path().join("link");
        symlink(dir.path(), &link).unwrap();
        assert!(matches!(
            check_dir(&link),
            Err(VaultError::UnsafeFile { .. })
        ));
        assert!(matches!(
            prepare_dir(&link),
            Err(VaultError::UnsafeFile { .. })
        ));
    }

    #[test]
    fn a_new_folder_and_its_files_are_private() {
        let dir = tempfile::tempdir().unwrap();
        let company = dir.path().join("a/b");
        prepare_dir(&company).unwrap();
        write_copies(&company, b"bytes", &mut |_| Ok(())).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&company), 0o700);
        assert_eq!(mode(&company.join(HEADER_FILE)), 0o600);
        assert_eq!(mode(&company.join(HEADER_BACKUP_FILE)), 0o600);
        assert!(matches!(
            prepare_dir(&company),
            Err(VaultError::AlreadyAVault)
        ));
    }

    #[test]
    fn full_and_read_only_disks_have_their_own_errors() {
        let full = io::Error::from(io::ErrorKind::StorageFull);
        assert!(matches!(
            VaultError::writing("f", &full),
            VaultError::NoSpace { .. }
        ));
        let read_only = io::Error::from(io::ErrorKind::ReadOnlyFilesystem);
        assert!(matches!(
            VaultError::writing("f", &read_only),
            VaultError::ReadOnly { .. }
        ));
    }
}
