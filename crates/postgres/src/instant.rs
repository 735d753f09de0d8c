//! Instants in the one spelling that looks and models share.

use jiff::{Timestamp, civil, tz::TimeZone};

/// The instant as the server prints it in UTC: `2027-01-31 00:00:00+00`. `infinity` stays, and so does a
/// text that is no instant: the server will refuse it by name. A date alone means its beginning in UTC.
pub(crate) fn spelled(text: &str) -> String {
    let text = text.trim();
    let parsed = text
        .parse::<Timestamp>()
        .ok()
        .or_else(|| text.replacen(' ', "T", 1).parse().ok())
        .or_else(|| text.parse::<civil::DateTime>().ok().and_then(utc))
        .or_else(|| text.parse::<civil::Date>().ok().and_then(|date| utc(date.at(0, 0, 0, 0))));
    let Some(instant) = parsed else { return text.to_owned() };
    let whole = instant.strftime("%Y-%m-%d %H:%M:%S").to_string();
    match instant.subsec_nanosecond() / 1_000 {
        0 => format!("{whole}+00"),
        micros => format!("{whole}.{}+00", format!("{micros:06}").trim_end_matches('0')),
    }
}

fn utc(civil: civil::DateTime) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(civil).ok()
}

#[cfg(test)]
mod tests {
    use super::spelled;

    #[test]
    fn every_way_to_write_an_instant_becomes_the_servers() {
        for text in
            ["2027-01-31", "2027-01-31T00:00:00Z", "2027-01-31T01:00:00+01:00", "2027-01-31 00:00:00+00"]
        {
            assert_eq!(spelled(text), "2027-01-31 00:00:00+00", "{text}");
        }
        assert_eq!(spelled("2027-01-31T00:00:00.250Z"), "2027-01-31 00:00:00.25+00");
        assert_eq!(spelled("infinity"), "infinity");
    }
}
