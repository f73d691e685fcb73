//! Saving a set-up as a profile, and keeping its secret: only when asked, only where it was tried, and whatever fails,
//! the secret that works stays in memory.

use super::{dialogs, runs};
use crate::app::action::Motion;
use crate::app::dialog::Dialog;
use crate::app::effect::Effect;
use crate::app::state::{Focus, State};
use crate::app::text_field::TextField;
use crate::app::text_with_keys::Text;
use crate::domain::connection::{self, Field};
use crate::domain::profile::{SecretStore, is_name};
use crate::domain::run_event::LogLevel;
use crate::domain::run_plan::CheckSelection;
use crate::domain::secret_destination;
use crate::domain::secret_destination::{Destination, DestinationMismatch};
use crate::domain::secret_text::{holds_part, looks_like_secret};
use crate::secret::Secret;

/// Notice that offers the demo to a new user.
const OFFER: &str = "New here? {profiles} opens a demo with a simulated Halo: no account.";

/// Asks for the name that the values are saved under.
pub(super) fn name(state: &mut State) -> Vec<Effect> {
    if !state.can_save() {
        return Vec::new();
    }
    let proposed = state.profile.clone().unwrap_or_else(|| proposal(state));
    dialogs::open(state, Dialog::Name { field: Box::new(TextField::new(&proposed)), problem: None })
}

/// The first word of the host, where that is a name.
fn proposal(state: &State) -> String {
    let host = state.form.origin().unwrap_or_default();
    let host = host.split("://").last().unwrap_or_default();
    let word = host.split(['.', ':']).next().unwrap_or_default();
    if is_name(word) && word.chars().any(char::is_alphabetic) { word.to_owned() } else { String::new() }
}

/// Saves the values under the name that was entered.
pub(super) fn save(state: &mut State) -> Vec<Effect> {
    let Some(Dialog::Name { field, problem }) = &mut state.overlay else { return Vec::new() };
    let name = field.text().trim().to_owned();
    let taken = state.shelf.profiles.iter().any(|tile| tile.name == name);
    if !is_name(&name) {
        *problem = Some("Use letters, digits, \".\", \"_\" and \"-\"; a letter or digit first.".into());
        return Vec::new();
    }
    if looks_like_secret(&name) || holds_part(&name, state.form.secret.expose()) {
        *problem = Some("This looks like a Client Secret, and names are not hidden: choose another name.".into());
        return Vec::new();
    }
    if taken && state.profile.as_ref() != Some(&name) {
        *problem = Some(format!("Profile {name} exists already: choose another name."));
        return Vec::new();
    }
    state.overlay = None;
    state.order += 1;
    state.saving = Some(state.order);
    vec![Effect::SaveProfile { order: state.order, name, progress: Box::new(state.progress()) }]
}

/// The values were saved: the session is that profile's from now on.
///
/// One that was opened in the meantime stays what it is.
pub(super) fn saved(state: &mut State, order: u64, outcome: Result<String, String>) -> Vec<Effect> {
    let awaited = state.saving.take_if(|saving| *saving == order).is_some();
    match outcome {
        Ok(name) if !awaited => {
            state.say(format!("The previous set-up was saved as profile {name}, without the secret."));
            vec![Effect::LookAtShelf]
        }
        Err(reason) => {
            state.say(format!("The profile was not saved. {reason}"));
            Vec::new()
        }
        Ok(name) => {
            state.say(format!("Saved as profile {name}, without the secret."));
            state.shelf.secret.saved_for = state.saved_values(&name);
            state.profile = Some(name);
            offer(state);
            vec![Effect::Settle(order), state.keep(), Effect::LookAtShelf]
        }
    }
}

/// Once for each typed secret that is proven: it is said that it can be kept. The question itself opens by its key alone,
/// never under what is being typed or answered.
pub(super) fn offer(state: &mut State) {
    let revision = state.form.secret.revision();
    if state.keep_asked == Some(revision) || !state.has_secret_to_keep() {
        return;
    }
    state.keep_asked = Some(revision);
    let offer = "The secret is proven: {keep_secret} keeps it for the next start.";
    state.notice = Some(match state.notice.take() {
        Some(notice) => notice.then(" ").then(offer),
        None => offer.into(),
    });
}

/// Opens the question by hand; where the secret is now is selected.
pub(super) fn ask(state: &mut State) -> Vec<Effect> {
    if !state.can_keep() {
        state.notice = Some(why_not(state));
        return Vec::new();
    }
    if let Some(mismatch) = state.saved_destination_mismatch() {
        let text = "Save the values first ({save_profile}), then keep the secret: the profile is saved for ";
        state.say(Text::from(text).followed_by(&format!("{}.", difference(&mismatch))));
        return Vec::new();
    }
    state.keep_asked = Some(state.form.secret.revision());
    let values = matches!(state.overlay, Some(Dialog::Values));
    let kept = state.shelf.secret.kept;
    let at = state.shelf.secret.ways.iter().position(|way| Some(*way) == kept).map_or(0, |at| at + 1);
    dialogs::open(state, Dialog::KeepSecret { at, values })
}

