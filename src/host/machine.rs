//! What the machine says about itself, read from the files that Linux shows of it: power, radios, cameras, sound, screens,
//! updates. All of them lie below a root, so that a test can show another machine.
//!
//! A file or folder that is not there is no answer; whoever asks has to say so. Elsewhere than on Linux none is.

use crate::file;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The files of a machine.
#[derive(Debug, Clone)]
pub struct MachineFiles {
    root: PathBuf,
}

/// A battery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Battery {
    /// Its name, `BAT0`.
    pub name: String,
    /// How full it is.
    pub percent: Option<u8>,
    /// It is being emptied.
    pub discharging: bool,
}

/// A radio, and whether it may send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Radio {
    /// Its kind and name, `wlan phy0`.
    pub name: String,
    /// Neither a switch nor a program keeps it from sending.
    pub on: bool,
}

/// A screen that is connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScreenSeen {
    /// Its place, `card0-HDMI-A-1`.
    pub name: String,
    /// Its best width and height.
    pub pixels: Option<(u32, u32)>,
}

/// What waits to be installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Updates {
    /// How many, where the system counts them.
    pub pending: Option<u32>,
    /// What was installed needs a restart.
    pub restart: bool,
}

impl MachineFiles {
    /// This machine.
    pub fn here() -> Self {
        Self::below("/")
    }

    /// A machine whose files lie below this folder.
    pub fn below(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The batteries.
    ///
    /// # Errors
    /// The operating system's, where it shows no power supplies at all.
    pub fn batteries(&self) -> io::Result<Vec<Battery>> {
        let supplies = self.folder("sys/class/power_supply")?;
        let is_own = |supply: &&PathBuf| {
            // A mouse has a battery, too: its scope says so.
            line(&supply.join("type")).as_deref() == Some("Battery")
                && line(&supply.join("scope")).as_deref() != Some("Device")
        };
        let battery = |supply: &PathBuf| Battery {
            name: name_of(supply),
            percent: line(&supply.join("capacity")).and_then(|text| text.parse().ok()),
            discharging: line(&supply.join("status")).as_deref() == Some("Discharging"),
        };
        Ok(supplies.iter().filter(is_own).map(battery).collect())
    }

    /// The radios: those that the system can switch, and networks without a wire that it cannot.
    ///
    /// # Errors
    /// The operating system's, where it shows neither.
    pub fn radios(&self) -> io::Result<Vec<Radio>> {
        let switches = self.folder("sys/class/rfkill");
        let networks = self.folder("sys/class/net");
        if let (Err(error), Err(_)) = (&switches, &networks) {
            return Err(io::Error::from(error.kind()));
        }
        let mut radios: Vec<Radio> = switches.iter().flatten().map(|switch| radio(switch.as_path())).collect();
        let is_switched = radios.iter().any(|radio| radio.name.starts_with("wlan"));
        let wireless = networks.iter().flatten().filter(|network| network.join("wireless").exists());
        if !is_switched {
            radios.extend(wireless.map(|network| Radio { name: format!("wlan {}", name_of(network)), on: true }));
        }
        Ok(radios)
    }

    /// The cameras that programs can use.
    ///
    /// # Errors
    /// The operating system's.
    pub fn cameras(&self) -> io::Result<Vec<String>> {
        let devices = self.folder("dev")?;
        Ok(devices.iter().map(|device| name_of(device)).filter(|name| name.starts_with("video")).collect())
    }

    /// The ends of sound devices that programs can use, `card0/pcm0c`: `c` records, `p` plays.
    fn sound_ends(&self, direction: char) -> io::Result<Vec<String>> {
        let mut ends = Vec::new();
        for card in self.folder("proc/asound")?.iter().filter(|card| name_of(card).starts_with("card")) {
            let inner = list(card).unwrap_or_default();
            let names = inner.iter().map(|end| name_of(end));
            let wanted = names.filter(|name| name.starts_with("pcm") && name.ends_with(direction));
            ends.extend(wanted.map(|name| format!("{}/{name}", name_of(card))));
        }
        Ok(ends)
    }

    /// The microphones, or whatever else records.
    ///
    /// # Errors
    /// The operating system's, where it shows no sound devices at all.
    pub fn microphones(&self) -> io::Result<Vec<String>> {
        self.sound_ends('c')
    }

    /// The loudspeakers, or whatever else plays.
    ///
    /// # Errors
    /// The operating system's, where it shows no sound devices at all.
    pub fn loudspeakers(&self) -> io::Result<Vec<String>> {
        self.sound_ends('p')
    }

    /// The screens that are connected.
    ///
    /// # Errors
    /// The operating system's, where it shows no outputs at all.
    pub fn screens(&self) -> io::Result<Vec<ScreenSeen>> {
        let outputs = self.folder("sys/class/drm")?;
        if !outputs.iter().any(|output| output.join("status").exists()) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let connected = outputs.iter().filter(|output| line(&output.join("status")).as_deref() == Some("connected"));
        let seen = |output: &PathBuf| ScreenSeen {
            name: name_of(output),
            pixels: line(&output.join("modes")).and_then(|mode| pixels(&mode)),
        };
        Ok(connected.map(seen).collect())
    }

    /// Whether something outside sets the clock; `None` where nothing says so.
    pub fn clock_is_set(&self) -> Option<bool> {
        let folder = self.root.join("run/systemd/timesync");
        folder.is_dir().then(|| folder.join("synchronized").exists())
    }

    /// What waits to be installed; `None` where the system does not say.
    pub fn updates(&self) -> Option<Updates> {
        let restart = self.root.join("run/reboot-required").exists();
        let counted = file::read(&self.root.join("var/lib/update-notifier/updates-available"), MAX_LEN).ok();
        let text = counted.and_then(|bytes| String::from_utf8(bytes).ok());
        let first = text.as_deref().and_then(|text| text.split_whitespace().find_map(|word| word.parse().ok()));
        let pending = first.or_else(|| text.as_ref().map(|_| 0));
        (restart || pending.is_some()).then_some(Updates { pending, restart })
    }

    fn folder(&self, path: &str) -> io::Result<Vec<PathBuf>> {
        list(&self.root.join(path))
    }
}

fn radio(switch: &Path) -> Radio {
    let kind = line(&switch.join("type")).unwrap_or_default();
    let name = line(&switch.join("name")).unwrap_or_else(|| name_of(switch));
    // What the system does not say may send.
    let is_blocked = |lock: &str| line(&switch.join(lock)).as_deref() == Some("1");
    Radio { name: format!("{kind} {name}"), on: !is_blocked("soft") && !is_blocked("hard") }
}

/// A mode, `1920x1080`, sometimes with a letter behind.
fn pixels(mode: &str) -> Option<(u32, u32)> {
    let (width, height) = mode.split_once('x')?;
    let height: String = height.chars().take_while(char::is_ascii_digit).collect();
    Some((width.parse().ok()?, height.parse().ok()?))
}

/// What lies in a folder, in order; more than a machine ever shows is not looked at.
fn list(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder)?.flatten().map(|entry| entry.path()).take(MAX_ENTRIES).collect();
    found.sort();
    Ok(found)
}

/// The first line of a small file.
fn line(path: &Path) -> Option<String> {
    let text = String::from_utf8(file::read(path, MAX_LEN).ok()?).ok()?;
    text.lines().next().map(|line| line.trim().to_owned())
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

const MAX_LEN: u64 = 64 << 10;
const MAX_ENTRIES: usize = 10_000;
