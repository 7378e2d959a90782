//! Price list: what can be bought in a generated organisation, and how it shows on the bill.
//!
//! In:    nothing; it is a table.
//! Out:   [`OFFERS`], one row per kind of usage; [`Product`]s.
//! Never: decides who buys.
//!
//! Long because it is one flat table: a row per kind of usage.

use crate::sample::amount::{ONE, Units};

/// One AWS service: code, service code of the price list, name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Product {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
}

pub(super) const SAGEMAKER: Product = Product { code: "AmazonSageMaker", name: "Amazon SageMaker" };
pub(super) const ML_PLANS: Product =
    Product { code: "MachineLearningSavingsPlans", name: "Savings Plans for AWS Machine Learning" };
pub(super) const EC2: Product = Product { code: "AmazonEC2", name: "Amazon Elastic Compute Cloud" };
pub(super) const S3: Product = Product { code: "AmazonS3", name: "Amazon Simple Storage Service" };
pub(super) const RDS: Product =
    Product { code: "AmazonRDS", name: "Amazon Relational Database Service" };
pub(super) const SUPPORT: Product =
    Product { code: "AWSSupportBusiness", name: "AWS Support (Business)" };
const EFS: Product = Product { code: "AmazonEFS", name: "Amazon Elastic File System" };
const GLUE: Product = Product { code: "AWSGlue", name: "AWS Glue" };
const LAMBDA: Product = Product { code: "AWSLambda", name: "AWS Lambda" };
const CLOUDWATCH: Product = Product { code: "AmazonCloudWatch", name: "AmazonCloudWatch" };
const VPC: Product = Product { code: "AmazonVPC", name: "Amazon Virtual Private Cloud" };
const DYNAMODB: Product = Product { code: "AmazonDynamoDB", name: "Amazon DynamoDB" };

/// What the resource id of a line names, and hence which tags it can carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resource {
    /// `app/<domain>/<user>/<type>/...`
    UserApp(&'static str),
    /// `app/<domain>/<private space>/<type>/default`
    PrivateApp(&'static str),
    /// `app/<domain>/<shared space>/<type>/default`
    SharedApp(&'static str),
    /// `space/<domain>/<space>`, private or shared.
    SpaceItself,
    /// `user-profile/<domain>/<user>`; its lines carry no domain tag.
    UserItself,
    /// `domain/<domain>`; its lines never carry a tag of `SageMaker`.
    DomainItself,
    /// `<kind>/<name>` of a person or a shared space: the ARN tells nothing.
    Job(&'static str),
    /// `<kind>/<name>` with the domain's tag alone.
    DomainJob(&'static str),
    /// The home directories of a domain.
    HomeDirectories,
    /// A Glue session started from a shared space.
    GlueSession,
    /// Anything else, by its pattern: `{r}` region, `{a}` account, `{x}` random digits.
    Other(&'static str),
}

/// Which commitment can pay for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Eligible {
    Nothing,
    SavingsPlan,
    /// The reservation with this index.
    Reservation(usize),
}

/// How much of it one slice uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meter {
    /// Hours of an instance, whole or in part.
    Hours,
    /// Hours that are always whole: reservations are counted in them.
    WholeHours,
    /// A volume of 5 to this many gigabytes, by the month.
    Volume(u64),
    /// Up to this many thousandths.
    Thousandths(u64),
}

/// One kind of usage.
#[derive(Debug)]
pub(super) struct Offer {
    pub(super) product: &'static Product,
    /// After the region prefix; `{}` is the instance type.
    pub(super) usage: &'static str,
    pub(super) operation: &'static str,
    pub(super) component: &'static str,
    pub(super) unit: &'static str,
    pub(super) meter: Meter,
    pub(super) resource: Resource,
    pub(super) eligible: Eligible,
    /// Instance types and their rates; one entry without a name where there are no instances.
    pub(super) menu: &'static [(&'static str, Units)],
    /// Its share of the rows that run round the clock, and of those that come and go.
    pub(super) weights: (u64, u64),
    /// Shortest and longest life in hours.
    pub(super) life: (u64, u64),
}

type Menu = &'static [(&'static str, Units)];

