//! What is published, by command: the life cycle, plans that move runs, people who publish at once, drafts.

use serde_json::{Value, json};

use crate::harness::{Installation, eventually};

/// Replaces a text in a file of a folder of the installation.
fn edit(installation: &Installation, path: &str, from: &str, to: &str) {
    let path = installation.path(path);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{text}");
    std::fs::write(&path, text.replace(from, to)).unwrap();
}

fn status(installation: &Installation) -> Value {
    installation.wend(&["workflow", "show", "greet", "--json"]).good_json()["status"].clone()
}

/// Waits until the contact's one run rests at this step, and gives the version that it is on.
fn rests_at(installation: &Installation, user: &str, step: &str) -> u64 {
    eventually(&format!("{user} rests at {step}"), || {
        let contact = installation.wend(&["contact", "show", user, "--json"]).good_json();
        let run = &contact["runs"][0];
        (run["step"] == step).then(|| run["version"].as_u64().unwrap())
    })
}

#[test]
fn a_workflow_is_stopped_at_once_and_goes_on_when_it_is_resumed() {
    let installation = Installation::start();
    installation.apply();
    installation.sign_up("ada");
    installation.messages("sent", 1);
    rests_at(&installation, "ada", "order");
    let stopped =
        installation.wend(&["workflow", "stop", "greet", "--reason", "wrong price", "--json"]).good_json();
    assert_eq!(stopped["workflows"][0]["workflow"], "greet");
    assert!(stopped["took_ms"].is_u64(), "{stopped}");
    assert_eq!(status(&installation), "halted");
    installation.sign_up("bo");
    let why = installation.wend(&["why", "bo"]).good();
    assert!(why.contains("Signed Up"), "{why}");
    assert_eq!(installation.wend(&["workflow", "stop", "greet"]).code, 7);
    let listed = installation.wend(&["workflow", "list"]).good();
    assert!(listed.contains("halted"), "{listed}");

    installation.wend(&["workflow", "resume", "--all"]).good();
    assert_eq!(status(&installation), "live");
    installation.sign_up("cy");
    installation.messages("sent", 2);
    assert_eq!(installation.wend(&["contact", "show", "bo", "--json"]).good_json()["runs"], json!([]));
    let shown = installation.wend(&["workflow", "show", "greet"]).good();
    assert!(shown.contains("2 live") && shown.contains("order"), "{shown}");
    assert!(installation.wend(&["workflow", "stop", "--all"]).good().contains(" ms"));
    assert_eq!(installation.wend(&["workflow", "show", "nothing"]).code, 4);
}

#[test]
fn a_workflow_is_paused_archived_and_restored_and_the_ones_that_can_be_are_though_others_can_not() {
    let installation = Installation::start();
    installation.apply();
    installation.sign_up("ada");
    rests_at(&installation, "ada", "order");
    installation.wend(&["workflow", "pause", "greet", "--discard"]).good();
    eventually("the run ends", || {
        let contact = installation.wend(&["contact", "show", "ada", "--json"]).good_json();
        (contact["runs"] == json!([])).then_some(())
    });
    let ended = installation.wend(&["workflow", "resume", "nothing", "greet"]);
    assert_eq!(ended.code, 4, "{ended:?}");
    assert!(ended.stderr.contains("live: greet"), "{ended:?}");
    assert_eq!(status(&installation), "live");
    installation.wend(&["workflow", "archive", "greet"]).good();
    assert!(!installation.wend(&["workflow", "list"]).good().contains("greet"));
    assert!(installation.wend(&["workflow", "list", "--archived"]).good().contains("archived"));
    installation.wend(&["workflow", "restore", "greet"]).good();
    assert_eq!(status(&installation), "live");
}

#[test]
fn who_pulled_before_others_published_is_told_what_they_changed_and_overwrites_it_only_by_force() {
    let installation = Installation::start();
    installation.apply();
    installation.wend(&["pull", "mine"]).good();
    installation.wend(&["pull", "theirs"]).good();
    edit(&installation, "theirs/templates/hello.yaml", "Good to have you.", "So good to have you.");
    installation.wend(&["apply", "theirs"]).good();
    edit(&installation, "mine/templates/hello.yaml", "Good to have you.", "Welcome.");
    assert_eq!(installation.wend(&["check", "mine"]).code, 0);
    assert!(installation.wend(&["plan", "mine"]).stderr.contains("others have published since"));
    let refused = installation.wend(&["apply", "mine"]);
    assert_eq!(refused.code, 7, "{refused:?}");
    assert!(refused.stderr.contains("So good to have you."), "{refused:?}");
    assert!(refused.stderr.contains("+text: \"Welcome.\""), "{refused:?}");
    let error = installation.wend(&["apply", "mine", "--json"]).json()["error"].clone();
    assert_eq!(
        (error["revision"].clone(), error["conflicts"][0]["path"].clone()),
        (json!(2), json!("templates/hello.yaml"))
    );
    installation.wend(&["apply", "mine", "--force"]).good();
    assert_eq!(installation.wend(&["apply", "theirs"]).code, 7);
    // What was applied is what the folder was made from.
    edit(&installation, "mine/templates/hello.yaml", "Welcome.", "Welcome!");
    installation.wend(&["apply", "mine"]).good();
}

#[test]
fn a_pause_by_somebody_else_is_no_conflict() {
    let installation = Installation::start();
    installation.apply();
    installation.wend(&["pull", "mine"]).good();
    installation.wend(&["workflow", "pause", "greet"]).good();
    edit(&installation, "mine/templates/hello.yaml", "Good to have you.", "Welcome.");
    installation.wend(&["apply", "mine"]).good();
    assert_eq!(status(&installation), "paused");
}

