//! A card behind a real PC/SC daemon: the client of the virtual reader `vpcd` (vsmartcard).
//!
//! The card connects to the reader over TCP. Frames are a big-endian 16-bit length and a payload, both ways. A
//! payload of one byte is control: 00 power off, 01 power on, 02 reset (no answer), 04 ATR (answered). Anything else
//! is a command. Closing the connection takes the card out of the field.
//!
//! Invariants: never an empty answer frame, which would hang the reader.

use crate::card::SyntheticCard;
use iso7816::transport::{CardTransport as _, TransportError};
use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::os::linux::net::TcpStreamExt as _;
use std::time::Duration;

/// Where the first virtual reader listens.
pub const DEFAULT_PORT: u16 = 35_963;
/// Longest payload of a frame.
const MAX_PAYLOAD_LEN: usize = 65_535;

/// Serves `card` on `stream` until the reader closes it or the card is lifted. Returns the number of commands.
///
/// # Errors
/// [`io::Error`] of the connection; its orderly end is no error.
pub fn serve(card: &mut SyntheticCard, mut stream: TcpStream) -> io::Result<u32> {
    let before = card.apdu_count();
    while let Some(payload) = receive(&mut stream)? {
        let answer = match payload.as_slice() {
            [] => continue,
            [0x04] => card.atr_bytes().to_vec(),
            [_] => {
                card.reset();
                continue;
            }
            command => match answer(card, command) {
                Ok(answer) => answer,
                // A mute card stays in the field and lets the reader wait.
                Err(TransportError::TimedOut { .. }) => continue,
                Err(_) => break,
            },
        };
        send(&mut stream, &answer)?;
    }
    card.reset();
    // Another handle to the socket may live on; the card leaves the field all the same.
    match stream.shutdown(Shutdown::Both) {
        Err(error) if error.kind() != io::ErrorKind::NotConnected => Err(error),
        _ => Ok(card.apdu_count() - before),
    }
}

/// Plays a command, slowly where the card is slow.
fn answer(card: &mut SyntheticCard, command: &[u8]) -> Result<Vec<u8>, TransportError> {
    let delay_ms = card.delay_ms();
    if delay_ms > 0 {
        std::thread::sleep(Duration::from_millis(u64::from(delay_ms)));
    }
    card.transmit(command)
}

/// Reads one frame. `None` at the end of the connection.
fn receive(stream: &mut TcpStream) -> io::Result<Option<Vec<u8>>> {
    // The reader sends length and payload in two segments and waits for the first to be acknowledged: without this
    // every command takes 44 ms.
    stream.set_quickack(true)?;
    let mut header = [0; 2];
    match stream.read_exact(&mut header) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        result => result?,
    }
    stream.set_quickack(true)?;
    let mut payload = vec![0; usize::from(u16::from_be_bytes(header))];
    stream.read_exact(&mut payload)?;
    Ok(Some(payload))
}

fn send(stream: &mut TcpStream, payload: &[u8]) -> io::Result<()> {
    let payload = payload.get(..payload.len().min(MAX_PAYLOAD_LEN)).unwrap_or(payload);
    let length = u16::try_from(payload.len()).unwrap_or(u16::MAX);
    stream.write_all(&[&length.to_be_bytes(), payload].concat())
}
