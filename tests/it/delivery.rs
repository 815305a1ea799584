//! What `make deb` packs, read from what it is packed by: `make deb-check` installs and starts it, and takes minutes.

use diemdanh::desk::config::parse;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const PROGRAM: &str = "src/bin/diemdanh";
const DEBIAN: &str = "config/deploy/debian";
const COMMAND: &str = "/usr/bin/diemdanh --config /etc/diemdanh/desk.toml";

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn manifest() -> toml::Table {
    let manifest: toml::Table = read(&format!("{PROGRAM}/Cargo.toml")).parse().unwrap();
    manifest["package"]["metadata"]["deb"].as_table().unwrap().clone()
}

/// What is packed, and where it comes to.
fn assets() -> Vec<(String, String)> {
    let text = |asset: &toml::Value, at: usize| asset[at].as_str().unwrap().to_owned();
    manifest()["assets"].as_array().unwrap().iter().map(|asset| (text(asset, 0), text(asset, 1))).collect()
}

#[test]
fn everything_that_is_packed_is_there_and_every_font_has_its_licence() {
    let packed = assets();
    for (from, _) in packed.iter().filter(|(from, _)| !from.starts_with("target/")) {
        assert!(Path::new(PROGRAM).join(from).is_file(), "{from} is not there");
    }
    let names: BTreeSet<&str> = packed.iter().filter_map(|(from, _)| from.rsplit('/').next()).collect();
    for licence in fs::read_dir("assets/fonts").unwrap().map(|entry| entry.unwrap().file_name()) {
        let licence = licence.to_string_lossy().into_owned();
        assert!(!licence.ends_with(".txt") || names.contains(licence.as_str()), "{licence} is not packed");
    }
    let places: BTreeSet<&str> = packed.iter().map(|(_, to)| to.as_str()).collect();
    for wanted in [
        "usr/bin/",
        "etc/diemdanh/desk.toml",
        "usr/lib/systemd/user/diemdanh.service",
        "usr/share/applications/diemdanh.desktop",
        "usr/share/icons/hicolor/scalable/apps/diemdanh.svg",
        "usr/share/doc/diemdanh/copyright",
    ] {
        assert!(places.contains(wanted), "{wanted} is not packed");
    }
}

#[test]
fn what_is_changed_under_etc_is_kept_and_the_desk_s_data_are_under_var_lib() {
    let kept = manifest()["conf-files"].as_array().unwrap().clone();
    assert_eq!(kept, [toml::Value::String("/etc/diemdanh/desk.toml".to_owned())]);
    let config = parse(&read(&format!("{DEBIAN}/desk.toml"))).unwrap();
    let paths = &config.paths;
    for path in [&paths.journal, &paths.device_key, &paths.passphrase, &paths.tls, paths.packages.as_ref().unwrap()] {
        assert!(path.starts_with("/var/lib/diemdanh"), "{}", path.display());
    }
    assert!(config.desk.training, "nothing counts as live before the board says so");
    assert!(parse(&read("config/desk.toml")).is_ok(), "the documented one");
}

#[test]
fn unit_and_desktop_entry_start_the_program_that_is_packed() {
    let unit = read(&format!("{DEBIAN}/diemdanh.service"));
    assert!(unit.lines().any(|line| line == format!("ExecStart={COMMAND}")), "{unit}");
    assert!(unit.lines().any(|line| line == "Restart=on-failure"), "a desk that was asked to end stays ended: {unit}");
    let entry = read(&format!("{DEBIAN}/diemdanh.desktop"));
    let command = COMMAND.trim_start_matches("/usr/bin/");
    for wanted in [format!("Exec={command}"), "Icon=diemdanh".to_owned(), "Terminal=false".to_owned()] {
        assert!(entry.lines().any(|line| line == wanted), "{wanted}: {entry}");
    }
}

/// Neither installing, upgrading, removing nor purging takes anything of a record away.
#[test]
fn no_script_of_the_package_removes_anything() {
    let mut scripts = 0;
    for script in ["preinst", "postinst", "prerm", "postrm"] {
        let Ok(text) = fs::read_to_string(Path::new(DEBIAN).join(script)) else { continue };
        scripts += 1;
        let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
        let words: BTreeSet<&str> = code.iter().flat_map(|line| line.split([' ', ';', '|', '&', '(', ')'])).collect();
        for taking in
            ["rm", "rmdir", "unlink", "shred", "truncate", "mv", "find", "dd", "deluser", "delgroup", "groupdel"]
        {
            let said = code.iter().any(|line| line.contains("echo") && line.contains(taking));
            assert!(!words.contains(taking) || said, "{script} says {taking}");
        }
        assert!(text.lines().any(|line| line == "set -e"), "{script} goes on after a fault");
    }
    assert_eq!(scripts, 2, "postinst makes the place of the data, postrm says that it stays");
}
