//! The password file: lines of `host:port:database:user:password` (libpq, section 34.16).

use super::address::Host;
use model::Secret;
use std::path::Path;

/// Whose password is looked for.
pub(super) struct Key<'a> {
    pub(super) hosts: &'a [Host],
    pub(super) database: &'a str,
    pub(super) user: &'a str,
}

/// The password of the first line that fits. A file that others may read is passed over, as libpq does, and `hint` says
/// so.
pub(super) fn look_up(file: &Path, key: &Key<'_>, hint: &mut String) -> Option<Secret> {
    let metadata = std::fs::metadata(file).ok().filter(std::fs::Metadata::is_file)?;
    if open_to_others(&metadata) {
        *hint = format!("; {} is ignored because others may read it (chmod 600)", file.display());
        return None;
    }
    let text = zeroize_on_drop(std::fs::read_to_string(file).ok()?);
    find(text.expose(), key)
}

/// The file's text holds every password of the user: it is overwritten when no longer needed.
fn zeroize_on_drop(text: String) -> Secret {
    Secret::new(text)
}

#[cfg(unix)]
fn open_to_others(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn open_to_others(_: &std::fs::Metadata) -> bool {
    false
}

fn find(text: &str, key: &Key<'_>) -> Option<Secret> {
    text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let fields = fields(line)?;
        let [host, port, database, user, password] = fields.as_slice() else { return None };
        let fits = |pattern: &str, value: &str| pattern == "*" || pattern == value;
        let host_fits = key.hosts.iter().any(|known| {
            let local = known.is_socket() && host == "localhost";
            (fits(host, &known.name) || local) && fits(port, &known.port.to_string())
        });
        (host_fits && fits(database, key.database) && fits(user, key.user))
            .then(|| Secret::new(password.clone()))
    })
}

/// Five fields; `\:` and `\\` stand for themselves, and the password runs to the end of the line.
fn fields(line: &str) -> Option<Vec<String>> {
    let mut fields = vec![String::new()];
    let mut characters = line.chars();
    while let Some(c) = characters.next() {
        match c {
            ':' if fields.len() < 5 => fields.push(String::new()),
            '\\' => fields.last_mut()?.push(characters.next()?),
            other => fields.last_mut()?.push(other),
        }
    }
    Some(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_fits_gives_the_password() {
        let hosts = [Host { name: "/tmp".to_owned(), port: 5432 }];
        let key = Key { hosts: &hosts, database: "shop", user: "an:n" };
        let text = "# a comment\nother:*:*:*:no\nlocalhost:5433:*:*:no\nlocalhost:5432:*:an\\:n:a\\\\b:c\n*:*:*:*:late";
        assert_eq!(find(text, &key).unwrap().expose(), "a\\b:c");
        assert!(find("localhost:5432:shop", &key).is_none());
    }
}
