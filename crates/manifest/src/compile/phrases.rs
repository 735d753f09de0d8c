//! Phrases: of roles, of PUBLIC, of owners. Each becomes intents that wait for a target's names.

use super::Compiler;
use crate::diagnostic::Diagnostic;
use crate::manifest::{Entry, Named, RoleEntry, Text};
use crate::model::{In, RoleFacts};
use crate::phrase::{
    ObjectsPhrase, Phrase, PhraseError, Places, ReachPhrase, parse_objects_with, parse_phrase_with,
};
use crate::source::Span;
use ::model::{
    CauseId, DatabaseName, GrantIntent, KindWord, Name, NamedObjects, Operation, OwnerIntent, Pattern,
    Principal, Reach, RoleName, Segment, Vocabulary, WithholdIntent,
};
use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use std::collections::BTreeMap;

/// Where the first privilege of a grant stands, and the word for its kind.
#[derive(Debug, Clone)]
pub(super) struct GrantPlace {
    pub(super) span: Span,
    pub(super) word: &'static str,
}

/// A phrase that was parsed, and what it stands in.
pub(super) struct ReadPhrase<'p> {
    pub(super) database: usize,
    pub(super) words: &'p Vocabulary,
    pub(super) text: &'p Text,
    pub(super) phrase: Phrase,
    pub(super) places: Places,
}

/// What makes two grants one: operation, column, kind, name, and who makes the object if it is a future one.
type Same<'p> = (&'p str, Option<&'p str>, &'static str, &'p Pattern, Option<&'p str>);

impl<'a> Compiler<'a> {
    pub(super) fn grants(&mut self, name: &RoleName, entry: &'a Entry<RoleEntry>, facts: &mut RoleFacts) {
        for (database, words, phrases) in self.by_database(&entry.value.grants) {
            facts.touches.insert(database);
            let mut parsed = Vec::with_capacity(phrases.len());
            for text in phrases {
                let Some((phrase, places)) = self.phrase(text, words) else { continue };
                if phrase.privileges.is_empty() {
                    let message = "`nothing` has a meaning for everybody only";
                    let help =
                        "leave the phrase out: what a role of the model is not granted, it does not hold";
                    let at = places.privileges.first().cloned().unwrap_or_default();
                    self.say(
                        Diagnostic::error("RW136", message)
                            .at(text.part(at.start, at.end), "here")
                            .help(help),
                    );
                    continue;
                }
                self.phrase_findings(name.as_str(), text, &phrase, &places);
                parsed.push(ReadPhrase { database, words, text, phrase, places });
            }
            self.twice(name.as_str(), &parsed);
            for read in parsed {
                let cause = self.cause(read.text.span, read.text.value.trim());
                self.add_grants(&Principal::Role(name.clone()), read, cause);
            }
        }
    }

    /// PUBLIC's phrases.
    pub(super) fn public(&mut self) {
        let manifest = self.manifest;
        for (database, words, phrases) in self.by_database(&manifest.public) {
            for text in phrases {
                let Some((phrase, places)) = self.phrase(text, words) else { continue };
                if phrase.delegable {
                    let at = text.part(places.delegable.start, places.delegable.end);
                    let message = "everybody cannot be given the grant option";
                    self.say(Diagnostic::error("RW136", message).at(at, "here").help("leave it out"));
                }
                let cause = self.cause(text.span, text.value.trim());
                let read = ReadPhrase { database, words, text, phrase, places };
                self.add_grants(&Principal::Public, read, cause);
            }
        }
    }

