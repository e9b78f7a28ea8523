//! Management events say who changed a bucket; only data events say who read what is in it.

use super::{
    told::{Told, also},
    trails::{TRAILS_PAGE, Trails, records, trails},
};
use crate::datasets::{
    AdvancedSelector, CLOUDTRAIL_SELECTORS, CLOUDTRAIL_STATUS, TrailSelectors, TrailStatus,
};
use evidence::{Outcome, Reason, Severity, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule. Trails that are on and record every region count, and what their selectors take in of events on objects of
/// S3. A selector takes in a bucket if it names all buckets, all but others, or the bucket with everything in it; one with
/// any further condition is left out.
///
/// | a bucket with CUI (parameter) | judged |
/// | --- | --- |
/// | its reads and its writes are taken in | pass |
/// | else, and a trail was not seen, can't be told, or records one region only and takes it in | unknown |
/// | else | fail |
///
/// Without such a list: pass if every bucket is taken in, else unknown, `needs_judgement`.
pub static CHECK: Check = Check {
    id: "aws.cloudtrail.s3_data_events",
    alias: "AWS-34",
    version: 1,
    title: "Reading and writing in buckets with CUI is recorded.",
    objectives: &["3.3.1[c]", "3.3.2[b]", "3.1.3[e]"],
    severity: Severity::Medium,
    remedy: "Edit a trail that records in all regions, and add data events of S3 for reads and writes: of all buckets, or of each listed one. Enter the buckets that hold CUI in the list.",
    console: TRAILS_PAGE,
    reperform: Reperform {
        portal: "CloudTrail > Trails > open each trail: Data events.",
        command: "for each trail, in its home region: aws cloudtrail get-event-selectors --trail-name ARN",
    },
    datasets: &[
        "aws.cloudtrail_trails",
        "aws.cloudtrail_status",
        "aws.cloudtrail_selectors",
    ],
    parameters: &["aws.cui_buckets"],
    clouds: Clouds::All,
    evaluate,
};

const OBJECT: &str = "AWS::S3::Object";

/// The buckets of which a selector takes in everything.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Buckets {
    All,
    One(String),
    /// Those whose names begin so.
    Beginning(String),
    /// All, less what begins with one of these: names of buckets, or the beginnings of names, with what is in them.
    AllBut(Vec<String>),
}

impl Buckets {
    /// Whether a bucket (every bucket, without one) is among them.
    fn has(&self, bucket: Option<&str>) -> bool {
        match (self, bucket) {
            (Self::All, _) => true,
            (_, None) => false,
            (Self::One(name), Some(bucket)) => name == bucket,
            (Self::Beginning(start), Some(bucket)) => bucket.starts_with(start),
            (Self::AllBut(left_out), Some(bucket)) => {
                let objects = format!("{bucket}/");
                !left_out
                    .iter()
                    .any(|start| objects.starts_with(start) || start.starts_with(&objects))
            }
        }
    }
}

/// What a selector takes in.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Taken {
    buckets: Buckets,
    reads: bool,
    writes: bool,
}

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let (trails, mut judge) = match trails(collected) {
        Ok(found) => found,
        Err(reason) => return reason.into(),
    };
    let recorded = Recorded::read(collected, &mut judge, &trails);
    let buckets = collected.parameters.list("aws.cui_buckets");
    if buckets.is_empty() {
        if recorded.now(None) == (true, true) {
            return super::cloudtrail_multi_region::proof(judge, 1);
        }
        let mut verdict = judge.conclude(WhenEmpty::Unknown(String::new()));
        if verdict.outcome == Outcome::Unknown && verdict.population.complete {
            verdict.reason = Some(Reason::new(
                UnknownCode::NeedsJudgement,
                "The company has not entered which buckets hold CUI (parameter aws.cui_buckets), and no trail records the data events of all of them.",
            ));
        }
        return verdict;
    }
    if buckets
        .iter()
        .all(|bucket| recorded.now(Some(bucket)) == (true, true))
    {
        return super::cloudtrail_multi_region::proof(judge, buckets.len() as u64);
    }
    for bucket in &buckets {
        let now = recorded.now(Some(bucket));
        if now == (true, true) {
            judge.pass();
        } else if recorded.is_open(Some(bucket)) {
            let note = "Whether a trail records its data events can't be told.";
            judge.unknown(bucket, bucket, "bucket", note);
        } else {
            let note = match now {
                (true, _) => "Only reads are recorded.",
                (_, true) => "Only writes are recorded.",
                _ => "No trail records its data events.",
            };
            judge.fail(bucket, bucket, "bucket", note);
        }
    }
    judge.conclude(WhenEmpty::NotApplicable)
}

