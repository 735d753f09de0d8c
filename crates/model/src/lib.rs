//! Names, ground facts, diff and plan: the pure core.
