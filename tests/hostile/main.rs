//! Servers that answer as no server should: at every stage the right code comes out, in time, with few requests, and
//! nothing that the server sent acts or shows a secret. Every code of the program is produced here once.

#[path = "../common/guide_names.rs"]
mod guide_names;
#[path = "../common/hostile_run.rs"]
mod hostile_run;
#[path = "../common/hostile_server.rs"]
mod hostile_server;

mod codes;
mod flow;
mod long_lists;
mod messages;
mod oauth;
mod proxy;
mod request_budget;
mod tls;
mod token_url;
mod trust;
mod wire;
