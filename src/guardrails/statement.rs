//! Statement: a policy as AWS would enforce it.
//!
//! In:    a [`Policy`].
//! Out:   a service control policy or an IAM policy in JSON, and what no statement can say.
//! Never: denies more than the policy does without saying so, or the `system` instance.
//!
//! Every statement denies, so the two kinds differ in how long they may be alone. Keys as in the
//! Service Authorization Reference of SageMaker. `ForAnyValue:StringNotLike` denies a request that
//! names any instance type that is not allowed, and lets one pass that names none.
//! `ForAllValues:StringNotEquals` over `aws:TagKeys` denies a request without that very key, which
//! `aws:RequestTag` would not: keys are compared without letter case there, and with it on a bill.
//! Each tag has a statement of its own, because conditions of one statement must all hold.

use serde_json::{Map, Value, json};

use super::GuardrailError;
use crate::model::condition::{Atom, Condition};
use crate::model::dimension::Dimension;
use crate::model::glob::Glob;
use crate::model::policy::{Guardrail, Policy, SYSTEM};

/// Where the statements are to be attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// To accounts and organisational units.
    Scp,
    /// To users and roles.
    Iam,
}

/// A policy for AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// JSON, for people.
    pub text: String,
    /// What it leaves out, and what to look at before it is attached.
    pub notes: Vec<String>,
}

/// What starts usage of some components.
struct Launch {
    components: &'static [&'static str],
    actions: &'static [&'static str],
    /// Whether its usage must carry the tags that are asked for.
    tagged: &'static [&'static str],
    /// Where the domain stands in its ARNs.
    of_domain: &'static [&'static str],
}

const LAUNCHES: [Launch; 6] = [
    Launch {
        components: &[
            "studio-jupyterlab",
            "studio-kernelgateway",
            "studio-codeeditor",
            "studio-other",
            "rstudio",
            "canvas",
        ],
        actions: &["CreateApp", "CreateSpace", "UpdateSpace"],
        tagged: &["CreateApp"],
        of_domain: &["app", "space"],
    },
    Launch {
        components: &["training", "spot-training", "training-warm-pool"],
        actions: &["CreateHyperParameterTuningJob", "CreateTrainingJob"],
        tagged: &["CreateTrainingJob"],
        of_domain: &[],
    },
    Launch {
        components: &["processing", "data-wrangler"],
        actions: &["CreateProcessingJob"],
        tagged: &["CreateProcessingJob"],
        of_domain: &[],
    },
    Launch {
        components: &["batch-transform"],
        actions: &["CreateTransformJob"],
        tagged: &[],
        of_domain: &[],
    },
    Launch {
        components: &["hosting"],
        actions: &["CreateEndpointConfig"],
        tagged: &[],
        of_domain: &[],
    },
    Launch {
        components: &["notebook-instance"],
        actions: &["CreateNotebookInstance", "UpdateNotebookInstance"],
        tagged: &[],
        of_domain: &[],
    },
];

/// Where a guardrail holds, as a statement says it.
struct Scope {
    launches: Vec<&'static Launch>,
    resources: Vec<String>,
    accounts: Vec<String>,
}

/// The policy as statements.
///
/// # Errors
/// When nothing of it can be a statement.
pub fn statement(policy: &Policy, kind: Kind) -> Result<Statement, GuardrailError> {
    let (mut statements, mut notes) = (Vec::new(), Vec::new());
    for guardrail in &policy.guardrails {
        match of_guardrail(guardrail, &mut notes) {
            Ok(more) => statements.extend(more),
            Err(why) => notes.push(format!("`{}` is left out: {why}", guardrail.name)),
        }
    }
    if statements.is_empty() {
        return Err(GuardrailError::NoStatement { file: policy.file.clone(), notes });
    }
    name(&mut statements);
    let all = json!({ "Version": "2012-10-17", "Statement": statements });
    let (bytes, most, what) = (all.to_string().len(), kind.most(), kind.name());
    if bytes > most {
        notes.push(format!("{bytes} bytes are more than the {most} of {what}: divide it"));
    }
    Ok(Statement { text: format!("{all:#}\n"), notes })
}

