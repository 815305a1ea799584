//! What members found about each harmless explanation of a case's kind, as every screen and paper says it.

use crate::language::BoardWords;
use bits::text::shown_within;
use review::Case;
use review::answer::Answer;
use review::book::Mark;
use review::decision::{CaseFile, Step};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A line for each answer, and for each explanation without one; whether somebody has to look.
pub(crate) fn answers(case: &Case, file: &CaseFile<'_>, words: &BoardWords) -> Vec<(String, Mark)> {
    case.rule.explanations().iter().flat_map(|code| of_one(code, file, words)).collect()
}

fn of_one(code: &str, file: &CaseFile<'_>, words: &BoardWords) -> Vec<(String, Mark)> {
    let explanation = words.explanation(code);
    let all: Vec<(&Step, &Answer)> = file.answers(code).collect();
    if all.is_empty() {
        return vec![(words.decide.unanswered(explanation), Mark::Look)];
    }
    // Two members who found different things: neither is the last word.
    let found: BTreeSet<_> = all.iter().map(|(_, answer)| answer.found).collect();
    let mark = if found.len() > 1 { Mark::Look } else { Mark::Plain };
    let line = |(step, answer): (&Step, &Answer)| {
        let (found, by) = (words.found(answer.found), shown_within(&step.by.join(", ")));
        let said = words.decide.answered(explanation, found, by, shown_within(&answer.words));
        (said.trim_end().to_owned(), mark)
    };
    all.into_iter().map(line).collect()
}

/// The same for a program.
pub(crate) fn answers_json(file: &CaseFile<'_>) -> Value {
    let of = |step: &&Step| {
        let by = step.by.clone();
        step.answers.iter().map(move |answer| one_json(answer, &by)).collect::<Vec<_>>()
    };
    Value::Array(file.standing.iter().flat_map(of).collect())
}

fn one_json(answer: &Answer, by: &[String]) -> Value {
    json!({"explanation": answer.code, "found": answer.found.word(), "words": answer.words, "by": by})
}
