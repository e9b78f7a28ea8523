//! AWS's services as they are addressed: host, signing name, protocol (botocore's service models and endpoint rules).

/// How a service is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// A form with `Action` and this `Version`; answers in EC2's own XML.
    Ec2 {
        /// The API's version.
        version: &'static str,
    },
    /// JSON 1.1: the operation is in a header, behind this prefix.
    Json {
        /// E.g. `AmazonSSM`.
        target: &'static str,
    },
    /// JSON at a path of its own.
    Rest,
}

/// A service of AWS that exists in each region.
#[derive(Clone, Copy, Debug)]
pub struct Service {
    /// The first part of its host, and its name in signatures and permissions.
    pub id: &'static str,
    /// How it is asked.
    pub protocol: Protocol,
    /// Whether its ordinary host in GovCloud is the FIPS one already.
    pub fips_in_govcloud: bool,
}

/// Servers, networks and disks.
pub static EC2: Service = Service {
    id: "ec2",
    protocol: Protocol::Ec2 {
        version: "2016-11-15",
    },
    fips_in_govcloud: true,
};

/// The record of what was done in the account.
pub static CLOUD_TRAIL: Service = Service {
    id: "cloudtrail",
    protocol: Protocol::Json {
        target: "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101",
    },
    fips_in_govcloud: true,
};

/// AWS's own judgement of the account.
pub static SECURITY_HUB: Service = Service {
    id: "securityhub",
    protocol: Protocol::Rest,
    fips_in_govcloud: false,
};

impl Service {
    /// The host in `region`.
    #[must_use]
    pub fn host(&self, region: &str, fips: bool) -> String {
        let plain = !fips || (self.fips_in_govcloud && region.starts_with("us-gov-"));
        let mark = if plain { "" } else { "-fips" };
        format!("{}{mark}.{region}.amazonaws.com", self.id)
    }
}

/// When the endpoints are used whose cryptography is validated to FIPS 140.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fips {
    /// Where AWS has them: regions of the United States and Canada.
    WhereOffered,
    /// Never.
    Never,
}

impl Fips {
    /// Whether for `region`. Elsewhere such a host has a name and no address.
    #[must_use]
    pub fn in_region(self, region: &str) -> bool {
        self == Self::WhereOffered && ["us-", "ca-"].iter().any(|part| region.starts_with(part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_those_of_the_endpoint_rules() {
        for (service, region, fips, host) in [
            (&EC2, "us-east-1", false, "ec2.us-east-1.amazonaws.com"),
            (&EC2, "us-east-1", true, "ec2-fips.us-east-1.amazonaws.com"),
            (
                &EC2,
                "us-gov-west-1",
                true,
                "ec2.us-gov-west-1.amazonaws.com",
            ),
            (
                &SECURITY_HUB,
                "us-gov-east-1",
                true,
                "securityhub-fips.us-gov-east-1.amazonaws.com",
            ),
            (
                &CLOUD_TRAIL,
                "ca-central-1",
                true,
                "cloudtrail-fips.ca-central-1.amazonaws.com",
            ),
        ] {
            assert_eq!(service.host(region, fips), host);
        }
    }

    #[test]
    fn fips_hosts_are_used_only_where_they_exist() {
        for (region, used) in [
            ("us-east-1", true),
            ("us-gov-west-1", true),
            ("ca-west-1", true),
            ("eu-west-1", false),
            ("ap-southeast-2", false),
        ] {
            assert_eq!(Fips::WhereOffered.in_region(region), used, "{region}");
            assert!(!Fips::Never.in_region(region));
        }
    }
}
