//! Cells, places, rows and undo, as people meet them.

use serde_json::{Value, json};

use super::cell::CellType;
use super::guess::{self, Seen};
use super::mapping::{Empty, Formulas, Mapping, Place, Rest, Settings, Target};
use super::row::{Cells, Of, events};
use super::undo::{Restore, undo};
use super::{Duplicates, Fault};
use crate::advance::advance;
use crate::catalog::Catalog;
use crate::consent::Answer;
use crate::contact::Contact;
use crate::event::Event;
use crate::id::{Category, ContactId, InputId, ListName, WorkspaceId};
use crate::identity::IdentityPolicy;
use crate::input::{Cause, Command, Input, Order};
use crate::record::Record;
use crate::time::Timestamp;

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

const NOW: &str = "2026-03-01T12:00:00Z";

fn settings(columns: &[(&str, &str)]) -> Settings {
    let columns = columns.iter().map(|(column, place)| ((*column).to_owned(), (*place).to_owned()));
    Settings { columns: columns.collect(), ..Settings::default() }
}

fn mapping(settings: Settings) -> Mapping {
    let columns: Vec<String> = settings.columns.keys().cloned().collect();
    Mapping::new(settings, &columns, &IdentityPolicy::default()).unwrap()
}

/// The events of a row whose cells are in the order of the columns' names.
fn row(settings: Settings, cells: &[&str]) -> Result<Vec<Event>, Fault> {
    events(&mapping(settings), Cells::Texts(cells), Of { import: "i", row: 7, at: at(NOW) })
}

fn object(settings: Settings, columns: &[&str], value: Value) -> Result<Vec<Event>, Fault> {
    let columns: Vec<String> = columns.iter().map(|column| (*column).to_owned()).collect();
    let mapping = Mapping::new(settings, &columns, &IdentityPolicy::default()).unwrap();
    let Value::Object(object) = value else { panic!("a row is an object") };
    events(&mapping, Cells::Object(&object), Of { import: "i", row: 7, at: at(NOW) })
}

#[test]
fn each_type_of_cell_takes_what_people_write_and_says_what_it_expects() {
    let read = |cell_type: CellType, cell: &str| cell_type.read(cell).map_err(|(reason, _)| reason);
    let good = [
        (CellType::Text, " 007 ", json!(" 007 ")),
        (CellType::Number, "42", json!(42)),
        (CellType::Number, "-4.5", json!(-4.5)),
        (CellType::Number, "9007199254740993", json!(9_007_199_254_740_993_i64)),
        (CellType::DecimalComma, "1.234,50", json!(1234.5)),
        (CellType::Boolean, "Yes", json!(true)),
        (CellType::Boolean, "0", json!(false)),
        (CellType::Date, "2026-01-31", json!("2026-01-31")),
        (CellType::Date, "2026-01-31T13:00:00+01:00", json!("2026-01-31T12:00:00Z")),
        (CellType::DateDmy, "31.1.2026", json!("2026-01-31")),
        (CellType::DateMdy, "1/31/2026", json!("2026-01-31")),
        (CellType::List, "red| green |", json!(["red", "green"])),
        (CellType::List, "[1, 2]", json!([1, 2])),
        (CellType::Json, "{\"a\": [1]}", json!({"a": [1]})),
    ];
    for (cell_type, cell, value) in good {
        assert_eq!(read(cell_type, cell), Ok(value), "{cell}");
    }
    let bad = [
        (CellType::Number, "NaN"),
        (CellType::Number, "12a"),
        (CellType::DecimalComma, "1,234.50"),
        (CellType::Boolean, "maybe"),
        (CellType::Date, "31.01.2026"),
        (CellType::Date, "2026-02-30"),
        (CellType::DateDmy, "31.02.2026"),
        (CellType::DateMdy, "31/01/2026"),
        (CellType::Json, "{"),
    ];
    for (cell_type, cell) in bad {
        assert!(read(cell_type, cell).unwrap_err().contains(cell), "{cell}");
    }
}

