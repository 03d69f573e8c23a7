use super::{Facts, Found, Kind, Purpose, State, Wanted, judge, wanted};

fn facts() -> Facts {
    Facts {
        spf: vec!["include:sendgrid.net".to_owned(), "a:mail.example.com".to_owned()],
        dkim: Some(("s1".to_owned(), "rsa", "MIIB".to_owned())),
        links_host: Some("wend.example.net".to_owned()),
        bounces: Some(("bounces.example.com".to_owned(), vec!["a:mail.example.com".to_owned()])),
    }
}

fn of(purpose: Purpose) -> Wanted {
    wanted("example.com", &facts()).into_iter().find(|record| record.purpose == purpose).unwrap()
}

fn state(purpose: Purpose, found: &[&str]) -> State {
    judge(of(purpose), Found::There(found.iter().map(|text| (*text).to_owned()).collect())).state
}

#[test]
fn the_records_of_a_domain_name_its_senders_its_key_and_its_links() {
    let shown: Vec<String> = wanted("example.com", &facts())
        .iter()
        .map(|record| format!("{} {:?} {}", record.name, record.kind, record.value))
        .collect();
    assert_eq!(
        shown,
        [
            "example.com Txt v=spf1 include:sendgrid.net a:mail.example.com ~all",
            "s1._domainkey.example.com Txt v=DKIM1; k=rsa; p=MIIB",
            "_dmarc.example.com Txt v=DMARC1; p=none; rua=mailto:dmarc@example.com",
            "links.example.com Cname wend.example.net",
            "bounces.example.com Mx the name of your server",
            "bounces.example.com Txt v=spf1 a:mail.example.com ~all",
        ]
    );
    let bare = wanted("example.com", &Facts::default());
    assert_eq!(bare.len(), 1, "DMARC is wanted in any case");
}

#[test]
fn the_host_of_links_may_be_the_domains_own() {
    let facts = Facts { links_host: Some("go.example.com".to_owned()), ..Facts::default() };
    let record = wanted("example.com", &facts).pop().unwrap();
    assert_eq!((record.name.as_str(), record.kind), ("go.example.com", Kind::Cname));
    let there = judge(record.clone(), Found::There(vec!["lb.host.example.".to_owned()]));
    assert_eq!(there.state, State::Good);
    assert_eq!(
        judge(record, Found::There(Vec::new())).state,
        State::Weak,
        "it may have an address of its own"
    );
}

#[test]
fn messages_come_back_to_a_domain_that_has_a_mail_exchanger() {
    assert_eq!(state(Purpose::Bounces, &[]), State::Missing);
    assert_eq!(state(Purpose::Bounces, &["10 mail.example.com."]), State::Good);
    let own = Facts { bounces: Some(("example.com".to_owned(), vec!["mx".to_owned()])), ..facts() };
    let n_spf = wanted("example.com", &own).iter().filter(|record| record.purpose == Purpose::Spf).count();
    assert_eq!(n_spf, 1, "one name has one SPF record");
}

#[test]
fn spf_names_all_senders_once_and_nobody_else() {
    let is = |found: &[&str]| state(Purpose::Spf, found);
    assert_eq!(is(&["v=spf1 include:sendgrid.net a:mail.example.com -all"]), State::Good);
    assert_eq!(is(&["other", "V=SPF1 +A:mail.example.com mx Include:SendGrid.net ~all"]), State::Good);
    assert_eq!(is(&["v=spf1 include:sendgrid.net -all"]), State::Wrong);
    assert_eq!(is(&["v=spf1 include:sendgrid.net a:mail.example.com +all"]), State::Wrong);
    assert_eq!(is(&["v=spf1 include:sendgrid.net a:mail.example.com"]), State::Weak);
    assert_eq!(is(&["v=spf1 -all", "v=spf1 include:sendgrid.net a:mail.example.com -all"]), State::Wrong);
    assert_eq!(is(&["v=spf10 -all"]), State::Missing);
    let many = (0..9).map(|n| format!("include:{n}.example ")).collect::<Vec<_>>().concat();
    assert_eq!(is(&[&format!("v=spf1 {many}include:sendgrid.net a:mail.example.com -all")]), State::Wrong);
}

#[test]
fn the_key_in_dns_is_the_one_that_signs() {
    let is = |found: &[&str]| state(Purpose::Dkim, found);
    assert_eq!(is(&["v=DKIM1; k=rsa; p=MIIB"]), State::Good);
    assert_eq!(is(&["p=MI IB"]), State::Good, "spaces and defaults don't matter");
    assert_eq!(is(&["v=DKIM1; k=rsa; p=other"]), State::Wrong);
    assert_eq!(is(&["v=DKIM1; k=ed25519; p=MIIB"]), State::Wrong);
    assert_eq!(is(&["v=DKIM1; p="]), State::Wrong);
    assert_eq!(is(&["v=DKIM1; t=y:s; p=MIIB"]), State::Weak);
    assert_eq!(is(&[]), State::Missing);
}

#[test]
fn dmarc_says_one_policy() {
    let is = |found: &[&str]| state(Purpose::Dmarc, found);
    assert_eq!(is(&["v=DMARC1; p=reject"]), State::Good);
    assert_eq!(is(&["v=DMARC1; p=none; rua=mailto:a@example.com"]), State::Weak);
    assert_eq!(is(&["v=DMARC1; rua=mailto:a@example.com"]), State::Wrong);
    assert_eq!(is(&["v=DMARC1; p=none", "v=DMARC1; p=reject"]), State::Wrong);
    assert_eq!(is(&["v=spf1 -all"]), State::Missing);
}

#[test]
fn links_lead_to_our_server() {
    assert_eq!(state(Purpose::Tracking, &["Wend.example.net."]), State::Good);
    assert_eq!(state(Purpose::Tracking, &["other.example"]), State::Wrong);
}

#[test]
fn what_nobody_could_look_up_is_not_called_missing() {
    let judged = judge(of(Purpose::Spf), Found::Unknown("no answer".to_owned()));
    assert_eq!(judged.state, State::Unknown);
    assert!(judged.advice.contains("no answer"));
}
