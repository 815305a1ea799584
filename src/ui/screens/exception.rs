//! What two people decide: those who wait for the head of site, somebody without a card, an arrival taken back.

use super::preparing::{people, pin};
use super::{Buttons, Tools, moment};
use crate::glyphs::drawable;
use crate::style::{self, Size};
use crate::text::{Strings, Words, grouped};
use crate::widgets::{Press, Weight, banner, button, focus_ring, place_cells};
use bits::secret::Pii;
use checkin::event::{Input, NotAdmittedReason};
use checkin::failure::Signal;
use checkin::view::{
    Cause, ExceptionStage, ExceptionView, Ground, GuestReason, MatterPerson, MatterTitle, OnPaper, PaperKind,
    PapersView, RoomView, Ruling, UndoReason, WaitingRow, When, WithoutCard,
};
use egui::{Frame, Key, Label, Panel, RichText, ScrollArea, Ui, Vec2};

const PORTRAIT: Vec2 = Vec2::new(240.0, 320.0);
const SMALLEST_PORTRAIT: f32 = 160.0;
/// What a portrait shows, below it.
const CAPTION_HEIGHT: f32 = 42.0;
const ROW_HEIGHT: f32 = 60.0;
const FOOT_HEIGHT: f32 = 84.0;
const COLUMNS: usize = 4;
/// Wide enough for what stands before a row.
const KIND_WIDTH: f32 = 190.0;
const BACK_WIDTH: f32 = 260.0;
const PAPERS_HEIGHT: f32 = 56.0;

/// Draws the screen; `line` is the PIN while it is typed.
pub(crate) fn show(ui: &mut Ui, view: &ExceptionView, line: &mut String, tools: &mut Tools<'_>) -> Option<Input> {
    let strings = tools.strings;
    let words = &strings.words;
    let pressed = foot_height(&view.stage).and_then(|height| {
        let bottom = Panel::bottom("ruling").exact_size(height).frame(Frame::new()).show_separator_line(false);
        bottom.show(ui, |ui| buttons(ui, &view.stage, tools.buttons, words)).inner
    });
    // Nothing stands beside a PIN.
    let asks_pin = matches!(&view.stage, ExceptionStage::Person(_, people) if people.chosen.is_some());
    let printed = view.papers.filter(|_| !asks_pin).and_then(|papers| papers_row(ui, papers, words));
    head(ui, view, words);
    ui.add_space(style::GAP);
    let drawn = match &view.stage {
        ExceptionStage::List(rows) => list(ui, rows, strings),
        ExceptionStage::Rooms(rooms) => moment::rooms(ui, rooms, words),
        ExceptionStage::Time(_, wrong) => moment::time(ui, *wrong, line, tools),
        ExceptionStage::Person(ruling, sign_in) => {
            match sign_in.chosen.and_then(|chosen| sign_in.operators.get(chosen)) {
                Some(operator) => pin(ui, sign_in, operator, line, tools),
                None => {
                    let text = what_for(view, *ruling, words);
                    let text = RichText::new(drawable(ui, &text)).font(style::bold(Size::Title));
                    ui.add(Label::new(text.color(style::tokens().ink)).wrap());
                    ui.add_space(style::GAP);
                    people(ui, &sign_in.operators, words)
                }
            }
        }
        ExceptionStage::Checking | ExceptionStage::Recording => {
            working(ui, words);
            None
        }
        ExceptionStage::Choosing(_) | ExceptionStage::Recorded(..) => {
            let may_leave = matches!(view.stage, ExceptionStage::Choosing(_));
            let left = view.person.as_ref().and_then(|person| who(ui, person, may_leave, tools));
            left.or_else(|| view.room.as_ref().and_then(|room| about_room(ui, room, may_leave, words)))
        }
    };
    pressed.or(printed).or(drawn)
}

