//! `wend catalogue`: what templates look up, uploaded rather than published.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Subcommand;
use serde_json::{Value, json};

use crate::args::General;
use crate::exit::Failure;
use crate::output::{member, table};

const EXAMPLES: &str = "\
Examples:
  wend catalogue list
  wend catalogue upload products products.csv --key sku
  wend catalogue upload articles articles.json
  wend catalogue show products
  wend catalogue remove products";

/// Catalogues that templates look up.
#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub enum Catalogue {
    /// List catalogues, of files and uploaded
    List,
    /// Print the first rows of a catalogue
    Show {
        /// Its name
        name: String,
    },
    /// Upload a catalogue in place of the upload of its name; templates read it at once
    Upload {
        /// Its name: letters, digits, dashes and underscores
        name: String,
        /// A CSV file with the names of the columns in its first line, or a JSON file with a list of objects
        file: PathBuf,
        /// The column by which a row is found
        #[arg(long, default_value = "id")]
        key: String,
    },
    /// Remove an uploaded catalogue
    Remove {
        /// Its name
        name: String,
    },
}

impl Catalogue {
    /// Does what was asked for.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let (client, output) = (general.client()?, general.output());
        match self {
            Self::List => {
                let answer = client.get(&["catalogues"], &[]).await?;
                output.finish(&answer, || listed(&answer))
            }
            Self::Show { name } => {
                let answer = client.get(&["catalogues", name], &[]).await?;
                output.finish(&answer, || {
                    let rows = answer["rows"].as_array().into_iter().flatten();
                    rows.map(Value::to_string).collect::<Vec<_>>().join("\n")
                })
            }
            Self::Upload { name, file, key } => {
                let text = std::fs::read_to_string(file)
                    .with_context(|| format!("cannot read {}", file.display()))?;
                let mut body = json!({ "key": key });
                if file.extension().is_some_and(|extension| extension == "json") {
                    body["rows"] = serde_json::from_str(&text)
                        .with_context(|| format!("{} is no JSON", file.display()))?;
                } else {
                    body["csv"] = Value::from(text);
                }
                let answer = client.put(&["catalogues", name], &body).await?;
                output.finish(&answer, || {
                    format!("catalogue {name} has {} rows now", member(&answer, "n_rows"))
                })
            }
            Self::Remove { name } => {
                client.delete(&["catalogues", name], &[]).await?;
                output.finish(&json!({ "catalogue": name, "removed": true }), || {
                    format!("catalogue {name} is gone")
                })
            }
        }
    }
}

fn listed(answer: &Value) -> String {
    let rows = answer["catalogues"].as_array().into_iter().flatten().map(|catalogue| {
        let upload = &catalogue["upload"];
        vec![
            member(catalogue, "name"),
            member(catalogue, "source"),
            member(catalogue, "n_rows"),
            member(upload, "at"),
            member(upload, "by"),
        ]
    });
    let head = ["catalogue", "source", "rows", "uploaded", "by"];
    table(&head, &rows.collect::<Vec<_>>(), "there are no catalogues")
}
