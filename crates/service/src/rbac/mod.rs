//! The functions of ANSI INCITS 359, called one after another on a state that a model makes, or on an empty one. Nothing outside
//! is changed: what a call does is gone with the answer to the last one.
//!
//! [`functions`] lists all that there are, each in one of the [`forms`] that it can have; [`call`] reads one by its [`reading`]. [`world`]
//! is what calls are about: [`facts`] say what a model means in the standard's words, and [`site`] what is held on a server of it.

mod answer;
mod call;
mod facts;
mod forms;
mod functions;
mod reading;
mod site;
mod world;

pub use access::rbac::Shape;
pub use answer::Answer;
pub use call::CallError;
pub use functions::{FUNCTIONS, Function};

use call::Call;
use engine::Engine;
use manifest::Model;
use world::World;

/// What the calls begin with.
#[derive(Debug, Clone, Copy)]
pub enum Begins<'a> {
    /// Nothing: no user, no role.
    Empty,
    /// What a model says of an environment: the only one if it is not named.
    Model(&'a Model, Option<&'a str>),
}

/// A call with its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Called {
    /// The call as it was written.
    pub call: String,
    /// What it came to.
    pub answer: Answer,
}

/// Calls one after another, each on what those before it made. A call that is refused changes nothing, and the next one is made.
///
/// # Errors
/// Before anything is called: all calls that cannot be read, or what keeps the model from being a state of the standard's. Later: a
/// permission on what the model does not name.
pub fn call(
    engine: &dyn Engine,
    begins: Begins<'_>,
    shape: Shape,
    calls: &[String],
) -> Result<Vec<Called>, Vec<CallError>> {
    let (mut read, mut wrong) = (Vec::new(), Vec::new());
    for text in calls {
        match Call::parse(text, engine.vocabulary()) {
            Ok(call) => read.push(call),
            Err(error) => wrong.push(error),
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let mut world = World::of(engine, begins, shape, &read)?;
    let answered = read.iter().map(|call| {
        let answer = call.perform(&mut world).map_err(|error| vec![error])?;
        Ok(Called { call: call.text.clone(), answer })
    });
    answered.collect()
}