/// Reason why the secret cannot be kept now, and the alternative.
fn why_not(state: &State) -> Text {
    if state.demo.is_some() {
        return "The demo's secret cannot be kept.".into();
    }
    if let Some(program) = &state.shelf.secret.command {
        return format!("The command {program} prints the secret: there is no need to keep it.").into();
    }
    let nowhere = state.shelf.secret.ways.is_empty();
    if state.profile.is_some() && nowhere {
        return "This login has no keyring to keep a secret in. Use a command that prints it (secret_command), or enter it \
                each time."
            .into();
    }
    if state.profile.is_none() {
        return "A secret is kept with a profile: save one first ({save_profile}), without the secret.".into();
    }
    "There is no secret to keep: enter it first.".into()
}

pub(super) fn go(state: &mut State, motion: Motion) {
    let count = state.shelf.secret.ways.len() + 1;
    if let Some(Dialog::KeepSecret { at, .. }) = &mut state.overlay {
        *at = match motion {
            Motion::Up => at.saturating_sub(1),
            Motion::Down => (*at + 1).min(count - 1),
            Motion::PageUp | Motion::First => 0,
            Motion::PageDown | Motion::Last => count - 1,
        };
    }
}

/// Takes the selected answer.
pub(super) fn choose(state: &mut State) -> Vec<Effect> {
    let Some(Dialog::KeepSecret { at, values }) = state.overlay.take() else { return Vec::new() };
    if values {
        dialogs::open(state, Dialog::Values);
    }
    let keep = at.checked_sub(1).and_then(|at| state.shelf.secret.ways.get(at).copied());
    if keep.is_none() && state.shelf.secret.kept.is_none() {
        state.notice = Some("The secret is not kept: it is gone when you quit.".into());
        return Vec::new();
    }
    let Some(profile) = state.profile.clone() else { return Vec::new() };
    vec![Effect::KeepSecret { profile, keep, secret: state.form.secret.secret() }]
}

/// The secret was kept or forgotten, or why not. What is in memory stays there.
pub(super) fn secret_kept(
    state: &mut State,
    profile: &str,
    keep: Option<SecretStore>,
    outcome: Result<String, String>,
) -> Vec<Effect> {
    let here = state.profile.as_deref() == Some(profile);
    match outcome {
        Ok(words) => {
            if here {
                state.shelf.secret.kept = keep;
            }
            state.say(words);
        }
        Err(reason) if !here => state.say(format!("Profile {profile}: {reason}")),
        Err(reason) => {
            state.note(LogLevel::Warn, reason.clone());
            state.notice = Some(
                Text::from(format!("{reason} The secret is still in memory: nothing is lost. "))
                    .then("{keep_secret} asks again."),
            );
        }
    }
    Vec::new()
}

/// Starts the command that prints the secret. `check`: the checks run afterwards.
pub(super) fn run_secret_command(state: &mut State, check: bool) -> Vec<Effect> {
    let Some(program) = state.shelf.secret.command.clone() else { return Vec::new() };
    if let Err(mismatch) = state.shelf.secret.given_for.permits(&state.form.destination()) {
        let difference = difference(&mismatch);
        state.say(format!(
            "The command {program} was not run: enter the secret here. It prints the one for {difference}."
        ));
        return Vec::new();
    }
    state.note(LogLevel::Info, format!("running the command {program} to get the secret"));
    state.check_then = check;
    state.order += 1;
    state.commanding = Some(state.order);
    vec![Effect::AskCommand { order: state.order }]
}

/// Takes the secret that the command printed, or shows its error. The result of an earlier session's command, which may be
/// another tenant's secret, is dropped.
pub(super) fn secret_command_finished(state: &mut State, order: u64, outcome: Result<Secret, String>) -> Vec<Effect> {
    if state.commanding.take_if(|awaited| *awaited == order).is_none() {
        return Vec::new();
    }
    let check = std::mem::take(&mut state.check_then);
    let program = state.shelf.secret.command.clone().unwrap_or_default();
    if state.secret_typed && !state.form.is_empty(Field::Secret) {
        state.say("You entered a secret meanwhile: the command's output was not used.");
        return Vec::new();
    }
    let elsewhere = state.overlay.is_some() || (state.is_typing() && state.focus != Focus::Field(Field::Secret));
    let reason = match outcome {
        Ok(secret) => match state.form.take_secret(&secret, format!("the command {program}")) {
            Ok(()) => {
                state.secret_typed = false;
                state.bind_secret();
                state.refresh_form();
                state.note(LogLevel::Ok, format!("the command {program} printed the secret"));
                if !elsewhere && state.focus == Focus::Field(Field::Secret) {
                    state.focus = Focus::Checks;
                }
                return if check { runs::start_unasked(state, CheckSelection::All) } else { Vec::new() };
            }
            Err(_) => "It printed more than 512 bytes, which is not a Client Secret.".to_owned(),
        },
        Err(reason) => reason,
    };
    if !elsewhere {
        state.focus = Focus::Field(Field::Secret);
    }
    state.note(LogLevel::Error, reason.clone());
    state.notice =
        Some(Text::from(format!("{reason} ")).then("Enter the secret here, or {suggestion} runs the command again."));
    Vec::new()
}

