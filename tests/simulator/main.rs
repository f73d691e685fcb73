//! Drives the simulated Halo with a client of its own and compares it with what is known of Halo's API.

#[path = "simulator/client.rs"]
mod client;
#[path = "simulator/counting.rs"]
mod counting;
#[path = "simulator/discovery.rs"]
mod discovery;
#[path = "simulator/faults.rs"]
mod faults;
#[path = "simulator/identity.rs"]
mod identity;
#[path = "simulator/in_front_of_halo.rs"]
mod in_front_of_halo;
#[path = "simulator/lists.rs"]
mod lists;
#[path = "simulator/mending.rs"]
mod mending;
#[path = "simulator/scenarios.rs"]
mod scenarios;
#[path = "simulator/token.rs"]
mod token;
