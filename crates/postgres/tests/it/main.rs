//! Tests against real servers of every supported version.

mod inspect;
