//! Reviews of routines: their form. An engine says whether the body that stands on a target is the one that was read.

use super::Compiler;
use super::phrases::ReadPhrase;
use crate::check::said_twice;
use crate::diagnostic::Diagnostic;
use crate::manifest::{ReviewEntry, Text};
use crate::model::In;
use crate::phrase::parse_objects_with;
use crate::source::Span;
use ::model::{CauseId, NamedObjects, Principal, Review, ReviewedUse, Vocabulary};
use std::collections::HashMap;

/// What a digest begins with.
const SHA256: &str = "sha256:";

impl<'a> Compiler<'a> {
    pub(super) fn reviews(&mut self) {
        let manifest = self.manifest;
        let mut known: HashMap<(usize, String), Span> = HashMap::new();
        for entry in &manifest.reviewed_routines {
            let digest = self.digest(&entry.digest);
            let Some((database, words)) = self.database(&entry.database) else { continue };
            let on = self.reviewed(&entry.on, database, words);
            let before = self.out.iter().filter(|said| said.is_error()).count();
            let does: Vec<ReviewedUse> =
                entry.does.iter().flat_map(|text| self.use_of(text, database, words)).collect();
            let broken = self.out.iter().filter(|said| said.is_error()).count() > before;
            let over = self.over(entry);
            let (Some(on), Some(digest), false) = (on, digest, broken) else { continue };
            let name = on.names.first().map(ToString::to_string).unwrap_or_default();
            if let Some(first) = known.insert((database, name), entry.on.span) {
                self.say(said_twice(&entry.on.value, entry.on.span, first));
                continue;
            }
            let (file, line) = manifest.lines.locate(entry.on.span);
            let (by, line) = (entry.reviewed_by.value.clone(), format!("{file}:{line}"));
            self.model.reviews.push(In { database, what: Review { on, digest, does, by, line, over } });
        }
    }

    /// The digest without what it begins with.
    fn digest(&mut self, text: &Text) -> Option<String> {
        let digits = text.value.strip_prefix(SHA256);
        let is_one = |digits: &&str| {
            digits.len() == 64 && digits.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c))
        };
        let found = digits.filter(is_one).map(str::to_owned);
        if found.is_none() {
            let message = format!("`{}` is not the digest of a body", text.value);
            let help =
                "it is `sha256:` with 64 letters from 0 to 9 and from a to f, as `rolewright path` shows it";
            self.say(Diagnostic::error("RW172", message).at(text.span, "here").help(help));
        }
        found
    }

    /// One routine, by its name and its input types.
    fn reviewed(&mut self, text: &Text, database: usize, words: &'a Vocabulary) -> Option<NamedObjects> {
        let (objects, places) = match parse_objects_with(text.as_str(), words, &mut self.known_names) {
            Ok(parsed) => parsed,
            Err(error) => {
                self.phrase_error(text, error);
                return None;
            }
        };
        self.folded(text, &places);
        let kind = words.kind(objects.word)?;
        let one = matches!(objects.names.as_slice(), [only] if only.is_exact() && only.arguments.is_some())
            && objects.except.is_empty()
            && kind.arguments;
        if !one {
            let message = "a review is of one routine, by its name and its input types";
            let help = "such as `routine crm.find(text)`, or `routine crm.tidy()` without any";
            self.say(Diagnostic::error("RW172", message).at(text.span, "not one routine").help(help));
            return None;
        }
        Some(self.objects(database, kind, objects))
    }

    /// What a body does, as a phrase says it.
    fn use_of(&mut self, text: &'a Text, database: usize, words: &'a Vocabulary) -> Vec<ReviewedUse> {
        let Some((phrase, places)) = self.phrase(text, words) else { return Vec::new() };
        let plain = phrase.reach.creators().is_empty()
            && !phrase.delegable
            && phrase.granted_by.is_none()
            && !phrase.privileges.is_empty();
        if !plain {
            let message = "what a body does is operations on objects that exist, and nothing more";
            let help = "such as `select on table crm.customers`; `does: []` says that it does nothing";
            self.say(Diagnostic::error("RW172", message).at(text.span, "more than that").help(help));
            return Vec::new();
        }
        let read = ReadPhrase { database, words, text, phrase, places };
        let grants = self.grant_intents(&Principal::Public, read, CauseId(0)).unwrap_or_default();
        let used = |grant: ::model::GrantIntent| ReviewedUse {
            operations: grant.operations,
            columns: grant.columns,
            on: grant.on,
        };
        grants.into_iter().map(used).collect()
    }

    /// Says so where the last day is over.
    fn over(&mut self, entry: &ReviewEntry) -> bool {
        let Some(until) = &entry.until else { return false };
        let over = self.today.is_some_and(|today| until.as_str() < today);
        if over {
            let about = entry.on.value.trim();
            let message = format!("the review of `{about}` is over: what it does is unknown again");
            let help = format!("let {} read it anew, or take the entry out", entry.reviewed_by.value);
            let finding = Diagnostic::finding("RW172", about, message);
            self.say(finding.at(until.span, "in the past").help(help));
        }
        over
    }
}
