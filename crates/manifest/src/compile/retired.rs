//! Retired roles: nothing is left to them, and what they own has somewhere to go.

use super::Compiler;
use crate::diagnostic::Diagnostic;
use crate::manifest::{Entry, RoleEntry, State, Text};
use crate::nearest::did_you_mean;
use ::model::{HeirIntent, RoleName};

impl<'a> Compiler<'a> {
    /// A retired role is dropped: what it still has would be granted to nobody.
    pub(super) fn retired_is_empty(&mut self, name: &Text, role: &crate::RoleEntry) {
        let left = [
            ("grants", role.grants.values().next().map(|entry| entry.name.span)),
            ("owns", role.owns.values().next().map(|entry| entry.name.span)),
            ("inherits", role.inherits.first().map(|entry| entry.role.span)),
        ];
        for (key, span) in left {
            let Some(span) = span else { continue };
            let message = format!("role `{}` is retired and still has `{key}`", name.value);
            let help = "leave it out: a retired role is taken away with all that it has";
            self.say(
                Diagnostic::error("RW144", message).at(span, "here").at(name.span, "this role").help(help),
            );
        }
    }

    /// Who gets what the role owns when it goes.
    pub(super) fn heir(&mut self, entry: &'a Entry<RoleEntry>, state: State) -> Option<HeirIntent> {
        let heir = entry.value.reassign_to.as_ref()?;
        let name = entry.name.as_str();
        if state != State::Retired {
            let message = format!("role `{name}` has `reassign_to` and is {}", state.word());
            let help = "write `state: retired` if it is to go, or leave it out";
            self.say(Diagnostic::error("RW144", message).at(heir.span, "here").help(help));
            return None;
        }
        let Some(defined) = self.manifest.roles.get(heir.as_str()) else {
            let known = self.manifest.roles.keys().map(String::as_str);
            let help = did_you_mean(heir.as_str(), known)
                .unwrap_or_else(|| "what is handed over is the model's: name one of its roles".to_owned());
            let message = format!("the model has no role `{}` to hand anything over to", heir.value);
            self.say(Diagnostic::error("RW110", message).at(heir.span, "not in the model").help(help));
            return None;
        };
        self.alive_name(heir, name, state, "named in `reassign_to`");
        let mut attributes = defined.value.attributes.iter();
        let superuser = attributes.find(|(word, on)| *on && word.value.eq_ignore_ascii_case("superuser"));
        if let Some((word, _)) = superuser {
            let message = format!("what `{name}` owns would go to `{}`, a superuser", heir.value);
            let help =
                "its functions and views would run with every right: name a role without the attribute";
            let error = Diagnostic::error("RW144", message).at(heir.span, "here").at(word.span, "superuser");
            self.say(error.help(help));
        }
        self.may_own(heir, &defined.value);
        let cause = self.cause(heir.span, format!("reassign_to {}", heir.value));
        Some(HeirIntent { role: RoleName::new(heir.as_str()).ok()?, cause })
    }

    /// What is handed over is owned from then on, which not every boundary allows.
    fn may_own(&mut self, heir: &Text, role: &RoleEntry) {
        let Some(boundary) = &role.boundary else { return };
        let forbids = |engine: &&&::model::Vocabulary| {
            self.boundary(engine.engine, boundary.as_str()).is_some_and(|limit| !limit.may_own)
        };
        if self.engines.iter().any(|engine| forbids(&engine)) {
            let message =
                format!("role `{}` oversteps its boundary `{}`: owning objects", heir.value, boundary.value);
            let error = Diagnostic::error("RW141", message).at(heir.span, "is to own what is handed over");
            let help = "hand it over to a role that may own, or give this one a wider boundary";
            self.say(error.at(boundary.span, "the boundary").help(help));
        }
    }
}
