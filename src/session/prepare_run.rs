//! Preparation of a run from the values of all sources, or the reason why it cannot start.

use std::sync::Arc;

use super::command_error::CommandError;
use super::secret_source::{SecretSource, VARIABLE};
use super::setting_sources::Session;
use crate::domain::codes::Code;
use crate::domain::connection::{Field, Note, Typed, Understood, read_client_id, read_tenant, read_url, understand};
use crate::domain::guide::Guide;
use crate::domain::run_plan::{CheckSelection, RunPlan};
use crate::headless::{self, Job, Outcome};
use crate::probe::{Http, SetupError};
use crate::secret::Secret;

/// Reason why no run was started.
pub enum PrepareError {
    /// A value of the form is invalid.
    Refused(Box<Outcome>),
    /// Any other error.
    Failed(CommandError),
}

impl From<CommandError> for PrepareError {
    fn from(failure: CommandError) -> Self {
        Self::Failed(failure)
    }
}

/// Inputs of a run besides the form.
pub struct RunOptions {
    /// The guide.
    pub guide: Arc<Guide>,
    /// The HTTP client.
    pub http: Http,
    /// The selected checks.
    pub selection: CheckSelection,
    /// True if warnings count as failures.
    pub strict: bool,
    /// Scenario of the simulated Halo, if it is used.
    pub demo: Option<String>,
}

/// Creates the run of a form.
///
/// # Errors
/// A value of the form is invalid.
pub fn job(form: Form, terms: RunOptions) -> Result<Job, PrepareError> {
    let RunOptions { guide, http, selection, strict, demo } = terms;
    let understood = understand(&form.typed, &form.secret);
    let Understood { connection: Some(connection), secret: Some(secret), notes, .. } = understood else {
        return Err(refuse(&guide, understood, &form.typed, &form.secret));
    };
    let notes = notes.into_iter().chain(form.notes).collect();
    let plan = RunPlan { guide, connection, notes, secret, selection, previous: None };
    Ok(Job { plan, http, strict, demo, record: false })
}

/// A filled form.
pub struct Form {
    /// The values as given.
    pub typed: Typed,
    /// The client secret.
    pub secret: Secret,
    /// Notes about characters that were removed from the secret.
    pub notes: Vec<Note>,
}

/// Collects the form from all sources. While another value is wrong, the operator is not prompted for a secret and no
/// secret command runs.
///
/// # Errors
/// A value is wrong, or the secret is not available.
pub async fn given(typed: Typed, secret: &SecretSource, guide: &Guide) -> Result<Form, PrepareError> {
    if !secret.is_at_hand() {
        let nothing = Secret::new(String::new());
        let mut understood = understand(&typed, &nothing);
        understood.problems.retain(|problem| problem.field != Field::Secret);
        if !understood.problems.is_empty() {
            return Err(refuse(guide, understood, &typed, &nothing));
        }
    }
    let (secret, notes) = secret.get().await?;
    Ok(Form { typed, secret, notes })
}

fn refuse(guide: &Guide, mut understood: Understood, typed: &Typed, secret: &Secret) -> PrepareError {
    for problem in understood.problems.iter_mut().filter(|problem| problem.code == Code::InputMissing) {
        problem.fix = format!("{} Give it by {}.", problem.fix, source(problem.field));
    }
    PrepareError::Refused(Box::new(headless::refused(guide, &understood, &values(typed, secret))))
}

fn source(field: Field) -> String {
    match field {
        Field::Url => "--url, HALO_URL or a profile".into(),
        Field::Tenant => "--tenant, HALO_TENANT or a profile".into(),
        Field::ClientId => "--client-id, HALO_CLIENT_ID or a profile".into(),
        Field::Secret => format!("{VARIABLE}, --secret-stdin or --secret-command"),
    }
}

/// Returns the values that are valid on their own, without any that might be the secret in the wrong field.
fn values(typed: &Typed, secret: &Secret) -> Vec<(Field, String)> {
    let url = read_url(&typed.url).map(|(url, _)| url).ok();
    let tenant = read_tenant(&typed.tenant).ok().and_then(|(tenant, _)| tenant);
    let client_id = read_client_id(&typed.client_id).map(|(id, _)| id).ok();
    [(Field::Url, url), (Field::Tenant, tenant), (Field::ClientId, client_id)]
        .into_iter()
        .filter_map(|(field, value)| value.map(|value| (field, value)))
        .filter(|(_, value)| value != secret.expose())
        .collect()
}

/// The HTTP client.
///
/// # Errors
/// The certificates or the proxy cannot be used.
pub fn http(session: &Session) -> Result<Http, CommandError> {
    Http::new(&session.network()?).map_err(|error| {
        let fix = match &error {
            SetupError::BadRoots { fix, .. } => fix,
            SetupError::BadProxy(_) => "Use --proxy http://HOST:PORT, or leave it out. Nothing was sent.",
        };
        CommandError::new(Code::LocalConfigInvalid, error.to_string(), fix)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_in_the_wrong_field_is_not_shown() {
        let two = "5b21a3c4-0d6e-4f87-9a10-b2c3d4e5f607-18293a4b-5c6d-4e7f-8091-a2b3c4d5e6f7";
        for (client_id, tenant, secret) in
            [(two, "acme", "x"), ("canary", "acme", "canary"), ("id", "canary", "canary")]
        {
            let typed = Typed { client_id: client_id.into(), tenant: tenant.into(), ..Typed::default() };
            for (_, value) in values(&typed, &Secret::new(secret.into())) {
                assert!(value != two && value != "canary", "{value}");
            }
        }
    }
}
