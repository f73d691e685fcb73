//! Reader of the Client Secret: finds it in the text with which it was copied, or refuses the text and names what it
//! is.

use std::ops::Range;

use zeroize::Zeroizing;

use super::characters::{first_odd, folded, latin_look_alike, name_of, with_latin_letters, without_marks};
use super::encoded::without_codes;
use super::guid::{Form, SECRET, form_of, whole_guids, whole_secrets};
use super::labels::{Pair, form_body, members, pair, pairs, unescaped};
use super::quotes::{is_quote, unquoted};
use super::{ValueResult, hint, note, problem, recognise};
use crate::domain::codes::Code;
use crate::domain::connection::{Field, Note, Problem};
use crate::secret::Secret;

const FIELD: Field = Field::Secret;
const COPY: &str =
    "Copy the Client Secret from where it was noted when Halo showed it, which it does once. Nothing was sent.";
const ALONE: &str = "Give the Client Secret alone, on one line. Nothing was sent.";

/// Reads the Client Secret from a text. A secret of the known form is found inside any text. A secret of another form
/// is taken out of quotation marks, names and lines if that is unambiguous, and gets a hint about its form.
///
/// # Errors
/// Empty; more than one secret; certainly another value. No error repeats a part of the text.
pub fn read_secret(text: &str, client_id: &str) -> ValueResult<Secret> {
    let unmarked = without_marks(text);
    let bare = unmarked.text.trim();
    if bare.is_empty() {
        let fix = "Type or paste it: Halo shows it once, when it is made.";
        return Err(problem(FIELD, Code::InputMissing, "The Client Secret is empty.", fix));
    }
    let mut notes: Vec<Note> = unmarked.removed.iter().map(|removed| note(FIELD, *removed)).collect();
    if let Some((secret, said)) = known(text, bare)? {
        notes.extend(blanks(&unmarked.text).filter(|_| said.is_empty()));
        notes.extend(said.into_iter().map(|said| note(FIELD, said)));
        return Ok((secret, notes));
    }
    let (value, said) = unusual(bare)?;
    notes.extend(blanks(&unmarked.text));
    notes.extend(said.map(|said| note(FIELD, said)));
    let hint = judge(&value, client_id)?;
    notes.push(hint);
    Ok((Secret::new(value.as_str().to_owned()), notes))
}

fn blanks(text: &str) -> Option<Note> {
    let around = text.len() - text.trim().len();
    let said =
        if text.trim_end().len() < text.trim_end_matches(['\r', '\n']).len() || text.starts_with(char::is_whitespace) {
            "removed blanks around it"
        } else {
            "removed a line break"
        };
    (around > 0).then(|| note(FIELD, said))
}

fn refuse(message: impl Into<String>, fix: &str) -> Problem {
    problem(FIELD, Code::InputSecretFormat, message, fix)
}

/// The unusual feature of a secret's form, if one of the notes names one.
pub fn unusual_form(notes: &[Note]) -> Option<&str> {
    notes.iter().find(|note| note.field == FIELD && !note.cleaned).map(|note| note.text.as_str())
}

