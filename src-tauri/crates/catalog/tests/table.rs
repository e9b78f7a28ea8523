//! The whole table, checked against what 32 CFR part 170 and NIST SP 800-171A count.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use catalog::{
    ControlId, Kind, ObjectiveId, PoamRule, RequirementId, SourceKind, Strength, Tier,
    UnknownControl, families, legacy, legacy_practices, level_one, level_one_requirement,
    objective, objectives, requirement, requirements, sources,
};

fn count<T>(items: impl IntoIterator<Item = T>, wanted: impl Fn(&T) -> bool) -> usize {
    items.into_iter().filter(|item| wanted(item)).count()
}

#[test]
fn there_are_110_requirements_320_objectives_and_14_families() {
    assert_eq!(requirements().len(), 110);
    assert_eq!(objectives().len(), 320);
    assert_eq!(families().len(), 14);
    assert_eq!(count(requirements(), |one| one.kind == Kind::Basic), 31);
    assert_eq!(count(requirements(), |one| one.kind == Kind::Derived), 79);
    assert_eq!(count(requirements(), |one| one.objectives.len() == 1), 23);
}

#[test]
fn every_family_has_its_requirements_and_objectives() {
    let counted: Vec<(&str, usize, usize)> = families()
        .iter()
        .map(|family| {
            let of_family = || requirements().iter().filter(|one| one.family == *family);
            let objectives = of_family().map(|one| one.objectives.len()).sum();
            (family.code, of_family().count(), objectives)
        })
        .collect();
    assert_eq!(
        counted,
        [
            ("AC", 22, 70),
            ("AT", 3, 9),
            ("AU", 9, 29),
            ("CM", 9, 44),
            ("IA", 11, 25),
            ("IR", 3, 14),
            ("MA", 6, 10),
            ("MP", 9, 15),
            ("PS", 2, 4),
            ("PE", 6, 16),
            ("RA", 3, 9),
            ("CA", 4, 14),
            ("SC", 16, 41),
            ("SI", 7, 20),
        ]
    );
}

#[test]
fn the_table_is_what_was_last_reviewed() {
    // A changed weight, POA&M rule or id must be seen in review: edit `requirements.txt` together with the data.
    let mut table = String::new();
    for one in requirements() {
        let points =
            |points: Option<u8>| points.map_or("-".to_owned(), |points| points.to_string());
        let word = |value: serde_json::Value| value.as_str().unwrap().to_owned();
        writeln!(
            table,
            "{:<8} {:<14} {} {} {:<12} {:<7} {:>2} {} {}",
            one.id,
            one.cmmc_l2_id,
            points(one.weight),
            points(one.partial_weight),
            word(serde_json::to_value(one.poam).unwrap()),
            word(serde_json::to_value(one.kind).unwrap()),
            one.objectives.len(),
            one.legacy_id,
            one.cmmc_l1_id.unwrap_or("-"),
        )
        .unwrap();
    }
    for (line, (now, reviewed)) in table
        .lines()
        .zip(include_str!("requirements.txt").lines())
        .enumerate()
    {
        assert_eq!(now, reviewed, "line {}", line + 1);
    }
    assert_eq!(
        table.lines().count(),
        include_str!("requirements.txt").lines().count()
    );
}

#[test]
fn the_weights_add_up_to_313() {
    let with = |weight: Option<u8>| count(requirements(), |one| one.weight == weight);
    assert_eq!(
        (with(Some(5)), with(Some(3)), with(Some(1)), with(None)),
        (44, 14, 51, 1)
    );
    let sum: u32 = requirements()
        .iter()
        .filter_map(|one| one.weight)
        .map(u32::from)
        .sum();
    assert_eq!(sum, 313);
}

#[test]
fn two_requirements_have_partial_credit_and_say_when() {
    let partial: Vec<(&str, Option<u8>)> = requirements()
        .iter()
        .filter(|one| one.partial_weight.is_some() || one.partial_when.is_some())
        .map(|one| (one.id.as_str(), one.partial_when.and(one.partial_weight)))
        .collect();
    assert_eq!(partial, [("3.5.3", Some(3)), ("3.13.11", Some(3))]);
}

#[test]
fn forty_six_may_be_on_a_poam_one_when_partial_and_63_never() {
    let with = |rule| count(requirements(), |one| one.poam == rule);
    assert_eq!(with(PoamRule::Allowed), 46);
    assert_eq!(with(PoamRule::WhenPartial), 1);
    assert_eq!(with(PoamRule::Never), 63);
}

