//! Files that say who answers for code and how to report a flaw: whether they are there, not what is in them.

use super::{
    read::{self, Each, Refusal, Says, Shape},
    repositories::ONE_EACH,
};
use provider_kit::{Dataset, Malformed, RawPage, Reader};
use serde::Deserialize;
use serde_json::{Value, json};

/// The folders in which GitHub looks for such a file, in its order.
pub const PLACES: [&str; 3] = [".github/", "", "docs/"];

const ABSENT: Refusal = (404, "", Says::Off);

const FILES: Dataset = Dataset {
    permissions: &["contents:read", "metadata:read"],
    records: Reader::Page(file),
    // The content is not needed, and the address to download it carries a token.
    removed: &["/content", "/download_url"],
    ..ONE_EACH
};

/// Who answers for code.
pub static CODEOWNERS: Dataset = Dataset {
    id: "github.codeowners",
    title: "CODEOWNERS files",
    what: "Whether each repository has a CODEOWNERS file, and where.",
    objectives: &["3.4.3[b]", "3.4.5[g]"],
    ..FILES
};

/// Lines of such a file that GitHub can't use.
pub static CODEOWNERS_ERRORS: Dataset = Dataset {
    id: "github.codeowners_errors",
    title: "CODEOWNERS errors",
    what: "The lines of each CODEOWNERS file that GitHub can't use.",
    records: Reader::Page(|page| read::about(page, Shape::Object, &[ABSENT])),
    removed: &[],
    ..CODEOWNERS
};

/// How to report a flaw.
pub static SECURITY_POLICIES: Dataset = Dataset {
    id: "github.security_policies",
    title: "Security policies",
    what: "Whether each public repository, or the organization for all of them, says in SECURITY.md how to report a vulnerability.",
    objectives: &["3.6.2[c]", "3.14.1[c]"],
    ..FILES
};

/// A file that was asked for.
#[derive(Clone, Debug, Deserialize)]
pub struct File {
    /// `file`; a link or folder of the name is none.
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

/// The lines that GitHub can't use.
#[derive(Clone, Debug, Deserialize)]
pub struct CodeownersErrors {
    /// One each.
    pub errors: Option<Each<Value>>,
}

/// A folder of the file's name answers with a list; it is told as what it is.
fn file(page: &RawPage<'_>) -> Result<Vec<Value>, Malformed> {
    match read::about(page, Shape::Object, &[ABSENT]) {
        Err(error) => {
            let mut records = read::about(page, Shape::List, &[]).map_err(|_| error)?;
            for record in &mut records {
                record["answer"] = json!({ "type": "dir" });
            }
            Ok(records)
        }
        records => records,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{super::read::tests::origin, *};

    #[test]
    fn a_file_a_folder_and_nothing_are_told_apart() {
        let ask = |status, body: &str| {
            let origin = origin(status, Some("a/b:docs/CODEOWNERS"));
            let page = RawPage {
                body: body.as_bytes(),
                origin: &origin,
            };
            CODEOWNERS.read(&page).map(|mut rows| rows.remove(0))
        };
        let there = ask(200, r#"{"type":"file"}"#).unwrap();
        assert_eq!(
            (&there["@part"], &there["answer"]["type"]),
            (&json!("docs/CODEOWNERS"), &json!("file"))
        );
        assert_eq!(ask(200, "[]").unwrap()["answer"]["type"], "dir");
        assert_eq!(
            ask(404, r#"{"message":"Not Found"}"#).unwrap()["@says"],
            "off"
        );
        assert!(ask(403, r#"{"message":"Forbidden"}"#).is_err());
        assert!(ask(200, "7").is_err());
    }
}
