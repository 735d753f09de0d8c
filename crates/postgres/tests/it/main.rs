//! Tests against real servers of every supported version.

#[cfg(test)]
mod converge;
#[cfg(test)]
mod converge_facts;
#[cfg(test)]
mod corners_objects;
#[cfg(test)]
mod corners_roles;
#[cfg(test)]
mod effective_can;
#[cfg(test)]
mod effective_privileges;
#[cfg(test)]
mod escalation_generated;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod faults_between;
#[cfg(test)]
mod faults_crowd;
#[cfg(test)]
mod faults_refused;
#[cfg(test)]
mod generated;
#[cfg(test)]
mod imagined;
#[cfg(test)]
mod import;
#[cfg(test)]
mod inspect;
#[cfg(test)]
mod inspect_connect;
#[cfg(test)]
mod inspect_facts;
#[cfg(test)]
mod inspect_run;
#[cfg(test)]
mod models;
#[cfg(test)]
mod retired;
#[cfg(test)]
mod retired_door;
#[cfg(test)]
mod retired_heir;
#[cfg(test)]
mod retired_kept;
#[cfg(test)]
mod round_trip;
#[cfg(test)]
mod round_trip_generated;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod way_back;
#[cfg(test)]
mod worst_case;
