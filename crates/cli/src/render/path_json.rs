//! Ways up and blast radius for programs. The format is versioned: within a version fields are only added.

use super::path_text::reviewed;
use model::{Certainty, Gain, Object, Reviewed, RoleName};
use serde::Serialize;
use service::{Asking, Found, Part, Radius, Step, Told};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

#[derive(Serialize)]
struct PathDocument<'a> {
    version: u32,
    who: &'a str,
    accounts: Vec<&'a str>,
    /// What the target does by itself was looked at.
    looked_at_target: bool,
    /// Databases in which nobody looked: a way through them is not told.
    not_looked_at: Vec<String>,
    found: Vec<FoundDocument>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reviews: Vec<ReviewDocument>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    to_review: Vec<ToReviewDocument>,
}

/// What has come of a review that the model has.
#[derive(Serialize)]
struct ReviewDocument {
    routine: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    database: Option<String>,
    counts: bool,
    told: String,
}

/// A routine of which an answer says that nobody knows what it does, with what a review of it would name.
#[derive(Serialize)]
struct ToReviewDocument {
    routine: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    database: Option<String>,
    digest: String,
}

#[derive(Serialize)]
struct FoundDocument {
    to: GainDocument,
    verdict: &'static str,
    with_a_victim: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    why_unknown: Option<String>,
    steps: Vec<StepDocument>,
}

#[derive(Serialize)]
struct RadiusDocument<'a> {
    version: u32,
    who: &'a str,
    accounts: Vec<&'a str>,
    looked_at_target: bool,
    superuser: bool,
    /// As of each thing that is reached: `superuser` is false where this is unknown.
    superuser_verdict: &'static str,
    reached: Vec<PartDocument>,
    owns: Vec<String>,
    holds: BTreeMap<String, Vec<String>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reviews: Vec<ReviewDocument>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    to_review: Vec<ToReviewDocument>,
}

#[derive(Serialize)]
struct PartDocument {
    to: GainDocument,
    verdict: &'static str,
    steps: Vec<StepDocument>,
}

#[derive(Serialize)]
struct GainDocument {
    #[serde(rename = "type")]
    kind: &'static str,
    text: String,
}

#[derive(Serialize)]
struct StepDocument {
    what: String,
    holding: Vec<String>,
    statements: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    database: Option<String>,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    needs: Option<String>,
}

/// The ways as JSON, with a line break at its end.
///
/// # Errors
/// Never in practice: the format has no map whose keys are not texts.
pub(crate) fn path_json(
    who: &str,
    roles: &[RoleName],
    found: &[Found],
    asking: &Asking,
) -> serde_json::Result<String> {
    let looked_at_target = asking.observed.machinery.is_some();
    let found = found.iter().map(|found| FoundDocument {
        to: gain(&found.to),
        verdict: found.certainty().map_or("none", verdict),
        with_a_victim: found.with_a_victim,
        why_unknown: match found.certainty() {
            Some(Certainty::Unknown(why)) => Some(why.clone()),
            _ => None,
        },
        steps: found.way.as_ref().map(steps).unwrap_or_default(),
    });
    let found: Vec<FoundDocument> = found.collect();
    let to_review = to_review(asking, found.iter().flat_map(|found| &found.steps));
    let document = PathDocument {
        version: 1,
        who,
        accounts: accounts(roles),
        looked_at_target,
        not_looked_at: asking.observed.not_looked_at.iter().map(ToString::to_string).collect(),
        found,
        reviews: reviews(asking),
        to_review,
    };
    serde_json::to_string_pretty(&document).map(|text| text + "\n")
}

/// The blast radius as JSON, with a line break at its end.
///
/// # Errors
/// As for [`path_json`].
pub(crate) fn radius_json(
    who: &str,
    roles: &[RoleName],
    radius: &Radius,
    asking: &Asking,
) -> serde_json::Result<String> {
    let looked_at_target = asking.observed.machinery.is_some();
    let part = |part: &Part| PartDocument {
        to: gain(&part.gain),
        verdict: verdict(&part.way.certainty),
        steps: steps(&part.way),
    };
    let holds = radius.holds.iter().map(|(operation, objects)| {
        (operation.to_string(), objects.iter().map(ToString::to_string).collect())
    });
    let reached: Vec<PartDocument> = radius.parts.iter().map(part).collect();
    let document = RadiusDocument {
        version: 1,
        who,
        accounts: accounts(roles),
        looked_at_target,
        superuser: radius.everything,
        superuser_verdict: radius
            .parts
            .iter()
            .find(|part| part.gain == Gain::Everything)
            .map_or("none", |part| verdict(&part.way.certainty)),
        to_review: to_review(asking, reached.iter().flat_map(|part| &part.steps)),
        reviews: reviews(asking),
        reached,
        owns: radius.owns.iter().map(ToString::to_string).collect(),
        holds: holds.collect(),
    };
    serde_json::to_string_pretty(&document).map(|text| text + "\n")
}

fn reviews(asking: &Asking) -> Vec<ReviewDocument> {
    let one = |(on, review): (&Arc<Object>, &Reviewed)| ReviewDocument {
        routine: on.to_string(),
        database: on.database().map(ToString::to_string),
        counts: review.counts,
        told: review.told.clone(),
    };
    reviewed(asking).map(one).collect()
}

/// The routines whose digests these steps name.
fn to_review<'s>(asking: &Asking, steps: impl Iterator<Item = &'s StepDocument>) -> Vec<ToReviewDocument> {
    let told: BTreeSet<&str> = steps.filter_map(|step| step.needs.as_deref()).collect();
    let routines = asking.observed.machinery.iter().flat_map(|machinery| &machinery.routines);
    let named = routines.filter_map(|(on, routine)| {
        let digest = routine.digest.as_ref()?;
        told.iter().any(|told| told.contains(digest.as_str())).then(|| ToReviewDocument {
            routine: on.to_string(),
            database: on.database().map(ToString::to_string),
            digest: digest.clone(),
        })
    });
    named.collect()
}

fn accounts(roles: &[RoleName]) -> Vec<&str> {
    roles.iter().map(RoleName::as_str).collect()
}

fn gain(gain: &Gain) -> GainDocument {
    let kind = match gain {
        Gain::Acts(_) => "role",
        Gain::Runs(_) => "code as role",
        Gain::Everything => "superuser",
        Gain::Host => "server account",
        Gain::Files => "server files",
        Gain::Copy => "copy",
        Gain::Verifiers => "verifiers",
        Gain::Does(_) => "operation",
        Gain::Lures(_) => "trap",
        Gain::Elsewhere(_) => "other server",
    };
    GainDocument { kind, text: gain.to_string() }
}

const fn verdict(certainty: &Certainty) -> &'static str {
    match certainty {
        Certainty::Direct => "direct",
        Certainty::Victim(_) => "needs a victim",
        Certainty::Unknown(_) => "unknown",
    }
}

fn steps(way: &Told) -> Vec<StepDocument> {
    let step = |step: &Step| StepDocument {
        what: step.what.clone(),
        holding: step.holding.clone(),
        statements: step.statements.clone(),
        database: step.database.as_ref().map(ToString::to_string),
        verdict: verdict(&step.certainty),
        needs: match &step.certainty {
            Certainty::Direct => None,
            Certainty::Victim(text) | Certainty::Unknown(text) => Some(text.clone()),
        },
    };
    way.steps.iter().map(step).collect()
}
