//! The policy that all sides get: from one seed, the same on every machine.

/// How much of everything there is.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub roles: u32,
    pub users: u32,
    /// Roles of each user.
    pub each: u32,
    /// Permissions of each role.
    pub held: u32,
}

/// Users, roles and permissions as numbers.
pub struct Policy {
    pub size: Size,
    /// Senior and junior: a role inherits the one at a tenth of its number, so that the way down has three steps.
    pub edges: Vec<(u32, u32)>,
    pub assignments: Vec<(u32, u32)>,
    /// Role, operation, object.
    pub permissions: Vec<(u32, u32, u32)>,
}

pub const OPERATIONS: [&str; 4] = ["select", "insert", "update", "delete"];

impl Policy {
    pub fn new(size: Size) -> Self {
        let mut random = Random(0x5eed);
        let edges = (10..size.roles).map(|role| (role, role / 10)).collect();
        let mut assignments = Vec::new();
        for user in 0..size.users {
            for role in random.distinct(size.each, size.roles) {
                assignments.push((user, role));
            }
        }
        let mut permissions = Vec::new();
        // Every object is somebody's, and most are held by a few roles.
        let objects = size.roles * size.held / 8;
        for role in 0..size.roles {
            for number in random.distinct(size.held, objects * 4) {
                permissions.push((role, number % 4, number / 4));
            }
        }
        Self { size, edges, assignments, permissions }
    }

    pub fn objects(&self) -> u32 {
        self.size.roles * self.size.held / 8
    }

    /// Questions of which half are about something that the user holds: user, operation, object. No user is asked about twice,
    /// and users come in no order.
    pub fn questions(&self, count: u32) -> Vec<(u32, u32, u32)> {
        let mut random = Random(0xa5c);
        let held = self.size.held as usize;
        let mut users: Vec<u32> = (0..self.size.users).collect();
        for at in (1..self.size.users).rev() {
            users.swap(at as usize, random.below(at + 1) as usize);
        }
        let one = |(at, user): (usize, u32)| {
            if at % 2 == 0 {
                let (_, role) =
                    self.assignments[(user * self.size.each + random.below(self.size.each)) as usize];
                let (_, operation, object) =
                    self.permissions[role as usize * held + random.below(self.size.held) as usize];
                (user, operation, object)
            } else {
                (user, random.below(4), random.below(self.objects()))
            }
        };
        users.into_iter().take(count as usize).enumerate().map(one).collect()
    }
}

/// SplitMix64: enough to spread numbers, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u32) -> u32 {
        (self.next() % u64::from(bound)) as u32
    }

    fn distinct(&mut self, count: u32, bound: u32) -> Vec<u32> {
        let mut seen = std::collections::BTreeSet::new();
        while seen.len() < count as usize {
            seen.insert(self.below(bound));
        }
        seen.into_iter().collect()
    }
}
