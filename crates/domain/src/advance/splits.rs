//! Splits: who goes which way by chance, and stays there (SEMANTICS 10).

use super::steps;
use super::turn::{About, Turn};
use crate::contact::Exposure;
use crate::id::chance;
use crate::limits::EXPOSURES_MAX;
use crate::record::Decision;
use crate::run::Run;
use crate::workflow::{Split, Variant};

/// Sends the run down the variant of its contact.
///
/// Who was exposed stays, whatever has become of the weights (SEMANTICS 10.2); a variant that the split no longer has
/// can't be kept, so such a contact is drawn anew. A held-out contact takes the way that it would have taken, stays on it
/// as it would have, and is exposed to nothing.
pub(super) fn take(turn: &mut Turn<'_>, run: &Run, split: &Split) {
    let kept = turn.contact.exposures.get(&split.experiment);
    let kept = kept.and_then(|kept| split.variants.iter().find(|variant| variant.name == kept.variant));
    let Some(variant) = kept.or_else(|| drawn(turn, split)) else {
        return steps::go_to(turn, run.id, None);
    };
    let was_exposed =
        kept.is_some() && turn.contact.exposures.get(&split.experiment).is_some_and(|kept| !kept.ghost);
    let is_new = kept.is_none();
    let (experiment, name) = (split.experiment.clone(), variant.name.clone());
    if run.ghost {
        if is_new {
            remember(turn, &experiment, &name, true);
        }
        let what = format!("take the variant {name} of the experiment {experiment}");
        turn.note("4.5", About::run(run), Decision::WouldHave { what });
        return steps::go_to(turn, run.id, variant.target);
    }
    if was_exposed {
        let decision = Decision::StaysIn { experiment: experiment.clone(), variant: name.clone() };
        turn.note("10.2", About::run(run), decision);
    } else {
        let decision = Decision::Exposed { experiment: experiment.clone(), variant: name.clone() };
        turn.note("10.1", About::run(run), decision);
        turn.count(format!("exposed:{experiment}:{name}"));
        remember(turn, &experiment, &name, false);
    }
    if let Some(live) = turn.run_mut(run.id) {
        live.variants.insert(experiment, name);
    }
    steps::go_to(turn, run.id, variant.target);
}

/// Keeps the variant of a contact, as far as there is room.
fn remember(turn: &mut Turn<'_>, experiment: &str, variant: &str, ghost: bool) {
    let at = turn.at;
    let exposures = &mut turn.contact.exposures;
    if exposures.len() < EXPOSURES_MAX || exposures.contains_key(experiment) {
        exposures.insert(experiment.to_owned(), Exposure { variant: variant.to_owned(), at, ghost });
    }
}

/// The variant that chance gives: the same for workspace, experiment and contact as long as weights are the same.
fn drawn<'s>(turn: &Turn<'_>, split: &'s Split) -> Option<&'s Variant> {
    let sum: u64 = split.variants.iter().map(|variant| u64::from(variant.weight)).sum();
    let parts: [&[u8]; 3] = [
        turn.catalog.workspace.as_str().as_bytes(),
        split.experiment.as_bytes(),
        &turn.contact.id.to_bytes(),
    ];
    let drawn = chance("split", &parts, sum);
    let mut upto = 0;
    split.variants.iter().find(|variant| {
        upto += u64::from(variant.weight);
        drawn < upto
    })
}
