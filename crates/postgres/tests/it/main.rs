//! Tests against real servers of every supported version.

mod inspect;
mod inspect_connect;
mod inspect_facts;
mod inspect_run;
mod round_trip;
mod worst_case;
