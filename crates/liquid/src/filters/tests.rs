use super::FILTERS;

#[test]
fn the_table_is_sorted_so_that_every_filter_is_found() {
    assert!(FILTERS.windows(2).all(|pair| pair[0].name < pair[1].name));
}
