//! What a review says, for whoever reads it at a terminal, and the same for a program.

use crate::language::{BoardWords, ReviewWords};
use crate::loaded::Loaded;
use crate::review_answers::{answers, answers_json};
use crate::review_rooms;
use bits::text::shown_within;
use jiff::civil::Date;
use review::balance::{Balance, total};
use review::comparison::{Compared, Comparison, manual_admissions};
use review::decision::{CaseFile, Step, files};
use review::deed::{Deed, DeedKind};
use review::rates::Flag;
use review::statement::Duties;
use review::{Case, Counts, EntryId, Kind, LogState, MissingLog, Review, Rule, Sitting, State, Subject};
use roster::{CandidateId, CandidateNumber};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What a reader wants besides the overview.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Every room.
    pub rooms: bool,
    /// Every case.
    pub cases: bool,
    /// The candidates with this SBD, entry by entry.
    pub number: Option<String>,
    /// The day, by which what is due is over; `None` where nobody asks.
    pub today: Option<Date>,
}

/// The review as text.
pub fn text(loaded: &Loaded, asked: &Asked, words: &BoardWords) -> String {
    let mut out = String::new();
    if let Some(number) = &asked.number {
        person(&mut out, loaded, number, words);
        return out;
    }
    let (all, gone) = loaded.explained();
    overview(&mut out, loaded, &all, words);
    if asked.rooms {
        review_rooms::rooms(&mut out, &loaded.review, &all, words);
        review_rooms::gone(&mut out, &gone, words);
    }
    out.push_str(&missing(loaded, words));
    cases(&mut out, loaded, asked, words);
    out
}

/// Which logs have not come, are not closed, or contradict each other; exports that are damaged where they are kept.
pub fn missing(loaded: &Loaded, words: &BoardWords) -> String {
    let (review, said) = (&loaded.review, &words.review);
    let mut out = String::new();
    let all: Vec<&MissingLog> = review.missing().collect();
    let _ = writeln!(out, "\n{}", said.missing_head(all.len()));
    for one in all {
        let site = if one.site.is_empty() { words.files.every_site() } else { shown_within(&one.site) };
        let why = words.missing_why(one.why.word());
        let _ = writeln!(
            out,
            "  - {}",
            said.missing_log(session_id(review, one.session), site, shown_within(&one.desk), why)
        );
    }
    for log in review.logs().iter().filter(|log| log.state == LogState::Foreign) {
        let _ = writeln!(out, "  - {}", said.foreign_log(shown_within(log.id.as_str())));
    }
    for (name, whats) in &loaded.damaged {
        let why: Vec<String> = whats.iter().map(|what| format!("{} [{}]", words.finding(*what), what.code())).collect();
        let _ = writeln!(out, "  - {}", said.damaged(shown_within(name), why.join("; ")));
    }
    out
}

fn overview(out: &mut String, loaded: &Loaded, all: &[Balance], words: &BoardWords) {
    let (review, said) = (&loaded.review, &words.review);
    let settings = &loaded.exam.settings;
    let _ = writeln!(out, "{}", words.exam.named(&settings.title, &settings.board, &settings.id));
    let _ = writeln!(
        out,
        "{}",
        said.logs(
            review.logs().iter().filter(|log| log.counts()).count(),
            loaded.exports,
            review.expected().all_desks().count()
        )
    );
    for (number, session) in review.expected().sessions().iter().enumerate() {
        let own = all.iter().filter(|one| one.session == number);
        let _ = writeln!(out, "\n{}", said.session(&session.id));
        counts(out, &total(own.clone()), said);
        let differing = own.clone().filter(|one| !one.differences.is_empty()).count();
        let _ = writeln!(out, "  {}", said.differing(differing, own.count()));
    }
    comparisons(out, review, words);
}

/// What stands out among desks and sites, with the warning that somebody always does.
fn comparisons(out: &mut String, review: &Review, words: &BoardWords) {
    let said = &words.review;
    for one in manual_admissions(review) {
        let session = session_id(review, one.session);
        let head = match one.what {
            Compared::Desks => said.compared_desks(session, one.compared, one.flags.len()),
            Compared::Sites => said.compared_sites(session, one.compared, one.flags.len()),
        };
        let _ = writeln!(out, "\n{head}");
        for flag in &one.flags {
            let (name, share) = (shown_within(&flag.share.name), &flag.share);
            let overall = format!("{:.2}", flag.overall * 100.0);
            let chance = format!("{:.1e}", flag.chance);
            let _ = writeln!(out, "  - {}", said.stands_out(name, share.hits, share.of, overall, chance));
        }
    }
}