/// Which events on objects of S3 the trails record.
pub(super) struct Recorded {
    /// What is certainly taken in.
    sure: Vec<Taken>,
    /// What is taken in by a trail of which the rest can't be told.
    perhaps: Vec<Taken>,
    /// Whether a trail was not seen, or a selector can't be told.
    hidden: bool,
}

impl Recorded {
    /// What `trails` record; what their states and selectors lack, the verdict lacks.
    pub(super) fn read(collected: &Collected<'_>, judge: &mut Judge, trails: &Trails) -> Self {
        let statuses: Vec<TrailStatus> = also(collected, judge, CLOUDTRAIL_STATUS.id);
        let selectors: Vec<TrailSelectors> = also(collected, judge, CLOUDTRAIL_SELECTORS.id);
        let whole = collected
            .rows::<TrailStatus>(CLOUDTRAIL_STATUS.id)
            .is_ok_and(|rows| rows.missing.is_none())
            && collected
                .rows::<TrailSelectors>(CLOUDTRAIL_SELECTORS.id)
                .is_ok_and(|rows| rows.missing.is_none());
        let mut recorded = Self {
            sure: Vec::new(),
            perhaps: Vec::new(),
            hidden: !trails.complete || !whole,
        };
        for trail in &trails.list {
            let selected = selectors
                .iter()
                .find(|selectors| selectors.trail == trail.arn);
            recorded.hidden |= selected.is_some_and(unclear);
            match (records(&statuses, &trail.arn), selected) {
                (Told::No(_), _) => {}
                (_, None) => recorded.hidden = true,
                (Told::Yes, Some(selected)) if trail.multi_region == Some(true) => {
                    recorded.sure.extend(taken(selected));
                }
                (_, Some(selected)) => recorded.perhaps.extend(taken(selected)),
            }
        }
        recorded
    }

    /// Whether reads and writes of a bucket (of every bucket, without one) are certainly recorded.
    pub(super) fn now(&self, bucket: Option<&str>) -> (bool, bool) {
        covered(self.sure.iter(), bucket)
    }

    /// Whether more may be recorded of a bucket.
    pub(super) fn is_open(&self, bucket: Option<&str>) -> bool {
        self.hidden || covered(self.sure.iter().chain(&self.perhaps), bucket) != self.now(bucket)
    }
}

/// Whether reads and writes of a bucket are among what is taken in.
fn covered<'a>(taken: impl Iterator<Item = &'a Taken>, bucket: Option<&str>) -> (bool, bool) {
    taken
        .filter(|one| one.buckets.has(bucket))
        .fold((false, false), |(reads, writes), one| {
            (reads || one.reads, writes || one.writes)
        })
}

/// Whether a selector does not say what it is about.
fn unclear(selectors: &TrailSelectors) -> bool {
    let simple = selectors.event_selectors.iter().flatten().any(|selector| {
        !matches!(
            selector.read_write_type.as_deref(),
            Some("All" | "ReadOnly" | "WriteOnly")
        )
    });
    let advanced = selectors
        .advanced_event_selectors
        .iter()
        .flatten()
        .any(|selector| {
            let fields = selector.field_selectors.as_deref();
            fields.is_none_or(|fields| fields.iter().any(|field| field.field.is_none()))
        });
    simple || advanced
}

/// What the selectors of a trail take in.
fn taken(selectors: &TrailSelectors) -> Vec<Taken> {
    let mut all = Vec::new();
    for selector in selectors.event_selectors.iter().flatten() {
        let (reads, writes) = match selector.read_write_type.as_deref() {
            Some("All") => (true, true),
            Some("ReadOnly") => (true, false),
            Some("WriteOnly") => (false, true),
            _ => continue,
        };
        let objects = selector
            .data_resources
            .iter()
            .flatten()
            .filter(|data| data.kind.as_deref() == Some(OBJECT));
        for arn in objects.flat_map(|data| data.values.iter().flatten()) {
            if let Some(buckets) = buckets_of(arn) {
                all.push(Taken {
                    buckets,
                    reads,
                    writes,
                });
            }
        }
    }
    for selector in selectors.advanced_event_selectors.iter().flatten() {
        all.extend(of_advanced(selector).unwrap_or_default());
    }
    all
}

