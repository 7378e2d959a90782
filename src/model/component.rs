//! Components: what kind of SageMaker work a usage type pays for.
//!
//! In:    a product code and a usage type as AWS spells them.
//! Out:   the component's name, by a table that is read top down.
//! Never: looks for a word inside a word: `RStudio` is not Studio, `TrainWarmPool` is not Train.
//!
//! Source: usage types of `cur-schemas` 5.2 (price lists, CUDOS, sample bills); read 2026-11.

/// How a token of a usage type is compared; letter case never matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// Any token at all.
    Any,
    /// Exactly this token.
    Is(&'static str),
    /// A token that begins so.
    Begins(&'static str),
}

/// One row: the first token, a word that must follow somewhere, and the component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsageTypeRule {
    /// The token after the region prefix.
    pub first: Token,
    /// A token that must come later, if any is asked for.
    pub later: Option<&'static str>,
    /// The component.
    pub component: &'static str,
}

const fn row(first: Token, later: Option<&'static str>, component: &'static str) -> UsageTypeRule {
    UsageTypeRule { first, later, component }
}

use Token::{Any, Begins, Is};

/// Usage types of product `AmazonSageMaker`; the first row that fits wins.
pub const USAGE_TYPES: &[UsageTypeRule] = &[
    row(Is("UnifiedStudio"), None, "unified-studio"),
    row(Is("RStudio"), None, "rstudio"),
    row(Is("Studio"), Some("VolumeUsage"), "studio-storage"),
    row(Is("Studio"), Some("JupyterLab"), "studio-jupyterlab"),
    row(Is("Studio"), Some("KernelGateway"), "studio-kernelgateway"),
    row(Is("Studio"), Some("CodeEditor"), "studio-codeeditor"),
    row(Is("Studio"), Some("JupyterServer"), "studio-jupyterserver"),
    row(Is("Studio"), None, "studio-other"),
    row(Is("Cluster"), None, "hyperpod"),
    row(Is("Canvas"), None, "canvas"),
    row(Is("FeatureStore"), None, "feature-store"),
    row(Begins("MLflow"), None, "mlflow"),
    row(Begins("PartnerApp"), None, "partner-app"),
    row(Any, Some("VolumeUsage"), "sagemaker-storage"),
    row(Any, Some("StorageIOUsage"), "sagemaker-storage"),
    row(Is("VolumeUsage"), None, "sagemaker-storage"),
    row(Is("Notebk"), None, "notebook-instance"),
    row(Begins("TrainWarmPool"), None, "training-warm-pool"),
    row(Begins("TrSpt"), None, "spot-training"),
    row(Is("SpotTraining"), None, "spot-training"),
    row(Is("Train"), None, "training"),
    row(Is("Processing"), None, "processing"),
    row(Is("DataWrangler"), None, "data-wrangler"),
    row(Is("Host"), None, "hosting"),
    row(Is("AsyncInf"), None, "hosting"),
    row(Is("Tsform"), None, "batch-transform"),
    row(Is("Geospatial"), None, "geospatial"),
    row(Begins("LabeledObject"), None, "labeling"),
    row(Begins("A2I"), None, "labeling"),
    row(Begins("Autopilot"), None, "autopilot"),
    row(Is("DataTransfer"), None, "data-transfer"),
    row(Is("AWS"), Some("Bytes"), "data-transfer"),
    row(Any, Some("AWS"), "data-transfer"),
    row(Any, Some("Bytes"), "hosting"),
];

/// Components of whole products, and of SageMaker lines that no usage type places.
pub const PRODUCTS: &[(&str, &str)] =
    &[(SAGEMAKER, "sagemaker-other"), (SAVINGS_PLANS, "savings-plan-fee"), (EFS, "efs")];

/// The product code of SageMaker itself.
pub const SAGEMAKER: &str = "AmazonSageMaker";
/// The product code of SageMaker Savings Plan fees.
pub const SAVINGS_PLANS: &str = "MachineLearningSavingsPlans";
/// The product code of the home directories of a domain.
pub const EFS: &str = "AmazonEFS";
/// The component of every line of another service.
pub const OTHER_SERVICE: &str = "other-service";

/// Whether a line of this product counts as SageMaker even when nobody owns it.
pub fn is_sagemaker(product_code: &str) -> bool {
    product_code == SAGEMAKER || product_code == SAVINGS_PLANS
}

/// The component of a line: by product, and inside SageMaker by `of_usage_type`.
pub fn component_of(product_code: &str, of_usage_type: Option<&'static str>) -> &'static str {
    if let (SAGEMAKER, Some(component)) = (product_code, of_usage_type) {
        return component;
    }
    let product = PRODUCTS.iter().find(|(code, _)| *code == product_code);
    product.map_or(OTHER_SERVICE, |(_, component)| component)
}

/// The component of a SageMaker usage type, `None` when the table does not know it.
///
/// The region prefix (`USE1-`, `EU-`) is dropped only when the table knows the rest.
pub fn of_usage_type(usage_type: &str) -> Option<&'static str> {
    let tokens: Vec<&str> = usage_type.split([':', '-', '.']).collect();
    let without_region = tokens.split_first().filter(|(first, _)| is_region_prefix(first));
    without_region.and_then(|(_, rest)| lookup(rest)).or_else(|| lookup(&tokens))
}

/// The instance type inside a usage type: `ml.g5.xlarge` of `USE1-Train:ml.g5.xlarge`.
pub fn instance_type_of(usage_type: &str) -> Option<&str> {
    let start = usage_type
        .match_indices("ml.")
        .map(|(at, _)| at)
        .find(|at| *at == 0 || matches!(usage_type.as_bytes()[at - 1], b':' | b'-'))?;
    let found = &usage_type[start..];
    (found.split('.').count() == 3 && !found.contains([':', ' '])).then_some(found)
}

