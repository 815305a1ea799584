//! A desk that cannot be started: the code, the place it lies in, and a line in the diagnostics.

use crate::desk_support::World;
use crate::diagnostics::diagnostics_of;
use diemdanh::checkin::failure::Failure;
use diemdanh::checkin::show::halted_at_start;
use diemdanh::checkin::view::Screen;
use diemdanh::lab::registry_stub::StubSettings;
use std::fs;

/// The desk does not start: its screen says `failure` and names `place`, and so do the diagnostics.
#[track_caller]
fn halts(world: &World, failure: Failure, place: &str) {
    let mut halted = None;
    let told = diagnostics_of(|| halted = world.try_open().err());
    let halted = halted.expect("a desk that does not start");
    assert_eq!(halted.failure, failure, "{}", halted.detail);
    let Screen::Halted(shown) = halted_at_start(&halted, "1").screen else { panic!("another screen") };
    assert!(shown.failure == failure && shown.detail.contains(place), "{place}: {}", shown.detail);
    assert!(told.contains(failure.code()) && told.contains(place), "{place}: {told}");
    assert_eq!(told.matches(failure.code()).count(), 1, "told once: {told}");
}

#[test]
fn unknown_key_in_the_configuration() {
    let world = World::alone();
    world.change_config("training = true", "trainning = true");
    halts(&world, Failure::ConfigUnknownKey, "trainning");
}

#[test]
fn configuration_that_is_none() {
    let world = World::alone();
    world.change_config("[desk]", "[desk");
    halts(&world, Failure::ConfigUnreadable, "line 5");
    fs::write(world.config(), [0xFF, 0xFE, 0x00]).unwrap();
    halts(&world, Failure::ConfigUnreadable, "desk.toml");
    fs::remove_file(world.config()).unwrap();
    halts(&world, Failure::ConfigUnreadable, "desk.toml");
}

#[test]
fn configuration_that_lacks_a_key_or_has_a_wrong_value() {
    let world = World::alone();
    world.change_config("roster = \"roster.csv\"\n", "");
    halts(&world, Failure::ConfigUnreadable, "roster");
    let world = World::alone();
    world.change_config("operator = \"gt-01\"", "operator = \"Nguyễn Văn A\"");
    halts(&world, Failure::ConfigUnreadable, "operator");
    let world = World::alone();
    world.change_config("training = true", "training = true\nutc_offset_hours = 99");
    halts(&world, Failure::ConfigUnreadable, "utc_offset_hours");
    let world = World::alone();
    world.change_config("id = \"exam-1\"", "id = \"exam 1\"");
    halts(&world, Failure::ConfigUnreadable, "exam");
}

#[test]
fn exam_key_that_is_none() {
    let world = World::alone();
    fs::write(world.path("exam.key"), "abc").unwrap();
    halts(&world, Failure::ConfigUnreadable, "exam.key");
}

#[test]
fn trust_folder_missing_empty_or_without_a_certificate() {
    let world = World::alone();
    world.change_config("trust = \"trust\"", "trust = \"no-such-folder\"");
    halts(&world, Failure::TrustMissing, "no-such-folder");
    fs::create_dir(world.path("no-such-folder")).unwrap();
    halts(&world, Failure::TrustMissing, "no-such-folder");
    fs::write(world.path("no-such-folder/a.cer"), b"not a certificate").unwrap();
    halts(&world, Failure::TrustMissing, "no-such-folder");
}

