use serde_json::json;

use super::*;

#[test]
fn rows_are_found_by_their_keys_in_the_order_of_the_file() {
    let rows = rows_of_csv(
        "sku,title,price,sale,note\r\nb-1,\"Belt, \"\"black\"\"\",19.50,true,\n007,Shirt,20,false,\"two\nlines\"\n",
    );
    let (products, bad) = Catalogue::new(CatalogueName::from("products"), "sku", rows);
    assert_eq!(bad, []);
    let belt = json!({ "sku": "b-1", "title": "Belt, \"black\"", "price": "19.50", "sale": true });
    let shirt = json!({ "sku": "007", "title": "Shirt", "price": 20, "sale": false, "note": "two\nlines" });
    assert_eq!(products.items, [belt, shirt.clone()]);
    assert_eq!(products.to_json()["item"]["007"], shirt);
}

#[test]
fn rows_without_a_key_or_with_one_twice_are_told() {
    let rows =
        vec![json!({ "id": 1 }), json!({ "id": "1" }), json!({ "name": "x" }), json!(3), json!({ "id": "" })];
    let (catalogue, bad) = Catalogue::new(CatalogueName::from("c"), "id", rows);
    assert_eq!(catalogue.items.len(), 1);
    let told: Vec<(usize, &str)> = bad.iter().map(|bad| (bad.row, bad.message.as_str())).collect();
    let none = "it has no `id`, which is the key";
    assert_eq!(told, [(2, "`1` is the key of an earlier row"), (3, none), (4, none), (5, none)]);
}

#[test]
fn a_catalogue_has_a_bounded_number_of_rows() {
    let rows: Vec<Value> = (0..=ROWS_MAX).map(|n| json!({ "id": n })).collect();
    let (catalogue, bad) = Catalogue::new(CatalogueName::from("c"), "id", rows);
    assert_eq!((catalogue.items.len(), bad.len()), (ROWS_MAX, 1));
    assert_eq!(bad[0].row, ROWS_MAX + 1);
}

#[test]
fn csv_without_rows_has_none() {
    for text in ["", "\n", "a,b", "a,b\n"] {
        assert!(rows_of_csv(text).is_empty(), "{text:?}");
    }
}
