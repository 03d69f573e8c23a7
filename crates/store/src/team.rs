//! People of the team, and the browsers in which they are signed in; of passwords and sessions only hashes are kept.

use wend_domain::id::WorkspaceId;
use wend_domain::time::Timestamp;

use crate::driver::value::{Row, params};
use crate::error::Error;
use crate::open::Store;
use crate::statement::{Statement, statements};
use crate::workspace;

/// A person of the team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamMember {
    /// The id, which may be shown.
    pub id: String,
    /// Whose.
    pub workspace: WorkspaceId,
    /// The address with which they sign in, in lower case.
    pub email: String,
    /// What colleagues read.
    pub name: String,
    /// What they may do.
    pub scope: String,
    /// The password's hash, with its method and salt.
    pub password: String,
    /// When they joined.
    pub created_at: Timestamp,
    /// When they left.
    pub removed_at: Option<Timestamp>,
}

/// A browser in which somebody is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// The hash of the secret in the cookie.
    pub hash: String,
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Who.
    pub member: String,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
}

/// The columns of a row, in the order in which [`read`] reads them.
macro_rules! columns {
    () => {
        "id, workspace, email, name, scope, password, created_at, removed_at"
    };
}

statements! {
    ANY: Statement = Statement::Both("SELECT 1 FROM team_member LIMIT 1");
    CREATE: Statement = Statement::Both(concat!(
        "INSERT INTO team_member (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT DO NOTHING",
    ));
    ALL: Statement = Statement::Both(concat!(
        "SELECT ", columns!(), " FROM team_member WHERE workspace = $1 ORDER BY created_at, id",
    ));
    BY_EMAIL: Statement = Statement::Both(concat!(
        "SELECT ", columns!(), " FROM team_member WHERE email = $1 AND removed_at IS NULL",
    ));
    REMOVE: Statement = Statement::Both(
        "UPDATE team_member SET removed_at = $3 WHERE workspace = $1 AND id = $2 AND removed_at IS NULL",
    );
    PASSWORD: Statement = Statement::Both("UPDATE team_member SET password = $3 WHERE workspace = $1 AND id = $2");
    SESSION: Statement = Statement::Both(
        "INSERT INTO session (hash, workspace, member, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
    );
    SIGNED_IN: Statement = Statement::Both(
        "SELECT id, team_member.workspace, email, name, scope, password, team_member.created_at, removed_at
         FROM session JOIN team_member ON team_member.workspace = session.workspace AND team_member.id = session.member
         WHERE session.hash = $1 AND session.expires_at > $2 AND removed_at IS NULL",
    );
    END: Statement = Statement::Both("DELETE FROM session WHERE hash = $1");
    END_ALL: Statement = Statement::Both("DELETE FROM session WHERE workspace = $1 AND member = $2");
    EXPIRE: Statement = Statement::Both("DELETE FROM session WHERE expires_at <= $1");
}

impl Store {
    /// Whether there is, or ever was, anybody in any team of this installation.
    pub async fn has_team(&self) -> Result<bool, Error> {
        Ok(self.inner.driver.query_first(ANY, params![]).await?.is_some())
    }

    /// Takes somebody into the team; false if the address is somebody's already, or if `is_first` is asked for and
    /// there is somebody.
    pub async fn team_member_create(&self, member: TeamMember, is_first: bool) -> Result<bool, Error> {
        let mut transaction = self.inner.driver.begin().await?;
        workspace::lock(&mut transaction, &member.workspace).await?;
        if is_first && transaction.query_first(ANY, params![]).await?.is_some() {
            return Ok(false);
        }
        let params = params![
            member.id,
            member.workspace.as_str(),
            member.email,
            member.name,
            member.scope,
            member.password,
            member.created_at,
            member.removed_at
        ];
        let is_new = transaction.execute(CREATE, params).await? > 0;
        transaction.commit().await?;
        Ok(is_new)
    }

    /// The team of a workspace, those who left too, in the order of their joining.
    pub async fn team(&self, workspace: &WorkspaceId) -> Result<Vec<TeamMember>, Error> {
        let rows = self.inner.driver.query(ALL, params![workspace.as_str()]).await?;
        rows.into_iter().map(read).collect()
    }

    /// Who signs in with this address.
    pub async fn team_member_by_email(&self, email: &str) -> Result<Option<TeamMember>, Error> {
        self.inner.driver.query_first(BY_EMAIL, params![email]).await?.map(read).transpose()
    }

    /// Takes somebody out of the team and ends their sessions; false if they aren't in it.
    pub async fn team_member_remove(
        &self,
        workspace: &WorkspaceId,
        id: &str,
        at: Timestamp,
    ) -> Result<bool, Error> {
        let mut transaction = self.inner.driver.begin().await?;
        let removed = transaction.execute(REMOVE, params![workspace.as_str(), id, at]).await? > 0;
        transaction.execute(END_ALL, params![workspace.as_str(), id]).await?;
        transaction.commit().await?;
        Ok(removed)
    }

    /// Gives somebody another password and ends their sessions.
    pub async fn team_member_password(
        &self,
        workspace: &WorkspaceId,
        id: &str,
        password: &str,
    ) -> Result<(), Error> {
        let mut transaction = self.inner.driver.begin().await?;
        transaction.execute(PASSWORD, params![workspace.as_str(), id, password]).await?;
        transaction.execute(END_ALL, params![workspace.as_str(), id]).await?;
        transaction.commit().await
    }

    /// Keeps that somebody signed in, and forgets the sessions that are over.
    pub async fn session_create(&self, session: SessionRow) -> Result<(), Error> {
        let mut transaction = self.inner.driver.begin().await?;
        transaction.execute(EXPIRE, params![session.created_at]).await?;
        let params = params![
            session.hash,
            session.workspace.as_str(),
            session.member,
            session.created_at,
            session.expires_at
        ];
        transaction.execute(SESSION, params).await?;
        transaction.commit().await
    }

    /// Who is signed in by a session that isn't over.
    pub async fn signed_in(&self, hash: &str, at: Timestamp) -> Result<Option<TeamMember>, Error> {
        self.inner.driver.query_first(SIGNED_IN, params![hash, at]).await?.map(read).transpose()
    }

    /// Ends a session.
    pub async fn session_end(&self, hash: &str) -> Result<(), Error> {
        self.inner.driver.execute(END, params![hash]).await?;
        Ok(())
    }
}

fn read(row: Row) -> Result<TeamMember, Error> {
    let mut row = row.columns("team_member");
    Ok(TeamMember {
        id: row.text()?,
        workspace: row.name()?,
        email: row.text()?,
        name: row.text()?,
        scope: row.text()?,
        password: row.text()?,
        created_at: row.time()?,
        removed_at: row.optional_time()?,
    })
}
