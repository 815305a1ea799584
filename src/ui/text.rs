//! The words on the screens: typed, so that a missing one fails the first test.

use checkin::failure::Failure;
use checkin::readiness::Check;
use checkin::view::ReceiptView;
use serde::Deserialize;
use std::collections::BTreeMap;
use words::Language;

const VI: &str = include_str!("../../assets/i18n/vi.toml");
const EN: &str = include_str!("../../assets/i18n/en.toml");
const FINDINGS_VI: &str = include_str!("../../assets/i18n/readiness.vi.toml");
const FINDINGS_EN: &str = include_str!("../../assets/i18n/readiness.en.toml");

/// An SBD as it is read out and compared: its last six digits stand apart, `99 000267`. Only on a screen; what is typed,
/// written down and handed on stays as the list has it.
pub fn grouped(number: &str) -> String {
    let is_of_digits = number.len() > GROUP && number.bytes().all(|byte| byte.is_ascii_digit());
    match number.split_at_checked(number.len().saturating_sub(GROUP)) {
        Some((group, rest)) if is_of_digits => format!("{group}\u{a0}{rest}"),
        _ => number.to_owned(),
    }
}

/// Digits of the last group.
const GROUP: usize = 6;

/// What happened, what to do, whom to call.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Advice {
    /// What happened, without blame.
    pub what: String,
    /// What to do now.
    pub todo: String,
    /// Whom to call; empty when nobody is needed.
    pub call: String,
}

/// All words of one language.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Strings {
    /// Labels, titles and buttons.
    pub words: Words,
    failures: BTreeMap<String, Advice>,
    #[serde(skip)]
    findings: BTreeMap<String, Found>,
}

/// What a finding of the technician's page means, and what to do.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Found {
    /// What was found.
    pub what: String,
    /// What to do; empty where nothing is.
    #[serde(default)]
    pub todo: String,
}

impl Strings {
    /// Reads the words of `language`, which are baked into the program.
    ///
    /// # Errors
    /// The parser's message, when a key is missing or unknown: a fault of the build, found by the first test.
    pub fn load(language: Language) -> Result<Self, toml::de::Error> {
        let (words, findings) = match language {
            Language::Vietnamese => (VI, FINDINGS_VI),
            Language::English => (EN, FINDINGS_EN),
        };
        Ok(Self { findings: toml::from_str(findings)?, ..toml::from_str(words)? })
    }

    /// The advice for `failure`; `None` would be a fault of the build, found by a test over all failures.
    pub fn advice(&self, failure: Failure) -> Option<&Advice> {
        self.failures.get(failure.code())
    }

    /// What is said of a finding; its code where there are no words, which a test forbids.
    pub fn finding(&self, check: &Check) -> Found {
        let code = check.finding.code();
        let mut found = self.findings.get(&code).cloned().unwrap_or(Found { what: code, todo: String::new() });
        if !check.seen.is_empty() {
            found.what = format!("{} ({})", found.what, check.seen);
        }
        found
    }

    /// The codes that have words; a test compares them with the table of failures.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.failures.keys().map(String::as_str)
    }
}

macro_rules! words {
    ($($name:ident)+) => {
        /// Labels, titles and buttons, by their key in `assets/i18n`.
        #[derive(Debug, Clone, Deserialize)]
        #[serde(deny_unknown_fields)]
        #[expect(missing_docs, reason = "each field is a key of assets/i18n, where its words stand")]
        pub struct Words { $(pub $name: String,)+ }
    };
}

