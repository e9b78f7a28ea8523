//! Bundles the demo company's made-up answers: every provider that has some keeps them in its own folder as
//! `demo/<dataset>.<n>.<ending>`; they become a table of bytes. `demo/origins.json` says of the pages it names, as
//! `<dataset>.<n>`, what their bodies do not: region (`place`), what they are about (`subject`), and another `status`.

use std::{
    collections::BTreeMap,
    env,
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

/// The file that is no page.
const ORIGINS: &str = "origins.json";

fn main() -> Result<(), Box<dyn Error>> {
    let providers = Path::new(&env::var("CARGO_MANIFEST_DIR")?)
        .join("../../providers")
        .canonicalize()?;
    println!("cargo::rerun-if-changed={}", providers.display());
    let mut files: Vec<(String, PathBuf)> = Vec::new();
    let mut origins = BTreeMap::new();
    for provider in fs::read_dir(&providers)? {
        let provider = provider?;
        let name = provider.file_name().to_string_lossy().into_owned();
        let demo = provider.path().join("demo");
        let Ok(pages) = fs::read_dir(&demo) else {
            continue;
        };
        for file in pages {
            let file = file?.path();
            if file.file_name().is_some_and(|file| file != ORIGINS) {
                files.push((name.clone(), file));
            }
        }
        if let Ok(text) = fs::read(demo.join(ORIGINS)) {
            origins.insert(name, serde_json::from_slice::<serde_json::Value>(&text)?);
        }
    }
    // Pages in their order: 2 before 10.
    files.sort_by_key(|(provider, path)| {
        let name = file_name(path);
        let mut parts = name.split('.').map(str::to_owned);
        let dataset = parts.next();
        let number: Option<u32> = parts.next().and_then(|number| number.parse().ok());
        (provider.clone(), dataset, number)
    });
    let mut table = String::from("pub(super) static PAGES: &[super::BundledPage] = &[\n");
    for (provider, path) in files {
        let name = file_name(&path);
        let dataset = name.split('.').next().unwrap_or_default();
        let stem = name
            .rsplit_once('.')
            .map_or(name.as_str(), |(stem, _)| stem);
        let origin = origins.get(&provider).map(|all| &all[stem]);
        let text = |member: &str| origin.and_then(|origin| origin[member].as_str());
        let status = origin.and_then(|origin| origin["status"].as_u64());
        writeln!(
            table,
            "super::BundledPage {{ provider: {provider:?}, dataset: \"{provider}.{dataset}\", place: {:?}, subject: {:?}, status: {}, body: include_bytes!({:?}) }},",
            text("place"),
            text("subject"),
            status.unwrap_or(200),
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

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
