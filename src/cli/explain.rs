//! `curtail explain`: why somebody or something costs what it costs.
//!
//! In:    its arguments.
//! Out:   a tree from the total down to charges.
//! Never: does more than resolve, call and write.

use std::process::ExitCode;

use clap::{ArgGroup, Args};

use crate::cli::arguments::{self, OutputArguments, SourceArguments};
use crate::cli::complaint::Complaint;
use crate::cli::{output, settings};
use crate::model::metric::CostMetric;
use crate::model::period::BillingPeriod;
use crate::pipeline;
use crate::report::explain::{Settings, Subject};

/// Show why a tenant, a user or a resource costs what it costs
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
#[command(group = ArgGroup::new("subject").required(true).args(["tenant", "user", "resource"]))]
pub(super) struct Arguments {
    #[command(flatten)]
    source: SourceArguments,

    /// A tenant: own cost by rule, owner, component and resource; shared cost by pool and origin
    #[arg(long, value_name = "TENANT")]
    tenant: Option<String>,

    /// A user profile: its name or its ARN; tenants, reasons, components
    #[arg(long, value_name = "USER")]
    user: Option<String>,

    /// A resource id as delivered; months, owners, tags that decided, days
    #[arg(long, value_name = "ARN")]
    resource: Option<String>,

    /// Say why the cost changed since this billing period: by price, quantity, mix of types,
    /// commitment coverage, new and gone resources
    #[arg(long, value_name = "MONTH", value_parser = arguments::month)]
    against: Option<BillingPeriod>,

    /// Cost that is meant: unblended, amortized, `net_unblended`, `net_amortized`, list, blended
    #[arg(long, value_name = "METRIC", default_value = "amortized")]
    #[arg(value_parser = arguments::metric)]
    metric: CostMetric,

    /// Branches of one node before the small ones are shown as one; 0 shows all. Data formats hold
    /// all
    #[arg(long, value_name = "N", default_value_t = 5)]
    limit: usize,

    #[command(flatten)]
    output: OutputArguments,
}

const EXAMPLES: &str = "\
Without --month the latest billing period is explained; a resource in every month.

Examples:
  curtail explain exports/ --tenant search
  curtail explain exports/ --user alice --month 2026-10 --limit 0
  curtail explain exports/ --resource arn:aws:sagemaker:eu-west-1:111122223333:endpoint/churn
  curtail explain exports/ --tenant search --month 2026-10 --against 2026-09
  curtail explain exports/ --tenant search --format json -o search.json";

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Complaint> {
    let source = settings::source(&arguments.source)?;
    let format = settings::format(&arguments.output)?;
    if format.is_chart() {
        let hint = "use another format; `curtail spend` draws";
        return Err(Complaint::usage("an explanation is not a picture", hint));
    }
    let subject = match (&arguments.tenant, &arguments.user, &arguments.resource) {
        (Some(tenant), ..) => Subject::Tenant(tenant.clone()),
        (_, Some(user), _) => Subject::User(user.clone()),
        (.., resource) => Subject::Resource(resource.clone().unwrap_or_default()),
    };
    let month = arguments.source.one_month()?;
    let settings = Settings { limit: (arguments.limit > 0).then_some(arguments.limit) };
    let report = match arguments.against {
        Some(against) if month == Some(against) => {
            let hint = "name the earlier month with `--against`, the later one with `--month`";
            return Err(Complaint::usage("a month is compared with another one", hint));
        }
        Some(against) => pipeline::change(&source, &subject, month, against, arguments.metric)?,
        None => pipeline::explain(&source, &subject, month, arguments.metric, settings)?,
    };
    output::show(&report, format, &arguments.output)
}
