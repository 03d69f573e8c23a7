//! `wend demo`: an installation of its own, and a real shop's customers in it.
//!
//! Read in this order: this file (what is started and stopped), [`children`] (the server and the inbox as processes),
//! [`shop`] (from a list of orders to what customers do on each day), [`player`] (sends it, and goes on where it
//! stopped).

mod children;

mod player;

mod shop;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use serde_json::json;
use tokio::signal::unix::SignalKind;
use wend_engine::CatchingUpClock;

use crate::args::General;
use crate::client::Client;
use crate::command::serve::signalled;
use crate::exit::Failure;
use crate::output::{Output, say};
use crate::portfolio;
use children::{Addresses, Installation};
use player::Player;
use shop::Shop;

/// Plays a real shop's orders into an installation of its own; Ctrl-C ends all of it, and the next start goes on.
#[derive(Debug, Args)]
pub struct Demo {
    /// The folder of the installation
    #[arg(long, default_value = "wend-data/demo", value_name = "DIR")]
    data: PathBuf,
    /// The shop's workflows, segments and templates
    #[arg(long, default_value = "examples/shop", value_name = "DIR")]
    portfolio: PathBuf,
    /// Where the server listens
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDR:PORT")]
    listen: SocketAddr,
    /// Where the inbox takes mail
    #[arg(long, default_value = "127.0.0.1:2525", value_name = "ADDR:PORT")]
    inbox_smtp: SocketAddr,
    /// Where the inbox shows mail
    #[arg(long, default_value = "127.0.0.1:8026", value_name = "ADDR:PORT")]
    inbox_http: SocketAddr,
    /// How many days of the shop to play at most
    #[arg(long, value_name = "COUNT")]
    days: Option<u32>,
    /// How many milliseconds one of the shop's days takes, until the demo has caught up with today
    #[arg(long, default_value_t = 4_000, value_name = "COUNT")]
    day_ms: u64,
    /// End when everything is played instead of when Ctrl-C is pressed
    #[arg(long)]
    until_done: bool,
}

impl Demo {
    /// Starts everything, plays, and stops everything.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let output = general.output();
        // A closed terminal ends the demo too: its children would outlive it.
        let ends = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        let mut interruption = std::pin::pin!(signalled(&ends));
        let shop = Shop::read(&self.portfolio.join(shop::FILE))?;
        std::fs::create_dir_all(&self.data)
            .with_context(|| format!("cannot make the folder {}", self.data.display()))?;
        let mut player = Player::resume(&self.data)?;
        let clock = player.clock(&shop, Duration::from_millis(self.day_ms))?;
        let mut installation =
            Installation::start(&self.data, self.listen, self.inbox_smtp, self.inbox_http, clock).await?;
        let addresses = installation.addresses.clone();
        let ended = tokio::select! {
            ended = self.play(&addresses, &shop, &mut player, clock, output) => ended,
            () = &mut interruption => Ok(()),
            broken = installation.broken() => Err(broken),
        };
        output.note("stopping");
        installation.stop().await;
        ended
    }

    async fn play(
        &self,
        addresses: &Addresses,
        shop: &Shop,
        player: &mut Player,
        clock: CatchingUpClock,
        output: Output,
    ) -> Result<(), Failure> {
        let key_file = self.data.join("admin.key");
        let key = std::fs::read_to_string(&key_file)
            .with_context(|| format!("cannot read the key of the demo from {}", key_file.display()))?;
        let client = Client::new(&addresses.server, Some(key.trim().to_owned()))?;
        self.publish(&client, output).await?;
        if !output.json {
            say(&self.where_to_look(addresses, &key_file, clock))?;
        }
        let report = player.play(shop, self.days, clock, client, output).await?;
        if self.until_done {
            let document = json!({ "days": report.days, "events": report.events });
            return output
                .finish(&document, || format!("played {} days, {} events", report.days, report.events));
        }
        output.note("the shop has closed its books; everything keeps running until Ctrl-C");
        std::future::pending().await
    }

    /// Applies the shop's files unless they are what is published.
    async fn publish(&self, client: &Client, output: Output) -> Result<(), Failure> {
        let files = portfolio::read(&self.portfolio)?;
        let published = client.get(&["portfolio"], &[]).await?;
        if published.get("files") == Some(&json!(files)) {
            return Ok(());
        }
        let answer = client.post(&["apply"], &json!({ "files": files })).await?;
        let revision = crate::output::member(&answer, "revision");
        output.note(&format!("applied {} as revision {revision}", self.portfolio.display()));
        Ok(())
    }

    fn where_to_look(&self, addresses: &Addresses, key_file: &Path, clock: CatchingUpClock) -> String {
        let wend = std::env::current_exe().map_or_else(|_| "wend".to_owned(), |path| relative(&path));
        let (server, inbox) = (&addresses.server, &addresses.inbox);
        let (key_file, log) = (key_file.display(), self.data.join(children::LOG).display().to_string());
        format!(
            "
What the shop's customers did comes in live. The demo's clock began at {began} and passes a day in {:.1} s until it
has caught up with today: waits, quiet hours and caps are those of the shop's own days. Where to look:
  mail and messages   {inbox}
  API                 {server}/openapi.json
  metrics             {server}/metrics
  the server's log    {log}

In another terminal:
  export WEND_URL={server} WEND_KEY=$(cat {key_file})
  {wend} why {customer}
  {wend} contact show {customer}
  {wend} messages --state sent
",
            Duration::from_millis(self.day_ms).as_secs_f64(),
            customer = shop::EXAMPLE_CUSTOMER,
            began = clock.shows_first,
        )
    }
}

/// A path as it is typed from here.
fn relative(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path).display().to_string()
}
