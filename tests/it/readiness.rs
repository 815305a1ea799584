//! `diemdanh doctor --report`: what it finds on machines that are shown to it, what it says, and what the device signs.

use crate::desk_support::World;
use crate::programs::program;
use diemdanh::bits::stamp::{Clock, Stamp};
use diemdanh::checkin::readiness::{Check, Finding, Grade};
use diemdanh::desk::keys::device_key;
use diemdanh::desk::plan::DeskPlan;
use diemdanh::desk::readiness::{Advice, Readiness, Tools, around, examine, write_report};
use diemdanh::desk::start::read_config;
use diemdanh::host::clock::SystemClock;
use diemdanh::host::disk::{Gauge, Space, gauge};
use diemdanh::host::machine::MachineFiles;
use diemdanh::iso7816::transport::{CardReader, CardTransport, ReaderEvent, TransportError};
use diemdanh::record::Digest;
use sha2::{Digest as _, Sha256};
use std::cell::Cell;
use std::collections::{BTreeSet, VecDeque};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use tempfile::TempDir;

/// A machine of files; nothing is there at first.
struct Machine(TempDir);

impl Machine {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn with(self, path: &str, text: &str) -> Self {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    fn folder(self, path: &str) -> Self {
        fs::create_dir_all(self.0.path().join(path)).unwrap();
        self
    }

    fn files(&self) -> MachineFiles {
        MachineFiles::below(self.0.path())
    }

    /// What is found about this subject.
    fn found(&self, subject: &str) -> Check {
        around(&self.files()).into_iter().find(|check| check.finding.subject() == subject).unwrap()
    }
}

/// A machine as it should stand in an exam room.
fn quiet() -> Machine {
    Machine::new()
        .with("sys/class/power_supply/AC/type", "Mains\n")
        .with("sys/class/power_supply/BAT0/type", "Battery\n")
        .with("sys/class/power_supply/BAT0/capacity", "87\n")
        .with("sys/class/power_supply/BAT0/status", "Full\n")
        .with("sys/class/rfkill/rfkill0/type", "wlan\n")
        .with("sys/class/rfkill/rfkill0/name", "phy0\n")
        .with("sys/class/rfkill/rfkill0/soft", "1\n")
        .with("sys/class/rfkill/rfkill0/hard", "0\n")
        .with("sys/class/net/wlp2s0/wireless/x", "")
        .with("sys/class/drm/card0-HDMI-A-1/status", "connected\n")
        .with("sys/class/drm/card0-HDMI-A-1/modes", "1920x1080\n1280x720\n")
        .with("sys/class/drm/card0-DP-1/status", "disconnected\n")
        .folder("dev")
        .folder("proc/asound/card0/pcm0p")
        .with("run/systemd/timesync/synchronized", "")
        .with("var/lib/update-notifier/updates-available", "\n0 updates can be applied.\n")
}

#[test]
fn a_machine_as_it_should_be() {
    let all = around(&quiet().files());
    assert!(all.iter().all(|check| check.finding.grade() == Grade::Good), "{all:?}");
    let seen = |subject: &str| quiet().found(subject).seen;
    assert_eq!((seen("power").as_str(), seen("screen").as_str()), ("87 %", "1920x1080"));
}

#[test]
fn what_the_system_does_not_show_is_said_to_be_unknown() {
    let all = around(&Machine::new().files());
    assert!(all.iter().all(|check| check.finding.grade() == Grade::NotDone), "{all:?}");
}

#[test]
fn each_thing_that_is_wrong_is_found_and_named() {
    let rows: [(Machine, &str, Finding, &str); 16] = [
        (quiet().with("sys/class/power_supply/BAT0/status", "Discharging"), "power", Finding::PowerOnBattery, "87 %"),
        (
            quiet()
                .with("sys/class/power_supply/BAT0/status", "Discharging")
                .with("sys/class/power_supply/BAT0/capacity", "12"),
            "power",
            Finding::PowerLow,
            "12 %",
        ),
        (Machine::new().with("sys/class/power_supply/AC/type", "Mains"), "power", Finding::PowerNoBattery, ""),
        (
            Machine::new()
                .with("sys/class/power_supply/hid/type", "Battery")
                .with("sys/class/power_supply/hid/scope", "Device"),
            "power",
            Finding::PowerNoBattery,
            "",
        ),
        (quiet().with("sys/class/rfkill/rfkill0/soft", "0"), "radio", Finding::RadioOn, "wlan phy0"),
        (
            Machine::new().with("sys/class/rfkill/rfkill1/type", "bluetooth"),
            "radio",
            Finding::RadioOn,
            "bluetooth rfkill1",
        ),
        (Machine::new().with("sys/class/net/wlan0/wireless/x", ""), "radio", Finding::RadioOn, "wlan wlan0"),
        (Machine::new().folder("sys/class/net/eth0"), "radio", Finding::RadioOff, ""),
        (quiet().with("dev/video0", "").with("dev/video1", ""), "camera", Finding::CameraThere, "video0, video1"),
        (quiet().folder("proc/asound/card1/pcm0c"), "microphone", Finding::MicrophoneThere, "card1/pcm0c"),
        (Machine::new().folder("proc/asound"), "sound", Finding::SoundMissing, ""),
        (quiet().with("sys/class/drm/card0-HDMI-A-1/modes", "800x600\n"), "screen", Finding::ScreenSmall, "800x600"),
        (quiet().with("sys/class/drm/card0-HDMI-A-1/status", "disconnected"), "screen", Finding::ScreenMissing, ""),
        (quiet().with("sys/class/drm/card0-HDMI-A-1/modes", "what is this"), "screen", Finding::ScreenUnknown, ""),
        (quiet().with("run/reboot-required", ""), "updates", Finding::UpdatesRestart, ""),
        (
            quiet().with("var/lib/update-notifier/updates-available", "\n3 updates can be applied.\n"),
            "updates",
            Finding::UpdatesPending,
            "3",
        ),
    ];
    for (machine, subject, finding, seen) in rows {
        let found = machine.found(subject);
        assert_eq!((found.finding, found.seen.as_str()), (finding, seen), "{subject}");
    }
}

/// A reader that says this.
struct Says(VecDeque<Option<ReaderEvent>>);

impl CardReader for Says {
    fn wait(&mut self, _: u32) -> Option<ReaderEvent> {
        self.0.pop_front().flatten()
    }

