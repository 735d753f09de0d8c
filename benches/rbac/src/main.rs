//! Prints the table of docs/benchmarks.md: one policy, three engines, the same questions, one run.

mod casbin;
mod cedar;
mod ours;
mod policy;

use policy::{Policy, Size};
use std::time::{Duration, Instant};

/// What one side needed.
struct Measured {
    name: &'static str,
    built: Duration,
    /// Resident memory that the side added, in MiB.
    memory: u64,
    /// Of one check, the median over the questions.
    check: Duration,
    allowed: usize,
    asked: usize,
}

const SIZE: Size = Size { roles: 1_000, users: 100_000, each: 10, held: 1_000 };

fn main() {
    match std::env::args().nth(1).as_deref() {
        None => everybody(),
        Some("ours") => {
            let (measured, slowest) = by_us(&Policy::new(SIZE));
            row(&measured);
            println!("\n{slowest}");
            many_users();
        }
        Some("cedar") => row(&by_cedar(&Policy::new(SIZE))),
        Some("casbin") => row(&by_casbin(&Policy::new(SIZE))),
        Some(other) => panic!("{other}: ours, cedar or casbin"),
    }
}

/// Each engine in a process of its own, one after the other: memory that one gave back would be counted for none.
fn everybody() {
    let Size { roles, users, each, held } = SIZE;
    println!("{roles} roles, {users} users, {} assignments, {} permissions\n", users * each, roles * held);
    println!("| engine | built in | memory | a check, median | allowed |");
    println!("|---|---|---|---|---|");
    for engine in ["casbin", "cedar", "ours"] {
        let own = std::env::current_exe().expect("a program");
        let ended = std::process::Command::new(own).arg(engine).status().expect("a process");
        assert!(ended.success(), "{engine}");
    }
}

fn by_cedar(policy: &Policy) -> Measured {
    let (side, built, memory) = made(|| cedar::Cedar::new(policy));
    let check = |user, operation, object| side.check(user, operation, object);
    asked("cedar-policy 4.14", built, memory, policy, 40, check)
}

fn by_casbin(policy: &Policy) -> Measured {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let (side, built, memory) = made(|| runtime.block_on(casbin::Casbin::new(policy)));
    let check = |user, operation, object| side.check(user, operation, object);
    asked("casbin 2.20", built, memory, policy, 40, check)
}

/// Each question is about a session and, mostly, a permission that nobody has asked about before, after everything has gone from
/// the caches. Names are read just before the question, outside its time.
fn by_us(policy: &Policy) -> (Measured, String) {
    let (mut side, built, memory) = made(|| ours::new(policy));
    let ((), opened, sessions) = made(|| ours::open_sessions(&mut side, SIZE.users));
    let questions = policy.questions(SIZE.users);
    let mut times = Vec::with_capacity(questions.len());
    let mut allowed = 0;
    empty_the_caches();
    for (user, operation, object) in &questions {
        let (session, permission) = (ours::session(*user), ours::permission(*operation, *object));
        let begun = Instant::now();
        let may = side.check_access(&session, &permission).expect("a session");
        times.push(begun.elapsed());
        allowed += usize::from(may);
    }
    times.sort_unstable();
    let slowest = format!(
        "{} sessions: opened in {opened:.1?}, {} bytes for each; of the checks 90 in 100 take at most {:.2?}, 99 in 100 {:.2?}",
        SIZE.users,
        sessions * 1024 * 1024 / u64::from(SIZE.users),
        times[times.len() * 90 / 100],
        times[times.len() * 99 / 100],
    );
    let check = median(times);
    (Measured { name: "rolewright", built, memory, check, allowed, asked: questions.len() }, slowest)
}

/// Writes a gibibyte, which is more than the caches of most machines hold.
fn empty_the_caches() {
    let wash: Vec<u64> = (0..(1 << 27)).collect();
    std::hint::black_box(&wash);
}

/// Who is authorized, over a million users.
fn many_users() {
    let policy = Policy::new(Size { roles: 1_000, users: 1_000_000, each: 3, held: 100 });
    let (side, built, memory) = made(|| ours::new(&policy));
    let mut authorized = Vec::new();
    let mut can = Vec::new();
    let mut most = 0;
    for number in 0..100 {
        let role = ours::role(number);
        let begun = Instant::now();
        let users = side.authorized_users(&role).expect("a role").len();
        authorized.push(begun.elapsed());
        most = most.max(users);
        let (_, operation, object) = policy.permissions[number as usize * 100];
        let permission = ours::permission(operation, object);
        let begun = Instant::now();
        let users = side.who_can(&permission).len();
        can.push(begun.elapsed());
        most = most.max(users);
    }
    println!(
        "\n1000000 users, 3000000 assignments: built in {built:.1?}, {memory} MiB ({} bytes for each user); \
         authorized_users {:.2?} (worst {:.2?}), who_can {:.2?} (worst {:.2?}), up to {most} users\n",
        memory * 1024 * 1024 / 1_000_000,
        median(authorized.clone()),
        authorized.iter().max().expect("some"),
        median(can.clone()),
        can.iter().max().expect("some")
    );
}

fn asked(
    name: &'static str,
    built: Duration,
    memory: u64,
    policy: &Policy,
    count: u32,
    check: impl Fn(u32, u32, u32) -> bool,
) -> Measured {
    let mut times = Vec::new();
    let mut allowed = 0;
    for (user, operation, object) in policy.questions(count) {
        let begun = Instant::now();
        allowed += usize::from(check(user, operation, object));
        times.push(begun.elapsed());
    }
    Measured { name, built, memory, check: median(times), allowed, asked: count as usize }
}

fn made<T>(make: impl FnOnce() -> T) -> (T, Duration, u64) {
    let (before, begun) = (resident(), Instant::now());
    let made = make();
    (made, begun.elapsed(), resident().saturating_sub(before))
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn row(side: &Measured) {
    let Measured { name, built, memory, check, allowed, asked } = side;
    println!("| {name} | {built:.1?} | {memory} MiB | {check:.2?} | {allowed} of {asked} |");
}

/// The resident memory of this process, in MiB.
fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: u64 = text.split_whitespace().nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0);
    pages * 4096 / (1024 * 1024)
}