/// Papers about the person; they decide nothing.
fn papers_row(ui: &mut Ui, papers: PapersView, words: &Words) -> Option<Input> {
    let bottom = Panel::bottom("papers").exact_size(PAPERS_HEIGHT).frame(Frame::new()).show_separator_line(false);
    let row = bottom.show(ui, |ui| {
        ui.horizontal(|ui| {
            let incident = small_button(ui, &words.action_incident_note, Key::F1).then_some(PaperKind::Incident);
            let undertaking = small_button(ui, &words.action_undertaking, Key::F8).then_some(PaperKind::Undertaking);
            let told = match papers.printed {
                _ if papers.is_printing => &words.paper_printing,
                None => &words.paper_hint,
                Some(true) => &words.paper_printed,
                Some(false) => &words.paper_not_printed,
            };
            ui.label(RichText::new(told).font(style::font(Size::Body)).color(style::tokens().ink));
            incident.or(undertaking)
        })
        .inner
    });
    row.inner.map(Input::Print)
}

/// A button beside what is decided, with its key.
fn small_button(ui: &mut Ui, text: &str, key: Key) -> bool {
    let label =
        RichText::new(format!("{text}  [{}]", key.name())).font(style::bold(Size::Body)).color(style::tokens().ink);
    let response = ui.add(egui::Button::new(label).min_size(Vec2::new(0.0, style::TARGET_MIN)));
    focus_ring(ui, &response);
    response.clicked() || ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, key))
}

fn head(ui: &mut Ui, view: &ExceptionView, words: &Words) {
    match &view.stage {
        ExceptionStage::Recorded(ruling, receipt) => {
            let signal = if matches!(ruling, Ruling::Admit(_)) { Signal::Ok } else { Signal::Attention };
            let detail = words.recorded(receipt);
            banner(ui, signal, recorded_word(*ruling, words), &detail);
        }
        // Whose PIN is asked for stands below; what it is for stands where nobody overlooks it.
        ExceptionStage::Person(ruling, people) if people.chosen.is_some() => {
            let title = what_for(view, *ruling, words);
            banner(ui, Signal::Attention, &drawable(ui, &title), "");
        }
        ExceptionStage::Person(..) => banner(ui, Signal::Attention, &words.second_person_title, ""),
        _ => banner(ui, Signal::Attention, title(view.title, words), ""),
    }
}

/// Everybody who waits; the whole row is to be pressed.
fn list(ui: &mut Ui, rows: &[WaitingRow], strings: &Strings) -> Option<Input> {
    let words = &strings.words;
    let mut picked = None;
    ScrollArea::vertical().show(ui, |ui| {
        for row in rows {
            let number = row.candidate_number.as_deref().map_or_else(|| "–".to_owned(), grouped);
            let room = row.room.as_ref().map(|room| format!("   ·   {} {room}", words.room)).unwrap_or_default();
            let text = format!(
                "{}   ·   {}   ·   {} {number}{room}   ·   {}",
                row.since,
                drawable(ui, named(&row.name, words)),
                words.candidate_number,
                causes(&row.causes, strings),
            );
            let label = RichText::new(text).font(style::bold(Size::Body)).color(style::tokens().ink);
            let width = ui.available_width() - style::GAP;
            let response = ui.add_sized(Vec2::new(width, ROW_HEIGHT), egui::Button::new(label).truncate());
            focus_ring(ui, &response);
            if response.clicked() {
                picked = Some(Input::PickedWaiting(row.id));
            }
        }
    });
    picked
}

