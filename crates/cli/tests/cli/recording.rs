//! `wend test record`: a test made of what happened to a contact of a running server.

use crate::harness::Installation;

/// What somebody did, with more than any rule reads.
const EVENTS: &str = "\
{\"type\": \"identify\", \"userId\": \"user-7\", \"traits\": {\"email\": \"ada@lovelace.example\", \"first_name\": \"Ada\", \"salary\": 9000}}
{\"type\": \"track\", \"userId\": \"user-7\", \"event\": \"Signed Up\", \"properties\": {\"ip\": \"10.1.2.3\", \"invited_by\": \"bob@corp.example\"}}
{\"type\": \"track\", \"userId\": \"user-7\", \"event\": \"Order Completed\", \"properties\": {\"total\": 12.5}}
";

/// An installation with a contact who was greeted and thanked.
fn installation() -> Installation {
    let installation = Installation::start();
    installation.apply();
    let (hello, order) = EVENTS.trim_end().rsplit_once('\n').unwrap();
    installation.wend_with(&["events", "send", "-"], hello).good();
    installation.messages("sent", 1);
    installation.wend_with(&["events", "send", "-"], order).good();
    // There is no address on the channel of the thanks.
    installation.messages("blocked", 1);
    installation
}

#[test]
fn a_recorded_test_passes_and_says_what_happened_without_saying_to_whom() {
    let installation = installation();
    let out = "shop/tests/real.test.yaml";
    let told = installation.wend(&["test", "record", "user-7", "--out", out]).good();
    assert!(told.contains("wrote shop/tests/real.test.yaml"), "{told}");
    let text = std::fs::read_to_string(installation.path(out)).unwrap();
    for personal in ["ada@", ": ada", "lovelace", "9000", "10.1.2.3", "bob", "corp.example", "user-7"] {
        assert!(!text.to_lowercase().contains(personal), "{personal}: {text}");
    }
    for said in [
        "contact: { new: true }",
        "{ email: person1@example.com, first_name: example }",
        "event: Signed Up",
        "event: Order Completed",
        "# left out, since no rule or template reads it: property invited_by, property ip, property total, trait salary",
        "{ run: greet, ended: completed }",
        "{ messages: [hello] }",
        "{ blocked: thanks, rule: \"7.1\" }",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let played = installation.wend(&["test", "shop"]).good();
    assert!(played.contains("1 test, all passed"), "{played}\n{text}");
    let again = installation.wend(&["test", "record", "user-7", "--out", out]);
    assert_eq!(again.code, 7, "{again:?}");
}

#[test]
fn everything_is_written_down_only_when_it_is_asked_for() {
    let installation = installation();
    let name = "Ada is greeted and thanked";
    let recorded = installation.wend(&["test", "record", "user-7", "--traits", "--name", name, "--json"]);
    let recorded = recorded.good_json();
    let text = recorded["test"].as_str().unwrap();
    for said in
        ["test: Ada is greeted and thanked", "ada@lovelace.example", "salary: 9000", "user_id: user-7"]
    {
        assert!(text.contains(said), "{said}: {text}");
    }
    std::fs::create_dir_all(installation.path("shop/tests")).unwrap();
    let path = installation.path("shop/tests/ada.test.yaml");
    std::fs::write(&path, text).unwrap();
    installation.wend(&["test", "shop"]).good();
    installation.wend(&["fmt", "shop"]).good();
    assert_eq!(std::fs::read_to_string(path).unwrap(), text);
    assert_eq!(installation.wend(&["test", "record", "nobody"]).code, 4);
}

#[test]
fn where_the_portfolio_of_today_does_otherwise_the_recorded_test_says_so_and_passes() {
    let installation = installation();
    let path = installation.path("shop/workflows/greet.yaml");
    let changed = std::fs::read_to_string(&path).unwrap().replace(
        "  - { id: hello, send: { email: hello } }\n",
        "  - { id: pause, wait: 30d }\n  - { id: hello, send: { email: hello } }\n",
    );
    std::fs::write(&path, changed).unwrap();
    installation.apply();
    let out = "shop/tests/real.test.yaml";
    installation.wend(&["test", "record", "user-7", "--out", out]).good();
    let text = std::fs::read_to_string(installation.path(out)).unwrap();
    assert!(text.contains("# not expected: the history has { run: greet, ended: completed }"), "{text}");
    assert!(text.contains("and today would be never"), "{text}");
    installation.wend(&["test", "shop"]).good();
}
