//! Shows what is in a package, and notes which desks took which.

use super::{REFUSED, REMARKS, lock, read, refused};
use clap::Args;
use host::folder::{read_text_file, replace_files};
use host::keys::read_passphrase;
use host::{file, sealed};
use office::exam::{Exam as Folder, PACKAGES_FILE, RECEIPTS_FOLDER};
use package::contents::{Contents, Front, MAX_CONTENTS_LEN, People};
use package::note::{MAX_PACKAGE_LEN, MAX_PACKAGE_NOTE_LEN, PackageFault, check_form, split_file};
use package::{PackageNote, PackageReceipt};
use record::{BoardKeys, DeskCert};
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Args)]
pub(crate) struct Open {
    /// The package (*.diemdanh)
    package: PathBuf,
    /// The board's sealed recovery key (recovery.key)
    #[arg(long)]
    identity: PathBuf,
    /// The board's verifier key (board.vkey); without it nobody vouches for the package
    #[arg(long, value_name = "FILE")]
    board_key: Option<PathBuf>,
    /// A file whose first line is the passphrase (default: the standard input)
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Receipts {
    /// The exam's folder
    folder: PathBuf,
    /// Receipts that desks signed
    #[arg(required = true, value_name = "NOTE")]
    notes: Vec<PathBuf>,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn open(args: &Open) -> Result<ExitCode, Box<dyn Error>> {
    let limit = MAX_PACKAGE_LEN + u64::try_from(MAX_PACKAGE_NOTE_LEN)?;
    let named = |error: &dyn std::fmt::Display| format!("{}: {error}", args.package.display());
    let bytes = file::read(&args.package, limit).map_err(|error| named(&error))?;
    let Ok((note_text, ciphertext)) = split_file(&bytes) else {
        return Ok(refused(&named(&"không phải gói dữ liệu")));
    };
    if let Err(fault @ PackageFault::OtherForm { .. }) = check_form(note_text) {
        return Ok(refused(&named(&fault)));
    }
    let note = match &args.board_key {
        None => PackageNote::peek(note_text),
        Some(path) => {
            let board = BoardKeys::parse(&read_text_file(path)?)?;
            match PackageNote::open(note_text, &board) {
                Ok(note) => Some(note),
                Err(fault) => return Ok(refused(&named(&format!("hội đồng không ký gói này ({fault})")))),
            }
        }
    };
    let Some(note) = note else { return Ok(refused(&named(&"không phải gói dữ liệu"))) };
    let Ok((front, people)) = note.parts(ciphertext) else {
        return Ok(refused(&named(&"nội dung không đúng với tờ ký: gói bị cắt hoặc bị sửa")));
    };
    let passphrase = read_passphrase(args.passphrase_file.as_deref())?;
    let identity = sealed::unlock_identity(&read_text_file(&args.identity)?, &passphrase)?;
    let limit = u64::try_from(MAX_CONTENTS_LEN)?;
    let (Ok(front), Ok(people)) = (sealed::open(front, &identity, limit), sealed::open(people, &identity, limit))
    else {
        return Ok(refused(&named(&"không mở được bằng khóa này")));
    };
    let front = Front::read(front.expose()).map_err(|fault| named(&fault))?;
    let people = People::read(people.expose()).map_err(|fault| named(&fault))?;
    let contents = Contents { front, people };
    put!("{}", summary(&note, &contents));
    if args.board_key.is_none() {
        say!("CHƯA KIỂM CHỮ KÝ: thêm --board-key board.vkey");
        return Ok(ExitCode::from(REMARKS));
    }
    say!("Chữ ký của hội đồng: đúng");
    Ok(ExitCode::SUCCESS)
}

/// What is in a package, without a person's data.
fn summary(note: &PackageNote, contents: &Contents) -> String {
    let Contents { front, people } = contents;
    let settings = &front.settings;
    let rooms: BTreeSet<String> = people.roster.iter().map(|one| one.room).collect();
    let mode = if note.training { ", TẬP HUẤN" } else { "" };
    let mut lines = vec![
        format!("Gói {} phiên bản {}{mode}", note.id(), note.version),
        format!("Kỳ thi: {} ({}/{})", settings.title, note.board, note.exam),
        format!("Buổi thi: {} “{}”, hiệu lệnh {}", note.session, settings.session.title, settings.session.start),
        format!("Điểm thi: {} “{}”", note.site, settings.site.title),
        format!("Hạn dùng: {} – {}; cần chương trình từ {}", note.not_before, note.not_after, note.min_program),
        format!("Thí sinh: {}   phòng: {}   ảnh: {}", people.roster.len(), rooms.len(), people.portraits.len()),
        format!("Người: {}   tệp chứng thư tin cậy: {}", front.operators.len(), front.trust.len()),
        format!(
            "Danh sách thu hồi: {}",
            if note.revocations == 0 { "–".to_owned() } else { note.revocations.to_string() }
        ),
    ];
    for desk in &front.desks {
        let serial = DeskCert::peek(&desk.cert).map_or_else(|| "?".to_owned(), |cert| cert.serial.to_string());
        lines.push(format!("  bàn {}: chứng thư {serial}", desk.id));
    }
    lines.push(format!("SHA-256: {}", note.sha256));
    lines.push(String::new());
    lines.join("\n")
}

/// Notes all receipts, or none of them.
pub(crate) fn receive(args: &Receipts) -> Result<ExitCode, Box<dyn Error>> {
    let _held = lock(&args.folder, "receipt", args.dry_run)?;
    let exam = Folder::read(&read(&args.folder)?)?;
    let mut ledger = exam.packages.clone();
    let mut files = BTreeMap::new();
    let (mut is_refused, mut is_remarked, mut said) = (false, false, Vec::new());
    for path in &args.notes {
        match judged(&exam, path) {
            Ok((receipt, note, remark)) => {
                let PackageReceipt { package, version, desk, at, .. } = &receipt;
                ledger.receive(package, *version, desk);
                said.push(format!("bàn {desk} đã nhận gói {package} v{version} lúc {at}{remark}"));
                is_remarked |= !remark.is_empty();
                let name = format!("{RECEIPTS_FOLDER}{}-v{version}-{desk}.note", package.replace('/', "-"));
                files.insert(name, note.into_bytes());
            }
            Err(why) => {
                complain!("diemdanh-board: {}: {why}", path.display());
                is_refused = true;
            }
        }
    }
    if is_refused {
        said.iter().for_each(|line| say!("{line}"));
        say!("TỪ CHỐI: không ghi giấy nhận nào. Bỏ các tệp trên rồi chạy lại.");
        return Ok(ExitCode::from(REFUSED));
    }
    if ledger == exam.packages {
        said.iter().for_each(|line| say!("{line}"));
        say!("không có gì mới");
        return Ok(ExitCode::SUCCESS);
    }
    // The ledger comes last: what was cut short before it is mended by running it again.
    let mut files: Vec<_> = files.into_iter().collect();
    files.push((PACKAGES_FILE.to_owned(), ledger.write()));
    if !args.dry_run {
        replace_files(&args.folder, &files)?;
    }
    said.iter().for_each(|line| say!("{line}"));
    say!("{} {}", if args.dry_run { "sẽ ghi" } else { "ghi" }, args.folder.join(PACKAGES_FILE).display());
    Ok(if is_remarked { ExitCode::from(REMARKS) } else { ExitCode::SUCCESS })
}

/// A receipt whose desk and package are known, with what should be said of it; or why it does not count.
fn judged(exam: &Folder, path: &Path) -> Result<(PackageReceipt, String, String), String> {
    let note = read_text_file(path).map_err(|error| error.to_string())?;
    let form = "không phải giấy nhận gói của bàn";
    let receipt = PackageReceipt::peek(&note).ok_or(form)?;
    let PackageReceipt { package, version, sha256, desk, .. } = &receipt;
    let cert = exam.enrolments.get(desk).and_then(|one| one.cert.as_ref());
    let (cert, _) = cert.ok_or_else(|| format!("kỳ thi này không có bàn {desk} đã ghi danh"))?;
    PackageReceipt::open(&note, &cert.device).map_err(|_| format!("không do khóa của bàn {desk} ký"))?;
    let last = exam.packages.last(package).ok_or_else(|| format!("kỳ thi này không có gói {package}"))?;
    let packed = exam.packages.find(package, *version);
    let packed = packed.ok_or_else(|| format!("gói {package} không có phiên bản {version}"))?;
    if packed.sha256 != *sha256 {
        return Err(format!("bàn {desk} đã nhận một gói {package} v{version} khác với gói đã đóng"));
    }
    if !packed.desks.contains(desk) {
        return Err(format!("gói {package} v{version} không đóng cho bàn {desk}"));
    }
    let remark = if last.version > *version {
        format!(" (bản cũ; mới nhất là v{})", last.version)
    } else {
        String::new()
    };
    Ok((receipt, note, remark))
}
