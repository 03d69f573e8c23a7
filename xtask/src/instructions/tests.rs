use super::*;

const ANNOTATED: &str = "\
5,000 (100.0%)  PROGRAM TOTALS

5,000 (100.0%)  ???:main [/target/counted/deps/instructions-1]
4,000 (80.00%)  crates/domain/src/advance.rs:wend_domain::advance::take [/target/counted/deps/instructions-1]
4,500 (90.00%)  core/src/ops/range.rs:wend_domain::advance::take
  500 (10.00%)  ./malloc/./malloc/malloc.c:malloc [/usr/lib/libc.so.6]
  100 ( 2.00%)  benches/instructions.rs:instructions::rendered [/target/counted/deps/instructions-1]
";

fn counts(total: u64, functions: &[(&str, u64)]) -> Counts {
    Counts { total, functions: functions.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect() }
}

#[test]
fn what_callgrind_tells_is_read_once_for_each_function_and_round() {
    let read = read_annotated(ANNOTATED).expect("it has a total");
    assert_eq!(read, counts(100, &[("wend_domain::advance::take", 90), ("malloc", 10)]));
}

#[test]
fn what_is_written_down_is_read_again() {
    let scenarios =
        BTreeMap::from([("document".to_owned(), counts(7, &[("<A as B>::f", 5), ("malloc", 2)]))]);
    let counted = Counted { compiler: "rustc 1.95.0".to_owned(), around: "valgrind".to_owned(), scenarios };
    assert_eq!(read(&print(&counted)).expect("it was just written"), counted);
}

#[test]
fn a_rise_beyond_the_bound_fails_with_the_function_that_rose() {
    let kept = Counted {
        scenarios: BTreeMap::from([("document".to_owned(), counts(100, &[("a", 50), ("b", 40)]))]),
        ..Counted::default()
    };
    let now = |total, functions: &[(&str, u64)]| Counted {
        scenarios: BTreeMap::from([("document".to_owned(), counts(total, functions))]),
        ..Counted::default()
    };
    assert!(report(&kept, &now(110, &[("a", 60), ("b", 40)])).is_ok());
    let error = report(&kept, &now(111, &[("a", 61), ("b", 41)])).expect_err("it is 11 % more").to_string();
    assert!(error.contains("50 -> 61  a") && !error.contains("41  b"), "{error}");
}
