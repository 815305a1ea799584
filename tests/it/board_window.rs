//! Whoever works beside the board's window: what members order there is signed and written as at the command line, what must
//! not be written is not, and one person's papers and proofs are checked by code that knows nothing of ours.

use crate::board_decide::{PASSPHRASE, decided, duplicate};
use crate::board_exam::{Board, check_in, wrote};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use diemdanh::bits::random::SeededRandom;
use diemdanh::bits::secret::Secret;
use diemdanh::bits::stamp::{Clock, Stamp};
use diemdanh::host::folder_lock::FolderLock;
use diemdanh::office::language::{BoardWords, REASON_CODES};
use diemdanh::office::work::exam::book::{Beside, BookNews, work_beside};
use diemdanh::office::work::exam::reviewing::Sources;
use diemdanh::review::CaseId;
use diemdanh::review::answer::{Answer, Found};
use diemdanh::review::book::{Book, List, Mark, PointKind, Sheet, Wanted};
use diemdanh::review::decision::CaseState;
use diemdanh::review::order::{Decision, Order, Signer, StepDraft, What};
use diemdanh::review::statement::Duties;
use diemdanh::words::Language;
use ed25519_dalek::{Signature, VerifyingKey};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// A clock that somebody set to a day behind every due date of these tests.
struct At(Timestamp);

impl Clock for At {
    fn now(&self) -> Stamp {
        Stamp { wall: self.0, boot_ms: 1_000 }
    }
}

/// The work beside a window, without the window.
struct Window {
    orders: SyncSender<Order>,
    news: Receiver<BookNews>,
    book: Arc<dyn Book>,
}

impl Window {
    fn open(at: &Board) -> Self {
        Self::open_on(at, "2026-07-20T03:00:00Z")
    }

    fn open_on(at: &Board, now: &str) -> Self {
        let sources = Sources {
            folder: at.path("thi"),
            board_key: at.path("board.vkey"),
            anchors: None,
            revocations: None,
            index_keys: None,
        };
        let (orders, heard) = sync_channel(1);
        let (told, news) = sync_channel(64);
        let beside = Beside {
            sources,
            language: Language::Vietnamese,
            clock: Box::new(At(now.parse().unwrap())),
            random: Box::new(SeededRandom::new("window")),
        };
        work_beside(beside, heard, move |one| told.send(one).is_ok()).unwrap();
        let book = read(&news);
        Self { orders, news, book }
    }

    /// How it ended; afterwards everything is read again.
    fn order(&mut self, what: What) -> (bool, String) {
        self.orders.send(Order { what, language: Language::Vietnamese }).unwrap();
        let told = loop {
            match self.news.recv().unwrap() {
                BookNews::Told(is_done, said) => break (is_done, said),
                BookNews::Progress(..) => (),
                _ => panic!("an order ends before the exam is read again"),
            }
        };
        self.book = read(&self.news);
        told
    }

    fn decision(&self, at: &Board, case: &str, keys: &[&str]) -> Decision {
        let row = self.book.case_row(CaseId::parse(case).unwrap()).unwrap();
        let open = self.book.open_case(row, Language::Vietnamese).unwrap();
        let signer = |key: &&str| Signer {
            key: at.path(&format!("{key}.key")).display().to_string(),
            passphrase: Secret::new(PASSPHRASE.to_owned()),
        };
        Decision {
            case: open.id,
            seen: open.seen,
            step: StepDraft {
                state: CaseState::Decided,
                ruling: "came-back".to_owned(),
                reason: "Đã xem biên bản số 3".to_owned(),
                undoes: None,
                answers: Vec::new(),
                duties: Duties::default(),
            },
            signers: keys.iter().map(signer).collect(),
        }
    }

    fn decide(&mut self, decision: &Decision) -> (bool, String) {
        self.order(What::Decide(Box::new(decision.clone())))
    }

    fn sheet(&self, list: List, wanted: &str) -> Sheet {
        let text = Wanted { text: wanted.to_owned(), ..Wanted::default() };
        let row = *self.book.find(list, &text).first().unwrap();
        self.book.sheet(list, row, Language::Vietnamese).unwrap()
    }
}

