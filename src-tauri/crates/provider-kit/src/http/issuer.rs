//! Who issued a service's certificate, so that an inspection proxy shows.

/// Object identifiers of a name's parts: common name, organisation.
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
const ORGANISATION: &[u8] = &[0x55, 0x04, 0x0a];

/// The issuer of the certificate this answer came under.
pub fn of(response: &reqwest::Response) -> Option<String> {
    let info = response.extensions().get::<reqwest::tls::TlsInfo>()?;
    from_der(info.peer_certificate()?)
}

/// The issuer's common name and organisation in a DER certificate; `None` where it is not readable.
/// For showing only: nothing is decided by it.
pub fn from_der(certificate: &[u8]) -> Option<String> {
    let (_, certificate, _) = element(certificate)?;
    let (_, mut fields, _) = element(certificate)?;
    // Version (tagged, optional), serial number, signature algorithm, issuer.
    if *fields.first()? == 0xa0 {
        fields = element(fields)?.2;
    }
    fields = element(fields)?.2;
    fields = element(fields)?.2;
    let (_, mut issuer, _) = element(fields)?;
    let (mut name, mut organisation) = (None, None);
    while let Some((_, set, rest)) = element(issuer) {
        issuer = rest;
        let (_, pair, _) = element(set)?;
        let (_, kind, value) = element(pair)?;
        let (_, text, _) = element(value)?;
        let text: String = String::from_utf8_lossy(text)
            .chars()
            .filter(|c| !c.is_control())
            .take(100)
            .collect();
        match kind {
            COMMON_NAME => name = Some(text),
            ORGANISATION => organisation = Some(text),
            _ => {}
        }
    }
    match (name, organisation) {
        (Some(name), Some(organisation)) if name != organisation => {
            Some(format!("{name} ({organisation})"))
        }
        (name, organisation) => name.or(organisation),
    }
}

/// Tag, content and what follows the first DER element.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, mut rest) = rest.split_first()?;
    let mut length = usize::from(first);
    if first >= 0x80 {
        let count = usize::from(first & 0x7f);
        if count == 0 || count > 4 {
            return None;
        }
        length = 0;
        for _ in 0..count {
            let (&byte, after) = rest.split_first()?;
            length = length << 8 | usize::from(byte);
            rest = after;
        }
    }
    (length <= rest.len()).then(|| (tag, &rest[..length], &rest[length..]))
}
