//! On what the figures were measured: figures without it say nothing.

use std::fs;

/// One line: processor, cores, memory, kernel. What the system does not tell is left out.
pub(crate) fn describe() -> String {
    let cores = std::thread::available_parallelism().map(|count| format!("{count} cores")).ok();
    let processor = field("/proc/cpuinfo", "model name");
    let memory = field("/proc/meminfo", "MemTotal")
        .and_then(|text| text.trim_end_matches("kB").trim().parse::<u64>().ok())
        .map(|kib| format!("{} GiB of memory", (kib + (1 << 19)) >> 20));
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").ok();
    let kernel = kernel.map(|release| format!("Linux {}", release.trim()));
    [processor, cores, memory, kernel].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn field(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