#[test]
fn a_place_is_read_as_it_is_printed() {
    for text in [
        "user_id",
        "anonymous_id",
        "trait:age as number",
        "trait:a:b as text",
        "list:vip",
        "tag:warm",
        "channel:email",
        "category:news",
        "lists as json",
        "tags",
        "consent",
        "consent_at",
        "suppressed",
        "created_at",
        "ignore",
    ] {
        assert_eq!(Target::parse(text).map(|target| target.print()), Ok(text.to_owned()));
    }
    assert!(Target::parse("trait:age as numbr").unwrap_err().contains("number"));
    assert!(Target::parse("userid").unwrap_err().contains("user_id"));
    assert!(Target::parse("trait:").unwrap_err().contains("name"));
    assert!(Target::parse("traits:x").is_err());
}

#[test]
fn everything_wrong_with_a_mapping_is_said_at_once() {
    let columns: Vec<String> = ["Mail", "Age", "Alter"].map(str::to_owned).into();
    let settings = settings(&[("Mail", "trait:mail"), ("Age", "trait:age as nmber"), ("Agee", "trait:x")]);
    let faults = Mapping::new(settings, &columns, &IdentityPolicy::default()).unwrap_err();
    let told: Vec<String> = faults.into_iter().map(|fault| fault.reason).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told[0].contains("no column `Agee`") && told[0].contains("Age"));
    assert!(told[1].contains("`nmber` is not a type"));
    assert!(told[2].contains("no column says who a row is about"));
    let twice = self::settings(&[("a", "user_id"), ("b", "trait:x"), ("c", "trait:x as number")]);
    let columns: Vec<String> = ["a", "b", "c"].map(str::to_owned).into();
    assert!(
        Mapping::new(twice, &columns, &IdentityPolicy::default()).unwrap_err()[0]
            .reason
            .contains("both go to `trait:x`")
    );
}

#[test]
fn a_row_becomes_an_imported_event_with_all_that_it_brings() {
    let settings = Settings {
        list: Some("newsletter".to_owned()),
        tag: Some("fair".to_owned()),
        consent_source: Some("old shop".to_owned()),
        ..settings(&[
            ("1 id", "user_id"),
            ("2 age", "trait:age as number"),
            ("3 vip", "list:vip"),
            ("4 old", "list:old"),
            ("5 mail", "channel:email"),
            ("6 when", "consent_at"),
            ("7 empty", "trait:empty"),
        ])
    };
    let events = row(settings, &["42", "7", "yes", "no", "opted_out", "2020-01-01", " "]).unwrap();
    let [event] = &events[..] else { panic!("one event") };
    assert!(event.imported);
    assert_eq!(event.identifiers.user_id.as_deref(), Some("42"));
    assert_eq!(event.message_id, "import:i:7");
    assert_eq!(Value::Object(event.traits.clone()), json!({"age": 7}));
    let brought = event.brought.as_ref().unwrap();
    let lists: Vec<&str> = brought.lists.keys().map(ListName::as_str).collect();
    assert_eq!(lists, ["newsletter", "vip"]);
    assert!(brought.off_lists.contains(&ListName::from("old")));
    assert!(brought.tags.contains("fair"));
    assert_eq!(brought.consent[0].answer, Answer::Unsubscribed);
    assert_eq!(brought.consent[0].at, Some(at("2020-01-01T00:00:00Z")));
    assert_eq!(brought.consent[0].source.as_deref(), Some("old shop"));
}

#[test]
fn a_row_may_name_somebody_by_an_address_or_by_an_id_in_another_system() {
    let by_mail = settings(&[("a", "trait:email"), ("b", "trait:b")]);
    assert_eq!(row(by_mail.clone(), &["ada@example.com", "x"]).unwrap().len(), 1);
    assert!(row(by_mail, &["none", "x"]).unwrap_err().reason.contains("names nobody"));
    let columns = ["external_ids", "consent"];
    let place = settings(&[("external_ids", "external_ids"), ("consent", "consent")]);
    let of_crm = IdentityPolicy { external: ["crm".to_owned()].into(), ..IdentityPolicy::default() };
    let columns: Vec<String> = columns.map(str::to_owned).into();
    let mapping = Mapping::new(place, &columns, &of_crm).unwrap();
    let told = |basis: &str| {
        json!({
            "external_ids": {"crm": "4711"},
            "consent": {"categories": {"news": {"answer": "subscribed", "legal_basis": basis}}},
        })
    };
    let row = |told: Value| {
        let object = told.as_object().unwrap().clone();
        events(&mapping, Cells::Object(&object), Of { import: "i", row: 7, at: at(NOW) })
    };
    let event = row(told("contract")).unwrap().remove(0);
    assert_eq!(event.identifiers.external["crm"], "4711");
    assert_eq!(event.brought.unwrap().consent[0].basis, Some(crate::consent::Basis::Contract));
    assert!(row(told("luck")).unwrap_err().reason.contains("`luck` is no legal basis"));
}

