//! Types, formats and faults of values.

use serde_json::json;

use super::*;

fn rule(kind: TraitType) -> TraitRule {
    TraitRule {
        title: String::new(),
        kind,
        required: false,
        format: None,
        one_of: Vec::new(),
        personal: false,
    }
}

#[test]
fn a_value_has_the_type_that_a_person_would_say() {
    for (value, kind) in [
        (json!("pro"), Some(TraitType::Text)),
        (json!("2026-01-05"), Some(TraitType::Date)),
        (json!("2026-01-05T10:00:00Z"), Some(TraitType::Date)),
        (json!("2026-01-05 was a Monday"), Some(TraitType::Text)),
        (json!("2026-13-05"), Some(TraitType::Text)),
        (json!("18"), Some(TraitType::Text)),
        (json!(18), Some(TraitType::Number)),
        (json!(false), Some(TraitType::Boolean)),
        (json!([1]), Some(TraitType::List)),
        (json!({ "city": "Ulm" }), Some(TraitType::Object)),
        (json!(null), None),
    ] {
        assert_eq!(TraitType::of(&value), kind, "{value}");
    }
}

#[test]
fn a_type_has_one_name_however_it_is_written() {
    for kind in TraitType::ALL {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        assert_eq!(TraitType::named(kind.as_str()), Some(kind));
    }
    for fault in Fault::ALL {
        assert_eq!(serde_json::to_value(fault).unwrap(), fault.as_str());
        assert_eq!(Fault::named(fault.as_str()), Some(fault));
    }
}

#[test]
fn a_fault_says_what_is_wrong_with_a_value() {
    let number = rule(TraitType::Number);
    assert_eq!(number.fault(&json!("18")), Some(Fault::Type));
    assert_eq!(number.fault(&json!(18)), None);
    assert_eq!(number.fault(&json!(null)), None, "nothing is no wrong value");
    assert_eq!(rule(TraitType::Text).fault(&json!("2026-01-05")), None, "a date is a text");
    assert_eq!(rule(TraitType::Date).fault(&json!("tomorrow")), Some(Fault::Type));
    let plan = TraitRule { one_of: vec![json!("free"), json!("pro")], ..rule(TraitType::Text) };
    assert_eq!(plan.fault(&json!("por")), Some(Fault::NotListed));
    assert_eq!(plan.fault(&json!("pro")), None);
}

#[test]
fn a_format_takes_what_people_write_and_refuses_what_cannot_work() {
    let check = |format: &str, good: &[&str], bad: &[&str]| {
        let format = TraitFormat::parse(format).unwrap();
        for text in good {
            assert!(format.fits(text), "{text}");
        }
        for text in bad {
            assert!(!format.fits(text), "{text}");
        }
    };
    check(
        "email",
        &["ada@shop.example", "a.b+c@x.y.example"],
        &["ada", "@x.example", "a@b", "a b@c.example", "a@b..c"],
    );
    check("phone", &["+49 30 901820", "+1 (555) 010-9999"], &["030 901820", "+49 30 call me", "+12345"]);
    check("url", &["https://shop.example/x"], &["shop.example", "https://", "ftp://x.example"]);
    check("/pricing/**", &["https://shop.example/pricing/a"], &["https://shop.example/cart"]);
}