fn read(news: &Receiver<BookNews>) -> Arc<dyn Book> {
    loop {
        match news.recv().unwrap() {
            BookNews::Done(book) => return book,
            BookNews::Progress(..) => (),
            BookNews::Failed(why) => panic!("{why}"),
            _ => panic!("nothing was ordered"),
        }
    }
}

/// Every line of a sheet.
fn lines(sheet: &Sheet) -> Vec<(String, Mark)> {
    let blocks = sheet.blocks.iter().flat_map(|(one, beside)| [Some(one), beside.as_ref()]).flatten();
    blocks.flat_map(|block| &block.lines).map(|line| (line.text.clone(), line.mark)).collect()
}

fn says(sheet: &Sheet, text: &str) -> bool {
    lines(sheet).iter().any(|(line, _)| line.contains(text))
}

#[test]
fn what_two_members_decide_in_the_window_stands_as_at_the_command_line() {
    let (at, case) = decided();
    let mut window = Window::open(&at);
    let mut decision = window.decision(&at, &case, &["hd-01", "hd-02"]);
    let answer = |code: &str, found, words: &str| Answer { code: code.to_owned(), found, words: words.to_owned() };
    decision.step.answers = vec![answer("came-back", Found::Fits, "camera 3"), answer("guest", Found::RuledOut, "")];
    let before = window.sheet(List::Cases, &case);
    assert!(says(&before, "thí sinh ra rồi vào lại: chưa trả lời"), "each is to be answered");
    let (is_done, said) = window.decide(&decision);
    assert!(is_done && said.contains("ĐÃ GHI"), "{said}");
    let sheet = window.sheet(List::Cases, &case);
    for text in [
        "đã quyết định (hd-01, hd-02)",
        "ra rồi vào lại: đúng là vậy (hd-01, hd-02) camera 3",
        "không phải (hd-01, hd-02)",
    ] {
        assert!(says(&sheet, text), "{text}: {:?}", lines(&sheet));
    }
    assert!(says(&sheet, "chọn nhầm dòng danh sách: chưa trả lời"), "what nobody answered is still open");
    let told = duplicate(&at);
    assert_eq!((&told["state"], &told["answers"][0]["found"]), (&"decided".into(), &"fits".into()));
    let (_, said) = at.run("review", &["--cases"]);
    assert!(said.contains("? thí sinh ra rồi vào lại: đúng là vậy (hd-01, hd-02) camera 3"), "{said}");
    // It is taken back by a new step, by two.
    let mut undo = window.decision(&at, &case, &["hd-02"]);
    let row = window.book.case_row(undo.case).unwrap();
    let steps = window.book.open_case(row, Language::Vietnamese).unwrap().steps;
    undo.step =
        StepDraft { state: CaseState::New, ruling: String::new(), undoes: Some(steps[0].0.clone()), ..undo.step };
    let (is_done, said) = window.decide(&undo);
    assert!(!is_done && said.contains("cần hai thành viên"), "{said}");
    let both = window.decision(&at, &case, &["hd-02", "hd-01"]);
    assert!(window.decide(&Decision { step: undo.step, ..both }).0);
    assert!(says(&window.sheet(List::Cases, &case), "(đã rút lại)"));
    assert_eq!(duplicate(&at)["state"], "new");
}

