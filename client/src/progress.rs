//! How far long pieces of work have come: a few lines on the terminal, drawn late and taken away before anything else is written.

use std::time::{Duration, Instant};

use crate::proto::Progress;

/// What is over by then was never worth a line.
const FIRST_AFTER: Duration = Duration::from_millis(500);

/// Between two drawings.
const PAUSE: Duration = Duration::from_millis(80);

/// Lines at once; the other pieces wait.
const MOST_LINES: usize = 10;

/// Cells of a bar.
const BAR: usize = 24;

/// The pieces that are under way, and what is on the screen.
#[derive(Debug)]
pub struct Bars {
    pieces: Vec<Progress>,
    columns: usize,
    next: Instant,
    drawn: usize,
    is_changed: bool,
}

impl Bars {
    /// Nothing yet. `columns` is the width of the terminal, 0 where nothing is to be drawn.
    pub fn new(columns: usize, now: Instant) -> Self {
        Self { pieces: Vec::new(), columns, next: now + FIRST_AFTER, drawn: 0, is_changed: false }
    }

    /// Takes the terminal's new width.
    pub fn resize(&mut self, columns: usize) {
        self.columns = columns;
    }

    /// Takes news of a piece.
    pub fn update(&mut self, news: Progress) {
        let place = self.pieces.iter().position(|piece| piece.key == news.key);
        match place {
            Some(place) if news.is_finished => drop(self.pieces.remove(place)),
            Some(place) => self.pieces[place] = news,
            None if news.is_finished => return,
            None => self.pieces.push(news),
        }
        self.is_changed = true;
    }

    /// When to draw again, if there is anything new to see.
    pub fn due(&self) -> Option<Instant> {
        (self.columns > 0 && self.is_changed && (self.drawn > 0 || !self.pieces.is_empty())).then_some(self.next)
    }

    /// What to write now to show how far things are.
    pub fn draw(&mut self, now: Instant) -> String {
        let mut text = self.clear();
        self.is_changed = false;
        self.next = now + PAUSE;
        for piece in self.pieces.iter().take(MOST_LINES) {
            text.push_str(&line(piece, self.columns.saturating_sub(1)));
            text.push('\n');
            self.drawn += 1;
        }
        text
    }

    /// What to write to take the lines away.
    pub fn clear(&mut self) -> String {
        if self.drawn == 0 {
            return String::new();
        }
        let text = format!("\x1b[{}A\r\x1b[J", self.drawn);
        self.drawn = 0;
        self.is_changed = true;
        text
    }
}

fn line(piece: &Progress, columns: usize) -> String {
    let text = match (piece.total, &piece.unit[..]) {
        (0, "bytes") if piece.done > 0 => format!("{} {}", piece.label, size(piece.done)),
        (0, _) if piece.done > 0 => format!("{} {}", piece.label, piece.done),
        (0, _) => piece.label.clone(),
        (total, unit) => {
            let filled = (u128::from(piece.done.min(total)) * BAR as u128 / u128::from(total)) as usize;
            let bar = format!("{}{}", "━".repeat(filled), " ".repeat(BAR - filled));
            let amount = |count| if unit == "bytes" { size(count) } else { count.to_string() };
            format!("{:<20} {bar} {}/{}", piece.label, amount(piece.done), amount(total))
        }
    };
    text.chars().filter(|character| !character.is_control()).take(columns).collect()
}

/// Bytes as people read them, with one decimal, without ever being a float.
fn size(bytes: u64) -> String {
    let (unit, name) = match bytes {
        0..0x400 => return format!("{bytes} B"),
        0x400..0x10_0000 => (0x400, "KiB"),
        0x10_0000..0x4000_0000 => (0x10_0000, "MiB"),
        _ => (0x4000_0000_u64, "GiB"),
    };
    format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(key: &str, done: u64, total: u64) -> Progress {
        Progress {
            key: key.to_owned(),
            label: key.to_owned(),
            done,
            total,
            unit: "bytes".to_owned(),
            is_finished: false,
        }
    }

    #[test]
    fn nothing_is_due_without_a_terminal_or_without_news() {
        let now = Instant::now();
        let mut bars = Bars::new(0, now);
        bars.update(piece("numpy", 1, 2));
        assert_eq!(bars.due(), None);
        bars.resize(80);
        assert_eq!(bars.due(), Some(now + FIRST_AFTER));
        bars.draw(now);
        assert_eq!(bars.due(), None);
    }

    #[test]
    fn what_was_drawn_is_taken_away() {
        let now = Instant::now();
        let mut bars = Bars::new(80, now);
        bars.update(piece("numpy", 512, 2048));
        bars.update(piece("scipy", 0, 0));
        let text = bars.draw(now);
        assert!(text.starts_with("numpy                ━━━━━━ "), "{text}");
        assert!(text.contains("512 B/2.0 KiB\nscipy\n"), "{text}");
        assert_eq!(bars.clear(), "\x1b[2A\r\x1b[J");
        assert_eq!(bars.clear(), "");
    }

    #[test]
    fn a_finished_piece_goes_and_a_line_never_wraps() {
        let now = Instant::now();
        let mut bars = Bars::new(10, now);
        bars.update(piece("a-very-long-name", 1, 2));
        assert_eq!(bars.draw(now), "a-very-lo\n");
        bars.update(Progress { is_finished: true, ..piece("a-very-long-name", 2, 2) });
        assert!(bars.due().is_some());
        assert_eq!(bars.draw(now), "\x1b[1A\r\x1b[J");
    }
}
