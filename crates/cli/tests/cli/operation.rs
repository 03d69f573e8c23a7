//! Looking after an installation: keys, quarantine, failed messages, back-ups, the doctor.

use crate::harness::{Installation, Process, command, eventually, run, wend};

#[test]
fn keys_allow_what_their_scope_says_until_they_are_revoked() {
    let installation = Installation::start();
    let made = installation.wend(&["key", "create", "--scope", "read", "--name", "ci", "--json"]).good_json();
    let (id, secret) = (made["id"].as_str().unwrap(), made["secret"].as_str().unwrap());
    assert_eq!(installation.wend(&["messages", "--key", secret]).code, 0);
    assert_eq!(installation.wend(&["apply", "shop", "--key", secret]).code, 6);
    assert_eq!(installation.wend(&["contact", "show", "nobody", "--key", secret]).code, 4);
    installation.wend(&["key", "revoke", id]).good();
    eventually("the revoked key is refused", || {
        (installation.wend(&["messages", "--key", secret]).code == 6).then_some(())
    });
    assert_eq!(installation.wend(&["messages", "--key", "sk_unknown"]).code, 6);
    assert!(!installation.wend(&["key", "list"]).good().contains(secret));
}

#[test]
fn a_refused_event_is_kept_with_its_reason_until_it_is_mended_or_dropped() {
    let installation = Installation::start();
    installation.apply();
    let lines =
        "{\"type\": \"track\", \"event\": \"Signed Up\"}\n{\"type\": \"track\", \"userId\": \"bo\"}\n";
    let sent = installation.wend_with(&["events", "send", "-", "--json"], lines).good_json();
    assert_eq!((sent["sent"].as_u64(), sent["quarantined"].as_u64()), (Some(2), Some(2)));
    let doctor = installation.wend(&["doctor", "--json"]);
    assert_eq!((doctor.code, doctor.json()["ok"].as_bool()), (1, Some(false)));
    let list = installation.wend(&["quarantine", "list", "--json"]).good_json();
    let ids: Vec<&str> =
        list["events"].as_array().unwrap().iter().map(|event| event["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 2);
    let mended = "{\"type\": \"track\", \"userId\": \"bo\", \"event\": \"Signed Up\"}";
    installation.wend(&["quarantine", "resend", ids[0], "--event", mended]).good();
    installation.wend(&["quarantine", "drop", ids[1]]).good();
    assert_eq!(installation.wend(&["quarantine", "drop", ids[1]]).code, 4);
    assert!(installation.wend(&["why", "bo"]).good().contains("Signed Up"));
    assert_eq!(installation.wend(&["doctor"]).code, 0);
}

#[test]
fn lines_that_are_no_events_stop_the_sending_and_say_where_to_go_on() {
    let installation = Installation::start();
    let good = "{\"type\": \"track\", \"userId\": \"cy\", \"event\": \"Looked\"}\n";
    let lines = format!("{}not JSON\n{good}", good.repeat(230));
    let ended = installation.wend_with(&["events", "send", "-"], &lines);
    assert_eq!(ended.code, 3);
    assert!(ended.stderr.contains("line 231"), "{ended:?}");
    assert!(ended.stderr.contains("--from-line 201"), "{ended:?}");
    let mended = lines.replace("not JSON\n", "\n");
    let sent =
        installation.wend_with(&["events", "send", "-", "--from-line", "201", "--json"], &mended).good_json();
    assert_eq!(sent["sent"].as_u64(), Some(31));
    let why = installation.wend(&["why", "cy", "--json"]).good_json();
    assert_eq!(why["entries"].as_array().unwrap().len(), 231);
}

#[test]
fn a_message_that_failed_for_want_of_a_channel_is_sent_again_by_a_person() {
    let folder = tempfile::tempdir().unwrap();
    let installation = Installation::start();
    let key = "sk_a-key-for-a-server-without-channels";
    let mut serve = command(&["serve", "--listen", "127.0.0.1:0", "--data"]);
    let mut process = Process::start(serve.arg(folder.path()).env("WEND_BOOTSTRAP_KEY", key));
    let url = process.expect("ready ");
    let wend =
        |arguments: &[&str]| run(installation.command(arguments).env("WEND_URL", &url).env("WEND_KEY", key));
    wend(&["apply", "shop"]).good();
    wend(&["events", "send", "--user", "di", "--traits", "{\"email\": \"di@example.com\"}"]).good();
    wend(&["events", "send", "--user", "di", "--event", "Signed Up"]).good();
    let failed = eventually("the message fails", || {
        wend(&["messages", "--state", "failed", "--json"]).good_json()["messages"].get(0).cloned()
    });
    assert!(
        failed["detail"]["why"].as_str().unwrap().contains("channel `email` is not configured"),
        "{failed}"
    );
    let id = failed["id"].as_str().unwrap();
    assert!(wend(&["messages", "show", id]).good().contains("is not configured"));
    assert_eq!(wend(&["doctor"]).code, 1);
    wend(&["messages", "requeue", id]).good();
    assert_eq!(wend(&["messages", "requeue", "00000000000000000000000000000000"]).code, 4);
}

#[test]
fn a_back_up_comes_back_whole_into_an_empty_folder_and_nowhere_else() {
    let installation = Installation::start();
    installation.apply();
    installation.sign_up("eve");
    installation.messages("sent", 1);
    installation.wend(&["backup", "wend.jsonl.gz"]).good();
    let restored = installation.wend(&["restore", "wend.jsonl.gz", "--data", "copy", "--json"]).good_json();
    assert!(restored["rows"].as_object().unwrap().len() > 3, "{restored}");

    let mut serve = installation.command(&["serve", "--data", "copy", "--listen", "127.0.0.1:0"]);
    let mut process = Process::start(&mut serve);
    let url = process.expect("ready ");
    for arguments in [["why", "eve", "--json"], ["messages", "--state=sent", "--json"]] {
        let original = installation.wend(&arguments).good_json();
        let copy = run(installation.command(&arguments).args(["--url", &url])).good_json();
        assert_eq!(copy, original);
    }
    assert_eq!(process.stop("-TERM"), 0);

    assert_eq!(installation.wend(&["restore", "wend.jsonl.gz", "--data", "copy"]).code, 7);
    let whole = std::fs::read(installation.path("wend.jsonl.gz")).unwrap();
    std::fs::write(installation.path("half.gz"), &whole[..whole.len() / 2]).unwrap();
    assert_eq!(installation.wend(&["restore", "half.gz", "--data", "other"]).code, 3);
    let key = installation.wend(&["key", "create", "--scope", "manage"]).good();
    let refused = installation.wend(&["backup", "other.gz", "--key", key.trim()]);
    assert_eq!(refused.code, 6);
    assert!(!installation.path("other.gz").exists());
}

#[test]
fn migrating_twice_changes_nothing_the_second_time() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let first = wend(&["migrate", "--data", data, "--json"]).good_json();
    assert!(!first["applied"].as_array().unwrap().is_empty());
    assert_eq!(wend(&["migrate", "--data", data]).good().trim(), "the database is up to date");
}

#[test]
fn nothing_is_stuck_in_a_healthy_installation() {
    let installation = Installation::start();
    assert_eq!(installation.wend(&["stuck", "list"]).good().trim(), "none");
    assert_eq!(installation.wend(&["stuck", "retry", "1"]).code, 4);
    assert_eq!(installation.wend(&["stuck", "drop", "1"]).code, 4);
}
