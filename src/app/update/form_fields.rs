//! Typing, pasting and leaving the fields.

use zeroize::Zeroizing;

use super::{dialogs, focus, profile_picker, profiles, runs};
use crate::app::action::{Context, TextEdit};
use crate::app::dialog::Dialog;
use crate::app::effect::Effect;
use crate::app::form::Suggestion;
use crate::app::paste_parser::{LabelledValues, labelled, secret_within};
use crate::app::secret_input::SecretInput;
use crate::app::state::{DiscoveryState, Focus, State};
use crate::app::text_field::TextField;
use crate::app::text_with_keys::Text;
use crate::domain::connection::{Field, Note, Problem, Typed, read_client_id};
use crate::domain::input::{read_secret, tidy};
use crate::domain::run_event::LogLevel;
use crate::domain::secret_text::{self, Kind, holds_part, looks_like_secret};
use crate::secret::Secret;

pub(super) fn type_char(state: &mut State, c: char) -> Vec<Effect> {
    state.notice = None;
    if c.is_control() {
        return Vec::new();
    }
    if let Some(line) = line(state) {
        line.type_char(c);
        line_changed(state);
        return Vec::new();
    }
    let Some(field) = focused(state) else { return Vec::new() };
    let fits = match state.form.text_field_mut(field) {
        Some(text) => text.type_char(c),
        None => state.form.secret.type_char(c).is_ok(),
    };
    if !fits {
        state.say(format!("{} is full: nothing was added.", field.label()));
        return Vec::new();
    }
    changed(state, field)
}

pub(super) fn edit(state: &mut State, edit: TextEdit) -> Vec<Effect> {
    if let Some(line) = line(state) {
        line.edit(edit);
        line_changed(state);
        return Vec::new();
    }
    let Some(field) = focused(state) else { return Vec::new() };
    let hidden = field == Field::Secret && !state.revealed();
    let edited = state.form.edit(field, edit);
    if hidden {
        state.form.secret.hide();
    }
    if edited { changed(state, field) } else { Vec::new() }
}

/// The line of text outside the form that the keys go to: a name, or what is looked for.
fn line(state: &mut State) -> Option<&mut TextField> {
    match state.context() {
        Context::Search => state.log.search.as_mut(),
        Context::Find => state.picker.as_mut()?.find.as_mut(),
        Context::Name => match &mut state.overlay {
            Some(Dialog::Name { field, problem }) => {
                *problem = None;
                Some(field)
            }
            _ => None,
        },
        _ => None,
    }
}

fn line_changed(state: &mut State) {
    match state.context() {
        Context::Search => {
            let needle = state.log.search().map(|search| search.text().to_owned()).unwrap_or_default();
            state.log.filter_by(&needle);
        }
        Context::Find => profile_picker::look_for(state),
        _ => {}
    }
}

/// The field that the keys go to.
fn focused(state: &State) -> Option<Field> {
    match (state.context(), state.focus) {
        (Context::Field | Context::Secret, Focus::Field(field)) => Some(field),
        _ => None,
    }
}

/// A field's text has changed: what was remarked of it is worked out again, and a run over the old value ends.
fn changed(state: &mut State, field: Field) -> Vec<Effect> {
    // Nobody is scolded while typing: the field is read again when it is left.
    state.form.visited.remove(&field);
    state.form.touched.insert(field);
    if field == Field::Secret {
        state.secret_typed = true;
        // What is added to a given secret makes no other of it; what is put in the place of it is typed.
        if state.form.secret.is_empty() {
            state.bound = None;
        }
        state.form.secret_source = None;
        state.form.secret_pasted.clear();
    } else if let Some(text) = state.form.text_field_mut(field) {
        text.pasted.clear();
    }
    state.refresh_form();
    runs::values_changed(state, field)
}

/// Takes a paste as one unit: line breaks in it never press Enter.
pub(super) fn paste(state: &mut State, pasted: &Secret) -> Vec<Effect> {
    state.notice = None;
    // Terminals paste a line break as CR.
    let text = Zeroizing::new(pasted.expose().replace("\r\n", "\n").replace('\r', "\n"));
    let text = text.as_str();
    if line(state).is_some() {
        if would_show_secret(state, text) {
            state.say("The text contains a Client Secret, and this line is not hidden: nothing was pasted.");
            return Vec::new();
        }
        let needle: String = text.chars().filter(|c| !c.is_control()).take(200).collect();
        needle.chars().for_each(|c| drop(type_char(state, c)));
        return Vec::new();
    }
    if state.overlay.is_some() || state.picker.is_some() {
        return Vec::new();
    }
    if let Some(found) = labelled(text) {
        return dialogs::open(state, Dialog::FillForm(found));
    }
    match focused(state) {
        Some(field) => paste_into(state, field, text),
        None => {
            state.say("Nothing was pasted: go to a field first ({credentials}).");
            Vec::new()
        }
    }
}

/// A line outside the form shows its text: does the text hold a secret, the one in the form included?
fn would_show_secret(state: &State, text: &str) -> bool {
    looks_like_secret(text)
        || holds_part(text, state.form.secret.expose())
        || labelled(text).is_some_and(|found| found.secret.is_some())
}

