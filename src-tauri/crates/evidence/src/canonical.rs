//! Canonical JSON: one value, one sequence of bytes, so that a digest means something.
//!
//! RFC 8785 with one deliberate difference: whole numbers keep every digit. The RFC passes them through IEEE 754
//! doubles, which makes 9007199254740993 and 9007199254740992 the same bytes, and services do use such ids.

use serde::Serialize;
use serde_json::Value;

/// A value that JSON can't carry (a map with non-string keys, a NaN).
#[derive(Debug, thiserror::Error)]
#[error("the value has no canonical JSON form: {0}")]
pub struct CanonicalError(String);

/// The canonical JSON bytes of `value`: members sorted by UTF-16 code units, shortest numbers, no white space.
pub fn canonical_json<T: Serialize>(value: &T) -> Result<Vec<u8>, CanonicalError> {
    let value = serde_json::to_value(value).map_err(|error| CanonicalError(error.to_string()))?;
    let mut out = Vec::new();
    write(&value, &mut out)?;
    Ok(out)
}

fn write(value: &Value, out: &mut Vec<u8>) -> Result<(), CanonicalError> {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            out.push(b'{');
            for (i, (name, member)) in members.into_iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                plain(name, out)?;
                out.push(b':');
                write(member, out)?;
            }
            out.push(b'}');
        }
        Value::Array(items) => {
            out.push(b'[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                write(item, out)?;
            }
            out.push(b']');
        }
        Value::Number(number) if number.is_f64() => {
            let bytes = serde_json_canonicalizer::to_vec(number)
                .map_err(|error| CanonicalError(error.to_string()))?;
            out.extend(bytes);
        }
        scalar => plain(scalar, out)?,
    }
    Ok(())
}

/// Strings, whole numbers, booleans and null are already canonical as `serde_json` writes them.
fn plain<T: Serialize + ?Sized>(scalar: &T, out: &mut Vec<u8>) -> Result<(), CanonicalError> {
    serde_json::to_writer(out, scalar).map_err(|error| CanonicalError(error.to_string()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::canonical_json;
    use serde_json::json;

    #[test]
    fn large_whole_numbers_stay_apart() {
        let (one, two) = (
            json!(9_007_199_254_740_993_u64),
            json!(9_007_199_254_740_992_u64),
        );
        assert_ne!(canonical_json(&one).unwrap(), canonical_json(&two).unwrap());
    }

    #[test]
    fn member_order_and_white_space_do_not_matter() {
        let one: serde_json::Value =
            serde_json::from_str("{ \"b\": 1.0, \"a\": [true, null] }").unwrap();
        assert_eq!(
            canonical_json(&one).unwrap(),
            b"{\"a\":[true,null],\"b\":1}"
        );
        assert_eq!(
            canonical_json(&json!({"a": [true, null], "b": 1})).unwrap(),
            canonical_json(&one).unwrap()
        );
    }
}
