//! The tables of a back-up, in the order in which they are written and loaded.

use crate::contact;
use crate::driver::Bulk;
use crate::driver::value::Value;
use crate::fold;
use crate::history;
use crate::statement::{Dialect, Kind, Many, Statement, statements};

/// A table as a back-up shows it.
pub(crate) struct Table {
    pub(crate) name: &'static str,
    /// Its columns, and how they are put back; tables that differ between the databases have [`Table::bulks`].
    pub(crate) columns: &'static [(&'static str, Kind)],
    /// Where the columns are read from on SQLite, when everything is folded.
    sqlite: &'static str,
    postgres: &'static str,
    key: &'static str,
    insert: Many,
}

macro_rules! table {
    ($name:literal from ($sqlite:literal, $postgres:literal) by $key:literal: $($column:ident $kind:ident),* $(,)?) => {
        Table {
            name: $name,
            columns: &[$((stringify!($column), Kind::$kind)),*],
            sqlite: $sqlite,
            postgres: $postgres,
            key: $key,
            insert: Many::Insert { table: $name, columns: &[$((stringify!($column), Kind::$kind)),*], conflict: "" },
        }
    };
    ($name:literal by $key:literal: $($columns:tt)*) => {
        table!($name from ($name, $name) by $key: $($columns)*)
    };
}

