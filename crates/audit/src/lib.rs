//! The audit: rules that find what is wrong with a database's roles, and reports.
