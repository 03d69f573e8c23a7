//! What a domain needs in DNS before mail from it arrives.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use wend_domain::sending::records::{Judged, Kind, Purpose, State as RecordState};

use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::Parameters;

/// The most bytes of a domain's name.
const DOMAIN_BYTES_MAX: usize = 253;

/// A domain's records.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DomainCheck {
    /// The domain.
    domain: String,
    /// Whether every record is good or weak.
    ok: bool,
    /// The records that it needs.
    records: Vec<DomainRecord>,
}

/// A record and how it is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DomainRecord {
    /// What it is for: `spf`, `dkim`, `dmarc`, `tracking` or `bounces`.
    purpose: &'static str,
    /// Its name.
    name: String,
    /// `TXT`, `CNAME` or `MX`.
    kind: &'static str,
    /// What it should say.
    value: String,
    /// `good`, `weak`, `missing`, `wrong` or `unknown`.
    state: &'static str,
    /// What is there.
    found: Vec<String>,
    /// What to do; empty if nothing.
    advice: String,
}

/// Says which DNS records a domain needs before mail from it arrives (SPF, DKIM, DMARC, the names of links and bounces), looks for them, and says
/// what is wrong with each.
#[utoipa::path(
    get,
    path = "/api/v1/domains/{domain}",
    tag = "operation",
    operation_id = "check_domain",
    summary = "Check a domain's DNS records",
    params(("domain" = String, Path, description = "The domain that mail is from")),
    security(("key" = ["read"])),
    responses((status = 200, body = DomainCheck), Refusals),
)]
pub(crate) async fn domain_check(
    Reader(_caller): Reader,
    State(state): State<ServerState>,
    Parameters(domain): Parameters<String>,
) -> Result<Json<DomainCheck>, Error> {
    let domain = domain.trim_end_matches('.').to_ascii_lowercase();
    let is_label = |label: &str| {
        let letters = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        (1..=63).contains(&label.len()) && label.bytes().all(letters)
    };
    if domain.len() > DOMAIN_BYTES_MAX || !domain.contains('.') || !domain.split('.').all(is_label) {
        return Err(Error::Malformed("the domain is no name such as example.com".to_owned()));
    }
    let records = state.engine().check_domain(&domain).await.map_err(Error::Unprocessable)?;
    let is_fine = |record: &Judged| matches!(record.state, RecordState::Good | RecordState::Weak);
    let ok = records.iter().all(is_fine);
    Ok(Json(DomainCheck { domain, ok, records: records.into_iter().map(shown).collect() }))
}

fn shown(judged: Judged) -> DomainRecord {
    let Judged { wanted, state, found, advice } = judged;
    DomainRecord {
        purpose: match wanted.purpose {
            Purpose::Spf => "spf",
            Purpose::Dkim => "dkim",
            Purpose::Dmarc => "dmarc",
            Purpose::Tracking => "tracking",
            Purpose::Bounces => "bounces",
        },
        name: wanted.name,
        kind: match wanted.kind {
            Kind::Txt => "TXT",
            Kind::Cname => "CNAME",
            Kind::Mx => "MX",
        },
        value: wanted.value,
        state: match state {
            RecordState::Good => "good",
            RecordState::Weak => "weak",
            RecordState::Missing => "missing",
            RecordState::Wrong => "wrong",
            RecordState::Unknown => "unknown",
        },
        found,
        advice,
    }
}
