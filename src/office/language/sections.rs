//! The sentences by their sections, with their slots.

use words::sentences;

sentences! {
    /// What every command says about files.
    pub FileWords in "files":
    will_make(path);
    made(path);
    will_write(path);
    wrote(path);
    will_write_two(one, other);
    not_plain(what);
    other_board(found, wanted);
    every_site();
    held(folder, by);
    key_wrong(path);
    key_missing(path);
    key_form(path);
    key_empty();
    token_pin(path);
    token_missing(path);
    token_no_key(path);
    one_token();
    tpm_silent(path);
    no_tpm(path);
    device_silent();
}

sentences! {
    /// What is said about an exam's folder.
    pub ExamWords in "exam":
    ids_not_ascii();
    nothing_to_mend();
    trust_left_out(file);
    portrait_not_plain(file);
    portrait_no_image(file);
    named(title, board, exam);
    sessions(count);
    session(id, title, start);
    session_until(id, title, start, last);
    candidates(rows);
    places(sites, rooms);
    site(site, rows, rooms);
    more_sites(count);
    staff(desks, people);
}

sentences! {
    /// What is said about a list that is read into an exam.
    pub ImportWords in "import":
    reading();
    no_such_code(code);
    refused(errors);
    open(codes);
    given(kept, new, gone);
    too_much_memory(path, limit);
    format(format);
    delimited(separator);
    comma();
    semicolon();
    tab();
    text_file();
    sheet(name, rows);
    legacy(encoding, examples);
    header(first, last);
    not_taken();
    no_header();
    chosen(why);
    unused(column, heading);
    counts(lines, rows, people, left_out);
    more_places(count);
    row(line);
    sheet_row(sheet, line);
    heading_place();
    heading_weight();
    heading_code();
    heading_words();
    heading_content();
    heading_becomes();
    heading_other();
    report_sheet();
    list_sheet();
}

sentences! {
    /// What is said about those who work at the desks.
    pub OperatorWords in "operators":
    role_unknown();
    code_or_name();
    telephone_unknown();
    code_taken(code);
    no_such_site(site);
    no_such_code(code);
    revoked_already(code, reason);
    will_add(code, role);
    added(code, role);
    will_revoke(code);
    revoked(code);
    desks_learn_later();
    state_revoked(reason);
    state_pin();
    state_no_pin();
    counted(people, without);
    invigilator();
    head_of_site();
    technician();
    board();
}

sentences! {
    /// What is said about PIN letters. The letters themselves are Vietnamese.
    pub LetterWords in "letters":
    exists(path);
    nobody();
    will_print(code);
    printed(code);
    wrote(path, count, list);
    delete_it();
    finished_before(path);
    removed(count);
    drawing();
    unknown(code);
    named_twice(code);
    twice(code);
    revoked(code, reason);
    unknown_site(code, site);
    no_picture(code, letters, text);
    has_pin(code);
    again_for_all();
}

sentences! {
    /// What is said about desks and their certificates.
    pub DeskWords in "desks":
    passphrase_needed();
    no_request(path);
    other_fingerprint();
    other_exam(board, exam, own_board, own_exam);
    no_such_site(desk, site);
    bad_recipient(desk);
    other_site(desk, site, file, own);
    bad_id(desk);
    enrolled_already(desk, serial);
    other_request(desk, serial);
    serial_taken(desk);
    no_serial_left();
    certified(serial, desk, from, until);
    warning_ends_before(session);
    warning_no_recipient(desk);
    foreign_cert();
    fault(fault);
    counted(desks, certified);
    state_named();
    state_asked();
    state_certified(serial, until);
    state_ended(serial, until);
    state_revoked(serial, reason);
    packages(count, received);
    package_received(id, version);
    package_open(id, version);
}

sentences! {
    /// What is wrong with a desk's request or certificate.
    pub EnrolmentWords in "enrolment":
    board();
    exam();
    desk();
    site();
    key();
    mode();
    no_recipient();
}

sentences! {
    /// What is said while packages are made.
    pub PackWords in "pack":
    key_in_folder_new();
    key_in_folder();
    no_recipient(path);
    other_key(path, found, wanted);
    no_revocations(path);
    trust_unsigned();
    trust_other_signature(file);
    trust_for_training();
    refused();
    open();
    more_of_a_kind(count);
    foreseeing();
    packing();
    package(path, rows, desks, portraits);
    recovered(path);
    unchanged(file);
    unchanged_elsewhere(file);
    more(count);
    counted(new, unchanged);
    elsewhere(count);
    signer(name, fingerprint);
    write_it_down();
    no_session();
    unknown_session(session);
    unknown_site(site);
    foreign_cert(desk);
    old_revocations(number, seen);
    dates(session, from, until);
    nobody(session, site);
    no_desk(session, site);
    not_enrolled(desk);
    desk_no_recipient(desk);
    revoked(desk, serial);
    cert_dates(desk, from, until, session);
    past(session);
    contents(id, fault);
    portrait(file);
    seal(id);
    no_version(id);
    too_large(id, limit);
    note(id, fault);
}

