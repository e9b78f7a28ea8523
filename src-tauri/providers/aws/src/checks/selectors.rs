//! Whether a trail's selectors take in every management event.

use super::{told::Told, trails::OneTrail};
use crate::datasets::{AdvancedSelector, Selector, TrailSelectors};

/// Whether a trail takes in every management event, by what was read of it.
pub(super) fn records_management(trail: &OneTrail, selectors: &[TrailSelectors]) -> Told {
    let selected = selectors
        .iter()
        .find(|selectors| selectors.trail == trail.arn);
    selected.map_or_else(
        || Told::Unclear("What it records was not read.".to_owned()),
        |selectors| all_management(selectors, trail.custom_selectors),
    )
}

/// What one selector takes in of the management events.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    Nothing,
    All,
    Reads,
    Writes,
    /// Some, by a restriction that the sentence names.
    Less(String),
    /// What the data does not say.
    Unclear(&'static str),
}

/// Whether every management event is recorded.
///
/// | selectors | answer |
/// | --- | --- |
/// | one takes in all, or one all that read and one all that write | yes |
/// | there is none, and the trail says that nobody changed what it records (`custom` is no) | yes: AWS's default |
/// | else one can't be told, or there is none, or both forms are used | unclear |
/// | else | no: only some, or none |
///
/// A simple selector takes in all if it includes management events of the type `All` and leaves out no service; an
/// advanced one if its only condition is that the category is `Management`. A type or a field that is not there is not
/// taken for its default; a list of left-out services is, as its absence is documented.
fn all_management(selectors: &TrailSelectors, custom: Option<bool>) -> Told {
    let simple = selectors.event_selectors.as_deref().unwrap_or_default();
    let advanced = selectors
        .advanced_event_selectors
        .as_deref()
        .unwrap_or_default();
    let parts: Vec<Part> = match (simple.is_empty(), advanced.is_empty()) {
        (false, true) => simple.iter().map(of_simple).collect(),
        (true, false) => advanced.iter().map(of_advanced).collect(),
        // Two answers say it: the list that is there and empty, and the trail's own word.
        (true, true)
            if custom == Some(false)
                && (selectors.event_selectors.is_some()
                    || selectors.advanced_event_selectors.is_some()) =>
        {
            vec![Part::All]
        }
        (true, true) => vec![Part::Unclear("AWS does not say which events it records.")],
        (false, false) => vec![Part::Unclear("AWS names selectors of both forms.")],
    };
    let has = |part: &Part| parts.contains(part);
    if has(&Part::All) || (has(&Part::Reads) && has(&Part::Writes)) {
        return Told::Yes;
    }
    let unclear = parts.iter().find_map(|part| match part {
        Part::Unclear(why) => Some(*why),
        _ => None,
    });
    if let Some(why) = unclear {
        return Told::Unclear(why.to_owned());
    }
    let less = parts.iter().find_map(|part| match part {
        Part::Less(why) => Some(why.clone()),
        _ => None,
    });
    Told::No(match less {
        Some(why) => why,
        None if has(&Part::Reads) => "It records only management events that read.".to_owned(),
        None if has(&Part::Writes) => "It records only management events that write.".to_owned(),
        None => "It records no management events.".to_owned(),
    })
}

fn of_simple(selector: &Selector) -> Part {
    match selector.include_management_events {
        None => return Part::Unclear("AWS does not say whether it records management events."),
        Some(false) => return Part::Nothing,
        Some(true) => {}
    }
    match selector.exclude_management_event_sources.as_deref() {
        // The API reference documents an absent list as an empty one, and some answers leave it out.
        None | Some([]) => {}
        Some(left_out) => {
            return Part::Less(format!(
                "It leaves out the management events of {}.",
                left_out.join(", ")
            ));
        }
    }
    match selector.read_write_type.as_deref() {
        Some("All") => Part::All,
        Some("ReadOnly") => Part::Reads,
        Some("WriteOnly") => Part::Writes,
        _ => Part::Unclear(
            "AWS does not say whether it records events that read and events that write.",
        ),
    }
}