#[test]
fn each_kind_of_bad_row_says_where_and_how_to_mend_it() {
    let columns = || settings(&[("a", "user_id"), ("b", "trait:b as number"), ("c", "channel:email")]);
    let fault = |cells: &[&str]| row(columns(), cells).unwrap_err();
    assert_eq!(fault(&["1", "x", "yes"]).column.as_deref(), Some("b"));
    assert_eq!(fault(&["1", "2", "perhaps"]).column.as_deref(), Some("c"));
    assert!(fault(&["1", "2"]).reason.contains("2 cells, the header 3"));
    assert!(fault(&["", "2", "yes"]).reason.contains("names nobody"));
    let long = "x".repeat(crate::limits::IMPORT_ID_BYTES_MAX + 1);
    assert_eq!(fault(&[&long, "2", "yes"]).column.as_deref(), Some("a"));
    assert!(fault(&[&long, "2", "yes"]).reason.len() < 200, "a fault quotes little");
    let deep = format!("{}1{}", "[".repeat(40), "]".repeat(40));
    let too_deep = row(settings(&[("a", "user_id"), ("b", "trait:b as json")]), &["1", &deep]).unwrap_err();
    assert!(too_deep.reason.contains("nested"));
    let long = "y".repeat(crate::limits::IMPORT_VALUE_BYTES_MAX + 1);
    let too_long = row(settings(&[("a", "user_id"), ("b", "trait:b")]), &["1", &long]).unwrap_err();
    assert!(too_long.reason.contains("bytes") && !too_long.fix.is_empty());
}

#[test]
fn an_empty_cell_says_nothing_unless_it_is_to_clear() {
    let columns = settings(&[("a", "user_id"), ("b", "trait:b")]);
    assert!(row(columns.clone(), &["1", ""]).unwrap()[0].traits.is_empty());
    let clear = Settings { empty: Empty::Clear, ..columns };
    assert_eq!(row(clear, &["1", ""]).unwrap()[0].traits["b"], Value::Null);
}

#[test]
fn a_quote_in_front_of_a_formula_is_taken_off_where_wend_put_it_on() {
    let columns = settings(&[("a", "user_id"), ("b", "trait:b")]);
    assert_eq!(row(columns.clone(), &["1", "'=1+1"]).unwrap()[0].traits["b"], "'=1+1");
    let escaped = Settings { formulas: Formulas::Escaped, ..columns };
    assert_eq!(row(escaped.clone(), &["1", "'=1+1"]).unwrap()[0].traits["b"], "=1+1");
    assert_eq!(row(escaped, &["1", "''x"]).unwrap()[0].traits["b"], "'x");
}

#[test]
fn several_anonymous_ids_of_a_known_person_are_several_events() {
    let columns = settings(&[("a", "user_id"), ("b", "anonymous_ids as json")]);
    let events = row(columns.clone(), &["1", "[\"x\", \"y\", \"z\"]"]).unwrap();
    let ids: Vec<_> = events.iter().map(|event| event.identifiers.anonymous_id.clone().unwrap()).collect();
    assert_eq!(ids, ["x", "y", "z"]);
    assert!(events[1].brought.is_none() && events[1].message_id != events[2].message_id);
    assert!(row(columns, &["", "[\"x\", \"y\"]"]).unwrap_err().reason.contains("several anonymous ids"));
}

