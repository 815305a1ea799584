//! Who works at the desks: taken in, listed, taken off, given PINs.

use super::{BAD_USAGE, NOT_PLAIN, REFUSED, REMARKS, lock, outputs, read, refused};
use bits::text::is_plain;
use clap::{Args, Subcommand};
use host::pair::{Document, Settled, replace_private, settle, write_pair};
use host::progress::Progress;
use host::random::SystemRandom;
use jiff::Timestamp;
use office::exam::letters::{self, Letter};
use office::exam::{Exam as Folder, OPERATORS_FILE, Operator, Role, letter_page, operators};
use package::operators::PinCost;
use record::Code;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use zeroize::Zeroizing;

#[derive(Subcommand)]
pub(crate) enum Operators {
    /// Take somebody in
    Add(Add),
    /// List everybody: code, role, site, PIN, name
    List(List),
    /// Take somebody off the exam; the line stays, so that nobody gets the code again
    Revoke(Revoke),
}

#[derive(Args)]
pub(crate) struct Add {
    /// The exam's folder
    folder: PathBuf,
    /// As it stands in the log: lower-case letters, digits, dots and hyphens
    #[arg(long)]
    code: String,
    /// The name on the screen
    #[arg(long)]
    name: String,
    /// invigilator, head-of-site, technician or board
    #[arg(long)]
    role: String,
    /// The site; left out: every site
    #[arg(long, default_value = "")]
    site: String,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Args)]
pub(crate) struct List {
    /// The exam's folder
    folder: PathBuf,
}

#[derive(Args)]
pub(crate) struct Revoke {
    /// The exam's folder
    folder: PathBuf,
    /// Whose code
    code: String,
    /// Why, for whoever reads the list later
    #[arg(long)]
    reason: String,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Args)]
