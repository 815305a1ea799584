//! The registry's call as `config/registry/openapi.yaml` describes it, tried by a schema-driven fuzzer (schemathesis)
//! against the running stub. A hook signs, so that the calls reach a verdict.

use crate::registry_support::stub;
use crate::skips::skip;
use diemdanh::lab::registry_stub::StubSettings;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn stub_answers_as_it_is_described() {
    let fuzzer = Path::new("target/schemathesis/bin/schemathesis");
    if !fuzzer.is_file() {
        return skip("no schemathesis: config/deploy/schemathesis.sh installs it");
    }
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let stub = stub(StubSettings::default());
    stub.hand_out(folder.path()).unwrap();
    let base = stub.url().trim_end_matches("/v1/ask").to_owned();
    let here = fs::canonicalize(".").unwrap();
    let mut command = Command::new(here.join(fuzzer));
    command
        // It leaves notes for its next run where it runs.
        .current_dir(folder.path())
        .arg("--config-file")
        .arg(here.join("tests/schema/schemathesis.toml"))
        .arg("run")
        .arg(here.join("config/registry/openapi.yaml"))
        .args(["--url", &base, "--phases", "examples,coverage,fuzzing", "--max-examples", "400", "--seed", "1"])
        .args(["--header", "x-api-key:lab-key", "--no-color", "--tls-verify", "registry-ca.pem"])
        .args(["--request-cert", "registry-client.pem", "--request-cert-key", "registry-client.key"])
        .env("SCHEMATHESIS_HOOKS", "hooks")
        .env("PYTHONPATH", here.join("tests/schema"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("SCHEMA_COUNTS", at("counts.json"));
    let output = command.output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let counts: Value = serde_json::from_slice(&fs::read(at("counts.json")).expect(&said)).unwrap();
    let counted = |name: &str| counts[name].as_u64().unwrap();
    let [calls, past_the_door, turned_away] = ["calls", "past_the_door", "turned_away"].map(counted);
    let told = format!("schemathesis: {calls} calls, {past_the_door} past the door, {turned_away} turned away at it\n");
    print!("{told}");
    // `tests/run.sh` prints it: what a test says that passes is not seen.
    fs::write("target/schemathesis/counts.txt", told).unwrap();
    assert!(output.status.success(), "{said}");
    assert_eq!(counts["wrong"], Value::Array(Vec::new()));
    assert!(
        calls >= 500 && past_the_door * 2 >= calls && turned_away > 0,
        "{past_the_door} of {calls} passed the door"
    );
    assert!(u64::from(stub.calls()) >= past_the_door, "the stub counts them too");
}
