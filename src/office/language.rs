//! What the board's program says to people, in one language: sentences of `assets/i18n`, and the findings by their codes.
//!
//! Papers that leave the house (PIN letters, lists to sign, minutes, the guide of an export) are official and stay
//! Vietnamese; errors of the machine, logs and the help of the command line are English.

mod inspecting;
mod reviewing;
mod sections;

pub use reviewing::*;
pub use sections::*;

use crate::finding::FindingKind;
use lists::words::ListWords;
use review::answer::Found;
use review::balance::DifferenceKind;
use review::decision::CaseState;
use review::explanation::Category;
use review::{Grade, Kind, MissingWhy, Rule, State};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use words::{Dictionary, DictionaryError, Language};

/// All sentences of one language.
#[derive(Debug, Clone)]
pub struct BoardWords {
    /// What every command says about files.
    pub files: FileWords,
    /// What is said about an exam's folder.
    pub exam: ExamWords,
    /// What is said about a list that is read into an exam.
    pub import: ImportWords,
    /// What is said about those who work at the desks.
    pub operators: OperatorWords,
    /// What is said about PIN letters. The letters themselves are Vietnamese.
    pub letters: LetterWords,
    /// What is said about desks and their certificates.
    pub desks: DeskWords,
    /// What is wrong with a desk's request or certificate.
    pub enrolment: EnrolmentWords,
    /// What is said while packages are made.
    pub pack: PackWords,
    /// What is said about packages and the receipts for them.
    pub packages: PackageWords,
    /// What keeps an exam from being packed.
    pub faults: FaultWords,
    /// What is wrong with a file of an exam.
    pub forms: FormWords,
    /// What the report on an export says.
    pub report: ReportWords,
    /// What is said about the proof of one candidate's entries.
    pub proof: ProofWords,
    /// What is said about receipts for exports.
    pub receipt: ReceiptWords,
    /// What is said about exports that come, and about what follows from all of them.
    pub review: ReviewWords,
    /// What is said about members of the board, and about what they do.
    pub decide: DecideWords,
    /// What is said about scripts that were counted, and about differences that are explained.
    pub count: CountWords,
    /// What is said about what an exam keeps, and for how long.
    pub keeping: KeepingWords,
    /// What stands in the lists and sheets of the board's window.
    pub book: BookWords,
    /// What is said about keys and certificates.
    pub keys: KeyWords,
    /// What is said about a folder of CSCA certificates.
    pub trust: TrustWords,
    /// What is said about an inspection that is judged again.
    pub inspect: InspectWords,
    /// What is said about a list itself.
    pub lists: ListWords,
    all: Dictionary,
    /// What happened, by the desk's codes of failures.
    failures: BTreeMap<String, String>,
}

impl BoardWords {
    /// The sentences of `language`, which are baked into the program.
    ///
    /// # Errors
    /// [`DictionaryError`]: a fault of the build, found by the first test.
    pub fn load(language: Language) -> Result<Self, DictionaryError> {
        let all = Dictionary::read(match language {
            Language::Vietnamese => VI,
            Language::English => EN,
        })?;
        let of = || all.clone();
        Ok(Self {
            files: FileWords(of()),
            exam: ExamWords(of()),
            import: ImportWords(of()),
            operators: OperatorWords(of()),
            letters: LetterWords(of()),
            desks: DeskWords(of()),
            enrolment: EnrolmentWords(of()),
            pack: PackWords(of()),
            packages: PackageWords(of()),
            faults: FaultWords(of()),
            forms: FormWords(of()),
            report: ReportWords(of()),
            proof: ProofWords(of()),
            receipt: ReceiptWords(of()),
            review: ReviewWords(of()),
            decide: DecideWords(of()),
            count: CountWords(of()),
            keeping: KeepingWords(of()),
            book: BookWords(of()),
            keys: KeyWords(of()),
            trust: TrustWords(of()),
            inspect: InspectWords(of()),
            lists: ListWords::of(language),
            failures: failures(language)?,
            all,
        })
    }

    /// What a member of the board reads about a finding.
    pub fn finding(&self, what: FindingKind) -> &str {
        self.all.word(FINDINGS, what.code())
    }

    /// The neutral title of a rule's cases.
    pub fn rule(&self, rule: Rule) -> &str {
        self.all.word(RULES, rule.code())
    }