#[test]
fn level_one_has_15_requirements_over_17_and_59_objectives() {
    assert_eq!(level_one().len(), 15);
    let covered: BTreeSet<RequirementId> = level_one()
        .iter()
        .flat_map(|one| one.requirements.iter().copied())
        .collect();
    assert_eq!(covered.len(), 17);
    assert_eq!(count(objectives(), |one| one.level1), 59);
    for one in objectives() {
        assert_eq!(
            one.level1,
            covered.contains(&one.id.requirement()),
            "{}",
            one.id
        );
    }
    for one in level_one() {
        let wanted = if one.far == "(b)(1)(ix)" { 3 } else { 1 };
        assert_eq!(one.requirements.len(), wanted, "{}", one.id);
        let (_, paragraph) = one.id.rsplit_once('.').unwrap();
        assert_eq!(one.far, format!("(b)(1)({paragraph})"));
        assert_eq!(level_one_requirement(&one.id.to_lowercase()), Some(one));
        for id in &one.requirements {
            assert_eq!(requirement(*id).cmmc_l1_id, Some(one.id));
        }
    }
}

#[test]
fn every_sentence_is_there_and_no_two_are_equal() {
    let mut seen = BTreeMap::new();
    let mut check = |id: String, sentence: &'static str| {
        assert!(sentence.len() > 20, "{id} has a sentence");
        assert!(
            sentence.ends_with('.') && sentence == sentence.trim(),
            "{id}: {sentence}"
        );
        if let Some(other) = seen.insert(sentence, id.clone()) {
            panic!("{id} and {other} say the same: {sentence}");
        }
    };
    for one in requirements() {
        check(one.id.to_string(), one.says);
    }
    for one in objectives() {
        check(one.id.to_string(), one.says);
    }
    assert_eq!(seen.len(), 110 + 320);
}

#[test]
fn every_requirement_has_a_name_and_a_title_of_its_own() {
    let names: BTreeSet<&str> = requirements().iter().map(|one| one.name).collect();
    let titles: BTreeSet<&str> = requirements().iter().map(|one| one.title).collect();
    assert_eq!((names.len(), titles.len()), (110, 110));
    assert!(
        names
            .iter()
            .chain(&titles)
            .all(|text| (3..=60).contains(&text.chars().count()))
    );
}

#[test]
fn no_sentence_promises_what_the_product_cannot() {
    for one in requirements() {
        let sentences = one.objectives.iter().map(|objective| objective.says);
        for text in sentences.chain([one.title, one.says]) {
            let text = text.to_lowercase();
            for word in [
                "passes cmmc",
                "assessor-approved",
                "fips compliant",
                "guarantee",
            ] {
                assert!(!text.contains(word), "{}: {text}", one.id);
            }
        }
    }
}

#[test]
fn all_171_legacy_ids_resolve_or_explain_why_not() {
    assert_eq!(legacy_practices().len(), 171);
    let levels: Vec<usize> = (1..=5)
        .map(|level| count(legacy_practices(), |one| one.level == level))
        .collect();
    assert_eq!(levels, [17, 55, 58, 26, 15]);
    let mut reached = BTreeSet::new();
    for practice in legacy_practices() {
        assert_eq!(
            practice.id,
            format!(
                "{}.{}.{}",
                practice.domain,
                practice.level,
                &practice.id[5..]
            )
        );
        assert_eq!(legacy(&practice.id.to_lowercase()), Some(practice));
        match practice.requirement {
            Some(id) => {
                assert_eq!(ControlId::resolve(practice.id), Ok(id));
                assert_eq!(requirement(id).legacy_id, practice.id);
                assert_eq!(practice.title, Some(requirement(id).name));
                assert!(reached.insert(id), "{id} has two legacy ids");
            }
            None => {
                let refused = Err(UnknownControl::NoLongerAssessed(practice.id));
                assert_eq!(ControlId::resolve(practice.id), refused);
                assert_eq!(practice.title, None);
            }
        }
    }
    assert_eq!(reached.len(), 110);
}

#[test]
fn the_legacy_ids_people_mix_up_lead_where_they_should() {
    for (id, number) in [
        ("AC.1.001", "3.1.1"),
        ("AC.1.002", "3.1.2"),
        ("IA.1.076", "3.5.1"),
        ("IA.3.083", "3.5.3"),
        ("IA.2.078", "3.5.7"),
        ("AU.2.041", "3.3.2"),
        ("CM.2.061", "3.4.1"),
        ("CM.2.062", "3.4.6"),
        ("MP.2.120", "3.8.2"),
        ("SI.2.214", "3.14.3"),
        ("RE.2.138", "3.8.9"),
        ("RM.2.142", "3.11.2"),
    ] {
        assert_eq!(ControlId::resolve(id).unwrap().as_str(), number, "{id}");
    }
}

