//! Oracle: the answer to a question, worked out line by line in the plainest way.
//!
//! In:    the test's own lines.
//! Out:   what every row of the answer must be.
//! Never: calls the product, uses its tables, or is fast.

use std::collections::BTreeMap;

use super::bill::Line;
use crate::support::export::HEAD;
use crate::support::pico::{pico, scaled};

/// Currency, standing and keys of a row.
pub(super) type Key = (String, &'static str, Vec<Option<String>>);

/// Cost, hours and lines of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Sums {
    pub(super) cost: i128,
    pub(super) hours: i128,
    pub(super) lines: u64,
}

/// The rows of an answer.
pub(super) fn answer(lines: &[Line], words: &[&str], metric: &str) -> BTreeMap<Key, Sums> {
    let asks_owner = words.iter().any(|w| ["domain", "user", "space", "reason"].contains(w));
    let mut rows = BTreeMap::<Key, Sums>::new();
    for line in lines.iter().filter(|line| !is_split(line)) {
        let owner = owner(line, lines);
        let is_sagemaker = ["AmazonSageMaker", "MachineLearningSavingsPlans"]
            .contains(&line.text("product").unwrap_or_default().as_str());
        let standing = match (asks_owner && owner.reason == "none", is_sagemaker) {
            (true, true) => "unattributed",
            (true, false) => "other_services",
            (false, _) => "attributed",
        };
        let keys = words.iter().map(|word| key(line, word, &owner)).collect();
        let sums = rows.entry((currency(line), standing, keys)).or_default();
        sums.cost += cost(line, metric);
        sums.hours += hours(line);
        sums.lines += 1;
    }
    rows
}

/// The source's total per currency, split cost rows included, and what those are alone.
pub(super) fn books(lines: &[Line], metric: &str) -> BTreeMap<String, (i128, i128)> {
    let mut books = BTreeMap::<String, (i128, i128)>::new();
    for line in lines {
        let entry = books.entry(currency(line)).or_default();
        entry.0 += cost(line, metric);
        entry.1 += if is_split(line) { cost(line, metric) } else { 0 };
    }
    books
}

fn currency(line: &Line) -> String {
    line.text("currency").unwrap_or_else(|| "XXX".into())
}

fn is_split(line: &Line) -> bool {
    matches!(line.text("operation").as_deref(), Some("EKSPod-EC2" | "ECSTask-EC2"))
}

/// The cost of a line: one arm per row of the table of measures.
fn cost(line: &Line, metric: &str) -> i128 {
    let of = |word: &str| line.amount(word).map(pico);
    let gross = |word: &str| of(word).unwrap_or(0);
    let net = |net: &str, gross_word: &str| of(net).unwrap_or_else(|| gross(gross_word));
    let kind = line.text("type").unwrap_or_default();
    let is_net = metric == "net_amortized";
    let plan_refund = line
        .text("description")
        .is_some_and(|text| text.starts_with("Refund for one-time fee for Savings Plan ID"));
    match (metric, kind.as_str()) {
        ("unblended", _) => gross("cost"),
        ("blended", _) => gross("blended"),
        ("list", "SavingsPlanNegation") => 0,
        ("list", _) => gross("list"),
        ("net_unblended", _) => net("net", "cost"),
        (_, "DiscountedUsage") if is_net => net("ri_net_effective", "ri_effective"),
        (_, "DiscountedUsage") => gross("ri_effective"),
        (_, "RIFee") if is_net => {
            net("ri_net_unused_upfront", "ri_unused_upfront")
                + net("ri_net_unused_recurring", "ri_unused_recurring")
        }
        (_, "RIFee") => gross("ri_unused_upfront") + gross("ri_unused_recurring"),
        (_, "Fee") if line.text("ri").is_some() => 0,
        (_, "SavingsPlanCoveredUsage") if is_net => net("sp_net_effective", "sp_effective"),
        (_, "SavingsPlanCoveredUsage") => gross("sp_effective"),
        (_, "SavingsPlanNegation" | "SavingsPlanUpfrontFee") => 0,
        (_, "Refund") if plan_refund => 0,
        (_, "SavingsPlanRecurringFee") => {
            let unused = gross("sp_total") - gross("sp_used");
            let base = gross("sp_recurring") + gross("sp_upfront");
            match (of("sp_net_recurring"), of("sp_net_upfront")) {
                (Some(a), Some(b)) if is_net && base != 0 => scaled(unused, a + b, base),
                _ => unused,
            }
        }
        (_, _) if is_net => net("net", "cost"),
        (_, _) => gross("cost"),
    }
}

fn hours(line: &Line) -> i128 {
    let counts = ["Usage", "DiscountedUsage", "SavingsPlanCoveredUsage", "FlatRateSubscription"]
        .contains(&line.text("type").unwrap_or_default().as_str());
    let is_hours = matches!(line.text("unit").as_deref(), Some("Hrs" | "hours"));
    let amount = line.amount("amount").filter(|_| counts && is_hours);
    amount.map_or(0, pico)
}

#[derive(Debug, Clone)]
struct Owner {
    domain: Option<String>,
    user: Option<String>,
    space: Option<String>,
    reason: &'static str,
}

