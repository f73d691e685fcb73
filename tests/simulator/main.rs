//! Drives the simulated Halo with a client of its own and compares it with what is known of Halo's API.

mod client;
mod counters;
mod discovery;
mod faults;
mod identity;
mod in_front_of_halo;
mod lists;
mod repair;
mod scenarios;
mod token;
