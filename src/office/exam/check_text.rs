//! What `exam check` says about texts that are none: characters that move a terminal's cursor, turn the order of letters
//! round, or show nothing.

use super::Exam;
use super::check::Fault;
use bits::text::is_plain;

/// Every text of the exam's files that somebody will read on a screen, on paper or on a terminal.
pub(super) fn texts(exam: &Exam) -> Vec<Fault> {
    let mut found = Vec::new();
    let mut look = |file: &'static str, place: &str, texts: &[&str]| {
        let odd = texts.iter().filter(|text| !text.is_empty() && !is_plain(text));
        found.extend(odd.map(|text| Fault::Text { file, place: place.to_owned(), text: (*text).to_owned() }));
    };
    look("exam.toml", "title", &[&exam.settings.title]);
    for one in &exam.settings.sessions {
        look("exam.toml", &one.id, &[&one.title]);
    }
    for one in &exam.sites {
        look("sites.csv", &one.code, &[&one.code, &one.title]);
    }
    for one in &exam.rooms {
        look("rooms.csv", &one.name, &[&one.name, &one.site]);
    }
    for one in &exam.desks {
        look("desks/", &one.id, &[&one.title, &one.room]);
    }
    for one in &exam.operators {
        look("operators.toml", &one.code, &[&one.name, &one.site, one.revoked.as_deref().unwrap_or_default()]);
    }
    let is_odd = |text: &str| !text.is_empty() && !is_plain(text);
    let rows = exam.candidates.iter().filter(|one| {
        let texts = [one.full_name.reveal(), &one.school, &one.room, &one.seat, &one.site, &one.session];
        texts.into_iter().any(|text| is_odd(text)) || is_odd(one.number.as_str()) || is_odd(one.id_number.reveal())
    });
    let rows = rows.count();
    found.extend((rows > 0).then_some(Fault::CandidateText { rows }));
    found
}
