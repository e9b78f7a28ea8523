//! One page of a list, and the `Link` header that names the others.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use stand_in::seed::mix;

use crate::faults::Fault;
use crate::refusal::Refusal;
use crate::route::{Call, List, Paging, Place};

/// The rows of the page, as the body of the answer, and the header if there are other pages.
pub(crate) fn page(
    call: &Call,
    place: Place,
    path: &[String],
    list: &List,
) -> Result<(Value, Option<String>), Refusal> {
    let address = address(call, place, path);
    let (start, end, links) = match list.paging {
        Paging::Numbered => numbered(call, list),
        Paging::Cursor => by_cursor(call, list, &address)?,
    };
    let rows: Vec<Value> = (start..end).map(|at| (list.row)(at)).collect();
    let body = match list.wrap {
        Some(member) => json!({"total_count": list.count, member: rows}),
        None => Value::Array(rows),
    };
    Ok((body, header(call, &address, links)))
}

/// Where the other pages are: the path changes to numbers.
fn address(call: &Call, place: Place, path: &[String]) -> String {
    let encode = |segment: &String| percent_encode(segment);
    let tail: Vec<String> = path.iter().map(encode).collect();
    let head = match (place, call.repo) {
        (Place::Org, _) => format!("/organizations/{}", call.company.id),
        (Place::Repo, Some(repo)) => format!("/repositories/{}", repo.id),
        _ => String::new(),
    };
    format!("{}{head}/{}", call.state.api_url(), tail.join("/"))
}

fn percent_encode(segment: &str) -> String {
    url::form_urlencoded::byte_serialize(segment.as_bytes())
        .collect::<String>()
        .replace('+', "%20")
}

/// A relation and the query that leads there.
type Links = Vec<(&'static str, String)>;

fn numbered(call: &Call, list: &List) -> (usize, usize, Links) {
    let (size, number) = (call.query.per_page(), call.query.page());
    let last = list.count.div_ceil(size).max(1);
    let start = (number - 1).saturating_mul(size).min(list.count);
    let end = start.saturating_add(size).min(list.count);
    let to = |number: usize| call.query.with(&["page"], "page", &number.to_string());
    let mut links = Links::new();
    if number > 1 {
        links.push(("prev", to((number - 1).min(last))));
    }
    let endless = call.faults.contains(&Fault::EndlessNext);
    if number < last || endless {
        links.push(("next", to(number + 1)));
        if number < last {
            links.push(("last", to(last)));
        }
    }
    if number > 1 {
        links.push(("first", to(1)));
    }
    (start, end, links)
}

fn by_cursor(call: &Call, list: &List, address: &str) -> Result<(usize, usize, Links), Refusal> {
    if call.query.get("page").is_some() {
        return Err(Refusal::new(
            400,
            "Pagination using the `page` parameter is not supported.",
        ));
    }
    let size = call.query.per_page();
    // A cursor belongs to one list with its filters.
    let mark = format!("{address}?{}", call.query.filters())
        .bytes()
        .fold(0, |sum, byte| mix(sum ^ u64::from(byte)));
    let read = |text: &str| -> Result<usize, Refusal> {
        let decoded = URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
        String::from_utf8(decoded)
            .ok()
            .and_then(|text| {
                let (have, at) = text.split_once(':')?;
                (have == format!("{mark:016x}")).then(|| at.parse().ok())?
            })
            .ok_or_else(|| Refusal::unprocessable("The cursor is not one of this list."))
    };
    let write = |at: usize| URL_SAFE_NO_PAD.encode(format!("{mark:016x}:{at}"));
    let (start, end) = match (call.query.get("after"), call.query.get("before")) {
        (Some(_), Some(_)) => {
            return Err(Refusal::unprocessable(
                "after and before exclude each other.",
            ));
        }
        (Some(after), None) => {
            let start = read(after)?.min(list.count);
            (start, (start + size).min(list.count))
        }
        (None, Some(before)) => {
            let end = read(before)?.min(list.count);
            (end.saturating_sub(size), end)
        }
        (None, None) => (0, size.min(list.count)),
    };
    let to = |name: &str, at: usize| call.query.with(&["after", "before"], name, &write(at));
    let mut links = Links::new();
    if end < list.count || call.faults.contains(&Fault::EndlessNext) {
        links.push(("next", to("after", end)));
    }
    if start > 0 {
        links.push(("prev", to("before", start)));
    }
    Ok((start, end, links))
}

fn header(call: &Call, address: &str, mut links: Links) -> Option<String> {
    let mut host = None;
    for fault in call.faults {
        match fault {
            Fault::RepeatNext => set_next(&mut links, call.request.query.clone()),
            Fault::LoopNext => {
                let first = call.query.with(&["after", "before", "page"], "loop", "1");
                set_next(&mut links, first);
            }
            Fault::MissingNext => links.retain(|(relation, _)| *relation != "next"),
            Fault::ForeignNext(other) => {
                host = Some(other);
                if !links.iter().any(|(relation, _)| *relation == "next") {
                    set_next(&mut links, call.query.with(&["page"], "page", "2"));
                }
            }
            Fault::BrokenLink => return Some("<<>; rel=next, nonsense".to_owned()),
            _ => {}
        }
    }
    if links.is_empty() {
        return None;
    }
    let address = match host {
        Some(host) => address.replacen(&call.state.url, &format!("https://{host}"), 1),
        None => address.to_owned(),
    };
    let written: Vec<String> = links
        .iter()
        .map(|(relation, query)| format!("<{address}?{query}>; rel=\"{relation}\""))
        .collect();
    Some(written.join(", "))
}

fn set_next(links: &mut Links, query: String) {
    links.retain(|(relation, _)| *relation != "next");
    links.push(("next", query));
}
