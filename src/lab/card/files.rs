//! Selecting and reading files.

use super::{CardFault, SyntheticCard, data, object, status};
use bits::tlv;
use iso7816::{CommandApdu, ResponseApdu, StatusWord};

/// The travel document application.
const APPLICATION: [u8; 7] = [0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01];
/// The master file.
const MASTER_FILE: u16 = 0x3F00;
/// EF.CardAccess.
const CARD_ACCESS: u16 = 0x011C;
/// Largest data of one answer without extended length.
const SHORT_BLOCK: u32 = 256;
/// Largest data of one answer with extended length: a frame of 65,535 bytes less the protection.
const EXTENDED_BLOCK: u32 = 65_450;

/// What is selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Selection {
    /// The application, else the master file.
    application: bool,
    file: Option<u16>,
}

impl SyntheticCard {
    pub(super) fn select(&mut self, command: &CommandApdu) -> ResponseApdu {
        match (command.p1, command.data.as_slice()) {
            (0x04, aid) if aid == APPLICATION && !self.data.files.is_empty() => {
                self.state.selection = Selection { application: true, file: None };
                status(StatusWord::OK)
            }
            (0x04, _) => status(StatusWord::NOT_FOUND),
            (0x00 | 0x02, [high, low]) => self.select_file(u16::from_be_bytes([*high, *low])),
            _ => status(StatusWord::WRONG_PARAMETERS),
        }
    }

    fn select_file(&mut self, fid: u16) -> ResponseApdu {
        if fid == MASTER_FILE {
            if self.faults.contains(&CardFault::NoMasterFile) {
                return status(StatusWord::INSTRUCTION_UNKNOWN);
            }
            self.state.selection = Selection::default();
            return status(StatusWord::OK);
        }
        match self.admit(fid) {
            Ok(()) => {
                self.state.selection.file = Some(fid);
                status(StatusWord::OK)
            }
            Err(word) => status(word),
        }
    }

    /// READ BINARY. `protection`: the session is protected, and answers are cut to this length.
    pub(super) fn read_binary(&mut self, command: &CommandApdu, protection: Option<Option<u32>>) -> ResponseApdu {
        let (fid, offset) = match self.addressed(command) {
            Ok(address) => address,
            Err(word) => return status(word),
        };
        if let Err(word) = self.admit(fid).and_then(|()| self.readable(fid, protection.is_some())) {
            return status(word);
        }
        self.state.selection.file = Some(fid);
        let longest = match protection {
            Some(longest) => longest.unwrap_or(EXTENDED_BLOCK),
            None if command.is_extended() => EXTENDED_BLOCK,
            None => SHORT_BLOCK,
        };
        if let Some(word) = self.block_refusal(fid, offset, command.expected.unwrap_or(0)) {
            return status(word);
        }
        let expected = command.expected.unwrap_or(0).min(longest).min(self.max_block());
        let answer = self.block(fid, offset, usize::try_from(expected).unwrap_or(0), command.ins == 0xB1);
        match self.read_status(fid) {
            Some(word) if answer.status.brings_data() => ResponseApdu { status: word, ..answer },
            _ => answer,
        }
    }

    fn block_refusal(&self, fid: u16, offset: usize, expected: u32) -> Option<StatusWord> {
        self.faults.iter().find_map(|fault| match fault {
            CardFault::RefusesBlocksOver(limit, word) if expected > *limit => Some(StatusWord(*word)),
            CardFault::EmptyReads(at, from)
                if *at == fid && u32::try_from(offset).is_ok_and(|offset| offset >= *from) =>
            {
                Some(StatusWord::OK)
            }
            _ => None,
        })
    }

    fn read_status(&self, fid: u16) -> Option<StatusWord> {
        self.faults.iter().find_map(|fault| match fault {
            CardFault::ReadStatus(at, word) if *at == fid => Some(StatusWord(*word)),
            _ => None,
        })
    }

    fn block(&self, fid: u16, offset: usize, expected: usize, odd: bool) -> ResponseApdu {
        let files = if self.state.selection.application { &self.data.files } else { &self.data.master_files };
        let Some(rest) = files.get(&fid).and_then(|file| file.get(offset..)).filter(|rest| !rest.is_empty()) else {
            return status(StatusWord::WRONG_OFFSET);
        };
        // The DO53 around the data takes its part of the expected length.
        let room = if odd { expected.saturating_sub(4) } else { expected };
        let block = rest.get(..room.min(rest.len())).unwrap_or_default();
        let content = if odd { tlv::encode(0x53, block) } else { block.to_vec() };
        let ended = room > rest.len();
        ResponseApdu { status: if ended { StatusWord::END_OF_FILE } else { StatusWord::OK }, ..data(content) }
    }

    fn addressed(&self, command: &CommandApdu) -> Result<(u16, usize), StatusWord> {
        let current = self.state.selection.file.ok_or(StatusWord::NO_CURRENT_FILE);
        if command.ins == 0xB1 {
            let offset = object(&command.data, 0x54).ok_or(StatusWord::WRONG_DATA)?;
            return Ok((current?, offset.iter().fold(0, |offset, byte| offset << 8 | usize::from(*byte))));
        }
        if command.p1 & 0x80 == 0 {
            return Ok((current?, usize::from(u16::from_be_bytes([command.p1, command.p2]))));
        }
        if self.faults.contains(&CardFault::NoShortIdentifiers) {
            return Err(StatusWord::WRONG_PARAMETERS);
        }
        Ok((0x0100 | u16::from(command.p1 & 0x1F), usize::from(command.p2)))
    }

    /// The file exists where it is looked for, and may at least be selected.
    fn admit(&self, fid: u16) -> Result<(), StatusWord> {
        if !self.state.selection.application {
            if fid == CARD_ACCESS && self.faults.contains(&CardFault::CardAccessLocked) {
                return Err(StatusWord::SECURITY_STATUS);
            }
            return if self.data.master_files.contains_key(&fid) { Ok(()) } else { Err(StatusWord::NOT_FOUND) };
        }
        if self.data.locked_files.contains(&fid) {
            return Err(StatusWord::SECURITY_STATUS);
        }
        if self.data.files.contains_key(&fid) { Ok(()) } else { Err(StatusWord::NOT_FOUND) }
    }

    /// Everything but EF.CardAccess needs protection.
    fn readable(&self, fid: u16, protected: bool) -> Result<(), StatusWord> {
        let open = !self.state.selection.application && fid == CARD_ACCESS;
        if protected || open { Ok(()) } else { Err(StatusWord::SECURITY_STATUS) }
    }

    fn max_block(&self) -> u32 {
        let limits = self.faults.iter().filter_map(|fault| match fault {
            CardFault::MaxBlock(limit) => Some(*limit),
            _ => None,
        });
        limits.min().unwrap_or(u32::MAX)
    }
}