#[test]
fn nothing_is_written_where_something_is_wrong() {
    let (at, case) = decided();
    let mut window = Window::open(&at);
    let good = window.decision(&at, &case, &["hd-01", "hd-02"]);
    let with = |change: &dyn Fn(&mut Decision)| {
        let mut decision = good.clone();
        change(&mut decision);
        decision
    };
    let signed = |window: &Window, keys: &[&str]| window.decision(&at, &case, keys);
    let tries: Vec<(Decision, &str)> = vec![
        (with(&|one| one.signers[1].passphrase = Secret::new("sai".to_owned())), "mật khẩu không đúng"),
        (with(&|one| one.signers[0].passphrase = Secret::new(String::new())), "mật khẩu không đúng"),
        (with(&|one| one.signers[0].key.push('x')), "không có tệp khóa này"),
        (with(&|one| one.signers[0].key = at.path("pass").display().to_string()), "không phải tệp khóa"),
        (signed(&window, &["hd-01"]), "cần hai thành viên"),
        (signed(&window, &["hd-01", "hd-01"]), "cần hai thành viên"),
        (signed(&window, &["hd-03", "hd-01"]), "không phải khóa của thành viên"),
        (with(&|one| one.step.reason = "số 099208000001".to_owned()), "chín chữ số"),
        (with(&|one| one.step.ruling = "Có tội".to_owned()), "kết luận là một mã"),
        (
            with(&|one| {
                one.step.answers = vec![Answer { code: "twin".to_owned(), found: Found::Fits, words: String::new() }];
            }),
            "không có cách giải thích “twin”",
        ),
    ];
    for (decision, wanted) in tries {
        let (is_done, said) = window.decide(&decision);
        assert!(!is_done && said.contains(wanted), "{wanted}: {said}");
        assert!(!said.contains(PASSPHRASE), "a passphrase is never said");
    }
    assert_eq!(at.json("review", &[])["steps"].as_array().unwrap().len(), 0);
    assert!(!at.path("thi/board").exists(), "nobody's record was begun");
    // A record that cannot be opened.
    fs::write(at.path("thi/board"), "x").unwrap();
    let (is_done, said) = window.decide(&good);
    assert!(!is_done && !said.is_empty(), "{said}");
    fs::remove_file(at.path("thi/board")).unwrap();
    assert!(window.decide(&good).0, "and once nothing is wrong, it is written");
}

#[test]
fn whoever_holds_the_folder_is_named() {
    let (at, case) = decided();
    let mut window = Window::open(&at);
    let decision = window.decision(&at, &case, &["hd-01", "hd-02"]);
    let held = FolderLock::take(&at.path("thi"), "exam receive").unwrap();
    let (is_done, said) = window.decide(&decision);
    assert!(!is_done && said.contains("đang được ghi bởi: exam receive ("), "{said}");
    drop(held);
    assert!(window.decide(&decision).0);
}

#[test]
fn an_order_about_what_is_no_more_is_refused() {
    let (at, case) = decided();
    let mut window = Window::open(&at);
    let decision = window.decision(&at, &case, &["hd-01", "hd-02"]);
    let asked = [&case, "--state", "asked", "--reason", "Hỏi", "--key", "hd-02.key", "--passphrase-file", "pass"];
    assert_eq!(at.run("decide", &asked).0, Some(0), "another member, at the command line");
    let (is_done, said) = window.decide(&decision);
    assert!(!is_done && said.contains("đã có thay đổi từ lúc mở ra xem"), "{said}");
    let decision = window.decision(&at, &case, &["hd-01", "hd-02"]);
    fs::remove_dir_all(at.path("thi/logs")).unwrap();
    fs::remove_dir_all(at.path("sticks")).unwrap();
    wrote(&at, "d1", "sticks/one", &[check_in(1), check_in(1)]);
    wrote(&at, "d2", "sticks/two", &[check_in(1)]);
    assert_eq!(at.run("receive", &["sticks"]).0, Some(0));
    let (is_done, said) = window.decide(&decision);
    assert!(!is_done && said.contains("đã có thay đổi từ lúc mở ra xem"), "another entry has come: {said}");
    let decision = window.decision(&at, &case, &["hd-01", "hd-02"]);
    assert!(window.decide(&decision).0);
    let (is_done, said) = window.decide(&decision);
    assert!(!is_done && said.contains("đã có thay đổi"), "the same order once more is out of date: {said}");
    assert_eq!(at.json("review", &[])["steps"].as_array().unwrap().len(), 2);
}