#[test]
fn json_lines_keep_their_types_and_name_what_is_not_there() {
    let settings = Settings {
        rest: Rest::Traits,
        ..settings(&[("user_id", "user_id"), ("lists", "lists"), ("zip", "trait:zip as text")])
    };
    let known = ["user_id", "lists", "zip"];
    let line = json!({"user_id": 42, "zip": 1010, "score": 1.5, "lists": {"vip": "2020-01-01T00:00:00Z"}});
    let events = object(settings.clone(), &known, line).unwrap();
    assert_eq!(events[0].identifiers.user_id.as_deref(), Some("42"));
    assert_eq!(Value::Object(events[0].traits.clone()), json!({"score": 1.5, "zip": "1010"}));
    let since = events[0].brought.as_ref().unwrap().lists[&ListName::from("vip")];
    assert_eq!(since, Some(at("2020-01-01T00:00:00Z")));
    let fault = object(settings, &known, json!({"user_id": ["x"]})).unwrap_err();
    assert_eq!(fault.column.as_deref(), Some("user_id"));
}

fn seen(column: &str, cells: &[&str]) -> Seen {
    let cells = cells.iter().map(|cell| (*cell).to_owned()).collect();
    Seen { column: column.to_owned(), cells, is_json: false }
}

#[test]
fn a_proposal_knows_usual_names_and_never_takes_a_code_for_a_number() {
    let settings = guess::settings(&[
        seen("Customer-ID", &["1", "2"]),
        seen("E-Mail", &["a@b.c"]),
        seen("Vorname", &["Ann"]),
        seen("Age", &["7", "42"]),
        seen("ZIP", &["10115"]),
        seen("Account", &["007"]),
        seen("Card", &["1234567890123456"]),
        seen("Newsletter ok?", &["yes", "no"]),
        seen("Birthday", &["1990-01-31"]),
        seen("Since", &["31.01.2020", "01.02.2020"]),
        seen("Tags", &["a|b"]),
        seen("Nothing", &[]),
    ]);
    let place = |column: &str| settings.columns[column].as_str();
    assert_eq!(place("Customer-ID"), "user_id");
    assert_eq!(place("E-Mail"), "trait:email");
    assert_eq!(place("Vorname"), "trait:first_name");
    assert_eq!(place("Age"), "trait:age as number");
    assert_eq!(place("ZIP"), "trait:zip");
    assert_eq!(place("Account"), "trait:account");
    assert_eq!(place("Card"), "trait:card");
    assert_eq!(place("Newsletter ok?"), "trait:newsletter_ok as boolean");
    assert_eq!(place("Birthday"), "trait:birthday as date");
    assert_eq!(place("Since"), "trait:since as date_dmy");
    assert_eq!(place("Tags"), "tags");
    assert_eq!(place("Nothing"), "trait:nothing");
    assert_eq!(settings.formulas, Formulas::AsTheyStand);
}

#[test]
fn a_proposal_takes_the_header_of_an_export_at_its_word_and_gives_no_place_twice() {
    let own = guess::settings(&[seen("user_id", &["1"]), seen("trait:age as number", &["x"])]);
    assert_eq!(own.columns["trait:age as number"], "trait:age as number");
    assert_eq!(own.formulas, Formulas::Escaped);
    let twice = guess::settings(&[seen("id", &["1"]), seen("Customer Id", &["1"])]);
    let columns: Vec<String> = twice.columns.keys().cloned().collect();
    assert_eq!(twice.columns["id"], "user_id");
    assert!(Mapping::new(twice, &columns, &IdentityPolicy::default()).is_ok());
}

/// A contact that takes inputs, and its history.
struct Person {
    contact: Contact,
    catalog: Catalog,
    history: Vec<(Input, Record)>,
}

impl Person {
    fn new() -> Self {
        let id = ContactId::hashed(at(NOW), &[b"someone"]);
        Self {
            contact: Contact::new(id, 0, at(NOW)),
            catalog: Catalog::empty(WorkspaceId::from("w")),
            history: Vec::new(),
        }
    }

    fn takes(&mut self, cause: Cause) {
        let n = self.history.len() as u64;
        let id = InputId::hashed(at(NOW), &[&n.to_be_bytes()]);
        let input = Input { id, cause, history: None, refused_claims: Vec::new(), hop: 0 };
        let advanced = advance(&self.catalog, self.contact.clone(), &input, at(NOW));
        self.contact = advanced.contact;
        self.history.push((input, advanced.record));
    }