pub(crate) struct Letters {
    /// The exam's folder
    folder: PathBuf,
    /// The PDF to make: for each site a list to sign, then one letter an operator; an existing file is never overwritten. It holds the PINs
    #[arg(long, value_name = "PDF")]
    out: PathBuf,
    /// Only these, separated by commas (default: everybody without a PIN)
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    only: Vec<String>,
    /// Give those who are named a new PIN even if they have one
    #[arg(long)]
    again: bool,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn run(command: Operators) -> Result<ExitCode, Box<dyn Error>> {
    match command {
        Operators::Add(args) => add(&args),
        Operators::List(args) => list(&args),
        Operators::Revoke(args) => revoke(&args),
    }
}

fn add(args: &Add) -> Result<ExitCode, Box<dyn Error>> {
    let _held = lock(&args.folder, "operator add", args.dry_run)?;
    let exam = Folder::read(&read(&args.folder)?)?;
    let Some(role) = Role::of_word(&args.role) else {
        complain!("diemdanh-board: --role phải là invigilator, head-of-site, technician hoặc board");
        return Ok(ExitCode::from(BAD_USAGE));
    };
    if Code::new(&args.code).is_err() || !is_plain(&args.name) {
        complain!(
            "diemdanh-board: --code chỉ gồm chữ thường, số, dấu chấm, gạch nối, không quá năm chữ số liền; --name không để trống và không có ký tự ẩn"
        );
        return Ok(ExitCode::from(BAD_USAGE));
    }
    if exam.operators.iter().any(|one| one.code == args.code) {
        return Ok(refused(&format!("operators.toml: mã “{}” đã có", args.code)));
    }
    if !args.site.is_empty() && exam.sites.iter().all(|site| site.code != args.site) {
        return Ok(refused(&format!("sites.csv không có điểm thi “{}”", args.site)));
    }
    let (code, site) = (args.code.clone(), args.site.clone());
    let one = Operator { code, name: args.name.trim().to_owned(), role, site, pin: None, revoked: None };
    let mut operators = exam.operators;
    let said =
        format!("{} {}: {}", if args.dry_run { "sẽ thêm" } else { "thêm" }, one.code, letter_page::role_name(role));
    operators.push(one);
    put(&args.folder, &operators, args.dry_run, &said)
}

fn list(args: &List) -> Result<ExitCode, Box<dyn Error>> {
    let exam = Folder::read(&read(&args.folder)?)?;
    for one in &exam.operators {
        let site = if one.site.is_empty() { "mọi điểm" } else { &one.site };
        let state = match (&one.revoked, &one.pin) {
            (Some(reason), _) => format!("thu hồi: {reason}"),
            (None, Some(_)) => "có PIN".to_owned(),
            (None, None) => "chưa có PIN".to_owned(),
        };
        say!("{:<16} {:<16} {site:<10} {:<24} {state}", one.code, letter_page::role_name(one.role), one.name);
    }
    say!(
        "{} người, {} chưa có PIN",
        exam.operators.len(),
        letters::recipients(&exam, &[], false).map_or(0, |all| all.len())
    );
    Ok(ExitCode::SUCCESS)
}

fn revoke(args: &Revoke) -> Result<ExitCode, Box<dyn Error>> {
    let _held = lock(&args.folder, "operator revoke", args.dry_run)?;
    let mut operators = Folder::read(&read(&args.folder)?)?.operators;
    if !is_plain(&args.reason) {
        complain!("diemdanh-board: --reason: {NOT_PLAIN}");
        return Ok(ExitCode::from(BAD_USAGE));
    }
    let Some(one) = operators.iter_mut().find(|one| one.code == args.code) else {
        return Ok(refused(&format!("operators.toml: không có ai có mã “{}”", args.code)));
    };
    if let Some(reason) = &one.revoked {
        return Ok(refused(&format!("“{}” đã bị thu hồi: {reason}", args.code)));
    }
    one.revoked = Some(args.reason.trim().to_owned());
    let said = format!("{} {}", if args.dry_run { "sẽ thu hồi" } else { "thu hồi" }, args.code);
    put(&args.folder, &operators, args.dry_run, &format!("{said}\nBàn chỉ biết sau khi nạp gói dữ liệu mới."))
}

/// Says what was done when it was done.
fn put(folder: &Path, list: &[Operator], dry_run: bool, said: &str) -> Result<ExitCode, Box<dyn Error>> {
    let path = folder.join(OPERATORS_FILE);
    if !dry_run {
        replace_private(&path, operators::write(list).as_bytes())?;
    }
    say!("{said}\n{} {}", if dry_run { "sẽ ghi" } else { "ghi" }, path.display());
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn letters(args: &Letters) -> Result<ExitCode, Box<dyn Error>> {
    outputs(&[]).check_place(&args.out)?;
    let _held = lock(&args.folder, "letters", args.dry_run)?;
    let exam = Folder::read(&read(&args.folder)?)?;
    if !args.dry_run && finished_before(&args.out, &exam)? {
        return Ok(ExitCode::from(REMARKS));
    }
    let recipients = match letters::recipients(&exam, &args.only, args.again) {
        Ok(recipients) => recipients,
        Err(faults) => {
            faults.iter().for_each(|fault| complain!("diemdanh-board: {fault}"));
            return Ok(ExitCode::from(REFUSED));
        }
    };
    if args.out.exists() {
        return Ok(refused(&format!("{}: đã có tệp này, không ghi đè", args.out.display())));
    }
    if recipients.is_empty() {
        say!("mọi người đã có mã PIN; không có thư nào phải in");
        return Ok(ExitCode::SUCCESS);
    }
    if args.dry_run {
        recipients.iter().for_each(|one| say!("sẽ in thư cho {}", one.code));
        say!("sẽ ghi {} và {}", args.out.display(), args.folder.join(OPERATORS_FILE).display());
        return Ok(ExitCode::SUCCESS);
    }
    let progress = Progress::new("tạo mã PIN", recipients.len());
    let drawn = letters::draw(&recipients, PinCost::default(), &mut SystemRandom, &mut |done| progress.at(done))?;
    drop(progress);
    write(args, &exam, &drawn)
}

fn write(args: &Letters, exam: &Folder, drawn: &[Letter]) -> Result<ExitCode, Box<dyn Error>> {
    let pdf = Zeroizing::new(letter_page::pdf(exam, drawn, Timestamp::now())?);
    let list = operators::write(&letters::with_hashes(&exam.operators, drawn));
    let mark = letters::mark(drawn);
    let document = Document { path: &args.out, bytes: &pdf, mark: &mark };
    let path = args.folder.join(OPERATORS_FILE);
    write_pair(document, &path, list.as_bytes())?;
    drawn.iter().for_each(|letter| say!("in thư cho {}", letter.operator.code));
    say!("ghi {} ({} thư) và {}", args.out.display(), drawn.len(), path.display());
    say!("In rồi xóa tệp PDF: mã PIN chỉ nằm trong đó. Đóng gói lại để bàn nhận mã mới.");
    Ok(ExitCode::SUCCESS)
}

/// A run that was cut before its letters had their name is brought to its end, and nothing else is done.
fn finished_before(out: &Path, exam: &Folder) -> Result<bool, Box<dyn Error>> {
    let settled = settle(out, |mark| letters::is_in_force(mark, &exam.operators))?;
    match settled {
        Settled::Nothing => (),
        Settled::Finished => say!("lần chạy trước bị ngắt; nay đã xong: {}", out.display()),
        Settled::Removed(count) => {
            say!("xóa {count} tệp dở của lần chạy trước; các mã trong đó chưa từng có hiệu lực")
        }
    }
    Ok(settled == Settled::Finished)
}
