//! Servers that answer as no server should: at every stage the right code comes out, in time, with few requests, and
//! nothing that the server sent acts or shows a secret.

#[path = "support/cast.rs"]
mod cast;
#[path = "support/hostile.rs"]
mod hostile;
#[path = "support/hostile_flow.rs"]
mod hostile_flow;
#[path = "support/hostile_halo.rs"]
mod hostile_halo;
#[path = "support/hostile_oauth.rs"]
mod hostile_oauth;
#[path = "support/hostile_proxy.rs"]
mod hostile_proxy;
#[path = "support/hostile_tls.rs"]
mod hostile_tls;
#[path = "support/hostile_token_url.rs"]
mod hostile_token_url;
#[path = "support/hostile_trust.rs"]
mod hostile_trust;
#[path = "support/hostile_wire.rs"]
mod hostile_wire;
#[path = "support/hostile_words.rs"]
mod hostile_words;