/// A secret of the known form, and what was done to find it.
type RecognisedSecret = (Secret, Vec<&'static str>);

fn known(text: &str, bare: &str) -> Result<Option<RecognisedSecret>, Problem> {
    let plain = folded(bare);
    let wide = bare.contains(|c| matches!(c, '\u{ff01}'..='\u{ff5e}' if c != '\u{ff0d}'));
    let decoded = without_codes(&plain);
    let joined = joined(&decoded);
    let soft = text.contains('\u{ad}').then(|| without_marks(&text.replace('\u{ad}', "-")).text);
    for (found_in, done) in [
        (Some(bare), None),
        (
            Some(plain.as_str()),
            Some(if wide {
                "turned full-width characters into plain ones"
            } else {
                "turned typographic hyphens into plain ones"
            }),
        ),
        (soft.as_ref().map(|text| text.as_str()), Some("turned soft hyphens into plain ones")),
        (Some(decoded.as_str()), Some("decoded what stood for its characters, such as %2D")),
        (joined.as_ref().map(|text| text.as_str()), Some("removed the line breaks and blanks within it")),
    ] {
        let Some(found_in) = found_in else { continue };
        if let Some(range) = only(found_in)? {
            let mut said: Vec<&'static str> = done.into_iter().collect();
            said.extend(around(found_in.trim(), &found_in[range.clone()]));
            return Ok(Some((Secret::new(found_in[range].to_owned()), said)));
        }
    }
    if !whole_secrets(&with_latin_letters(&decoded)).is_empty()
        && let Some((at, c)) = bare.chars().enumerate().find(|(_, c)| latin_look_alike(*c).is_some())
    {
        let what = format!("Character {} is {} that looks like a plain one.", at + 1, name_of(c));
        return Err(refuse(what, COPY));
    }
    Ok(None)
}

/// Joins a text whose line breaks are inside the value. `None` if a hyphen between blanks may separate two values.
fn joined(text: &str) -> Option<Zeroizing<String>> {
    let doubtful = text.contains(" - ") || text.contains("- \n");
    let mut out = Zeroizing::new(String::with_capacity(text.len()));
    out.extend(text.chars().filter(|c| !c.is_whitespace()));
    (!doubtful).then_some(out)
}

/// The one secret of the known form in a text: the only one, or the only one under its own name.
fn only(text: &str) -> Result<Option<Range<usize>>, Problem> {
    let all = whole_secrets(text);
    let same = |a: &Range<usize>, b: &Range<usize>| text[a.clone()].eq_ignore_ascii_case(&text[b.clone()]);
    let mut live: Vec<Range<usize>> = Vec::new();
    for range in all.iter().filter(|range| !is_marked_unused(line_of(text, range), text.lines().count() > 1)) {
        if !live.iter().any(|known| same(known, range)) {
            live.push(range.clone());
        }
    }
    match &live[..] {
        [] if all.is_empty() => Ok(None),
        [] => Err(refuse("The only secret in this text is marked as an old one, or as a comment.", ALONE)),
        [one] => Ok(Some(one.clone())),
        many => {
            let named: Vec<&Range<usize>> = many.iter().filter(|range| has_own_name(text, range)).collect();
            match named[..] {
                [one] => Ok(Some(one.clone())),
                _ => Err(refuse(format!("This text holds {} different secrets.", many.len()), ALONE)),
            }
        }
    }
}

fn line_of<'a>(text: &'a str, range: &Range<usize>) -> &'a str {
    let start = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
    &text[start..range.start]
}

/// Returns true if the text before a secret says that it is no longer in use.
fn is_marked_unused(before: &str, several_lines: bool) -> bool {
    let before = before.trim_start().to_ascii_lowercase();
    let name = before.rsplit([',', '{', '&']).next().unwrap_or_default();
    let old = ["old", "previous", "former", "expired", "revoked", "retired", "deprecated", "invalid", "alt"];
    let words = name.split(|c: char| !c.is_ascii_alphabetic());
    let comment = several_lines
        && (before.starts_with('#')
            || before.starts_with("//")
            || before.starts_with(';')
            || before.starts_with("rem "));
    comment || words.into_iter().any(|word| old.contains(&word))
}

fn has_own_name(text: &str, range: &Range<usize>) -> bool {
    let before = line_of(text, range).trim_end_matches(|c: char| is_quote(c) || c == ' ');
    let name = before.trim_end_matches(['=', ':', '>', ' ', '\t']);
    if name.len() == before.len() {
        return false;
    }
    let name = name.trim_end_matches(|c: char| is_quote(c) || c == ' ');
    let name = name.rsplit(|c: char| is_quote(c) || matches!(c, ',' | '{' | '&' | '?')).next().unwrap_or_default();
    super::labels::label(name).is_some_and(|label| label.field == FIELD && label.own)
}