/// The person: both portraits, the name, what the list says, why he waits.
fn who(ui: &mut Ui, person: &MatterPerson, may_leave: bool, tools: &mut Tools<'_>) -> Option<Input> {
    let strings = tools.strings;
    let words = &strings.words;
    let height = (ui.available_height() - CAPTION_HEIGHT).clamp(SMALLEST_PORTRAIT, PORTRAIT.y);
    let size = Vec2::new(height * PORTRAIT.x / PORTRAIT.y, height);
    ui.horizontal_top(|ui| {
        let (chip, listed) = (&person.portrait, &person.listed_portrait);
        for (portrait, beside, name) in
            [(chip, listed, &words.portrait_of_card), (listed, chip, &words.portrait_listed)]
        {
            if let Some(portrait) = portrait {
                ui.vertical(|ui| {
                    ui.set_width(size.x);
                    tools.portrait.show_named(ui, portrait, beside.as_deref(), name, size);
                });
                ui.add_space(style::GAP);
            }
        }
        ui.vertical(|ui| {
            let name = RichText::new(drawable(ui, named(&person.name, words)))
                .font(style::bold(Size::Banner))
                .color(style::tokens().ink);
            ui.add(Label::new(name).wrap());
            let mut facts = Vec::new();
            facts.extend(person.birth_date.as_ref().map(|date| (&words.birth_date, date.reveal().clone())));
            facts.extend(person.candidate_number.as_ref().map(|number| (&words.candidate_number, grouped(number))));
            let place = person.place.as_ref();
            facts.extend(place.and_then(|place| place.site.clone()).map(|site| (&words.site, site)));
            facts.extend(place.and_then(|place| place.session.clone()).map(|session| (&words.session, session)));
            facts.extend(person.arrival.as_ref().map(|arrival| (&words.arrived, arrival.time.clone())));
            ui.horizontal_wrapped(|ui| {
                for (name, value) in facts {
                    ui.label(RichText::new(name).font(style::font(Size::Body)).color(style::tokens().ink_soft));
                    ui.label(RichText::new(value).font(style::bold(Size::Large)).color(style::tokens().ink));
                    ui.add_space(style::GAP);
                }
            });
            if let Some(place) = &person.place {
                place_cells(ui, &[(&words.room, &place.room), (&words.seat, &place.seat)], Some(Signal::Attention));
            }
            ui.horizontal(|ui| {
                let why = causes(&person.causes, strings);
                let text = RichText::new(why).font(style::bold(Size::Large)).color(style::tokens().ink);
                let width = ui.available_width() - BACK_WIDTH - ui.spacing().item_spacing.x;
                ui.allocate_ui(Vec2::new(width, style::MAIN_TARGET), |ui| {
                    ui.set_min_width(width);
                    ui.add(Label::new(text).wrap());
                });
                let press = Press::always(Some(Key::Escape), Weight::Side);
                (may_leave && button(ui, &words.action_back, press, BACK_WIDTH)).then_some(Input::Back)
            })
            .inner
        })
        .inner
    })
    .inner
}

/// The room, and a way back.
fn about_room(ui: &mut Ui, room: &RoomView, may_leave: bool, words: &Words) -> Option<Input> {
    moment::room(ui, room, words);
    ui.add_space(style::GAP * 2.0);
    let press = Press::always(Some(Key::Escape), Weight::Side);
    (may_leave && button(ui, &words.action_back, press, BACK_WIDTH)).then_some(Input::Back)
}

/// What the PIN is for: the ruling, and about whom or which room.
fn what_for(view: &ExceptionView, ruling: Ruling, words: &Words) -> String {
    let ruled = ruling_word(ruling, words).replace("{time}", view.time.as_deref().unwrap_or_default());
    if let Some(room) = &view.room {
        return format!("{ruled} — {} {}", words.room, room.room);
    }
    let Some(person) = &view.person else { return ruled };
    let name = named(&person.name, words);
    let number = person.candidate_number.as_deref().map_or_else(|| "–".to_owned(), grouped);
    let kind = kind(ruling, words).map(|kind| format!("{kind}: ")).unwrap_or_default();
    format!("{kind}{ruled} — {name} · {} {number}", words.candidate_number)
}

/// After a restart nobody knows the name of somebody whom no list has.
fn named<'a>(name: &'a Pii<String>, words: &'a Words) -> &'a str {
    if name.reveal().is_empty() { &words.waiting_unnamed } else { name.reveal() }
}

