//! A made-up service whose answers are switched while a test runs.

use async_trait::async_trait;
use bytes::Bytes;
use evidence::{Completeness, PageRequest, Reason, Severity, UnknownCode};
use provider_kit::{
    Check, Clouds, Collected, Connection, Dataset, ErrorClass, Grant, GrantState, Identity, Judge,
    LegacyRule, LegacyShare, Malformed, Manifest, Origin, Page, PageSink, Provider, ProviderError,
    Reader, Reperform, Session, Verdict, WhenEmpty, conditional::Tag,
};
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError},
};

/// The secret that the service accepts. Unmistakable, so that it can be sought wherever it must not be.
pub const SECRET: &str = "canary-7Qz!secret-value";

const MANIFEST_TEXT: &str = r#"
id = "fake"
name = "Fake"
category = "identity"
monogram = "Fa"
summary = "Made-up people."
docs_url = "https://docs.fake.example/api"
link_hosts = ["fake.example"]
reads = ["Users."]
never_reads = ["Mail."]

[[cloud]]
id = "global"
label = "Global"
hosts = { api = "https://api.fake.example" }
console = "https://console.fake.example/"

[custom]
fields = ["api_url"]
like_default = "global"

[[auth_method]]
id = "client_secret"
label = "A client secret"
fields = ["client_secret"]

[[field]]
name = "tenant_id"
label = "Tenant ID"
kind = "text"
required = true
example = "t-1"

[[field]]
name = "client_secret"
label = "Client secret"
kind = "secret"
required = true
example = "made-up"

[[field]]
name = "api_url"
label = "API address"
kind = "text"
example = "https://api.fake.example"
advanced = true

[[permission]]
grant = "Users.Read"
why = "Reads the accounts."

[[parameter]]
key = "fake.exempt"
label = "Exempt accounts"
help = "Accounts that need no MFA."
kind = "list"
default = []

[[parameter]]
key = "fake.threshold"
label = "Threshold"
help = "Percent that was enough."
kind = "percent"
default = 80
"#;

static MANIFEST: LazyLock<Manifest> = LazyLock::new(|| Manifest::parse(MANIFEST_TEXT).unwrap());