#[test]
fn explanations_are_answered_at_the_command_line_too() {
    let (at, case) = decided();
    let answer = |words: &str| {
        let base =
            [&case, "--state", "new", "--reason", "Xem camera", "--key", "hd-01.key", "--passphrase-file", "pass"];
        at.run("decide", &[&base[..], &["--answer", words]].concat())
    };
    assert_eq!(answer("came-back=fits: camera 3, 07:20").0, Some(0));
    let (code, said) = answer("twin=fits");
    assert!(code == Some(64) && said.contains("came-back, wrong-row"), "{said}");
    assert_eq!(answer("came-back=maybe").0, Some(64));
    assert_eq!(answer("came-back=fits: số 099208000001").0, Some(64), "nobody's number");
    let told = duplicate(&at);
    assert_eq!(
        (&told["state"], &told["answers"][0]["words"]),
        (&"new".into(), &"camera 3, 07:20".into()),
        "an answer leaves the state as it is"
    );
}

#[test]
fn what_is_over_is_marked_everywhere() {
    let (at, case) = decided();
    let asked = [&case, "--state", "asked", "--reason", "Hỏi", "--due", "2026-07-10"];
    let signed = ["--key", "hd-01.key", "--passphrase-file", "pass"];
    assert_eq!(at.run("decide", &[&asked[..], &signed[..]].concat()).0, Some(0));
    for (now, overdue) in [("2026-07-10T16:00:00Z", 0), ("2026-07-10T18:00:00Z", 1)] {
        let window = Window::open_on(&at, now);
        assert_eq!(window.book.overview(Language::English).overdue, overdue, "{now}: the exam's day counts");
        let row = window.book.case_row(CaseId::parse(&case).unwrap()).unwrap();
        let row = window.book.row(List::Cases, row, Language::Vietnamese);
        assert_eq!(
            row.cells.iter().any(|cell| cell.contains("QUÁ HẠN: 10/07/2026")),
            overdue == 1,
            "{row:?}",
            row = row.cells
        );
        assert_eq!(row.mark == Mark::Grave, overdue == 1);
        assert_eq!(says(&window.sheet(List::Cases, &case), "QUÁ HẠN: 10/07/2026"), overdue == 1);
        let wanted = Wanted { text: "qua han".to_owned(), ..Wanted::default() };
        assert_eq!(window.book.find(List::Cases, &wanted).len(), overdue, "and found by what stands there");
    }
}

#[test]
fn a_log_has_a_line_of_time_whose_points_are_its_lines() {
    let (at, _) = decided();
    let window = Window::open(&at);
    for language in [Language::Vietnamese, Language::English] {
        let sheet = window.book.sheet(List::Desks, 0, language).unwrap();
        let timeline = sheet.timeline.unwrap();
        let (block, _) = &sheet.blocks[0];
        assert!(timeline.points.len() >= 3 && timeline.points[0].kind == PointKind::Start);
        assert!(timeline.points.iter().any(|point| point.kind == PointKind::Arrival));
        for point in &timeline.points {
            assert_eq!(block.lines[point.line].text, point.text);
            assert!(point.at_ms <= timeline.span_ms);
        }
    }
}

#[test]
fn reasons_of_the_desk_have_words() {
    use diemdanh::checkin::event::NotAdmittedReason;
    use diemdanh::checkin::exception::{Ground, GuestReason, UndoReason, WithoutCard};
    use diemdanh::checkin::failure::Failure;
    use diemdanh::checkin::paper::PaperKind;
    let mut codes: Vec<String> = REASON_CODES.iter().map(|code| (*code).to_owned()).collect();
    codes.extend(NotAdmittedReason::ALL.map(|one| one.code().to_owned()));
    codes.extend(Ground::ALL.iter().map(|one| one.code().to_owned()));
    codes.extend(GuestReason::ALL.iter().map(|one| one.code().to_owned()));
    codes.extend(UndoReason::ALL.iter().map(|one| one.code().to_owned()));
    codes.extend(WithoutCard::ALL.iter().map(|one| one.code().to_owned()));
    codes.extend([PaperKind::Incident, PaperKind::Undertaking].map(|one| one.code().to_owned()));
    codes.extend(Failure::ALL.iter().map(|one| one.code().to_ascii_lowercase()));
    for language in [Language::Vietnamese, Language::English] {
        let words = BoardWords::load(language).unwrap();
        for code in &codes {
            // Some codes are English words of their own.
            let is_word = language == Language::English && !code.contains('-');
            assert!(is_word || words.reason(code) != code, "{code} in {language:?}");
        }
        assert_eq!(words.reason("never-heard-of"), "never-heard-of", "what nobody knows is shown as it is");
    }
}