sentences! {
    /// What is said about packages and the receipts for them.
    pub PackageWords in "packages":
    at(path, why);
    none();
    not_signed(fault);
    changed();
    other_key();
    signature_unchecked();
    signature_right();
    package(id, version);
    package_training(id, version);
    exam(title, board, exam);
    session(id, title, start);
    site(code, title);
    dates(from, until, program);
    people(rows, rooms, portraits);
    front(operators, trust);
    revocations(number);
    desk(desk, serial);
    received(desk, package, version, at);
    received_old(desk, package, version, at, last);
    refused();
    nothing_new();
    no_receipt();
    desk_unknown(desk);
    receipt_unsigned(desk);
    package_unknown(package);
    version_unknown(package, version);
    other_package(desk, package, version);
    not_for_desk(package, version, desk);
}

sentences! {
    /// What keeps an exam from being packed.
    pub FaultWords in "faults":
    name(file, name);
    twice(file, name);
    no_session();
    times(id);
    unknown_session(rows, session);
    unknown_site(rows, site);
    overfull(room, site, session, rows, limit);
    foreign_site(file, name, site);
    enrolment(desk, what);
    nobody();
    no_desk();
    no_operator();
    no_trust();
    operator_code(code);
    no_pin(code);
    session_title(title);
    overlap(one, other);
    far_session(id, start);
    long_session(id);
    no_places(place);
    weak_pin(code);
    usual_rules();
    text(file, place, text);
    candidate_text(rows);
    rule(key, what);
    no_verifier_key();
    no_recipient();
    long_wait();
    no_folder();
    desk_names_key(required, key);
    no_head(site);
}

sentences! {
    /// What is wrong with a file of an exam.
    pub FormWords in "forms":
    missing(file);
    form(file, line, what);
    utf8();
    csv();
    headings();
    row();
    order();
    place();
    desk_id(id);
    program();
    no_desk();
    no_request();
    no_cert();
    candidate_id();
    candidate_number();
    birth_date();
    sex();
}

sentences! {
    /// What the report on an export says.
    pub ReportWords in "report":
    checking();
    clean();
    remarks();
    forged();
    undecided();
    exam();
    site();
    desk();
    certificate();
    log();
    time();
    segments();
    arrived();
    head();
    characters();
    rests_on(first, last);
    board_keys();
    unsaid();
    package();
    none();
    trust_store();
    program();
    asked_before();
    rules_file();
    desk_file();
    package_rules();
    entry(segment, seq);
    not_before(time);
    not_after(time);
    no_time();
    proven();
    proven_entries();
    proven_segments();
    proven_nothing();
    proven_anchors(anchors, segment, size);
    unproven();
    no_anchor(entries);
    behind_anchor(entries);
    person();
    whom();
    ask_seal();
    ask_board_key();
    ask_anchors();
    ask_basis();
    ask_head();
    ask_late();
    ask_witness_key();
    ask_stop();
    ask_clock();
    ask_two_desks();
    ask_manual();
    found_forged(count);
    found_undecided(count);
    found_remarks(count);
    more(count);
    in_segment(segment);
    in_entry(seq);
}

sentences! {
    /// What is said about the proof of one candidate's entries.
    pub ProofWords in "proof":
    candidate(id);
    other_candidate();
    not_plain(path);
    withheld(segment, seq);
    export(verdict);
    no_entry();
    unreadable();
    form();
    signature();
    root();
    too_many(limit);
    nobody(file);
    missing();
    foreign(file);
    place();
    other();
}

sentences! {
    /// What is said about receipts for exports.
    pub ReceiptWords in "receipt":
    written(path);
    refused(why);
    unsound(verdict);
    evidence(code, files);
    none_for(name, why);
    all(signed, refused, folder);
    checkpoint();
    note(fault);
}

sentences! {
    /// What is said about keys and certificates.
    pub KeyWords in "keys":
    certified(serial, desk, until);
    revoked(number, count);
    ca_made(path, until);
    no_ca(desk);
    crl_written(path, count, until);
}

sentences! {
    /// What is said about a folder of CSCA certificates.
    pub TrustWords in "trust":
    accepted(certificates, lists);
    known(count);
    added(count);
    added_one(file, subject, vouched);
    given_itself();
    unproven(count, files);
    dropped(count);
    superseded(count);
    countries(count, countries);
    countries_superseded(count, countries);
    version(version, store);
    signed(name);
    not_signed();
    refused(files);
}

sentences! {
    /// What stands around the stable codes of an inspection that is judged again.
    pub InspectWords in "inspect":
    language();
    pass();
    warn();
    unknown();
    fail();
    access();
    retry();
    judged(at, store);
    empty_trust(folder);
    skipped(file);
    left_out(object, why);
    title();
    checks();
    check();
    result();
    cause();
    standard();
    files();
    file();
    bytes();
    signed_by_trusted();
    yes();
    no();
    holder();
    holder_unproven();
    born();
    document();
    issued_by();
    document_signer();
}
