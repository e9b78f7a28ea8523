//! Compiles the window's permissions: hand-written, and named here by path because the package's root is the repository's.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let manifest =
        tauri_build::AppManifest::new().permissions_path_pattern("src-tauri/permissions/*.toml");
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("src-tauri/capabilities/*.json")
        .app_manifest(manifest);
    Ok(tauri_build::try_build(attributes)?)
}
