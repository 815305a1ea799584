//! What is said about exports that come back, about the cases that follow from them, and in the board's window.

use review::order::DraftFault;
use words::sentences;

impl DecideWords {
    /// What is wrong with the words of a step.
    pub fn draft(&self, fault: DraftFault) -> String {
        match fault {
            DraftFault::Reason | DraftFault::Ruling | DraftFault::Nothing => self.no_reason(),
            DraftFault::Text => self.no_line(),
            DraftFault::Number => self.no_number(),
        }
    }
}

sentences! {
    /// What is said about exports that come, and about what follows from all of them.
    pub ReviewWords in "review":
    receiving();
    received_new(path, log);
    received_longer(path, log);
    received_same(path, log);
    received_older(path, log);
    received_contradicts(path, log);
    received_more(path, log);
    received_failed(path, why);
    received_apart(path, why, kept);
    received_nothing(path, why);
    received_sum(taken, same, apart, failed);
    other_mode();
    changed_meanwhile();
    logs(logs, exports, desks);
    session(id);
    listed();
    present();
    not_admitted();
    referred();
    elsewhere();
    absent();
    not_known();
    moved();
    guests();
    differing(rooms, all);
    compared_desks(session, count, flags);
    compared_sites(session, count, flags);
    stands_out(name, hits, of, overall, chance);
    rooms_head();
    no_room();
    room(place, expected, admitted, absent, unknown);
    missing_head(count);
    missing_log(session, site, desk, why);
    foreign_log(log);
    damaged(folder, why);
    unindexed(path, why);
    cases_head(count);
    explanations();
    unknowns();
    about_person(session, number);
    about_stranger(session, id);
    about_document(document);
    about_log(log);
    person(session, number, state, grade);
    nobody(number);
    several(number);
    handed_over(folder, count);
    evidence(sha256);
    writing();
    papers(count, sites, folder);
}

sentences! {
    /// What is said about members of the board, and about what they do.
    pub DecideWords in "decide":
    no_code(code);
    taken(code);
    no_case(case);
    no_state(state);
    no_step(step);
    no_reason();
    no_number();
    no_explanation(code, all);
    changed_since();
    no_member(key);
    form();
    unsigned();
    writer();
    one_member();
    recorded(entry);
    steps(count);
    taken_back(step);
    step(state, by, ruling, reason);
    step_fault(entry, why);
    news();
    no_line();
    answered(explanation, found, by, words);
    unanswered(explanation);
    due(date);
    overdue(date);
    appeal_until(date);
    asked(whom);
    given(whom);
    preserve(what);
}

sentences! {
    /// What is said about scripts that were counted, and about differences that are explained.
    pub CountWords in "count":
    no_room(place);
    no_count(entry);
    no_words();
    no_difference(difference);
    no_category(word, all);
    no_explanation(entry);
    scripts(scripts);
    counted(scripts, by);
    difference(kind, units, id);
    open();
    explained(category, by, reason);
    outdated();
    gone(category, by, reason);
    gone_head(count);
}

sentences! {
    /// What is said about what an exam keeps, and for how long.
    pub KeepingWords in "keeping":
    unsaid();
    until(date);
    open_cases(count);
    appeal(date);
    damaged(count);
    no_words();
    purges(what, count);
    purged();
    no_evidence(sha256);
    no_file(sha256);
    looked(by, what, reason);
    was_purged(by, what, reason);
}

sentences! {
    /// What stands in the lists and sheets of the board's window.
    pub BookWords in "book":
    balanced();
    closed();
    foreign();
    board_record();
    confirmed();
    unconfirmed(count);
    cases();
    people();
    steps();
    how(case);
    gap(minutes);
    moved(seconds);
    from_here();
    log_facts(entries, arrived, manual, failed, unconfirmed);
    number(number);
    stranger(id);
    by(code);
    second(code);
    reasons(codes);
    scripts();
    explained();
}
