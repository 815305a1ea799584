//! Foreign text at the entrances of keys and certificates: what is signed shows what it is, and moves no terminal.

use crate::programs::board_program;
use diemdanh::lab::workbooks::xlsx;
use std::fs;
use std::path::Path;
use std::process::Output;

fn run(at: &Path, arguments: &[&str]) -> Output {
    let mut command = board_program();
    command.current_dir(at).args(arguments).args(["--passphrase-file", "pass"]).output().unwrap()
}

/// Words that are folders, options, or computed by a spreadsheet.
const NO_NAMES: [&str; 4] = ["..", "-x", "=1", "@x"];

#[test]
fn no_name_is_a_folder_an_option_or_a_formula() {
    use diemdanh::office::exam::settings::is_part;
    assert!(!NO_NAMES.into_iter().any(is_part));
    assert!(["b1", "0901", "thpt-2026", "board.example"].into_iter().all(is_part));
}

/// Texts that move a cursor, turn letters round, show nothing, or are none.
const STRANGE: [&str; 6] = ["a\u{1b}[2Jb", "a\u{202e}b", "a\u{200b}b", "\u{3164}", "a\nb", ""];

#[test]
fn nothing_strange_is_signed() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("pass"), "correct horse\n").unwrap();
    assert!(run(at, &["key", "new", "--out", "keys"]).status.success());
    assert!(run(at, &["key", "new", "--out", "keys", "--desk", "desk-1"]).status.success());
    for text in STRANGE {
        let certify = |exam: &'static str, site: &'static str| {
            let names = ["--exam", exam, "--desk", "desk-1", "--site", site, "--out", "made"];
            [&["key", "certify", "--key", "keys/board.key", "--device", "keys/device.vkey"][..], &names].concat()
        };
        // A desk of every site has no site.
        let site = if text.is_empty() { " " } else { text };
        let commands = [
            vec!["key", "new", "--out", "made", "--board", text],
            vec!["key", "new", "--out", "made", "--desk", text],
            certify(text, "site"),
            certify("exam", site),
            vec!["key", "revoke", "--key", "keys/board.key", "--serial", "3", "--reason", text, "--out", "made"],
        ];
        for arguments in commands {
            let output = run(at, &arguments);
            assert!(!output.status.success() && !at.join("made").exists(), "{arguments:?}: {output:?}");
            let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
            let is_strange = |one: char| one.is_control() && one != '\n' || one == '\u{202e}' || one == '\u{200b}';
            assert!(!said.contains(is_strange), "{arguments:?}: {said:?}");
        }
    }
}

/// A workbook's sheets are named by whoever made it.
#[test]
fn names_of_sheets_show_what_is_hidden_in_them() {
    use diemdanh::lists::table::{Limits, Table};
    let cell = "<row><c t=\"inlineStr\"><is><t>x</t></is></c></row>";
    let bytes = xlsx("P\u{202e}1\u{200b}", "", cell).unwrap();
    let table = Table::read(&bytes, &Limits::default()).unwrap();
    assert_eq!(table.sheets[0].name, "P\\u{202e}1\\u{200b}");
    let wide = format!("<row><c r=\"XFD1\" t=\"inlineStr\"><is><t>x</t></is></c></row>{cell}");
    let error = Table::read(&xlsx("P\u{202e}1", "", &wide).unwrap(), &Limits::default()).unwrap_err();
    assert!(crate::lists_dirt::words().table(&error).contains("“P\\u{202e}1”"), "{error}");
}

/// JSON keeps what it says, and hides nothing either.
#[test]
fn json_spells_out_what_is_hidden() {
    let value = serde_json::json!({ "a\u{202e}": "b\u{200b}\u{e0041}\n", "c": 1 });
    let shown = diemdanh::bits::text::shown_json(&format!("{value:#}"));
    assert!(shown.is_ascii(), "{shown}");
    assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
}