fn lookup(tokens: &[&str]) -> Option<&'static str> {
    let (first, later) = tokens.split_first()?;
    let fits = |rule: &&UsageTypeRule| {
        let first_fits = match rule.first {
            Token::Any => true,
            Token::Is(word) => first.eq_ignore_ascii_case(word),
            Token::Begins(word) => {
                first.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word))
            }
        };
        first_fits
            && rule.later.is_none_or(|word| later.iter().any(|t| t.eq_ignore_ascii_case(word)))
    };
    USAGE_TYPES.iter().find(fits).map(|rule| rule.component)
}

/// Two to four capital letters and at most one digit: `EU`, `USE1`, `APN2`, `UGW1`.
fn is_region_prefix(token: &str) -> bool {
    let letters = token.trim_end_matches(|c: char| c.is_ascii_digit());
    (2..=4).contains(&letters.len())
        && token.len() - letters.len() <= 1
        && letters.bytes().all(|b| b.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_usage_type_has_its_component() {
        for (usage_type, component) in [
            ("Studio:KernelGateway-ml.t3.medium", "studio-kernelgateway"),
            ("USE1-Studio:JupyterLab-ml.t3.medium", "studio-jupyterlab"),
            ("EU-Studio:CodeEditor-ml.t3.medium", "studio-codeeditor"),
            ("APN2-Studio:JupyterServer-ml.t3.medium", "studio-jupyterserver"),
            ("USE1-Studio:VolumeUsage.gp3", "studio-storage"),
            ("USW2-UnifiedStudio:Notebook-ml.t3.medium", "unified-studio"),
            ("UnifiedStudio:VolumeUsage.gp3", "unified-studio"),
            ("RStudio:RSessionGateway-ml.t3.medium", "rstudio"),
            ("USE1-Rstudio:Rsession-ml.t3.medium", "rstudio"),
            ("USE2-Notebk:ml.t3.medium", "notebook-instance"),
            ("USE1-Notebk:VolumeUsage.gp2", "sagemaker-storage"),
            ("EUC1-Train:ml.p3.2xlarge", "training"),
            ("Train:ml.m5.large", "training"),
            ("USE1-TrainWarmPool:ml.p3.2xlarge", "training-warm-pool"),
            ("TrainWarmPoolUsage-ml.g5.xlarge", "training-warm-pool"),
            ("USE1-TrSpt:ml.g4dn.xlarge", "spot-training"),
            ("TrSptUsage:ml.g4dn.xlarge", "spot-training"),
            ("USE1-Processing:ml.m5.xlarge", "processing"),
            ("DataWrangler:ml.m5.4xlarge", "data-wrangler"),
            ("USE1-Host:ml.m5.large", "hosting"),
            ("AsyncInf:ml.g5.xlarge", "hosting"),
            ("USE1-Host:Data-Bytes-Out", "hosting"),
            ("USE1-Data-Bytes-In", "hosting"),
            ("Tsform:ml.m5.large", "batch-transform"),
            ("USE1-Cluster:ml.p5.48xlarge", "hyperpod"),
            ("Cluster:VolumeUsage.gp2", "hyperpod"),
            ("Canvas:Session-Hrs", "canvas"),
            ("USE1-Canvas:CreateModelRequest-Tier0", "canvas"),
            ("FeatureStore:ReadRequestUnits", "feature-store"),
            ("USE1-FeatureStore:WriteRequestUnits", "feature-store"),
            ("FeatureStore:TimedAndPITRStorage", "feature-store"),
            ("Geospatial:ComputeUnits", "geospatial"),
            ("LabeledObjects", "labeling"),
            ("A2I-Human-Review", "labeling"),
            ("AutopilotAutoML", "autopilot"),
            ("PartnerApp:small", "partner-app"),
            ("USE1-MLflow:Small", "mlflow"),
            ("USE1-Host:VolumeUsage.gp2", "sagemaker-storage"),
            ("Train:VolumeUsage.gp3", "sagemaker-storage"),
            ("USE1-VolumeUsage.gp3", "sagemaker-storage"),
            ("Notebk:StorageIOUsage", "sagemaker-storage"),
            ("USE1-USW2-AWS-Out-Bytes", "data-transfer"),
        ] {
            assert_eq!(of_usage_type(usage_type), Some(component), "{usage_type}");
        }
        assert_eq!(of_usage_type("USE1-Quantum:ml.q1.large"), None);
    }

    #[test]
    fn a_product_decides_before_the_usage_type() {
        let studio = of_usage_type("Studio:JupyterLab-ml.t3.medium");
        assert_eq!(component_of(SAGEMAKER, studio), "studio-jupyterlab");
        assert_eq!(component_of(SAGEMAKER, None), "sagemaker-other");
        assert_eq!(component_of("AmazonEFS", None), "efs");
        assert_eq!(component_of("MachineLearningSavingsPlans", None), "savings-plan-fee");
        assert_eq!(component_of("AmazonEC2", studio), "other-service");
        assert_eq!(component_of("", None), "other-service");
    }

    #[test]
    fn the_instance_type_is_the_tail_of_the_usage_type() {
        for (usage_type, instance_type) in [
            ("USE1-Studio:JupyterLab-ml.t3.medium", Some("ml.t3.medium")),
            ("Train:ml.p3.2xlarge", Some("ml.p3.2xlarge")),
            ("Studio:VolumeUsage.gp3", None),
            ("Html.x.y", None),
            ("", None),
        ] {
            assert_eq!(instance_type_of(usage_type), instance_type, "{usage_type}");
        }
    }
}
