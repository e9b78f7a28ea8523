//! AWS's services as they are addressed: host, signing name, protocol (botocore's service models and endpoint rules;
//! where FIPS hosts exist is from its list of endpoints).

/// How a service is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// A form with `Action` and this `Version`; answers in EC2's own XML.
    Ec2 {
        /// The API's version.
        version: &'static str,
    },
    /// A form with `Action` and this `Version`; answers in `<ActionResponse><ActionResult>`.
    Query {
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
    /// S3: a bucket is the first part of the host, or of the path; answers in XML of its own.
    S3,
    /// S3 Control: the account is the first part of the host, and in a header.
    S3Control,
}

/// Where a service is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// It exists in each region.
    EachRegion,
    /// One region answers for the whole partition: us-east-1, or us-gov-west-1 in GovCloud.
    Partition,
}

/// A service of AWS.
#[derive(Clone, Copy, Debug)]
pub struct Service {
    /// Its name in signatures.
    pub id: &'static str,
    /// The first part of its host.
    pub host: &'static str,
    /// How it is asked.
    pub protocol: Protocol,
    /// Where it is asked.
    pub place: Place,
    /// Whether its ordinary host in GovCloud is the FIPS one already.
    pub fips_in_govcloud: bool,
    /// Whether it has FIPS hosts in Canada. Where it has none, the ordinary one is asked.
    pub fips_in_canada: bool,
}

/// As most services are.
const fn regional(id: &'static str, protocol: Protocol) -> Service {
    Service {
        id,
        host: id,
        protocol,
        place: Place::EachRegion,
        fips_in_govcloud: true,
        fips_in_canada: false,
    }
}

const fn json(target: &'static str) -> Protocol {
    Protocol::Json { target }
}

const fn query(version: &'static str) -> Protocol {
    Protocol::Query { version }
}

/// Servers, networks and disks.
pub static EC2: Service = Service {
    fips_in_canada: true,
    ..regional(
        "ec2",
        Protocol::Ec2 {
            version: "2016-11-15",
        },
    )
};

/// The record of what was done in the account.
pub static CLOUD_TRAIL: Service = regional(
    "cloudtrail",
    json("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101"),
);

/// The record of the configuration. What its SDK crate asks does not pass here.
pub static CONFIG: Service = regional("config", json("StarlingDoveService"));

/// AWS's own judgement of the account.
pub static SECURITY_HUB: Service = Service {
    fips_in_govcloud: false,
    ..regional("securityhub", Protocol::Rest)
};

/// Stored objects: the list of buckets, and what is asked about each in its own region.
pub static S3: Service = Service {
    fips_in_govcloud: false,
    fips_in_canada: true,
    ..regional("s3", Protocol::S3)
};

/// What holds for every bucket of the account.
pub static S3_CONTROL: Service = Service {
    host: "s3-control",
    fips_in_govcloud: false,
    fips_in_canada: true,
    ..regional("s3", Protocol::S3Control)
};

/// Keys.
pub static KMS: Service = Service {
    fips_in_govcloud: false,
    fips_in_canada: true,
    ..regional("kms", json("TrentService"))
};

/// Databases.
pub static RDS: Service = Service {
    fips_in_canada: true,
    ..regional("rds", query("2014-10-31"))
};

/// Backups.
pub static BACKUP: Service = Service {
    fips_in_govcloud: false,
    ..regional("backup", Protocol::Rest)
};

/// Load balancers (version 2).
pub static LOAD_BALANCING: Service = regional("elasticloadbalancing", query("2015-12-01"));

/// Topics and who subscribes to them.
pub static SNS: Service = regional("sns", query("2010-03-31"));

/// CloudWatch: alarms. Its permissions begin with `cloudwatch:`.
pub static CLOUD_WATCH: Service = regional("monitoring", query("2010-08-01"));

/// CloudWatch Logs.
pub static LOGS: Service = Service {
    fips_in_canada: true,
    ..regional("logs", json("Logs_20140328"))
};

/// Systems Manager.
pub static SYSTEMS_MANAGER: Service = Service {
    fips_in_canada: true,
    ..regional("ssm", json("AmazonSSM"))
};

/// Detection of threats.
pub static GUARD_DUTY: Service = regional("guardduty", Protocol::Rest);

