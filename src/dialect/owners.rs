//! Owners: the evidence of `attribute`, in its order, as tables.
//!
//! In:    the name of a table of charges by tag and by resource.
//! Out:   tables of the ARNs in it, of names as tags spell them, of what resources tell; the join.
//! Never: applies the user's maps and rules, which stay with curtail.

use crate::dialect::steps::{Columns, Steps};
use crate::dialect::words::Dialect;
use crate::model::arn::{HISTORY_SERVICES, KINDS, SPACE_APP_TYPES, StudioKind};
use crate::model::charges::column::{DOMAIN_TAG, MANAGED_BY_TAG, OWNER_ARN, SPACE_TAG, USER_TAG};
use crate::model::dimension::Dimension;
use crate::model::reason::Reason;

/// The parts of a Studio ARN: head, kind, domain, name, app type.
pub(super) fn studio_arn() -> String {
    let kinds: Vec<&str> = KINDS.iter().map(|(word, _)| *word).collect();
    format!(
        "(?i)^(arn:aws(?:-[^:]*)?:sagemaker:[^:]*:[^:]*):({})/([^/]+)(?:/([^/]*))?(?:/([^/]*))?",
        kinds.join("|")
    )
}

/// What begins the ARN of a resource that may tell an owner.
pub(super) fn telling_arn() -> String {
    format!("(?i)^arn:[^:]*:({}):", HISTORY_SERVICES.join("|"))
}

/// Names of the tables of one bill.
pub(super) struct Names {
    prefix: &'static str,
}

impl Names {
    pub(super) fn of(prefix: &'static str) -> Self {
        Self { prefix }
    }

    /// A table of this bill.
    pub(super) fn table(&self, name: &str) -> String {
        format!("{}_{name}", self.prefix)
    }
}

/// Adds the table `owned`: that of `daily` with the owner of every row and how we know.
pub(super) fn add(steps: &mut Steps, dialect: Dialect, names: &Names, of_daily: &[String]) {
    let table = |name: &str| names.table(name);
    steps.add(&table("told"), told(dialect, &table("daily")));
    steps.add(&table("texts"), texts(dialect, &table("told")));
    steps.add(&table("arns"), arns(dialect, &table("texts")));
    steps.add(&table("seen"), seen(&table("told"), &table("arns")));
    steps.add(&table("history"), history(names));
    steps.add(&table("evidence"), evidence(dialect, names, of_daily));
    steps.add(&table("owned"), owned(dialect, &table("evidence"), of_daily));
}

/// Every ARN and the column that it stands in.
fn told(dialect: Dialect, daily: &str) -> String {
    let of_kind =
        |kind: StudioKind| KINDS.iter().find(|(_, of)| *of == kind).map_or("", |(word, _)| *word);
    let sources = [
        (of_kind(StudioKind::Domain), DOMAIN_TAG),
        (of_kind(StudioKind::UserProfile), USER_TAG),
        (of_kind(StudioKind::Space), SPACE_TAG),
        ("managed", MANAGED_BY_TAG),
        ("resource", OWNER_ARN),
    ];
    let words = sources.map(|(word, _)| format!("({})", dialect.text(word))).join(", ");
    let value = sources.map(|(word, column)| format!("WHEN {} THEN {column}", dialect.text(word)));
    format!(
        "SELECT DISTINCT told_by, arn\nFROM (\n    \
         SELECT told_by, CASE told_by {} END AS arn\n    FROM {daily}\n    \
         CROSS JOIN (VALUES {words}) AS words (told_by)\n) AS told\nWHERE arn IS NOT NULL",
        value.join(" ")
    )
}

fn texts(dialect: Dialect, told: &str) -> String {
    let pattern = studio_arn();
    let part = |group: u8| format!("coalesce({}, '')", dialect.group("arn", &pattern, group));
    let mut columns = Columns::default();
    columns.add("arn", "arn");
    columns.add(&part(1), "head");
    columns.add(&format!("lower({})", part(2)), "kind");
    columns.add(&part(3), "domain");
    columns.add(&part(4), "name");
    columns.add(&format!("lower({})", part(5)), "app_type");
    let fits = dialect.fits("arn", &pattern);
    format!(
        "{}\nFROM (SELECT DISTINCT arn FROM {told}) AS distinct_arns\nWHERE {fits}",
        columns.select()
    )
}

/// Those that name something whole, with what names have in common whatever their letter case.
fn arns(dialect: Dialect, texts: &str) -> String {
    let mut columns = Columns::default();
    for name in ["arn", "head", "kind", "domain", "name"] {
        columns.add(name, name);
    }
    columns.add("head || ':domain/' || domain", "domain_arn");
    columns.add("lower(domain || '/' || name)", "folded");
    columns.add("lower(domain || '/')", "folded_domain");
    let in_space = dialect.texts(SPACE_APP_TYPES);
    columns.add(&format!("kind = 'app' AND app_type IN ({in_space})"), "runs_in_space");
    format!(
        "{}\nFROM {texts}\nWHERE CASE kind\n    WHEN 'domain' THEN name = ''\n    \
         WHEN 'app' THEN name <> '' AND app_type <> ''\n    ELSE name <> ''\nEND",
        columns.select()
    )
}

/// Of two spellings of one name the smaller one is meant.
fn seen(told: &str, arns: &str) -> String {
    format!(
        "SELECT a.kind, a.folded, MIN(a.arn) AS arn\nFROM {arns} AS a\n\
         JOIN {told} AS t ON t.arn = a.arn AND t.told_by = a.kind\nGROUP BY a.kind, a.folded"
    )
}

