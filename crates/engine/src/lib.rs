//! The traits that a kind of database implements, and nothing else.