// -- One person's folder, checked by code of its own: nothing below asks a room of the house --

/// What a `.tlog-proof` says, read by its page (https://c2sp.org/tlog-proof).
struct TlogProof {
    index: u64,
    hashes: Vec<[u8; 32]>,
    size: u64,
    root: [u8; 32],
    origin: String,
    signed: String,
    signatures: Vec<(String, Vec<u8>)>,
}

fn tlog_proof(text: &str) -> TlogProof {
    let hash = |line: &str| <[u8; 32]>::try_from(BASE64.decode(line).unwrap()).unwrap();
    let mut lines = text.split('\n');
    assert_eq!(lines.next(), Some("c2sp.org/tlog-proof@v1"));
    let mut next = lines.next().unwrap();
    if next.starts_with("extra ") {
        next = lines.next().unwrap();
    }
    let index = next.strip_prefix("index ").unwrap().parse().unwrap();
    let hashes = lines.by_ref().take_while(|line| !line.is_empty()).map(hash).collect();
    let [origin, size, root] = [0; 3].map(|_| lines.next().unwrap());
    let signed = format!("{origin}\n{size}\n{root}\n");
    assert_eq!(lines.next(), Some(""), "no extension lines");
    let signature = |line: &str| {
        let (name, signature) = line.strip_prefix("— ").unwrap().split_once(' ').unwrap();
        (name.to_owned(), BASE64.decode(signature).unwrap())
    };
    let signatures = lines.filter(|line| !line.is_empty()).map(signature).collect();
    TlogProof {
        index,
        hashes,
        size: size.parse().unwrap(),
        root: hash(root),
        origin: origin.to_owned(),
        signed,
        signatures,
    }
}

/// RFC 9162, 2.1.3.2.
fn root_of(leaf: [u8; 32], proof: &TlogProof) -> Option<[u8; 32]> {
    let node = |left: &[u8], right: &[u8]| <[u8; 32]>::from(Sha256::digest([&[1][..], left, right].concat()));
    let (mut at, mut last, mut root) = (proof.index, proof.size.checked_sub(1)?, leaf);
    for hash in &proof.hashes {
        if last == 0 {
            return None;
        }
        if at % 2 == 1 || at == last {
            root = node(hash, &root);
            while at % 2 == 0 && at != 0 {
                (at, last) = (at / 2, last / 2);
            }
        } else {
            root = node(&root, hash);
        }
        (at, last) = (at / 2, last / 2);
    }
    (last == 0).then_some(root)
}

