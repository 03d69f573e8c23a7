//! Catalogues that were uploaded, as templates read them beside those of the files.
//!
//! **Invariant:** a file's catalogue wins over an upload of the same name, so that what was reviewed is what is read.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context as _;
use serde_json::Value;
use wend_domain::catalogue::{BadRow, Catalogue};
use wend_domain::id::{CatalogueName, WorkspaceId};
use wend_domain::time::Timestamp;
use wend_store::CatalogueRow;

use crate::catalogs;
use crate::engine::Engine;
use crate::shared::Shared;
use crate::tick::compute::compute;

/// The most bytes of a catalogue's rows as JSON.
pub const CATALOGUE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// The uploads of a workspace as this node knows them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Uploads {
    /// Which upload of each it is.
    versions: BTreeMap<String, (u64, Timestamp)>,
    catalogues: Arc<BTreeMap<CatalogueName, Catalogue>>,
}

/// What became of an upload.
#[derive(Debug)]
pub enum Uploaded {
    /// Templates read it from now on.
    Taken {
        /// How many rows it has.
        n_rows: usize,
    },
    /// Nothing was taken, because of these rows.
    BadRows(Vec<BadRow>),
    /// A file of the portfolio describes a catalogue of this name.
    IsFile,
    /// It has more than [`CATALOGUE_BYTES_MAX`].
    TooLarge,
    /// There are as many uploads as there may be.
    TooMany,
}

impl Uploads {
    /// Whether these are the uploads that the store has.
    pub(crate) fn are(&self, rows: &[CatalogueRow]) -> bool {
        self.versions.len() == rows.len()
            && rows.iter().all(|row| self.versions.get(&row.name) == Some(&(row.revision, row.at)))
    }

    /// The uploads below the catalogues of files.
    pub(crate) fn below(
        &self,
        files: &Arc<BTreeMap<CatalogueName, Catalogue>>,
    ) -> Arc<BTreeMap<CatalogueName, Catalogue>> {
        if self.catalogues.is_empty() {
            return Arc::clone(files);
        }
        let mut all = BTreeMap::clone(&self.catalogues);
        all.extend(files.iter().map(|(name, catalogue)| (name.clone(), catalogue.clone())));
        Arc::new(all)
    }

    /// The uploads that the store has; those that are known aren't read again.
    pub(crate) async fn renewed(
        &self,
        shared: &Shared,
        workspace: &WorkspaceId,
        rows: Vec<CatalogueRow>,
    ) -> anyhow::Result<Self> {
        let (mut versions, mut catalogues) = (BTreeMap::new(), BTreeMap::new());
        let mut unread = Vec::new();
        for row in rows {
            let name = CatalogueName::from(row.name.as_str());
            let version = (row.revision, row.at);
            if let (Some(known), true) =
                (self.catalogues.get(&name), self.versions.get(&row.name) == Some(&version))
            {
                catalogues.insert(name, known.clone());
                versions.insert(row.name, version);
            } else if let Some(json) = shared.store.catalogue_rows(workspace, &row.name, row.revision).await?
            {
                // One that was uploaded again meanwhile is read the next time.
                versions.insert(row.name.clone(), version);
                unread.push((name, row.key_column, json, None));
            }
        }
        let work = |(name, key, json, read): &mut (CatalogueName, String, String, Option<Catalogue>)| {
            let rows: Vec<Value> = serde_json::from_str(json).unwrap_or_default();
            *read = Some(Catalogue::new(name.clone(), key, rows).0);
        };
        let read = compute(unread, shared.options.one_thread(), work).await?;
        catalogues.extend(read.into_iter().filter_map(|(name, _, _, read)| Some((name, read?))));
        Ok(Self { versions, catalogues: Arc::new(catalogues) })
    }
}

impl Engine {
    /// Takes a catalogue in place of the upload of its name; templates read it at once on this node, and within a second
    /// on others.
    pub async fn upload_catalogue(
        &self,
        workspace: &WorkspaceId,
        name: &CatalogueName,
        key: &str,
        rows: Vec<Value>,
        by: &str,
    ) -> anyhow::Result<Uploaded> {
        let shared = self.shared();
        if shared.catalogs.get(workspace).is_file(name) {
            return Ok(Uploaded::IsFile);
        }
        let rows_json = serde_json::to_string(&rows).context("cannot write the rows")?;
        if rows_json.len() > CATALOGUE_BYTES_MAX {
            return Ok(Uploaded::TooLarge);
        }
        let (catalogue, bad) = Catalogue::new(name.clone(), key, rows);
        if !bad.is_empty() {
            return Ok(Uploaded::BadRows(bad));
        }
        let n_rows = catalogue.items.len();
        let row = CatalogueRow {
            name: name.to_string(),
            key_column: key.to_owned(),
            revision: 0,
            n_rows: n_rows as u64,
            at: shared.clock.now(),
            by: by.to_owned(),
        };
        if !shared.store.catalogue_put(workspace, row, &rows_json).await? {
            return Ok(Uploaded::TooMany);
        }
        catalogs::take_uploads(shared, workspace).await?;
        Ok(Uploaded::Taken { n_rows })
    }

    /// Whether a catalogue is an upload that templates read; else a file describes it, or there is none.
    pub fn is_upload(&self, workspace: &WorkspaceId, name: &CatalogueName) -> bool {
        let loaded = self.shared().catalogs.get(workspace);
        !loaded.is_file(name) && loaded.uploads.catalogues.contains_key(name)
    }

    /// Removes an upload; false if there is none of this name.
    pub async fn remove_catalogue(&self, workspace: &WorkspaceId, name: &str) -> anyhow::Result<bool> {
        let was_there = self.store().catalogue_remove(workspace, name).await?;
        catalogs::take_uploads(self.shared(), workspace).await?;
        Ok(was_there)
    }
}
