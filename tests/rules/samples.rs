use curtail::model::period::Days;
use curtail::model::tenancy::Tenancy;
use curtail::rules;

use crate::support::ask::by;
use crate::support::export::Export;
use crate::support::sample_data;

#[test]
fn the_three_examples_have_no_mistakes_and_nothing_doubtful() {
    for (example, tenants, rules, splits) in
        [("domain-per-tenant", 3, 6, 9), ("account-per-tenant", 3, 3, 6), ("custom-tag", 4, 7, 5)]
    {
        let file = sample_data(&format!("tenants/{example}/tenants.toml"));
        let tenancy = rules::read(Some(&file), &file).unwrap();
        let found = (tenancy.tenants.len(), tenancy.rules.len(), tenancy.splits.len());
        assert_eq!(found, (tenants, rules, splits), "{example}");
        assert_eq!(rules::doubts(&tenancy), [], "{example}");
    }
}

#[test]
fn the_shared_domain_has_its_maps_beside_it() {
    let folder = sample_data("tenants/custom-tag");
    let maps = rules::read(None, &folder).unwrap().maps;
    assert_eq!((maps.spaces.len(), maps.profiles.len(), maps.efs_usage.len()), (9, 9, 55));
    let dated = maps.profiles.iter().filter(|row| row.during != Days::ALWAYS).count();
    assert_eq!(dated, 2, "one person changed teams");
}

#[test]
fn rules_that_were_kept_say_what_they_said_on_disk() {
    let files = [
        ("domain-per-tenant", vec!["tenants.toml"]),
        ("account-per-tenant", vec!["tenants.toml", "seats.csv"]),
        ("custom-tag", vec!["tenants.toml", "spaces.csv", "profiles.csv", "efs-usage.csv"]),
    ];
    for (example, names) in files {
        let file = sample_data(&format!("tenants/{example}/tenants.toml"));
        let written = rules::written(Some(&file), &file).unwrap();
        let read: Vec<&str> = written.files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(read, names, "{example}");
        let kept = rules::kept(&written.files, written.rule_file.as_deref()).unwrap();
        let file = "tenants.toml".to_owned();
        assert_eq!(kept, Tenancy { file, ..written.tenancy }, "{example}");
    }
    assert_eq!(rules::kept(&[], None).unwrap(), Tenancy::default());
}

#[test]
fn every_key_of_the_examples_is_in_the_reference() {
    let reference = std::fs::read_to_string(sample_data("tenants/README.md")).unwrap();
    for example in ["domain-per-tenant", "account-per-tenant", "custom-tag"] {
        let text = std::fs::read_to_string(sample_data(&format!("tenants/{example}/tenants.toml")));
        for line in text.unwrap().lines().filter(|line| !line.starts_with(['#', '['])) {
            let Some((key, _)) = line.split_once(" = ") else { continue };
            assert!(reference.contains(&format!("`{key}")), "{key}");
        }
    }
}

#[test]
fn a_bill_beside_a_wrong_rule_file_has_no_answer() {
    let wrong = by("user").beside("tenants.toml", "[[rule]]\ntenant = \"nobody\"\n");
    let error = wrong.try_find(&Export::cur2("cost | user\n1 | d-1/alice")).err().unwrap();
    assert_eq!((error.code(), error.details().len()), ("RULES-INVALID", 2));
}
