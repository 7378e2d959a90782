//! Service: where a product of AWS stands in FOCUS's taxonomy of services.
//!
//! In:    a product code of CUR.
//! Out:   [`service_of`]: its `ServiceCategory` and `ServiceSubcategory`.
//! Never: invents a value; what is not in the table is `Other`.
//!
//! Sources: the allowed values of FOCUS 1.2 (`ServiceSubcategory`, each with one parent); the FOCUS
//! converters' `aws_category_mapping.csv` for the categories; the subcategories are ours, by the
//! specification's descriptions, which move `AmazonApiGateway` to `Integration`; read 2026-11.

const AI: &str = "AI and Machine Learning";
const ANALYTICS: &str = "Analytics";
const COMPUTE: &str = "Compute";
const DATABASES: &str = "Databases";
const DEVELOPER: &str = "Developer Tools";
const GOVERNANCE: &str = "Management and Governance";
const INTEGRATION: &str = "Integration";
const MIGRATION: &str = "Migration";
const NETWORKING: &str = "Networking";
const SECURITY: &str = "Security";
const STORAGE: &str = "Storage";

/// Product code, `ServiceCategory`, `ServiceSubcategory`.
const SERVICES: &[(&str, &str, &str)] = &[
    ("AmazonSageMaker", AI, "Machine Learning"),
    ("MachineLearningSavingsPlans", AI, "Machine Learning"),
    ("AmazonPersonalize", AI, "Machine Learning"),
    ("AmazonBedrock", AI, "Generative AI"),
    ("AmazonLex", AI, "Bots"),
    ("comprehend", AI, "Natural Language Processing"),
    ("transcribe", AI, "Natural Language Processing"),
    ("translate", AI, "Natural Language Processing"),
    ("AmazonRekognition", AI, "Other (AI and Machine Learning)"),
    ("AmazonTextract", AI, "Other (AI and Machine Learning)"),
    ("AWSGlue", ANALYTICS, "Data Processing"),
    ("ElasticMapReduce", ANALYTICS, "Data Processing"),
    ("AmazonAthena", ANALYTICS, "Analytics Platforms"),
    ("AWSLakeFormation", ANALYTICS, "Analytics Platforms"),
    ("AmazonQuickSight", ANALYTICS, "Business Intelligence"),
    ("AmazonES", ANALYTICS, "Search"),
    ("AmazonKinesis", ANALYTICS, "Streaming Analytics"),
    ("AmazonKinesisFirehose", ANALYTICS, "Streaming Analytics"),
    ("AmazonMSK", ANALYTICS, "Streaming Analytics"),
    ("AmazonEC2", COMPUTE, "Virtual Machines"),
    ("AWSLambda", COMPUTE, "Serverless Compute"),
    ("AmazonECR", COMPUTE, "Containers"),
    ("AmazonECS", COMPUTE, "Containers"),
    ("AmazonEKS", COMPUTE, "Containers"),
    ("AmazonAppStream", COMPUTE, "End User Computing"),
    ("ComputeSavingsPlans", COMPUTE, "Other (Compute)"),
    ("AmazonRDS", DATABASES, "Relational Databases"),
    ("AmazonDynamoDB", DATABASES, "NoSQL Databases"),
    ("AmazonDocDB", DATABASES, "NoSQL Databases"),
    ("AmazonNeptune", DATABASES, "NoSQL Databases"),
    ("AmazonElastiCache", DATABASES, "Caching"),
    ("AmazonMemoryDB", DATABASES, "Caching"),
    ("AmazonRedshift", DATABASES, "Data Warehouses"),
    ("AmazonTimestream", DATABASES, "Time Series Databases"),
    ("CodeBuild", DEVELOPER, "Continuous Integration and Deployment"),
    ("AWSCodePipeline", DEVELOPER, "Continuous Integration and Deployment"),
    ("AWSCodeCommit", DEVELOPER, "Source Code Management"),
    ("AWSCodeArtifact", DEVELOPER, "Other (Developer Tools)"),
    ("AmazonCloudWatch", GOVERNANCE, "Observability"),
    ("AWSCloudTrail", GOVERNANCE, "Observability"),
    ("AWSConfig", GOVERNANCE, "Compliance"),
    ("AWSBudgets", GOVERNANCE, "Cost Management"),
    ("AWSCostExplorer", GOVERNANCE, "Cost Management"),
    ("AWSSystemsManager", GOVERNANCE, "Other (Management and Governance)"),
    ("AWSSupportBusiness", GOVERNANCE, "Support"),
    ("AWSSupportEnterprise", GOVERNANCE, "Support"),
    ("AWSQueueService", INTEGRATION, "Messaging"),
    ("AmazonSNS", INTEGRATION, "Messaging"),
    ("AmazonMQ", INTEGRATION, "Messaging"),
    ("AmazonStates", INTEGRATION, "Workflow Orchestration"),
    ("AmazonMWAA", INTEGRATION, "Workflow Orchestration"),
    ("AmazonApiGateway", INTEGRATION, "API Management"),
    ("AWSDataSync", MIGRATION, "Data Migration"),
    ("AWSDatabaseMigrationSvc", MIGRATION, "Data Migration"),
    ("AmazonVPC", NETWORKING, "Network Infrastructure"),
    ("AWSDataTransfer", NETWORKING, "Network Connectivity"),
    ("AWSDirectConnect", NETWORKING, "Network Connectivity"),
    ("AWSELB", NETWORKING, "Application Networking"),
    ("AmazonRoute53", NETWORKING, "Network Routing"),
    ("AmazonCloudFront", NETWORKING, "Content Delivery"),
    ("AWSNetworkFirewall", NETWORKING, "Network Security"),
    ("awskms", SECURITY, "Secret Management"),
    ("AWSSecretsManager", SECURITY, "Secret Management"),
    ("AWSSecurityHub", SECURITY, "Security Posture Management"),
    ("AmazonGuardDuty", SECURITY, "Threat Detection and Response"),
    ("awswaf", SECURITY, "Other (Security)"),
    ("AmazonS3", STORAGE, "Object Storage"),
    ("AmazonGlacier", STORAGE, "Object Storage"),
    ("AmazonEFS", STORAGE, "File Storage"),
    ("AmazonFSx", STORAGE, "File Storage"),
    ("AWSBackup", STORAGE, "Backup Storage"),
];

/// `ServiceCategory` and `ServiceSubcategory` of a product code.
pub fn service_of(product_code: &str) -> (&'static str, &'static str) {
    let found = SERVICES.iter().find(|(code, ..)| *code == product_code);
    found.map_or(("Other", "Other (Other)"), |(_, category, sub)| (*category, *sub))
}

/// Every category with a subcategory that may be said of a service.
pub fn said() -> impl Iterator<Item = (&'static str, &'static str)> {
    SERVICES.iter().map(|(_, category, sub)| (*category, *sub)).chain([service_of("")])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_is_told_once_and_an_unknown_one_is_other() {
        let mut codes: Vec<&str> = SERVICES.iter().map(|(code, ..)| *code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), SERVICES.len());
        assert_eq!(service_of("AmazonSageMaker").0, AI);
        assert_eq!(service_of("SomethingNew"), ("Other", "Other (Other)"));
    }
}