/// How the service answers for a dataset.
#[derive(Clone, Debug)]
pub enum Answer {
    /// These pages, and that is all.
    Pages(Vec<Value>),
    /// These pages, and more that the row cap leaves out.
    Capped(Vec<Value>),
    /// Pages, and a part that was refused.
    Gap(Vec<Value>, UnknownCode),
    /// These pages with their tags; those whose tag is known already are confirmed instead of sent.
    Tagged(Vec<(&'static str, Value)>),
    /// Refuses.
    Refused(ErrorClass),
    /// These pages, then an error.
    Cut(Vec<Value>, ErrorClass),
    /// Never answers.
    Hangs,
}

/// How the service answers a sign-in.
#[derive(Clone, Debug)]
pub enum SignIn {
    /// As this tenant, where the secret is right.
    As(&'static str),
    /// Refuses with this class.
    Refused(ErrorClass),
    /// Never answers.
    Hangs,
}

struct World {
    sign_in: SignIn,
    answers: BTreeMap<&'static str, Answer>,
    asked: Vec<&'static str>,
}

/// The service.
#[derive(Clone)]
pub struct Fake(Arc<Mutex<World>>);

impl Fake {
    /// One of its own, good in every respect.
    pub fn leaked() -> &'static Self {
        Box::leak(Box::new(Self(Arc::new(Mutex::new(World {
            sign_in: SignIn::As("t-1"),
            answers: good_answers(),
            asked: Vec::new(),
        })))))
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on the dataset is answered like this.
    pub fn answer(&self, dataset: &'static str, answer: Answer) {
        self.world().answers.insert(dataset, answer);
    }

    /// From now on a sign-in is answered like this.
    pub fn sign_in_as(&self, sign_in: SignIn) {
        self.world().sign_in = sign_in;
    }

    /// Everything is good again.
    pub fn mend(&self) {
        let mut world = self.world();
        world.sign_in = SignIn::As("t-1");
        world.answers = good_answers();
    }

    /// The datasets asked for since the last time, sorted.
    pub fn asked(&self) -> Vec<&'static str> {
        let mut asked = std::mem::take(&mut self.world().asked);
        asked.sort_unstable();
        asked
    }
}

/// A person of the service.
pub fn user(id: &str, mfa: bool) -> Value {
    json!({"id": id, "mfa": mfa, "phone": "555-0100", "seen": 1})
}

/// A page of records.
pub fn page(records: &[Value]) -> Value {
    json!({"value": records})
}

fn good_answers() -> BTreeMap<&'static str, Answer> {
    BTreeMap::from([
        (
            USERS.id,
            Answer::Pages(vec![
                page(&[user("ada", true), user("bob", true)]),
                page(&[user("cy", true)]),
            ]),
        ),
        (
            ADMINS.id,
            Answer::Pages(vec![page(&[json!({"id": "ada"})])]),
        ),
        (
            SETTINGS.id,
            Answer::Pages(vec![page(&[json!({"id": "settings", "locked": true})])]),
        ),
        (
            LOGS.id,
            Answer::Capped(vec![page(&[json!({"id": "event-1"})])]),
        ),
    ])
}

fn records(body: &[u8]) -> Result<Vec<Value>, Malformed> {
    let page: Value = serde_json::from_slice(body).map_err(|error| Malformed(error.to_string()))?;
    page.get("value")
        .and_then(Value::as_array)
        .cloned()
        .ok_or_else(|| Malformed("no value".to_owned()))
}

const DATASET: Dataset = Dataset {
    id: "",
    title: "",
    what: "What is there.",
    permissions: &["Users.Read"],
    licence: None,
    key: &["/id"],
    records: Reader::Body(records),
    volatile: &["/seen"],
    removed: &["/phone"],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &[],
};

pub static USERS: Dataset = Dataset {
    id: "fake.users",
    title: "Users",
    objectives: &["3.1.1[a]"],
    ..DATASET
};
pub static ADMINS: Dataset = Dataset {
    id: "fake.admins",
    title: "Administrators",
    ..DATASET
};
pub static SETTINGS: Dataset = Dataset {
    id: "fake.settings",
    title: "Settings",
    ..DATASET
};
pub static LOGS: Dataset = Dataset {
    id: "fake.logs",
    title: "Log",
    row_cap: Some(1),
    ..DATASET
};

const CHECK: Check = Check {
    id: "",
    alias: "",
    version: 1,
    title: "",
    objectives: &[],
    severity: Severity::High,
    remedy: "Mend it.",
    console: &[("*", "https://console.fake.example/")],
    reperform: Reperform {
        portal: "Look.",
        command: "fake list",
    },
    datasets: &[],
    parameters: &[],
    clouds: Clouds::All,
    evaluate: settings_locked,
};

pub static EVERYBODY_HAS_MFA: Check = Check {
    id: "fake.mfa.everybody",
    alias: "FAKE-01",
    title: "Everybody has MFA.",
    objectives: &["3.5.3[d]"],
    datasets: &["fake.users"],
    parameters: &["fake.exempt"],
    evaluate: everybody_has_mfa,
    ..CHECK
};
pub static ADMINS_HAVE_MFA: Check = Check {
    id: "fake.mfa.admins",
    alias: "FAKE-02",
    title: "Every administrator has MFA.",
    objectives: &["3.5.3[b]", "3.5.3[c]"],
    datasets: &["fake.admins", "fake.users"],
    evaluate: admins_have_mfa,
    ..CHECK
};
pub static SETTINGS_LOCKED: Check = Check {
    id: "fake.settings.locked",
    alias: "FAKE-03",
    title: "Settings are locked.",
    objectives: &["3.1.1[a]"],
    datasets: &["fake.settings"],
    ..CHECK
};
pub static NOTHING_ODD_LOGGED: Check = Check {
    id: "fake.logs.nothing_odd",
    alias: "FAKE-04",
    title: "The log holds nothing odd.",
    objectives: &["3.3.1[a]"],
    datasets: &["fake.logs"],
    evaluate: nothing_odd,
    ..CHECK
};

pub static SHARE: LegacyRule = LegacyRule {
    control: "IA.1.076",
    datasets: &["fake.users"],
    parameters: &["fake.threshold"],
    evaluate: share,
};

#[derive(Deserialize)]
struct User {
    id: String,
    mfa: Option<bool>,
}

#[derive(Deserialize)]
struct Settings {
    locked: Option<bool>,
}

fn judge_user(judge: &mut Judge, user: &User) {
    match user.mfa {
        Some(true) => judge.pass(),
        Some(false) => judge.fail(&user.id, &user.id, "user", "no MFA"),
        None => judge.unknown(&user.id, &user.id, "user", "does not say"),
    }
}

fn always_some() -> WhenEmpty {
    WhenEmpty::Unknown("There is always one.".to_owned())
}

fn everybody_has_mfa(collected: &Collected<'_>) -> Verdict {
    let users = match collected.rows::<User>("fake.users") {
        Ok(users) => users,
        Err(reason) => return reason.into(),
    };
    let exempt = collected.parameters.list("fake.exempt");
    let mut judge = Judge::over(&users);
    for user in users.rows.iter().filter(|user| !exempt.contains(&user.id)) {
        judge_user(&mut judge, user);
    }
    judge.conclude(always_some())
}

fn admins_have_mfa(collected: &Collected<'_>) -> Verdict {
    let rows = collected
        .rows::<User>("fake.admins")
        .and_then(|admins| Ok((admins, collected.rows::<User>("fake.users")?)));
    let (admins, users) = match rows {
        Ok(rows) => rows,
        Err(reason) => return reason.into(),
    };
    let mut judge = Judge::over(&admins);
    judge.also(&users);
    for user in users
        .rows
        .iter()
        .filter(|user| admins.rows.iter().any(|admin| admin.id == user.id))
    {
        judge_user(&mut judge, user);
    }
    judge.conclude(always_some())
}

fn settings_locked(collected: &Collected<'_>) -> Verdict {
    let rows = match collected.rows::<Settings>("fake.settings") {
        Ok(rows) => rows,
        Err(reason) => return reason.into(),
    };
    let mut judge = Judge::over(&rows);
    for settings in &rows.rows {
        match settings.locked {
            Some(true) => judge.pass(),
            Some(false) => judge.fail("settings", "Settings", "settings", "open"),
            None => judge.unknown("settings", "Settings", "settings", "does not say"),
        }
    }
    judge.conclude(always_some())
}

fn nothing_odd(collected: &Collected<'_>) -> Verdict {
    match collected.rows::<Value>("fake.logs") {
        Ok(rows) => Judge::over(&rows).conclude(WhenEmpty::Passes),
        Err(reason) => reason.into(),
    }
}

fn share(collected: &Collected<'_>) -> Result<LegacyShare, Reason> {
    let users = collected.rows::<User>("fake.users")?;
    if let Some(missing) = users.missing {
        return Err(missing);
    }
    let threshold = collected
        .parameters
        .integer("fake.threshold")
        .and_then(|percent| u8::try_from(percent).ok());
    Ok(LegacyShare {
        having: users
            .rows
            .iter()
            .filter(|user| user.mfa == Some(true))
            .count() as u64,
        eligible: users.rows.len() as u64,
        threshold_percent: threshold
            .ok_or_else(|| Reason::new(UnknownCode::NeedsJudgement, "No threshold."))?,
    })
}

#[async_trait]
impl Provider for Fake {
    fn manifest(&self) -> &Manifest {
        &MANIFEST
    }

