//! A hand on the keyboard and an eye on the window, for the scripted demo: it types, presses keys and takes
//! pictures of the real window. It knows nothing of the desk.

use egui::{Context, Event, Key, Modifiers, RawInput, ScreenshotCallback, ViewportCommand};
use std::sync::mpsc::{Receiver, SyncSender};
use ui::app::Pilot;

/// One thing to do in the window. Each answers on its own channel when it is done.
#[derive(Debug)]
pub(crate) enum Hand {
    /// Types a text.
    Type(String, SyncSender<()>),
    /// Presses a key, by its name in egui (`Enter`, `Escape`, `F6`).
    Press(&'static str, SyncSender<()>),
    /// Presses a key and keeps it down.
    Down(&'static str, SyncSender<()>),
    /// Lets a key go.
    Up(&'static str, SyncSender<()>),
    /// Takes a picture: width, height, and rows of red, green, blue, opacity.
    Picture(SyncSender<Picture>),
    /// Closes the window.
    Close,
}

/// A picture of the window.
#[derive(Debug)]
pub(crate) struct Picture {
    /// Width in pixels.
    pub(crate) width: usize,
    /// Height in pixels.
    pub(crate) height: usize,
    /// Rows from the top, four bytes a pixel.
    pub(crate) rgba: Vec<u8>,
}

/// Takes the orders of the script, one a frame.
pub(crate) struct Autopilot {
    orders: Receiver<Hand>,
    typed: Option<SyncSender<()>>,
    release: Option<Key>,
    wanted: Option<SyncSender<Picture>>,
    closing: bool,
}

impl Autopilot {
    /// An autopilot that takes its orders from `orders`. Whoever gives one must wake the window.
    pub(crate) fn new(orders: Receiver<Hand>) -> Self {
        Self { orders, typed: None, release: None, wanted: None, closing: false }
    }
}

impl Pilot for Autopilot {
    /// Puts the next order into the frame's input.
    fn before_frame(&mut self, input: &mut RawInput) {
        // A window under a bare X server has no window manager to focus it; the script sits in front of it all the same.
        input.focused = true;
        if let Some(key) = self.release.take() {
            input.events.push(key_event(key, false));
        }
        match self.orders.try_recv() {
            Ok(Hand::Type(text, done)) => {
                input.events.push(Event::Text(text));
                self.typed = Some(done);
            }
            Ok(Hand::Press(name, done)) => {
                if let Some(key) = Key::from_name(name) {
                    input.events.push(key_event(key, true));
                    self.release = Some(key);
                }
                self.typed = Some(done);
            }
            Ok(Hand::Down(name, done)) => {
                input.events.extend(Key::from_name(name).map(|key| key_event(key, true)));
                self.typed = Some(done);
            }
            Ok(Hand::Up(name, done)) => {
                input.events.extend(Key::from_name(name).map(|key| key_event(key, false)));
                self.typed = Some(done);
            }
            Ok(Hand::Picture(done)) => self.wanted = Some(done),
            Ok(Hand::Close) => self.closing = true,
            Err(_) => {}
        }
    }

    /// Answers, asks for pictures, closes.
    fn after_frame(&mut self, context: &Context) {
        if let Some(done) = self.typed.take() {
            // Nobody may be waiting any more; that is not the window's affair.
            let _ = done.send(());
            context.request_repaint();
        }
        if let Some(done) = self.wanted.take() {
            let callback = ScreenshotCallback::new(move |image| {
                let rgba = image.pixels.iter().flat_map(|pixel| pixel.to_array()).collect();
                let _ = done.send(Picture { width: image.size[0], height: image.size[1], rgba });
            });
            context.send_viewport_cmd(ViewportCommand::Screenshot(callback));
            context.request_repaint();
        }
        if self.closing {
            context.send_viewport_cmd(ViewportCommand::Close);
        }
    }
}

fn key_event(key: Key, pressed: bool) -> Event {
    Event::Key { key, physical_key: None, pressed, repeat: false, modifiers: Modifiers::NONE }
}