/// A key as C2SP `signed-note` writes it: name, hash, a byte 1 for Ed25519, the key.
fn note_key(vkey: &str) -> (String, [u8; 4], VerifyingKey) {
    let mut parts = vkey.trim().splitn(3, '+');
    let [name, id, key] = [0; 3].map(|_| parts.next().unwrap());
    let key = BASE64.decode(key).unwrap();
    let hash = Sha256::digest([name.as_bytes(), b"\n", &key].concat());
    assert_eq!(id, hash[..4].iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    assert_eq!(key[0], 1);
    (name.to_owned(), hash[..4].try_into().unwrap(), VerifyingKey::from_bytes(key[1..].try_into().unwrap()).unwrap())
}

/// True where the entry stands in the tree that the key has signed.
fn stands(entry: &[u8], proof: &str, vkey: &str) -> bool {
    let (proof, (name, id, key)) = (tlog_proof(proof), note_key(vkey));
    let leaf = Sha256::digest([&[0][..], entry].concat()).into();
    let is_signed = proof.signatures.iter().any(|(by, bytes)| {
        let signature = Signature::from_slice(&bytes[4..]);
        *by == name
            && bytes[..4] == id
            && signature.is_ok_and(|one| key.verify_strict(proof.signed.as_bytes(), &one).is_ok())
    });
    proof.origin == name && is_signed && root_of(leaf, &proof) == Some(proof.root)
}

fn proofs(folder: &Path) -> Vec<(String, Vec<u8>, String, String)> {
    let mut all = Vec::new();
    for desk in ["d1-b1", "d2-b1"] {
        for one in fs::read_dir(folder.join(desk)).unwrap() {
            let name = one.unwrap().file_name().into_string().unwrap();
            let Some(stem) = name.strip_suffix(".tlog-proof") else { continue };
            let entries = folder.join(format!("{desk}.entries"));
            let entry = fs::read(entries.join(format!("{stem}.json"))).unwrap();
            let vkey = fs::read_to_string(entries.join(format!("{}.vkey", &stem[..3]))).unwrap();
            all.push((stem.to_owned(), entry, fs::read_to_string(folder.join(desk).join(&name)).unwrap(), vkey));
        }
    }
    all
}

#[test]
fn one_persons_folder_is_checked_by_anybody_and_names_nobody_else() {
    let (at, case) = decided();
    let mut window = Window::open(&at);
    let decision = window.decision(&at, &case, &["hd-01", "hd-02"]);
    assert!(window.decide(&decision).0);
    let wanted = Wanted { text: "99000001".to_owned(), ..Wanted::default() };
    let row = window.book.find(List::People, &wanted)[0];
    let whom = window.book.person(row).unwrap();
    let into = at.path(&whom.folder);
    let (is_done, said) = window.order(What::HandOver { cand: whom.cand, into: into.display().to_string() });
    assert!(is_done && said.contains("ĐÃ LƯU hồ sơ và 4 bằng chứng"), "{said}");
    let all = proofs(&into);
    assert_eq!(all.len(), 4, "the opening and the arrival at each of two desks");
    let other = all[0].3.clone();
    for (stem, entry, proof, vkey) in &all {
        assert!(stands(entry, proof, vkey), "{stem}");
        let mut altered = entry.clone();
        altered[10] ^= 1;
        assert!(!stands(&altered, proof, vkey), "{stem}: another entry");
        assert!(!stands(entry, &proof.replace("index ", "index 1"), vkey), "{stem}: another place");
        assert!(*vkey == other || !stands(entry, proof, &other), "{stem}: another log's key");
        let said = String::from_utf8(entry.clone()).unwrap();
        assert!(!said.contains(&"02".repeat(16)), "nobody else");
    }
    let paper = fs::read(into.join("ho-so.pdf")).unwrap();
    assert!(paper.starts_with(b"%PDF"));
    assert!(fs::read_to_string(into.join("READ-ME.txt")).unwrap().contains("tlog-proof"));
    // Our own checker says the same of each folder.
    let mut program = crate::programs::board_program();
    program.args(["verify-proof"]).arg(into.join("d1-b1")).arg("--board-key").arg(at.path("board.vkey"));
    assert_eq!(program.output().unwrap().status.code(), Some(0));
    // The same by the command, and the same bytes.
    let (code, said) = at.run("person", &["99000001", "--into", "nua"]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(fs::read(at.path("nua/ho-so.pdf")).unwrap(), paper);
    // Nothing is overwritten, and nothing goes into the exam's folder.
    assert!(!window.order(What::HandOver { cand: whom.cand, into: into.display().to_string() }).0);
    assert!(!window.order(What::HandOver { cand: whom.cand, into: at.path("thi/x").display().to_string() }).0);
    assert_eq!(at.run("person", &["99009999", "--into", "ai"]).0, Some(2), "nobody has that number");
}

#[test]
fn who_never_came_has_a_paper_and_no_proof() {
    let (at, _) = decided();
    let (code, said) = at.run("person", &["99000004", "--into", "vang"]);
    assert!(code == Some(0) && said.contains("0 bằng chứng"), "{said}");
    assert!(at.path("vang/ho-so.pdf").exists() && !at.path("vang/d1-b1").exists());
}
