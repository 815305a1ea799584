//! Canonical JSON, held against a reader and writer of values.

use diemdanh::bits::json::canonical;
use proptest::prelude::*;
use serde_json::{Map, Value};

/// Values as entries have them; names that sort otherwise with their quotes among them.
fn values() -> impl Strategy<Value = Value> {
    let integer = -999_999_999_999_999_i64..=999_999_999_999_999;
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        integer.prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        let members = proptest::collection::vec(("[ !#-\\[\\]-~]{0,4}", inner.clone()), 0..6);
        prop_oneof![
            proptest::collection::vec(inner, 0..6).prop_map(Value::from),
            members.prop_map(|members| Value::from(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// The value with the members of every object in the opposite order.
fn reversed(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(reversed).collect::<Vec<_>>().join(",")),
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| format!("\"{name}\":{}", reversed(value));
            format!("{{{}}}", members.iter().rev().map(member).collect::<Vec<_>>().join(","))
        }
        leaf => leaf.to_string(),
    }
}

proptest! {
    /// `serde_json`'s maps are sorted: what it writes of a value has the order that is wanted.
    #[test]
    fn members_are_sorted_at_every_level(value in values()) {
        let sorted = canonical(reversed(&value).as_bytes()).unwrap();
        prop_assert_eq!(String::from_utf8(sorted).unwrap(), value.to_string());
    }

    #[test]
    fn any_bytes_are_sorted_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        let _ = canonical(&bytes);
    }
}

#[test]
fn what_is_written_otherwise_is_refused() {
    for json in
        ["1.5", "1e9", "-", "", "1000000000000000", "{\"é\":1}", "{\"\\n\":1}", "{\"a\":1", "[1 ]", "nul", "{} "]
    {
        assert_eq!(canonical(json.as_bytes()), None, "{json}");
    }
    // The example of RFC 8785 §3.2.3 in the names that are ASCII, and a name that begins another.
    let sorted = canonical(br#"{"1":"One","</script>":1,"a!":[],"a":{"c":-7,"b":null}}"#).unwrap();
    assert_eq!(sorted, br#"{"1":"One","</script>":1,"a":{"b":null,"c":-7},"a!":[]}"#);
}
