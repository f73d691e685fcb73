//! The actions an operator can request, independent of the key.

/// Context of the focus. It decides the meaning of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Context {
    /// The guide's lines.
    Checklist,
    /// A text field other than the secret.
    Field,
    /// The secret's field.
    Secret,
    /// The list of checks.
    Checks,
    /// Details of the selected check.
    Detail,
    /// The log.
    Log,
    /// The text that the log is searched for.
    Search,
    /// The help page.
    Help,
    /// A question that wants yes or no.
    Question,
    /// A question about where a secret may go: the answer is selected, no letter accepts.
    AcceptServer,
    /// The choice of a report's format.
    Export,
    /// A report before it is written.
    Preview,
    /// Explanation of a code.
    Explanation,
    /// Plain text to select by hand.
    Plain,
    /// The values for the vendor's form.
    Values,
    /// The choice of a profile.
    Profiles,
    /// The text that profiles are looked for by.
    Find,
    /// The name that the values are saved under.
    Name,
    /// The choice of a place for the secret.
    KeepSecret,
    /// The choice of a guide.
    Guides,
}

impl Context {
    /// Every context.
    pub const ALL: [Context; 20] = [
        Context::Checklist,
        Context::Field,
        Context::Secret,
        Context::Checks,
        Context::Detail,
        Context::Log,
        Context::Search,
        Context::Help,
        Context::Question,
        Context::Export,
        Context::Preview,
        Context::Explanation,
        Context::Plain,
        Context::Values,
        Context::Profiles,
        Context::Find,
        Context::Name,
        Context::KeepSecret,
        Context::AcceptServer,
        Context::Guides,
    ];

    /// True where every printable key is text.
    pub fn is_text(self) -> bool {
        matches!(self, Self::Field | Self::Secret | Self::Search | Self::Find | Self::Name)
    }

    /// True where letters are commands over a list.
    pub fn is_list(self) -> bool {
        matches!(self, Self::Checklist | Self::Checks | Self::Detail | Self::Log)
    }
}

/// A pane that can be gone to by its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pane {
    /// The guide's lines.
    Checklist,
    /// The four fields.
    Credentials,
    /// The list of checks.
    Checks,
    /// The log.
    Log,
}

/// A change of a field's text or of the place in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextEdit {
    /// One character to the left.
    Left,
    /// One character to the right.
    Right,
    /// One word to the left.
    WordLeft,
    /// One word to the right.
    WordRight,
    /// To the start.
    Home,
    /// To the end.
    End,
    /// Deletes the character before.
    Backspace,
    /// Deletes the character after.
    Delete,
    /// Deletes the word before.
    DeleteWord,
    /// Empties the field.
    Clear,
    /// Deletes up to the end.
    DeleteToEnd,
    /// Puts back what was deleted last.
    PutBack,
    /// Takes the last change back.
    Undo,
}

impl TextEdit {
    /// True when it deletes more than one character.
    pub(crate) fn cuts(self) -> bool {
        matches!(self, Self::DeleteWord | Self::Clear | Self::DeleteToEnd)
    }
}

/// A move in a list or a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    /// One up.
    Up,
    /// One down.
    Down,
    /// One page up.
    PageUp,
    /// One page down.
    PageDown,
    /// To the first.
    First,
    /// To the last.
    Last,
}

/// A form that the report can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Markdown.
    Markdown,
    /// `halo-onboard.report.v1`.
    Json,
    /// One self-contained page.
    Html,
    /// Plain text for the administrator of Halo: only the changes to make.
    Admin,
    /// `halo-onboard.recording.v1`: what was exchanged, as shapes.
    Recording,
}

impl Format {
    /// The end of the file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Json | Self::Recording => "json",
            Self::Html => "html",
            Self::Admin => "txt",
        }
    }

    /// Label for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Markdown => "Markdown report",
            Self::Json => "JSON report",
            Self::Html => "HTML page",
            Self::Admin => "text for the Halo admin",
            Self::Recording => "recording of the run",
        }
    }
}

/// Something the operator asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Opens the help page.
    Help,
    /// The next pane or field.
    NextPane,
    /// The pane or field before.
    PreviousPane,
    /// A pane by its key.
    GoTo(Pane),
    /// The next step of the set-up.
    NextStep,
    /// The step before.
    PreviousStep,
    /// A step by its number, from 1.
    Step(u8),
    /// Runs every check.
    RunAll,
    /// Shows the log on the whole screen, and back.
    ZoomLog,
    /// Redraws the whole screen.
    Redraw,
    /// One level back: closes, cancels, leaves. Never quits.
    Back,
    /// Cancels what runs; otherwise, asked twice, quits.
    Interrupt,
    /// Restores the terminal and stops the process until `fg`.
    Suspend,
    /// Quits; asks first when something would be lost.
    Quit,
    /// Changes a field.
    Edit(TextEdit),
    /// Accepts a field and goes to the next.
    NextField,
    /// Shows the secret for ten seconds, or hides it.
    Reveal,
    /// Takes what is suggested beside a field.
    Suggestion,
    /// Moves in a list or a text.
    Move(Motion),
    /// Ticks a guide line, or takes the tick back.
    Tick,
    /// From a check to its guide line, and back.
    Follow,
    /// Runs the selected check again.
    RunSelected,
    /// Shows only what failed, or all.
    OnlyFailures,
    /// Asks again for what is not green until it is.
    Watch,
    /// Repairs the selected failure in the simulated Halo.
    Repair,
    /// Copies the path or the fix to the terminal's clipboard.
    Copy,
    /// Shows the selected item as plain text.
    Plain,
    /// Explains the selected check's code.
    Explain,
    /// Copies the selected check as a curl command.
    Curl,
    /// Opens the choice of report formats.
    Export,
    /// Searches the log.
    Search,
    /// Follows the log's end.
    Tail,
    /// The next level of the log.
    Level,
    /// Shows the values for the vendor's form.
    Values,
    /// Shows the choice of a guide.
    Guides,
    /// Shows the choice of a profile.
    Profiles,
    /// Opens the selected profile.
    Open,
    /// Opens the selected profile and runs its checks.
    OpenAndCheck,
    /// Opens a set-up without a name.
    New,
    /// Opens the simulated Halo.
    Demo,
    /// Removes the selected profile.
    Remove,
    /// Looks for a profile.
    Find,
    /// Saves the values as a profile; asks for its name.
    SaveProfile,
    /// Saves the values under the name that was entered.
    SaveAs,
    /// Keeps the secret, or forgets it; asks where.
    KeepSecret,
    /// Asks whether another host may be the authorisation server, or whether to withdraw that.
    SignInHost,
    /// Takes the selected answer.
    Choose,
    /// Yes.
    Yes,
    /// No.
    No,
    /// Shows the report in this format before it is written.
    ExportAs(Format),
    /// Writes the previewed report.
    Write,
    /// Copies a value of the vendor's form by its number, from 1.
    CopyValue(u8),
}