    pub(super) fn owns(&mut self, name: &RoleName, entry: &'a Entry<RoleEntry>, facts: &mut RoleFacts) {
        for (database, words, phrases) in self.by_database(&entry.value.owns) {
            facts.touches.insert(database);
            for text in phrases {
                let (objects, places) = match parse_objects_with(text.as_str(), words, &mut self.known_names)
                {
                    Ok(parsed) => parsed,
                    Err(error) => {
                        self.phrase_error(text, error);
                        continue;
                    }
                };
                self.folded(text, &places);
                let Some(kind) = words.kind(objects.word) else { continue };
                if !kind.owned {
                    let message = format!("a {} has no owner that can be changed", kind.word);
                    let at = text.part(places.kind.start, places.kind.end);
                    self.say(Diagnostic::error("RW134", message).at(at, "here"));
                    continue;
                }
                let cause = self.cause(text.span, format!("owns {}", text.value.trim()));
                let on = self.objects(database, kind, objects);
                self.own_places.push(text.span);
                self.model.owns.push(In { database, what: OwnerIntent { owner: name.clone(), on, cause } });
            }
        }
    }

    pub(super) fn withheld(&mut self, name: &RoleName, entry: &'a Entry<RoleEntry>, facts: &mut RoleFacts) {
        for (database, words, phrases) in self.by_database(&entry.value.withhold) {
            facts.touches.insert(database);
            for text in phrases {
                let Some((phrase, _)) = self.phrase(text, words) else { continue };
                let plain = phrase.reach == ReachPhrase::Existing
                    && !phrase.delegable
                    && phrase.granted_by.is_none()
                    && !phrase.privileges.is_empty()
                    && phrase.privileges.iter().all(|privilege| privilege.columns.is_empty());
                if !plain {
                    let message = "`withhold` takes privileges on whole objects that exist";
                    let help = "such as `delete on table sales.audit`";
                    self.say(Diagnostic::error("RW134", message).at(text.span, "more than that").help(help));
                    continue;
                }
                let Some(kind) = words.kind(phrase.objects.word) else { continue };
                let cause = self.cause(text.span, format!("withhold {}", text.value.trim()));
                let on = self.objects(database, kind, phrase.objects);
                let operations = phrase.privileges.into_iter().map(|privilege| privilege.operation).collect();
                let what = WithholdIntent { owner: name.clone(), operations, on, cause };
                self.model.withhold.push(In { database, what });
            }
        }
    }

    fn by_database(&mut self, named: &'a Named<Vec<Text>>) -> Vec<(usize, &'a Vocabulary, &'a [Text])> {
        let mut found = Vec::new();
        for entry in named.values() {
            if let Some((database, words)) = self.database(&entry.name) {
                found.push((database, words, entry.value.as_slice()));
            }
        }
        found
    }

    /// Parses a phrase, or says why not.
    pub(super) fn phrase(&mut self, text: &Text, words: &'a Vocabulary) -> Option<(Phrase, Places)> {
        match parse_phrase_with(text.as_str(), words, &mut self.known_names) {
            Ok((phrase, places)) => {
                self.folded(text, &places);
                self.names_fit(text, words, &phrase.objects, &places);
                Some((phrase, places))
            }
            Err(error) => {
                self.phrase_error(text, error);
                None
            }
        }
    }

    pub(super) fn phrase_error(&mut self, text: &Text, error: PhraseError) {
        let span = text.part(error.at.start, error.at.end);
        self.say(Diagnostic::error(error.code, error.message).at(span, "").help(error.help));
    }

    pub(super) fn folded(&mut self, text: &Text, places: &Places) {
        for (at, name) in &places.folded {
            let written = text.value.get(at.clone()).unwrap_or_default();
            let message = format!("`{written}` is read as `{name}`: capitals need double quotes");
            let help = format!("write `{name}`, or `\"{written}\"` with quotes");
            let span = text.part(at.start, at.end);
            self.say(Diagnostic::warning("RW135", message).at(span, "folded to lower case").help(help));
        }
    }

    fn names_fit(&mut self, text: &Text, words: &Vocabulary, objects: &ObjectsPhrase, places: &Places) {
        for (pattern, at) in objects.names.iter().zip(&places.names) {
            let long = pattern.path.iter().any(|part| match part {
                ::model::Segment::Exactly(name) => name.as_str().len() > words.longest_name,
                ::model::Segment::Like(_) => false,
            });
            if long {
                let message = format!("a name in {} has at most {} bytes", words.engine, words.longest_name);
                let help = "no object can be called that";
                self.say(
                    Diagnostic::error("RW113", message).at(text.part(at.start, at.end), "longer").help(help),
                );
            }
        }
    }