impl Kind {
    /// Both by their words.
    pub const WORDS: [(&'static str, Self); 2] = [("scp", Self::Scp), ("iam", Self::Iam)];

    /// Characters without white space that AWS takes.
    fn most(self) -> usize {
        match self {
            Self::Scp => 5_120,
            Self::Iam => 6_144,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Scp => "a service control policy",
            Self::Iam => "a managed policy",
        }
    }
}

fn of_guardrail(guardrail: &Guardrail, notes: &mut Vec<String>) -> Result<Vec<Value>, String> {
    let scope = Scope::of(guardrail, notes)?;
    let mut statements = Vec::new();
    if !guardrail.instance_types.is_empty() {
        let mut types = likes(&guardrail.instance_types)?;
        if !types.iter().any(|name| name == SYSTEM) {
            types.push(SYSTEM.to_owned());
        }
        let condition = ("ForAnyValue:StringNotLike", "sagemaker:InstanceTypes", types);
        statements.push(scope.deny(guardrail, "InstanceTypes", |of| of.actions, condition));
    }
    if !guardrail.regions.is_empty() {
        let condition = ("StringNotLike", "aws:RequestedRegion", likes(&guardrail.regions)?);
        statements.push(scope.deny(guardrail, "Regions", |of| of.actions, condition));
    }
    for key in &guardrail.tags {
        let condition = ("ForAllValues:StringNotEquals", "aws:TagKeys", vec![key.clone()]);
        statements.push(scope.deny(guardrail, "Tag", |of| of.tagged, condition));
    }
    let asks_apps = scope.launches.iter().any(|of| of.tagged.contains(&"CreateApp"));
    if !guardrail.tags.is_empty() && asks_apps {
        notes.push(format!(
            "`{}`: Studio itself starts apps without tags of the request, so that `CreateApp` \
             would be denied to its users; try the statement on one account first",
            guardrail.name
        ));
    }
    if guardrail.ceiling.is_some() {
        let why = "no statement knows a cost; AWS Budgets may watch it";
        notes.push(format!("`{}`: its ceiling is left out: {why}", guardrail.name));
    }
    Ok(statements.into_iter().flatten().collect())
}

impl Scope {
    fn of(guardrail: &Guardrail, notes: &mut Vec<String>) -> Result<Self, String> {
        let mut scope = Self {
            launches: LAUNCHES.iter().collect(),
            resources: Vec::new(),
            accounts: Vec::new(),
        };
        let mut domains = Vec::new();
        for Atom { dimension, patterns } in atoms(&guardrail.scope) {
            match dimension {
                Dimension::Account => scope.accounts = likes(patterns)?,
                Dimension::Domain => domains = likes(patterns)?,
                Dimension::Component => {
                    let wider = scope.narrow(patterns);
                    if !wider.is_empty() {
                        notes.push(format!(
                            "`{}`: a request does not tell components apart that start in the \
                             same way; denied are also: {}",
                            guardrail.name,
                            wider.join(", ")
                        ));
                    }
                }
                other => {
                    return Err(format!(
                        "AWS does not know a {other}; attach a statement to its accounts or roles"
                    ));
                }
            }
        }
        if !domains.is_empty() {
            if scope.launches.iter().any(|of| of.of_domain.is_empty()) {
                notes.push(format!(
                    "`{}`: only apps and spaces name a domain; jobs and endpoints are not denied",
                    guardrail.name
                ));
            }
            scope.launches.retain(|of| !of.of_domain.is_empty());
            let kinds = scope.launches.iter().flat_map(|of| of.of_domain);
            let resource = |kind: &&str, domain: &String| {
                let id = domain.rsplit('/').next().unwrap_or_default();
                format!("arn:*:sagemaker:*:*:{kind}/{id}/*")
            };
            let of_kind = |kind| domains.iter().map(move |domain| resource(&kind, domain));
            scope.resources = kinds.copied().flat_map(of_kind).collect();
        }
        if scope.launches.is_empty() {
            return Err("nothing that it covers can be denied when it starts".to_owned());
        }
        Ok(scope)
    }

    /// Keeps what starts one of some components; the others that start in the same way.
    fn narrow(&mut self, patterns: &[String]) -> Vec<&'static str> {
        let globs: Vec<Glob> = patterns.iter().filter_map(|of| Glob::parse(of).ok()).collect();
        let fits = |name: &&'static str| globs.iter().any(|glob| glob.fits(name));
        self.launches.retain(|of| of.components.iter().any(fits));
        let all = self.launches.iter().flat_map(|of| of.components).copied();
        all.filter(|name| !fits(name)).collect()
    }

    /// `None` when no action starts what it is about.
    fn deny(
        &self,
        guardrail: &Guardrail,
        what: &str,
        actions: fn(&Launch) -> &'static [&'static str],
        (operator, key, values): (&str, &str, Vec<String>),
    ) -> Option<Value> {
        let actions = self.launches.iter().flat_map(|of| actions(of));
        let actions: Vec<String> = actions.map(|action| format!("sagemaker:{action}")).collect();
        if actions.is_empty() {
            return None;
        }
        let mut condition = Map::new();
        condition.insert(operator.to_owned(), json!({ key: values }));
        if !self.accounts.is_empty() {
            let accounts = json!({ "aws:PrincipalAccount": self.accounts });
            condition.insert("StringLike".to_owned(), accounts);
        }
        let resource = if self.resources.is_empty() { json!("*") } else { json!(self.resources) };
        Some(json!({
            "Sid": format!("{}{what}", plain(&guardrail.name)),
            "Effect": "Deny",
            "Action": actions,
            "Resource": resource,
            "Condition": condition,
        }))
    }
}

fn atoms(condition: &Condition) -> Vec<&Atom> {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().flat_map(atoms).collect(),
        Condition::Not(inner) => atoms(inner),
        Condition::Is(atom) => vec![atom],
    }
}

/// Globs as AWS writes them: `*` and `?` alone.
fn likes(patterns: &[String]) -> Result<Vec<String>, String> {
    let mut all = Vec::new();
    for pattern in patterns {
        let like = Glob::parse(pattern).ok().and_then(|glob| glob.likes());
        all.extend(like.ok_or_else(|| format!("AWS has no pattern such as `{pattern}`"))?);
    }
    Ok(all)
}

/// A name of letters and digits, each word with a capital.
fn plain(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let capital = |word: &str| {
        let (first, rest) = word.split_at(1);
        first.to_ascii_uppercase() + rest
    };
    words.map(capital).collect()
}

/// Numbers statements whose names are the same.
fn name(statements: &mut [Value]) {
    let mut given: Vec<String> = Vec::new();
    for statement in statements {
        let plain = statement["Sid"].as_str().unwrap_or_default().to_owned();
        let numbered = (2_usize..).map(|number| format!("{plain}{number}"));
        let mut names = std::iter::once(plain.clone()).chain(numbered);
        if let Some(free) = names.find(|name| !given.contains(name)) {
            statement["Sid"] = json!(free);
            given.push(free);
        }
    }
}
