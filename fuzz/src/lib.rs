//! The rules that the fuzz targets try: those of `tests/properties`.

#[path = "../../tests/properties/rules/mod.rs"]
pub mod rules;
