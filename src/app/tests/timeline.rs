//! The requests of a run on one axis.

use super::fixtures::*;
use crate::app::{Action, Message, update};
use crate::domain::evidence::Timing;
use crate::domain::run_event::{Exchange, RunEvent};

#[test]
fn requests_stand_in_the_order_that_they_were_sent_whatever_came_first() {
    let mut state = state(filled());
    act(&mut state, Action::RunAll);
    for exchange in exchanges().into_iter().rev() {
        happen(&mut state, RunEvent::Exchanged(exchange));
    }
    let falls = state.waterfall();
    let order: Vec<(&str, u64, u64)> =
        falls.iter().map(|fall| (fall.check.as_str(), fall.from_ms, fall.until_ms())).collect();
    assert_eq!(
        order,
        [
            ("discovery", 0, 141),
            ("token", 142, 345),
            ("identity", 346, 434),
            ("invoices", 346, 558),
            ("tickets", 347, 659),
            ("invoices", 560, 761),
        ]
    );
    assert_eq!((falls[0].connect_ms, falls[1].connect_ms), (67, 0), "a connection that is used again takes no time");
    assert_eq!((falls[0].request.as_str(), falls[1].request.as_str()), ("GET  /api/authinfo", "POST /auth/token"));
    assert_eq!(falls.iter().filter(|fall| !fall.is_good()).count(), 1);
}

#[test]
fn a_request_without_an_answer_lasts_as_long_as_is_known() {
    let mut state = state(filled());
    act(&mut state, Action::RunAll);
    for (timing, lasts) in [
        (Timing { dns: Some(4), connect: Some(5000), ..Timing::default() }, 5004),
        (Timing { dns: Some(4), first_byte: Some(6), ..Timing::default() }, 10),
        (Timing { dns: Some(4), total: Some(2), ..Timing::default() }, 4),
        (Timing::default(), 0),
    ] {
        act(&mut state, Action::RunAll);
        let check = "discovery".to_owned();
        let exchange =
            Exchange { check, request: "GET  /".into(), from_ms: 7, status: None, timing, ..Exchange::default() };
        happen(&mut state, RunEvent::Exchanged(exchange));
        let falls = state.waterfall();
        assert_eq!((falls.len(), falls[0].until_ms(), falls[0].is_good()), (1, 7 + lasts, false), "{timing:?}");
    }
}

#[test]
fn what_waits_for_an_answer_grows_with_the_clock() {
    let mut state = state(filled());
    update(&mut state, Message::Clock(1_000));
    act(&mut state, Action::RunAll);
    update(&mut state, Message::Clock(1_200));
    happen(&mut state, RunEvent::CheckStarted("discovery".into()));
    update(&mut state, Message::Clock(4_200));
    let falls = state.waterfall();
    assert_eq!((falls.len(), falls[0].running, falls[0].from_ms, falls[0].took_ms), (1, true, 200, 3_000));
    let mut done = exchanges();
    happen(&mut state, RunEvent::CheckEnded("discovery".into()));
    happen(&mut state, RunEvent::Exchanged(done.remove(0)));
    assert_eq!(state.waterfall().iter().map(|fall| fall.running).collect::<Vec<_>>(), [false]);
    happen(&mut state, RunEvent::CheckStarted("token".into()));
    act(&mut state, Action::Interrupt);
    assert_eq!(state.waterfall().len(), 1, "what was stopped waits for nothing");
}