fn comparisons_json(review: &Review) -> Value {
    let flag = |flag: &Flag| {
        json!({
            "name": flag.share.name,
            "hits": flag.share.hits,
            "of": flag.share.of,
            "overall": flag.overall,
            "chance": flag.chance,
            "limit": flag.limit,
        })
    };
    let one = |one: &Comparison| {
        json!({
            "session": session_id(review, one.session),
            "what": one.what.word(),
            "compared": one.compared,
            "flags": one.flags.iter().map(flag).collect::<Vec<_>>(),
        })
    };
    manual_admissions(review).iter().map(one).collect()
}

fn counts(out: &mut String, counts: &Counts, said: &ReviewWords) {
    let rows = [
        (said.listed(), counts.listed),
        (said.present(), counts.present),
        (said.not_admitted(), counts.not_admitted),
        (said.referred(), counts.referred),
        (said.elsewhere(), counts.elsewhere),
        (said.absent(), counts.absent),
        (said.not_known(), counts.not_known),
        (said.moved(), counts.moved),
        (said.guests(), counts.guests),
    ];
    for (name, count) in rows {
        let _ = writeln!(out, "  {name}: {count}");
    }
}

fn cases(out: &mut String, loaded: &Loaded, asked: &Asked, words: &BoardWords) {
    let in_full = asked.cases;
    let said = &words.review;
    let all = loaded.review.cases();
    let (files, foreign) = files(all, &loaded.told.steps);
    let _ = writeln!(out, "\n{}", said.cases_head(all.len()));
    let mut by_rule: BTreeMap<Rule, Vec<&Case>> = BTreeMap::new();
    all.iter().for_each(|case| by_rule.entry(case.rule).or_default().push(case));
    for (rule, cases) in by_rule {
        let _ = writeln!(out, "  {} [{}]: {}", words.rule(rule), rule.code(), cases.len());
        for case in cases.iter().filter(|_| in_full) {
            let _ = writeln!(out, "    {} {}", case.id, subject(loaded, &case.subject, words));
            case.entries.iter().for_each(|entry| {
                let _ = writeln!(out, "      {}", entry_line(&loaded.review, entry));
            });
            files.get(&case.id).into_iter().for_each(|file| {
                steps(out, &file.steps, file.has_news, words);
                let answered = file.standing.iter().any(|step| !step.answers.is_empty());
                for (line, _) in answers(case, file, words).into_iter().filter(|_| answered) {
                    let _ = writeln!(out, "      ? {line}");
                }
                for line in duties(file, asked.today, words) {
                    let _ = writeln!(out, "      > {line}");
                }
            });
        }
        if in_full {
            let why: Vec<&str> = rule.explanations().iter().map(|code| words.explanation(code)).collect();
            let open: Vec<&str> = rule.unknowns().iter().map(|code| words.unknown(code)).collect();
            let _ = writeln!(out, "    {}: {}", said.explanations(), why.join("; "));
            let _ = writeln!(out, "    {}: {}", said.unknowns(), open.join("; "));
        }
    }
    let _ = writeln!(out, "\n{}", words.decide.steps(loaded.told.steps.len()));
    deeds(out, &loaded.told.deeds, words);
    for step in foreign {
        let _ = writeln!(out, "  - {} {}", step.case, review::case::entry_line(&step.entry));
    }
    for (entry, fault) in &loaded.told.faults {
        let line = words.decide.step_fault(review::case::entry_line(entry), fault.said(&words.decide));
        let _ = writeln!(out, "  - {line}");
    }
}

/// Who looked at sealed evidence, and what was purged.
fn deeds(out: &mut String, deeds: &[Deed], words: &BoardWords) {
    for deed in deeds {
        let (by, reason) = (shown_within(&deed.said.by.join(", ")), shown_within(&deed.said.reason));
        let what = shown_within(&deed.said.what.join("; "));
        let line = match deed.said.kind {
            DeedKind::EvidenceOpened => words.keeping.looked(by, what, reason),
            DeedKind::Purged => words.keeping.was_purged(by, what, reason),
        };
        let _ = writeln!(out, "  - {line} {}", review::case::entry_line(&deed.entry));
    }
}

/// What members did about a case.
fn steps(out: &mut String, steps: &[&Step], has_news: bool, words: &BoardWords) {
    for step in steps {
        let (state, by) = (words.case_state(step.state.word()), shown_within(&step.by.join(", ")));
        let line = words.decide.step(state, by, shown_within(&step.ruling), shown_within(&step.reason));
        let _ = writeln!(out, "      > {line}");
        let _ = writeln!(out, "        {}", review::case::entry_line(&step.entry));
    }
    if has_news {
        let _ = writeln!(out, "      > {}", words.decide.news());
    }
}