fn of_advanced(selector: &AdvancedSelector) -> Part {
    let Some(fields) = &selector.field_selectors else {
        return Part::Unclear("AWS does not say what a selector takes in.");
    };
    let (category, others): (Vec<_>, Vec<_>) = fields
        .iter()
        .partition(|field| field.field.as_deref() == Some("eventCategory"));
    match category.as_slice() {
        [category] => match category.equals.as_deref() {
            Some([one]) if one == "Management" => {}
            Some([_]) => return Part::Nothing,
            _ => {
                return Part::Unclear(
                    "AWS does not say which category of events a selector takes in.",
                );
            }
        },
        _ => {
            return Part::Unclear("AWS does not say which category of events a selector takes in.");
        }
    }
    if others.is_empty() {
        return Part::All;
    }
    let mut names = Vec::new();
    for other in &others {
        match other.field.as_deref() {
            Some(name) => names.push(name),
            None => return Part::Unclear("AWS does not say by what a selector leaves events out."),
        }
    }
    if names != ["readOnly"] {
        return Part::Less(format!(
            "It leaves out management events by {}.",
            names.join(", ")
        ));
    }
    match others.first().and_then(|other| other.equals.as_deref()) {
        Some([one]) if one == "true" => Part::Reads,
        Some([one]) if one == "false" => Part::Writes,
        _ => Part::Unclear(
            "AWS does not say whether it records events that read and events that write.",
        ),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::{Value, json};

    fn told(mut selectors: Value) -> Told {
        selectors["@subject"] = json!("t");
        all_management(&serde_json::from_value(selectors).unwrap(), Some(true))
    }

    fn simple(read_write: Value, management: Value, left_out: Value) -> Value {
        json!({"ReadWriteType": read_write, "IncludeManagementEvents": management,
            "ExcludeManagementEventSources": left_out, "DataResources": []})
    }

    fn basic(selectors: &[Value]) -> Told {
        told(json!({"EventSelectors": selectors}))
    }

    fn advanced(selectors: &[Value]) -> Told {
        let selectors: Vec<Value> = selectors
            .iter()
            .map(|fields| json!({"Name": "n", "FieldSelectors": fields}))
            .collect();
        told(json!({"AdvancedEventSelectors": selectors}))
    }

    fn no(why: &str) -> Told {
        Told::No(why.to_owned())
    }

    #[test]
    fn a_simple_selector_takes_in_all_if_nothing_is_left_out() {
        assert_eq!(
            basic(&[simple(json!("All"), json!(true), json!([]))]),
            Told::Yes
        );
        let reads = simple(json!("ReadOnly"), json!(true), json!([]));
        let writes = simple(json!("WriteOnly"), json!(true), json!([]));
        assert_eq!(basic(&[reads.clone(), writes.clone()]), Told::Yes);
        assert_eq!(
            basic(&[reads]),
            no("It records only management events that read.")
        );
        assert_eq!(
            basic(&[writes]),
            no("It records only management events that write.")
        );
        assert_eq!(
            basic(&[simple(json!("All"), json!(false), json!([]))]),
            no("It records no management events.")
        );
        for source in ["kms.amazonaws.com", "rdsdata.amazonaws.com"] {
            let left_out = basic(&[simple(json!("All"), json!(true), json!([source]))]);
            assert_eq!(
                left_out,
                no(&format!("It leaves out the management events of {source}."))
            );
        }
    }

    #[test]
    fn a_trail_that_nobody_changed_records_all_by_default() {
        let said = |selectors: Value, custom| {
            let mut selectors = selectors;
            selectors["@subject"] = json!("t");
            all_management(&serde_json::from_value(selectors).unwrap(), custom)
        };
        let none = json!({"EventSelectors": []});
        assert_eq!(said(none.clone(), Some(false)), Told::Yes);
        for custom in [Some(true), None] {
            assert!(matches!(said(none.clone(), custom), Told::Unclear(_)));
        }
        assert!(matches!(said(json!({}), Some(false)), Told::Unclear(_)));
        let writes =
            json!({"EventSelectors": [simple(json!("WriteOnly"), json!(true), json!([]))]});
        assert!(
            matches!(said(writes, Some(false)), Told::No(_)),
            "what is listed counts"
        );
    }

    #[test]
    fn what_a_simple_selector_does_not_say_has_no_default() {
        for selector in [
            simple(Value::Null, json!(true), json!([])),
            simple(json!("Some"), json!(true), json!([])),
            simple(json!("All"), Value::Null, json!([])),
        ] {
            assert!(matches!(basic(&[selector]), Told::Unclear(_)));
        }
        let without_list = simple(json!("All"), json!(true), Value::Null);
        assert_eq!(basic(&[without_list]), Told::Yes, "absent is empty");
        assert!(matches!(basic(&[]), Told::Unclear(_)), "no selector at all");
        let both = told(json!({
            "EventSelectors": [simple(json!("All"), json!(true), json!([]))],
            "AdvancedEventSelectors": [{"FieldSelectors": []}]
        }));
        assert!(matches!(both, Told::Unclear(_)), "AWS allows one form only");
    }

    #[test]
    fn an_advanced_selector_takes_in_all_if_the_category_is_its_only_condition() {
        let category = json!({"Field": "eventCategory", "Equals": ["Management"]});
        let read_only = |value: &str| json!({"Field": "readOnly", "Equals": [value]});
        assert_eq!(advanced(&[json!([category])]), Told::Yes);
        let reads = json!([category, read_only("true")]);
        let writes = json!([category, read_only("false")]);
        assert_eq!(advanced(&[reads.clone(), writes.clone()]), Told::Yes);
        assert_eq!(
            advanced(&[reads]),
            no("It records only management events that read.")
        );
        assert_eq!(
            advanced(&[writes]),
            no("It records only management events that write.")
        );
        let without_kms =
            json!([category, {"Field": "eventSource", "NotEquals": ["kms.amazonaws.com"]}]);
        assert_eq!(
            advanced(&[without_kms]),
            no("It leaves out management events by eventSource.")
        );
        let data = json!([{"Field": "eventCategory", "Equals": ["Data"]}, {"Field": "resources.type", "Equals": ["AWS::S3::Object"]}]);
        assert_eq!(
            advanced(std::slice::from_ref(&data)),
            no("It records no management events.")
        );
        assert_eq!(advanced(&[data, json!([category])]), Told::Yes);
    }

    #[test]
    fn what_an_advanced_selector_does_not_say_is_unclear() {
        let category = json!({"Field": "eventCategory", "Equals": ["Management"]});
        for fields in [
            Value::Null,
            json!([]),
            json!([{"Field": "eventCategory"}]),
            json!([category, {"Equals": ["true"]}]),
            json!([category, {"Field": "readOnly"}]),
            json!([category, category]),
        ] {
            assert!(
                matches!(advanced(std::slice::from_ref(&fields)), Told::Unclear(_)),
                "{fields}"
            );
        }
    }
}
