//! The board's program in two languages: every sentence in both, and the one that was asked for.

use crate::exam_pack::Office;
use crate::forge::Forge;
use crate::programs::program;
use crate::record_support::board;
use diemdanh::host::confined::end_of;
use diemdanh::host::folder::write_folder;
use diemdanh::office::FindingKind;
use diemdanh::office::language::BoardWords;
use diemdanh::words::Language;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn both_languages_have_every_sentence() {
    for language in [Language::Vietnamese, Language::English] {
        let words = BoardWords::load(language).unwrap();
        assert_eq!(words.faults(), Vec::<String>::new(), "{language:?}");
        let said: BTreeSet<&str> = FindingKind::ALL.iter().map(|what| words.finding(*what)).collect();
        assert_eq!(said.len(), FindingKind::ALL.len(), "{language:?}: two findings read the same");
    }
}

/// A sentence that was left in Vietnamese has a letter that English does not.
#[test]
fn english_sentences_are_english() {
    let text = fs::read_to_string("assets/i18n/board.en.toml").unwrap();
    let allowed = ["(Đ is U+0110)"];
    let is_plain = |one: char| one.is_ascii() || "“”–—…".contains(one);
    let odd = text.lines().filter(|line| !allowed.iter().any(|allowed| line.contains(allowed)));
    let odd: Vec<&str> = odd.filter(|line| !line.chars().all(is_plain)).collect();
    assert_eq!(odd, Vec::<&str>::new());
}

fn say(at: &Path, env: &[(&str, &str)], arguments: &[&str]) -> (i32, String) {
    let mut command = Command::new(program("diemdanh-board"));
    command.current_dir(at).args(arguments).env_remove("LC_ALL").env_remove("LC_MESSAGES").env_remove("LANG");
    command.envs(env.iter().copied());
    let output = command.output().unwrap();
    (output.status.code().unwrap(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

const LIST: &str =
    "SBD,Họ và tên,Ngày sinh,Số CCCD,Điểm thi,Phòng thi\n01000009,Trần Mẫu,15/02/2008,099208000025,0901,P1\n";

/// What is run, and what both languages say of it.
const COMMANDS: [(&[&str], &str, &str); 6] = [
    (&["verify", "export", "--board-key", "log.vkey"], "KẾT LUẬN: nguyên vẹn", "VERDICT: intact"),
    (&["exam", "check", "thi"], "desks/: chưa có bàn nào", "desks/: no desk yet"),
    (&["exam", "show", "thi"], "Kỳ thi: Kỳ thi thử", "Exam: Kỳ thi thử"),
    (&["exam", "show", "list.csv"], "Trang tính", "Sheet"),
    (&["exam", "operator", "list", "thi"], "người,", "people,"),
    (&["exam", "open", "list.csv", "--identity", "x"], "không phải gói dữ liệu", "no package"),
];

fn world() -> Office {
    let office = Office::new(false);
    let forge = Forge::good();
    write_folder(&office.path("export"), &forge.files.into_iter().collect::<Vec<_>>()).unwrap();
    fs::write(office.path("log.vkey"), format!("{}\n", board().verifier())).unwrap();
    fs::write(office.path("list.csv"), LIST).unwrap();
    office
}

#[test]
fn the_language_that_was_asked_for_is_said() {
    let office = world();
    let at = office.path("");
    for (command, vietnamese, english) in COMMANDS {
        let before = |words: &[&'static str]| [words, command].concat();
        let behind = |words: &[&'static str]| [command, words].concat();
        let in_english = [
            say(&at, &[], &before(&["--lang", "en"])),
            say(&at, &[], &behind(&["--lang", "en"])),
            say(&at, &[("LANG", "en_GB.UTF-8")], command),
            say(&at, &[("LANG", "vi_VN.UTF-8"), ("LC_MESSAGES", "en_US.UTF-8")], command),
            say(&at, &[("LC_ALL", "en"), ("LANG", "vi_VN.UTF-8")], command),
        ];
        let in_vietnamese = [
            say(&at, &[], command),
            say(&at, &[("LANG", "C")], command),
            say(&at, &[("LC_ALL", ""), ("LANG", "vi_VN.UTF-8")], command),
            say(&at, &[("LANG", "en_GB.UTF-8")], &before(&["--lang", "vi"])),
        ];
        for (code, said) in &in_english {
            assert!(said.contains(english) && !said.contains(vietnamese), "{command:?}: {code} {said}");
        }
        for (code, said) in &in_vietnamese {
            assert!(said.contains(vietnamese) && !said.contains(english), "{command:?}: {code} {said}");
        }
        assert!(in_english.iter().chain(&in_vietnamese).all(|(code, _)| *code == in_english[0].0), "{command:?}");
    }
}

#[test]
fn a_language_that_nobody_speaks_here_is_bad_usage() {
    let office = world();
    for tag in ["fr", "EN", "en_GB", ""] {
        let (code, said) = say(&office.path(""), &[], &["--lang", tag, "exam", "show", "thi"]);
        assert_eq!(code, 64, "{said}");
    }
    let (code, _) = say(&office.path(""), &[("LANG", "fr_FR.UTF-8")], &["exam", "show", "thi"]);
    assert_eq!(code, 0, "a machine may speak what it likes");
}

/// The run under a limit on its memory is the same command, wherever the language was said.
#[test]
fn a_run_again_finds_the_end_of_its_subcommand() {
    let rows = [
        ("exam import list.csv", 2),
        ("--lang en exam import list.csv", 4),
        ("exam --lang en import exam import", 4),
        ("exam", 1),
    ];
    for (line, end) in rows {
        let arguments: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        assert_eq!(end_of(&["exam", "import"], &arguments), end, "{line}");
    }
}
