//! What stands in sources and texts holds: the layers of the modules, and the names that texts use.

mod guide_table;
mod layering;
mod source;
mod texts;
