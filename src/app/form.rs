//! The form: the typed values and the remarks on each field.

use std::collections::BTreeSet;

use super::action::TextEdit;
use super::secret_input::{SecretInput, TooLong};
use super::text_field::TextField;
use crate::domain::connection::{self, Field, Note, Problem, Typed, Understood};
use crate::domain::input::read_secret;
use crate::domain::secret_destination::{Destination, SourcedValue};
use crate::domain::secret_text::looks_like_secret;
use crate::secret::Secret;

/// The form.
#[derive(Default)]
pub struct Form {
    /// Resource Server.
    pub url: TextField,
    /// Tenant.
    pub tenant: TextField,
    /// Client ID.
    pub client_id: TextField,
    /// Client Secret.
    pub secret: SecretInput,
    /// Source of the secret if it was not typed, e.g. `HALO_CLIENT_SECRET`.
    pub secret_source: Option<String>,
    pub(crate) scope: String,
    pub(crate) auth_url: String,
    pub(crate) allowed_auth_origins: Vec<String>,
    /// Fields that were left at least once. Only these show problems, so that no error appears while the operator
    /// types.
    pub(crate) visited: BTreeSet<Field>,
    /// Fields whose text was changed at least once. An empty field that was never changed is not an error.
    pub(crate) touched: BTreeSet<Field>,
    /// Notes about the last paste into the secret.
    pub(crate) secret_pasted: Vec<Note>,
    remarks: [FieldRemarks; 4],
}

/// Remarks on a field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldRemarks {
    /// Notes about cleaned input, and hints.
    pub notes: Vec<String>,
    /// Problem that prevents a run.
    pub problem: Option<Problem>,
    /// Correction that one key applies.
    pub suggestion: Option<Suggestion>,
}

/// Correction that one key applies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Suggestion {
    /// Client ID and Client Secret are swapped.
    Exchange,
    /// This Halo says that it is another tenant.
    Tenant(String),
    /// The command that prints the secret can be run (again).
    Command,
}

impl Form {
    /// Holds every value that a run needs? The tenant is not always one.
    pub fn is_full(&self) -> bool {
        ![Field::Url, Field::ClientId, Field::Secret].iter().any(|field| self.is_empty(*field))
    }

    /// A form that is filled as far as values are known; says whether the secret was too long to be taken.
    pub(crate) fn new(typed: Typed, secret: Option<&Secret>, source: Option<String>) -> (Self, bool) {
        let mut form = Self {
            url: TextField::new(&typed.url),
            tenant: TextField::new(&typed.tenant),
            client_id: TextField::new(&typed.client_id),
            scope: typed.scope,
            auth_url: typed.auth_url,
            allowed_auth_origins: typed.allowed_auth_origins,
            ..Self::default()
        };
        let too_long = secret.is_some_and(|secret| form.secret.replace(secret.expose()).is_err());
        form.secret_source = source.filter(|_| !form.secret.is_empty());
        form.visited = Field::ALL.into_iter().filter(|field| !form.is_empty(*field)).collect();
        form.refresh(None);
        (form, too_long)
    }

    /// Takes a secret that was not typed; says where it came from.
    ///
    /// # Errors
    /// It is too long; what was there stays.
    pub(crate) fn take_secret(&mut self, secret: &Secret, source: String) -> Result<(), TooLong> {
        self.secret.replace(secret.expose())?;
        self.secret_source = Some(source);
        self.secret_pasted.clear();
        self.visited.insert(Field::Secret);
        self.unwrap_secret();
        Ok(())
    }

    /// Drops the secret.
    pub(crate) fn drop_secret(&mut self) {
        self.secret.edit(TextEdit::Clear);
        self.secret_source = None;
        self.secret_pasted.clear();
    }

    /// A field's text; nothing for the secret.
    pub fn text(&self, field: Field) -> &str {
        self.text_field(field).map_or("", TextField::text)
    }

    /// A field that is not the secret.
    pub fn text_field(&self, field: Field) -> Option<&TextField> {
        match field {
            Field::Url => Some(&self.url),
            Field::Tenant => Some(&self.tenant),
            Field::ClientId => Some(&self.client_id),
            Field::Secret => None,
        }
    }

    pub(crate) fn text_field_mut(&mut self, field: Field) -> Option<&mut TextField> {
        match field {
            Field::Url => Some(&mut self.url),
            Field::Tenant => Some(&mut self.tenant),
            Field::ClientId => Some(&mut self.client_id),
            Field::Secret => None,
        }
    }

    /// Returns true if a field is empty.
    pub fn is_empty(&self, field: Field) -> bool {
        match field {
            Field::Secret => self.secret.is_empty(),
            _ => self.text(field).trim().is_empty(),
        }
    }