    /// A harmless explanation by its code.
    pub fn explanation<'a>(&'a self, code: &'a str) -> &'a str {
        self.all.word(EXPLANATIONS, code)
    }

    /// What was found about an explanation.
    pub fn found(&self, found: Found) -> &str {
        self.all.word(FOUND, found.word())
    }

    /// What entries do not tell, by its code.
    pub fn unknown<'a>(&'a self, code: &'a str) -> &'a str {
        self.all.word(UNKNOWNS, code)
    }

    /// What became of a candidate in a session.
    pub fn state(&self, state: State) -> String {
        match state {
            State::Present => self.review.present(),
            State::NotAdmitted => self.review.not_admitted(),
            State::Referred => self.review.referred(),
            State::Elsewhere => self.review.elsewhere(),
            State::Absent => self.review.absent(),
            State::NotKnown => self.review.not_known(),
        }
    }

    /// What explains a difference, by its category.
    pub fn category(&self, category: Category) -> &str {
        self.all.word(CATEGORIES, category.word())
    }

    /// Why a log is missing, by the stable word.
    pub fn missing_why<'a>(&'a self, word: &'a str) -> &'a str {
        self.all.word(MISSING, word)
    }

    /// Why a room does not balance, by the stable word.
    pub fn difference<'a>(&'a self, word: &'a str) -> &'a str {
        self.all.word(DIFFERENCES, word)
    }

    /// Where a case stands, by the stable word.
    pub fn case_state<'a>(&'a self, word: &'a str) -> &'a str {
        self.all.word(CASE_STATES, word)
    }

    /// What happened, by the stable word of an entry's kind.
    pub fn event<'a>(&'a self, word: &'a str) -> &'a str {
        self.all.word(EVENTS, word)
    }

    /// A reason, remark or cause of an entry, by its stable code; the code itself where nobody has words for it.
    pub fn reason<'a>(&'a self, code: &'a str) -> &'a str {
        match self.failures.get(&code.to_ascii_uppercase()) {
            Some(what) => what.trim_end_matches('.'),
            None => self.all.word(REASONS, code),
        }
    }

    /// How far a second arrival is excluded, by the stable word.
    pub fn grade<'a>(&'a self, word: &'a str) -> &'a str {
        self.all.word(GRADES, word)
    }

    /// What the sentences lack, or have too much: nothing, in a program that was tested.
    pub fn faults(&self) -> Vec<String> {
        let coded = coded();
        let said = SECTIONS.iter().copied().chain(coded.iter().map(|(section, said)| (*section, said.as_slice())));
        let mut faults: Vec<String> = said.flat_map(|(section, said)| self.all.check(section, said).0).collect();
        let is_coded = |name: &str| coded.iter().any(|(known, _)| *known == name);
        let is_known = |name: &str| is_coded(name) || SECTIONS.iter().any(|(known, _)| *known == name);
        faults.extend(self.all.sections().filter(|name| !is_known(name)).map(|name| format!("[{name}] is never said")));
        faults
    }
}

/// The desk's own words for what can go wrong there.
fn failures(language: Language) -> Result<BTreeMap<String, String>, DictionaryError> {
    #[derive(Deserialize)]
    struct Desk {
        failures: BTreeMap<String, Advice>,
    }
    #[derive(Deserialize)]
    struct Advice {
        what: String,
    }
    let desk: Desk = toml::from_str(match language {
        Language::Vietnamese => DESK_VI,
        Language::English => DESK_EN,
    })?;
    Ok(desk.failures.into_iter().map(|(code, advice)| (code, advice.what)).collect())
}

