//! Effective access against a naive reference, and on a hundred thousand roles.

#[cfg(test)]
mod many;
#[cfg(test)]
mod naive;
#[cfg(test)]
mod world;
