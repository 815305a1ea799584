//! `desks/<id>.toml`: one desk.

use super::{DESKS_FOLDER, ExamError, FormFault, from_toml};
use serde::Deserialize;

/// One desk.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Desk {
    /// A part of its logs' names. ASCII, no space, no slash, no plus sign.
    pub id: String,
    /// Its name on the screen.
    pub title: String,
    /// The site it stands at.
    pub site: String,
    /// The room, for a desk at a room's door; empty at the gate.
    #[serde(default)]
    pub room: String,
}

impl Desk {
    /// Reads one file.
    ///
    /// # Errors
    /// [`ExamError::Form`], with the line; a file whose name is not the desk's id.
    pub fn read(file: &str, bytes: &[u8]) -> Result<Self, ExamError> {
        let desk: Self = from_toml(file, bytes)?;
        if desk.path() == file {
            return Ok(desk);
        }
        let what = FormFault::DeskId(desk.id);
        Err(ExamError::Form { file: file.to_owned(), line: 1, what })
    }

    /// The path of its file.
    pub fn path(&self) -> String {
        format!("{DESKS_FOLDER}{}.toml", self.id)
    }

    /// Its file.
    pub fn write(&self) -> String {
        let text = |value: &str| toml::Value::from(value).to_string();
        let (id, title, site, room) = (text(&self.id), text(&self.title), text(&self.site), text(&self.room));
        format!("id = {id}\ntitle = {title}\nsite = {site}\nroom = {room}\n")
    }
}