/// What an advanced selector takes in; `None` if it is not about objects, or has a condition that is not known here.
fn of_advanced(selector: &AdvancedSelector) -> Option<Vec<Taken>> {
    let (mut data, mut objects) = (false, false);
    let (mut reads, mut writes) = (true, true);
    let mut buckets = vec![Buckets::All];
    for field in selector.field_selectors.as_deref()? {
        let none = |list: &Option<Vec<String>>| list.as_deref().unwrap_or_default().is_empty();
        if ![&field.ends_with, &field.not_equals, &field.not_ends_with]
            .into_iter()
            .all(none)
        {
            return None;
        }
        let equals = field.equals.as_deref().unwrap_or_default();
        let starts = field.starts_with.as_deref().unwrap_or_default();
        let left_out = field.not_starts_with.as_deref().unwrap_or_default();
        if !left_out.is_empty() {
            // The usual way to leave out the bucket that the trail itself writes to.
            if field.field.as_deref() != Some("resources.ARN")
                || !equals.is_empty()
                || !starts.is_empty()
                || buckets != [Buckets::All]
            {
                return None;
            }
            let left_out: Option<Vec<String>> = left_out.iter().map(|arn| beginning(arn)).collect();
            buckets = vec![Buckets::AllBut(left_out?)];
            continue;
        }
        match (field.field.as_deref()?, equals, starts) {
            ("eventCategory", [one], []) if one == "Data" => data = true,
            ("resources.type", [one], []) if one == OBJECT => objects = true,
            ("readOnly", [one], []) if one == "true" => writes = false,
            ("readOnly", [one], []) if one == "false" => reads = false,
            ("resources.ARN", [], starts) if !starts.is_empty() && buckets == [Buckets::All] => {
                buckets = starts
                    .iter()
                    .filter_map(|arn| buckets_of(arn).or_else(|| whole_names(arn)))
                    .collect();
            }
            _ => return None,
        }
    }
    (data && objects).then(|| {
        buckets
            .into_iter()
            .map(|buckets| Taken {
                buckets,
                reads,
                writes,
            })
            .collect()
    })
}

/// What an ARN's beginning says behind `arn:...:s3:::`; empty for all of S3. `None` for anything else.
fn beginning(arn: &str) -> Option<String> {
    let mut parts = arn.splitn(6, ':');
    let head = (parts.next(), parts.next(), parts.next());
    match head {
        (Some("arn"), Some(partition), Some("s3")) if partition.starts_with("aws") => {}
        _ => return None,
    }
    match (parts.next(), parts.next(), parts.next()) {
        (None, None, None) => Some(String::new()),
        (Some(""), Some(""), Some(rest)) => Some(rest.to_owned()),
        _ => None,
    }
}

/// The buckets that the beginning of an ARN stands for as a whole. `None` for a part of a bucket, and for anything else.
fn buckets_of(arn: &str) -> Option<Buckets> {
    let rest = beginning(arn)?;
    if rest.is_empty() {
        return Some(Buckets::All);
    }
    let bucket = rest.strip_suffix('/')?;
    (!bucket.is_empty() && !bucket.contains('/')).then(|| Buckets::One(bucket.to_lowercase()))
}