    fn imports(&mut self, import: &str, duplicates: Duplicates, cells: &[(&str, &str)]) {
        let columns: Vec<(String, &str)> =
            cells.iter().enumerate().map(|(n, (place, _))| (format!("{n:02}"), *place)).collect();
        let named: Vec<(&str, &str)> = columns.iter().map(|(name, place)| (name.as_str(), *place)).collect();
        let settings = Settings { duplicates, ..settings(&named) };
        let texts: Vec<&str> = cells.iter().map(|(_, cell)| *cell).collect();
        let row = self.history.len() as u64;
        let of = Of { import, row, at: at(NOW) };
        for event in events(&mapping(settings), Cells::Texts(&texts), of).unwrap() {
            self.takes(Cause::Event(Box::new(event)));
        }
    }

    fn orders(&mut self, order: Order) {
        self.takes(Cause::Command(Command { by: "ann".to_owned(), reason: None, order }));
    }

    /// Undoes an import, and answers what stays.
    fn undoes(&mut self, import: &str) -> Vec<String> {
        let found = undo(import, self.history.clone());
        self.orders(Order::UndoImport { import: import.to_owned(), restore: found.restore });
        found.kept
    }

    fn traits(&self) -> Value {
        Value::Object(self.contact.traits.clone())
    }
}

#[test]
fn duplicates_are_updated_filled_or_left_as_they_are() {
    let mut person = Person::new();
    person.imports("a", Duplicates::Skip, &[("user_id", "1"), ("trait:plan", "free"), ("tags", "first")]);
    person.imports("b", Duplicates::Skip, &[("user_id", "1"), ("trait:plan", "pro"), ("tags", "x")]);
    assert_eq!(person.traits(), json!({"plan": "free"}));
    person.imports("c", Duplicates::Fill, &[("user_id", "1"), ("trait:plan", "pro"), ("trait:age", "7")]);
    assert_eq!(person.traits(), json!({"age": "7", "plan": "free"}));
    person.imports("d", Duplicates::Update, &[("user_id", "1"), ("trait:plan", "pro"), ("tag:first", "no")]);
    assert_eq!(person.traits(), json!({"age": "7", "plan": "pro"}));
    assert!(person.contact.tags.is_empty());
}

#[test]
fn a_file_never_takes_an_opt_out_back_unless_the_subscription_is_newer() {
    let mut person = Person::new();
    let email = || crate::id::Channel::from("email");
    person.imports("a", Duplicates::Update, &[("user_id", "1"), ("channel:email", "no")]);
    let answer = |person: &Person| person.contact.consent.channels[&email()].answer;
    person.imports("b", Duplicates::Update, &[("user_id", "1"), ("channel:email", "yes")]);
    assert_eq!(answer(&person), Answer::Unsubscribed);
    let old = [("user_id", "1"), ("channel:email", "yes"), ("consent_at", "2020-01-01")];
    person.imports("c", Duplicates::Update, &old);
    assert_eq!(answer(&person), Answer::Unsubscribed);
    let newer = [("user_id", "1"), ("channel:email", "yes"), ("consent_at", "2026-04-01")];
    person.imports("d", Duplicates::Update, &newer);
    assert_eq!(answer(&person), Answer::Subscribed);
    assert_eq!(person.contact.consent.channels[&email()].source, "import");
}

