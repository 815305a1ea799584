//! More of the hostile-log corpus: files that are no part of an export, and what lies among the collected notes.

use crate::forge::{Forge, cosigned, witness};
use crate::hostile_log_cases::Case;
use crate::hostile_logs::Expect::{Forged, Good};
use crate::record_support::{check_in, open};
use diemdanh::lab::journal::MemoryStore;
use diemdanh::tlog::cosignature::cosign;

pub(crate) const CASES: &[Case] = &[
    ("litter of operating systems", Good, |forge| {
        for path in [
            ".DS_Store",
            "segments/.DS_Store",
            "segments/001/._vkey",
            "THUMBS.DB",
            ".directory",
            "desktop.ini",
            "System Volume Information/IndexerVolumeGuid",
            "$RECYCLE.BIN/S-1-5/desktop.ini",
            ".Spotlight-V100/Store-V2/x/y",
            ".Trash-1000/files/segments/001/vkey",
        ] {
            forge.put(path, "litter");
        }
    }),
    ("litter within a segment's folder", Forged, |forge| forge.put("segments/001/System Volume Information/x", "x")),
    ("a file whose name only begins like litter", Forged, |forge| forge.put(".DS_Store.html", "x")),
    ("signed anew: litter in the manifest", Forged, |forge| listed(forge, ".DS_Store")),
    ("signed anew: notes.html", Forged, |forge| listed(forge, "notes.html")),
    ("signed anew: a segment with a sign", Forged, |forge| listed(forge, "segments/+1/x")),
    ("signed anew: a segment without noughts", Forged, |forge| listed(forge, "segments/1/vkey")),
    ("signed anew: a file beside the checkpoint", Forged, |forge| listed(forge, "segments/001/checkpoint.html")),
    ("signed anew: an anchor with a leading nought", Forged, |forge| {
        let note = forge.text("segments/001/anchors/4");
        forge.put("segments/001/anchors/04", note);
        forge.sign_manifest()
    }),
    ("signed anew: evidence of no digest", Forged, |forge| listed(forge, "evidence/photo.jpg")),
    ("signed anew: evidence in capitals", Forged, |forge| listed(forge, &format!("evidence/{}.age", "AB".repeat(32)))),
    // A desk of another version has another script; whoever runs it was told not to.
    ("signed anew: another script", Good, |forge| listed(forge, "verify.py")),
    ("signed anew: another READ-ME", Good, |forge| listed(forge, "READ-ME.txt")),
    ("collected: a letter", Good, |forge| {
        forge.anchors.push(("letter.txt".to_owned(), "Kính gửi\n\nHội đồng\n".to_owned()))
    }),
    ("collected: nothing", Good, |forge| forge.anchors.push(("empty".to_owned(), String::new()))),
    ("collected: a key that is none", Good, |forge| forge.anchors.push(("w2.vkey".to_owned(), "hello\n".to_owned()))),
    ("collected: two megabytes", Good, |forge| forge.anchors.push(("large".to_owned(), "x".repeat(2 << 20)))),
    ("collected: a contradiction under the witness's name, not by it", Good, |forge| {
        forge.anchors.push(("framed".to_owned(), framed()))
    }),
    // Whoever altered it was not the desk.
    ("witness's line altered, by whoever collected it", Good, |forge| {
        let note = &mut forge.anchors[0].1;
        let end = note.len() - 12;
        let other = if note.as_bytes()[end] == b'A' { "B" } else { "A" };
        note.replace_range(end..=end, other)
    }),
    // Nobody takes the desk's own contradiction away by adding a line to it.
    ("collected: the desk's own fork with a false witness's line", Forged, |forge| {
        let (_, line) = framed().rsplit_once("\n\n").map(|(text, line)| (text.to_owned(), line.to_owned())).unwrap();
        let (mut log, _) = open(MemoryStore::default(), 0).unwrap();
        crate::forge::add(&mut log, check_in(99), 1);
        forge.anchors.push(("fork".to_owned(), format!("{}{line}", log.checkpoint())))
    }),
];

fn listed(forge: &mut Forge, path: &str) {
    forge.put(path, "<b>hello</b>\n");
    forge.sign_manifest();
}

/// A head of this desk that never was, with a line of the witness over another one.
fn framed() -> String {
    let (mut log, _) = open(MemoryStore::default(), 0).unwrap();
    crate::forge::add(&mut log, check_in(98), 1);
    let other = cosigned(&log, 9);
    let text = log.head().text().replacen("\n2\n", "\n3\n", 1);
    let line = cosign(&log.head().text(), &witness(), crate::record_support::at(9).wall).unwrap();
    assert!(other.ends_with(&line));
    format!("{text}\n{line}")
}
