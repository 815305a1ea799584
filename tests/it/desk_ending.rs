//! The power button, a shutdown, the end of a session: the system asks the real program to end, and its log ends in order.

use crate::desk_support::World;
use crate::programs::program;
use crate::skips::skip;
use diemdanh::record::AttendanceEvent;
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(60);

/// A display that nobody sees; it ends with its value.
struct Display(Child, String);

impl Display {
    fn open() -> Option<Self> {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-ac"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mut number = String::new();
        BufReader::new(server.stdout.take()?).read_line(&mut number).ok()?;
        Some(Self(server, format!(":{}", number.trim())))
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn until(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "{what} never came");
        std::thread::yield_now();
    }
}

/// A desk in its window, once its log is open.
fn desk(world: &World, display: &Display) -> Child {
    let desk = Command::new(program("diemdanh"))
        .arg("--config")
        .arg(world.config())
        .env("DISPLAY", &display.1)
        .env_remove("WAYLAND_DISPLAY")
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let is_open = || world.path("journal/001.seg").exists() && !world.events().is_empty();
    until("the open log", is_open);
    desk
}

#[test]
fn a_desk_that_is_asked_to_end_closes_its_log() {
    for signal in [Signal::TERM, Signal::HUP] {
        let Some(display) = Display::open() else { return skip("no Xvfb") };
        let world = World::alone();
        let mut desk = desk(&world, &display);
        // Asked before its window is there, the system ends the program itself; its log is whole then, too (`desk_kill`).
        until("a window", || listens(&desk));
        kill_process(Pid::from_child(&desk), signal).unwrap();
        let status = desk.wait().unwrap();
        assert!(status.success(), "{signal:?}: {status}");
        let events = world.events();
        assert!(matches!(events.last(), Some(AttendanceEvent::Close { .. })), "{signal:?}: {events:?}");
        world.board_agrees();
    }
}

/// The program catches the request to end, as Linux shows it.
fn listens(desk: &Child) -> bool {
    let status = fs::read_to_string(format!("/proc/{}/status", desk.id())).unwrap();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
    let term = 1 << (Signal::TERM.as_raw() - 1);
    u64::from_str_radix(caught.trim(), 16).unwrap() & term != 0
}