/// Describes the text around a value.
fn around(text: &str, value: &str) -> Option<&'static str> {
    let at = text.find(value)?;
    let (before, after) = (text[..at].trim(), text[at + value.len()..].trim());
    let quotes = |c: char| is_quote(c) || matches!(c, '\\' | '<' | '>' | ' ' | '*' | '_' | '(' | ')' | '[' | ']');
    let points = |c: char| quotes(c) || matches!(c, ',' | ';' | '.' | ':' | '!' | '-');
    if before.is_empty() && after.is_empty() {
        None
    } else if after.trim_start_matches(['-', ':', ',', ';']).eq_ignore_ascii_case(value) {
        Some("took it once: it stood there twice")
    } else if before.chars().all(quotes) && after.chars().all(quotes) {
        Some("removed quotation marks")
    } else if before.chars().all(points) && after.chars().all(points) {
        Some("removed punctuation around it")
    } else if before.is_empty() && text[at + value.len()..].trim_start_matches([' ', '\t']).starts_with(['\n', '\r']) {
        Some("left out the lines after it")
    } else if text.trim_end().contains('\n') {
        Some("took it out of the lines around it")
    } else if before.starts_with(['{', '[']) {
        Some("took it out of JSON")
    } else if after.chars().all(points) {
        Some("removed the name before it")
    } else {
        Some("took it out of the text around it")
    }
}

/// A secret of another form than the known one, out of its names, lines and quotation marks.
fn unusual(bare: &str) -> Result<(Zeroizing<String>, Option<&'static str>), Problem> {
    if let Some(like) = recognise::syntax(bare) {
        return Err(refuse(like.what, like.next));
    }
    let own = |text: &str| Zeroizing::new(text.to_owned());
    let several = bare.lines().filter(|line| !line.trim().is_empty()).count() > 1;
    let object = bare.starts_with(['{', '[']) && (several || bare.contains(':'));
    if object {
        return match picked(&members(bare))? {
            Some(value) => Ok((unescaped(value), Some("took it out of JSON"))),
            None => Err(refuse("This is JSON in which no Client Secret stands under its name.", ALONE)),
        };
    }
    if several {
        return match picked(&pairs(bare))? {
            Some(value) => Ok((own(unquoted(value)), Some("took it out of the lines around it"))),
            None => first_line(bare).map(|value| (own(unquoted(value)), Some("left out the lines after it"))),
        };
    }
    if bare.starts_with('<') && bare.ends_with('>') && (bare.contains("</") || bare.ends_with("/>")) {
        return Err(refuse("This is XML or HTML, not the secret alone.", ALONE));
    }
    if let Some(value) = picked(&form_body(bare))?.filter(|_| bare.contains('&')) {
        return Ok((own(value), Some("took it out of the text around it")));
    }
    match pair(bare) {
        Some(Pair { label: Some(label), value }) if label.field == FIELD && !value.is_empty() => {
            Ok((own(unquoted(value)), Some("removed the name before it")))
        }
        Some(Pair { label: Some(label), value })
            if label.field == FIELD && bare.len() > value.len() && bare.ends_with([':', '=']) =>
        {
            Err(problem(FIELD, Code::InputMissing, "This is the name of the Client Secret without a value.", ALONE))
        }
        Some(Pair { label: Some(label), value }) if label.field != FIELD && !value.is_empty() => Err(refuse(
            format!("This is {}, by the name before it, not the Client Secret.", label.field.label()),
            ALONE,
        )),
        _ => {
            let inner = unquoted(bare);
            Ok((own(inner), (inner.len() < bare.len()).then_some("removed quotation marks")))
        }
    }
}

