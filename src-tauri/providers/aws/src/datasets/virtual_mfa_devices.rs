//! Authenticator apps that are assigned to a user. Security keys and hardware tokens are not in this list.

use crate::xml;
use provider_kit::{Clouds, Dataset, Malformed, Reader};
use serde::Deserialize;
use serde_json::Value;

/// Elements that hold a device's seed. AWS sends them only when a device is made; an emulator may send them always.
pub const SEEDS: [&str; 2] = ["Base32StringSeed", "QRCodePNG"];

/// Assigned virtual MFA devices. Seeds are cut out before anything is stored (see [`without_seeds`]); `removed` is
/// about members of JSON bodies, and these bodies are XML.
pub static VIRTUAL_MFA_DEVICES: Dataset = Dataset {
    id: "aws.iam_virtual_mfa_devices",
    title: "Virtual MFA devices",
    what: "Which users, root among them, use an authenticator app as their second factor.",
    permissions: &["iam:ListVirtualMFADevices"],
    licence: None,
    key: &["/SerialNumber"],
    records: Reader::Body(records),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.5.4[a]"],
};

/// One device.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VirtualMfaDevice {
    /// Its ARN.
    pub serial_number: Option<String>,
    /// Whose it is.
    pub user: Option<Owner>,
}

/// The user a device is assigned to.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Owner {
    /// The user's ARN.
    pub arn: Option<String>,
}

impl VirtualMfaDevice {
    /// Whether it is the root user's; `None` where the record does not say.
    #[must_use]
    pub fn is_roots(&self) -> Option<bool> {
        let owner = self.user.as_ref().and_then(|user| user.arn.as_deref());
        match (owner, self.serial_number.as_deref()) {
            (Some(arn), _) if arn.ends_with(":root") => Some(true),
            (_, Some(serial)) if serial.ends_with(":mfa/root-account-mfa-device") => Some(true),
            (Some(_), _) => Some(false),
            (None, _) => None,
        }
    }
}

/// The body without the contents of seed elements. A body that can't be read safely is refused by `records` later.
#[must_use]
pub fn without_seeds(body: &[u8]) -> Vec<u8> {
    let Ok(text) = std::str::from_utf8(body) else {
        return body.to_vec();
    };
    let mut text = text.to_owned();
    for name in SEEDS {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        let mut from = 0;
        while let Some(start) = text[from..].find(&open).map(|at| from + at + open.len()) {
            let Some(end) = text[start..].find(&close).map(|at| start + at) else {
                break;
            };
            text.replace_range(start..end, "");
            from = start;
        }
    }
    text.into_bytes()
}

fn records(body: &[u8]) -> Result<Vec<Value>, Malformed> {
    let result = xml::result(body, "ListVirtualMFADevices")?;
    let devices = result.list("VirtualMFADevices")?;
    if devices.iter().any(holds_seed) {
        return Err(Malformed("it holds the seed of a device".to_owned()));
    }
    Ok(devices.iter().map(xml::Element::json).collect())
}

fn holds_seed(element: &xml::Element) -> bool {
    (SEEDS.contains(&element.name.as_str())
        && !(element.text.trim().is_empty() && element.children.is_empty()))
        || element.children.iter().any(holds_seed)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_owner_is_told_by_arn_or_by_the_device_of_root() {
        let rows = records(include_bytes!(
            "../../fixtures/mixed/iam_virtual_mfa_devices.1.xml"
        ))
        .unwrap();
        let roots: Vec<Option<bool>> = rows
            .into_iter()
            .map(|row| {
                serde_json::from_value::<VirtualMfaDevice>(row)
                    .unwrap()
                    .is_roots()
            })
            .collect();
        assert_eq!(roots, [Some(true), Some(false)]);
        let orphan = VirtualMfaDevice {
            serial_number: Some("arn:aws:iam::1:mfa/x".to_owned()),
            user: None,
        };
        assert_eq!(orphan.is_roots(), None);
        let device = VirtualMfaDevice {
            serial_number: Some("arn:aws:iam::1:mfa/root-account-mfa-device".to_owned()),
            user: None,
        };
        assert_eq!(device.is_roots(), Some(true));
    }

    #[test]
    fn a_seed_is_cut_out_and_never_read() {
        let body = "<ListVirtualMFADevicesResponse><ListVirtualMFADevicesResult><VirtualMFADevices>\
                    <member><SerialNumber>s1</SerialNumber><Base32StringSeed>QUJD</Base32StringSeed><QRCodePNG>x</QRCodePNG></member>\
                    <member><SerialNumber>s2</SerialNumber><Base32StringSeed>REVG</Base32StringSeed></member>\
                    </VirtualMFADevices></ListVirtualMFADevicesResult></ListVirtualMFADevicesResponse>";
        assert!(records(body.as_bytes()).is_err());
        let cut = without_seeds(body.as_bytes());
        let text = String::from_utf8(cut.clone()).unwrap();
        assert!(
            !text.contains("QUJD") && !text.contains("REVG") && !text.contains(">x<"),
            "{text}"
        );
        assert_eq!(records(&cut).unwrap().len(), 2);
        assert_eq!(
            without_seeds(b"<a>1</a>"),
            b"<a>1</a>",
            "everything else stays byte for byte"
        );
    }
}
