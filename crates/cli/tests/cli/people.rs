//! What people do for contacts by command, and what other systems are told.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;

use serde_json::{Value, json};

use crate::harness::{Installation, eventually};

/// A workflow that asks a colleague, then tells another system how it came out.
const CARE: &str = "\
workflow: care
title: Care
category: offers
trigger: { manual: true }
reentry: always
steps:
  - id: call
    task:
      title: \"Call {{ contact.first_name }}\"
      for: sales
      due: 2d
      outcomes: { won: [ { id: tell, webhook: { url: \"URL/leads\", headers: { X-Api-Key: \"{{ secrets.crm }}\" }, json: { who: $contact.email }, save: { lead: body.id } } } ], lost: [] }
  - { id: rest, wait: 3d }
  - { id: after, wait: 3d }
";

fn installation(url: &str) -> Installation {
    let installation = Installation::start();
    std::fs::write(installation.path("shop/workflows/care.yaml"), CARE.replace("URL", url)).unwrap();
    installation.apply();
    for user in ["ada", "bo"] {
        let traits = format!("{{\"email\": \"{user}@example.com\", \"first_name\": \"Ada\"}}");
        installation.wend(&["events", "send", "--user", user, "--traits", &traits]).good();
    }
    installation
}

fn contact(installation: &Installation, user: &str) -> Value {
    installation.wend(&["contact", "show", user, "--json"]).good_json()
}

/// Waits until the contact's one run rests at this step.
fn rests_at(installation: &Installation, user: &str, step: &str) {
    eventually(&format!("{user} rests at {step}"), || {
        (contact(installation, user)["runs"][0]["step"] == step).then_some(())
    });
}

/// Waits until no run of the contact is live.
fn has_left(installation: &Installation, user: &str) {
    eventually(&format!("{user} has left"), || {
        (contact(installation, user)["runs"] == json!([])).then_some(())
    });
}

/// Waits until a command has nothing before it in the contact's inbox, and so is refused with a conflict.
fn is_refused(installation: &Installation, arguments: &[&str]) {
    eventually("the order is refused", || (installation.wend(arguments).code == 7).then_some(()));
}

/// Answers one call with an id, and gives its head and body.
fn answer_one(listener: &TcpListener) -> String {
    let (stream, _) = listener.accept().unwrap();
    let mut reader = BufReader::new(stream);
    let (mut head, mut n_bytes) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if let Some(length) = line.to_lowercase().strip_prefix("content-length:") {
            n_bytes = length.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
        head.push_str(&line);
    }
    let mut body = vec![0; n_bytes];
    reader.read_exact(&mut body).unwrap();
    let answer = "{\"id\": \"lead-7\"}";
    let length = answer.len();
    write!(
        reader.get_mut(),
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{answer}"
    )
    .unwrap();
    head + &String::from_utf8(body).unwrap()
}

#[test]
fn a_colleague_completes_a_task_and_a_system_is_told_with_a_secret_that_nobody_can_read_back() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let installation = installation(&format!("http://{}", listener.local_addr().unwrap()));
    installation.wend_with(&["secret", "set", "crm"], "s3cret-of-the-crm\n").good();
    let secrets = installation.wend(&["secret", "list", "--json"]);
    assert!(secrets.stdout.contains("crm") && !secrets.stdout.contains("s3cret"), "{secrets:?}");

    installation.wend(&["workflow", "start", "care", "ada", "--reason", "asked on the phone"]).good();
    let task = eventually("the task is there", || {
        let tasks = installation.wend(&["task", "list", "--for", "sales", "--json"]).good_json();
        tasks["tasks"].get(0).cloned()
    });
    let id = task["id"].as_str().unwrap();
    assert_eq!(task["title"], "Call Ada");
    assert!(installation.wend(&["task", "show", id]).good().contains("won"));
    installation.wend(&["task", "claim", id, "--by", "eve"]).good();
    assert_eq!(installation.wend(&["task", "claim", id, "--by", "joe"]).code, 7);
    assert_eq!(installation.wend(&["task", "complete", id, "won", "--by", "joe"]).code, 7);
    assert_eq!(installation.wend(&["task", "complete", id, "drawn", "--by", "eve"]).code, 3);
    installation.wend(&["task", "complete", id, "won", "--by", "eve", "--note", "wants ten"]).good();

    let call = answer_one(&listener);
    assert!(call.starts_with("POST /leads"), "{call}");
    assert!(call.to_lowercase().contains("x-api-key: s3cret-of-the-crm"), "{call}");
    assert!(call.contains("ada@example.com"), "{call}");
    eventually("the answer is kept", || {
        let contact = contact(&installation, "ada");
        (contact["runs"][0]["variables"]["lead"] == "lead-7").then_some(())
    });
    let why = installation.wend(&["why", "ada"]).good();
    assert!(why.contains("asked on the phone") && !why.contains("s3cret"), "{why}");
    assert!(!installation.log().contains("s3cret"));
    installation.wend(&["secret", "remove", "crm"]).good();
    assert_eq!(installation.wend(&["secret", "remove", "crm"]).code, 4);
}

#[test]
fn one_contact_is_moved_skipped_paused_and_ended_by_command() {
    let installation = installation("http://127.0.0.1:1");
    is_refused(&installation, &["contact", "end", "ada", "--workflow", "care"]);
    installation.wend(&["contact", "start", "ada", "care"]).good();
    rests_at(&installation, "ada", "call");
    installation.wend(&["contact", "move", "ada", "--workflow", "care", "--to", "rest"]).good();
    installation.wend(&["contact", "skip", "ada", "--step", "rest"]).good();
    rests_at(&installation, "ada", "after");
    installation.wend(&["contact", "pause", "ada"]).good();
    eventually("ada's run rests", || {
        contact(&installation, "ada")["runs"][0]["paused_at"].is_string().then_some(())
    });
    installation.wend(&["contact", "resume", "ada"]).good();
    installation.wend(&["contact", "end", "ada", "--reason", "a mistake"]).good();
    installation.wend(&["contact", "list", "ada", "add", "vip"]).good();
    installation.wend(&["contact", "tag", "ada", "add", "beta"]).good();
    has_left(&installation, "ada");
    eventually("ada is marked", || {
        let ada = contact(&installation, "ada");
        (ada["tags"] == json!(["beta"]) && ada["lists"]["vip"].is_string()).then_some(())
    });
    assert!(installation.wend(&["contact", "show", "ada"]).good().contains("vip"));
    // It has no trigger that lets people start it.
    is_refused(&installation, &["contact", "start", "ada", "greet"]);
}

#[test]
fn many_contacts_are_selected_in_a_file_or_by_a_condition() {
    let installation = installation("http://127.0.0.1:1");
    std::fs::write(installation.path("users.txt"), "ada\n\nnobody\n").unwrap();
    let bulk = |arguments: &[&str]| {
        installation.wend(&[&["bulk", "--reason", "a test", "--wait"], arguments].concat())
    };
    let begun = bulk(&["--users", "users.txt", "--json", "tag", "add", "guest"]).good_json();
    assert_eq!((begun["n_unknown"].clone(), begun["job"]["state"].clone()), (json!(1), json!("finished")));
    eventually("ada is a guest", || {
        (contact(&installation, "ada")["tags"] == json!(["guest"])).then_some(())
    });
    bulk(&["--where", "{ trait: email, eq: bo@example.com }", "start", "care"]).good();
    rests_at(&installation, "bo", "call");
    bulk(&["--runs", "care:call", "end", "--workflow", "care"]).good();
    has_left(&installation, "bo");
    let jobs = installation.wend(&["jobs"]).good();
    assert!(jobs.contains("bulk") && jobs.contains("finished"), "{jobs}");
    let id = begun["job"]["id"].as_str().unwrap();
    assert!(installation.wend(&["jobs", "show", id]).good().contains("1 told"));
    assert_eq!(installation.wend(&["jobs", "cancel", id]).code, 7);
    assert_eq!(bulk(&["--segment", "nothing", "tag", "add", "x"]).code, 4);
    assert_eq!(bulk(&["--all", "--segment", "pros", "tag", "add", "x"]).code, 2);
}

#[test]
fn a_business_event_lets_in_whom_it_concerns() {
    let installation = Installation::start();
    let drop = "workflow: drop\ntitle: Drop\ncategory: offers\nreentry: always\ntrigger:\n  business: Price Dropped\n  \
                match: { event: Product Viewed, property: sku, equals: sku, within: 30d }\nsteps:\n  - { id: rest, wait: 1d }\n";
    std::fs::write(installation.path("shop/workflows/drop.yaml"), drop).unwrap();
    installation.apply();
    let send =
        ["events", "send", "--user", "ada", "--event", "Product Viewed", "--properties", "{\"sku\": \"7\"}"];
    installation.wend(&send).good();
    let told = eventually("the past is read", || {
        let event = [
            "business-event",
            "send",
            "Price Dropped",
            "--id",
            "p1",
            "--properties",
            "{\"sku\": \"7\"}",
            "--json",
        ];
        let ended = installation.wend(&event);
        (ended.code != 7).then(|| ended.good_json())
    });
    assert_eq!(told["duplicate"], false);
    rests_at(&installation, "ada", "rest");
    let again = ["business-event", "send", "Price Dropped", "--id", "p1", "--properties", "{\"sku\": \"7\"}"];
    assert!(installation.wend(&again).good().contains("came before"));
}
