//! Reads the vector files of `tests/vectors`.

use diemdanh::bits::hex;
use serde_json::Value;

/// A JSON vector file by its path below `tests/vectors`.
pub(crate) fn load(path: &str) -> Value {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(path);
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The cases of a vector file.
pub(crate) fn cases(path: &str) -> Vec<Value> {
    load(path)["cases"].as_array().expect("cases").clone()
}

/// A text field.
pub(crate) fn text<'a>(case: &'a Value, key: &str) -> &'a str {
    case[key].as_str().unwrap_or_else(|| panic!("no text {key}"))
}

/// A field of hexadecimal bytes.
pub(crate) fn bytes(case: &Value, key: &str) -> Vec<u8> {
    hex::decode(text(case, key)).unwrap_or_else(|| panic!("{key} is not hexadecimal"))
}
