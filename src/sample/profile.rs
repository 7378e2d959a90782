//! Profile: what a series of lines says about itself, slice after slice.
//!
//! In:    a price list entry, an account, a resource, tags.
//! Out:   [`Profile`], shared by all its lines; [`Sku`], shared by profiles; [`Line`].
//! Never: holds an amount that changes with the slice.

use std::sync::Arc;

use crate::sample::amount::{Units, rate_text};
use crate::sample::calendar::Span;
use crate::sample::cast::{Account, Region};
use crate::sample::dice::Dice;
use crate::sample::owner::Evidence;
use crate::sample::price_list::Product;

/// The line item types that are generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum LineType {
    Usage,
    DiscountedUsage,
    SavingsPlanCoveredUsage,
    SavingsPlanNegation,
    SavingsPlanRecurringFee,
    SavingsPlanUpfrontFee,
    RIFee,
    Fee,
    Tax,
    Credit,
    Refund,
    EdpDiscount,
}

impl LineType {
    /// The name as AWS writes it, which is also the name here.
    pub(super) fn name(self) -> String {
        format!("{self:?}")
    }

    /// Whether its usage is used for the first time on this line, so that hours may be added.
    pub(super) fn is_usage(self) -> bool {
        matches!(self, Self::Usage | Self::DiscountedUsage | Self::SavingsPlanCoveredUsage)
    }
}

/// The tags that occur: raw key, and its form in `resource_tags` and in legacy column names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    Domain,
    User,
    Space,
    SharedSpace,
    ManagedBy,
    StudioUserId,
    Team,
    Environment,
    CostCenter,
    CreatedBy,
}

impl Tag {
    /// The key as AWS stores it, and the key after the naming rule.
    pub(super) fn keys(self) -> (&'static str, &'static str) {
        match self {
            Self::Domain => ("sagemaker:domain-arn", "user_sagemaker_domain_arn"),
            Self::User => ("sagemaker:user-profile-arn", "user_sagemaker_user_profile_arn"),
            Self::Space => ("sagemaker:space-arn", "user_sagemaker_space_arn"),
            Self::SharedSpace => ("sagemaker:shared-space-arn", "user_sagemaker_shared_space_arn"),
            Self::ManagedBy => {
                ("ManagedByAmazonSageMakerResource", "user_managed_by_amazon_sage_maker_resource")
            }
            Self::StudioUserId => ("studiouserid", "user_studiouserid"),
            Self::Team => ("team", "user_team"),
            Self::Environment => ("environment", "user_environment"),
            Self::CostCenter => ("CostCenter", "user_cost_center"),
            Self::CreatedBy => ("aws:createdBy", "aws_created_by"),
        }
    }

    /// Whether it is one of the four that are activated in the middle of the first month.
    pub(super) fn is_activated_late(self) -> bool {
        matches!(self, Self::Domain | Self::User | Self::Space | Self::SharedSpace)
    }
}

/// One entry of the price list in one region: what many profiles have in common.
#[derive(Debug)]
pub(super) struct Sku {
    pub(super) product: &'static Product,
    /// Empty where nothing is metered, as on tax.
    pub(super) usage_type: String,
    pub(super) operation: &'static str,
    pub(super) component: &'static str,
    pub(super) instance: &'static str,
    pub(super) unit: &'static str,
    pub(super) rate: Option<Units>,
    pub(super) region: Option<&'static Region>,
    /// The price list's own ids; empty where nothing is metered.
    pub(super) id: String,
    pub(super) rate_code: String,
    pub(super) rate_id: String,
}

impl Sku {
    /// The entry of a line that meters nothing.
    pub(super) fn unmetered(product: &'static Product, component: &'static str) -> Arc<Self> {
        Arc::new(Self {
            product,
            usage_type: String::new(),
            operation: "",
            component,
            instance: "",
            unit: "",
            rate: None,
            region: None,
            id: String::new(),
            rate_code: String::new(),
            rate_id: String::new(),
        })
    }

    /// The rate as AWS writes it; empty where nothing is metered.
    pub(super) fn rate_text(&self) -> String {
        self.rate.map(rate_text).unwrap_or_default()
    }