/// The buckets whose names begin as an ARN does that breaks off in the name.
fn whole_names(arn: &str) -> Option<Buckets> {
    let rest = beginning(arn)?;
    (!rest.is_empty() && !rest.contains('/')).then(|| Buckets::Beginning(rest.to_lowercase()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        checks::{
            testing::{Account, refused_is_unknown},
            trails::tests::{about, arn, listed, stand, trail},
        },
        datasets::CLOUDTRAIL_TRAILS,
    };
    use evidence::Completeness;
    use serde_json::{Value, json};

    fn account(members: Value, on: Value, selectors: Value) -> Account {
        let arn = arn("t", "us-east-1");
        let account = listed(&[trail("t", "us-east-1", members)]);
        let account = stand(account, &[(&arn, json!({"IsLogging": on}))]);
        about(account, &CLOUDTRAIL_SELECTORS, &[(&arn, selectors)])
    }

    fn simple(kind: &str, arn: &str) -> Value {
        json!({"EventSelectors": [{"ReadWriteType": kind, "IncludeManagementEvents": true,
            "DataResources": [{"Type": OBJECT, "Values": [arn]}]}]})
    }

    fn advanced(extra: Value) -> Value {
        let mut fields = vec![
            json!({"Field": "eventCategory", "Equals": ["Data"]}),
            json!({"Field": "resources.type", "Equals": [OBJECT]}),
        ];
        fields.extend(extra.as_array().unwrap().clone());
        json!({"AdvancedEventSelectors": [{"FieldSelectors": fields}]})
    }

    /// With one bucket with CUI.
    fn outcome(selectors: Value) -> Outcome {
        account(json!({}), json!(true), selectors)
            .with("aws.cui_buckets", json!(["drawings"]))
            .judge(&CHECK)
            .outcome
    }

    #[test]
    fn reads_and_writes_of_the_whole_bucket_have_to_be_taken_in() {
        use Outcome::{Fail, Pass};
        for (kind, arn, expected) in [
            ("All", "arn:aws:s3", Pass),
            ("All", "arn:aws:s3:::", Pass),
            ("All", "arn:aws-us-gov:s3:::drawings/", Pass),
            ("ReadOnly", "arn:aws:s3", Fail),
            ("WriteOnly", "arn:aws:s3", Fail),
            ("All", "arn:aws:s3:::other/", Fail),
            ("All", "arn:aws:s3:::drawings/old", Fail),
            ("All", "arn:aws:lambda", Fail),
        ] {
            assert_eq!(outcome(simple(kind, arn)), expected, "{kind} {arn}");
        }
        let starts = |arn: &str| json!([{"Field": "resources.ARN", "StartsWith": [arn]}]);
        assert_eq!(outcome(advanced(json!([]))), Pass);
        assert_eq!(outcome(advanced(starts("arn:aws:s3:::drawings/"))), Pass);
        assert_eq!(outcome(advanced(starts("arn:aws:s3:::drawings/a/"))), Fail);
        assert_eq!(outcome(advanced(starts("arn:aws:s3:::draw"))), Pass);
        assert_eq!(outcome(advanced(starts("arn:aws:s3:::drawings-"))), Fail);
        let but = |arn: &str| json!([{"Field": "resources.ARN", "NotStartsWith": [arn]}]);
        for (arn, expected) in [
            ("arn:aws:s3:::trail-files/", Pass),
            ("arn:aws:s3:::drawings-old/", Pass),
            ("arn:aws:s3:::drawings/a/", Fail),
            ("arn:aws:s3:::draw", Fail),
            ("arn:aws:s3:::", Fail),
            ("drawings", Fail),
        ] {
            assert_eq!(outcome(advanced(but(arn))), expected, "{arn}");
        }
        assert_eq!(
            outcome(advanced(json!([{"Field": "readOnly", "Equals": ["true"]}]))),
            Fail
        );
        for condition in [
            json!([{"Field": "eventName", "Equals": ["GetObject"]}]),
            json!([{"Field": "resources.ARN", "NotStartsWith": ["arn:aws:s3:::drawings/"]}]),
            json!([{"Field": "resources.ARN", "StartsWith": ["arn:aws:s3:::drawings/"], "NotEquals": ["x"]}]),
        ] {
            assert_eq!(outcome(advanced(condition)), Fail);
        }
        let mut halves = simple("ReadOnly", "arn:aws:s3");
        let writes = simple("WriteOnly", "arn:aws:s3:::drawings/")["EventSelectors"][0].clone();
        halves["EventSelectors"]
            .as_array_mut()
            .unwrap()
            .push(writes);
        assert_eq!(outcome(halves), Pass);
    }

    #[test]
    fn a_trail_that_cannot_be_told_leaves_it_open() {
        let all = || simple("All", "arn:aws:s3");
        let told = |members: Value, on: Value| {
            let account = account(members, on, all()).with("aws.cui_buckets", json!(["drawings"]));
            account.judge(&CHECK).outcome
        };
        assert_eq!(told(json!({}), json!(false)), Outcome::Fail, "it is off");
        assert_eq!(told(json!({}), Value::Null), Outcome::Unknown);
        assert_eq!(
            told(json!({"IsMultiRegionTrail": false}), json!(true)),
            Outcome::Unknown
        );
        let unread = account(json!({}), json!(true), all())
            .with("aws.cui_buckets", json!(["drawings"]))
            .pages(&CLOUDTRAIL_SELECTORS, vec![], Completeness::complete());
        assert_eq!(unread.judge(&CHECK).outcome, Outcome::Unknown);
        for odd in [
            simple("?", "arn:aws:s3"),
            json!({"AdvancedEventSelectors": [{}]}),
            advanced(json!([{}])),
        ] {
            assert_eq!(outcome(odd), Outcome::Unknown);
        }
        for dataset in [
            &CLOUDTRAIL_TRAILS,
            &CLOUDTRAIL_STATUS,
            &CLOUDTRAIL_SELECTORS,
        ] {
            refused_is_unknown(&CHECK, dataset);
        }
    }

    #[test]
    fn without_a_list_all_buckets_or_a_person() {
        let all = account(json!({}), json!(true), simple("All", "arn:aws:s3"));
        assert_eq!(all.judge(&CHECK).outcome, Outcome::Pass);
        let one = account(
            json!({}),
            json!(true),
            simple("All", "arn:aws:s3:::drawings/"),
        );
        let verdict = one.judge(&CHECK);
        assert_eq!(verdict.reason.unwrap().code, UnknownCode::NeedsJudgement);
    }
}