/// All of them. What can be made again from the others (the list of a contact's messages, alarms) isn't among them.
pub(crate) static TABLES: &[Table] = &[
    table!("workspace" by "workspace": workspace Text, created_at Integer),
    table!("catalog" by "workspace, revision":
        workspace Text, revision Integer, at Integer, published_by Text, portfolio_json Text),
    table!("job" by "workspace, id":
        workspace Text, id Text, kind Text, revision Integer, cursor_contact Text, done Integer, total Integer,
        finished Integer, created_at Integer, params_json Text, pace Integer, made_by Text, cancelled Integer,
        next_at Integer, looked_at Integer, result_json Text),
    table!("import" by "workspace, id":
        workspace Text, id Text, name Text, state Text, revision Integer, about_json Text, progress_json Text,
        made_by Text, created_at Integer, updated_at Integer),
    table!("import_chunk" by "workspace, import, n": workspace Text, import Text, n Integer, bytes Bytes),
    table!("import_page" by "workspace, import, kind, n":
        workspace Text, import Text, kind Text, n Integer, n_bad Integer, rows_json Text),
    table!("job_contact" by "workspace, job, contact": workspace Text, job Text, contact Text),
    table!("workflow_hold" by "workspace, workflow": workspace Text, workflow Text, why Text),
    table!("schedule" by "workspace, workflow, place":
        workspace Text, workflow Text, place Integer, rule Text, occurrence Text, next_at Integer),
    table!("rollout_start" by "workspace, workflow, since":
        workspace Text, workflow Text, since Integer, counters_json Text),
    table!("business_event" by "workspace, id":
        workspace Text, id Text, event Text, properties_json Text, at Integer),
    table!("draft" by "workspace, path":
        workspace Text, path Text, revision Integer, base_revision Integer, text Text, at Integer, saved_by Text),
    table!("secret" by "workspace, name": workspace Text, name Text, sealed Text, at Integer, set_by Text),
    table!("catalogue" by "workspace, name":
        workspace Text, name Text, key_column Text, revision Integer, n_rows Integer, rows_json Text, at Integer,
        set_by Text),
    table!("workspace_key" by "workspace": workspace Text, key_text Text, at Integer),
    table!("consent_change" by "workspace, bucket, contact, id":
        workspace Text, bucket Integer, contact Text, id Text, at Integer, change_json Text),
    table!("suppression" by "workspace, hash":
        workspace Text, channel Text, hash Text, address Text, reason Text, since Integer, set_by Text),
    table!("erased" by "workspace, contact": workspace Text, contact Text, at Integer, erased_by Text),
    table!("rate" by "workspace, rate": workspace Text, rate Text, window_start Integer, used Integer),
    table!("sender_day" by "sender, day": sender Text, day Text, used Integer),
    table!("entry_grant" by "workspace, workflow, cap, window_start":
        workspace Text, workflow Text, cap Text, window_start Integer, used Integer),
    table!("entry_request" by "workspace, run":
        workspace Text, run Text, contact Text, workflow Text, version Integer, asked_at Integer, answered_at Integer,
        granted Integer),
    table!("posting_pair" by "workspace, event, property":
        workspace Text, event Text, property Text, complete Integer),
    table!("posting" by "workspace, event, property, value, contact":
        workspace Text, event Text, property Text, value Text, contact Text, occurred_at Integer),
    table!("task" by "workspace, task":
        workspace Text, task Text, contact Text, run Text, workflow Text, version Integer, step Text, assignee Text,
        title Text, note Text, outcomes_json Text, opened_at Integer, due_at Integer, escalated Integer, state Text,
        outcome Text, outcome_note Text, done_by Text, claimed_by Text, updated_at Integer),
    table!("api_key" by "workspace, id":
        workspace Text, id Text, name Text, scope Text, hash Text, created_at Integer, revoked_at Integer),
    table!("team_member" by "workspace, id":
        workspace Text, id Text, email Text, name Text, scope Text, password Text, created_at Integer,
        removed_at Integer),
    table!("audit" by "workspace, seq": workspace Text, seq Integer, at Integer, done_by Text, what_json Text),
    table!("quarantine" by "workspace, id":
        workspace Text, id Text, at Integer, reason Text, event_json Text, key_id Text),
    table!("counter" from (
        "(SELECT workspace, name, SUM(part) AS total FROM (
              SELECT workspace, name, total AS part FROM counter
              UNION ALL SELECT workspace, name, delta AS part FROM counter_delta
          ) GROUP BY workspace, name)",
        "(SELECT workspace, name, CAST(SUM(part) AS BIGINT) AS total FROM (
              SELECT workspace, name, total AS part FROM counter
              UNION ALL SELECT workspace, name, delta AS part FROM counter_delta
          ) AS parts GROUP BY workspace, name) AS counter"
    ) by "workspace, name": workspace Text, name Text, total Integer),
    table!("trait_seen" from (
        "(SELECT workspace, name, kind, fault, SUM(n) AS n, MIN(first_at) AS first_at, MAX(last_at) AS last_at,
                 MAX(contact) AS contact FROM (
              SELECT workspace, name, kind, fault, n, first_at, last_at, contact FROM trait_seen
              UNION ALL SELECT workspace, name, kind, fault, n, at, at, contact FROM trait_delta
          ) GROUP BY workspace, name, kind, fault)",
        "(SELECT workspace, name, kind, fault, CAST(SUM(n) AS BIGINT) AS n, MIN(first_at) AS first_at,
                 MAX(last_at) AS last_at, MAX(contact) AS contact FROM (
              SELECT workspace, name, kind, fault, n, first_at, last_at, contact FROM trait_seen
              UNION ALL SELECT workspace, name, kind, fault, n, at, at, contact FROM trait_delta
          ) AS parts GROUP BY workspace, name, kind, fault) AS trait_seen"
    ) by "workspace, name, kind, fault":
        workspace Text, name Text, kind Text, fault Text, n Integer, first_at Integer, last_at Integer, contact Text),
    table!("account" by "workspace, account":
        workspace Text, account Text, document_json Text, shared_by Text, telling Integer),
    table!("account_member" by "workspace, account, contact":
        workspace Text, account Text, contact Text, member_json Text, has_left Integer),
    table!("account_inbox" by "workspace, seq":
        workspace Text, seq Integer, account Text, input_json Text, at Integer),
    table!("identity" by "workspace, bucket, kind, value":
        workspace Text, bucket Integer, kind Text, value Text, contact Text),
    table!("refused_claim" by "workspace, kind, value, contact":
        workspace Text, kind Text, value Text, contact Text, id Text, why Text, first_at Integer, last_at Integer,
        times Integer),
    table!("contact" from ("contact", "contact LEFT JOIN alarm USING (workspace, bucket, contact)")
        by "workspace, bucket, contact":
        workspace Text, bucket Integer, contact Text, document Bytes, alarm_at Integer),
    table!("contact_term" by "workspace, term, contact": workspace Text, term Text, contact Text),
    table!("history" by "workspace, bucket, contact, seq":
        workspace Text, bucket Integer, contact Text, seq Integer, at Integer, catalog_revision Integer, event Text,
        occurred_at Integer, input_json Text, record_json Text),
    table!("message" by "workspace, message, bucket":
        workspace Text, bucket Integer, message Text, contact Text, run Text, workflow Text, version Integer,
        step Text, channel Text, category Text, template Text, state Text, detail_json Text, address Text,
        created_at Integer, updated_at Integer),
    table!("message_payload" by "workspace, message, bucket":
        workspace Text, bucket Integer, message Text, payload_json Text),
    table!("outbox" by "workspace, message, bucket":
        workspace Text, bucket Integer, message Text, contact Text, channel Text, state Text, attempts Integer,
        due_at Integer, expires_at Integer, claimed_by Text, workflow Text, lane Text),
    table!("outbox_lane" by "lane": lane Text, opens_at Integer),
    table!("inbox" by "workspace, seq":
        workspace Text, seq Integer, bucket Integer, contact Text, source Text, input_json Text, error Text,
        created_at Integer),
];

