//! The whole desk killed at any moment: everybody whose admission was shown as recorded is in after a restart.

use crate::desk_support::{Bench, World, card, check_ins, good, person};
use diemdanh::bits::random::{Random as _, SeededRandom};
use diemdanh::checkin::event::Choice;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// How often each merge; `DIEMDANH_DESK_KILLS=50000` is how often before a release.
const KILLS: usize = 200;
/// Nobody comes after these.
const PEOPLE: usize = 6;
const CONFIG: &str = "DIEMDANH_TEST_DESK";
const SAID: &str = "recorded ";

/// The child of the test below: admits one after the other, and says each receipt once it is on the screen.
#[test]
fn child_that_admits_until_killed() {
    let Some(config) = std::env::var_os(CONFIG) else { return };
    let bench = Bench::open(Path::new(&config)).unwrap();
    println!();
    for index in 0..PEOPLE {
        bench.tap(&person(index), card(&good(&person(index))));
        bench.decided();
        println!("{SAID}{}", bench.decide(Choice::Admit).entry);
        bench.next();
    }
    bench.wait("the end", |_| false);
}

fn start(world: &World) -> (Child, Receiver<String>) {
    // Not `current_exe`: a build that runs beside this one may have replaced the file by now.
    let mut child = Command::new("/proc/self/exe")
        .args(["desk_kill::child_that_admits_until_killed", "--exact", "--nocapture"])
        .env(CONFIG, world.config())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let (said, heard) = channel();
    std::thread::spawn(move || {
        for receipt in lines.filter_map(|line| line.strip_prefix(SAID).map(str::to_owned)) {
            let _ = said.send(receipt);
        }
    });
    (child, heard)
}

/// Kills the desk a seeded moment after its so-many-th receipt; the receipts it had shown.
fn killed(world: &World, after: usize, moment: Duration) -> Vec<String> {
    let (mut child, heard) = start(world);
    let mut receipts: Vec<String> = heard.iter().take(after).collect();
    receipts.extend(heard.recv_timeout(moment));
    child.kill().unwrap();
    child.wait().unwrap();
    receipts.extend(heard.iter());
    receipts
}

#[test]
fn killed_at_any_moment_the_desk_keeps_everybody_it_showed() {
    let world = World::alone();
    let mut random = SeededRandom::new("desk killed");
    let mut shown_in_all = 0;
    let kills = std::env::var("DIEMDANH_DESK_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS);
    for kill in 0..kills {
        let journal = format!("killed-{kill}");
        world.use_journal(&journal);
        let moment = Duration::from_millis(u64::from(random.bytes(1)[0]));
        let receipts = killed(&world, kill % (PEOPLE - 1), moment);
        shown_in_all += receipts.len();
        let entries = if world.path(&journal).exists() { world.entries_in(&journal) } else { Vec::new() };
        let admitted: Vec<String> = entries
            .iter()
            .filter(|entry| check_ins(std::slice::from_ref(&entry.event)) == 1)
            .map(|entry| format!("1/{}", entry.seq))
            .collect();
        assert!(receipts.iter().all(|receipt| admitted.contains(receipt)), "{receipts:?} of {admitted:?}");
        // A whole restart is slow because of the key's derivation; the log's own restart is tested everywhere.
        if kill % 5 == 0 {
            let bench = world.open();
            assert_eq!(bench.view.get().header.arrived, admitted.len(), "kill {kill}");
            bench.stop();
        }
        // A killed desk leaves the room that it kept for its end: 64 MB a journal.
        if kill + 1 < kills && world.path(&journal).exists() {
            std::fs::remove_dir_all(world.path(&journal)).unwrap();
        }
    }
    assert!(shown_in_all >= kills, "{shown_in_all} receipts in all");
    world.board_agrees();
}
