//! Every word is there in both languages, and can be drawn.

use checkin::failure::Failure;
use std::collections::BTreeSet;
use ui::text::Strings;
use words::Language;

#[test]
fn both_languages_load_and_name_every_failure() {
    for language in [Language::Vietnamese, Language::English] {
        let strings = Strings::load(language).expect("the words");
        let codes: BTreeSet<&str> = strings.codes().collect();
        let known: BTreeSet<&str> = Failure::ALL.iter().map(|failure| failure.code()).collect();
        assert_eq!(codes, known, "{language:?}");
        for failure in Failure::ALL {
            let advice = strings.advice(*failure).expect("advice");
            assert!(!advice.what.is_empty() && !advice.todo.is_empty(), "{failure:?} in {language:?}");
        }
    }
}

#[test]
fn no_word_blames_the_holder() {
    let text = include_str!("../../assets/i18n/vi.toml").to_lowercase();
    for word in ["giả mạo", "thẻ giả", "lừa", "gian lận"] {
        assert!(!text.contains(word), "{word}");
    }
}
