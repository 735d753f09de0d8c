//! The pure core: names, ground facts, what the model wants, the difference, and the plan.
//!
//! A value is turned into the next type, never edited in place:
//! an [`Observed`] target and the [`Intent`] of the model become a [`Desired`] state, both become [`Changes`],
//! and a [`Dialect`] turns those into the [`Phase`]s of a [`Plan`].
//!
//! This crate knows no engine's name, reads no clock and does no input or output.

mod access;
mod acl;
mod approved;
mod carried;
mod catalogue;
mod day;
mod desired;
mod dialect;
mod diff;
mod escalation;
mod intent;
mod left;
mod machinery;
mod name;
mod object;
mod observed;
mod pattern;
mod plan;
mod power;
mod review;
mod secret;
mod survey;
mod vocabulary;

pub use access::{
    Access, Future, FutureKey, FutureScope, Grantor, Held, Holder, MappingKey, MemberKey, MemberPowers,
    Policy, PolicyKey, Principal, Role, RowSecurity, SettingKey, Value, Verifier,
};
pub use acl::Acl;
pub use approved::{Approved, Rejected};
pub use carried::carried_out;
pub use catalogue::{Catalogue, Existing};
pub use day::{Day, from_now};
pub use desired::{Claims, Desired, NamedClaims};
pub use dialect::{Dialect, Lacking, Problem, Refusal};
pub use diff::{Change, Changes, diff};
pub use escalation::{Certainty, Escalation, From, Gain, LOGIN, QUOTE, STATEMENT};
pub use intent::{
    AbsentIntent, Cause, CauseId, Deprecated, GrantIntent, Guarded, Guarding, HeirIntent, Intent,
    MemberIntent, NamedObjects, OwnerIntent, PasswordSource, Reach, RoleIntent, Separation, WithholdIntent,
};
pub use left::{Left, LeftFact, LeftKind, LeftOne};
pub use machinery::{
    Beyond, Body, Cascade, Fires, Key, Loose, Machinery, Opening, Rewrite, Routine, Trigger, Watch, Window,
};
pub use name::{
    Attribute, ConstraintName, DatabaseName, Kind, Name, NameError, Operation, RoleName, SessionName,
    UserName, Variety,
};
pub use object::{Object, Place};
pub use observed::{At, Executor, HeldKey, Note, Observed, Tie, UnderWay};
pub use pattern::{Pattern, Segment};
pub use plan::{Part, Phase, PhaseKind, Plan, Risk, Statement, Step};
pub use power::{Basis, Edge, Need, Needs, Permission, Powers, Source, Way};
pub use review::{Review, Reviewed, ReviewedUse};
pub use secret::Secret;
pub use survey::{
    Bookmark, Definer, Door, Fired, Follower, Live, Proof, Register, Retained, Stored, Survey, View, Whence,
    Writes,
};
pub use vocabulary::{Boundary, KindWord, Vocabulary};
