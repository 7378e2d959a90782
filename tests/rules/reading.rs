use curtail::model::condition::Condition;
use curtail::model::money::UNIT;
use curtail::model::period::Days;
use curtail::model::split::{Base, Every, Method, OnNegative, OnZero, Rest, Targets};
use curtail::model::tenancy::Tenancy;

use super::{TWO, good, read};

/// A condition in one line.
fn told(condition: &Condition) -> String {
    let several = |parts: &[Condition], word: &str| {
        format!("({})", parts.iter().map(told).collect::<Vec<_>>().join(word))
    };
    match condition {
        Condition::All(parts) => several(parts, " and "),
        Condition::Any(parts) => several(parts, " or "),
        Condition::Not(inner) => format!("not {}", told(inner)),
        Condition::Is(atom) => format!("{}={}", atom.dimension, atom.patterns.join("|")),
    }
}

fn days(text: Days) -> String {
    text.to_string()
}

#[test]
fn a_tenant_is_its_key_and_may_say_more() {
    let tenancy = good(
        r#"
        [tenants."R&D"]
        name = "Research"
        aliases = ["rnd", "research"]
        cost_center = "CC-100"
        contact = "rnd@example.com"
        budget = "12000.50"

        [tenants.ads]
        budget = 0.1
        "#,
    );
    let [research, ads] = &tenancy.tenants[..] else { panic!("{tenancy:?}") };
    assert_eq!((research.id.as_str(), research.name.as_str()), ("R&D", "Research"));
    assert_eq!(research.aliases, ["rnd", "research"]);
    assert_eq!(research.cost_center.as_deref(), Some("CC-100"));
    assert_eq!(research.contact.as_deref(), Some("rnd@example.com"));
    assert_eq!(research.budget.unwrap().to_string(), "12000.5");
    assert_eq!(research.at.to_string(), "2:18");
    assert_eq!((ads.name.as_str(), ads.budget.unwrap().0), ("ads", UNIT / 10));
    assert_eq!(tenancy.place(research.at), "tenants.toml:2");
}