fn working(ui: &mut Ui, words: &Words) {
    ui.vertical_centered(|ui| {
        ui.add_space(80.0);
        ui.label(RichText::new(&words.recording).font(style::bold(Size::Title)).color(style::tokens().ink_soft));
    });
}

/// `None` where nothing stands at the foot: the PIN has its own buttons.
fn foot_height(stage: &ExceptionStage) -> Option<f32> {
    match stage {
        ExceptionStage::Choosing(rulings) if rulings.len() > COLUMNS => Some(FOOT_HEIGHT * 2.0),
        ExceptionStage::Person(_, people) if people.chosen.is_some() => None,
        ExceptionStage::Checking | ExceptionStage::Recording => None,
        _ => Some(FOOT_HEIGHT),
    }
}

/// Letting in above, not letting in below: two rows that cannot be mixed up. No digit, letter or bare Enter rules.
fn buttons(ui: &mut Ui, stage: &ExceptionStage, buttons: Buttons, words: &Words) -> Option<Input> {
    ui.add_space(style::GAP);
    match stage {
        ExceptionStage::Choosing(rulings) => {
            let mut pressed = None;
            for row in rulings.chunk_by(|one, other| kind(*one, words) == kind(*other, words)) {
                pressed = ruling_row(ui, row, buttons, words).or(pressed);
            }
            pressed
        }
        ExceptionStage::Recorded(..) => {
            let press = Press { key: Some(Key::Enter), weight: Weight::Main, alive: buttons.alive };
            button(ui, &words.action_continue, press, ui.available_width()).then_some(Input::Continue)
        }
        ExceptionStage::List(_) | ExceptionStage::Rooms(_) | ExceptionStage::Time(..) => back(ui, words),
        ExceptionStage::Person(_, people) if people.chosen.is_none() => back(ui, words),
        ExceptionStage::Person(..) | ExceptionStage::Checking | ExceptionStage::Recording => None,
    }
}

fn back(ui: &mut Ui, words: &Words) -> Option<Input> {
    let press = Press::always(Some(Key::Escape), Weight::Side);
    button(ui, &words.action_back, press, ui.available_width()).then_some(Input::Back)
}

fn ruling_row(ui: &mut Ui, row: &[Ruling], buttons: Buttons, words: &Words) -> Option<Input> {
    let mut pressed = None;
    ui.horizontal(|ui| {
        if let Some(kind) = row.first().and_then(|first| kind(*first, words)) {
            let label = Label::new(RichText::new(kind).font(style::bold(Size::Large)).color(style::tokens().ink));
            ui.add_sized(Vec2::new(KIND_WIDTH, style::MAIN_TARGET), label);
        }
        let spacing = ui.spacing().item_spacing.x;
        let count = u8::try_from(row.len()).map_or(1.0, f32::from);
        let width = (ui.available_width() - spacing * (count - 1.0)) / count;
        for ruling in row {
            let press = Press { key: None, weight: Weight::Side, alive: buttons.alive };
            if button(ui, ruling_word(*ruling, words), press, width) {
                pressed = Some(Input::Ruled(*ruling, buttons.meaning));
            }
        }
    });
    pressed
}

/// What stands before a row of rulings.
fn kind(ruling: Ruling, words: &Words) -> Option<&str> {
    match ruling {
        Ruling::Admit(_) => Some(&words.ruling_admit),
        Ruling::Guest(_) => Some(&words.ruling_guest),
        Ruling::NotAdmit(_) => Some(&words.ruling_keep_out),
        Ruling::Paper(_, When::Asked) => Some(&words.ruling_paper),
        Ruling::Paper(..) => None,
        Ruling::Refer(_) | Ruling::Undo(_) | Ruling::Start(_) | Ruling::Doubt | Ruling::EndUnsent => None,
    }
}