#[test]
fn roster_missing_or_unreadable_names_its_line() {
    let world = World::alone();
    let rows = fs::read_to_string(world.path("roster.csv")).unwrap();
    let again = rows.lines().nth(3).unwrap();
    fs::write(world.path("roster.csv"), format!("{rows}{again}\n")).unwrap();
    halts(&world, Failure::RosterUnreadable, "line 11");
    fs::write(world.path("roster.csv"), [rows.as_bytes(), b"01000099,\xC3\x28\n"].concat()).unwrap();
    halts(&world, Failure::RosterUnreadable, "line 11");
    fs::write(world.path("roster.csv"), rows.replace("-", "/")).unwrap();
    halts(&world, Failure::RosterUnreadable, "line 2");
    // A list as a school writes it is the board's to read: nobody at a desk sees what was changed in it.
    fs::write(world.path("roster.csv"), "SBD,Họ và tên,Ngày sinh,Số CCCD\n01,An,1/1/2008,099208000017\n").unwrap();
    halts(&world, Failure::RosterUnreadable, "roster.csv");
    fs::remove_file(world.path("roster.csv")).unwrap();
    halts(&world, Failure::RosterUnreadable, "roster.csv");
}

#[test]
fn device_key_missing_damaged_or_with_another_passphrase() {
    let world = World::alone();
    fs::write(world.path("device.pass"), "another").unwrap();
    halts(&world, Failure::DeviceKeyClosed, "device.key");
    fs::write(world.path("device.key"), "no key").unwrap();
    halts(&world, Failure::DeviceKeyClosed, "device.key");
    fs::remove_file(world.path("device.key")).unwrap();
    halts(&world, Failure::DeviceKeyClosed, "device.key");
    let world = World::alone();
    fs::remove_file(world.path("desk-cert")).unwrap();
    halts(&world, Failure::DeviceKeyClosed, "desk-cert");
}

#[test]
fn registry_certificate_or_key_that_is_none() {
    let world = World::asking(StubSettings::default());
    fs::write(world.path("registry.vkey"), "no key").unwrap();
    halts(&world, Failure::RegistryUnprepared, "registry.verifier");
    fs::remove_file(world.path("registry.vkey")).unwrap();
    halts(&world, Failure::RegistryUnprepared, "registry.vkey");
    let world = World::asking(StubSettings::default());
    fs::remove_file(world.path("registry-client.key")).unwrap();
    halts(&world, Failure::RegistryUnprepared, "registry-client.key");
    world.change_config("client_key = \"registry-client.key\"\n", "");
    halts(&world, Failure::RegistryUnprepared, "registry.client_key");
    let world = World::asking(StubSettings::default());
    fs::write(world.path("registry-client.key"), "no key").unwrap();
    halts(&world, Failure::RegistryUnprepared, "the desk's certificate or its key");
    let world = World::asking(StubSettings::default());
    fs::write(world.path("registry-ca.pem"), "no certificate").unwrap();
    halts(&world, Failure::RegistryUnprepared, "https://");
    // Found out only after the log was opened: the log says so, and is closed in order.
    let events: Vec<String> = world.events().iter().map(|event| format!("{event:?}")).collect();
    assert!(events.iter().any(|event| event.contains("DeviceEvent") && event.contains("p06")), "{events:?}");
    assert!(events.last().is_some_and(|event| event.starts_with("Close")), "{events:?}");
    world.board_agrees();
}

#[test]
fn journal_that_is_a_file() {
    let world = World::alone();
    fs::write(world.path("journal"), "a file").unwrap();
    halts(&world, Failure::LogUnwritable, "journal");
}

#[test]
fn journal_that_another_desk_holds() {
    let world = World::alone();
    let bench = world.open();
    halts(&world, Failure::LogUnwritable, "another program");
    bench.stop();
    world.open().stop();
}

#[test]
fn journal_that_was_changed() {
    let world = World::alone();
    for _ in 0..2 {
        world.open().stop();
    }
    let path = world.path("journal/001.seg");
    let mut bytes = fs::read(&path).unwrap();
    bytes[40] ^= 1;
    fs::write(&path, bytes).unwrap();
    halts(&world, Failure::JournalDamaged, "segment 1");
}

#[test]
fn journal_of_another_exam() {
    let world = World::alone();
    world.open().stop();
    world.change_config("id = \"exam-1\"", "id = \"exam-2\"");
    halts(&world, Failure::JournalDamaged, "segment 1");
}