#[test]
fn a_match_is_read_with_all_its_keys_alternatives_and_combinators() {
    for (written, expected) in [
        (r#"domain = "d-1*""#, "domain=d-1*"),
        (
            r#"domain = "d-1", component = ["training", "processing"]"#,
            "(domain=d-1 and component=training|processing)",
        ),
        (r#"tag.studiouserid = "alice*""#, "(tag:studiouserid=alice*)"),
        (
            r#""tag:Cost Center" = "CC-1", category.unit = "x""#,
            "(tag:Cost Center=CC-1 and (category:unit=x))",
        ),
        (r#"product = "AmazonEFS", line_type = "Tax""#, "(service=AmazonEFS and line-type=Tax)"),
        (r#"instance_type = "ml.*""#, "instance-type=ml.*"),
        (
            r#"any = [{ account = "1" }, { user = "a", not = { region = "eu-*" } }]"#,
            "(account=1 or (user=a and not region=eu-*))",
        ),
        (r#"all = [{ payer = "1" }, { currency = "USD" }]"#, "(payer=1 and currency=USD)"),
    ] {
        let text = format!("{TWO}[[rule]]\ntenant = \"srch\"\nmatch = {{ {written} }}\n");
        let tenancy = good(&text);
        assert_eq!(told(&tenancy.rules[0].condition), expected);
        assert_eq!(tenancy.rules[0].tenant, "search", "an alias is the tenant");
    }
}

#[test]
fn rules_keep_their_order_days_and_places() {
    let tenancy = good(&format!(
        "{TWO}\n[[rule]]\ntenant = \"ads\"\nmatch.user = \"bob\"\nfrom = 2026-10-01\n\
         [[rule]]\ntenant = \"search\"\nmatch.user = \"bob\"\nto = \"2026-10-12\"\n"
    ));
    let told: Vec<_> =
        tenancy.rules.iter().map(|r| (&*r.tenant, days(r.during), r.at.line)).collect();
    let from = "from 2026-10-01".to_owned();
    assert_eq!(told, [("ads", from, 5), ("search", "until 2026-10-12".to_owned(), 9)]);
}

#[test]
fn a_virtual_tag_has_rules_sources_other_names_and_a_default() {
    let tenancy = good(
        r#"
        [tag.team]
        first_of = ["tag:team", "tag:Team_Name", "category:business_unit"]
        rename = { "z*" = "last", "a*" = "first" }
        default = "none"
        [[tag.team.rule]]
        value = "research"
        match = { account = "1111*" }
        from = 2026-10-01
        [tag.plain]
        "#,
    );
    let [team, plain] = &tenancy.virtual_tags[..] else { panic!() };
    let sources: Vec<String> = team.first_of.iter().map(ToString::to_string).collect();
    assert_eq!(sources, ["tag:team", "tag:Team_Name", "category:business_unit"]);
    let pair = |(a, b): (&str, &str)| (a.to_owned(), b.to_owned());
    assert_eq!(team.renames, [("z*", "last"), ("a*", "first")].map(pair));
    assert_eq!(team.default.as_deref(), Some("none"));
    assert_eq!((team.rules[0].value.as_str(), team.rules[0].at.line), ("research", 6));
    assert_eq!(plain.first_of[0].to_string(), "tag:plain");
}

fn method(text: &str) -> Method {
    let head = "[[split]]\nname = \"s\"\nmatch = { line-type = \"*\" }\n";
    let Tenancy { splits, .. } = good(&format!("{TWO}{head}{text}"));
    splits.into_iter().next().unwrap().method
}

#[test]
fn every_method_is_read_with_its_defaults() {
    assert_eq!(method("method = \"even\""), Method::Even(Targets::All));
    let named = Targets::Named(vec!["ads".into(), "search".into()]);
    assert_eq!(method("method = \"even\"\ntargets = [\"ads\", \"srch\"]"), Method::Even(named));
    let Method::Proportional { to, by, of, on_zero, on_negative } =
        method("method = \"proportional\"")
    else {
        panic!()
    };
    assert_eq!((to, by, of), (Targets::All, Base::Cost, Condition::All(vec![])));
    assert_eq!((on_zero, on_negative), (OnZero::Keep, OnNegative::AsZero));
    let Method::Proportional { by, of, on_zero, on_negative, .. } = method(
        "method = \"proportional\"\nby = \"hours\"\nof = { component = \"training\" }\n\
         on_zero = \"even\"\non_negative = \"refuse\"",
    ) else {
        panic!()
    };
    assert_eq!((by, told(&of).as_str()), (Base::Hours, "component=training"));
    assert_eq!((on_zero, on_negative), (OnZero::Even, OnNegative::Refuse));
}

#[test]
fn percentages_are_exact_and_keep_their_order() {
    let Method::Fixed { percent, rest } =
        method("method = \"fixed\"\npercent = { srch = 33.3333, ads = \"66.6667\" }")
    else {
        panic!()
    };
    let told: Vec<String> = percent.iter().map(|(id, part)| format!("{id} {part}")).collect();
    assert_eq!((told, rest), (vec!["search 33.3333".into(), "ads 66.6667".into()], Rest::Keep));
    let Method::Fixed { rest, .. } =
        method("method = \"fixed\"\nrest = \"spread\"\npercent = { ads = 1 }")
    else {
        panic!()
    };
    assert_eq!(rest, Rest::Spread);
}

#[test]
fn tiers_caps_and_floors_are_amounts_per_billing_period() {
    let tenancy = good(&format!(
        "{TWO}[[split]]\nname = \"s\"\nfrom_tenants = \"srch\"\nmethod = \"tiers\"\n\
         cap = 500\nfloor = {{ ads = 10.5 }}\n[[split.tier]]\nup_to = 1_000\nmethod = \"even\"\n\
         [[split.tier]]\nmethod = \"fixed\"\npercent.ads = 100\n"
    ));
    let split = &tenancy.splits[0];
    assert_eq!((split.from[0].as_str(), told(&split.condition).as_str()), ("search", "()"));
    assert_eq!(split.caps.for_tenant("ads").unwrap().0, 500 * UNIT);
    assert_eq!(split.floors.for_tenant("ads").unwrap().to_string(), "10.5");
    assert_eq!(split.floors.for_tenant("search"), None);
    let Method::Tiers(tiers) = &split.method else { panic!() };
    assert_eq!(tiers[0].up_to.unwrap().0, 1000 * UNIT);
    assert_eq!((tiers[1].up_to, tiers[1].method.name()), (None, "fixed"));
    assert_eq!(split.at.line, 4);
}

#[test]
fn a_driver_file_lies_beside_the_rule_file() {
    let split = "[[split]]\nname = \"s\"\nmatch.line-type = \"Tax\"\nmethod = \"driver\"\n\
                 file = \"seats.csv\"\nevery = \"day\"\n";
    let tenancy = read(&[
        ("tenants.toml", &format!("{TWO}{split}")),
        (
            "seats.csv",
            "\u{feff}Target ; Amount; DATE\r\nsrch; 2.5 ;2026-10-01\r\nads;0;2026-10-01\r\n",
        ),
    ]);
    let Method::Driver { rows, every, .. } = &tenancy.unwrap().splits[0].method.clone() else {
        panic!()
    };
    let told: Vec<_> = rows.iter().map(|row| format!("{} {}", row.target, row.amount)).collect();
    assert_eq!((told, *every), (vec!["search 2.5".into(), "ads 0".into()], Every::Day));
}

#[test]
fn a_file_of_a_windows_editor_is_a_file() {
    let text = format!("\u{feff}{TWO}[[rule]]\n\ttenant = \"ads\"\n\tmatch.user = \"ü\"\n");
    let tenancy = good(&text.replace('\n', "\r\n"));
    assert_eq!((tenancy.tenants.len(), tenancy.rules[0].at.line), (2, 4));
}

#[test]
fn no_file_is_no_rule_and_an_empty_file_neither() {
    assert_eq!(read(&[]).unwrap(), Tenancy::default());
    let empty = read(&[("tenants.toml", "")]).unwrap();
    assert!(empty.tenants.is_empty() && empty.file.ends_with("tenants.toml"));
}
