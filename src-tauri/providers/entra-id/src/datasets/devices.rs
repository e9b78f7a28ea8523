//! Devices: who may register them, and which ones are known.

use super::{Pace, Shape, Source, list, single};
use provider_kit::{Clouds, Dataset, Reader};
use serde::Deserialize;

/// Rules for registering devices.
pub(crate) static REGISTRATION: Dataset = Dataset {
    id: "entra-id.device-registration-policy",
    title: "Device registration",
    what: "Who may join and register devices, with how much proof and how many, and whether local administrators get changing passwords.",
    permissions: &["Policy.Read.DeviceConfiguration"],
    licence: None,
    key: &[],
    records: Reader::Body(single),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.1[f]", "3.5.2[c]"],
};

pub(crate) const REGISTRATION_SOURCE: Source = Source {
    dataset: &REGISTRATION,
    path: "/v1.0/policies/deviceRegistrationPolicy",
    query: "",
    shape: Shape::Single,
    pace: Pace::Directory,
};

/// The record of [`REGISTRATION`].
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeviceRegistration {
    /// `required` or `notRequired`.
    pub(crate) multi_factor_auth_configuration: Option<String>,
    /// Devices that one person may register.
    pub(crate) user_device_quota: Option<i64>,
    pub(crate) local_admin_password: Option<LocalAdminPassword>,
}

/// Whether devices get a changing password for their local administrator.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LocalAdminPassword {
    pub(crate) is_enabled: Option<bool>,
}

/// Devices that are joined or registered.
pub(crate) static DEVICES: Dataset = Dataset {
    id: "entra-id.devices",
    title: "Devices",
    what: "Which devices are joined or registered, and whether they are managed and follow the rules.",
    permissions: &["Device.Read.All"],
    licence: None,
    key: &["/id"],
    records: Reader::Body(list),
    volatile: &["/approximateLastSignInDateTime"],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.1[c]", "3.5.1[c]", "3.4.1[d]"],
};

pub(crate) const DEVICES_SOURCE: Source = Source {
    dataset: &DEVICES,
    path: "/v1.0/devices",
    query: "$select=id,deviceId,displayName,accountEnabled,operatingSystem,operatingSystemVersion,isCompliant,isManaged,trustType,profileType,approximateLastSignInDateTime,registrationDateTime,deviceOwnership&$top=999",
    shape: Shape::List,
    pace: Pace::Directory,
};