/// The value under the secret's name: its own name before one that others use too.
fn picked<'a>(pairs: &[Pair<'a>]) -> Result<Option<&'a str>, Problem> {
    for own in [true, false] {
        let mut values: Vec<&str> = Vec::new();
        for pair in pairs {
            let named = pair.label.is_some_and(|label| label.field == FIELD && label.own == own);
            if named && !pair.value.is_empty() && !values.contains(&pair.value) {
                values.push(pair.value);
            }
        }
        match values[..] {
            [] => {}
            [one] => return Ok(Some(one)),
            _ => return Err(refuse(format!("This text holds {} different secrets.", values.len()), ALONE)),
        }
    }
    Ok(None)
}

/// The first of several lines, as a password manager prints it: the secret, then names with their values.
fn first_line(bare: &str) -> Result<&str, Problem> {
    let mut lines = bare.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    let is_alone = !first.contains(char::is_whitespace) && pair(first).is_none_or(|pair| pair.label.is_none());
    if is_alone && lines.all(|line| pair(line).is_some()) {
        return Ok(first);
    }
    Err(refuse("These are several lines, and none of them is a Client Secret of the usual form.", ALONE))
}

/// Checks a value of an unknown form and returns a hint about it.
fn judge(value: &str, client_id: &str) -> Result<Note, Problem> {
    let is_id = |text: &str| text.eq_ignore_ascii_case(client_id.trim());
    if is_id(value) || whole_guids(value).into_iter().any(|range| range.len() + 4 > value.len() && is_id(&value[range]))
    {
        return Err(refuse("This is the Client ID, not the Client Secret.", COPY));
    }
    if let Some(like) = recognise::value(value) {
        return Err(refuse(like.what, like.next));
    }
    if value.contains("://") {
        let fix = "Paste the Client Secret here; the address belongs under Resource Server. Nothing was sent.";
        return Err(refuse("This is an address, not a secret.", fix));
    }
    let length = value.chars().count();
    if matches!(form_of(&folded(value)), Form::SecretCutOff | Form::GuidCutOff) {
        return Err(refuse(format!("The secret was cut off: {length} characters of {SECRET}."), COPY));
    }
    if let Some((at, c)) = first_odd(value) {
        let what = format!("Character {at} is {}, which no Client Secret holds.", name_of(c));
        return Err(refuse(what, COPY));
    }
    Ok(hint(FIELD, unusual_words(value, length)))
}

fn unusual_words(value: &str, length: usize) -> String {
    if form_of(value) == Form::Guid {
        "one GUID alone: a secret is usually two, joined (73 characters)".into()
    } else if length == SECRET {
        "73 characters as usual, but not two joined GUIDs".into()
    } else if !value.is_ascii() {
        format!("{length} characters, some outside ASCII; usually 73")
    } else if length == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        "64 hexadecimal digits, as a checksum has; usually 73 characters with hyphens".into()
    } else {
        format!("{length} characters; usually 73")
    }
}

/// Returns true if a first line is certainly incomplete, so that the rest must be read too.
pub fn is_only_a_part(first_line: &[u8]) -> bool {
    if first_line.contains(&0) || first_line.starts_with(&[0xff, 0xfe]) || first_line.starts_with(&[0xfe, 0xff]) {
        return true;
    }
    let Ok(text) = std::str::from_utf8(first_line) else { return false };
    let text = without_marks(text).text;
    let line = text.trim();
    if !whole_secrets(&folded(line)).is_empty() {
        return false;
    }
    let encoded = matches!(line.len(), 60 | 64 | 76)
        && line.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte));
    // The name of another value, or of any in the spelling of a variable or of a password manager's field.
    let other = pair(line).is_some_and(|pair| match pair.label {
        Some(label) => label.field != FIELD || pair.value.is_empty(),
        None => {
            !pair.value.starts_with("//") && (line.contains(": ") || line.starts_with(|c: char| c.is_ascii_uppercase()))
        }
    });
    line.is_empty()
        || line.starts_with(['{', '[', '#', '<'])
        || line.starts_with("//")
        || line.starts_with("--")
        || line.starts_with("curl ")
        || line.ends_with(['\\', '=', '-'])
        || encoded
        || other
}