/// What a case waits for, a line each: until when, of whom, what must be kept. Every screen says it so.
pub fn duties(file: &CaseFile<'_>, today: Option<Date>, words: &BoardWords) -> Vec<String> {
    let (said, all) = (&words.decide, &file.duties);
    let day = |date: Date| date.strftime("%d/%m/%Y").to_string();
    let is_overdue = today.is_some_and(|today| file.is_overdue(today));
    let due = all.due.map(|due| if is_overdue { said.overdue(day(due)) } else { said.due(day(due)) });
    let asked = file.awaited().map(|whom| said.asked(shown_within(whom)));
    let given = all.given.iter().map(|whom| said.given(shown_within(whom)));
    let preserve = all.preserve.iter().map(|what| said.preserve(shown_within(what)));
    let appeal = all.appeal_until.map(|date| said.appeal_until(day(date)));
    due.into_iter().chain(asked).chain(given).chain(preserve).chain(appeal).collect()
}

fn subject(loaded: &Loaded, subject: &Subject, words: &BoardWords) -> String {
    let said = &words.review;
    match subject {
        Subject::Sitting { session, cand } => match number(loaded, *cand) {
            Some(number) => said.about_person(session, shown_within(&number)),
            None => said.about_stranger(session, cand),
        },
        Subject::Document(doc) => said.about_document(doc),
        Subject::Log(log) => said.about_log(shown_within(log.as_str())),
        Subject::Entry(entry) => said.about_log(shown_within(entry.log.as_str())),
    }
}

fn number(loaded: &Loaded, cand: record::CandidateRef) -> Option<String> {
    loaded.exam.candidates.get(CandidateId(cand.0)).map(|one| one.number.as_str().to_owned())
}

/// An entry: log, place, kind, both times.
fn entry_line(review: &Review, entry: &EntryId) -> String {
    let name = format!("{} {}/{}", shown_within(entry.log.as_str()), entry.place.segment, entry.place.seq);
    let log = review.logs().iter().find(|log| log.id == entry.log);
    match log.and_then(|log| log.fact(entry.place)).filter(|fact| fact.leaf == entry.leaf) {
        Some(fact) => format!("{name} {} {:.0}", fact.kind.word(), fact.at),
        None => format!("{name} {}", entry.leaf),
    }
}

fn person(out: &mut String, loaded: &Loaded, wanted: &str, words: &BoardWords) {
    let said = &words.review;
    let rows = CandidateNumber::new(wanted).map(|number| loaded.exam.candidates.by_number(&number)).unwrap_or_default();
    if rows.is_empty() {
        let _ = writeln!(out, "{}", said.nobody(shown_within(wanted)));
    }
    for row in rows {
        for sitting in loaded.review.sittings_of(record::CandidateRef(row.id.0)) {
            sitting_text(out, loaded, &sitting, wanted, words);
        }
    }
}

fn sitting_text(out: &mut String, loaded: &Loaded, sitting: &Sitting, number: &str, words: &BoardWords) {
    let (review, said) = (&loaded.review, &words.review);
    let session = session_id(review, sitting.session);
    let state = words.state(sitting.state);
    let _ = writeln!(out, "{}", said.person(session, shown_within(number), state, words.grade(sitting.grade.word())));
    let entries = sitting.entries.iter().filter_map(|place| Some((review.log(*place)?, review.fact(*place)?)));
    for (log, fact) in entries {
        let is_behind = sitting.behind.iter().any(|place| review.fact(*place).as_ref() == Some(&fact));
        let mark = if is_behind { "*" } else { " " };
        let line = entry_line(review, &log.entry_id(&fact));
        let _ = writeln!(out, "  {mark} {line} {}", fact.leaf);
        let kept = log.packed().of_kind(Kind::Evidence).filter(|one| one.refers == Some(fact.place));
        for one in kept.filter_map(|one| one.reasons.first().cloned()) {
            let _ = writeln!(out, "      {}", said.evidence(one.as_str()));
        }
    }
    for one in &sitting.missing {
        let why = words.missing_why(one.why.word());
        let _ = writeln!(
            out,
            "    {}",
            said.missing_log(session_id(review, one.session), shown_within(&one.site), shown_within(&one.desk), why)
        );
    }
}

pub(crate) fn session_id(review: &Review, number: usize) -> &str {
    review.expected().sessions().get(number).map_or("?", |session| session.id.as_str())
}

/// The same as [`missing`] for a program.
pub fn missing_json(loaded: &Loaded) -> Value {
    let review = &loaded.review;
    let missing = review.missing().map(|one| {
        json!({"session": session_id(review, one.session), "site": one.site, "desk": one.desk, "why": one.why.word()})
    });
    let damaged = loaded
        .damaged
        .iter()
        .map(|(name, whats)| json!({"folder": name, "why": whats.iter().map(|what| what.code()).collect::<Vec<_>>()}));
    let logs = review.logs().iter().map(|log| {
        json!({"log": log.id.as_str(), "site": log.site, "state": log.state.word(), "entries": log.packed().len()})
    });
    json!({
        "missing": missing.collect::<Vec<_>>(),
        "damaged": damaged.collect::<Vec<_>>(),
        "logs": logs.collect::<Vec<_>>(),
    })
}

