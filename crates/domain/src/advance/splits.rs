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
/// can't be kept, so such a contact is drawn anew. A held-out contact takes the way that it would have taken, and is
/// exposed to nothing.
pub(super) fn take(turn: &mut Turn<'_>, run: &Run, split: &Split) {
    let kept = turn.contact.exposures.get(&split.experiment);
    let kept = kept.and_then(|kept| split.variants.iter().find(|variant| variant.name == kept.variant));
    let Some(variant) = kept.or_else(|| drawn(turn, split)) else {
        return steps::go_to(turn, run.id, None);
    };
    let (experiment, name) = (split.experiment.clone(), variant.name.clone());
    if run.ghost {
        let what = format!("take the variant {name} of the experiment {experiment}");
        turn.note("4.5", About::run(run), Decision::WouldHave { what });
        return steps::go_to(turn, run.id, variant.target);
    }
    if kept.is_some() {
        let decision = Decision::StaysIn { experiment: experiment.clone(), variant: name.clone() };
        turn.note("10.2", About::run(run), decision);
    } else {
        let decision = Decision::Exposed { experiment: experiment.clone(), variant: name.clone() };
        turn.note("10.1", About::run(run), decision);
        turn.count(format!("exposed:{experiment}:{name}"));
        let exposures = &turn.contact.exposures;
        if exposures.len() < EXPOSURES_MAX || exposures.contains_key(&experiment) {
            let exposure = Exposure { variant: name.clone(), at: turn.at };
            turn.contact.exposures.insert(experiment.clone(), exposure);
        }
    }
    if let Some(live) = turn.run_mut(run.id) {
        live.variants.insert(experiment, name);
    }
    steps::go_to(turn, run.id, variant.target);
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
