//! Regions.

use crate::xml;
use provider_kit::{Clouds, Dataset, Malformed, Reader};
use serde_json::Value;

/// The regions the account can use.
pub static REGIONS: Dataset = Dataset {
    id: "aws.regions",
    title: "Enabled regions",
    what: "The AWS regions that are switched on in the account, and so where resources can be.",
    permissions: &["ec2:DescribeRegions"],
    licence: None,
    key: &["/regionName"],
    records: Reader::Body(records),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.4.1[d]"],
};

fn records(body: &[u8]) -> Result<Vec<Value>, Malformed> {
    Ok(xml::response(body, "DescribeRegions")?
        .list("regionInfo")?
        .iter()
        .map(xml::Element::json)
        .collect())
}

/// The names in an answer, without the regions that are not switched on.
pub(crate) fn region_names(body: &[u8]) -> Result<Vec<String>, Malformed> {
    let mut names = Vec::new();
    for region in xml::response(body, "DescribeRegions")?.list("regionInfo")? {
        let name = region
            .text_of("regionName")
            .filter(|name| !name.is_empty())
            .ok_or_else(|| Malformed("a region has no name".to_owned()))?;
        if region.text_of("optInStatus") != Some("not-opted-in") {
            names.push(name.to_owned());
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn answer(items: &str) -> String {
        format!(
            "<DescribeRegionsResponse><regionInfo>{items}</regionInfo></DescribeRegionsResponse>"
        )
    }

    #[test]
    fn regions_that_are_switched_off_are_not_read() {
        let body = answer(
            "<item><regionName>us-east-1</regionName><optInStatus>opt-in-not-required</optInStatus></item>\
             <item><regionName>af-south-1</regionName><optInStatus>not-opted-in</optInStatus></item>\
             <item><regionName>ap-east-1</regionName><optInStatus>opted-in</optInStatus></item>",
        );
        assert_eq!(
            region_names(body.as_bytes()).unwrap(),
            ["us-east-1", "ap-east-1"]
        );
        assert!(region_names(answer("<item/>").as_bytes()).is_err());
        assert!(region_names(b"<DescribeVpcsResponse/>").is_err());
        assert!(records(b"<DescribeRegionsResponse/>").is_err());
    }
}