/// The whole review for a program: without names, candidates by SBD and id.
pub fn json(loaded: &Loaded) -> Value {
    let review = &loaded.review;
    let all = loaded.balances();
    let sessions = review.expected().sessions().iter().enumerate().map(|(number, session)| {
        let own = all.iter().filter(|one| one.session == number);
        json!({"session": session.id, "counts": counts_json(&total(own))})
    });
    let rooms = all.iter().map(|one| review_rooms::json(review, one));
    json!({
        "sessions": sessions.collect::<Vec<_>>(),
        "rooms": rooms.collect::<Vec<_>>(),
        "comparisons": comparisons_json(review),
        "people": people_json(loaded),
        "cases": review.cases().iter().map(|case| case_json(loaded, case)).collect::<Vec<_>>(),
        "steps": loaded.told.steps.iter().map(step_json).collect::<Vec<_>>(),
        "deeds": loaded.told.deeds.iter().map(deed_json).collect::<Vec<_>>(),
        "intake": missing_json(loaded),
    })
}

pub(crate) fn counts_json(counts: &Counts) -> Value {
    json!({
        "listed": counts.listed,
        "present": counts.present,
        "not_admitted": counts.not_admitted,
        "referred": counts.referred,
        "elsewhere": counts.elsewhere,
        "absent": counts.absent,
        "not_known": counts.not_known,
        "moved": counts.moved,
        "guests": counts.guests,
    })
}

fn people_json(loaded: &Loaded) -> Value {
    let review = &loaded.review;
    let rows = loaded.exam.candidates.iter().flat_map(|row| {
        let cand = record::CandidateRef(row.id.0);
        let states = review.expected().row(cand).into_iter().flat_map(move |at| {
            (0..review.expected().sessions().len()).filter_map(move |session| Some((session, review.state(session, at)?)))
        });
        let (number, id) = (row.number.as_str().to_owned(), cand.to_string());
        let one = move |(session, state): (usize, State)| {
            json!({"number": number, "id": id, "session": session_id(review, session), "state": state.word()})
        };
        states.map(one).collect::<Vec<_>>()
    });
    Value::Array(rows.collect())
}

fn step_json(step: &Step) -> Value {
    json!({
        "case": step.case.to_string(),
        "state": step.state.word(),
        "ruling": step.ruling,
        "reason": step.reason,
        "by": step.by,
        "at": step.at.to_string(),
        "basis": step.basis.to_string(),
        "undoes": step.undoes.as_ref().map(review::case::entry_line),
        "duties": duties_json(&step.duties),
        "entry": review::case::entry_line(&step.entry),
    })
}

fn deed_json(deed: &Deed) -> Value {
    json!({
        "deed": deed.said.kind.word(),
        "what": deed.said.what,
        "by": deed.said.by,
        "at": deed.said.at.to_string(),
        "reason": deed.said.reason,
        "entry": review::case::entry_line(&deed.entry),
    })
}

fn duties_json(duties: &Duties) -> Value {
    json!({
        "due": duties.due.map(|date| date.to_string()),
        "asked": duties.asked,
        "given": duties.given,
        "preserve": duties.preserve,
        "appeal_until": duties.appeal_until.map(|date| date.to_string()),
    })
}

/// One case for a program.
pub fn case_json(loaded: &Loaded, case: &Case) -> Value {
    let subject = match &case.subject {
        Subject::Sitting { session, cand } => {
            json!({"session": session, "id": cand.to_string(), "number": number(loaded, *cand)})
        }
        Subject::Document(doc) => json!({"document": doc.to_string()}),
        Subject::Log(log) => json!({"log": log.as_str()}),
        Subject::Entry(entry) => json!({"entry": review::case::entry_line(entry)}),
    };
    let (files, _) = files(std::slice::from_ref(case), &loaded.told.steps);
    json!({
        "state": files.get(&case.id).map(|file| file.state.word()),
        "has_news": files.get(&case.id).map(|file| file.has_news),
        "duties": files.get(&case.id).map(|file| duties_json(&file.duties)),
        "answers": files.get(&case.id).map(answers_json),
        "id": case.id.to_string(),
        "rule": case.rule.code(),
        "version": case.rule.version(),
        "about": subject,
        "sites": case.sites,
        "basis": case.basis.to_string(),
        "entries": case.entries.iter().map(review::case::entry_line).collect::<Vec<_>>(),
    })
}
