//! Editor: the line that people type, with colours, history and Tab.
//!
//! In:    what is known, whether the screen has colours, where history is kept.
//! Out:   a line editor of reedline.
//! Never: fails for want of a history.

use std::borrow::Cow;
use std::fs::{File, Permissions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use reedline::{
    Color, ColumnarMenu, Emacs, FileBackedHistory, Highlighter, KeyCode, KeyModifiers, MenuBuilder,
    Prompt, PromptEditMode, PromptHistorySearch, Reedline, ReedlineEvent, ReedlineMenu, StyledText,
    ValidationResult, Validator, default_emacs_keybindings,
};

use super::completer::Offers;
use super::feed::is_whole;
use super::known::Known;
use crate::query::{Lexis, WordKind};

/// Entries of the history.
const REMEMBERED: usize = 1000;
/// The name of the menu that Tab opens.
const MENU: &str = "offers";

/// A line editor.
pub(super) fn editor(known: &Arc<Mutex<Known>>, colour: bool) -> Reedline {
    let mut keys = default_emacs_keybindings();
    keys.add_binding(
        KeyModifiers::NONE,
        KeyCode::Tab,
        ReedlineEvent::UntilFound(vec![
            ReedlineEvent::Menu(MENU.to_owned()),
            ReedlineEvent::MenuNext,
        ]),
    );
    keys.add_binding(KeyModifiers::SHIFT, KeyCode::BackTab, ReedlineEvent::MenuPrevious);
    let menu = ColumnarMenu::default().with_name(MENU).with_marker("> ");
    let editor = Reedline::create()
        .with_ansi_colors(colour)
        .with_edit_mode(Box::new(Emacs::new(keys)))
        .with_completer(Box::new(Offers(Arc::clone(known))))
        .with_menu(ReedlineMenu::EngineCompleter(Box::new(menu)))
        .with_quick_completions(true)
        .with_partial_completions(true)
        .with_validator(Box::new(Whole(Arc::clone(known))));
    if colour {
        editor.with_highlighter(Box::new(Colours))
    } else {
        editor.with_highlighter(Box::new(Plain))
    }
}

/// The history of a file that only its owner may read.
pub(super) fn history(file: &Path) -> Result<FileBackedHistory, reedline::ReedlineError> {
    private(file)?;
    FileBackedHistory::with_file(REMEMBERED, file.to_owned())
}

fn private(file: &Path) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let file = File::options().append(true).create(true).mode(0o600).open(file)?;
    file.set_permissions(Permissions::from_mode(0o600))
}

/// Whether Enter runs what is typed.
struct Whole(Arc<Mutex<Known>>);

impl Validator for Whole {
    fn validate(&self, text: &str) -> ValidationResult {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_query = |name: &str| {
            let name = name.replace('-', "_");
            known.queries.iter().any(|(query, _)| *query == name)
        };
        if is_whole(text, is_query) {
            ValidationResult::Complete
        } else {
            ValidationResult::Incomplete
        }
    }
}

/// Words of SQL, texts, numbers and comments in their colours.
struct Colours;

impl Highlighter for Colours {
    fn highlight(&self, line: &str, _: usize) -> StyledText {
        let mut text = StyledText::new();
        for word in Lexis::read(line).words {
            let colour = match word.kind {
                WordKind::Keyword => Color::Cyan,
                WordKind::Text => Color::Green,
                WordKind::Number => Color::Magenta,
                WordKind::Comment => Color::DarkGray,
                _ => Color::Default,
            };
            text.push((colour.normal(), line[word.at].to_owned()));
        }
        text
    }
}

/// No colours at all.
struct Plain;

impl Highlighter for Plain {
    fn highlight(&self, line: &str, _: usize) -> StyledText {
        let mut text = StyledText::new();
        text.push((Color::Default.normal(), line.to_owned()));
        text
    }
}

/// What stands before a line.
pub(super) struct Mark;

impl Prompt for Mark {
    fn render_prompt_left(&self) -> Cow<'_, str> {
        "curtail".into()
    }

    fn render_prompt_right(&self) -> Cow<'_, str> {
        "".into()
    }

    fn render_prompt_indicator(&self, _: PromptEditMode) -> Cow<'_, str> {
        "> ".into()
    }

    fn render_prompt_multiline_indicator(&self) -> Cow<'_, str> {
        "    ...> ".into()
    }

    fn render_prompt_history_search_indicator(&self, of: PromptHistorySearch) -> Cow<'_, str> {
        format!(" (search `{}`) ", of.term).into()
    }
}