const fn milli(thousandths: i64) -> Units {
    thousandths * (ONE / 1000)
}

const NOTEBOOKS: Menu = &[
    ("ml.t3.medium", milli(50)),
    ("ml.t3.large", milli(100)),
    ("ml.m5.xlarge", milli(230)),
    ("ml.g4dn.xlarge", 7_364_000_000),
    ("ml.g5.2xlarge", milli(1_515)),
];
const SYSTEM: Menu = &[("ml.t3.medium", 0)];
const WORKERS: Menu = &[
    ("ml.m5.xlarge", milli(230)),
    ("ml.c5.4xlarge", milli(816)),
    ("ml.g5.12xlarge", 70_900_000_000),
    ("ml.p3.2xlarge", 38_250_000_000),
];
const SPOT_WORKERS: Menu = &[("ml.m5.xlarge", 691_300_000), ("ml.p3.2xlarge", 11_475_100_000)];
const SERVERS: Menu = &[
    ("ml.t2.medium", 560_000_000),
    ("ml.m5.large", milli(115)),
    ("ml.g4dn.xlarge", 7_364_000_000),
];

/// The shape most rows share: a `SageMaker` instance by the hour, under the Savings Plan.
const fn instance(usage: &'static str, component: &'static str, resource: Resource) -> Offer {
    Offer {
        product: &SAGEMAKER,
        usage,
        operation: "RunInstance",
        component,
        unit: "Hrs",
        meter: Meter::Hours,
        resource,
        eligible: Eligible::SavingsPlan,
        menu: NOTEBOOKS,
        weights: (1, 3),
        life: (2, 10),
    }
}

/// `SageMaker` usage that is not an instance.
const fn metered(usage: &'static str, component: &'static str, resource: Resource) -> Offer {
    Offer {
        eligible: Eligible::Nothing,
        operation: "",
        menu: const { &[("", milli(2))] },
        meter: Meter::Thousandths(4_000_000),
        unit: "Requests",
        ..instance(usage, component, resource)
    }
}

/// A volume.
const fn volume(usage: &'static str, component: &'static str, resource: Resource) -> Offer {
    Offer {
        operation: "CreateVolume-Gp3",
        menu: const { &[("", 1_120_000_000)] },
        meter: Meter::Volume(500),
        unit: "GB-Mo",
        life: (200, 2_000),
        weights: (3, 1),
        ..metered(usage, component, resource)
    }
}

/// Usage of another service, counted in thousandths.
const fn other(
    product: &'static Product,
    usage: &'static str,
    operation: &'static str,
    pattern: &'static str,
) -> Offer {
    Offer {
        product,
        operation,
        component: "other-service",
        life: (48, 1_000),
        weights: (2, 2),
        ..metered(usage, "other-service", Resource::Other(pattern))
    }
}

const EC2_ARN: &str = "i-{x}";
const RDS_ARN: &str = "arn:aws:rds:{r}:{a}:db:db-{x}";

