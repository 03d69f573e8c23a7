//! Signatures, checked by dkimpy and mailauth as receivers would.

use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tempfile::TempDir;
use wend_channels::{Dkim, Email};

use super::harness::{email_to, node, node_modules, python, run, script};

/// Makes a key with openssl and gives the DNS record that publishes it.
fn make_key(folder: &Path, kind: &str) -> String {
    let openssl = |arguments: &[&str]| run(Command::new("openssl").args(arguments).current_dir(folder));
    match kind {
        "rsa" => {
            openssl(&["genpkey", "-algorithm", "rsa", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "key.pem"])
        }
        "rsa-traditional" => openssl(&["genrsa", "-traditional", "-out", "key.pem", "2048"]),
        _ => openssl(&["genpkey", "-algorithm", "ed25519", "-out", "key.pem"]),
    };
    let public = openssl(&["pkey", "-in", "key.pem", "-pubout", "-outform", "DER"]);
    match kind {
        // RFC 8463: the bare 32 bytes, which end the DER form.
        "ed25519" => format!("v=DKIM1; k=ed25519; p={}", STANDARD.encode(&public[public.len() - 32..])),
        _ => format!("v=DKIM1; k=rsa; p={}", STANDARD.encode(&public)),
    }
}

/// A signed e-mail in a file, and the DNS record by which its signature is checked.
struct Signed {
    folder: TempDir,
    record: String,
}

impl Signed {
    /// Signs an e-mail, after which `change` has its way.
    fn new(kind: &str, email: &Email, change: impl FnOnce(String) -> String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let record = make_key(folder.path(), kind);
        let dkim = Dkim::from_file("example.com", "s1", &folder.path().join("key.pem")).unwrap();
        let mut composed = email.compose().unwrap();
        dkim.sign(&mut composed, email.date).unwrap();
        std::fs::write(folder.path().join("mail.eml"), change(String::from_utf8(composed.bytes).unwrap()))
            .unwrap();
        Self { folder, record }
    }

    fn asked(&self, verifier: &mut Command) -> String {
        let mail = self.folder.path().join("mail.eml");
        let output = run(verifier.arg(mail).arg("s1._domainkey.example.com").arg(&self.record));
        String::from_utf8(output).unwrap().trim().to_owned()
    }

    /// What dkimpy says.
    fn dkimpy(&self) -> String {
        self.asked(Command::new(python()).arg(script("verify_dkim.py")))
    }

    /// What mailauth says.
    fn mailauth(&self) -> String {
        self.asked(Command::new(node()).arg(script("verify_dkim.mjs")).arg(node_modules()))
    }
}

/// Signs an e-mail and asks dkimpy about it, after `change` had its way.
fn verdict(kind: &str, email: &Email, change: impl FnOnce(String) -> String) -> String {
    Signed::new(kind, email, change).dkimpy()
}

#[test]
fn a_second_foreign_verifier_accepts_them_and_finds_both_headers_of_unsubscribing_signed() {
    for (kind, algorithm) in
        [("rsa", "rsa-sha256"), ("rsa-traditional", "rsa-sha256"), ("ed25519", "ed25519-sha256")]
    {
        let mut email = email_to("zoe");
        email.headers = vec![
            ("List-Unsubscribe".to_owned(), format!("<https://example.com/u/{}>", "t0ken".repeat(60))),
            ("List-Unsubscribe-Post".to_owned(), "List-Unsubscribe=One-Click".to_owned()),
        ];
        let signed = Signed::new(kind, &email, |mail| mail);
        assert_eq!(signed.dkimpy(), "good", "{kind}");
        let said = signed.mailauth();
        assert!(said.starts_with(&format!("good {algorithm} relaxed/relaxed ")), "{kind}: {said}");
        let names: Vec<&str> = said.split(' ').collect();
        for name in ["from", "to", "subject", "date", "list-unsubscribe", "list-unsubscribe-post"] {
            assert!(names.contains(&name), "{name} isn't signed: {said}");
        }
        for (what, from, to) in [
            ("the address", "example.com/u/", "example.com/v/"),
            ("how it is called", "=One-Click", "=None-Click"),
            ("a second subject", "Date: ", "Subject: another\r\nDate: "),
        ] {
            let tampered = Signed::new(kind, &email, |mail| mail.replacen(from, to, 1));
            assert!(tampered.mailauth().starts_with("bad "), "{kind}, {what}: {}", tampered.mailauth());
        }
    }
}

#[test]
fn a_foreign_verifier_accepts_signatures_by_both_kinds_of_key() {
    for kind in ["rsa", "rsa-traditional", "ed25519"] {
        assert_eq!(verdict(kind, &email_to("zoe"), |mail| mail), "good", "{kind}");
    }
}

#[test]
fn the_record_that_is_to_be_published_is_the_one_that_openssl_makes() {
    for kind in ["rsa", "rsa-traditional", "ed25519"] {
        let folder = tempfile::tempdir().unwrap();
        let record = make_key(folder.path(), kind);
        let dkim = Dkim::from_file("example.com", "s1", &folder.path().join("key.pem")).unwrap();
        let (selector, kind, key) = dkim.published();
        assert_eq!((selector.as_str(), format!("v=DKIM1; k={kind}; p={key}")), ("s1", record));
    }
}

#[test]
fn a_signature_survives_bodies_and_headers_of_any_shape() {
    let odd_text = "  two  spaces \t\n\n.\nlong: ".to_owned() + &"word ".repeat(400) + "\n\n\n\n";
    for (text, html) in [
        (Some(odd_text.clone()), None),
        (Some(String::new()), None),
        (None, Some("<p>\r\n\r\n  x  </p>\r\r\n".to_owned())),
        (Some(odd_text), Some("<p>Ünïcödé</p>".repeat(500))),
    ] {
        let mut email = email_to("zoe");
        (email.text, email.html) = (text, html);
        email.subject = "A very long subject: ".to_owned() + &"Zoë and the carts ".repeat(40);
        email.from.name = "The \"Shop\", Inc. (really) ".repeat(5);
        email.reply_to = None;
        email.headers[0].1 = format!("<https://example.com/u/{}>", "t0ken".repeat(60));
        assert_eq!(verdict("ed25519", &email, |mail| mail), "good", "{:?} {:?}", email.text, email.html);
    }
}

#[test]
fn a_changed_or_added_header_or_body_breaks_the_signature() {
    let changes: [fn(String) -> String; 5] = [
        |mail| mail.replacen("To: <zoe@", "To: <eve@", 1),
        |mail| mail.replacen("/u/1", "/u/2", 1),
        |mail| mail.replacen("<p>Hello", "<p>Goodbye", 1),
        |mail| format!("Subject: another\r\n{mail}"),
        |mail| mail.replacen("X-Wend-Message:", "Reply-To: eve@example.com\r\nX-Wend-Message:", 1),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let tamper = |mail: String| {
            let after = change(mail.clone());
            assert_ne!(mail, after, "change {number} changed nothing");
            after
        };
        assert_eq!(verdict("rsa", &email_to("zoe"), tamper), "bad", "change {number}");
    }
}
