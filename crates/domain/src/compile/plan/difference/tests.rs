use super::difference;
use crate::source::SourceFile;

fn file(path: &str, text: &str) -> SourceFile {
    SourceFile { path: path.into(), text: text.into() }
}

#[test]
fn only_what_both_changed_in_different_ways_is_a_conflict() {
    let base = [file("a", "1\n2\n3\n"), file("b", "b\n"), file("c", "c\n"), file("d", "d\n")];
    let theirs = [file("a", "1\n2\n4\n"), file("b", "x\n"), file("c", "both\n"), file("e", "e\n")];
    let mine = [file("a", "0\n2\n3\n"), file("b", "b\n"), file("c", "both\n"), file("d", "mine\n")];
    let conflicts = difference(&base, &theirs, &mine);
    let paths: Vec<&str> = conflicts.iter().map(|conflict| conflict.path.as_str()).collect();
    assert_eq!(paths, ["a", "d"], "one removed what the other changed");
    insta::assert_snapshot!(conflicts[0].theirs, @r"
    --- before
    +++ now
    @@ -1,3 +1,3 @@
     1
     2
    -3
    +4
    ");
    insta::assert_snapshot!(conflicts[0].mine, @r"
    --- now
    +++ yours
    @@ -1,3 +1,3 @@
    -1
    +0
     2
    -4
    +3
    ");
}
