//! Which sound a signal has.

use checkin::failure::Signal;
use host::sound::{Player, Sound};

/// Makes the sound of each signal it is given.
pub fn speaker() -> Box<dyn FnMut(Signal) + Send> {
    let player = Player::new();
    Box::new(move |signal| {
        player.play(match signal {
            Signal::Ok => Sound::Ok,
            Signal::Working => Sound::Working,
            Signal::Attention => Sound::Attention,
            Signal::Stop => Sound::Stop,
        });
    })
}
