//! From a first start to a message that can be explained, and over a restart.

use std::os::unix::fs::PermissionsExt as _;

use crate::harness::{Installation, Process, command, run};

#[test]
fn an_event_becomes_a_mail_that_can_be_explained_also_after_a_restart() {
    let mut installation = Installation::start();
    let plan = installation.wend(&["plan", "shop"]).good();
    assert!(plan.contains("+ workflow  greet  version 1"), "{plan}");
    assert!(installation.wend(&["apply", "shop"]).good().contains("published as revision 1"));
    assert_eq!(installation.wend(&["plan", "shop"]).good().trim(), "nothing changes");

    let key = installation.wend(&["key", "create", "--scope", "ingest"]).good();
    assert!(key.starts_with("wk_") && key.lines().count() == 1, "{key}");
    let lines = "{\"type\": \"identify\", \"userId\": \"ada\", \"traits\": {\"email\": \"ada@example.com\", \"first_name\": \"Ada\", \"push_token\": \"t1\"}}\n\n\
                 {\"type\": \"track\", \"userId\": \"ada\", \"event\": \"Signed Up\"}";
    let sent =
        installation.wend_with(&["events", "send", "-", "--key", key.trim(), "--json"], lines).good_json();
    assert_eq!((sent["sent"].as_u64(), sent["quarantined"].as_u64()), (Some(2), Some(0)));

    let messages = installation.messages("sent", 1);
    assert_eq!(
        (messages[0]["template"].as_str(), messages[0]["channel"].as_str()),
        (Some("hello"), Some("email"))
    );
    let mails = installation.mails(1);
    assert!(mails.contains("Hello Ada"), "{mails}");

    installation.restart();
    installation.wend(&["events", "send", "--user", "ada", "--event", "Order Completed"]).good();
    installation.messages("sent", 2);
    assert!(installation.mails(2).contains("Thank you"));

    let contact = installation.wend(&["contact", "show", "ada", "--json"]).good_json();
    assert_eq!(contact["traits"]["email"], "ada@example.com");
    assert_eq!(contact["messages"].as_array().unwrap().len(), 2);
    let why = installation.wend(&["why", "ada", "--json"]).good_json();
    assert_eq!(why["contact"], contact["id"]);
    let text = installation.wend(&["why", "ada"]).good();
    assert!(
        text.contains("Signed Up") && text.contains("greet version 1") && text.contains("[rule 4.1]"),
        "{text}"
    );
    let last = installation.wend(&["why", "ada", "--last", "1", "--json"]).good_json();
    assert_eq!(last["entries"].as_array().unwrap().len(), 1);
    let replay = installation.wend(&["why", "ada", "--replay", "--json"]).good_json();
    assert_eq!(replay["differences"].as_array().map(Vec::len), Some(0), "{replay}");
    assert!(installation.wend(&["contact", "show", "ada"]).good().contains("ada@example.com"));
    assert_eq!(installation.serve.stop("-INT"), 0);
}

#[test]
fn the_first_start_makes_a_key_that_only_its_owner_can_read_and_later_ones_keep_it() {
    let mut installation = Installation::start();
    let path = installation.path("data/admin.key");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let before = std::fs::read(&path).unwrap();
    installation.restart();
    assert_eq!(std::fs::read(&path).unwrap(), before);
    let keys = installation.wend(&["key", "list", "--json"]).good_json();
    assert_eq!(keys["keys"].as_array().unwrap().len(), 1);
    assert!(!installation.log().contains(&installation.admin), "the log holds a key");
}

#[test]
fn a_bootstrap_key_is_valid_from_the_first_start_and_no_other_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let key = "sk_a-key-that-the-operator-chose";
    let mut serve = command(&["serve", "--listen", "127.0.0.1:0", "--data"]);
    serve.arg(folder.path()).env("WEND_BOOTSTRAP_KEY", key);
    let mut process = Process::start(&mut serve);
    let url = process.expect("ready ");
    let list = run(&mut command(&["key", "list", "--url", &url, "--key", key, "--json"])).good_json();
    assert_eq!(list["keys"].as_array().unwrap().len(), 1);
    assert!(!folder.path().join("admin.key").exists());
    assert_eq!(process.stop("-TERM"), 0);
}

#[test]
fn a_bootstrap_key_that_can_be_guessed_is_refused_where_others_can_reach_the_server() {
    let folder = tempfile::tempdir().unwrap();
    // It is refused before anything listens.
    let mut serve = command(&["serve", "--listen", "0.0.0.0:0", "--data"]);
    let ended = run(serve.arg(folder.path()).env("WEND_BOOTSTRAP_KEY", "secret"));
    assert_eq!(ended.code, 2);
    assert!(ended.stderr.contains("WEND_BOOTSTRAP_KEY") && ended.stderr.contains("choose"), "{ended:?}");
}

#[test]
fn a_second_server_on_the_same_folder_is_told_who_has_it() {
    let installation = Installation::start();
    let ended = installation.wend(&["serve", "--data", "data", "--listen", "127.0.0.1:0"]);
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.stderr.contains("error: "), "{ended:?}");
}
