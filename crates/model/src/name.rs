//! Names that carry meaning in their type. A name is a shared string: cloning one copies a pointer.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// Why a text cannot be a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// The text is empty.
    #[error("a name cannot be empty")]
    Empty,
    /// The text holds a NUL, which no engine accepts inside a name.
    #[error("a name cannot contain a NUL character")]
    Nul,
}

/// Compares by the letters, after a look whether both are the same letters in the same place: most names that
/// are compared are.
macro_rules! same_place_first {
    ($name:ident) => {
        impl PartialEq for $name {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                std::ptr::eq::<str>(&*self.0, &*other.0) || *self.0 == *other.0
            }
        }

        impl std::hash::Hash for $name {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.0.hash(state);
            }
        }

        impl PartialOrd for $name {
            #[inline]
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $name {
            #[inline]
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                if std::ptr::eq::<str>(&*self.0, &*other.0) {
                    return std::cmp::Ordering::Equal;
                }
                self.0.cmp(&other.0)
            }
        }
    };
}

macro_rules! shared_name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Eq)]
        pub struct $name(Arc<str>);

        same_place_first!($name);

        impl $name {
            /// Takes the text letter for letter.
            ///
            /// # Errors
            /// If the text is empty or holds a NUL.
            pub fn new(text: impl Into<Arc<str>>) -> Result<Self, NameError> {
                let text = text.into();
                if text.is_empty() {
                    return Err(NameError::Empty);
                }
                if text.contains('\0') {
                    return Err(NameError::Nul);
                }
                Ok(Self(text))
            }

            /// The text, letter for letter, unquoted.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&*self.0, f)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<&str> for $name {
            type Error = NameError;
            fn try_from(text: &str) -> Result<Self, NameError> {
                Self::new(text)
            }
        }
    };
}

shared_name!(
    /// The name of a role of one cluster, login or not.
    RoleName
);
shared_name!(
    /// The name of a user: an account of a person, or of a service.
    UserName
);
shared_name!(
    /// The name of one session of a user.
    SessionName
);
shared_name!(
    /// The name of a constraint, such as a separation of duties.
    ConstraintName
);
shared_name!(
    /// The name of a database inside its cluster.
    DatabaseName
);
shared_name!(
    /// One part of an object's path: a schema, a table, a column, an argument's type, a setting.
    Name
);

macro_rules! open_word {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Eq)]
        pub struct $name(Cow<'static, str>);

        same_place_first!($name);

        impl $name {
            /// A word that the engine knows at compile time.
            #[must_use]
            pub const fn known(word: &'static str) -> Self {
                Self(Cow::Borrowed(word))
            }

            /// A word learned at run time.
            #[must_use]
            pub fn learned(word: impl Into<String>) -> Self {
                Self(Cow::Owned(word.into()))
            }

            /// The word, in lower case.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

open_word!(
    /// A kind of object as the engine grants on it: `table`, `schema`, `routine`, `column`. Open, not an enum:
    /// engines supply the words.
    Kind
);
open_word!(
    /// What an object is within its kind, where that matters to people but not to a grant: a `view` is a
    /// variety of `table`, a `procedure` one of `routine`.
    Variety
);
open_word!(
    /// An operation that can be granted, in lower case: `select`, `usage`, `create`.
    Operation
);
open_word!(
    /// An attribute of a role: `login`, `superuser`, `connection limit`.
    Attribute
);