#[test]
fn a_plan_tells_who_waits_where_and_runs_go_where_they_are_sent() {
    let installation = Installation::start();
    installation.apply();
    installation.sign_up("ada");
    assert_eq!(rests_at(&installation, "ada", "order"), 1);
    edit(&installation, "shop/workflows/greet.yaml", "id: order", "id: buy");
    let plan = installation.wend(&["plan", "shop"]).good();
    assert!(plan.contains("stays on version 1") && plan.contains("greet: 1 run stays"), "{plan}");
    let undecided = installation.wend(&["plan", "shop", "--migrate", "greet"]);
    assert_eq!(undecided.code, 3, "{undecided:?}");
    assert!(
        undecided.stderr.contains("must be decided") && undecided.stderr.contains("E0601"),
        "{undecided:?}"
    );
    let chosen = ["--migrate", "greet", "--move", "greet:order=buy"];
    let plan = installation.wend(&[&["plan", "shop"], &chosen[..]].concat()).good();
    assert!(plan.contains("to `buy` of version 2") && plan.contains("greet: 1 run moves"), "{plan}");
    installation.wend(&[&["apply", "shop"], &chosen[..]].concat()).good();
    assert_eq!(rests_at(&installation, "ada", "buy"), 2);
}

#[test]
fn a_version_reaches_contacts_by_and_by_and_everybody_when_a_person_says_so() {
    let installation = Installation::start();
    installation.apply();
    edit(&installation, "shop/workflows/greet.yaml", "timeout: 3d", "timeout: 4d");
    let choices =
        "rollouts:\n  greet: { stages: [ { percent: 10, for: 1d } ], gates: { errors_max_percent: 2 } }\n";
    std::fs::write(installation.path("choices.yaml"), choices).unwrap();
    let applied = installation.wend(&["apply", "shop", "--choices", "choices.yaml"]).good();
    assert!(applied.contains("rolled out: 10 %"), "{applied}");
    let shown = installation.wend(&["workflow", "show", "greet"]).good();
    assert!(
        shown.contains("version 2 reaches 10") && shown.contains("at most 2 % of entries fail"),
        "{shown}"
    );
    let shared = installation.wend(&["workflow", "rollout", "greet", "share", "50"]).good();
    assert!(shared.contains("reaches 50"), "{shared}");
    let done = installation.wend(&["workflow", "rollout", "greet", "finish", "--reason", "fine"]).good();
    assert!(done.contains("new runs enter version 2"), "{done}");
    assert_eq!(installation.wend(&["workflow", "rollout", "greet", "abort"]).code, 7);
    installation.wend(&["workflow", "rollback", "greet", "--to", "1"]).good();
    let again = ["workflow", "rollout", "greet", "start", "--stages", "5%:1d,100%", "--entries-min", "10"];
    assert!(installation.wend(&again).good().contains("judged after 10 entries"));
}

#[test]
fn those_who_match_already_are_let_in_by_a_backfill() {
    let installation = Installation::start();
    let traits = "{\"plan\": \"pro\"}";
    installation.wend(&["events", "send", "--user", "ada", "--traits", traits]).good();
    std::fs::create_dir(installation.path("shop/segments")).unwrap();
    std::fs::write(
        installation.path("shop/segments/pros.yaml"),
        "segment: pros\nwhere: { trait: plan, eq: pro }\n",
    )
    .unwrap();
    let pros = "workflow: pros\ntitle: Pros\ncategory: offers\ntrigger: { segment_entered: pros }\nreentry: never\n\
                steps:\n  - { id: rest, wait: 3d }\n";
    installation.apply();
    eventually("the segment is known of everybody", || {
        let contact = installation.wend(&["contact", "show", "ada", "--json"]).good_json();
        contact["segments"]["pros"].is_string().then_some(())
    });
    std::fs::write(installation.path("shop/workflows/pros.yaml"), pros).unwrap();
    installation.apply();
    installation.wend(&["workflow", "backfill", "pros", "--pace", "100"]).good();
    rests_at(&installation, "ada", "rest");
}

#[test]
fn a_draft_is_saved_on_top_of_the_one_that_was_looked_at_and_published_alone() {
    let installation = Installation::start();
    installation.apply();
    let path = "templates/hello.yaml";
    edit(&installation, "shop/templates/hello.yaml", "Good to have you.", "Welcome.");
    let from = "shop/templates/hello.yaml";
    let saved = installation.wend(&["draft", "save", path, "--from", from, "--json"]).good_json();
    assert_eq!(saved["revision"], 1);
    let refused = installation.wend_with(&["draft", "save", path], "half done");
    assert_eq!(refused.code, 7, "{refused:?}");
    assert!(refused.stderr.contains("--expect"), "{refused:?}");
    installation.wend(&["draft", "save", path, "--from", from, "--expect", "1"]).good();
    assert!(installation.wend(&["draft", "list"]).good().contains(path));
    let text = installation.wend(&["draft", "show", path]).good();
    assert_eq!(text, std::fs::read_to_string(installation.path(from)).unwrap());
    let published = installation.wend(&["draft", "publish", path]).good();
    assert!(published.contains("published as revision 2"), "{published}");
    assert_eq!(installation.wend(&["draft", "show", path]).code, 4);
    installation.wend(&["pull", "pulled"]).good();
    assert!(
        std::fs::read_to_string(installation.path("pulled/templates/hello.yaml"))
            .unwrap()
            .contains("Welcome.")
    );
    installation.wend_with(&["draft", "save", path], "half done").good();
    assert_eq!(installation.wend(&["draft", "publish", path]).code, 3);
    installation.wend(&["draft", "remove", path]).good();
    assert_eq!(installation.wend(&["draft", "remove", path]).code, 4);
}
