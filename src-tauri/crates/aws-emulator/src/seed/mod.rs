//! A made-up account for moto: people, trails, networks, disks, rules and findings.

mod account;
mod client;
mod data;
mod people;
mod regional;
mod watch;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use url::Url;

use crate::{ACCOUNT, home_region, partition};
use client::Client;

/// How many requests are under way at a time. Moto is one Python process; more would only queue.
const AT_ONCE: usize = 12;

/// What to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seed {
    /// Number of IAM users, the reading one among them; at least one.
    pub users: usize,
    /// Regions to fill, all of one partition. The first has the trails and their bucket.
    pub regions: Vec<String>,
    /// Regions of these in which Security Hub is left off.
    pub without_security_hub: Vec<String>,
    /// Regions of these in which AWS Config is left off.
    pub without_config: Vec<String>,
}

/// One made-up user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The user's name.
    pub name: String,
    /// Whether there is a password for the console.
    pub console: bool,
    /// Whether there is a second factor.
    pub mfa: bool,
    /// Whether there is an access key.
    pub access_key: bool,
    /// Whether a policy allows everything, directly or through a group.
    pub administrator: bool,
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seeded {
    /// The account's number.
    pub account: String,
    /// `aws` or `aws-us-gov`.
    pub partition: String,
    /// The region to name as home: of IAM, and of the first trail.
    pub home: String,
    /// The key of the reading user `compliance-reader`, which may read everything.
    pub access_key_id: String,
    /// Its secret: it opens nothing but this moto.
    pub secret_access_key: String,
    /// Every user but the reading one.
    pub people: Vec<Person>,
}

impl Seeded {
    /// Names of those who can sign in to the console without a second factor.
    #[must_use]
    pub fn without_mfa(&self) -> Vec<&str> {
        self.names(|person| person.console && !person.mfa)
    }

    /// Names of those whom a policy allows everything.
    #[must_use]
    pub fn administrators(&self) -> Vec<&str> {
        self.names(|person| person.administrator)
    }

    fn names(&self, which: impl Fn(&Person) -> bool) -> Vec<&str> {
        self.people
            .iter()
            .filter(|person| which(person))
            .map(|person| &*person.name)
            .collect()
    }
}

/// Why seeding failed.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// Moto could not be reached.
    #[error("moto could not be reached: {0}")]
    Unreachable(#[from] reqwest::Error),
    /// Moto refused a request.
    #[error("moto refused {what} with {status}: {text}")]
    Refused {
        /// The operation.
        what: String,
        /// The HTTP status.
        status: u16,
        /// The beginning of its answer.
        text: String,
    },
    /// An answer lacks something.
    #[error("moto's answer to {what} has no {part}")]
    Incomplete {
        /// The operation.
        what: String,
        /// What is missing.
        part: &'static str,
    },
    /// The regions are of two partitions, or there are none.
    #[error("the regions to fill must be of one partition, and at least one")]
    Regions,
    /// No runtime could be made.
    #[error("no runtime could be made: {0}")]
    Runtime(#[from] std::io::Error),
}

impl Seed {
    /// So many users and these regions, with every service on everywhere.
    #[must_use]
    pub fn new(users: usize, regions: &[&str]) -> Self {
        Self {
            users,
            regions: regions.iter().map(|region| (*region).to_owned()).collect(),
            without_security_hub: Vec::new(),
            without_config: Vec::new(),
        }
    }

    /// Makes it all at the moto that listens at `url`. Ask moto itself, not an emulator before it. An account can be
    /// seeded once; reset moto before doing it again.
    ///
    /// # Errors
    /// When moto can't be reached or refuses something.
    pub async fn run(&self, url: &Url) -> Result<Seeded, SeedError> {
        let home = self.regions.first().ok_or(SeedError::Regions)?;
        if self
            .regions
            .iter()
            .any(|region| partition(region) != partition(home))
        {
            return Err(SeedError::Regions);
        }
        let client = Client::new(url)?;
        let people = people::plan(self.users.saturating_sub(1));
        let region = home_region(home);
        people::prepare(&client, region).await?;
        stream::iter(people.iter().enumerate())
            .map(|(number, person)| people::make(&client, region, number, person))
            .buffer_unordered(AT_ONCE)
            .try_collect::<()>()
            .await?;
        let (access_key_id, secret_access_key) = people::reader(&client, region).await?;
        account::make(&client, region, &self.regions).await?;
        regional::trails(&client, home).await?;
        let last = self.regions.last().map_or(home.as_str(), String::as_str);
        data::buckets(&client, home, last, partition(home)).await?;
        stream::iter(&self.regions)
            .map(|region| regional::fill(&client, self, region))
            .buffer_unordered(AT_ONCE)
            .try_collect::<()>()
            .await?;
        Ok(Seeded {
            account: ACCOUNT.to_owned(),
            partition: partition(home).to_owned(),
            home: region.to_owned(),
            access_key_id,
            secret_access_key,
            people,
        })
    }

    /// The same for callers without a runtime.
    ///
    /// # Errors
    /// As [`Seed::run`].
    ///
    /// # Panics
    /// When called inside a runtime; use [`Seed::run`] there.
    pub fn run_blocking(&self, url: &Url) -> Result<Seeded, SeedError> {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?
            .block_on(self.run(url))
    }
}
