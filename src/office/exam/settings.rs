//! `exam.toml`: which exam it is, what its rooms take, its sessions.

use super::{EXAM_FILE, ExamError, from_toml};
use jiff::Timestamp;
use jiff::civil::Date;
use lists::Capacity;
use serde::Deserialize;
use std::fmt::Write as _;

/// The whole file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The board's domain.
    pub board: String,
    /// The exam: a part of every log's name. ASCII, no space, no slash, no plus sign.
    pub id: String,
    /// The exam's name on screens and paper.
    pub title: String,
    /// Local time minus UTC, in hours.
    #[serde(default = "seven")]
    pub utc_offset_hours: i8,
    /// Training: its packages never count as live.
    #[serde(default)]
    pub training: bool,
    /// What a room takes.
    #[serde(default = "room_capacity")]
    pub room_capacity: usize,
    /// What the last room of a site takes.
    #[serde(default = "last_room_capacity")]
    pub last_room_capacity: usize,
    /// Digits of every SBD, where the exam knows it: lost leading zeros are put back by it.
    #[serde(default)]
    pub number_width: Option<usize>,
    /// Until when, at least, what names people is kept; longer while a case is open.
    #[serde(default)]
    pub keep_until: Option<Date>,
    /// The sessions, in their order.
    #[serde(default, rename = "session")]
    pub sessions: Vec<Session>,
}

/// One session (buổi thi, ca thi).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// A part of every log's name. ASCII, no space, no slash, no plus sign.
    pub id: String,
    /// As the list of candidates writes it; empty when the list has no column of sessions.
    #[serde(default)]
    pub title: String,
    /// When the doors open.
    pub opens: Option<Timestamp>,
    /// The start signal.
    pub start: Timestamp,
    /// The last moment at which somebody is let in.
    pub last_entry: Option<Timestamp>,
    /// Until when the quick report of the session is due.
    pub report_due: Option<Timestamp>,
}

impl Settings {
    /// Settings of a new exam without sessions.
    pub fn new(board: &str, id: &str, title: &str) -> Self {
        Self {
            board: board.to_owned(),
            id: id.to_owned(),
            title: title.to_owned(),
            utc_offset_hours: seven(),
            training: false,
            room_capacity: room_capacity(),
            last_room_capacity: last_room_capacity(),
            number_width: None,
            keep_until: None,
            sessions: Vec::new(),
        }
    }

    /// Reads the file.
    ///
    /// # Errors
    /// [`ExamError::Form`], with the line.
    pub fn read(bytes: &[u8]) -> Result<Self, ExamError> {
        from_toml(EXAM_FILE, bytes)
    }

    /// The file.
    pub fn write(&self) -> String {
        let text = |value: &str| toml::Value::from(value).to_string();
        let mut out = format!(
            "{HEAD}board = {}\nid = {}\ntitle = {}\nutc_offset_hours = {}\ntraining = {}\nroom_capacity = {}\nlast_room_capacity = {}\n",
            text(&self.board),
            text(&self.id),
            text(&self.title),
            self.utc_offset_hours,
            self.training,
            self.room_capacity,
            self.last_room_capacity,
        );
        match self.number_width {
            Some(width) => drop(writeln!(out, "number_width = {width}")),
            None => out.push_str("# number_width = 8        # số chữ số của mọi số báo danh\n"),
        }
        match self.keep_until {
            Some(date) => drop(writeln!(out, "keep_until = \"{date}\"")),
            None => {
                out.push_str("# keep_until = \"2027-06-30\"  # giữ dữ liệu của thí sinh ít nhất đến hết ngày này\n")
            }
        }
        for session in &self.sessions {
            let _ = write!(out, "\n[[session]]\nid = {}\ntitle = {}\n", text(&session.id), text(&session.title));
            let times = [
                ("opens", session.opens),
                ("start", Some(session.start)),
                ("last_entry", session.last_entry),
                ("report_due", session.report_due),
            ];
            for (key, time) in times.into_iter().filter_map(|(key, time)| Some((key, time?))) {
                let _ = writeln!(out, "{key} = \"{time}\"");
            }
        }
        if self.sessions.is_empty() {
            out.push_str(SESSION_EXAMPLE);
        }
        out
    }

    /// What rooms take.
    pub fn capacity(&self) -> Capacity {
        Capacity { room: self.room_capacity, last_room: self.last_room_capacity }
    }
}

/// True for a part of a log's name.
pub fn is_part(part: &str) -> bool {
    // `.` and `..` are folders wherever a name becomes one, `-x` is an option, and a spreadsheet computes `=x` and `@x`.
    part.starts_with(|first: char| first.is_ascii_alphanumeric())
        && part.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'+' && byte != b'/')
}

fn seven() -> i8 {
    7
}

fn room_capacity() -> usize {
    Capacity::default().room
}

fn last_room_capacity() -> usize {
    Capacity::default().last_room
}

const HEAD: &str = "# Kỳ thi. Giờ ghi theo UTC hoặc có lệch giờ: 2026-06-26T07:30:00+07:00\n";
const SESSION_EXAMPLE: &str = "
# [[session]]
# id = \"b1\"
# title = \"Buổi 1\"          # đúng như cột Buổi thi của danh sách; để trống nếu không có cột này
# opens = \"2026-06-26T06:30:00+07:00\"
# start = \"2026-06-26T07:35:00+07:00\"
# last_entry = \"2026-06-26T07:50:00+07:00\"
# report_due = \"2026-06-26T11:30:00+07:00\"   # hạn báo cáo nhanh của buổi thi
";