statements! {
    /// New rows of history go on after those that were loaded.
    HISTORY_NEXT_SQLITE: Statement = Statement::Sqlite(
        "UPDATE fold SET until_seq = newest.seq, from_seq = newest.seq
         FROM (SELECT COALESCE(MAX(seq), 0) AS seq FROM history_log) AS newest WHERE one = 1",
    );
    HISTORY_NEXT: Statement = Statement::Postgres(
        "SELECT setval(pg_get_serial_sequence('history', 'seq'), (SELECT COALESCE(MAX(seq), 0) + 1 FROM history))",
    );
    ACCOUNT_INBOX_NEXT: Statement = Statement::Postgres(
        "SELECT setval(
             pg_get_serial_sequence('account_inbox', 'seq'), (SELECT COALESCE(MAX(seq), 0) + 1 FROM account_inbox)
         )",
    );
    INBOX_NEXT: Statement = Statement::Postgres(
        "SELECT setval(pg_get_serial_sequence('inbox', 'seq'), (SELECT COALESCE(MAX(seq), 0) + 1 FROM inbox))",
    );
}

impl Table {
    /// The rows, in the order of the key.
    pub(crate) fn select(&self, dialect: Dialect) -> String {
        let columns: Vec<&str> = self.columns.iter().map(|(name, _)| *name).collect();
        let from = match dialect {
            Dialect::Sqlite => self.sqlite,
            Dialect::Postgres => self.postgres,
        };
        format!("SELECT {} FROM {from} ORDER BY {}", columns.join(", "), self.key)
    }

    /// Whether there is a row.
    pub(crate) fn any(&self) -> String {
        format!("SELECT 1 FROM {} LIMIT 1", self.name)
    }

    /// What puts rows back.
    pub(crate) fn bulks(&'static self, dialect: Dialect, rows: Vec<Vec<Value>>) -> Vec<Bulk> {
        let pick = |places: &[usize]| -> Vec<Vec<Value>> {
            rows.iter().map(|row| places.iter().map(|place| row[*place].clone()).collect()).collect()
        };
        // The columns of contact: workspace, bucket, contact, document, alarm_at.
        let with_alarm = |mut rows: Vec<Vec<Value>>, place: usize| {
            rows.retain(|row| row[place] != Value::Null);
            rows
        };
        match (self.name, dialect) {
            ("contact", Dialect::Sqlite) => vec![
                (&fold::CONTACT_PUT, pick(&[0, 1, 2, 3, 4])),
                (&fold::ALARM_PUT, with_alarm(pick(&[0, 4, 2]), 1)),
            ],
            ("contact", Dialect::Postgres) => vec![
                (&contact::PUT, pick(&[0, 1, 2, 3])),
                (&contact::ALARM_PUT, with_alarm(pick(&[0, 1, 2, 4]), 3)),
            ],
            // The columns of history: workspace, bucket, contact, seq, at, catalog_revision, event, …
            ("history", Dialect::Sqlite) => vec![
                (&history::LOG, pick(&[3, 0, 2, 4, 5, 6, 7, 8, 9])),
                (&history::KEY_PUT, pick(&[0, 1, 2, 3, 4, 6, 7])),
            ],
            // The columns of message: workspace, bucket, message, contact, …
            ("message", Dialect::Sqlite) => {
                let links = pick(&[0, 1, 3, 2]);
                vec![(&self.insert, rows), (&fold::MESSAGE_PUT, links)]
            }
            _ => vec![(&self.insert, rows)],
        }
    }
}

/// The texts that are made of the tables, to be prepared like all others.
pub(crate) fn texts(dialect: Dialect) -> Vec<String> {
    TABLES.iter().flat_map(|table| [table.select(dialect), table.any()]).collect()
}
