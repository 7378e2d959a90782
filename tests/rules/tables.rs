use super::{TWO, mistakes, read};

const DRIVER: &str = "[[split]]\nname = \"s\"\nmatch.line-type = \"Tax\"\nmethod = \"driver\"\n\
                      file = \"seats.csv\"\n";

/// What is wrong with files beside a rule file of two tenants and a split by `seats.csv`.
#[track_caller]
fn check(files: &[(&str, &str)], expected: &str) {
    let text = format!("{TWO}{DRIVER}");
    let mut all = vec![("tenants.toml", text.as_str())];
    if !files.iter().any(|(name, _)| *name == "seats.csv") {
        all.push(("seats.csv", "date,target,amount\n"));
    }
    all.extend(files.iter().filter(|(_, text)| *text != "absent"));
    let lines = expected.lines().map(str::trim).filter(|line| !line.is_empty());
    let expected: Vec<&str> = lines.collect();
    let told = mistakes(&all);
    assert_eq!(told.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn rows_of_a_driver_are_checked_one_by_one() {
    let rows = "date,target,amount\n2026-10,ads,5\n2026-10-01,nobody,1\n2026-10-01,serch,1\n\
                2026-10-01,ads,-1\n2026-10-01,ads,1e3\n2026-10-01,ads,\n01.10.2026,ads,1\n\
                2026-13,ads,1\n2026-10,ads,6\n2026-10-02,ads,1,2\n,,\n2026-10-02,srch,1\n\
                2026-10-02,search,1\n2026-10-03,,1\n2026-10-03,ads,1000000000000000000\n";
    check(
        &[("seats.csv", rows)],
        r"
        seats.csv 3: unknown tenant `nobody`
        seats.csv 4: unknown tenant `serch`; did you mean `search`?
        seats.csv 5: `amount` cannot be negative; found -1
        seats.csv 6: `amount` must be a decimal such as 12.5, at most 12 places; found `1e3`
        seats.csv 7: `amount` must be a decimal such as 12.5, at most 12 places; found nothing
        seats.csv 8: `date` must be a day (2026-10-12) or a month (2026-10); found `01.10.2026`
        seats.csv 9: `date` must be a day (2026-10-12) or a month (2026-10); found `2026-13`
        seats.csv 10: `ads` has an amount for this date in line 2
        seats.csv 11: 4 cells under a header of 3
        seats.csv 14: `search` has an amount for this date in line 13
        seats.csv 15: `target` is empty
        seats.csv 16: `amount` must be below 10^18; found 1000000000000000000
    ",
    );
}

#[test]
fn a_driver_has_its_columns_and_is_a_text_file() {
    check(
        &[("seats.csv", "absent")],
        "8:8: driver file `seats.csv` cannot be read: No such file or directory (os error 2)",
    );
    check(
        &[("seats.csv", "")],
        r"
        seats.csv 1: column `date` is missing
        seats.csv 1: column `target` is missing
        seats.csv 1: column `amount` is missing
    ",
    );
    check(
        &[("seats.csv", "day,target,amuont\n2026-10,ads,1\n")],
        r"
        seats.csv 1: unknown column `day`; did you mean `date`?
        seats.csv 1: unknown column `amuont`; did you mean `amount`?
    ",
    );
    check(
        &[("seats.csv", "date,target,amount,date\n")],
        "seats.csv 1: column `date` is there twice",
    );
}

#[test]
fn a_driver_of_days_has_no_months_and_gives_nothing_back() {
    let rows = "date,target,amount\n2026-10,ads,5\n";
    let told = |more: &str| {
        let text = format!("{TWO}{DRIVER}{more}");
        mistakes(&[("tenants.toml", &text), ("seats.csv", rows)])
    };
    let months = "8:8: `seats.csv` has rows for months; `every = \"day\"` needs days\n";
    assert_eq!(told("every = \"day\"\n"), months);
    let back = "8:8: `ads` is in `from_tenants`: it cannot receive what is taken from it\n";
    assert_eq!(told("from_tenants = [\"ads\"]\n"), back);
}

#[test]
fn a_space_has_one_owner_on_each_day() {
    let rows = "space_arn,owner_profile_arn,from,to\n\
                s1,p1,,2026-10-12\ns1,p2,2026-10-12,\ns1,p3,2026-11-01,\n\
                S1,p1,,2026-10-12\ns2,p1,2026-10-05,2026-10-01\ns3,p1,x,\ns4,p1,,\ns4,p2,,\n\
                s5,a,2026-01-01,\ns5,b,2026-02-01,2026-02-02\ns5,c,2026-03-01,2026-03-02\n";
    check(
        &[("spaces.csv", rows)],
        r"
        spaces.csv 4: line 3 says something else for some of the same days
        spaces.csv 5: line 2 says this already
        spaces.csv 6: no day is 2026-10-05 until 2026-10-01: `to` is the first day after
        spaces.csv 7: `from` must be a day such as 2026-10-12; found `x`
        spaces.csv 9: line 8 says something else for some of the same days
        spaces.csv 11: line 10 says something else for some of the same days
        spaces.csv 12: line 10 says something else for some of the same days
    ",
    );
}

#[test]
fn a_profile_belongs_to_a_tenant_that_there_is() {
    let rows = "PROFILE_ARN , Tenant,person\np1,srch,a\np2,serch,b\np3,,c\np1,ads,a\n";
    check(
        &[("profiles.csv", rows)],
        r"
        profiles.csv 3: unknown tenant `serch`; did you mean `search`?
        profiles.csv 5: line 2 says something else for some of the same days
    ",
    );
    check(&[("profiles.csv", "person\nx\n")], "profiles.csv 1: column `profile_arn` is missing");
    check(
        &[("profiles.csv", "profile_arn,tennant\nx,ads\n")],
        "profiles.csv 1: unknown column `tennant`; did you mean `tenant`?",
    );
}

#[test]
fn usage_of_a_home_volume_is_whole_bytes_once_a_day() {
    let rows = "date,file_system_id,uid,bytes\n2026-10-01,fs-1,200001,5\n\
                2026-10-01,arn:aws:elasticfilesystem:x:1:file-system/fs-1,200001,6\n\
                2026-10-01,fs-1,200002,-5\n2026-10-01,fs-1,200003,1.5\n\
                2026-10-01,fs-1,200004,\n2026-10,fs-1,200005,1\n2026-10-01,fs-2,200001,0\n";
    check(
        &[("efs-usage.csv", rows)],
        r"
        efs-usage.csv 3: uid `200001` has bytes for this day in line 2
        efs-usage.csv 4: `bytes` must be a whole number, 0 or more; found `-5`
        efs-usage.csv 5: `bytes` must be a whole number, 0 or more; found `1.5`
        efs-usage.csv 6: `bytes` must be a whole number, 0 or more; found nothing
        efs-usage.csv 7: `date` must be a day such as 2026-10-12; found `2026-10`
    ",
    );
}

#[test]
fn a_row_with_an_empty_id_matches_nothing_and_is_told() {
    let tenancy = read(&[
        ("spaces.csv", "space_arn,owner_profile_arn,note\n,p1,x\ns1, ,\ns2,p2,\n\n,,\n"),
        ("profiles.csv", "profile_arn,tenant\n,ads\np1,search\np2,search\n"),
        ("efs-usage.csv", "bytes,uid,file_system_id,date\n1,,fs-1,2026-10-01\n"),
    ])
    .unwrap();
    assert_eq!((tenancy.maps.spaces.len(), tenancy.maps.spaces[0].line), (1, 4));
    assert_eq!((tenancy.maps.profiles.len(), tenancy.maps.efs_usage.len()), (2, 0));
    let codes: Vec<_> = tenancy.findings.iter().map(|finding| &*finding.code).collect();
    assert_eq!(codes, ["map-empty-id"; 3]);
    assert!(tenancy.findings[0].message.ends_with("lines 2, 3"), "{:?}", tenancy.findings);
    let ids: Vec<&str> = tenancy.tenants.iter().map(|tenant| tenant.id.as_str()).collect();
    assert_eq!(ids, ["search"], "without a rule file the tenants are those of the profiles");
}

#[test]
fn maps_are_named_or_lie_beside_the_rules() {
    let rows = "space_arn,owner_profile_arn\ns1,p1\n";
    let other = "[maps]\nspaces = \"people/who.csv\"\n";
    assert_eq!(
        mistakes(&[("tenants.toml", other)]),
        r"2:10: map `people/who.csv` cannot be read: No such file or directory (os error 2)
"
    );
    let maps = "[maps]\nspaces = \"who.csv\"\nspace = 1\n";
    assert_eq!(
        mistakes(&[("tenants.toml", maps), ("who.csv", rows)]),
        r"3:1: unknown key `space`; did you mean `spaces`?
"
    );
}

#[test]
fn bytes_that_are_no_text_are_told_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    let told = || {
        use curtail::diagnostic::Diagnose as _;
        let error = curtail::rules::read(None, folder.path()).unwrap_err();
        let details = error.details().join("\n");
        details.replace(&format!("{}/", folder.path().display()), "")
    };
    write("tenants.toml", b"[tenants.a]\nname = \"Z\xfcrich\"\n");
    assert_eq!(told(), "tenants.toml:2:10: a byte here is not UTF-8; save the file as UTF-8");
    write("tenants.toml", b"\xff\xfe[\0t\0");
    assert_eq!(told(), "tenants.toml:1:1: the file is UTF-16; save it as UTF-8");
    write("tenants.toml", b"[tenants.a]\n");
    write("profiles.csv", b"profile_arn,person\np1,J\xf6rg\n");
    assert_eq!(told(), "profiles.csv:2: the row is not UTF-8; save the file as UTF-8");
    write("profiles.csv", b"\xff\xfep\0");
    assert_eq!(told(), "tenants.toml:1:1: map `profiles.csv` is UTF-16; save it as UTF-8");
}
