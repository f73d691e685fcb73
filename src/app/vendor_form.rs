//! The values for the vendor's own form, in its order: what the whole set-up is for.

use super::state::State;
use crate::domain::connection;
use crate::domain::guide::{AddressPart, EvidenceSource, Step};

/// One value of the vendor's form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VendorFormValue {
    /// The label in the vendor's form.
    pub label: String,
    /// The value to enter.
    pub worth: FieldValue,
}

/// The value to enter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldValue {
    /// This text.
    Text(String),
    /// Nothing: this Halo has none.
    Nothing,
    /// The client secret, which is not shown.
    Secret,
}

impl State {
    /// The values for the vendor's form, in the guide's order.
    pub fn form_values(&self) -> Vec<VendorFormValue> {
        let Some(step) = self.guide.steps.iter().find(|step| is_form(step)) else { return Vec::new() };
        let values = step.lines.iter().map(|line| VendorFormValue {
            label: line.label.clone(),
            worth: match line.witness {
                EvidenceSource::FormUrl => self.address(line.value).map_or(FieldValue::Nothing, FieldValue::Text),
                EvidenceSource::FormTenant => self.tenant_value().map_or(FieldValue::Nothing, FieldValue::Text),
                EvidenceSource::FormClientId => self.client_id_value().map_or(FieldValue::Nothing, FieldValue::Text),
                EvidenceSource::FormSecret if self.form.secret.is_empty() => FieldValue::Nothing,
                EvidenceSource::FormSecret => FieldValue::Secret,
                _ => FieldValue::Text(line.expected.clone()),
            },
        });
        values.collect()
    }

    /// The address below which Halo answered, where the address in the form was asked.
    fn base_value(&self) -> Option<String> {
        let origin = self.form.origin()?;
        let asked = self.found.discovery().filter(|_| self.found.origin() == Some(&origin));
        asked.map(|discovery| discovery.base.clone()).filter(|base| !base.is_empty()).or(Some(origin))
    }

    /// The part of Halo's addresses that a field of the vendor's form wants.
    fn address(&self, part: Option<AddressPart>) -> Option<String> {
        let base = self.base_value()?;
        let host = || base.split_once("://").map_or(base.as_str(), |(_, rest)| rest);
        Some(match part {
            None => base,
            Some(AddressPart::Api) => format!("{base}/api"),
            Some(AddressPart::Host) => host().to_owned(),
            Some(AddressPart::HostName) => host().split('.').next().unwrap_or_default().to_owned(),
            Some(AddressPart::AuthorisationServer) => {
                return self.found.discovery().map(|found| found.auth_server.clone());
            }
        })
    }

    fn tenant_value(&self) -> Option<String> {
        connection::read_tenant(self.form.tenant.text()).ok()?.0
    }

    fn client_id_value(&self) -> Option<String> {
        Some(connection::read_client_id(self.form.client_id.text()).ok()?.0)
    }
}

fn is_form(step: &Step) -> bool {
    step.lines.iter().any(|line| matches!(line.witness, EvidenceSource::FormUrl | EvidenceSource::FormClientId))
}