    fn connect(&mut self) -> Result<Box<dyn CardTransport>, TransportError> {
        Err(TransportError::CardLost)
    }
}

fn name(reader: &str) -> ReaderEvent {
    ReaderEvent::Ready { reader: reader.to_owned() }
}

/// A clock that says later and later: so long does each look take.
struct Slow(Cell<u64>, u64);

impl Clock for Slow {
    fn now(&self) -> Stamp {
        let boot_ms = self.0.get();
        self.0.set(boot_ms + self.1);
        Stamp { wall: "2027-06-10T01:00:00Z".parse().unwrap(), boot_ms }
    }
}

fn examined(world: &World, reader: Option<Vec<Option<ReaderEvent>>>, clock: &dyn Clock) -> Readiness {
    let (config, base) = read_config(&world.config()).unwrap();
    let plan = DeskPlan::of_files(&config, &base).unwrap();
    let machine = quiet();
    let mut says = reader.map(|events| Says(events.into()));
    let reader = says.as_mut().map(|says| says as &mut dyn CardReader);
    examine(&plan, Tools { machine: &machine.files(), reader, registry: None, clock, gauge: &gauge() })
}

fn about(readiness: &Readiness, subject: &str) -> Finding {
    readiness.checks.iter().find(|check| check.finding.subject() == subject).unwrap().finding
}

#[test]
fn a_reader_is_what_it_says() {
    let world = World::alone();
    let card = ReaderEvent::CardPresent { reader: "ACS".to_owned(), atr: vec![0x3B] };
    let rows = [
        (None, Finding::ReaderUnknown, None),
        (Some(vec![Some(name("ACS"))]), Finding::ReaderReady, Some(Finding::CardNotLaid)),
        (Some(vec![None, Some(name("ACS")), Some(card)]), Finding::ReaderReady, Some(Finding::CardThere)),
        (Some(vec![Some(ReaderEvent::NoReader)]), Finding::ReaderMissing, Some(Finding::CardNotLaid)),
        (Some(vec![Some(ReaderEvent::ServiceDown)]), Finding::ReaderServiceDown, Some(Finding::CardNotLaid)),
        (Some(vec![]), Finding::ReaderUnknown, Some(Finding::CardNotLaid)),
    ];
    for (events, reader, card) in rows {
        let readiness = examined(&world, events.clone(), &SystemClock);
        assert_eq!(about(&readiness, "reader"), reader, "{events:?}");
        let found = readiness.checks.iter().find(|check| check.finding.subject() == "card");
        assert_eq!(found.map(|check| check.finding), card, "{events:?}");
    }
}

#[test]
fn a_virtual_reader_is_for_training_only() {
    let world = World::alone();
    let events = || Some(vec![Some(name("Virtual PCD 00 00"))]);
    assert_eq!(about(&examined(&world, events(), &SystemClock), "reader"), Finding::ReaderReady);
    world.change_config("training = true", "training = false");
    assert_eq!(about(&examined(&world, events(), &SystemClock), "reader"), Finding::ReaderVirtual);
}

#[test]
fn the_desk_s_own_parts_are_looked_at() {
    let world = World::alone();
    let found = examined(&world, None, &SystemClock);
    let parts = ["registry", "package", "trust", "key", "clock"].map(|subject| about(&found, subject));
    let wanted =
        [Finding::RegistryOff, Finding::PackageOutside, Finding::TrustGood, Finding::KeyOpens, Finding::ClockRight];
    assert_eq!(parts, wanted);
    assert_eq!(found.exit_code(), 1, "outside a package");
    fs::remove_dir_all(world.path("trust")).unwrap();
    assert_eq!(about(&examined(&world, None, &SystemClock), "trust"), Finding::TrustBad);
    fs::remove_file(world.path("device.key")).unwrap();
    let found = examined(&world, None, &SystemClock);
    assert_eq!((about(&found, "key"), found.exit_code()), (Finding::KeyClosed, 2));
}

#[test]
fn a_disk_that_takes_long_is_a_remark() {
    let world = World::alone();
    assert_eq!(about(&examined(&world, None, &Slow(Cell::new(0), 0)), "flush"), Finding::FlushFast);
    assert_eq!(about(&examined(&world, None, &Slow(Cell::new(0), 4_000)), "flush"), Finding::FlushSlow);
    let left: BTreeSet<_> = fs::read_dir(world.path(".")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains("flush")), "{left:?}");
}

