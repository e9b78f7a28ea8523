//! Bundles the demo company's made-up answers: every provider that has some keeps them in its own folder as
//! `demo/<dataset>.<n>.<ending>`; they become a table of bytes.

use std::{env, error::Error, fmt::Write as _, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let providers = Path::new(&env::var("CARGO_MANIFEST_DIR")?)
        .join("../../providers")
        .canonicalize()?;
    println!("cargo::rerun-if-changed={}", providers.display());
    let mut files = Vec::new();
    for provider in fs::read_dir(&providers)? {
        let provider = provider?;
        let Ok(demo) = fs::read_dir(provider.path().join("demo")) else {
            continue;
        };
        for file in demo {
            files.push((
                provider.file_name().to_string_lossy().into_owned(),
                file?.path(),
            ));
        }
    }
    files.sort();
    let mut table = String::from("pub(super) static PAGES: &[super::BundledPage] = &[\n");
    for (provider, path) in files {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let dataset = name.split('.').next().unwrap_or_default();
        writeln!(
            table,
            "({provider:?}, \"{provider}.{dataset}\", include_bytes!({:?})),",
            path.display().to_string()
        )?;
    }
    table.push_str("];\n");
    fs::write(
        Path::new(&env::var("OUT_DIR")?).join("demo_bundle.rs"),
        table,
    )?;
    Ok(())
}