    fn phrase_findings(&mut self, role: &str, text: &Text, phrase: &Phrase, places: &Places) {
        if phrase.delegable {
            let at = text.part(places.delegable.start, places.delegable.end);
            let message = format!("`{role}` may hand this on to anybody");
            let help = "leave `with grant option` out, and let the model grant it to whom it is meant for";
            self.say(Diagnostic::finding("RW151", role, message).at(at, "here").help(help));
        }
        if phrase.reach != ReachPhrase::Existing && !phrase.objects.except.is_empty() {
            let at = places.except.first().cloned().unwrap_or_default();
            let message =
                "`except` cannot bind what does not exist yet: a new object of that name would be granted";
            let help = "make two phrases: one with `except`, one with `only future by`";
            let finding =
                Diagnostic::finding("RW137", role, message).at(text.part(at.start, at.end), "not for these");
            self.say(finding.help(help));
        }
        self.excepted_again(text, phrase, places);
    }

    /// Names of which the exceptions leave nothing.
    fn excepted_again(&mut self, text: &Text, phrase: &Phrase, places: &Places) {
        for (name, at) in phrase.objects.names.iter().zip(&places.names) {
            let exact: Option<Vec<Name>> = name.path.iter().map(exactly).collect();
            let all_of_it = |except: &Pattern| {
                (except.path == name.path || exact.as_ref().is_some_and(|path| except.matches_path(path)))
                    && (except.arguments.is_none() || except.arguments == name.arguments)
            };
            let Some(by) = phrase.objects.except.iter().position(all_of_it) else { continue };
            let message = format!("nothing is left of `{name}`: it is excepted in the same phrase");
            let said = Diagnostic::error("RW144", message).at(text.part(at.start, at.end), "named here");
            let said = match places.except.get(by) {
                Some(at) => said.at(text.part(at.start, at.end), "excepted here"),
                None => said,
            };
            self.say(said.help("leave one of them out"));
        }
    }

    /// Adds the grants of a phrase: one for each set of columns.
    fn add_grants(&mut self, to: &Principal, read: ReadPhrase<'_>, cause: CauseId) {
        let (database, word) = (read.database, read.phrase.objects.word);
        let at = read.places.privileges.first().cloned().unwrap_or_default();
        let span = read.text.part(at.start, at.end);
        let Some(grants) = self.grant_intents(to, read, cause) else { return };
        for what in grants {
            self.model.grants.push(In { database, what });
            self.grant_places.push(GrantPlace { span, word });
        }
    }

    pub(super) fn grant_intents(
        &mut self,
        to: &Principal,
        read: ReadPhrase<'_>,
        cause: CauseId,
    ) -> Option<Vec<GrantIntent>> {
        let ReadPhrase { database, words, text, phrase, places } = read;
        let kind = words.kind(phrase.objects.word)?;
        let mut creators = Vec::new();
        for (creator, at) in phrase.reach.creators().iter().zip(&places.creators) {
            creators.push(self.known_actor(creator.as_str(), text.part(at.start, at.end))?);
        }
        let granted_by = match &phrase.granted_by {
            Some(grantor) => {
                let at = text.part(places.granted_by.start, places.granted_by.end);
                Some(self.known_actor(grantor.as_str(), at)?)
            }
            None => None,
        };
        let reach = match &phrase.reach {
            ReachPhrase::Existing => Reach::Existing,
            ReachPhrase::Both(_) => Reach::Both(creators),
            ReachPhrase::Future(_) => Reach::Future(creators),
        };
        let mut by_columns: BTreeMap<Vec<Name>, Vec<Operation>> = BTreeMap::new();
        for privilege in phrase.privileges {
            let operations = by_columns.entry(privilege.columns).or_default();
            if !operations.contains(&privilege.operation) {
                operations.push(privilege.operation);
            }
        }
        let (columns, operations) = by_columns.pop_last().unwrap_or_default();
        let on = self.objects(database, kind, phrase.objects);
        let (to, delegable) = (to.clone(), phrase.delegable);
        let last = GrantIntent { to, operations, columns, on, reach, delegable, granted_by, cause };
        let mut grants: Vec<GrantIntent> = by_columns
            .into_iter()
            .map(|(columns, operations)| GrantIntent { columns, operations, ..last.clone() })
            .collect();
        grants.push(last);
        Some(grants)
    }

