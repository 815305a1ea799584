//! The words of the board's window: typed, so that a missing one fails the first test.

use serde::Deserialize;
use words::Language;

const VI: &str = include_str!("../../../assets/i18n/review.vi.toml");
const EN: &str = include_str!("../../../assets/i18n/review.en.toml");

macro_rules! words {
    ($($name:ident)+) => {
        /// Labels and titles, by their key in `assets/i18n/review.*`.
        #[derive(Debug, Clone, Deserialize)]
        #[serde(deny_unknown_fields)]
        #[expect(missing_docs, reason = "each field is a key of assets/i18n, where its words stand")]
        pub struct ReviewWords { $(pub $name: String,)+ }
    };
}

words! {
    window_title
    loading
    loading_of
    stop
    stopped
    failed
    page_overview
    page_rooms
    page_desks
    page_people
    page_cases
    language_key
    back
    find_rooms
    find_desks
    find_people
    find_cases
    only_open
    every_session
    rows
    nothing
    hint
    listed
    present
    absent
    not_admitted
    referred
    elsewhere
    not_known
    guests
    differing
    logs
    of
    missing
    nothing_missing
    cases
    cases_of
    no_cases
    arrivals
    start_signal
    last_entry
    no_arrivals
    column_session
    column_site
    column_room
    column_listed
    column_admitted
    column_not_in
    column_not_known
    column_difference
    column_desk
    column_state
    column_entries
    column_arrived
    column_manual
    column_failed
    column_outside
    column_number
    column_name
    column_birth
    column_case
    column_about
    column_key
    writing
    written
    not_written
    reading_again
    decide_here
    hand_over_here
    deciding
    new_state
    as_it_is
    takes_back
    takes_nothing_back
    explanations
    unanswered
    by_what
    ruling_and_reason
    ruling
    reason
    duties
    due
    asked
    given
    preserve
    appeal_until
    look_again
    will_write
    for_good
    two_members
    one_member
    first_member
    second_member
    key_file
    passphrase
    sign
    keys_of_both
    key_of_one
    outdated
    nothing_to_write
    no_reason
    no_code
    no_text
    no_number
    no_day
    handing
    handing_what
    folder
    no_folder
    write_folder
    overdue
    timeline
    timeline_keys
    timeline_counts
}

impl ReviewWords {
    /// Reads the words of `language`, which are baked into the program.
    ///
    /// # Errors
    /// The parser's message, when a key is missing or unknown: a fault of the build, found by the first test.
    pub fn load(language: Language) -> Result<Self, toml::de::Error> {
        toml::from_str(match language {
            Language::Vietnamese => VI,
            Language::English => EN,
        })
    }

    /// `{count} / {all}`.
    pub(super) fn count_of(&self, count: impl ToString, all: impl ToString) -> String {
        filled(&self.of, &[("count", count.to_string()), ("all", all.to_string())])
    }
}

/// A sentence with its slots filled.
pub(super) fn filled(sentence: &str, slots: &[(&str, String)]) -> String {
    slots.iter().fold(sentence.to_owned(), |text, (slot, value)| text.replace(&format!("{{{slot}}}"), value))
}
