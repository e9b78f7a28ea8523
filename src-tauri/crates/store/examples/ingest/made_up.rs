//! Records like those a directory answers with, the same in every round.

use serde_json::json;

/// One dataset as it came: pages of JSON.
pub struct Dataset {
    /// Its id.
    pub name: String,
    /// The bodies of its pages.
    pub pages: Vec<Vec<u8>>,
    /// The records, page by page, each with its key and its bytes: what a plain loop inserts.
    pub records: Vec<(String, Vec<u8>)>,
}

impl Dataset {
    /// `pages` pages of `records` records each.
    pub fn new(number: usize, pages: usize, records: usize) -> Self {
        let mut noise = Noise(0x9e37_79b9_7f4a_7c15 ^ (number as u64 + 1));
        let mut made = Self {
            name: format!("bench.dataset-{number}"),
            pages: Vec::new(),
            records: Vec::new(),
        };
        for _ in 0..pages {
            let mut page =
                br#"{"@odata.context":"https://graph.example/v1.0/$metadata#users","value":["#
                    .to_vec();
            for at in 0..records {
                let (key, record) = record(&mut noise);
                if at > 0 {
                    page.push(b',');
                }
                page.extend_from_slice(&record);
                made.records.push((key, record));
            }
            page.extend_from_slice(b"]}");
            made.pages.push(page);
        }
        made
    }

    /// Records in it.
    pub fn rows(&self) -> usize {
        self.records.len()
    }

    /// Bytes of its records.
    pub fn bytes(&self) -> usize {
        self.records.iter().map(|(_, record)| record.len()).sum()
    }
}

fn record(noise: &mut Noise) -> (String, Vec<u8>) {
    let id = noise.guid();
    let word = noise.next() % 100_000;
    let departments = ["Machining", "Quality", "Office", "Shipping"];
    let department = departments[(noise.next() % 4) as usize];
    let record = json!({
        "id": id,
        "displayName": format!("Person {word}"),
        "userPrincipalName": format!("person.{word}.{}@halyardprecision.example", noise.next() % 1_000),
        "accountEnabled": !noise.next().is_multiple_of(7),
        "userType": if noise.next().is_multiple_of(9) { "Guest" } else { "Member" },
        "createdDateTime": noise.moment(),
        "department": department,
        "onPremisesImmutableId": noise.guid(),
        "signInActivity": {
            "lastSignInDateTime": noise.moment(),
            "lastSignInRequestId": noise.guid(),
            "lastNonInteractiveSignInDateTime": noise.moment(),
            "lastNonInteractiveSignInRequestId": noise.guid(),
        },
    });
    (id, record.to_string().into_bytes())
}

/// xorshift64: not random, only uneven enough that compression has work to do.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn guid(&mut self) -> String {
        let (a, b) = (self.next(), self.next());
        let hex = format!("{a:016x}{b:016x}");
        format!(
            "{}-{}-{}-{}-{}",
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..]
        )
    }

    fn moment(&mut self) -> String {
        let second = self.next() % 60;
        let (day, hour, minute) = (1 + self.next() % 28, self.next() % 24, self.next() % 60);
        format!("2026-10-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}