#[test]
fn a_file_makes_a_pause_longer_and_a_frequency_lower_and_never_the_other_way() {
    let mut person = Person::new();
    let mut choices = |consent: &str| {
        person.imports("a", Duplicates::Update, &[("user_id", "1"), ("consent", consent)]);
        let consent = &person.contact.consent;
        let pause = consent.paused_until.map(|until| until.to_string()).unwrap_or_default();
        (pause, consent.frequency.map(|frequency| frequency.to_string()).unwrap_or_default())
    };
    let told = |pause: &str, frequency: &str| (pause.to_owned(), frequency.to_owned());
    assert_eq!(choices(r#"{"paused_until": "2020-01-01"}"#), told("", ""), "that pause is over");
    let first = choices(r#"{"paused_until": "2026-12-24", "frequency": {"max": 2, "per": "1w"}}"#);
    assert_eq!(first, told("2026-12-24T00:00:00Z", "at most 2 per 1w"));
    let looser = choices(r#"{"paused_until": "2026-11-24", "frequency": {"max": 9, "per": "1w"}}"#);
    assert_eq!(looser, first);
    let stricter = choices(r#"{"paused_until": "2026-12-31", "frequency": {"max": 1, "per": "1w"}}"#);
    assert_eq!(stricter, told("2026-12-31T00:00:00Z", "at most 1 per 1w"));
}

#[test]
fn an_open_confirmation_is_taken_over_without_asking_and_never_beside_an_answer() {
    let mut person = Person::new();
    let open = r#"{"unconfirmed": {"news": {"at": "2021-06-01", "source": "form"}}}"#;
    person.imports("a", Duplicates::Update, &[("user_id", "1"), ("consent", open)]);
    let news = Category::from("news");
    assert_eq!(person.contact.consent.unconfirmed[&news].source, "form");
    assert!(person.contact.ledger.is_empty() && person.contact.consent.categories.is_empty());
    person.imports("b", Duplicates::Update, &[("user_id", "1"), ("category:news", "yes")]);
    person.imports("c", Duplicates::Update, &[("user_id", "1"), ("consent", open)]);
    assert!(person.contact.consent.unconfirmed.is_empty());
    assert_eq!(person.contact.consent.categories[&news].answer, Answer::Subscribed);
}

#[test]
fn an_undo_gives_back_what_nothing_newer_changed() {
    let mut person = Person::new();
    person.imports(
        "before",
        Duplicates::Update,
        &[("user_id", "1"), ("trait:plan", "free"), ("tags", "old")],
    );
    let row = [
        ("user_id", "1"),
        ("trait:plan", "pro"),
        ("trait:city", "Graz"),
        ("trait:age", "7"),
        ("lists", "vip"),
        ("tag:old", "no"),
        ("channel:email", "no"),
        ("suppressed", "{\"email:a@b.c\": {\"reason\": \"complaint\"}}"),
        (
            "consent",
            r#"{"unconfirmed": {"news": {"at": "2021-06-01"}}, "paused_until": "2026-12-24", "frequency": {"max": 2, "per": "1w"}}"#,
        ),
    ];
    person.imports("wrong", Duplicates::Update, &row);
    // The city is changed and changed back: that is newer all the same.
    person.imports("later", Duplicates::Update, &[("user_id", "1"), ("trait:city", "Wien")]);
    person.imports("later", Duplicates::Update, &[("user_id", "1"), ("trait:city", "Graz")]);
    let kept = person.undoes("wrong");
    assert_eq!(kept, ["trait city"]);
    assert_eq!(person.traits(), json!({"city": "Graz", "plan": "free"}));
    assert!(person.contact.lists.is_empty() && person.contact.tags.contains("old"));
    assert!(person.contact.consent.is_empty(), "{:?}", person.contact.consent);
    // A second time there is nothing left to give back.
    assert_eq!(undo("wrong", person.history.clone()).restore, []);
}

#[test]
fn an_undo_that_comes_late_leaves_what_changed_meanwhile() {
    let mut person = Person::new();
    person.imports("a", Duplicates::Update, &[("user_id", "1"), ("trait:plan", "pro")]);
    let found = undo("a", person.history.clone());
    assert!(found.only_imported);
    assert_eq!(
        found.restore,
        [Restore::Trait { name: "plan".to_owned(), is: json!("pro"), was: Value::Null }]
    );
    person.imports("b", Duplicates::Update, &[("user_id", "1"), ("trait:plan", "max")]);
    person.orders(Order::UndoImport { import: "a".to_owned(), restore: found.restore });
    assert_eq!(person.traits(), json!({"plan": "max"}));
    assert!(!undo("a", person.history.clone()).only_imported);
}

#[test]
fn settings_are_written_as_they_are_read_and_refuse_what_they_do_not_know() {
    let text = json!({"columns": {"a": "user_id"}, "duplicates": "fill", "empty": "clear", "rest": "traits"});
    let settings: Settings = serde_json::from_value(text).unwrap();
    let again: Settings = serde_json::from_value(serde_json::to_value(&settings).unwrap()).unwrap();
    assert_eq!(again, settings);
    assert!(serde_json::from_value::<Settings>(json!({"column": {}})).is_err());
    assert_eq!(Place::UserId.print(), "user_id");
}
