//! Files of a repository.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use stand_in::seed::mix;

use super::{READ, everywhere};
use crate::company::Repo;
use crate::refusal::Refusal;
use crate::route::{Call, Given, Place, Route, Whose};

pub(super) const ROUTES: &[Route] = &[
    Route {
        place: Place::Repo,
        path: "contents/**",
        needs: &[&[("contents", READ)]],
        scopes: &["repo", "public_repo"],
        whose: Whose::Member,
        on: everywhere,
        serve: contents,
    },
    Route {
        place: Place::Repo,
        path: "codeowners/errors",
        needs: &[&[("contents", READ)]],
        scopes: &["repo", "public_repo"],
        whose: Whose::Member,
        on: everywhere,
        serve: codeowners_errors,
    },
];

/// Where CODEOWNERS may be.
const CODEOWNERS: [&str; 3] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

fn at_the_branch(call: &Call, repo: &Repo) -> Result<(), Refusal> {
    if repo.empty {
        return Err(Refusal::new(404, "This repository is empty."));
    }
    match call.query.get("ref") {
        Some(name) if name != repo.default_branch => Err(Refusal::new(
            404,
            format!("No commit found for the ref {name}"),
        )),
        _ => Ok(()),
    }
}

fn contents<'a>(call: &Call<'a>) -> Result<Given<'a>, Refusal> {
    let repo = call.repo()?;
    at_the_branch(call, repo)?;
    let path = call.rest(0).trim_end_matches('/');
    if let Some(text) = repo.files.get(path) {
        let raw = call
            .request
            .header("accept")
            .is_some_and(|accept| accept.contains(".raw"));
        if raw {
            return Ok(Given::Raw(text.clone().into_bytes()));
        }
        let mut entry = entry(call, repo, path, Some(text));
        let lines: Vec<String> = STANDARD
            .encode(text)
            .as_bytes()
            .chunks(60)
            .map(|line| String::from_utf8_lossy(line).into_owned())
            .collect();
        entry["content"] = json!(lines.join("\n") + "\n");
        entry["encoding"] = json!("base64");
        return Ok(Given::One(entry));
    }
    // A folder is what files are in.
    let prefix = if path.is_empty() {
        String::new()
    } else {
        format!("{path}/")
    };
    let mut names: Vec<&str> = repo
        .files
        .keys()
        .filter_map(|name| name.strip_prefix(&prefix))
        .map(|rest| rest.split('/').next().unwrap_or_default())
        .collect();
    names.dedup();
    if names.is_empty() {
        return Err(Refusal::not_found());
    }
    let entries = names
        .into_iter()
        .map(|name| {
            let path = format!("{prefix}{name}");
            entry(call, repo, &path, repo.files.get(&path).map(String::as_str))
        })
        .collect();
    Ok(Given::One(Value::Array(entries)))
}

/// A file, or a folder without a text.
fn entry(call: &Call, repo: &Repo, path: &str, text: Option<&str>) -> Value {
    let place = format!("{}/{}", call.company.login, repo.name);
    let branch = &repo.default_branch;
    let mark = path
        .bytes()
        .fold(repo.id, |sum, byte| mix(sum ^ u64::from(byte)));
    let sha = format!("{mark:016x}{:016x}{:08x}", mix(mark), mix(mark ^ 1) >> 32);
    let url = format!("https://api.github.com/repos/{place}/contents/{path}?ref={branch}");
    let (kind, tree) = if text.is_some() {
        ("file", "blobs")
    } else {
        ("dir", "trees")
    };
    let git = format!("https://api.github.com/repos/{place}/git/{tree}/{sha}");
    let html = format!("https://github.com/{place}/blob/{branch}/{path}");
    json!({
        "type": kind, "name": path.rsplit('/').next(), "path": path, "size": text.map_or(0, str::len), "sha": sha,
        "url": url, "git_url": git, "html_url": html, "download_url": null,
        "_links": {"self": url, "git": git, "html": html},
    })
}

fn codeowners_errors<'a>(call: &Call<'a>) -> Result<Given<'a>, Refusal> {
    let repo = call.repo()?;
    at_the_branch(call, repo)?;
    if !CODEOWNERS.iter().any(|path| repo.files.contains_key(*path)) {
        return Err(Refusal::not_found());
    }
    Ok(Given::One(json!({"errors": repo.codeowners_errors})))
}
