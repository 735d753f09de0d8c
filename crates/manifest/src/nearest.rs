//! Did you mean: the known word closest to one that is not known.

/// The candidate closest to `word`, if one is close enough to be meant.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted: Vec<char> = word.chars().take(64).flat_map(char::to_lowercase).collect();
    // One letter more or less makes another word of a short one.
    let allowed = if wanted.len() < 3 { 0 } else { wanted.len() / 3 };
    let mut best: Option<((usize, usize), &str)> = None;
    for candidate in candidates {
        let have: Vec<char> = candidate.chars().take(64).flat_map(char::to_lowercase).collect();
        let starts = wanted.len() >= 3 && have.starts_with(&wanted);
        let distance = if starts { 1 } else { distance(&wanted, &have, allowed) };
        // Of two that are equally near, the one that is as long.
        let rank = (distance, wanted.len().abs_diff(have.len()));
        if distance <= allowed && best.is_none_or(|(least, _)| rank < least) {
            best = Some((rank, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// ` — did you mean …?` or nothing.
pub(crate) fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(word, candidates).map(|candidate| format!("did you mean `{candidate}`?"))
}

/// `there is a`, `there are a, b`.
pub(crate) fn there_are<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    let verb = if names.len() == 1 { "is" } else { "are" };
    format!("there {verb} {}", names.join(", "))
}

/// Optimal string alignment distance; anything beyond `limit` may be reported as `limit + 1`.
fn distance(a: &[char], b: &[char], limit: usize) -> usize {
    if a.len().abs_diff(b.len()) > limit {
        return limit + 1;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut previous: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut current = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX / 2);
            let mut least = (at(&previous, j) + usize::from(x != y))
                .min(at(&previous, j + 1) + 1)
                .min(at(&current, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped {
                least = least.min(at(&before, j - 1) + 1);
            }
            current.push(least);
        }
        before = previous;
        previous = current;
    }
    previous.last().copied().unwrap_or(limit + 1)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_of_the_finger_finds_its_word() {
        let words = ["select", "insert", "update", "temporary"];
        assert_eq!(nearest("selct", words), Some("select"));
        assert_eq!(nearest("udpate", words), Some("update"));
        assert_eq!(nearest("temp", words), Some("temporary"));
        assert_eq!(nearest("drop", words), None);
        assert_eq!(nearest("own", ["owner", "owns"]), Some("owns"));
    }
}
