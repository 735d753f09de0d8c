//! PostgreSQL: inspect, dialect, run, its own audit rules.
