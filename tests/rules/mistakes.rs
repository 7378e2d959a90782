use super::{TWO, mistakes};

/// What is wrong with rules below two tenants, which take four lines with the empty one.
#[track_caller]
fn check(text: &str, expected: &str) {
    let text = format!("{TWO}\n{text}");
    let lines = expected.lines().map(str::trim).filter(|line| !line.is_empty());
    let expected: Vec<&str> = lines.collect();
    let told = mistakes(&[("tenants.toml", &text)]);
    assert_eq!(told.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn every_mistake_is_told_at_once_in_the_order_of_the_lines() {
    check(
        r#"
[[rule]]
tennant = "search"
mtach = { domain = "d-1" }
[[rule]]
tenant = "serach"
match = { domian = "d-1", user = 7 }
[[split]]
name = "tax"
match = { line-type = "Tax" }
method = "evn"
[whatever]
        "#,
        r"
            7:1: unknown key `tennant`; did you mean `tenant`?
            8:1: unknown key `mtach`; did you mean `match`?
            10:10: unknown tenant `serach`; did you mean `search`?
            11:11: unknown dimension `domian`; did you mean `domain`?
            11:34: `user` must be text or a list of texts; found a number; write it in quotes
            15:10: unknown method `evn`; did you mean `even`?
            16:2: unknown key `whatever`
        ",
    );
}

#[test]
fn toml_itself_is_told_by_place() {
    check(
        "[[rule]]\ntenant = \"ads\nmatch = \n[[rule]\n",
        r#"
        6:14: invalid basic string, expected `"`
        7:9: string values must be quoted, expected literal string
        8:8: unclosed array table, expected `]`
    "#,
    );
    check("[tenants.ads]\n", "5:10: duplicate key");
}

#[test]
fn tenants_have_ids_and_names_of_their_own() {
    check(
        r#"
[tenants.""]
[tenants." "]
[tenants.three]
aliases = ["srch", "ads", "", "new", "new"]
budget = -5
[tenants.four]
aliases = "x"
name = ""
budget = "12,000"
contact = ["a"]
        "#,
        r"
            6:10: a tenant needs an id; this one is empty
            7:10: a tenant needs an id; this one is empty
            9:12: `srch` is already a name of tenant `search`
            9:20: `ads` is already a name of tenant `ads`
            9:27: an alias is empty
            9:38: `new` is already a name of tenant `three`
            10:10: `budget` cannot be negative; found -5
            13:8: `name` is empty
            14:10: `budget` must be a decimal such as 12.50, at most 12 places; found `12,000`
            15:11: `contact` must be text; found a list
        ",
    );
    check("[tenants]\nfive = 5\n", "6:8: `five` must be a table; found a number");
}

#[test]
fn a_match_says_something_that_rules_can_look_at() {
    check(
        r#"
[[rule]]
tenant = "ads"
[[rule]]
tenant = "ads"
match = {}
[[rule]]
tenant = "ads"
match = { all = [], any = {}, not = {}, tag = {} }
[[rule]]
tenant = "ads"
match = { tenant = "x", day = "2026-10-01", user = [], space = ["a", 1], domain = "[a" }
[[rule]]
tenant = "ads"
match = { tag.a.b = "x", account = 111122223333, weather = "bad" }
[[rule]]
tenant = "ads"
match = "everything"
        "#,
        r#"
            6:1: `match` is missing; for every charge write `{ line-type = "*" }`
            10:9: `match` is empty; for every charge write `{ line-type = "*" }`
            13:17: `all` is an empty list; for every charge write `{ line-type = "*" }`
            13:27: `any` must be a list of tables; found a table
            13:37: `not` is empty; for every charge write `{ line-type = "*" }`
            13:47: `tag` is empty; write `tag.KEY = "..."`
            16:11: `tenant` is what rules decide; they cannot ask for it
            16:25: a rule has no `day`; write `from` and `to` beside `match`
            16:52: `user` is an empty list
            16:70: `space` must be text; found a number; write it in quotes
            16:83: `[a` is no pattern: `[` has no `]`
            19:15: a key with points needs quotes: `"tag:a..." = ...`
            19:36: `account` must be text or a list of texts; found a number; write it in quotes
            19:50: unknown dimension `weather`
            22:9: `match` must be a table; found text
        "#,
    );
}

#[test]
fn days_are_days_and_run_forwards() {
    check(
        r#"
[[rule]]
tenant = "ads"
match.user = "a"
from = 2026-10-12
to = 2026-10-12
[[rule]]
tenant = "ads"
match.user = "a"
from = "12.10.2026"
to = 2026-10-12T00:00:00Z
[[rule]]
tenant = "ads"
match.user = "a"
from = "2026-02-30"
to = 7
        "#,
        r"
            10:6: no day is 2026-10-12 until 2026-10-12: `to` is the first day after
            14:8: `from` must be a day such as 2026-10-12; found `12.10.2026`
            15:6: `to` must be a day such as 2026-10-12; found `2026-10-12T00:00:00Z`
            19:8: `from` must be a day such as 2026-10-12; found `2026-02-30`
            20:6: `to` must be a day such as 2026-10-12; found a number
        ",
    );
}

#[test]
fn virtual_tags_are_made_of_what_the_export_has() {
    check(
        r#"
[tag.team]
first_of = ["tag:team", "tag:unit", "weather"]
rename = { "a[" = "b", b = "" }
default = ""
[[tag.team.rule]]
match.account = "1"
[tag.unit]
frist_of = "tag:unit"
[tag.""]
        "#,
        r"
            6:6: virtual tag `team` cannot ask for virtual `tag:unit`
            7:37: unknown dimension `weather`
            8:12: `a[` is no pattern: `[` has no `]`
            8:28: `b` is renamed to nothing
            9:11: `default` is empty
            10:1: `value` is missing
            13:1: unknown key `frist_of`; did you mean `first_of`?
            14:6: a virtual tag needs a key; this one is empty
        ",
    );
}

#[test]
fn percentages_are_between_0_and_100_one_by_one_and_together() {
    let split = |percent: &str| {
        format!("[[split]]\nname = \"s\"\nmatch.user = \"a\"\nmethod = \"fixed\"\n{percent}\n")
    };
    for (percent, expected) in [
        ("percent = { ads = 120 }", "9:19: 120 percent is more than all"),
        ("percent = { ads = -1 }", "9:19: `ads` cannot be negative; found -1"),
        (
            "percent = { ads = 60, search = 50 }",
            "9:11: the percentages add up to 110, which is more than 100",
        ),
        (
            "percent = { ads = 50, search = 50.0002 }",
            "9:11: the percentages add up to 100.0002, which is more than 100",
        ),
        ("percent = { ads = 50, nobody = 10 }", "9:23: unknown tenant `nobody`"),
        ("percent = { search = 50, srch = 10 }", "9:26: tenant `search` is named twice"),
        ("percent = { ads = 0 }", "9:11: no percentage is above 0"),
        (
            "percent = { ads = \"a lot\", search = 1e1 }",
            r"
            9:19: `ads` must be a decimal such as 12.50, at most 12 places; found `a lot`
            9:37: `search` must be a decimal such as 12.50, at most 12 places; found `1e1`
        ",
        ),
        ("percent = 50", "9:11: `percent` must be a table; found a number"),
        ("", "5:1: `percent` is missing: write `percent = { TENANT = 60 }`"),
        (
            "percent.ads = 5\nrest = \"kep\"",
            "10:8: `rest` is one of `keep`, `spread`; found `kep`; did you mean `keep`?",
        ),
    ] {
        check(&split(percent), expected);
    }
}

#[test]
fn a_split_has_a_name_a_source_and_a_method_with_its_own_keys() {
    check(
        r#"
[[split]]
match.line-type = "Tax"
method = "even"
percent.ads = 5
of = { user = "a" }
[[split]]
name = "a"
method = "even"
targets = ["ads", "ads", "nobody"]
[[split]]
name = "a"
from_tenants = ["ads", "srch", "who"]
match = {}
method = "proportional"
by = "amortised"
targets = ["ads"]
on_negative = "keep"
[[split]]
name = "b"
from_tenants = ["ads", "search"]
method = "even"
[[split]]
name = "c"
match.user = "a"
method = "driver"
[[split]]
name = "d"
match.user = "a"
targets = "everyone"
        "#,
        r#"
            6:1: `name` is missing
            9:1: method `even` has no `percent`; it belongs to `fixed`
            10:1: method `even` has no `of`; it belongs to `proportional`
            11:1: `match` is missing; for every charge write `{ line-type = "*" }`
            14:19: tenant `ads` is named twice
            14:26: unknown tenant `nobody`
            16:8: there is already a split `a`
            17:32: unknown tenant `who`
            18:9: `match` is empty; for every charge write `{ line-type = "*" }`
            20:6: unknown base `amortised`; did you mean `amortized`?
            21:12: `ads` is in `from_tenants`: it cannot receive what is taken from it
            22:15: `on_negative` is one of `as-zero`, `refuse`; found `keep`
            23:1: no tenant is left to receive
            27:1: `file` is missing
            31:1: `method` is missing
        "#,
    );
}

#[test]
fn caps_floors_and_tiers_do_not_contradict_themselves() {
    check(
        r#"
[[split]]
name = "a"
match.user = "a"
method = "even"
targets = ["ads"]
cap = { ads = 5, search = 7 }
floor = 6
[[split]]
name = "b"
match.user = "a"
method = "tiers"
cap = -1
[[split.tier]]
up_to = 100
method = "even"
[[split.tier]]
up_to = 50
method = "even"
[[split.tier]]
method = "tiers"
[[split.tier]]
method = "fixed"
up_to = 70
percent.ads = 100
targets = "all"
[[split]]
name = "c"
match.user = "a"
method = "tiers"
        "#,
        r"
            11:18: `search` receives nothing of this split
            12:9: the floor of `ads`, 6, is above its cap, 5
            17:7: `cap` cannot be negative; found -1
            22:9: `up_to` must be above 100; found 50
            24:1: only the last tier may have no `up_to`
            25:10: a tier cannot have tiers
            28:9: the last tier has no `up_to`: it takes what is left
            30:1: method `fixed` has no `targets`; it belongs to `even` or `proportional`
            31:1: `tiers` needs tiers: write `[[split.tier]]` below
        ",
    );
}

#[test]
fn cost_that_would_run_in_a_circle_is_told_with_the_circle() {
    check(
        r#"
[[split]]
name = "there"
from_tenants = ["ads"]
method = "even"
targets = ["search"]
[[split]]
name = "back"
from_tenants = ["srch"]
method = "fixed"
percent.ads = 10
        "#,
        "6:1: cost would run in a circle: `search` to `ads` to `search`",
    );
}
