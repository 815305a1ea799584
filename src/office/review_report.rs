//! What a review says, for whoever reads it at a terminal, and the same for a program.

use crate::language::{BoardWords, ReviewWords};
use crate::loaded::Loaded;
use bits::text::shown_within;
use review::balance::{Balance, Scripts, balance, total};
use review::comparison::{Compared, Comparison, manual_admissions};
use review::decision::{Step, files};
use review::rates::Flag;
use review::{Case, Counts, EntryId, LogState, MissingLog, Review, Rule, Sitting, State, Subject};
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
}

/// The review as text.
pub fn text(loaded: &Loaded, asked: &Asked, words: &BoardWords) -> String {
    let mut out = String::new();
    if let Some(number) = &asked.number {
        person(&mut out, loaded, number, words);
        return out;
    }
    let all = balance(&loaded.review, &Scripts::new());
    overview(&mut out, loaded, &all, words);
    if asked.rooms {
        rooms(&mut out, &loaded.review, &all, words);
    }
    out.push_str(&missing(loaded, words));
    cases(&mut out, loaded, asked.cases, words);
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

fn rooms(out: &mut String, review: &Review, all: &[Balance], words: &BoardWords) {
    let said = &words.review;
    let _ = writeln!(out, "\n{}", said.rooms_head());
    for one in all {
        let room = if one.room.room.is_empty() { said.no_room() } else { shown_within(&one.room.room) };
        let (site, c) = (shown_within(&one.room.site), &one.counts);
        let place = format!("{} {site} {room}", session_id(review, one.session));
        let line = said.room(place, c.listed + c.guests, c.admitted(), c.not_in(), c.not_known);
        let _ = writeln!(out, "  {line}");
        for difference in &one.differences {
            let _ = writeln!(out, "    - {}: {}", words.difference(difference.kind.word()), difference.units);
        }
    }
}

fn cases(out: &mut String, loaded: &Loaded, in_full: bool, words: &BoardWords) {
    let said = &words.review;
    let all = loaded.review.cases();
    let (files, foreign) = files(all, &loaded.steps);
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
            files.get(&case.id).into_iter().for_each(|file| steps(out, &file.steps, file.has_news, words));
        }
        if in_full {
            let why: Vec<&str> = rule.explanations().iter().map(|code| words.explanation(code)).collect();
            let open: Vec<&str> = rule.unknowns().iter().map(|code| words.unknown(code)).collect();
            let _ = writeln!(out, "    {}: {}", said.explanations(), why.join("; "));
            let _ = writeln!(out, "    {}: {}", said.unknowns(), open.join("; "));
        }
    }
    let _ = writeln!(out, "\n{}", words.decide.steps(loaded.steps.len()));
    for step in foreign {
        let _ = writeln!(out, "  - {} {}", step.case, review::case::entry_line(&step.entry));
    }
    for (entry, fault) in &loaded.step_faults {
        let line = words.decide.step_fault(review::case::entry_line(entry), fault.said(&words.decide));
        let _ = writeln!(out, "  - {line}");
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
        let is_behind = sitting.behind.iter().any(|place| review.fact(*place) == Some(fact));
        let mark = if is_behind { "*" } else { " " };
        let line = entry_line(review, &log.entry_id(fact));
        let _ = writeln!(out, "  {mark} {line} {}", fact.leaf);
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

fn session_id(review: &Review, number: usize) -> &str {
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
        json!({"log": log.id.as_str(), "site": log.site, "state": log.state.word(), "entries": log.facts().count()})
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
    let all = balance(review, &Scripts::new());
    let sessions = review.expected().sessions().iter().enumerate().map(|(number, session)| {
        let own = all.iter().filter(|one| one.session == number);
        json!({"session": session.id, "counts": counts_json(&total(own))})
    });
    let rooms = all.iter().map(|one| {
        let differences = one
            .differences
            .iter()
            .map(|difference| json!({"id": difference.id, "kind": difference.kind.word(), "units": difference.units}));
        json!({
            "session": session_id(review, one.session),
            "site": one.room.site,
            "room": one.room.room,
            "counts": counts_json(&one.counts),
            "differences": differences.collect::<Vec<_>>(),
        })
    });
    json!({
        "sessions": sessions.collect::<Vec<_>>(),
        "rooms": rooms.collect::<Vec<_>>(),
        "comparisons": comparisons_json(review),
        "people": people_json(loaded),
        "cases": review.cases().iter().map(|case| case_json(loaded, case)).collect::<Vec<_>>(),
        "steps": loaded.steps.iter().map(step_json).collect::<Vec<_>>(),
        "intake": missing_json(loaded),
    })
}

fn counts_json(counts: &Counts) -> Value {
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
        "entry": review::case::entry_line(&step.entry),
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
    let (files, _) = files(std::slice::from_ref(case), &loaded.steps);
    json!({
        "state": files.get(&case.id).map(|file| file.state.word()),
        "has_news": files.get(&case.id).map(|file| file.has_news),
        "id": case.id.to_string(),
        "rule": case.rule.code(),
        "version": case.rule.version(),
        "about": subject,
        "sites": case.sites,
        "basis": case.basis.to_string(),
        "entries": case.entries.iter().map(review::case::entry_line).collect::<Vec<_>>(),
    })
}
