//! What happened, line by line: a digest of all of it, and the end of it for people.

use std::collections::VecDeque;

/// How many of the last lines a story tells.
const STORY_LINES: usize = 60;

/// The beginning and the factor of FNV-1a.
const FNV: (u64, u64) = (0xCBF2_9CE4_8422_2325, 0x0100_0000_01B3);

/// The record of a run.
#[derive(Debug)]
pub struct Trace {
    digest: u64,
    n_lines: u64,
    last: VecDeque<String>,
    is_loud: bool,
}

impl Trace {
    /// An empty one; a loud one also prints each line.
    pub fn new(is_loud: bool) -> Self {
        Self { digest: FNV.0, n_lines: 0, last: VecDeque::new(), is_loud }
    }

    /// Notes a line that people should see.
    pub fn say(&mut self, line: String) {
        self.mix(&line);
        if self.is_loud {
            #[expect(clippy::print_stdout, reason = "whoever asks for every line reads them on the terminal")]
            {
                println!("{line}");
            }
        }
        if self.last.len() == STORY_LINES {
            self.last.pop_front();
        }
        self.last.push_back(line);
    }

    /// Notes something that only the digest remembers.
    pub fn mix(&mut self, line: &str) {
        self.n_lines += 1;
        for byte in line.bytes().chain([b'\n']) {
            self.digest = (self.digest ^ u64::from(byte)).wrapping_mul(FNV.1);
        }
    }

    /// What tells this run from any other.
    pub fn digest(&self) -> String {
        format!("{:016x}-{}", self.digest, self.n_lines)
    }

    /// The last lines.
    pub fn story(&self) -> Vec<String> {
        self.last.iter().cloned().collect()
    }
}
