//! The key that packages are sealed for, where a TPM or a token keeps it: what lies on the disk opens with nothing else
//! that lies there.

use crate::desk_support::World;
use crate::device_keys::{MODULE, again, init_token, is_inside};
use crate::skips::skip;
use diemdanh::bits::secret::Secret;
use diemdanh::desk::enrol::enrol;
use diemdanh::desk::package::Packages;
use diemdanh::desk::start::read_config;
use diemdanh::host::device_key::DeviceStore;
use diemdanh::host::random::SystemRandom;
use diemdanh::host::{device_seal, pkcs11::TokenSettings, sealed};
use diemdanh::record::Enrolment;
use std::fs;
use std::path::Path;

const NAME: &str = "board.example/desk-1";

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

/// What one store seals, that store opens, and whoever has the file and the passphrase does not.
fn only_that_store_opens(store: &DeviceStore<'_>, others: &[DeviceStore<'_>], passphrase: &str) {
    let (identity, _) = sealed::generate();
    let text = device_seal::seal(store, NAME, &identity).unwrap();
    assert!(!text.contains("AGE-SECRET-KEY"), "{text}");
    assert!(device_seal::open(store, NAME, &text).unwrap() == identity);
    assert!(sealed::unlock_identity(&text, &secret(passphrase)).is_err(), "the passphrase alone");
    for (index, other) in others.iter().enumerate() {
        assert!(device_seal::open(other, NAME, &text).is_err(), "store {index}");
    }
    let mut odd = text.clone();
    odd.insert(text.len() - 6, 'A');
    assert!(device_seal::open(store, NAME, &odd).is_err(), "altered");
    assert!(device_seal::open(store, NAME, "rubbish").is_err());
}

/// A desk of packages under this store: it enrols, and finds its key again.
fn a_desk_keeps_its_recipient(world: &World, device: &str, file: &str) {
    fs::write(world.path("board.vkey"), format!("{}\n", world.board().verifier())).unwrap();
    let text = fs::read_to_string(world.config()).unwrap();
    world.write_config(&format!("{text}\n{device}"));
    world.change_config("[paths]\n", "[paths]\npackages = \"packages\"\nboard_key = \"board.vkey\"\n");
    let (config, base) = read_config(&world.config()).unwrap();
    let recipient =
        || Enrolment::open(&enrol(&config, &base, false, &mut SystemRandom).unwrap().note).unwrap().recipient;
    let first = recipient();
    assert!(first.starts_with("age1") && recipient() == first, "found again");
    assert!(world.path("packages").join(file).exists() && !world.path("packages/identity.age").exists());
    assert!(Packages::open(&config, &base).unwrap().is_some());
}

#[test]
fn a_file_under_a_passphrase_opens_with_it() {
    let path = Path::new("unused");
    let (right, wrong) = (secret("mat khau"), secret("khac"));
    let store = DeviceStore::File { path, passphrase: &right };
    let text = device_seal::seal(&store, NAME, &secret("AGE")).unwrap();
    assert!(device_seal::open(&store, NAME, &text).unwrap() == secret("AGE"));
    assert!(device_seal::open(&DeviceStore::File { path, passphrase: &wrong }, NAME, &text).is_err());
}

#[test]
fn a_token_wraps_the_key_of_the_packages() {
    if is_inside() {
        return in_a_token();
    }
    let Some(variables) = init_token() else { return };
    again("device_seal::a_token_wraps_the_key_of_the_packages", &[("SOFTHSM2_CONF", variables.1)]);
}

fn in_a_token() {
    let (pin, wrong) = (secret("4321"), secret("9999"));
    let settings = |pin| TokenSettings { module: Path::new(MODULE), token: "desk", pin };
    let other_name =
        device_seal::seal(&DeviceStore::Token(settings(&pin)), "board.example/desk-2", &secret("AGE")).unwrap();
    only_that_store_opens(&DeviceStore::Token(settings(&pin)), &[DeviceStore::Token(settings(&wrong))], "4321");
    assert!(device_seal::open(&DeviceStore::Token(settings(&pin)), NAME, &other_name).is_err(), "of another desk");
    let world = World::alone();
    fs::write(world.path("device.pass"), "4321\n").unwrap();
    let device = format!("[device]\nstore = \"pkcs11\"\nmodule = \"{MODULE}\"\ntoken = \"desk\"\n");
    a_desk_keeps_its_recipient(&world, &device, "identity.token");
}

#[cfg(feature = "tpm")]
#[test]
fn a_tpm_seals_the_key_of_the_packages() {
    let (own, others) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let Some((_tpm, tcti)) = crate::device_keys::tpm(own.path()) else {
        return skip("swtpm is not installed");
    };
    let (_other, other_tcti) = crate::device_keys::tpm(others.path()).unwrap();
    let (path, right, wrong) = (Path::new("unused"), secret("mat khau"), secret("khac"));
    let store = DeviceStore::Tpm { tcti: &tcti, path, passphrase: &right };
    let strangers = [
        DeviceStore::Tpm { tcti: &other_tcti, path, passphrase: &right },
        DeviceStore::Tpm { tcti: &tcti, path, passphrase: &wrong },
    ];
    only_that_store_opens(&store, &strangers, "mat khau");
    let world = World::alone();
    world.change_config("device_key = \"device.key\"", "device_key = \"device.tpm\"");
    a_desk_keeps_its_recipient(&world, &format!("[device]\nstore = \"tpm\"\ntcti = \"{tcti}\"\n"), "identity.tpm");
}
