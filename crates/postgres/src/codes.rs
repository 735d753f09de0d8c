//! The manual pages of what can be wrong between a model and a PostgreSQL target.

/// Each code with its page, in order.
pub const PAGES: &[(&str, &str)] = &[
    ("RW301", include_str!("../codes/RW301.md")),
    ("RW302", include_str!("../codes/RW302.md")),
    ("RW303", include_str!("../codes/RW303.md")),
    ("RW304", include_str!("../codes/RW304.md")),
    ("RW305", include_str!("../codes/RW305.md")),
    ("RW306", include_str!("../codes/RW306.md")),
    ("RW307", include_str!("../codes/RW307.md")),
    ("RW308", include_str!("../codes/RW308.md")),
    ("RW309", include_str!("../codes/RW309.md")),
    ("RW310", include_str!("../codes/RW310.md")),
    ("RW321", include_str!("../codes/RW321.md")),
    ("RW322", include_str!("../codes/RW322.md")),
    ("RW323", include_str!("../codes/RW323.md")),
    ("RW324", include_str!("../codes/RW324.md")),
    ("RW325", include_str!("../codes/RW325.md")),
    ("RW326", include_str!("../codes/RW326.md")),
];
