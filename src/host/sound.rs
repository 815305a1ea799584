//! The sounds of the four signals, through ALSA's `aplay`.
//!
//! A desk without a player or a loudspeaker is silent; colour, icon and word say the same.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// One of the four sounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sound {
    /// Two rising notes.
    Ok,
    /// One short note.
    Working,
    /// The same note twice.
    Attention,
    /// Two falling, longer notes.
    Stop,
}

/// Plays sounds on a thread of its own. Never waits: while one is playing, others are dropped.
#[derive(Clone)]
pub struct Player {
    wanted: SyncSender<Sound>,
}

impl Player {
    /// A player; silent where the system has no thread for it.
    pub fn new() -> Self {
        let (wanted, queue) = sync_channel(1);
        if let Err(error) = super::threads::spawn("sound", move || play(&queue)) {
            tracing::warn!(%error, "no thread for sounds");
        }
        Self { wanted }
    }

    /// Plays `sound` unless another one is waiting.
    pub fn play(&self, sound: Sound) {
        let _ = self.wanted.try_send(sound);
    }
}

impl Default for Player {
    fn default() -> Self {
        Self::new()
    }
}

fn play(queue: &Receiver<Sound>) {
    while let Ok(sound) = queue.recv() {
        if let Err(error) = one(bytes(sound)) {
            tracing::info!(%error, "signals have no sound: aplay cannot be started");
            return;
        }
    }
}

fn one(wave: &[u8]) -> std::io::Result<()> {
    let mut player = Command::new("aplay");
    player.args(["-q", "-t", "wav", "-"]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = player.spawn()?;
    if let Some(mut input) = child.stdin.take() {
        // A player without a loudspeaker closes its end; the signal is on the screen all the same.
        let _ = input.write_all(wave);
    }
    child.wait().map(drop)
}

fn bytes(sound: Sound) -> &'static [u8] {
    match sound {
        Sound::Ok => include_bytes!("../../assets/sounds/ok.wav"),
        Sound::Working => include_bytes!("../../assets/sounds/working.wav"),
        Sound::Attention => include_bytes!("../../assets/sounds/attention.wav"),
        Sound::Stop => include_bytes!("../../assets/sounds/stop.wav"),
    }
}