    /// Remarks on a field.
    pub fn remarks(&self, field: Field) -> &FieldRemarks {
        &self.remarks[field as usize]
    }

    /// The values without the secret.
    pub fn typed(&self) -> Typed {
        Typed {
            url: self.url.text().to_owned(),
            tenant: self.tenant.text().to_owned(),
            client_id: self.client_id.text().to_owned(),
            scope: self.scope.clone(),
            auth_url: self.auth_url.clone(),
            allowed_auth_origins: self.allowed_auth_origins.clone(),
        }
    }

    /// The whole form as understood.
    pub fn understood(&self) -> Understood {
        connection::understand(&self.typed(), &self.secret.secret())
    }

    /// The address that is asked first: the origin with the path that was typed.
    pub fn base(&self) -> Option<String> {
        connection::read_base(self.url.text()).ok().map(|(base, _)| base)
    }

    /// The resource server's origin, when the address is usable.
    pub fn origin(&self) -> Option<String> {
        connection::read_url(self.url.text()).ok().map(|(origin, _)| origin)
    }

    /// The destination of the secret in a run of this form.
    pub(crate) fn destination(&self) -> Destination {
        let given = |field| SourcedValue::new(self.text(field), "the form");
        Destination { url: given(Field::Url), client_id: given(Field::ClientId) }
    }

    pub(crate) fn edit(&mut self, field: Field, edit: TextEdit) -> bool {
        match self.text_field_mut(field) {
            Some(text) => text.edit(edit),
            None => self.secret.edit(edit),
        }
    }

    /// The editing of a field is over.
    pub(crate) fn leave(&mut self, field: Field) {
        if !self.is_empty(field) || self.touched.contains(&field) {
            self.visited.insert(field);
        }
        match self.text_field_mut(field) {
            Some(text) => text.settle(),
            None => {
                self.unwrap_secret();
                self.secret.settle();
            }
        }
    }

    /// Puts the secret in place of what it was given with, so that length and fingerprint are those of what is sent.
    pub(crate) fn unwrap_secret(&mut self) {
        let Ok((secret, notes)) = read_secret(self.secret.expose(), self.client_id.text()) else { return };
        if secret.expose() != self.secret.expose() && self.secret.replace(secret.expose()).is_ok() {
            self.secret_pasted.extend(notes.into_iter().filter(|note| note.cleaned));
        }
    }

    /// Recomputes the remarks on all fields. `halo_tenant` is the tenant that this Halo reports.
    pub(crate) fn refresh(&mut self, halo_tenant: Option<&str>) {
        for field in Field::ALL {
            self.remarks[field as usize] = self.read(field, halo_tenant);
        }
    }

    fn read(&self, field: Field, halo_tenant: Option<&str>) -> FieldRemarks {
        let id = self.client_id.text();
        let read = match field {
            Field::Url => connection::read_url(self.url.text()).map(|(_, notes)| notes),
            Field::Tenant => connection::read_tenant(self.tenant.text()).map(|(_, notes)| notes),
            Field::ClientId => connection::read_client_id(id).map(|(_, notes)| notes),
            Field::Secret => read_secret(self.secret.expose(), id).map(|(_, notes)| notes),
        };
        let mut remarks = FieldRemarks::default();
        let pasted = self.text_field(field).map_or(&self.secret_pasted, |text| &text.pasted);
        remarks.notes.extend(pasted.iter().map(|note| note.text.clone()));
        match read {
            // Nobody is scolded while typing.
            _ if !self.visited.contains(&field) => {}
            Ok(notes) => remarks.add_notes(notes),
            Err(problem) => remarks.problem = Some(problem),
        }
        remarks.suggestion = self.suggestion(field, halo_tenant);
        remarks
    }

    fn suggestion(&self, field: Field, halo_tenant: Option<&str>) -> Option<Suggestion> {
        match field {
            Field::ClientId | Field::Secret => self.has_secret_in_client_id().then_some(Suggestion::Exchange),
            Field::Tenant => {
                let said = halo_tenant?;
                let typed = connection::read_tenant(self.tenant.text()).ok()?.0?;
                (!connection::same_tenant(&typed, said)).then(|| Suggestion::Tenant(said.to_owned()))
            }
            Field::Url => None,
        }
    }

    /// Returns true if the Client ID field contains a secret.
    pub(crate) fn has_secret_in_client_id(&self) -> bool {
        looks_like_secret(self.client_id.text())
    }
}

impl FieldRemarks {
    fn add_notes(&mut self, notes: Vec<Note>) {
        for note in notes {
            if !self.notes.contains(&note.text) {
                self.notes.push(note.text);
            }
        }
    }
}

impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Form")
            .field("url", &self.url)
            .field("tenant", &self.tenant)
            .field("client_id", &self.client_id)
            .field("secret", &self.secret)
            .finish_non_exhaustive()
    }
}