/// Every kind of usage that runs in slices. `SageMaker` first; the order is part of the streams.
pub(super) const OFFERS: &[Offer] = &[
    Offer {
        weights: (6, 24),
        ..instance("Studio:JupyterLab-{}", "studio-jupyterlab", Resource::PrivateApp("jupyterlab"))
    },
    Offer {
        weights: (0, 8),
        ..instance(
            "Studio:KernelGateway-{}",
            "studio-kernelgateway",
            Resource::UserApp("kernelgateway"),
        )
    },
    Offer {
        weights: (1, 6),
        ..instance("Studio:JupyterLab-{}", "studio-jupyterlab", Resource::SharedApp("jupyterlab"))
    },
    Offer {
        menu: SYSTEM,
        eligible: Eligible::Nothing,
        weights: (4, 6),
        ..instance(
            "Studio:JupyterServer-{}",
            "studio-jupyterserver",
            Resource::UserApp("jupyterserver"),
        )
    },
    Offer {
        weights: (10, 4),
        ..volume("Studio:VolumeUsage.gp3", "studio-storage", Resource::SpaceItself)
    },
    Offer {
        weights: (3, 8),
        menu: WORKERS,
        ..instance("Train:{}", "training", Resource::Job("training-job"))
    },
    Offer {
        product: &EFS,
        operation: "",
        component: "efs",
        ..volume("TimedStorage-ByteHrs", "efs", Resource::HomeDirectories)
    },
    Offer {
        weights: (8, 3),
        menu: SERVERS,
        life: (72, 700),
        ..instance("Host:{}", "hosting", Resource::Job("endpoint"))
    },
    Offer {
        weights: (1, 6),
        ..instance("Studio:CodeEditor-{}", "studio-codeeditor", Resource::PrivateApp("codeeditor"))
    },
    Offer {
        weights: (2, 5),
        menu: WORKERS,
        ..instance("Processing:{}", "processing", Resource::Job("processing-job"))
    },
    Offer {
        weights: (2, 3),
        menu: SPOT_WORKERS,
        eligible: Eligible::Nothing,
        ..instance("TrSpt:{}", "spot-training", Resource::Job("training-job"))
    },
    Offer {
        weights: (0, 2),
        ..instance(
            "Studio:KernelGateway-{}",
            "studio-kernelgateway",
            Resource::SharedApp("kernelgateway"),
        )
    },
    instance("TrainWarmPool:{}", "training-warm-pool", Resource::Job("training-job")),
    instance("DataWrangler:{}", "data-wrangler", Resource::UserApp("kernelgateway")),
    Offer {
        menu: WORKERS,
        ..instance("Tsform:{}", "batch-transform", Resource::Job("transform-job"))
    },
    Offer {
        weights: (3, 2),
        life: (24, 300),
        ..instance("Notebk:{}", "notebook-instance", Resource::Job("notebook-instance"))
    },
    instance("RStudio:RSessionGateway-{}", "rstudio", Resource::UserApp("rsessiongateway")),
    Offer {
        menu: &[("", milli(1_900))],
        eligible: Eligible::Nothing,
        operation: "",
        ..instance("Canvas:Session-Hrs", "canvas", Resource::UserApp("canvas"))
    },
    Offer {
        weights: (1, 0),
        menu: WORKERS,
        eligible: Eligible::Nothing,
        life: (100, 500),
        ..instance("Cluster:{}", "hyperpod", Resource::DomainJob("cluster"))
    },
    metered("FeatureStore:ReadRequestUnits", "feature-store", Resource::DomainJob("feature-group")),
    Offer {
        eligible: Eligible::Nothing,
        ..instance("UnifiedStudio:Notebook-{}", "unified-studio", Resource::UserItself)
    },
    Offer {
        weights: (2, 1),
        ..volume("Host:VolumeUsage.gp3", "sagemaker-storage", Resource::Job("endpoint"))
    },
    Offer {
        unit: "GB",
        operation: "Invoke-Endpoint",
        ..metered("Host:Data-Bytes-Out", "hosting", Resource::Job("endpoint"))
    },
    Offer {
        unit: "GB",
        operation: "",
        menu: &[("", milli(90))],
        meter: Meter::Thousandths(20_000),
        ..metered("DataTransfer-Out-Bytes", "data-transfer", Resource::DomainItself)
    },
    Offer {
        menu: &[("", milli(642))],
        eligible: Eligible::Nothing,
        operation: "",
        ..instance("MLflow:TrackingServer-Small", "mlflow", Resource::Job("mlflow-tracking-server"))
    },
    Offer {
        product: &GLUE,
        component: "other-service",
        operation: "GlueInteractiveSession",
        unit: "DPU-Hour",
        menu: &[("", milli(440))],
        meter: Meter::Thousandths(20_000),
        ..metered("GlueInteractiveSession-DPU-Hour", "other-service", Resource::GlueSession)
    },
    Offer {
        eligible: Eligible::Reservation(0),
        unit: "Hrs",
        meter: Meter::WholeHours,
        menu: &[("m5.large", milli(96))],
        weights: (6, 4),
        ..other(&EC2, "BoxUsage:{}", "RunInstances", EC2_ARN)
    },
    Offer {
        unit: "Hrs",
        meter: Meter::Hours,
        menu: &[
            ("t3.micro", 104_000_000),
            ("c5.2xlarge", milli(340)),
            ("r5.4xlarge", milli(1_008)),
        ],
        weights: (8, 8),
        ..other(&EC2, "BoxUsage:{}", "RunInstances", EC2_ARN)
    },
    Offer {
        unit: "GB-Mo",
        menu: &[("", milli(23))],
        ..other(&S3, "TimedStorage-ByteHrs", "StandardStorage", "example-bucket-{x}")
    },
    Offer {
        eligible: Eligible::Reservation(1),
        unit: "Hrs",
        meter: Meter::WholeHours,
        menu: &[("db.r5.large", milli(250))],
        weights: (2, 1),
        ..other(&RDS, "InstanceUsage:{}", "CreateDBInstance:0014", RDS_ARN)
    },
    Offer {
        meter: Meter::Volume(2_000),
        unit: "GB-Mo",
        menu: &[("", milli(80))],
        ..other(&EC2, "EBS:VolumeUsage.gp3", "CreateVolume-Gp3", "vol-{x}")
    },
    Offer {
        menu: &[("", 4_000)],
        ..other(&S3, "Requests-Tier1", "PutObject", "example-bucket-{x}")
    },
    Offer {
        unit: "Lambda-GB-Second",
        menu: &[("", 166_670)],
        ..other(&LAMBDA, "Lambda-GB-Second", "Invoke", "arn:aws:lambda:{r}:{a}:function:fn-{x}")
    },
    Offer {
        unit: "Hrs",
        meter: Meter::Hours,
        menu: &[("", milli(45))],
        ..other(&VPC, "NatGateway-Hours", "NatGateway", "arn:aws:ec2:{r}:{a}:natgateway/nat-{x}")
    },
    Offer {
        unit: "Metrics",
        menu: &[("", milli(300))],
        meter: Meter::Thousandths(900),
        ..other(&CLOUDWATCH, "CW:MetricMonitorUsage", "MetricStorage", "")
    },
    Offer {
        unit: "ReadRequestUnits",
        menu: &[("", 2_500)],
        ..other(&DYNAMODB, "ReadRequestUnits", "GetItem", "arn:aws:dynamodb:{r}:{a}:table/t-{x}")
    },
    Offer {
        product: &EFS,
        component: "efs",
        meter: Meter::Volume(300),
        unit: "GB-Mo",
        menu: &[("", milli(300))],
        ..other(
            &EFS,
            "TimedStorage-ByteHrs",
            "",
            "arn:aws:elasticfilesystem:{r}:{a}:file-system/fs-{x}",
        )
    },
];

impl Offer {
    /// Whether its series count as `SageMaker` work: the service, its home directories, and the
    /// Glue sessions of Studio.
    pub(super) fn is_sagemaker_work(&self) -> bool {
        !matches!(self.resource, Resource::Other(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_offer_can_run_and_nothing_costs_a_fraction_of_a_unit() {
        for offer in OFFERS {
            assert!(offer.weights.0 + offer.weights.1 > 0, "{}", offer.usage);
            assert!(offer.life.0 <= offer.life.1);
            assert!(offer.menu.iter().all(|(_, rate)| rate % 10 == 0), "{}", offer.usage);
            assert_eq!(offer.usage.contains("{}"), !offer.menu[0].0.is_empty(), "{}", offer.usage);
        }
    }
}