#[test]
fn every_id_reads_back_as_itself_and_in_its_other_spellings() {
    for one in requirements() {
        assert_eq!(one.id.to_string().parse(), Ok(one.id));
        assert_eq!(ControlId::resolve(one.cmmc_l2_id), Ok(one.id));
        assert_eq!(
            ControlId::resolve(&one.cmmc_l2_id.to_lowercase()),
            Ok(one.id)
        );
        assert!(std::ptr::eq(requirement(one.id), one));
        let json = serde_json::to_string(&one.id).unwrap();
        assert_eq!(
            serde_json::from_str::<RequirementId>(&json).unwrap(),
            one.id
        );
    }
    for one in objectives() {
        assert_eq!(ObjectiveId::parse(&one.id.to_string()), Ok(one.id));
        assert!(std::ptr::eq(objective(one.id), one));
        let json = serde_json::to_string(&one.id).unwrap();
        assert_eq!(serde_json::from_str::<ObjectiveId>(&json).unwrap(), one.id);
    }
}

#[test]
fn the_tables_are_in_numeric_order_without_gaps() {
    assert!(requirements().is_sorted_by(|one, next| one.id < next.id));
    assert!(objectives().is_sorted_by(|one, next| one.id < next.id));
    assert!(RequirementId::all().eq(requirements().iter().map(|one| one.id)));
    for one in requirements() {
        let letters: String = one
            .objectives
            .iter()
            .map(|objective| objective.letter)
            .collect();
        assert!(
            "abcdefghijklmno".starts_with(&letters),
            "{}: {letters}",
            one.id
        );
        assert!(
            one.objectives
                .iter()
                .all(|objective| objective.id.requirement() == one.id)
        );
    }
    let numbers: Vec<Vec<u32>> = requirements()
        .iter()
        .map(|one| {
            one.id
                .as_str()
                .split('.')
                .map(|part| part.parse().unwrap())
                .collect()
        })
        .collect();
    assert!(numbers.is_sorted());
}

#[test]
fn one_objective_in_seven_can_be_carried_by_one_source_alone() {
    let with = |strength| count(objectives(), |one| one.coverage == strength);
    assert_eq!(with(Strength::Full), 45);
    assert_eq!(with(Strength::Partial), 136);
    assert_eq!(with(Strength::Supporting), 54);
    assert_eq!(with(Strength::None), 85);
    assert_eq!(count(requirements(), |one| one.rests_on_documents()), 26);
}

#[test]
fn the_best_core_source_of_each_requirement_is_as_reviewed() {
    let best_core = |id| {
        let core = sources(id)
            .iter()
            .filter(|source| source.kind.tier() == Tier::Core);
        core.map(|source| source.strength).max().unwrap_or_default()
    };
    let with = |strength| count(RequirementId::all(), |id| best_core(*id) == strength);
    assert_eq!(with(Strength::Full), 21);
    assert_eq!(with(Strength::Partial), 58);
    assert_eq!(with(Strength::Supporting) + with(Strength::None), 28 + 3);
    let without: Vec<&str> = requirements()
        .iter()
        .filter(|one| sources(one.id).is_empty())
        .map(|one| one.id.as_str())
        .collect();
    assert_eq!(without, ["3.7.6", "3.8.1", "3.8.5"]);
}

#[test]
fn a_source_lists_each_objective_once_and_only_of_its_requirement() {
    for one in requirements() {
        let mut seen = BTreeSet::new();
        for source in sources(one.id) {
            assert!(!source.objectives.is_empty() && source.strength > Strength::None);
            for id in &source.objectives {
                assert_eq!(id.requirement(), one.id);
                assert!(
                    seen.insert((source.kind, *id)),
                    "{:?} lists {id} twice",
                    source.kind
                );
            }
        }
        let kinds: BTreeSet<SourceKind> =
            sources(one.id).iter().map(|source| source.kind).collect();
        assert!(one.source_kinds().eq(kinds), "{}", one.id);
    }
}

#[test]
fn a_requirement_has_the_shape_the_screens_rely_on() {
    let json = serde_json::to_value(requirement("3.13.11".parse().unwrap())).unwrap();
    assert_eq!(
        json.as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect::<BTreeSet<_>>(),
        BTreeSet::from([
            "id",
            "family",
            "cmmcL2Id",
            "cmmcL1Id",
            "name",
            "title",
            "says",
            "weight",
            "partialWeight",
            "partialWhen",
            "poam",
            "legacyId",
            "kind",
            "objectives",
        ])
    );
    assert_eq!(json["poam"], "when_partial");
    assert_eq!(json["family"]["code"], "SC");
    assert_eq!(json["objectives"][0]["id"], "3.13.11[a]");
    assert_eq!(json["objectives"][0]["letter"], "a");
}