    pub(super) fn objects(&self, database: usize, kind: &KindWord, objects: ObjectsPhrase) -> NamedObjects {
        let here =
            || self.database_at(database).and_then(|database| DatabaseName::new(database.key.as_str()).ok());
        NamedObjects {
            database: if kind.cluster_wide { None } else { here() },
            kind: kind.kind.clone(),
            varieties: kind.varieties.clone(),
            names: objects.names.into(),
            except: objects.except,
        }
    }

    /// Reports privileges that a role is granted twice in one database.
    fn twice(&mut self, role: &str, phrases: &[ReadPhrase<'_>]) {
        if !may_overlap(phrases) {
            return;
        }
        let mut seen: HashMap<Same<'_>, Span> = HashMap::new();
        let mut found = Vec::new();
        for read in phrases.iter().filter(|read| read.phrase.objects.except.is_empty()) {
            let ReadPhrase { text, phrase, places, .. } = read;
            let mut first: Option<Span> = None;
            for (privilege, at) in phrase.privileges.iter().zip(&places.privileges) {
                for pattern in &phrase.objects.names {
                    for same in same(phrase, privilege, pattern) {
                        let before = *seen.entry(same).or_insert(text.part(at.start, at.end));
                        if before != text.part(at.start, at.end) && first.is_none() {
                            first = Some(before);
                            found.push((
                                text.part(at.start, at.end),
                                before,
                                privilege.operation.clone(),
                                pattern.to_string(),
                            ));
                        }
                    }
                }
            }
        }
        for (again, before, operation, pattern) in found {
            let message = format!("`{role}` is granted `{operation}` on `{pattern}` twice");
            let finding = Diagnostic::finding("RW149", role, message).at(again, "again").at(before, "first");
            self.say(finding.help("leave one of them out"));
        }
    }
}

/// A quick look before the exact one: is a name there twice, or an operation in one phrase?
fn may_overlap(phrases: &[ReadPhrase<'_>]) -> bool {
    let most = phrases.iter().map(|read| read.phrase.objects.names.len()).sum();
    let mut names: HashSet<(&str, &Pattern)> = HashSet::with_capacity(most);
    let phrases = phrases.iter().map(|read| &read.phrase);
    phrases.filter(|phrase| phrase.objects.except.is_empty()).any(|phrase| {
        let mut privileges = phrase.privileges.iter().enumerate();
        let before = |at: usize| phrase.privileges.iter().take(at);
        privileges.any(|(at, one)| before(at).any(|other| other.operation == one.operation))
            || phrase.objects.names.iter().any(|name| !names.insert((phrase.objects.word, name)))
    })
}

fn same<'p>(phrase: &'p Phrase, privilege: &'p crate::Privilege, pattern: &'p Pattern) -> Vec<Same<'p>> {
    let operation = privilege.operation.as_str();
    let word = phrase.objects.word;
    let columns: Vec<Option<&str>> = match privilege.columns.as_slice() {
        [] => vec![None],
        columns => columns.iter().map(|column| Some(column.as_str())).collect(),
    };
    let existing = !matches!(phrase.reach, ReachPhrase::Future(_));
    let creators = phrase.reach.creators().iter().map(|creator| Some(creator.as_str()));
    let times: Vec<Option<&str>> = existing.then_some(None).into_iter().chain(creators).collect();
    let at_time = |time: Option<&'p str>| {
        columns.iter().map(move |column| (operation, *column, word, pattern, time)).collect::<Vec<_>>()
    };
    times.into_iter().flat_map(at_time).collect()
}

fn exactly(segment: &Segment) -> Option<Name> {
    match segment {
        Segment::Exactly(name) => Some(name.clone()),
        Segment::Like(_) => None,
    }
}
