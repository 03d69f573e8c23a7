//! Processor time and memory of this process, and of others.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use cpu_time::ProcessTime;

/// Ticks of a second in `/proc/PID/stat`: the same on every Linux.
const TICKS_PER_SECOND: u64 = 100;

/// What passed between two moments.
#[derive(Debug, Clone, Copy)]
pub struct Passed {
    /// On the wall.
    pub wall: Duration,
    /// On all processors, for this process.
    pub cpu: Duration,
}

/// A beginning.
pub struct Meter {
    wall: Instant,
    cpu: ProcessTime,
}

impl Meter {
    /// Begins now.
    pub fn start() -> Self {
        Self { wall: Instant::now(), cpu: ProcessTime::now() }
    }

    /// What has passed since.
    pub fn passed(&self) -> Passed {
        Passed { wall: self.wall.elapsed(), cpu: self.cpu.elapsed() }
    }
}

impl Passed {
    /// So many things a second of the wall's.
    pub fn per_second(&self, n: u64) -> f64 {
        n as f64 / self.wall.as_secs_f64().max(1e-9)
    }

    /// Microseconds of processor for each of so many things.
    pub fn cpu_us_each(&self, n: u64) -> f64 {
        us_each(self.cpu, n)
    }
}

/// Microseconds for each of so many things.
pub fn us_each(span: Duration, n: u64) -> f64 {
    span.as_secs_f64() * 1e6 / n.max(1) as f64
}

/// Bytes of memory that this process has in use, without the files that it looks into: the system takes those pages
/// back when it wants them.
pub fn resident_bytes() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status").context("cannot read /proc/self/status")?;
    let kib = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:")?.split_whitespace().next()?.parse::<u64>().ok());
    Ok(kib.context("no RssAnon in /proc/self/status")? * 1024)
}

/// Processor time of a process and of the children that it has now or had: for a database server beside us.
pub fn family_cpu(parent: u32) -> anyhow::Result<Duration> {
    let mut ticks = 0;
    for entry in std::fs::read_dir("/proc").context("cannot read /proc")?.flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        // It may be gone by now.
        let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else { continue };
        let Some(fields) = stat.rsplit_once(')').map(|(_, rest)| rest.split_whitespace().collect::<Vec<_>>())
        else {
            continue;
        };
        let field = |n: usize| fields.get(n).and_then(|text| text.parse::<u64>().ok()).unwrap_or_default();
        // After the name: state, parent, …; user and system time are the 12th and 13th, those of dead children follow.
        if pid == parent {
            ticks += field(11) + field(12) + field(13) + field(14);
        } else if field(1) == u64::from(parent) {
            ticks += field(11) + field(12);
        }
    }
    Ok(Duration::from_millis(ticks * 1_000 / TICKS_PER_SECOND))
}
