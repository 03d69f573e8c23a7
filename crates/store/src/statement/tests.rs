use super::*;

#[test]
fn parameters_are_numbered_for_sqlite() {
    assert_eq!(for_sqlite("SELECT $2, '$', $11 FROM t"), "SELECT ?2, '$', ?11 FROM t");
}

#[test]
fn row_locks_and_collations_are_left_out_for_sqlite() {
    assert_eq!(
        for_sqlite("SELECT a COLLATE \"C\" FROM t WHERE b = $1 LIMIT 1 FOR UPDATE SKIP LOCKED"),
        "SELECT a FROM t WHERE b = ?1 LIMIT 1"
    );
    assert_eq!(for_sqlite("SELECT a FROM t FOR UPDATE"), "SELECT a FROM t");
}

#[test]
fn many_rows_are_one_row_for_sqlite_and_arrays_for_postgresql() {
    let many = Many::Insert {
        table: "t",
        columns: &[("a", Kind::Text), ("b", Kind::Integer)],
        conflict: "ON CONFLICT DO NOTHING",
    };
    assert_eq!(
        many.text(Dialect::Sqlite).unwrap(),
        "INSERT INTO t (a, b) VALUES (?1, ?2) ON CONFLICT DO NOTHING"
    );
    assert_eq!(
        many.text(Dialect::Postgres).unwrap(),
        "INSERT INTO t (a, b) SELECT * FROM unnest(CAST($1 AS TEXT[]), CAST($2 AS BIGINT[])) ON CONFLICT DO NOTHING"
    );
}