fn paste_into(state: &mut State, field: Field, text: &str) -> Vec<Effect> {
    // Before the lines are joined: afterwards the secret has no bounds.
    if field != Field::Secret
        && text.trim().contains('\n')
        && let Some(secret) = secret_within(text)
    {
        return paste_secret(state, field, &secret);
    }
    let (clean, notes) = match pasted_value(state, field, text) {
        Ok(value) => value,
        Err(problem) => {
            state.say(format!("{} Nothing was pasted.", problem.message));
            return Vec::new();
        }
    };
    if field != Field::Secret
        && let Some(found) = secret_text::find(clean.expose()).first()
    {
        let alone = found.place == (0..clean.expose().len());
        return if let Some(secret) = secret_within(clean.expose()) {
            paste_secret(state, field, &secret)
        } else if found.kind == Kind::ClientSecret && alone {
            paste_secret(state, field, &clean)
        } else {
            state.say(format!("The text contains a secret, and {} is not hidden: nothing was pasted.", field.label()));
            Vec::new()
        };
    }
    let fits = match state.form.text_field_mut(field) {
        Some(target) => target.insert(clean.expose()),
        None => state.form.secret.insert(clean.expose()).is_ok(),
    };
    if !fits {
        state.say(format!("The text is too long for {}: nothing was pasted.", field.label()));
        return Vec::new();
    }
    let effects = changed(state, field);
    for note in &notes {
        state.note(LogLevel::Warn, format!("{}: {}", field.label(), note.text));
    }
    match state.form.text_field_mut(field) {
        Some(target) => target.pasted = notes,
        None => state.form.secret_pasted = notes,
    }
    state.form.visited.insert(field);
    state.refresh_form();
    effects
}

/// The text that a paste inserts into a field. A non-empty field gets only the characters; an empty field gets a
/// cleaned value.
///
/// # Errors
/// The paste has several lines without a recognised secret; joining them would produce a value that no one
/// gave.
fn pasted_value(state: &State, field: Field, text: &str) -> Result<(Secret, Vec<Note>), Problem> {
    let read = match field {
        Field::Secret => Some(read_secret(text, state.form.client_id.text())),
        Field::ClientId => Some(read_client_id(text).map(|(id, notes)| (Secret::new(id), notes))),
        Field::Url | Field::Tenant => None,
    };
    let several = text.trim().contains(['\n', '\r']);
    match read.filter(|_| state.form.is_empty(field)) {
        Some(Ok((value, notes))) => Ok((value, notes.into_iter().filter(|note| note.cleaned).collect())),
        Some(Err(problem)) if field == Field::Secret && several => Err(problem),
        _ => {
            let (clean, notes) = tidy(field, text);
            Ok((Secret::new(clean.as_str().to_owned()), notes))
        }
    }
}

/// A secret was pasted into a field that shows its text: it goes to its own field, or nowhere.
fn paste_secret(state: &mut State, field: Field, secret: &Secret) -> Vec<Effect> {
    if !state.form.secret.is_empty() {
        state.say(format!(
            "This looks like a Client Secret, and {} is not hidden: nothing was pasted. Paste it into Client Secret.",
            field.label()
        ));
        return Vec::new();
    }
    if state.form.secret.replace(secret.expose()).is_err() {
        state.say("This looks like a Client Secret, but it is too long: nothing was pasted.");
        return Vec::new();
    }
    let effects = changed(state, Field::Secret);
    state.form.leave(Field::Secret);
    state.refresh_form();
    state.say("This is a Client Secret: it was put into its own field.");
    effects
}

/// Enter accepts a field and goes to the next; it never submits.
pub(super) fn next(state: &mut State) -> Vec<Effect> {
    if state.log.search.is_some() {
        state.log.search = None;
        return Vec::new();
    }
    let to = match state.focus {
        Focus::Field(Field::Url) => Focus::Field(Field::Tenant),
        Focus::Field(Field::Tenant) => Focus::Field(Field::ClientId),
        Focus::Field(Field::ClientId) => Focus::Field(Field::Secret),
        Focus::Field(Field::Secret) => {
            let effects = focus::focus(state, Focus::Checks);
            if state.notice.is_none() && state.overlay.is_none() {
                let missing = [Field::Url, Field::ClientId, Field::Secret]
                    .into_iter()
                    .filter(|field| state.form.is_empty(*field));
                let missing: Vec<&str> = missing.map(Field::label).collect();
                state.notice = Some(match &missing[..] {
                    [] => "{run_all} runs the checks.".into(),
                    missing => {
                        Text::from(format!("Still empty: {}. ", missing.join(", "))).then("{credentials} goes back.")
                    }
                });
            }
            return effects;
        }
        _ => return Vec::new(),
    };
    focus::focus(state, to)
}

