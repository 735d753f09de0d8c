//! Days: ends are days, and how far away one is can be counted.

use std::fmt;

/// A day of the calendar, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    year: i64,
    month: i64,
    day: i64,
}

impl Day {
    /// Reads the day with which a text begins, as in `2027-01-31` and `2027-01-31 18:00:00+00`. `None` for what begins
    /// with no day, such as `infinity`, and for what lies before our reckoning.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '-');
        let (year, month, rest) = (parts.next()?, parts.next()?, parts.next()?);
        let day = rest.get(..2)?;
        let digits = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
        if text.ends_with("BC") || ![year, month, day].into_iter().all(digits) {
            return None;
        }
        let of = Self { year: year.parse().ok()?, month: month.parse().ok()?, day: day.parse().ok()? };
        ((1..=12).contains(&of.month) && (1..=31).contains(&of.day) && of.year < 1_000_000).then_some(of)
    }

    /// How many days later than the other one it is; negative if it is earlier.
    #[must_use]
    pub fn days_after(self, other: Self) -> i64 {
        self.number() - other.number()
    }

    /// The day's number, counted from 1970-01-01 in the calendar of today.
    fn number(self) -> i64 {
        // Years begin in March, so that the leap day is the last of its year.
        let year = if self.month <= 2 { self.year - 1 } else { self.year };
        let month = (self.month + 9) % 12;
        let in_year = (153 * month + 2) / 5 + self.day - 1;
        year * 365 + year / 4 - year / 100 + year / 400 + in_year - 719_468
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// How far a day is away, as a person says it: `in 3 days`, `tomorrow`, `today`, `yesterday`, `3 days ago`.
#[must_use]
pub fn from_now(day: Day, today: Day) -> String {
    match day.days_after(today) {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        -1 => "yesterday".to_owned(),
        ahead if ahead > 0 => format!("in {ahead} days"),
        behind => format!("{} days ago", behind.unsigned_abs()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Day, from_now};

    fn day(text: &str) -> Day {
        Day::of(text).unwrap()
    }

    #[test]
    fn days_are_counted_over_months_years_and_leap_days() {
        assert_eq!(day("1970-01-01").number(), 0);
        assert_eq!(day("2000-03-01").number(), 11_017);
        for (from, to, days) in [
            ("2024-02-28", "2024-03-01", 2),
            ("2023-02-28", "2023-03-01", 1),
            ("2100-02-28", "2100-03-01", 1),
            ("2026-11-25", "2027-11-25", 365),
            ("2027-01-31", "2026-12-31", -31),
        ] {
            assert_eq!(day(to).days_after(day(from)), days, "{from} to {to}");
        }
    }

    #[test]
    fn what_is_no_day_is_none() {
        for text in
            ["", "infinity", "-infinity", "2027-13-01", "2027-1-1", "0044-03-15 00:00:00+00 BC", "x-y-z"]
        {
            assert_eq!(Day::of(text), None, "{text}");
        }
        assert_eq!(day("2027-01-31 18:00:00+00").to_string(), "2027-01-31");
        assert!(day("12027-01-31") > day("2027-01-31"));
    }

    #[test]
    fn a_distance_is_told_as_a_person_says_it() {
        let today = day("2026-11-25");
        let told = ["2026-11-20", "2026-11-24", "2026-11-25", "2026-11-26", "2026-12-05"];
        let told = told.map(|text| from_now(day(text), today));
        assert_eq!(told, ["5 days ago", "yesterday", "today", "tomorrow", "in 10 days"]);
    }
}