/// A secret that was given for another address or Client ID than the form's is dropped, before anything is sent; and so is
/// what was said of another address's authorisation server. True when the secret was.
pub(super) fn drop_secret_of_other_destination(state: &mut State) -> bool {
    let mut typed = state.form.typed();
    if secret_destination::drop_foreign_acceptance(&mut typed, &state.accepted_for) {
        (state.form.auth_url, state.form.allowed_auth_origins) = (typed.auth_url, typed.allowed_auth_origins);
        state.accepted_for.clear();
        state.say("The address changed: the sign-in host that you accepted for the old one no longer applies.");
    }
    if state.form.is_empty(Field::Secret) {
        return false;
    }
    let Some(mismatch) = state.bound.as_ref().and_then(|bound| bound.permits(&state.form.destination()).err()) else {
        return false;
    };
    let source = state.form.secret_source.take().map(|source| format!(" from {source}")).unwrap_or_default();
    state.form.drop_secret();
    state.bound = None;
    state.refresh_form();
    let what = if mismatch.field == Field::ClientId { "Client ID" } else { "address" };
    let difference = difference(&mismatch);
    state.say(format!("Secret{source} cleared: enter the one for this {what}. It was for {difference}."));
    true
}

/// The destination of the secret and that of the form, as the end of a sentence.
fn difference(mismatch: &DestinationMismatch) -> String {
    let DestinationMismatch { field, bound, used } = mismatch;
    let what = if *field == Field::ClientId { "the Client ID " } else { "" };
    format!("{what}{} ({}), not {}", bound.value, bound.source, used.value)
}

impl State {
    /// A secret was typed that no check has proven.
    pub(crate) fn would_lose_the_secret(&self) -> bool {
        self.secret_typed && !self.form.is_empty(Field::Secret) && !self.secret_is_proven()
    }

    /// Returns true if a typed, proven secret can be kept.
    pub fn has_secret_to_keep(&self) -> bool {
        let here = self.can_keep() && self.saved_destination_mismatch().is_none();
        here && self.secret_typed && self.secret_is_proven()
    }

    /// Returns true if the values can be saved as a profile.
    pub(crate) fn can_save(&self) -> bool {
        self.shelf.open && self.demo.is_none() && connection::read_url(self.form.text(Field::Url)).is_ok()
    }

    /// Returns true if the secret can be kept with this profile.
    pub(crate) fn can_keep(&self) -> bool {
        let something = !self.form.is_empty(Field::Secret) && !self.shelf.secret.ways.is_empty();
        something && self.profile.is_some() && self.demo.is_none() && self.shelf.secret.command.is_none()
    }

    /// Mismatch that prevents keeping the secret: the profile was saved for another address or Client ID.
    fn saved_destination_mismatch(&self) -> Option<DestinationMismatch> {
        self.shelf.secret.saved_for.permits(&self.form.destination()).err()
    }

    /// Destination of a profile that is saved with the form's values.
    fn saved_values(&self, name: &str) -> Destination {
        let mut values = self.form.destination();
        for value in [&mut values.url, &mut values.client_id] {
            value.source = format!("profile {name}");
        }
        values
    }

    /// Says what a session begins with: what is wrong with what is kept, a run that was interrupted, the demo.
    pub(crate) fn tell_what_is_kept(&mut self) {
        for warning in self.shelf.warnings.clone() {
            self.note(LogLevel::Warn, warning);
        }
        let unfinished = self.shelf.unfinished.clone();
        let unfinished = unfinished.map(|when| {
            Text::from(format!("The run of {when} was interrupted: ")).then("{run_all} runs the checks again.")
        });
        if let Some(text) = &unfinished {
            self.note(LogLevel::Warn, text.clone());
        }
        if self.offers_demo() {
            self.note(LogLevel::Info, OFFER);
            let another = Text::from(format!("Another product than {}? ", self.guide.vendor));
            self.note(LogLevel::Info, another.then("{guides} shows the guides."));
        }
        self.notice = self.shelf.warnings.first().cloned().map(Text::from).or(unfinished);
    }

    /// Returns true if no profile is saved and no value is filled in, as for a new user.
    pub fn offers_demo(&self) -> bool {
        let new = self.shelf.profiles.is_empty() && self.form.is_empty(Field::Url) && self.ticks.is_empty();
        self.shelf.demo && self.demo.is_none() && self.picker.is_none() && new
    }

    /// Notes what the secret was given for that the session began with, or that the command has printed.
    pub(crate) fn bind_secret(&mut self) {
        self.bound = (!self.form.is_empty(Field::Secret)).then(|| self.shelf.secret.given_for.clone());
    }
}
