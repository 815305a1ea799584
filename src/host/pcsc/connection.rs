//! One connection to one card: a thread that transmits, and a watchdog over it.

use super::translate;
use iso7816::transport::{CardTransport, TransportError};
use pcsc::{Card, Disposition};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

/// The longest answer: 65,536 bytes of data and two status bytes.
const RECEIVE_BUFFER_LEN: usize = 65_538;
/// A command above this length has the extended form (ISO/IEC 7816-4 §5.1: 4 + 1 + 255 + 1).
const SHORT_COMMAND_LIMIT: usize = 261;

/// How long a dropped connection waits for its disconnect.
const DISCONNECT_WAIT_MS: u64 = 1_000;

type Answer = Result<Vec<u8>, TransportError>;

/// A card held exclusively. Dropping it disconnects and resets the card.
pub(super) struct Connection {
    commands: Option<SyncSender<Vec<u8>>>,
    answers: Receiver<Answer>,
    atr: Vec<u8>,
    timeout_ms: u32,
    lost: Option<TransportError>,
}

impl Connection {
    /// Hands `card` to a thread of its own.
    pub(super) fn start(card: Card, atr: Vec<u8>, timeout_ms: u32) -> Result<Self, TransportError> {
        let (commands, command_queue) = sync_channel::<Vec<u8>>(1);
        let (answer_queue, answers) = sync_channel::<Answer>(1);
        std::thread::Builder::new()
            .name("card-io".to_owned())
            .spawn(move || serve(card, &command_queue, &answer_queue))
            .map_err(|_| TransportError::ReaderFailed { code: 0 })?;
        Ok(Self { commands: Some(commands), answers, atr, timeout_ms, lost: None })
    }

    fn exchange(&self, command: &[u8]) -> Answer {
        let commands = self.commands.as_ref().ok_or(TransportError::CardLost)?;
        commands.send(command.to_vec()).map_err(|_| TransportError::CardLost)?;
        match self.answers.recv_timeout(Duration::from_millis(u64::from(self.timeout_ms))) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout) => Err(TransportError::TimedOut { timeout_ms: self.timeout_ms }),
            Err(RecvTimeoutError::Disconnected) => Err(TransportError::CardLost),
        }
    }
}

impl CardTransport for Connection {
    fn transmit(&mut self, command: &[u8]) -> Answer {
        if let Some(error) = self.lost {
            return Err(error);
        }
        let answer = self.exchange(command);
        self.lost = answer.as_ref().err().copied().filter(|error| *error != TransportError::ExtendedLengthRefused);
        answer
    }

    fn atr(&self) -> &[u8] {
        &self.atr
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        drop(self.commands.take());
        if !matches!(self.lost, Some(TransportError::TimedOut { .. })) {
            // The thread drops its end after it has disconnected: the next connection finds the card free.
            let _ = self.answers.recv_timeout(Duration::from_millis(DISCONNECT_WAIT_MS));
        }
    }
}

fn serve(card: Card, commands: &Receiver<Vec<u8>>, answers: &SyncSender<Answer>) {
    let mut buffer = vec![0; RECEIVE_BUFFER_LEN];
    while let Ok(command) = commands.recv() {
        if answers.send(transmit(&card, &command, &mut buffer)).is_err() {
            break;
        }
    }
    // A reset forgets the session keys in the card; whether it succeeds no longer matters to us.
    let _ = card.disconnect(Disposition::ResetCard);
}

fn transmit(card: &Card, command: &[u8], buffer: &mut [u8]) -> Answer {
    match card.transmit(command, buffer) {
        // pcsc-lite reports a card pulled in mid-exchange as success with no bytes.
        Ok(answer) if answer.len() < 2 => Err(TransportError::CardLost),
        Ok(answer) => Ok(answer.to_vec()),
        Err(error) => Err(match translate(error) {
            TransportError::ExtendedLengthRefused if command.len() <= SHORT_COMMAND_LIMIT => {
                TransportError::ReaderFailed { code: error as u32 }
            }
            fact => fact,
        }),
    }
}