fn title(title: MatterTitle, words: &Words) -> &str {
    match title {
        MatterTitle::Waiting => &words.waiting_title,
        MatterTitle::WithoutCard => &words.without_card_title,
        MatterTitle::Undo => &words.undo_title,
        MatterTitle::Signal => &words.signal_title,
        MatterTitle::Case => &words.second_person_title,
        MatterTitle::Closing => &words.closing_title,
    }
}

fn causes(all: &[Cause], strings: &Strings) -> String {
    all.iter().map(|one| cause(one, strings)).collect::<Vec<_>>().join(" · ")
}

fn cause(cause: &Cause, strings: &Strings) -> String {
    match cause {
        Cause::WithoutCard(why) => without_card_word(*why, &strings.words).to_owned(),
        Cause::Named(failures) => match failures.first().and_then(|first| strings.advice(*first)) {
            Some(advice) => advice.what.clone(),
            None => strings.words.referred_by_desk.clone(),
        },
    }
}

fn ruling_word(ruling: Ruling, words: &Words) -> &str {
    match ruling {
        Ruling::Refer(why) => without_card_word(why, words),
        Ruling::Admit(Ground::Undertaking) => &words.ground_undertaking,
        Ruling::Admit(Ground::OtherPapers) => &words.ground_other_papers,
        Ruling::Admit(Ground::PrintedCard) => &words.ground_printed_card,
        Ruling::Admit(Ground::CouncilOrder) => &words.ground_council_order,
        Ruling::NotAdmit(NotAdmittedReason::PortraitDiffers) => &words.keep_out_photo,
        Ruling::NotAdmit(NotAdmittedReason::Documents) => &words.keep_out_document,
        Ruling::NotAdmit(NotAdmittedReason::TooLate) => &words.keep_out_late,
        Ruling::NotAdmit(NotAdmittedReason::Conduct) => &words.keep_out_conduct,
        Ruling::Doubt => &words.ruling_doubt,
        Ruling::EndUnsent => &words.ruling_end_unsent,
        Ruling::Guest(GuestReason::CouncilOrder) => &words.guest_council_order,
        Ruling::Guest(GuestReason::CannotMove) => &words.guest_cannot_move,
        Ruling::Paper(OnPaper::Admitted, When::At(_)) => &words.paper_admitted_at,
        Ruling::Paper(OnPaper::NotAdmitted, When::At(_)) => &words.paper_not_admitted_at,
        Ruling::Paper(OnPaper::Admitted, _) => &words.paper_admitted,
        Ruling::Paper(OnPaper::NotAdmitted, _) => &words.paper_not_admitted,
        Ruling::Start(When::Now) => &words.signal_now,
        Ruling::Start(When::Asked) => &words.signal_earlier,
        Ruling::Start(When::At(_)) => &words.signal_at,
        Ruling::Undo(UndoReason::WrongPerson) => &words.undo_wrong_person,
        Ruling::Undo(UndoReason::Mistake) => &words.undo_mistake,
        Ruling::Undo(UndoReason::NotEntered) => &words.undo_not_entered,
    }
}

fn without_card_word(why: WithoutCard, words: &Words) -> &str {
    match why {
        WithoutCard::Forgotten => &words.without_card_forgotten,
        WithoutCard::Unreadable => &words.without_card_unreadable,
        WithoutCard::Electronic => &words.without_card_electronic,
    }
}

fn recorded_word(ruling: Ruling, words: &Words) -> &str {
    match ruling {
        Ruling::Refer(_) => &words.headline_recorded_referred,
        Ruling::Admit(_) => &words.recorded_manual,
        Ruling::NotAdmit(_) => &words.headline_recorded_not_admitted,
        Ruling::Undo(_) => &words.recorded_undo,
        Ruling::Start(_) => &words.recorded_signal,
        Ruling::Doubt => &words.headline_recorded_doubted,
        Ruling::EndUnsent => &words.closing_writing,
        Ruling::Guest(_) => &words.recorded_guest,
        Ruling::Paper(..) => &words.recorded_paper,
    }
}
