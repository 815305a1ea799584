//! The forms about one person: the incident note (Decree 30/2020, form 1.9) and the undertaking.

use super::PapersError;
use super::forms::{Form, Texts};
use super::frame::{BOLD, LEFT_MM, RIGHT_MM, TEXT, TEXT_WIDTH_MM, TITLE, centred, foot, letterhead, shown, signatures};
use ::paper::{Block, INK, Paper, Sheet};
use checkin::paper::{CasePaper, PaperKind};

const PARAGRAPH_MM: f32 = 2.2;
const PHOTO_MM: (f32, f32) = (40.0, 52.0);
const FINGER_MM: (f32, f32) = (40.0, 30.0);
/// What nobody knows is written by hand.
const BLANK: &str = "......................";
const DOTS: &str = "......................................................";

/// The paper as a PDF.
///
/// # Errors
/// [`PapersError`].
pub fn case_pdf(case: &CasePaper) -> Result<Vec<u8>, PapersError> {
    let texts = Texts::load()?;
    let form = match case.kind {
        PaperKind::Incident => texts.incident(),
        PaperKind::Undertaking => texts.undertaking(),
    };
    let mut paper = Paper::new(&form.say("title", &[]))?;
    paper.page(|sheet| {
        letterhead(sheet, &texts, &case.head);
        let page = Page { case, texts: &texts, form };
        page.title(sheet);
        match case.kind {
            PaperKind::Incident => page.incident(sheet),
            PaperKind::Undertaking => page.undertaking(sheet),
        }
        let page = texts.say("page", &[("page", "1"), ("pages", "1")]);
        foot(sheet, &texts, &case.head.log, &page);
    })?;
    Ok(paper.finish()?)
}

struct Page<'a> {
    case: &'a CasePaper,
    texts: &'a Texts,
    form: &'a Form,
}

