//! Progress, shown where somebody looks and nowhere else.

use indicatif::{ProgressBar, ProgressStyle};
use std::time::Duration;

/// A line that says what is going on; it is gone when the value is dropped.
#[derive(Debug)]
pub(crate) struct Progress(Option<ProgressBar>);

impl Progress {
    pub(super) fn start(shown: bool, what: &str) -> Self {
        let bar = shown.then(|| {
            let bar = ProgressBar::new_spinner().with_message(what.to_owned());
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Self(bar)
    }

    /// Says something else from now on.
    pub(crate) fn say(&self, what: &str) {
        if let Some(bar) = &self.0 {
            bar.set_message(what.to_owned());
        }
    }

    /// From now on `done` of `all` steps are shown.
    pub(crate) fn steps(&self, done: usize, all: usize) {
        let Some(bar) = &self.0 else { return };
        if bar.length() != u64::try_from(all).ok() {
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {bar:30} {pos}/{len}") {
                bar.set_style(style);
            }
            bar.set_length(u64::try_from(all).unwrap_or(u64::MAX));
        }
        bar.set_position(u64::try_from(done).unwrap_or(u64::MAX));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
