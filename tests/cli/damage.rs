//! Damage on the disk is noticed: never a silent success with different data, never a fresh empty vault in its place.

use end_to_end::answer::exit;
use end_to_end::desk::copy_folder;
use end_to_end::{Desk, Entra};
use std::path::{Path, PathBuf};

/// A company with evidence, and what its commands print while it is whole.
struct Whole {
    desk: Desk,
    untouched: PathBuf,
    printed: Vec<(Vec<&'static str>, String)>,
}

const READERS: [&[&str]; 2] = [&["findings"], &["evidence", "list"]];

impl Whole {
    fn new() -> Self {
        let desk = Desk::with_company();
        let entra = Entra::start();
        entra.connect(&desk);
        desk.cmmc(&["sync"]).ok();
        desk.cmmc(&[
            "determine",
            "3.1.1[a]",
            "met",
            "--by",
            "Nora Quill",
            "--why",
            "Seen.",
        ])
        .ok();
        let untouched = desk.path("untouched");
        copy_folder(&desk.data(), &untouched);
        let printed = READERS
            .iter()
            .map(|words| {
                let answer = desk.cmmc(words);
                answer.ok();
                (words.to_vec(), answer.stdout)
            })
            .collect();
        Self {
            desk,
            untouched,
            printed,
        }
    }

    /// Puts the whole vault back and gives its folder.
    fn restore(&self) -> PathBuf {
        std::fs::remove_dir_all(self.desk.data()).unwrap();
        copy_folder(&self.untouched, &self.desk.data());
        self.desk.vault()
    }

    /// Whether the damage was noticed by `vault verify`; fails when any command gave different data without a word.
    fn judge(&self, what: &str) -> bool {
        let verify = self.desk.cmmc(&["vault", "verify"]);
        let noticed = match verify.code {
            Some(exit::DONE) => {
                assert_eq!(verify.json()["ok"], true, "{what}");
                false
            }
            Some(exit::NOT_INTACT) if verify.json()["problems"].is_array() => {
                assert!(
                    !verify.json()["problems"].as_array().unwrap().is_empty(),
                    "{what}: {verify:#?}"
                );
                true
            }
            Some(code @ (exit::VAULT | exit::NOT_INTACT | exit::OTHER)) => {
                verify.error(code);
                true
            }
            _ => panic!("{what}: {verify:#?}"),
        };
        for (words, whole) in &self.printed {
            let answer = self.desk.cmmc(words);
            match answer.code {
                Some(exit::DONE) => assert_eq!(
                    &answer.stdout, whole,
                    "{what}: different data without a word"
                ),
                Some(code @ (exit::VAULT | exit::NOT_INTACT | exit::OTHER)) => {
                    assert!(
                        noticed,
                        "{what}: verify saw nothing, {words:?} failed: {answer:#?}"
                    );
                    answer.error(code);
                }
                _ => panic!("{what}: {answer:#?}"),
            }
        }
        noticed
    }
}

fn flip(file: &Path, at: usize) {
    let mut bytes = std::fs::read(file).unwrap();
    bytes[at] ^= 0x10;
    std::fs::write(file, bytes).unwrap();
}

fn cut(file: &Path, length: u64) {
    std::fs::File::options()
        .write(true)
        .open(file)
        .unwrap()
        .set_len(length)
        .unwrap();
}

#[test]
fn a_flipped_byte_anywhere_is_noticed() {
    let whole = Whole::new();
    let size = std::fs::read(whole.desk.vault().join("vault.db"))
        .unwrap()
        .len();
    let mut noticed = 0;
    let places: Vec<usize> = (0..24)
        .map(|n| n * size / 24 + (n * 1237) % 4096)
        .chain([0, 15, 16, 24, 100, size - 1])
        .collect();
    for at in &places {
        let vault = whole.restore();
        flip(&vault.join("vault.db"), *at);
        noticed += usize::from(whole.judge(&format!("byte {at} of {size} of vault.db flipped")));
    }
    assert_eq!(noticed, places.len(), "every page is authenticated");

    // One damaged header is made good by the other; two are not.
    let size = std::fs::read(whole.desk.vault().join("vault.hdr"))
        .unwrap()
        .len();
    for n in 0..6 {
        let at = n * size / 6 + 3;
        let vault = whole.restore();
        flip(&vault.join("vault.hdr"), at);
        whole.judge(&format!("byte {at} of {size} of vault.hdr flipped"));
        let vault = whole.restore();
        flip(&vault.join("vault.hdr"), at);
        flip(&vault.join("vault.hdr.bak"), at);
        assert!(whole.judge(&format!("byte {at} of {size} of both headers flipped")));
    }
}

#[test]
fn a_truncated_file_is_noticed() {
    let whole = Whole::new();
    let size = std::fs::metadata(whole.desk.vault().join("vault.db"))
        .unwrap()
        .len();
    let lengths = [
        0,
        1,
        15,
        16,
        100,
        1024,
        4095,
        4096,
        4097,
        8192,
        size / 3,
        size / 2,
        size - 4097,
        size - 4096,
        size - 1,
    ];
    for length in lengths {
        let vault = whole.restore();
        cut(&vault.join("vault.db"), length);
        assert!(whole.judge(&format!("vault.db cut to {length} of {size}")));
        let left = std::fs::metadata(vault.join("vault.db")).unwrap().len();
        assert_eq!(
            left, length,
            "nothing was written in place of what is missing"
        );
    }
    let size = std::fs::metadata(whole.desk.vault().join("vault.hdr"))
        .unwrap()
        .len();
    for length in [0, 1, size / 2, size - 1] {
        let vault = whole.restore();
        cut(&vault.join("vault.hdr"), length);
        whole.judge(&format!("vault.hdr cut to {length} of {size}"));
        let vault = whole.restore();
        cut(&vault.join("vault.hdr"), length);
        cut(&vault.join("vault.hdr.bak"), length);
        assert!(whole.judge(&format!("both headers cut to {length} of {size}")));
    }
    let vault = whole.restore();
    std::fs::remove_file(vault.join("vault.db")).unwrap();
    assert!(whole.judge("vault.db deleted"));
    assert!(
        !vault.join("vault.db").exists(),
        "no empty vault in its place"
    );
}

#[test]
fn another_companys_header_does_not_open_this_vault() {
    let (ours, theirs) = (Desk::with_company(), Desk::with_company());
    for name in ["vault.hdr", "vault.hdr.bak"] {
        std::fs::copy(theirs.vault().join(name), ours.vault().join(name)).unwrap();
    }
    // The passphrase is the same on both, so the header itself opens.
    for words in [
        &["status"][..],
        &["vault", "verify"],
        &["determine", "3.1.1[a]", "not_met", "--by", "N"],
    ] {
        ours.cmmc(words).error(exit::VAULT);
    }
}

#[test]
fn another_companys_database_is_not_taken_for_this_one() {
    let (ours, theirs) = (Desk::with_company(), Desk::with_company());
    std::fs::copy(
        theirs.vault().join("vault.db"),
        ours.vault().join("vault.db"),
    )
    .unwrap();
    let answer = ours.cmmc(&["status"]);
    assert!(
        [Some(exit::VAULT), Some(exit::NOT_INTACT)].contains(&answer.code),
        "{answer:#?}"
    );
}