    fn datasets(&self) -> &'static [&'static Dataset] {
        static DATASETS: [&Dataset; 4] = [&USERS, &ADMINS, &SETTINGS, &LOGS];
        &DATASETS
    }

    fn checks(&self) -> &'static [&'static Check] {
        static CHECKS: [&Check; 4] = [
            &EVERYBODY_HAS_MFA,
            &ADMINS_HAVE_MFA,
            &SETTINGS_LOCKED,
            &NOTHING_ODD_LOGGED,
        ];
        &CHECKS
    }

    fn legacy_rules(&self) -> &'static [&'static LegacyRule] {
        static RULES: [&LegacyRule; 1] = [&SHARE];
        &RULES
    }

    async fn sign_in(&self, connection: Connection) -> Result<Box<dyn Session>, ProviderError> {
        let answer = self.world().sign_in.clone();
        let given = connection
            .secrets
            .get("client_secret")
            .map(|secret| secret.expose_secret().to_owned());
        let right = given.as_deref() == Some(SECRET);
        match answer {
            SignIn::As(tenant) if right => {
                let identity = Identity {
                    id: tenant.to_owned(),
                    name: format!("Tenant {tenant}"),
                };
                Ok(Box::new(FakeSession {
                    service: self.clone(),
                    identity,
                }))
            }
            SignIn::As(_) => Err(refusal(ErrorClass::Authentication)),
            SignIn::Refused(class) => Err(refusal(class)),
            SignIn::Hangs => std::future::pending().await,
        }
    }
}