/// The owner of a resource by the tags of its other lines, where those agree.
fn history(names: &Names) -> String {
    let agree = |column: &str| format!("MIN({column}) = MAX({column})");
    let mut columns = Columns::default();
    columns.add("resource", "resource");
    for name in ["domain_arn", "user_profile_arn", "space_arn"] {
        columns.add(&format!("nullif(MIN({name}), '')"), name);
    }
    let (daily, arns) = (names.table("daily"), names.table("arns"));
    format!(
        "{}\nFROM (\n    SELECT\n        d.tagged_resource AS resource,\n        \
         coalesce(d.{DOMAIN_TAG}, u.domain_arn, s.domain_arn, '') AS domain_arn,\n        \
         coalesce(d.{USER_TAG}, '') AS user_profile_arn,\n        \
         coalesce(d.{SPACE_TAG}, '') AS space_arn\n    \
         FROM {daily} AS d\n    \
         LEFT JOIN {arns} AS u ON u.arn = d.{USER_TAG}\n    \
         LEFT JOIN {arns} AS s ON s.arn = d.{SPACE_TAG}\n    \
         WHERE d.tagged_resource IS NOT NULL\n) AS tagged\n\
         GROUP BY resource\nHAVING {}",
        columns.select(),
        ["domain_arn", "user_profile_arn", "space_arn"].map(agree).join("\n    AND ")
    )
}

/// Every row beside what speaks for its owner.
fn evidence(dialect: Dialect, names: &Names, of_daily: &[String]) -> String {
    let mut columns = Columns::default();
    for name in of_daily {
        columns.add(&format!("d.{name}"), name);
    }
    columns.add("u.domain_arn", "domain_of_user");
    columns.add("s.domain_arn", "domain_of_space");
    columns.add("m.domain_arn", "domain_of_volume");
    columns.add("r.kind", "arn_kind");
    columns.add("coalesce(nd.arn, r.domain_arn)", "domain_of_arn");
    let own = |kind: &str| format!("r.head || ':{kind}/' || r.domain || '/' || r.name");
    columns.add(&format!("coalesce(nu.arn, {})", own("user-profile")), "user_of_arn");
    columns.add(&format!("coalesce(ns.arn, {})", own("space")), "space_of_arn");
    columns.add(
        "r.kind = 'space' OR (r.kind = 'app' AND CASE WHEN nu.arn IS NULL AND ns.arn IS NOT NULL \
         THEN true WHEN nu.arn IS NOT NULL AND ns.arn IS NULL THEN false ELSE r.runs_in_space END)",
        "is_space",
    );
    columns.add("h.resource", "told_resource");
    for name in ["domain_arn", "user_profile_arn", "space_arn"] {
        columns.add(&format!("h.{name}"), &format!("told_{name}"));
    }
    let (daily, arns) = (names.table("daily"), names.table("arns"));
    let (seen, history) = (names.table("seen"), names.table("history"));
    let join = |alias: &str, column: &str| {
        format!("LEFT JOIN {arns} AS {alias} ON {alias}.arn = d.{column}")
    };
    let spelled = |alias: &str, kind: &str, folded: &str| {
        let kind = dialect.text(kind);
        format!(
            "LEFT JOIN {seen} AS {alias} ON {alias}.kind = {kind} AND {alias}.folded = r.{folded}"
        )
    };
    let joins = [
        join("u", USER_TAG),
        join("s", SPACE_TAG),
        join("m", MANAGED_BY_TAG),
        join("r", OWNER_ARN),
        spelled("nd", "domain", "folded_domain"),
        spelled("nu", "user-profile", "folded"),
        spelled("ns", "space", "folded"),
        format!("LEFT JOIN {history} AS h ON h.resource = d.{OWNER_ARN}"),
    ];
    format!("{}\nFROM {daily} AS d\n{}", columns.select(), joins.join("\n"))
}

/// The first evidence that holds.
fn owned(dialect: Dialect, evidence: &str, of_daily: &[String]) -> String {
    let first = |of_tag: &str, of_arn: &str, of_history: &str, of_volume: &str, none: &str| {
        format!(
            "CASE\n    WHEN coalesce({DOMAIN_TAG}, {USER_TAG}, {SPACE_TAG}) IS NOT NULL \
             THEN {of_tag}\n    \
             WHEN arn_kind IS NOT NULL THEN {of_arn}\n    \
             WHEN told_resource IS NOT NULL THEN {of_history}\n    \
             WHEN domain_of_volume IS NOT NULL THEN {of_volume}\n    ELSE {none}\nEND"
        )
    };
    let of_tag = format!("coalesce({DOMAIN_TAG}, domain_of_user, domain_of_space)");
    let domain = first(&of_tag, "domain_of_arn", "told_domain_arn", "domain_of_volume", "NULL");
    let is_user = "CASE WHEN arn_kind <> 'domain' AND NOT is_space THEN user_of_arn END";
    let user = first(USER_TAG, is_user, "told_user_profile_arn", "NULL", "NULL");
    let is_space = "CASE WHEN is_space THEN space_of_arn END";
    let space = first(SPACE_TAG, is_space, "told_space_arn", "NULL", "NULL");
    let word = |reason: Reason| dialect.text(reason.name());
    let why = first(
        &word(Reason::Tag),
        &word(Reason::ResourceArn),
        &word(Reason::ResourceHistory),
        &word(Reason::Efs),
        &word(Reason::None),
    );
    let mut columns = Columns::default();
    for name in of_daily {
        columns.add(name, name);
    }
    columns.add(&domain, &Dimension::Domain.key());
    columns.add(&user, &Dimension::User.key());
    columns.add(&space, &Dimension::Space.key());
    columns.add(&why, &Dimension::OwnerReason.key());
    format!("{}\nFROM {evidence}", columns.select())
}