/// A sentence's key with its slots.
type Sentence = (&'static str, &'static [&'static str]);

/// Sections whose keys are stable codes, with all of them.
fn coded() -> Vec<(&'static str, Vec<Sentence>)> {
    let whole = |codes: BTreeSet<&'static str>| codes.into_iter().map(|code| (code, &[][..])).collect();
    let rules = Rule::ALL.iter();
    let all: [(&str, BTreeSet<&str>); 12] = [
        (REASONS, REASON_CODES.iter().copied().collect()),
        (FOUND, Found::ALL.iter().map(|found| found.word()).collect()),
        (FINDINGS, FindingKind::ALL.iter().map(|what| what.code()).collect()),
        (RULES, rules.clone().map(|rule| rule.code()).collect()),
        (EXPLANATIONS, rules.clone().flat_map(|rule| rule.explanations()).copied().collect()),
        (UNKNOWNS, rules.flat_map(|rule| rule.unknowns()).copied().collect()),
        (MISSING, MissingWhy::ALL.iter().map(|why| why.word()).collect()),
        (DIFFERENCES, DifferenceKind::ALL.iter().map(|kind| kind.word()).collect()),
        (CATEGORIES, Category::ALL.iter().map(|one| one.word()).collect()),
        (CASE_STATES, CaseState::ALL.iter().map(|state| state.word()).collect()),
        (EVENTS, Kind::ALL.iter().map(|kind| kind.word()).collect()),
        (GRADES, Grade::ALL.iter().map(|grade| grade.word()).collect()),
    ];
    all.into_iter().map(|(section, codes)| (section, whole(codes))).collect()
}

/// Every section that is declared here, with its sentences and their slots.
type Section = (&'static str, &'static [(&'static str, &'static [&'static str])]);

const SECTIONS: &[Section] = &[
    (FileWords::SECTION, FileWords::SAID),
    (ExamWords::SECTION, ExamWords::SAID),
    (ImportWords::SECTION, ImportWords::SAID),
    (OperatorWords::SECTION, OperatorWords::SAID),
    (LetterWords::SECTION, LetterWords::SAID),
    (DeskWords::SECTION, DeskWords::SAID),
    (EnrolmentWords::SECTION, EnrolmentWords::SAID),
    (PackWords::SECTION, PackWords::SAID),
    (PackageWords::SECTION, PackageWords::SAID),
    (FaultWords::SECTION, FaultWords::SAID),
    (FormWords::SECTION, FormWords::SAID),
    (ReportWords::SECTION, ReportWords::SAID),
    (ProofWords::SECTION, ProofWords::SAID),
    (ReceiptWords::SECTION, ReceiptWords::SAID),
    (ReviewWords::SECTION, ReviewWords::SAID),
    (DecideWords::SECTION, DecideWords::SAID),
    (CountWords::SECTION, CountWords::SAID),
    (KeepingWords::SECTION, KeepingWords::SAID),
    (BookWords::SECTION, BookWords::SAID),
    (KeyWords::SECTION, KeyWords::SAID),
    (TrustWords::SECTION, TrustWords::SAID),
    (InspectWords::SECTION, InspectWords::SAID),
];
const FINDINGS: &str = "findings";
const RULES: &str = "rules";
const EXPLANATIONS: &str = "explanations";
const FOUND: &str = "found";
const UNKNOWNS: &str = "unknowns";
const MISSING: &str = "missing";
const DIFFERENCES: &str = "differences";
const GRADES: &str = "grades";
const EVENTS: &str = "events";
const CATEGORIES: &str = "categories";
const CASE_STATES: &str = "case-states";
const REASONS: &str = "reasons";
const VI: &str = include_str!("../../assets/i18n/board.vi.toml");
const EN: &str = include_str!("../../assets/i18n/board.en.toml");
const DESK_VI: &str = include_str!("../../assets/i18n/vi.toml");
const DESK_EN: &str = include_str!("../../assets/i18n/en.toml");

/// Codes of reasons, remarks, causes and devices that logs have; a test holds the desk's own vocabularies against them.
pub const REASON_CODES: &[&str] = &[
    "portrait-differs",
    "documents",
    "too-late",
    "conduct",
    "no-card",
    "chip-unreadable",
    "electronic-id",
    "undertaking",
    "other-papers",
    "printed-card",
    "council-order",
    "no-time-to-move",
    "wrong-person",
    "pressed-by-mistake",
    "not-entered",
    "head-of-site-told",
    "cancelled",
    "search",
    "listed",
    "incident-note",
    "wrong-pin",
    "pins-unlocked",
    "lock",
    "opened",
    "reader",
    "registry",
    "witness",
    "registry-cosigner",
    "clock",
    "disk",
    "second-copy",
    "paper-list",
    "ready",
    "low",
    "lost",
    "allowed",
    "state-missing",
    "journal-shorter",
    "still-locked",
    "rolled-back",
    "unasked-answer",
    "pace",
    "bac",
    "unknown",
];
