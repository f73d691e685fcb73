//! Edits of the configuration file's text that preserve everything else in it.

use toml_edit::{DocumentMut, Item, Table, TableLike, Value};

use crate::domain::profile::Profile;

/// Inserts or updates a profile. Unchanged values keep their spelling, and every value keeps its comment.
pub(super) fn put(document: &mut DocumentMut, name: &str, profile: &Profile) {
    let profiles = profiles(document);
    if profiles.get(name).is_none_or(|item| !item.is_table_like()) {
        profiles.insert(name, Item::Table(Table::new()));
    }
    if let Some(table) = profiles.get_mut(name).and_then(Item::as_table_like_mut) {
        overwrite(table, &values(profile));
    }
}

/// Renames a profile.
pub(super) fn rename(document: &mut DocumentMut, from: &str, to: &str) {
    let profiles = profiles(document);
    if let Some(item) = profiles.remove(from) {
        profiles.insert(to, item);
    }
}

/// Removes a profile.
pub(super) fn remove(document: &mut DocumentMut, name: &str) {
    profiles(document).remove(name);
}

fn profiles(document: &mut DocumentMut) -> &mut dyn TableLike {
    let item = document.entry("profiles").or_insert_with(|| {
        let mut table = Table::new();
        // No header of its own: only [profiles.NAME] is written.
        table.set_implicit(true);
        Item::Table(table)
    });
    if !item.is_table_like() {
        *item = Item::Table(Table::new());
    }
    item.as_table_like_mut().unwrap_or_else(|| unreachable!("it was made a table just above"))
}

/// Returns the keys and values of a profile, in the order of its fields.
fn values(profile: &Profile) -> Vec<(String, Value)> {
    let text = toml::to_string(profile).unwrap_or_default();
    let document: DocumentMut = text.parse().unwrap_or_default();
    let pairs = document.iter().filter_map(|(key, item)| Some((key.to_owned(), item.as_value()?.clone())));
    pairs.collect()
}

fn overwrite(table: &mut dyn TableLike, values: &[(String, Value)]) {
    let gone: Vec<String> =
        table.iter().map(|(key, _)| key.to_owned()).filter(|key| values.iter().all(|(new, _)| new != key)).collect();
    for key in gone {
        table.remove(&key);
    }
    for (key, new) in values {
        match table.get_mut(key).and_then(Item::as_value_mut) {
            Some(old) if same(old, new) => {}
            Some(old) => {
                let decor = old.decor().clone();
                *old = new.clone();
                *old.decor_mut() = decor;
            }
            None => {
                table.insert(key, Item::Value(new.clone()));
            }
        }
    }
}

/// Returns true if two values are equal, regardless of their spelling.
fn same(old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::String(old), Value::String(new)) => old.value() == new.value(),
        (Value::Array(old), Value::Array(new)) => {
            old.len() == new.len() && old.iter().zip(new.iter()).all(|(old, new)| same(old, new))
        }
        _ => false,
    }
}
