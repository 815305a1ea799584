//! Shows what is in a package, and notes which desks took which.

use super::super::{Ending, Work, WorkError};
use super::{lock, read};
use crate::exam::{Exam, PACKAGES_FILE, RECEIPTS_FOLDER};
use bits::secret::Secret;
use host::folder::{read_text_file, replace_files};
use host::keys::read_passphrase;
use host::{file, sealed};
use package::contents::{Contents, Front, MAX_CONTENTS_LEN, People};
use package::note::{MAX_PACKAGE_LEN, MAX_PACKAGE_NOTE_LEN, PackageFault, check_form, split_file};
use package::{PackageNote, PackageReceipt};
use record::{BoardKeys, DeskCert};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A package to be opened.
pub struct Open {
    /// The package.
    pub package: PathBuf,
    /// The board's sealed recovery key.
    pub identity: PathBuf,
    /// The board's verifier key; without it nobody vouches for the package.
    pub board_key: Option<PathBuf>,
    /// Whose first line is the passphrase; `None` for the standard input.
    pub passphrase_file: Option<PathBuf>,
}

/// Receipts of desks to be noted.
pub struct Receipts {
    /// The exam's folder.
    pub folder: PathBuf,
    /// What desks signed.
    pub notes: Vec<PathBuf>,
    /// Only says what would be done.
    pub dry_run: bool,
}

/// Tells what is in a package, without a person's data.
///
/// # Errors
/// What kept it from being opened.
pub fn open(work: &Work<'_>, asked: &Open) -> Result<Ending, WorkError> {
    let limit = MAX_PACKAGE_LEN + u64::try_from(MAX_PACKAGE_NOTE_LEN).unwrap_or(0);
    let bytes = file::read(&asked.package, limit).map_err(|error| WorkError::at(&asked.package, error))?;
    let (note, front, people) = match parts(asked, &bytes)? {
        Ok(parts) => parts,
        Err(why) => return Ok(work.refused(&format!("{}: {why}", asked.package.display()))),
    };
    let passphrase = read_passphrase(asked.passphrase_file.as_deref())?;
    let identity = sealed::unlock_identity(&read_text_file(&asked.identity)?, &passphrase)?;
    let Some(contents) = contents(asked, [front, people], &identity)? else {
        return Ok(work.refused(&format!("{}: không mở được bằng khóa này", asked.package.display())));
    };
    work.voice.put(&summary(&note, &contents));
    if asked.board_key.is_none() {
        say!(work, "CHƯA KIỂM CHỮ KÝ: thêm --board-key board.vkey");
        return Ok(Ending::Remarks);
    }
    say!(work, "Chữ ký của hội đồng: đúng");
    Ok(Ending::Done)
}

/// The note of a package, and what of the file is sealed for desks and for people.
type Parts<'a> = (PackageNote, &'a [u8], &'a [u8]);

/// The parts of a package, or why it is none, for the clerk.
fn parts<'a>(asked: &Open, bytes: &'a [u8]) -> Result<Result<Parts<'a>, String>, WorkError> {
    let none = || Ok(Err("không phải gói dữ liệu".to_owned()));
    let Ok((note_text, ciphertext)) = split_file(bytes) else { return none() };
    if let Err(fault @ PackageFault::OtherForm { .. }) = check_form(note_text) {
        return Ok(Err(fault.to_string()));
    }
    let note = match &asked.board_key {
        None => PackageNote::peek(note_text),
        Some(path) => match PackageNote::open(note_text, &BoardKeys::parse(&read_text_file(path)?)?) {
            Ok(note) => Some(note),
            Err(fault) => return Ok(Err(format!("hội đồng không ký gói này ({fault})"))),
        },
    };
    let Some(note) = note else { return none() };
    let Ok((front, people)) = note.parts(ciphertext) else {
        return Ok(Err("nội dung không đúng với tờ ký: gói bị cắt hoặc bị sửa".to_owned()));
    };
    Ok(Ok((note, front, people)))
}

/// What the sealed parts hold; `None` where the key opens neither.
fn contents(asked: &Open, sealed: [&[u8]; 2], identity: &Secret<String>) -> Result<Option<Contents>, WorkError> {
    let limit = u64::try_from(MAX_CONTENTS_LEN).unwrap_or(u64::MAX);
    let [front, people] = sealed.map(|part| sealed::open(part, identity, limit));
    let (Ok(front), Ok(people)) = (front, people) else { return Ok(None) };
    let at = |error| WorkError::Contents { path: asked.package.clone(), error };
    let (front, people) = (Front::read(front.expose()).map_err(at)?, People::read(people.expose()).map_err(at)?);
    Ok(Some(Contents { front, people }))
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
///
/// # Errors
/// What kept it from being done.
pub fn receive(work: &Work<'_>, asked: &Receipts) -> Result<Ending, WorkError> {
    let _held = lock(&asked.folder, "receipt", asked.dry_run)?;
    let exam = Exam::read(&read(&asked.folder)?)?;
    let mut ledger = exam.packages.clone();
    let mut files = BTreeMap::new();
    let (mut is_refused, mut is_remarked, mut said) = (false, false, Vec::new());
    for path in &asked.notes {
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
                complain!(work, "{}: {why}", path.display());
                is_refused = true;
            }
        }
    }
    if is_refused {
        said.iter().for_each(|line| say!(work, "{line}"));
        say!(work, "TỪ CHỐI: không ghi giấy nhận nào. Bỏ các tệp trên rồi chạy lại.");
        return Ok(Ending::Refused);
    }
    if ledger == exam.packages {
        said.iter().for_each(|line| say!(work, "{line}"));
        say!(work, "không có gì mới");
        return Ok(Ending::Done);
    }
    // The ledger comes last: what was cut short before it is mended by running it again.
    let mut files: Vec<_> = files.into_iter().collect();
    files.push((PACKAGES_FILE.to_owned(), ledger.write()));
    if !asked.dry_run {
        replace_files(&asked.folder, &files)?;
    }
    said.iter().for_each(|line| say!(work, "{line}"));
    say!(work, "{} {}", if asked.dry_run { "sẽ ghi" } else { "ghi" }, asked.folder.join(PACKAGES_FILE).display());
    Ok(if is_remarked { Ending::Remarks } else { Ending::Done })
}

/// A receipt whose desk and package are known, with what should be said of it; or why it does not count.
fn judged(exam: &Exam, path: &Path) -> Result<(PackageReceipt, String, String), String> {
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
