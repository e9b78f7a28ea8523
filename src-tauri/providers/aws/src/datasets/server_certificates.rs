//! Certificates that were uploaded to IAM, as load balancers used before Certificate Manager.

use crate::xml;
use provider_kit::{Clouds, Dataset, Malformed, Reader};
use serde::Deserialize;
use serde_json::Value;

/// Server certificates stored in IAM. AWS never gives a private key out.
pub static SERVER_CERTIFICATES: Dataset = Dataset {
    id: "aws.iam_server_certificates",
    title: "IAM server certificates",
    what: "Which TLS certificates are stored in IAM, and when they expire.",
    permissions: &["iam:ListServerCertificates"],
    licence: None,
    key: &["/Arn"],
    records: Reader::Body(records),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.13.8[c]"],
};

/// One certificate.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ServerCertificate {
    /// Its name.
    pub server_certificate_name: Option<String>,
    /// Its ARN.
    pub arn: Option<String>,
    /// Until when it holds.
    pub expiration: Option<String>,
}

fn records(body: &[u8]) -> Result<Vec<Value>, Malformed> {
    let result = xml::result(body, "ListServerCertificates")?;
    let list = result.list("ServerCertificateMetadataList")?;
    Ok(list.iter().map(xml::Element::json).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_fixture_is_read_and_no_list_is_no_answer() {
        let rows = records(include_bytes!(
            "../../fixtures/mixed/iam_server_certificates.1.xml"
        ))
        .unwrap();
        let names: Vec<Option<String>> = rows
            .into_iter()
            .map(|row| {
                serde_json::from_value::<ServerCertificate>(row)
                    .unwrap()
                    .server_certificate_name
            })
            .collect();
        assert_eq!(names, [Some("old-shop".into()), Some("shop".into())]);
        assert!(
            records(b"<ListServerCertificatesResponse><ListServerCertificatesResult/></ListServerCertificatesResponse>")
                .is_err()
        );
    }
}
