use super::*;

#[test]
fn rules_are_written_into_elements_and_what_cannot_be_stays() {
    let html = "<head><style>p { color: red; margin: 0 } .x { color: blue !important } a:hover { color: red }
        </style></head><p class=x style='color:green'>{{ a }}<p>b<br>";
    insta::assert_snapshot!(own_styles(html, false), @r#"
    <head><style>
    a:hover { color: red }
    </style></head><p class=x style="margin:0;color:green;color:blue !important">{{ a }}<p style="color:red;margin:0">b<br>
    "#);
}

#[test]
fn the_more_specific_rule_wins_whatever_the_order() {
    let html = "<style>#a{color:red}.b{color:blue}p{color:green;margin:0}</style><p id=a class=b>";
    assert_eq!(own_styles(html, false), "<p id=a class=b style=\"margin:0;color:red\">");
}

#[test]
fn rules_for_classes_that_depend_on_the_contact_stay() {
    let html = "<style>.b{color:blue}</style><p class=b>";
    assert_eq!(own_styles(html, true), "<style>\n.b{color:blue}\n</style><p class=b style=\"color:blue\">");
}

#[test]
fn a_style_element_can_say_that_it_stays() {
    let html = "<style data-keep>p{color:red}</style><p>";
    assert_eq!(own_styles(html, false), html);
}