    /// The code of the region, empty where there is none.
    pub(super) fn region_code(&self) -> &'static str {
        self.region.map_or("", |region| region.code)
    }
}

/// The texts of a Savings Plan or reservation on the lines that belong to it.
#[derive(Debug)]
pub(super) struct Commitment {
    pub(super) is_plan: bool,
    pub(super) arn: String,
    pub(super) start: String,
    pub(super) end: String,
    /// How many instances are reserved; 0 for a plan.
    pub(super) count: u64,
    /// The plan's rate for this usage, if the line is covered.
    pub(super) plan_rate: Option<Units>,
}

/// Everything a line says that does not change from slice to slice.
#[derive(Debug, Clone)]
pub(super) struct Profile {
    /// Counts up over the whole export; no two profiles share it.
    pub(super) number: u64,
    pub(super) line_id: String,
    pub(super) line_type: LineType,
    pub(super) bill_type: &'static str,
    pub(super) sku: Arc<Sku>,
    pub(super) account_id: &'static str,
    pub(super) account_name: &'static str,
    /// Value of the cost category, empty for none.
    pub(super) business_unit: &'static str,
    pub(super) resource: String,
    pub(super) tags: Vec<(Tag, Arc<str>)>,
    pub(super) description: String,
    pub(super) tax_type: &'static str,
    pub(super) commitment: Option<Arc<Commitment>>,
    /// What the line tells about its owner.
    pub(super) evidence: Evidence,
    /// What it would tell without its `SageMaker` tags.
    pub(super) evidence_without_tags: Evidence,
}

impl Profile {
    /// A line of an account without resource, tags or owner.
    pub(super) fn plain(
        (number, dice): (u64, &mut Dice),
        account: &Account,
        sku: Arc<Sku>,
        line_type: LineType,
    ) -> Self {
        let evidence = Evidence::nothing(sku.product);
        Self {
            number,
            line_id: dice.line_id(),
            line_type,
            bill_type: "Anniversary",
            sku,
            account_id: account.id,
            account_name: account.name,
            business_unit: "",
            resource: String::new(),
            tags: Vec::new(),
            description: String::new(),
            tax_type: "",
            commitment: None,
            evidence,
            evidence_without_tags: evidence,
        }
    }

    /// The same series as it looks before its `SageMaker` tags are activated.
    pub(super) fn without_late_tags(&self, number: u64) -> Self {
        let mut bare = self.clone();
        bare.number = number;
        bare.tags.retain(|(tag, _)| !tag.is_activated_late());
        bare.evidence = self.evidence_without_tags;
        bare
    }

    /// The same series on lines of another type, under a commitment.
    pub(super) fn under(
        &self,
        (number, dice): (u64, &mut Dice),
        line_type: LineType,
        commitment: Arc<Commitment>,
    ) -> Self {
        let mut covered = self.clone();
        (covered.number, covered.line_id) = (number, dice.line_id());
        (covered.line_type, covered.commitment) = (line_type, Some(commitment));
        covered
    }

    /// The value of a tag, empty for none.
    pub(super) fn tag(&self, wanted: Tag) -> &str {
        self.tags.iter().find(|(tag, _)| *tag == wanted).map_or("", |(_, value)| value)
    }
}

/// The amounts that only some line types have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Detail {
    #[default]
    None,
    /// Usage under a plan: its share of the plan.
    Covered { effective: Units },
    /// The plan's fee of one slice.
    Recurring { recurring: Units, upfront: Units, used: Units },
    /// Usage under a reservation: its shares of the upfront and the recurring fee.
    Reserved { upfront: Units, recurring: Units },
    /// The reservation's fee of one month.
    ReservationFee {
        upfront: Units,
        unused_upfront: Units,
        unused_recurring: Units,
        unused_hours: Units,
    },
}

/// The four costs as the columns carry them; `None` is "AWS leaves it out".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) unblended: Units,
    pub(super) net: Option<Units>,
    pub(super) blended: Option<Units>,
    pub(super) public: Units,
}

/// One line item.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) profile: Arc<Profile>,
    pub(super) span: Span,
    pub(super) usage: Units,
    pub(super) written: Written,
    pub(super) detail: Detail,
    /// What every metric must say about it, in the order of `CostMetric::ALL`.
    pub(super) metrics: [Units; 6],
}