/// Who made it: tag, resource, volume, nobody.
fn owner(line: &Line, lines: &[Line]) -> Owner {
    if let Some(owner) = by_tags(line) {
        return owner;
    }
    let nobody = Owner { domain: None, user: None, space: None, reason: "none" };
    let resource = line.text("resource").unwrap_or_default();
    let path: Vec<&str> = resource.strip_prefix(HEAD).unwrap_or_default().split('/').collect();
    let (is_space, name) = match path[..] {
        ["domain", domain] => {
            return Owner { domain: Some(spelled(lines, "domain", domain)), ..by_arn() };
        }
        ["space", _, name] => (true, name),
        ["app", domain, name, kind, _] => (lives_in_space(lines, domain, name, kind), name),
        _ => return by_history(&resource, lines).or_else(|| by_volume(line)).unwrap_or(nobody),
    };
    let domain = Some(spelled(lines, "domain", path[1]));
    let full = format!("{}/{name}", path[1]);
    if is_space {
        Owner { domain, space: Some(spelled(lines, "space", &full)), ..by_arn() }
    } else {
        Owner { domain, user: Some(spelled(lines, "user", &full)), ..by_arn() }
    }
}

/// What all lines say that carry tags and the same resource; several answers are none.
fn by_history(resource: &str, lines: &[Line]) -> Option<Owner> {
    let is_job = |id: &str| id.starts_with(HEAD);
    let same = lines.iter().filter(|line| line.text("resource").as_deref() == Some(resource));
    let mut found = same.filter_map(by_tags).filter(|_| is_job(resource));
    let first = found.next()?;
    let is_same = |owner: Owner| {
        (owner.domain, owner.user, owner.space)
            == (first.domain.clone(), first.user.clone(), first.space.clone())
    };
    found.all(is_same).then(|| Owner { reason: "resource-history", ..first.clone() })
}

fn by_volume(line: &Line) -> Option<Owner> {
    let domain = Some(line.text("managed_by")?);
    Some(Owner { domain, user: None, space: None, reason: "efs" })
}

fn by_tags(line: &Line) -> Option<Owner> {
    let (domain, user) = (line.text("domain"), line.text("user"));
    let space = line.text("space").or_else(|| line.text("shared_space"));
    let implied = user.as_deref().or(space.as_deref()).map(domain_of);
    let domain = domain.or(implied)?;
    Some(Owner { domain: Some(domain), user, space, reason: "tag" })
}

fn by_arn() -> Owner {
    Owner { domain: None, user: None, space: None, reason: "resource-arn" }
}

/// Tags of the whole bill tell whether an app's owner is a space; else its type does.
fn lives_in_space(lines: &[Line], domain: &str, name: &str, kind: &str) -> bool {
    let full = format!("{domain}/{name}");
    let is_known = |word: &str| !tagged(lines, word, &full).is_empty();
    match (is_known("user"), is_known("space")) {
        (false, true) => true,
        (true, false) => false,
        _ => ["jupyterlab", "codeeditor"].contains(&kind.to_lowercase().as_str()),
    }
}

/// The ARN as tags spell it, else as the resource does.
fn spelled(lines: &[Line], word: &str, name: &str) -> String {
    let kind = if word == "user" { "user-profile" } else { word };
    let own = format!("{HEAD}{kind}/{name}");
    tagged(lines, word, name).into_iter().min().unwrap_or(own)
}

/// Tag values of the whole bill that mean this name, letter case aside.
fn tagged(lines: &[Line], word: &str, name: &str) -> Vec<String> {
    let all = lines.iter().filter_map(|line| match word {
        "space" => line.text("space").or_else(|| line.text("shared_space")),
        _ => line.text(word),
    });
    let wanted = format!("/{name}").to_lowercase();
    all.filter(|value| value.to_lowercase().ends_with(&wanted)).collect()
}

fn domain_of(arn: &str) -> String {
    format!("{HEAD}domain/{}", arn.split('/').nth(1).unwrap())
}

fn key(line: &Line, word: &str, owner: &Owner) -> Option<String> {
    match word {
        "domain" => owner.domain.clone(),
        "user" => owner.user.clone(),
        "space" => owner.space.clone(),
        "reason" => Some(owner.reason.to_owned()),
        "line-type" => line.text("type"),
        "service" => line.text("product"),
        "usage-type" => line.text("usage_type"),
        "day" => line.text("day").map(|day| day[..10].to_owned()),
        "month" => line.text("month").map(|day| day[..7].to_owned()),
        "component" => Some(component(line).to_owned()),
        other => line.text(other),
    }
}

fn component(line: &Line) -> &'static str {
    match (line.text("product").as_deref(), line.text("usage_type").as_deref()) {
        (Some("AmazonEFS"), _) => "efs",
        (Some("MachineLearningSavingsPlans"), _) => "savings-plan-fee",
        (Some("AmazonSageMaker"), Some("USE1-Studio:JupyterLab-ml.t3.medium")) => {
            "studio-jupyterlab"
        }
        (Some("AmazonSageMaker"), Some("USE1-RStudio:RSessionGateway-ml.t3.medium")) => "rstudio",
        (Some("AmazonSageMaker"), Some("Train:ml.m5.large")) => "training",
        (Some("AmazonSageMaker"), _) => "sagemaker-other",
        _ => "other-service",
    }
}