words! {
    app_name
    action_lock
    locked_title
    locked_on_duty
    locked_people
    locked_checking
    waiting_unnamed
    language_key
    training_band
    outside_package
    session
    site
    desk
    operator
    arrived
    idle_title
    idle_card_waiting
    idle_key_ready
    idle_remove_card
    idle_take_card
    idle_unrecorded
    key_waits
    news_title
    news_todo
    news_answered
    nothing_to_press
    input_label
    input_hint
    pad_erase
    pad_enter
    search_none
    search_more
    search_many
    full_name
    sex
    male
    female
    school
    namesakes_title
    namesakes_line
    namesakes_also
    last_recorded
    reading_title
    reading_lifted
    phase_opening
    phase_identity
    phase_checking
    phase_portrait
    headline_admit
    headline_admit_without_registry
    headline_ask
    headline_keeping_out
    headline_stop
    headline_working
    headline_recorded_admit
    headline_recorded_referred
    headline_recorded_not_admitted
    headline_recorded_directed
    headline_recorded_doubted
    ruling_guest
    guest_council_order
    guest_cannot_move
    recorded_guest
    ruling_paper
    paper_admitted
    paper_not_admitted
    paper_admitted_at
    paper_not_admitted_at
    recorded_paper
    action_doubt
    ruling_doubt
    headline_recorded_duplicate
    headline_recorded
    recording
    headline_wrong_room
    headline_wrong_site
    headline_wrong_session
    headline_already_in
    headline_halted
    room
    seat
    birth_date
    candidate_number
    id_number
    line_chip
    line_roster
    line_registry
    line_duplicate
    chip_ok
    chip_working
    roster_ok
    roster_ok_passport
    roster_working
    registry_ok
    registry_working
    registry_off
    duplicate_ok
    duplicate_unknown
    line_unproven
    line_not_asked
    registry_withheld
    portrait_pending
    portrait_none
    portrait_unproven
    portrait_listed
    portrait_listed_none
    task
    action_admit
    action_refer
    action_not_admitted
    action_reentry
    action_report_duplicate
    action_directed
    action_continue
    action_cancel
    action_try_again
    reason_title
    reason_photo
    reason_document
    reason_late
    reason_conduct
    why
    whom_to_call
    meanwhile
    what_to_do
    go_to
    entered_at
    at_desk
    late_by_signal
    late_by_plan
    signal_open
    signal_title
    signal_none
    signal_now
    signal_earlier
    signal_at
    recorded_signal
    whole_site
    time_label
    time_hint
    time_wrong_form
    time_wrong_later
    time_wrong_opening
    record
    record_number
    fields_differ
    field_name
    field_expiry
    field_signer
    match_old_number
    match_same_name
    match_name_differs
    match_birth_differs
    match_several
    match_elsewhere
    match_state_differs
    recording_not_done
    status_reader
    status_card
    status_registry
    status_pending
    status_disk
    status_clock
    status_log
    status_version
    status_hub
    status_ok
    status_right
    status_missing
    status_down
    status_present
    status_absent
    status_offline
    status_registry_rejects
    status_registry_foreign
    status_registry_lying
    status_registry_dates
    status_registry_clock
    status_registry_off
    status_unknown
    status_low
    status_witness
    signal_ok
    signal_working
    signal_attention
    signal_stop
    end_session
    closing_title
    closing_hint
    closing_writing
    closed_title
    closed_characters
    closed_qr
    closed_next
    closed_entries
    closed_time
    closed_unanswered
    closed_witnessed
    closed_not_witnessed
    closed_no_witness
    entries
    action_end_session
    examining_open
    examining_title
    examining_working
    examining_again
    status_paper
    action_incident_note
    action_undertaking
    paper_printing
    paper_hint
    paper_printed
    paper_not_printed
    action_end_unsent
    action_export
    export_done
    export_failed
    ruling_end_unsent
    unsent_waiting
    unsent_news
    unsent_scripts
    unsent_log
    closing_room
    closing_absent
    closing_not_admitted
    closing_nobody
    closing_guests
    closing_directed
    closing_waiting_others
    scripts_counted
    scripts_unknown
    scripts_title
    scripts_label
    scripts_hint
    action_type_arrived
    action_end_counted
    arrived_title
    arrived_label
    arrived_wrong
    arrived_agrees
    arrived_differs
    scripts_wrong
    closed_carrying
    closed_carried
    closed_not_carried
    action_back
    status_seen
    status_witness_not_asked
    status_never
    status_ago
    status_since
    status_clock_off
    status_minutes
    status_copy
    status_copy_lost
    status_copy_foreign
    status_scanner
    status_scanner_no_rights
    status_scanner_busy
    status_scanner_not_serial
    demo_title
    demo_hint
    demo_lift
    preparing_title
    preparing_working
    preparing_none
    preparing_looking
    preparing_compare
    preparing_refused
    preparing_for_others
    package_new
    package_kept
    package_candidates
    package_version
    package_replaces
    package_until
    package_from
    package_signer
    action_take_package
    action_use_package
    sign_in_title
    sign_in_pin
    sign_in_hint
    sign_in_wrong
    sign_in_locked
    sign_in_stopped
    action_sign_in
    action_other_person
    role_invigilator
    role_head_of_site
    role_technician
    role_board
    waiting_title
    waiting_open
    without_card_title
    without_card_row
    without_card_forgotten
    without_card_unreadable
    without_card_electronic
    undo_title
    undo_open
    undo_wrong_person
    undo_mistake
    undo_not_entered
    second_person_title
    ground_undertaking
    ground_other_papers
    ground_printed_card
    ground_council_order
    keep_out_photo
    keep_out_document
    keep_out_late
    keep_out_conduct
    ruling_admit
    ruling_keep_out
    recorded_manual
    recorded_undo
    referred_by_desk
    portrait_of_card
}

impl Words {
    /// An entry by its number, from `segment/entry` as the log counts: a bare `1/7` is a date to most.
    pub fn record_of(&self, entry: &str) -> String {
        let (segment, number) = entry.split_once('/').unwrap_or(("", entry));
        self.record_number.replace("{entry}", number).replace("{segment}", segment)
    }

    /// What was recorded, and when.
    pub(crate) fn recorded(&self, receipt: &ReceiptView) -> String {
        format!("{} {} · {}", self.record, self.record_of(&receipt.entry), receipt.time)
    }
}
