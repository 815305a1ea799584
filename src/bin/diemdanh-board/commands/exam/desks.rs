//! Enrols the desks of an exam, and says how far each of them is.

use super::{BAD_USAGE, NOT_PLAIN, REFUSED, REMARKS, lock, read, refused};
use bits::base32;
use bits::text::is_plain;
use clap::Args;
use host::folder::{MAX_TEXT_LEN, read_text_file, replace_files};
use host::keys::{open_key_file, read_passphrase};
use host::sealed;
use jiff::{SignedDuration, Timestamp};
use office::exam::enrolment::{DeskState, cert_name, request_name};
use office::exam::{DESKS_FOLDER, Desk, DeskEnrolment, Exam as Folder, Settings};
use package::note::name_part;
use record::certify::{self, CertRequest};
use record::{BoardKeys, DeskCert, Enrolment, RevocationList};
use std::error::Error;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tlog::NoteKey;

#[derive(Args)]
pub(crate) struct Enrol {
    /// The exam's folder
    folder: PathBuf,
    /// The desk's request, from `diemdanh enrol`; `-` takes the text of its QR code from the standard input
    request: PathBuf,
    /// The sixteen characters that the desk's technician reads out
    #[arg(long)]
    sixteen: String,
    /// The board's sealed key (board.key)
    #[arg(long)]
    key: PathBuf,
    /// The desk's name on the screen, for a desk that has no file yet (default: its id)
    #[arg(long)]
    title: Option<String>,
    /// Its room, for a desk at a room's door that has no file yet
    #[arg(long, default_value = "")]
    room: String,
    /// The certificate's number (default: the next)
    #[arg(long)]
    serial: Option<u32>,
    /// Good from, e.g. 2026-06-10T00:00:00Z (default: now)
    #[arg(long)]
    from: Option<Timestamp>,
    /// Good for this many days (default: 14, and until a week after the last session)
    #[arg(long)]
    days: Option<u16>,
    /// Sign again for a desk that has a certificate: the same key, or another one
    #[arg(long)]
    again: bool,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// A file whose first line is the passphrase (default: the standard input)
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Desks {
    /// The exam's folder
    folder: PathBuf,
    /// The board's list of revoked certificates
    #[arg(long, requires = "board_key", value_name = "FILE")]
    revocations: Option<PathBuf>,
    /// The board's verifier key (board.vkey): certificates are checked with it
    #[arg(long, value_name = "FILE")]
    board_key: Option<PathBuf>,
}

pub(crate) fn enrol(args: &Enrol) -> Result<ExitCode, Box<dyn Error>> {
    if args.request.as_os_str() == "-" && args.passphrase_file.is_none() {
        complain!("diemdanh-board: yêu cầu từ đầu vào chuẩn (-) thì cần --passphrase-file");
        return Ok(ExitCode::from(BAD_USAGE));
    }
    let _held = lock(&args.folder, "enrol", args.dry_run)?;
    let exam = Folder::read(&read(&args.folder)?)?;
    let text = request_text(&args.request)?;
    let Ok(request) = Enrolment::open(&text) else {
        return Ok(refused(&format!("{}: không phải yêu cầu ghi danh đã ký", args.request.display())));
    };
    if base32::normalised(&args.sixteen) != base32::normalised(&request.sixteen()) {
        return Ok(refused("16 ký tự không khớp: đây có thể là yêu cầu của bàn khác"));
    }
    let desk = match desk(args, &exam, &request) {
        Ok(desk) => desk,
        Err(why) => return Ok(refused(&why)),
    };
    let before = exam.enrolments.get(&desk.id).cloned().unwrap_or_default();
    match kept(args, &before, &request) {
        Kept::Same(serial) => {
            say!("bàn {} đã ghi danh, chứng thư {serial}; không có gì thay đổi", desk.id);
            return Ok(ExitCode::SUCCESS);
        }
        Kept::Other(why) => return Ok(refused(&why)),
        Kept::New => {}
    }
    let board = open_key_file(&args.key, &read_passphrase(args.passphrase_file.as_deref())?)?;
    if board.verifier().name() != exam.settings.board {
        return Ok(refused(&format!(
            "khóa là của “{}”, kỳ thi là của “{}”",
            board.verifier().name(),
            exam.settings.board
        )));
    }
    write(args, &exam, &board, &desk, (request, text))
}

fn request_text(path: &Path) -> Result<String, Box<dyn Error>> {
    let mut text = String::new();
    if path.as_os_str() == "-" {
        std::io::stdin().take(MAX_TEXT_LEN).read_to_string(&mut text)?;
    } else {
        text = read_text_file(path)?;
    }
    // A scanner leaves the last line break out, and some put two characters for one.
    text = text.replace("\r\n", "\n");
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(text)
}

/// The desk's own file, or a new one; or why the request is none for this exam.
fn desk(args: &Enrol, exam: &Folder, request: &Enrolment) -> Result<Desk, String> {
    let Enrolment { board, exam: named, desk, site, recipient, .. } = request;
    let Settings { board: own_board, id, .. } = &exam.settings;
    if board != own_board || named != id {
        return Err(format!("yêu cầu là của {board}/{named}, thư mục này là {own_board}/{id}"));
    }
    if !site.is_empty() && exam.sites.iter().all(|one| one.code != *site) {
        return Err(format!("bàn {desk} thuộc điểm thi “{site}”, sites.csv không có điểm này"));
    }
    if !recipient.is_empty() && sealed::check_recipient(recipient).is_err() {
        return Err(format!("bàn {desk}: khóa nhận gói (package-recipient) không hợp lệ"));
    }
    if let Some(known) = exam.desks.iter().find(|one| one.id == *desk) {
        if known.site == *site {
            return Ok(known.clone());
        }
        return Err(format!("bàn {desk}: yêu cầu ghi điểm thi “{site}”, {} ghi “{}”", known.path(), known.site));
    }
    if name_part(desk) != *desk {
        return Err(format!("mã bàn “{desk}” chỉ được gồm chữ thường, số, dấu chấm, gạch nối, tối đa 20 ký tự"));
    }
    let title = args.title.clone().unwrap_or_else(|| desk.clone());
    if !is_plain(&title) || !(args.room.is_empty() || is_plain(&args.room)) {
        return Err(format!("--title, --room: {NOT_PLAIN}"));
    }
    Ok(Desk { id: desk.clone(), title, site: site.clone(), room: args.room.clone() })
}

enum Kept {
    Same(u32),
    Other(String),
    New,
}

/// What is there already.
fn kept(args: &Enrol, before: &DeskEnrolment, request: &Enrolment) -> Kept {
    let Some((cert, _)) = before.cert.as_ref().filter(|_| !args.again) else { return Kept::New };
    let serial = cert.serial;
    if before.request.as_ref() == Some(request) && cert.device == request.device {
        return Kept::Same(serial);
    }
    Kept::Other(format!(
        "bàn {} đã có chứng thư {serial} cho yêu cầu khác. Nếu đúng là bàn này xin lại, thêm --again và thu hồi chứng thư {serial} (key revoke)",
        request.desk
    ))
}

fn write(
    args: &Enrol,
    exam: &Folder,
    board: &NoteKey,
    desk: &Desk,
    (request, text): (Enrolment, String),
) -> Result<ExitCode, Box<dyn Error>> {
    let holds = |(desk, one): (&String, &DeskEnrolment)| {
        let is_it = one.cert.as_ref().is_some_and(|(cert, _)| Some(cert.serial) == args.serial);
        is_it.then(|| desk.clone())
    };
    if let Some(other) = exam.enrolments.iter().find_map(holds) {
        return Ok(refused(&format!("số chứng thư này bàn {other} đã có")));
    }
    let highest = exam.enrolments.values().filter_map(|one| Some(one.cert.as_ref()?.0.serial)).max();
    let Some(serial) = args.serial.or(highest.unwrap_or(0).checked_add(1)) else {
        return Ok(refused("không còn số chứng thư nào lớn hơn; hãy nêu --serial"));
    };
    let (not_before, not_after) = dates(args, &exam.settings)?;
    let has_recipient = !request.recipient.is_empty();
    let Enrolment { exam: named, desk: id, site, device, .. } = request;
    let training = exam.settings.training;
    let cert = CertRequest { serial, exam: named, desk: id.clone(), site, training, not_before, not_after, device };
    let cert = certify::certify(board, cert)?;
    let mut files = Vec::new();
    if !exam.desks.contains(desk) {
        files.push((desk.path(), desk.write().into_bytes()));
    }
    // The certificate comes last: what was cut short before it is a desk that has asked.
    files.push((format!("{DESKS_FOLDER}{}", request_name(&id)), text.into_bytes()));
    files.push((format!("{DESKS_FOLDER}{}", cert_name(&id)), cert.into_bytes()));
    if !args.dry_run {
        replace_files(&args.folder, &files)?;
    }
    for (path, _) in &files {
        say!("{} {}", if args.dry_run { "sẽ ghi" } else { "ghi" }, args.folder.join(path).display());
    }
    say!("chứng thư {serial} cho bàn {id}, {not_before} – {not_after}");
    let late = exam.settings.sessions.iter().filter(|one| one.last_entry.unwrap_or(one.start) > not_after);
    let late = late.map(|one| say!("cảnh báo  buổi “{}” kết thúc sau hạn của chứng thư", one.id)).count();
    if !has_recipient {
        say!("cảnh báo  bàn {id} không có khóa nhận gói, không nhận được gói dữ liệu");
    }
    Ok(if late > 0 || !has_recipient { ExitCode::from(REMARKS) } else { ExitCode::SUCCESS })
}

fn dates(args: &Enrol, settings: &Settings) -> Result<(Timestamp, Timestamp), jiff::Error> {
    let days = |days: u16| SignedDuration::from_hours(i64::from(days) * 24);
    let from = args.from.unwrap_or_else(Timestamp::now);
    if let Some(count) = args.days {
        return Ok((from, from.checked_add(days(count))?));
    }
    let last = settings.sessions.iter().map(|one| one.last_entry.unwrap_or(one.start)).max();
    let until = from.checked_add(days(DAYS))?;
    let after = last.map(|last| last.checked_add(days(DAYS_AFTER))).transpose()?;
    Ok((from, after.map_or(until, |after| after.max(until))))
}

pub(crate) fn list(args: &Desks) -> Result<ExitCode, Box<dyn Error>> {
    let exam = Folder::read(&read(&args.folder)?)?;
    let board = args.board_key.as_ref().map(|path| read_text_file(path)).transpose()?;
    let board = board.map(|text| BoardKeys::parse(&text)).transpose()?;
    let revoked = match (&args.revocations, &board) {
        (Some(path), Some(board)) => Some(RevocationList::open(&read_text_file(path)?, board)?),
        _ => None,
    };
    let mut worst = ExitCode::SUCCESS;
    for desk in &exam.desks {
        let enrolment = exam.enrolments.get(&desk.id).cloned().unwrap_or_default();
        let mut line = state_words(&enrolment.state(revoked.as_ref(), Timestamp::now()));
        let is_foreign = |board| enrolment.cert.as_ref().is_some_and(|(_, note)| DeskCert::open(note, board).is_err());
        if board.as_ref().is_some_and(is_foreign) {
            line = "LỖI: chứng thư không do khóa của hội đồng ký".to_owned();
            worst = ExitCode::from(REFUSED);
        }
        let site = if desk.site.is_empty() { "mọi điểm" } else { &desk.site };
        say!("{:<16} {site:<12} {line}{}", desk.id, packages(&exam, desk));
        for fault in enrolment.faults(&exam.settings, desk) {
            say!("{:<16} LỖI: {fault}", "");
            worst = ExitCode::from(REFUSED);
        }
    }
    say!(
        "{} bàn, {} đã có chứng thư",
        exam.desks.len(),
        exam.enrolments.values().filter(|one| one.cert.is_some()).count()
    );
    Ok(worst)
}

fn state_words(state: &DeskState) -> String {
    match state {
        DeskState::Named => "chưa ghi danh".to_owned(),
        DeskState::Asked => "đã có yêu cầu, chưa có chứng thư".to_owned(),
        DeskState::Certified { serial, until } => format!("chứng thư {serial}, đến {until}"),
        DeskState::Ended { serial, until } => format!("chứng thư {serial} đã hết hạn {until}"),
        DeskState::Revoked { serial, reason } => format!("chứng thư {serial} ĐÃ THU HỒI: {reason}"),
    }
}

/// The last version of each package that is sealed for a desk, and whether it took it.
fn packages(exam: &Folder, desk: &Desk) -> String {
    let last = exam.packages.iter().filter(|one| exam.packages.last(&one.id) == Some(*one));
    let own: Vec<_> = last.filter(|one| one.desks.contains(&desk.id)).collect();
    let received = own.iter().filter(|one| one.received.contains(&desk.id)).count();
    let word = |is_in: bool| if is_in { "đã nhận" } else { "chưa nhận" };
    if own.len() > MAX_PACKAGES_SHOWN {
        return format!("; {} gói, {received} đã nhận", own.len());
    }
    own.iter()
        .map(|one| format!("; gói {} v{} {}", one.id, one.version, word(one.received.contains(&desk.id))))
        .collect()
}

const DAYS: u16 = 14;
const DAYS_AFTER: u16 = 7;
const MAX_PACKAGES_SHOWN: usize = 4;
