//! The major versions of PostgreSQL that Rolewright supports.

use std::fmt;
use std::str::FromStr;

use crate::SandboxError;

/// A major version of PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// PostgreSQL 13, which Rolewright does not support: it is here to see that this is said.
    V13,
    /// PostgreSQL 14.
    V14,
    /// PostgreSQL 15.
    V15,
    /// PostgreSQL 16.
    V16,
    /// PostgreSQL 17.
    V17,
    /// PostgreSQL 18.
    V18,
}

impl Version {
    /// Every supported version, oldest first.
    pub const ALL: [Version; 5] = [Version::V14, Version::V15, Version::V16, Version::V17, Version::V18];

    /// The number that PostgreSQL calls the major version.
    pub const fn major(self) -> u32 {
        match self {
            Version::V13 => 13,
            Version::V14 => 14,
            Version::V15 => 15,
            Version::V16 => 16,
            Version::V17 => 17,
            Version::V18 => 18,
        }
    }

    /// The version with this major number, if it is supported.
    pub fn from_major(major: u32) -> Option<Version> {
        Version::ALL.into_iter().find(|version| version.major() == major)
    }

    /// Reads the line that `postgres --version` prints, such as `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
    pub(crate) fn from_banner(banner: &str) -> Option<Version> {
        let number = banner.split("(PostgreSQL)").nth(1)?.trim_start();
        let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
        let major: u32 = digits.parse().ok()?;
        (major == Version::V13.major()).then_some(Version::V13).or_else(|| Version::from_major(major))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.major())
    }
}

impl FromStr for Version {
    type Err = SandboxError;

    fn from_str(text: &str) -> Result<Version, SandboxError> {
        text.parse()
            .ok()
            .and_then(Version::from_major)
            .ok_or_else(|| SandboxError::UnsupportedVersion { found: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn the_major_version_is_read_from_every_banner() {
        let cases = [
            ("postgres (PostgreSQL) 14.23\n", Some(Version::V14)),
            ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", Some(Version::V15)),
            ("postgres (PostgreSQL) 18beta1", Some(Version::V18)),
            ("postgres (PostgreSQL) 9.6.24", None),
            ("postgres", None),
            ("", None),
        ];
        for (banner, version) in cases {
            assert_eq!(Version::from_banner(banner), version, "{banner:?}");
        }
    }

    #[test]
    fn a_version_that_is_not_supported_is_refused() {
        assert_eq!("17".parse::<Version>().unwrap(), Version::V17);
        assert!("13".parse::<Version>().is_err());
        assert!("latest".parse::<Version>().is_err());
    }
}
