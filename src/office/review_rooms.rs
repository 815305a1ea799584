//! The balance of each room, for whoever reads it at a terminal, and the same for a program: counts of scripts with who
//! counted, differences with what members said about them.

use crate::language::BoardWords;
use crate::review_report::{counts_json, session_id};
use bits::text::shown_within;
use review::Review;
use review::balance::{Balance, Difference};
use review::case::entry_line;
use review::explanation::Explanation;
use review::scripts::{CountSource, ScriptCount};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Every room as text.
pub(crate) fn rooms(out: &mut String, review: &Review, all: &[Balance], words: &BoardWords) {
    let said = &words.review;
    let _ = writeln!(out, "\n{}", said.rooms_head());
    for one in all {
        let room = if one.room.room.is_empty() { said.no_room() } else { shown_within(&one.room.room) };
        let (site, c) = (shown_within(&one.room.site), &one.counts);
        let place = format!("{} {site} {room}", session_id(review, one.session));
        let line = said.room(place, c.listed + c.guests, c.admitted(), c.not_in(), c.not_known);
        let scripts = one.scripts.map(|scripts| format!("; {}", words.count.scripts(scripts))).unwrap_or_default();
        let _ = writeln!(out, "  {line}{scripts}");
        for count in &one.script_counts {
            let line = words.count.counted(count.scripts, shown_within(&count.by.join(", ")));
            let _ = writeln!(out, "    . {line} {}", entry_line(&count.entry));
        }
        for difference in &one.differences {
            let kind = words.difference(difference.kind.word());
            let _ = writeln!(out, "    - {}", words.count.difference(kind, difference.units, &difference.id));
            for line in said_about(difference, words) {
                let _ = writeln!(out, "      > {line}");
            }
        }
    }
}

/// Explanations of what is no difference any more.
pub(crate) fn gone(out: &mut String, gone: &[&Explanation], words: &BoardWords) {
    if gone.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{}", words.count.gone_head(gone.len()));
    for one in gone {
        let (category, by, reason) = parts(one, words);
        let _ = writeln!(out, "  - {} {}", words.count.gone(category, by, reason), entry_line(&one.entry));
    }
}

/// What members said about a difference, a line each; that it is open where it is. Every screen and sheet says it so.
pub(crate) fn said_about(difference: &Difference, words: &BoardWords) -> Vec<String> {
    let mut lines = Vec::new();
    for one in &difference.said {
        let (category, by, reason) = parts(one, words);
        lines.push(format!("{} {}", words.count.explained(category, by, reason), entry_line(&one.entry)));
        if one.said.basis != difference.basis {
            lines.push(words.count.outdated());
        }
    }
    if difference.is_open() {
        lines.push(words.count.open());
    }
    lines
}

fn parts(one: &Explanation, words: &BoardWords) -> (String, String, String) {
    let category = one.said.category.map(|category| words.category(category).to_owned()).unwrap_or_default();
    (category, shown_within(&one.said.by.join(", ")), shown_within(&one.said.reason))
}

/// One room for a program.
pub(crate) fn json(review: &Review, one: &Balance) -> Value {
    json!({
        "session": session_id(review, one.session),
        "site": one.room.site,
        "room": one.room.room,
        "counts": counts_json(&one.counts),
        "scripts": one.scripts,
        "script_counts": one.script_counts.iter().map(count_json).collect::<Vec<_>>(),
        "differences": one.differences.iter().map(difference_json).collect::<Vec<_>>(),
    })
}

fn count_json(count: &ScriptCount) -> Value {
    json!({
        "scripts": count.scripts,
        "by": count.by,
        "at": count.at.to_string(),
        "source": if count.source == CountSource::Desk { "desk" } else { "board" },
        "reason": count.reason,
        "entry": entry_line(&count.entry),
    })
}

fn difference_json(difference: &Difference) -> Value {
    let said = difference.said.iter().map(|one| {
        json!({
            "category": one.said.category.map(|category| category.word()),
            "reason": one.said.reason,
            "by": one.said.by,
            "at": one.said.at.to_string(),
            "is_outdated": one.said.basis != difference.basis,
            "entry": entry_line(&one.entry),
        })
    });
    json!({
        "id": difference.id,
        "kind": difference.kind.word(),
        "units": difference.units,
        "people": difference.people.len(),
        "open": difference.is_open(),
        "said": said.collect::<Vec<_>>(),
    })
}
