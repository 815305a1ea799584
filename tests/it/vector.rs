//! Reads the vector files of `tests/vectors`, or in their place those of the folder that `VECTORS` names.

use diemdanh::bits::hex;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// A JSON vector file by its path below `tests/vectors`.
pub(crate) fn load(path: &str) -> Value {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(path);
    let file = handed_in(path).unwrap_or(own);
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The same file among the acceptance data, where it is at hand.
fn handed_in(path: &str) -> Option<PathBuf> {
    let (set, name) = path.split_once('/')?;
    let folder = match set {
        "icao" => "icao-worked-examples",
        "tr03110" => "tr03110-worked-example",
        other => other,
    };
    let file = PathBuf::from(std::env::var_os("VECTORS")?).join(folder).join(name);
    file.is_file().then_some(file)
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