/// Vulnerabilities.
pub static INSPECTOR: Service = Service {
    fips_in_govcloud: false,
    ..regional("inspector2", Protocol::Rest)
};

/// What is shared with others.
pub static ACCESS_ANALYZER: Service = Service {
    fips_in_canada: true,
    ..regional("access-analyzer", Protocol::Rest)
};

/// The organization an account belongs to.
pub static ORGANIZATIONS: Service = Service {
    place: Place::Partition,
    ..regional("organizations", json("AWSOrganizationsV20161128"))
};

/// The account's contacts and regions.
pub static ACCOUNT_MANAGEMENT: Service = Service {
    place: Place::Partition,
    fips_in_govcloud: false,
    ..regional("account", Protocol::Rest)
};

impl Service {
    /// The region that is asked on behalf of `region`.
    #[must_use]
    pub fn region<'a>(&self, region: &'a str) -> &'a str {
        match self.place {
            Place::EachRegion => region,
            Place::Partition if region.starts_with("us-gov-") => "us-gov-west-1",
            Place::Partition => "us-east-1",
        }
    }

    /// The host in `region`.
    #[must_use]
    pub fn host(&self, region: &str, fips: bool) -> String {
        let without = (self.fips_in_govcloud && region.starts_with("us-gov-"))
            || (!self.fips_in_canada && region.starts_with("ca-"));
        let mark = if fips && !without { "-fips" } else { "" };
        format!("{}{mark}.{region}.amazonaws.com", self.host)
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
        // Service, host in us-east-1 with FIPS, host in us-gov-west-1 with FIPS; without the ending all have.
        for (service, commercial, government) in [
            (&EC2, "ec2-fips", "ec2"),
            (&CLOUD_TRAIL, "cloudtrail-fips", "cloudtrail"),
            (&CONFIG, "config-fips", "config"),
            (&SECURITY_HUB, "securityhub-fips", "securityhub-fips"),
            (&S3, "s3-fips", "s3-fips"),
            (&S3_CONTROL, "s3-control-fips", "s3-control-fips"),
            (&KMS, "kms-fips", "kms-fips"),
            (&RDS, "rds-fips", "rds"),
            (&BACKUP, "backup-fips", "backup-fips"),
            (
                &LOAD_BALANCING,
                "elasticloadbalancing-fips",
                "elasticloadbalancing",
            ),
            (&SNS, "sns-fips", "sns"),
            (&CLOUD_WATCH, "monitoring-fips", "monitoring"),
            (&LOGS, "logs-fips", "logs"),
            (&SYSTEMS_MANAGER, "ssm-fips", "ssm"),
            (&GUARD_DUTY, "guardduty-fips", "guardduty"),
            (&INSPECTOR, "inspector2-fips", "inspector2-fips"),
            (&ACCESS_ANALYZER, "access-analyzer-fips", "access-analyzer"),
            (&ORGANIZATIONS, "organizations-fips", "organizations"),
            (&ACCOUNT_MANAGEMENT, "account-fips", "account-fips"),
        ] {
            for (region, fips, first) in [
                ("us-east-1", true, commercial),
                ("us-gov-west-1", true, government),
                ("us-east-1", false, service.host),
                ("us-gov-west-1", false, service.host),
            ] {
                assert_eq!(
                    service.host(region, fips),
                    format!("{first}.{region}.amazonaws.com")
                );
            }
        }
    }

    #[test]
    fn canada_has_some_fips_hosts() {
        for (service, host) in [
            (&EC2, "ec2-fips.ca-central-1.amazonaws.com"),
            (&S3, "s3-fips.ca-central-1.amazonaws.com"),
            (&KMS, "kms-fips.ca-central-1.amazonaws.com"),
            (&CLOUD_TRAIL, "cloudtrail.ca-central-1.amazonaws.com"),
            (&SECURITY_HUB, "securityhub.ca-central-1.amazonaws.com"),
        ] {
            assert_eq!(service.host("ca-central-1", true), host);
        }
    }

    #[test]
    fn one_region_answers_for_services_of_the_whole_partition() {
        for (asked, answers) in [
            ("eu-west-1", "us-east-1"),
            ("us-gov-east-1", "us-gov-west-1"),
            ("us-east-1", "us-east-1"),
        ] {
            assert_eq!(ORGANIZATIONS.region(asked), answers);
            assert_eq!(KMS.region(asked), asked);
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
