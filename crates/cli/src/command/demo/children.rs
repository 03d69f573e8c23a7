//! The demo's server and inbox: the real commands, as processes of their own.

use std::fs::File;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use wend_engine::CatchingUpClock;

use crate::exit::{Exit, Failure};

/// The file in the data folder that the server's log goes to.
pub const LOG: &str = "serve.log";
/// How long a process may take until it is ready; a large tail is read again first.
const READY_MAX: Duration = Duration::from_mins(1);
/// How long a process may take to end by itself.
const STOP_MAX: Duration = Duration::from_secs(40);

/// Where a running installation answers.
#[derive(Debug, Clone)]
pub struct Addresses {
    /// The server.
    pub server: String,
    /// The inbox's page.
    pub inbox: String,
}

/// A running server with its inbox.
pub struct Installation {
    /// Where it answers.
    pub addresses: Addresses,
    serve: Child,
    sink: Child,
}

impl Installation {
    /// Starts the inbox, then the server with the inbox as its outside.
    pub async fn start(
        data: &Path,
        listen: SocketAddr,
        smtp: SocketAddr,
        http: SocketAddr,
        clock: CatchingUpClock,
    ) -> Result<Self, Failure> {
        std::fs::create_dir_all(data)
            .with_context(|| format!("cannot make the folder {}", data.display()))?;
        let mut sink = command()?;
        sink.arg("inbox").arg("--smtp").arg(smtp.to_string()).arg("--http").arg(http.to_string());
        sink.arg("--data").arg(data.join("inbox"));
        let (sink, mut lines) = spawn(sink, "inbox")?;
        let smtp = expect_line(&mut lines, "smtp ", "the inbox").await?;
        let inbox = expect_line(&mut lines, "ready ", "the inbox").await?;

        let log = data.join(LOG);
        let file = File::options().create(true).append(true).open(&log);
        let file = file.with_context(|| format!("cannot write {}", log.display()))?;
        let mut serve = command()?;
        serve.arg("serve").arg("--data").arg(data).arg("--listen").arg(listen.to_string());
        serve.arg("--smtp").arg(format!("{smtp}?tls=none")).arg("--inbox").arg(&inbox).stderr(file);
        let CatchingUpClock { runs_from, shows_first, times_as_fast } = clock;
        let numbers = format!("{}:{}:{times_as_fast}", runs_from.as_millis(), shows_first.as_millis());
        serve.arg("--demo-clock").arg(numbers);
        let (serve, mut lines) = spawn(serve, "server")?;
        let server = expect_line(&mut lines, "ready ", "the server")
            .await
            .map_err(|failure| failure.hint(format!("{} says why", log.display())))?;
        Ok(Self { addresses: Addresses { server, inbox }, serve, sink })
    }

    /// Done when one of the two ends by itself, which neither should.
    pub async fn broken(&mut self) -> Failure {
        let what = tokio::select! {
            status = self.serve.wait() => ("the server", status),
            status = self.sink.wait() => ("the inbox", status),
        };
        let status = what.1.map_or_else(|error| error.to_string(), |status| status.to_string());
        Failure::new(Exit::Failed, "ended", format!("{} ended by itself: {status}", what.0))
    }

    /// Ends the server first: it may still have mail to hand over.
    pub async fn stop(mut self) {
        end(&mut self.serve).await;
        end(&mut self.sink).await;
    }
}

fn command() -> Result<Command, Failure> {
    let program = std::env::current_exe().context("cannot find this program's own file")?;
    let mut command = Command::new(program);
    // In a group of its own, so that Ctrl-C reaches the demo alone, which then ends both in order.
    command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true).process_group(0);
    for variable in ["WEND_KEY", "WEND_URL", "WEND_BOOTSTRAP_KEY"] {
        command.env_remove(variable);
    }
    Ok(command)
}

type Output = Lines<BufReader<ChildStdout>>;

fn spawn(mut command: Command, what: &str) -> Result<(Child, Output), Failure> {
    let mut child = command.spawn().with_context(|| format!("cannot start the {what}"))?;
    let stdout = child.stdout.take().context("a piped stdout is there")?;
    Ok((child, BufReader::new(stdout).lines()))
}

async fn expect_line(lines: &mut Output, prefix: &str, what: &str) -> Result<String, Failure> {
    let wanted = async {
        while let Ok(Some(line)) = lines.next_line().await {
            if let Some(rest) = line.strip_prefix(prefix) {
                return Some(rest.to_owned());
            }
        }
        None
    };
    match tokio::time::timeout(READY_MAX, wanted).await {
        Ok(Some(line)) => Ok(line),
        Ok(None) => Err(Failure::new(Exit::Failed, "not_ready", format!("{what} ended before it was ready"))),
        Err(_) => {
            let seconds = READY_MAX.as_secs();
            Err(Failure::new(Exit::Failed, "not_ready", format!("{what} wasn't ready within {seconds} s")))
        }
    }
}

async fn end(child: &mut Child) {
    let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    if let Some(pid) = pid {
        // An error means that it has ended meanwhile.
        let _ = kill_process(pid, Signal::TERM);
    }
    if tokio::time::timeout(STOP_MAX, child.wait()).await.is_err() {
        let _ = child.kill().await;
    }
}