#[test]
fn the_disk_is_what_its_gauge_says() {
    let world = World::alone();
    let (config, base) = read_config(&world.config()).unwrap();
    let plan = DeskPlan::of_files(&config, &base).unwrap();
    let rows = [
        (Ok(Space::Enough { free: 5_000_000_000 }), Finding::DiskEnough, "5000 MB"),
        (Ok(Space::Low { free: 90_000_000 }), Finding::DiskLow, "90 MB"),
        (Ok(Space::TooLittle { free: 1_000_000 }), Finding::DiskTooLittle, "1 MB"),
        (Err(ErrorKind::PermissionDenied), Finding::DiskUnknown, "permission denied"),
    ];
    for (room, finding, seen) in rows {
        let gauge: Gauge = Arc::new(move |_: &Path| room.map_err(Into::into));
        let machine = quiet();
        let tools =
            Tools { machine: &machine.files(), reader: None, registry: None, clock: &SystemClock, gauge: &gauge };
        let found = examine(&plan, tools).checks.into_iter().find(|check| check.finding.subject() == "disk").unwrap();
        assert_eq!((found.finding, found.seen.as_str()), (finding, seen));
    }
}

#[test]
fn the_report_is_signed_by_the_device_and_says_the_same_in_both_forms() {
    let world = World::alone();
    let (config, base) = read_config(&world.config()).unwrap();
    let plan = DeskPlan::of_files(&config, &base).unwrap();
    let readiness = examined(&world, Some(vec![Some(name("ACS"))]), &Slow(Cell::new(0), 0));
    write_report(&plan, &readiness, &world.path("report")).unwrap();
    let read = |name: &str| fs::read(world.path("report").join(name)).unwrap();
    let note = String::from_utf8(read("readiness.note")).unwrap();
    let device = device_key(&config, &base).unwrap();
    let text = device.verifier().open(&note).unwrap();
    for file in ["readiness.json", "readiness.pdf"] {
        let bytes = read(file);
        let line = format!("file {} {} {file}", bytes.len(), Digest(Sha256::digest(&bytes).into()));
        assert!(text.lines().any(|one| one == line), "{line}\n{text}");
    }
    let json: serde_json::Value = serde_json::from_slice(&read("readiness.json")).unwrap();
    assert_eq!((json["verdict"].as_str(), json["v"].as_u64()), (Some("remark"), Some(1)));
    let radio = json["findings"].as_array().unwrap().iter().find(|row| row["subject"] == "radio").unwrap();
    assert_eq!((radio["word"].as_str(), radio["grade"].as_str()), (Some("off"), Some("good")));
    assert!(write_report(&plan, &readiness, &world.path("report")).is_err(), "nothing is overwritten");
    write_report(&plan, &readiness, &world.path("again")).unwrap();
    assert_eq!(fs::read(world.path("again/readiness.pdf")).unwrap(), read("readiness.pdf"));
    let text =
        Command::new("pdftotext").args(["-layout", "readiness.pdf", "-"]).current_dir(world.path("report")).output();
    if let Ok(text) = text {
        let text = String::from_utf8_lossy(&text.stdout).into_owned();
        for wanted in ["PHIẾU KIỂM TRA", "Thu phát không dây: đã tắt", "readiness.note"] {
            assert!(text.contains(wanted), "{wanted}\n{text}");
        }
    }
}