fn refusal(class: ErrorClass) -> ProviderError {
    ProviderError::new(
        class,
        "refused",
        "The service refused.",
        format!("It said {class:?}."),
        "Mend it.",
    )
}

struct FakeSession {
    service: Fake,
    identity: Identity,
}

#[async_trait]
impl Session for FakeSession {
    fn identity(&self) -> &Identity {
        &self.identity
    }

    async fn grants(&self) -> Result<Vec<Grant>, ProviderError> {
        Ok(vec![Grant {
            permission: "Users.Read".to_owned(),
            state: GrantState::Granted,
            why: "Reads the accounts.".to_owned(),
            fix: String::new(),
        }])
    }

    async fn collect(
        &self,
        dataset: &Dataset,
        sink: &mut dyn PageSink,
    ) -> Result<Completeness, ProviderError> {
        let answer = {
            let mut world = self.service.world();
            world.asked.push(dataset.id);
            world.answers.get(dataset.id).cloned()
        };
        let Some(answer) = answer else {
            return Err(refusal(ErrorClass::OurBug));
        };
        match answer {
            Answer::Pages(pages) => deliver(dataset, sink, pages)
                .await
                .map(|()| Completeness::complete()),
            Answer::Capped(pages) => {
                deliver(dataset, sink, pages).await?;
                Ok(Completeness::partial(Reason::new(
                    UnknownCode::Partial,
                    "Only the first row was read.",
                )))
            }
            Answer::Gap(pages, code) => {
                deliver(dataset, sink, pages).await?;
                Ok(Completeness::partial(Reason::new(
                    code,
                    "Not read for there: refused.",
                )))
            }
            Answer::Tagged(pages) => deliver_tagged(dataset, sink, pages)
                .await
                .map(|()| Completeness::complete()),
            Answer::Refused(class) => Err(refusal(class)),
            Answer::Cut(pages, class) => {
                deliver(dataset, sink, pages).await?;
                Err(refusal(class))
            }
            Answer::Hangs => std::future::pending().await,
        }
    }
}

async fn deliver(
    dataset: &Dataset,
    sink: &mut dyn PageSink,
    pages: Vec<Value>,
) -> Result<(), ProviderError> {
    for body in pages {
        let request = PageRequest {
            method: "GET".to_owned(),
            host: "api.fake.example".to_owned(),
            path: format!("/{}", dataset.id),
            query: String::new(),
        };
        sink.page(Page {
            request,
            origin: Origin::default(),
            body: Bytes::from(body.to_string()),
        })
        .await?;
    }
    Ok(())
}

async fn deliver_tagged(
    dataset: &Dataset,
    sink: &mut dyn PageSink,
    pages: Vec<(&'static str, Value)>,
) -> Result<(), ProviderError> {
    for (number, (etag, body)) in pages.into_iter().enumerate() {
        let request = PageRequest {
            method: "GET".to_owned(),
            host: "api.fake.example".to_owned(),
            path: format!("/{}", dataset.id),
            query: format!("page={number}"),
        };
        let kept = sink.earlier().kept(&request).await;
        let kept = kept.filter(|kept| kept.etag == etag);
        let tag = Tag {
            etag: etag.to_owned(),
            next: None,
            confirmed: kept.is_some(),
        };
        let body = kept.map_or_else(|| Bytes::from(body.to_string()), |kept| kept.body);
        let page = Page {
            request,
            origin: Origin::default(),
            body,
        };
        sink.page_with(page, tag).await?;
    }
    Ok(())
}
