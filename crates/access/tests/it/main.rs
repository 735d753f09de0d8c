//! Effective access against a naive reference, and on a hundred thousand roles.

#[cfg(test)]
mod alike;
#[cfg(test)]
mod escalation;
#[cfg(test)]
mod everybody;
#[cfg(test)]
mod many;
#[cfg(test)]
mod naive;
#[cfg(test)]
mod rbac_limits;
#[cfg(test)]
mod rbac_load;
#[cfg(test)]
mod rbac_naive;
#[cfg(test)]
mod rbac_reference;
#[cfg(test)]
mod rbac_standard;
#[cfg(test)]
mod world;
