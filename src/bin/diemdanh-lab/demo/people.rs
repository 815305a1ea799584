//! The people who come to the demo's desk, what is special about them, and how each must end.

use checkin::event::Choice;
use checkin::failure::Failure;
use lab::card::data::CardData;
use lab::card::{CardFault, SyntheticCard};
use lab::issuer::people::{Person, people};
use lab::issuer::{Fault, IssueError, Issuer, Making};

/// One visit to the desk.
pub(crate) struct Visitor {
    /// What the side panel says.
    pub(super) title: String,
    /// What will happen.
    pub(super) hint: String,
    /// The name of the picture.
    pub(super) picture: &'static str,
    /// Who comes.
    pub(super) person: Person,
    /// What the registry does.
    pub(super) registry: RegistryMood,
    /// How the visit must look and end.
    pub(super) expected: Expected,
    /// The command at which the card is lifted once.
    pub(super) lifted_at: Option<u32>,
    data: CardData,
}

/// What the registry does during a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RegistryMood {
    /// It answers.
    Answers,
    /// It takes the call and says nothing.
    Silent,
}

/// How a visit must look and end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Expected {
    /// The screen.
    pub(super) screen: ScreenName,
    /// The reason that is shown first, if any.
    pub(super) reason: Option<Failure>,
    /// What the invigilator presses.
    pub(super) choice: Choice,
}

/// The screens that a visit can lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ScreenName {
    /// Let in.
    Admit,
    /// A person decides.
    Ask,
    /// Stop.
    Stop,
    /// In already.
    AlreadyIn,
    /// Expected elsewhere.
    Elsewhere,
}

impl Visitor {
    /// The card, as it comes to the desk.
    pub(super) fn card(&self) -> SyntheticCard {
        let card = SyntheticCard::new(self.data.clone());
        match self.lifted_at {
            Some(command) => card.with_fault(CardFault::LiftedAt(command)),
            None => card,
        }
    }

    /// The card when it is put back.
    pub(super) fn card_put_back(&self) -> SyntheticCard {
        SyntheticCard::new(self.data.clone())
    }
}

/// People with a good card who are let in, one after the other.
pub(crate) fn good_visitors() -> Result<Vec<Visitor>, IssueError> {
    let (lab, all) = (Issuer::lab()?, people());
    let expected = Expected { screen: ScreenName::Admit, reason: None, choice: Choice::Admit };
    let good = GOOD.into_iter().filter_map(|index| all.get(index).cloned());
    good.map(|person| {
        let data = lab.issue(&person, &Making::default())?;
        let (title, hint, registry) = (person.full_name.clone(), String::new(), RegistryMood::Answers);
        Ok(Visitor { title, hint, picture: "good", person, registry, expected, lifted_at: None, data })
    })
    .collect()
}

/// Whom the list has in this room under the number of the card, and nobody else of that name.
const GOOD: [usize; 5] = [0, 2, 3, 5, 6];

/// Who comes, in order.
pub(super) fn visitors() -> Result<Vec<Visitor>, IssueError> {
    use Choice::{Admit, Directed, NotAdmitted, ReEntry, Refer};
    use ScreenName::{AlreadyIn, Ask, Elsewhere, Stop};
    let (lab, unknown) = (Issuer::lab()?, Issuer::unknown()?);
    let all = people();
    let good = Making::default();
    let mut list = Vec::new();
    let mut add = |index: usize, title: &str, hint: &str, picture, issuer: &Issuer, making: &Making, expected| {
        let person = all.get(index).cloned().ok_or(IssueError::Date)?;
        let data = issuer.issue(&person, making)?;
        let title = format!("{title}: {}", person.full_name);
        let (hint, registry) = (hint.to_owned(), RegistryMood::Answers);
        list.push(Visitor { title, hint, picture, person, registry, expected, lifted_at: None, data });
        Ok::<(), IssueError>(())
    };
    let see = |screen, reason, choice| Expected { screen, reason, choice };
    let admit = see(ScreenName::Admit, None, Admit);
    let ask = |reason| see(Ask, Some(reason), Refer);
    add(0, "Thẻ tốt", "mời vào", "admit", &lab, &good, admit)?;
    add(0, "Đã vào", "vào lại", "already-in", &lab, &good, see(AlreadyIn, None, ReEntry))?;
    add(1, "Nhầm phòng", "chỉ đường", "elsewhere", &lab, &good, see(Elsewhere, Some(Failure::Elsewhere), Directed))?;
    add(9, "Ngoài danh sách", "mời Trưởng Điểm thi", "not-listed", &lab, &good, ask(Failure::NotListed))?;
    add(
        8,
        "Hai dòng cùng tên, số cũ",
        "mời Trưởng Điểm thi",
        "several-rows",
        &lab,
        &good,
        ask(Failure::NeedsDecision),
    )?;
    let tampered = Making::with_fault(Fault::TamperedDg1);
    add(2, "DG1 bị sửa", "dừng lại", "tampered", &lab, &tampered, see(Stop, Some(Failure::DataAltered), Refer))?;
    let cloned = Making { active_authentication: false, ..Making::with_fault(Fault::Clone) };
    add(3, "Chip sao chép", "dừng lại", "cloned", &lab, &cloned, see(Stop, Some(Failure::ChipNotProven), Refer))?;
    add(4, "Cơ quan ký lạ", "cần quyết định", "unknown-signer", &unknown, &good, ask(Failure::SignerUnknown))?;
    add(
        6,
        "Ảnh không giống",
        "không cho vào",
        "portrait-differs",
        &lab,
        &good,
        see(ScreenName::Admit, None, NotAdmitted),
    )?;
    add(7, "Nhấc thẻ sớm", "đặt lại, đọc tiếp", "lifted", &lab, &good, admit)?;
    let silent = see(ScreenName::Admit, Some(Failure::RegistrySlow), Admit);
    add(5, "CSDL im lặng", "mời vào, hỏi lại sau", "registry-silent", &lab, &good, silent)?;
    if let Some(visitor) = list.iter_mut().find(|visitor| visitor.picture == "registry-silent") {
        visitor.registry = RegistryMood::Silent;
    }
    if let Some(visitor) = list.iter_mut().find(|visitor| visitor.picture == "lifted") {
        visitor.lifted_at = Some(8);
    }
    Ok(list)
}
