//! Progress: bars for people who wait.
//!
//! In:    how many rows and bytes there are, how many are done.
//! Out:   a bar on stderr when that is a terminal, else nothing.
//! Never: delays the work, or writes to stdout.

use std::fmt::Write;
use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::render::number;

/// Rows, bytes and time that is left; `prefix` says what is read.
const ROWS: &str = "{prefix}  {bar:24} {human_pos} of {human_len} rows  {msg}  {left}";
/// The same where only bytes are known.
const BYTES: &str = "{prefix}  {bar:24} {decimal_bytes} of {decimal_total_bytes}  {left}";
/// What is said where the rows are done and something else takes time.
const SPINNER: &str = "{prefix}  {msg} {spinner}";
/// How often what moves is drawn.
pub(super) const BETWEEN_TICKS: Duration = Duration::from_millis(100);

/// At most one bar at a time.
pub(super) struct Bars {
    current: Mutex<Option<Bar>>,
}

struct Bar {
    bar: ProgressBar,
    /// The bytes of its rows.
    bytes: Option<u64>,
}

impl Bars {
    pub(super) fn new() -> Self {
        Self { current: Mutex::new(None) }
    }

    /// A bar of so many rows, which are so many bytes.
    pub(super) fn begin(&self, what: &str, rows: u64, bytes: u64) {
        self.show(what, ROWS, rows, Some(bytes));
        self.advance(0);
    }

    /// A bar of so many bytes.
    pub(super) fn begin_bytes(&self, what: &str, bytes: u64) {
        self.show(what, BYTES, bytes, None);
    }

    fn show(&self, what: &str, template: &str, length: u64, bytes: Option<u64>) {
        let bar = ProgressBar::with_draw_target(Some(length), target())
            .with_style(style(template))
            .with_prefix(what.to_owned());
        self.with(|current| *current = Some(Bar { bar, bytes }));
    }

    /// So many steps more.
    pub(super) fn advance(&self, steps: u64) {
        self.with(|current| {
            let Some(Bar { bar, bytes }) = current else { return };
            bar.inc(steps);
            let Some(bytes) = bytes else { return };
            let (done, all) = (u128::from(bar.position()), bar.length().unwrap_or_default());
            // Files tell rows, not bytes, as they are read; they are spread evenly enough.
            let part = (u128::from(*bytes) * done).checked_div(u128::from(all)).unwrap_or_default();
            let part = u64::try_from(part).unwrap_or(*bytes).min(*bytes);
            bar.set_message(format!("{} of {}", number::bytes(part), number::bytes(*bytes)));
        });
    }

    /// The rows are done; something else is being done now.
    pub(super) fn say(&self, what: &'static str) {
        self.with(|current| {
            let Some(Bar { bar, .. }) = current else { return };
            bar.set_style(style(SPINNER));
            bar.set_message(what);
            bar.enable_steady_tick(BETWEEN_TICKS);
        });
    }

    /// The bar goes away.
    pub(super) fn end(&self) {
        self.with(|current| {
            if let Some(Bar { bar, .. }) = current.take() {
                bar.finish_and_clear();
            }
        });
    }

    fn with(&self, change: impl FnOnce(&mut Option<Bar>)) {
        // A bar is worth no panic: after one elsewhere it is drawn on.
        let mut current = self.current.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        change(&mut current);
    }
}

/// What is counted, told again and again while it grows; on a terminal only.
pub(super) fn counter(told: impl Fn() -> String + Send + Sync + Clone + 'static) -> ProgressBar {
    let counter = ProgressBar::with_draw_target(None, target());
    let template = ProgressStyle::with_template("{counted} {spinner}");
    let style = template.unwrap_or(ProgressStyle::default_spinner());
    counter.set_style(style.with_key("counted", move |_: &ProgressState, line: &mut dyn Write| {
        // What is drawn on a bar cannot fail in a way that matters.
        let _ = write!(line, "{}", told());
    }));
    counter.enable_steady_tick(BETWEEN_TICKS);
    counter
}

fn target() -> ProgressDrawTarget {
    if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    }
}

fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template).unwrap_or(ProgressStyle::default_bar());
    style.with_key("left", |state: &ProgressState, told: &mut dyn Write| {
        // Nobody knows before the first step.
        if state.pos() > 0 {
            // What is drawn on a bar cannot fail in a way that matters.
            let _ = write!(told, "{:#} left", HumanDuration(state.eta()));
        }
    })
}