#[test]
fn every_finding_has_words_in_both_languages_and_says_what_to_do() {
    let codes: BTreeSet<String> = Finding::ALL.iter().map(|finding| finding.code()).collect();
    assert_eq!(codes.len(), Finding::ALL.len(), "a code of its own for each");
    for language in ["vi", "en"] {
        let advice = Advice::load(language).unwrap();
        let said: BTreeSet<String> = advice.codes().map(str::to_owned).collect();
        assert_eq!(said, codes, "{language}");
        for finding in Finding::ALL {
            let said = advice.said(&Check::seen(*finding, "x"));
            assert!(said.what.ends_with(" (x)"), "{said:?}");
            assert_eq!(said.todo.is_empty(), finding.grade() == Grade::Good, "{language} {finding:?}: {said:?}");
        }
    }
}

#[test]
fn the_program_writes_the_report_of_this_machine() {
    let world = World::alone();
    let out = world.path("bao-cao");
    let run = Command::new(program("diemdanh"))
        .args(["doctor", "--lang", "en", "--config"])
        .arg(world.config())
        .arg("--report")
        .arg(&out)
        .output()
        .unwrap();
    let (said, told) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(matches!(run.status.code(), Some(1 | 2)), "{:?} {said} {told}", run.status);
    assert!(said.contains("Device key: opens") && out.join("readiness.note").is_file(), "{said} {told}");
    let bare = Command::new(program("diemdanh")).args(["doctor", "--config"]).arg(world.config()).output().unwrap();
    assert_eq!(bare.status.code(), Some(64), "something has to be asked for");
}