impl Page<'_> {
    fn title(&self, sheet: &mut Sheet<'_>) {
        centred(sheet, LEFT_MM, RIGHT_MM, 46.0, TITLE, &self.form.say("title", &[]));
        let about = self.form.say("about", &[("desk", &self.texts.desk(&self.case.head.desk))]);
        centred(sheet, LEFT_MM, RIGHT_MM, 53.0, BOLD, &about);
    }

    fn incident(&self, sheet: &mut Sheet<'_>) {
        let head = &self.case.head;
        let decided = self.case.decided.as_ref();
        let chair = decided.and_then(|ruling| ruling.chair.clone());
        // The chair has a line of its own.
        let second = decided.and_then(|ruling| ruling.second.as_ref()).filter(|second| chair.as_ref() != Some(second));
        let also = second.map_or_else(|| DOTS.to_owned(), |second| self.form.say("second", &[("second", second)]));
        let chair = chair.unwrap_or_else(|| DOTS.to_owned());
        let mut y_mm = 64.0;
        let blanks = [
            ("also", also),
            ("chair", chair),
            ("time", clock_words(&head.time)),
            ("date", head.date.clone()),
            ("desk", self.texts.desk(&head.desk)),
            ("site", head.site.clone()),
            ("operator", named(&head.operator)),
        ];
        let blanks: Vec<(&str, &str)> = blanks.iter().map(|(name, value)| (*name, value.as_str())).collect();
        for name in ["began", "place", "present", "chair", "clerk"] {
            y_mm = self.paragraph(sheet, y_mm, &self.form.say(name, &blanks));
        }
        sheet.text(LEFT_MM, y_mm, BOLD, &self.form.say("content", &[]));
        y_mm += 6.0 + PARAGRAPH_MM;
        for text in self.facts(sheet) {
            y_mm = self.paragraph(sheet, y_mm, &text);
        }
        for name in ["more", "dots", "dots", "ended"] {
            y_mm = self.paragraph(sheet, y_mm, &self.form.say(name, &[]));
        }
        y_mm = self.paragraph(sheet, y_mm, &self.form.say("refused", &[]));
        signatures(sheet, y_mm + 4.0, self.form);
    }

    /// What the log says, by time.
    fn facts(&self, sheet: &Sheet<'_>) -> Vec<String> {
        let case = self.case;
        let decided = match &case.decided {
            Some(ruling) => {
                let (entry, segment) = (ruling.entry.to_string(), ruling.segment.to_string());
                let (time, said) = (clock_words(&ruling.time), self.texts.ruling(ruling.ruling));
                let blanks = [("time", time.as_str()), ("ruling", &said), ("entry", &entry), ("segment", &segment)];
                let decided = self.form.say("decided", &blanks);
                let second = ruling.second.as_ref().map(|one| self.form.say("behind", &[("second", one)]));
                [Some(decided), second].into_iter().flatten().collect::<Vec<_>>().join(" ")
            }
            None => self.form.say("undecided", &[]),
        };
        let (since, causes) = (clock_words(&case.since), self.texts.causes(&case.causes));
        let (chip, registry) = (self.texts.chip(case.chip), self.texts.registry(case.registry));
        vec![
            self.person(sheet),
            self.form.say("waits", &[("since", &since), ("causes", &causes)]),
            self.form.say("chip", &[("chip", &chip), ("registry", &registry)]),
            decided,
        ]
    }

    fn person(&self, sheet: &Sheet<'_>) -> String {
        let case = self.case;
        let number = case.number.as_deref().unwrap_or(BLANK);
        let room = case.room.as_deref().filter(|room| !room.is_empty()).unwrap_or(BLANK);
        let (name, session) = (named(&shown(sheet, case.name.reveal())), named(&case.head.session));
        self.form.say("person", &[("name", &name), ("number", number), ("room", room), ("session", &session)])
    }

    fn undertaking(&self, sheet: &mut Sheet<'_>) {
        let causes = self.texts.causes(&self.case.causes);
        let texts = [
            self.form.say("to", &[("site", &self.case.head.site)]),
            self.person(sheet),
            self.form.say("by_hand", &[]),
            self.form.say("why", &[("causes", &causes)]),
            self.form.say("text", &[]),
        ];
        let mut y_mm = 64.0;
        for text in texts {
            y_mm = self.paragraph(sheet, y_mm, &text);
        }
        let y_mm = self.boxes(sheet, y_mm);
        let y_mm = self.paragraph(sheet, y_mm + 8.0, &self.form.say("refused", &[]));
        signatures(sheet, y_mm + 4.0, self.form);
    }

    /// Room for a photograph that is taken there and for a fingerprint.
    fn boxes(&self, sheet: &mut Sheet<'_>, y_mm: f32) -> f32 {
        let (photo, finger) = (self.form.say("photo", &[]), self.form.say("finger", &[]));
        let places = [(LEFT_MM + 10.0, PHOTO_MM, photo), (LEFT_MM + 90.0, FINGER_MM, finger)];
        for (x_mm, (width_mm, height_mm), caption) in places {
            sheet.block(Block { x_mm, y_mm, width_mm, height_mm }, None, Some(INK));
            centred(sheet, x_mm, x_mm + width_mm, y_mm + height_mm + 5.0, TEXT, &caption);
        }
        y_mm + PHOTO_MM.1 + 5.0
    }

    fn paragraph(&self, sheet: &mut Sheet<'_>, y_mm: f32, text: &str) -> f32 {
        sheet.paragraph(LEFT_MM, y_mm, TEXT_WIDTH_MM, TEXT, text) + PARAGRAPH_MM
    }
}

fn named(name: &str) -> String {
    if name.is_empty() { BLANK.to_owned() } else { name.to_owned() }
}

/// `07:45` as minutes write it: `07 giờ 45 phút`.
fn clock_words(time: &str) -> String {
    match time.split_once(':') {
        Some((hours, minutes)) => format!("{hours} giờ {minutes} phút"),
        None => time.to_owned(),
    }
}