/// A field was left: it is read, the address is asked who it is, and the values are kept.
pub(super) fn left(state: &mut State, field: Field) -> Vec<Effect> {
    hide(state);
    state.form.leave(field);
    state.refresh_form();
    let mut effects = Vec::new();
    if field == Field::Url {
        profiles::drop_secret_of_other_destination(state);
        effects.extend(discover(state));
    }
    if field != Field::Secret {
        effects.push(state.keep());
    }
    effects
}

/// Asks the address who it is, unless that is known.
fn discover(state: &mut State) -> Option<Effect> {
    let origin = state.form.origin()?;
    if state.found.origin() == Some(&origin) && !matches!(state.found, DiscoveryState::Failed { .. }) {
        return None;
    }
    state.asked += 1;
    state.found = DiscoveryState::Asking { asked: state.asked, origin: origin.clone() };
    let base = state.form.base().unwrap_or(origin);
    state.note(LogLevel::Info, format!("GET {base}/api/authinfo"));
    Some(Effect::Discover { asked: state.asked, resource_server: base })
}

/// Hides the secret.
pub(super) fn hide(state: &mut State) {
    state.reveal_until_ms = None;
    state.form.secret.hide();
}

/// Shows the secret for a while, or hides it.
pub(super) fn reveal(state: &mut State) -> Vec<Effect> {
    if state.revealed() {
        hide(state);
    } else if state.focus == Focus::Field(Field::Secret) && !state.form.secret.is_empty() {
        state.reveal_until_ms = Some(state.now_ms + SecretInput::REVEAL_MS);
    }
    Vec::new()
}

impl State {
    /// The correction that one key applies in the focused field.
    pub(crate) fn suggested(&self) -> Option<(Field, Suggestion)> {
        let field = focused(self)?;
        let command = self.shelf.secret.command.is_some();
        if field == Field::Secret && command && self.form.is_empty(Field::Secret) {
            return Some((field, Suggestion::Command));
        }
        Some((field, self.form.remarks(field).suggestion.clone()?))
    }
}

/// Takes what is suggested beside the focused field.
pub(super) fn take_suggestion(state: &mut State) -> Vec<Effect> {
    match state.suggested() {
        None => Vec::new(),
        Some((field, Suggestion::Tenant(tenant))) => {
            state.form.tenant.replace(&tenant);
            changed(state, field)
        }
        Some((_, Suggestion::Exchange)) => exchange(state),
        Some((_, Suggestion::Command)) => profiles::run_secret_command(state, false),
    }
}

/// Exchanges Client ID and Client Secret.
fn exchange(state: &mut State) -> Vec<Effect> {
    let id = state.form.secret.secret();
    if !id.is_empty() && read_client_id(id.expose()).is_err() {
        state.say("The secret field does not contain a Client ID: nothing was swapped.");
        return Vec::new();
    }
    let secret = state.form.client_id.wipe();
    if state.form.secret.replace(secret.trim()).is_err() {
        return Vec::new();
    }
    state.form.client_id.replace(id.expose());
    // The operator says which of the two is which: what they were given for was said of the wrong ones.
    state.bound = None;
    let mut effects = changed(state, Field::Secret);
    effects.extend(changed(state, Field::ClientId));
    state.form.leave(Field::Secret);
    state.refresh_form();
    state.say("Client ID and Client Secret were swapped.");
    effects
}

/// Copies the simulated Halo's values again, where they differ: an operator would copy them from its screens.
pub(super) fn copy(state: &mut State, typed: &Typed, secret: &Secret) -> Vec<Effect> {
    let mut effects = Vec::new();
    for (field, value) in
        [(Field::Url, &typed.url), (Field::Tenant, &typed.tenant), (Field::ClientId, &typed.client_id)]
    {
        let differs = state.form.text(field) != value;
        if differs && state.form.text_field_mut(field).is_some_and(|text| text.replace(value)) {
            effects.extend(changed(state, field));
            state.form.leave(field);
        }
    }
    if state.form.secret.expose() != secret.expose() && state.form.secret.replace(secret.expose()).is_ok() {
        effects.extend(changed(state, Field::Secret));
        state.secret_typed = false;
        state.form.leave(Field::Secret);
    }
    state.refresh_form();
    effects
}

/// Fills the form from a paste of labels and values.
pub(super) fn fill(state: &mut State, found: &LabelledValues) -> Vec<Effect> {
    let mut effects = Vec::new();
    for field in found.fields() {
        let fits = match (found.text(field), &found.secret) {
            (Some(text), _) => state.form.text_field_mut(field).is_some_and(|target| target.replace(text)),
            (None, Some(secret)) => state.form.secret.replace(secret.expose()).is_ok(),
            (None, None) => false,
        };
        if fits && field == Field::Secret {
            state.bound = None;
        }
        if fits {
            effects.extend(changed(state, field));
            state.form.leave(field);
        } else {
            state.note(LogLevel::Warn, format!("{}: too long, not filled in", field.label()));
        }
    }
    state.refresh_form();
    profiles::drop_secret_of_other_destination(state);
    effects.extend(discover(state));
    effects.push(state.keep());
    let words: Vec<&str> = found.fields().into_iter().map(Field::label).collect();
    state.say(format!("Filled in: {}.", words.join(", ")));
    effects
}
