//! Source columns: what is read from an export, and what its absence turns off.
//!
//! In:    nothing; a table of data.
//! Out:   [`SourceColumn`], its spellings per export schema, its [`SourceKind`].
//! Never: opens a file.
//!
//! Sources: AWS CUR user guide, Data Exports table dictionary; read 2026-11.

/// What a source column holds, whatever its physical type is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKind {
    /// Text; `''` and NULL are both nothing.
    Text,
    /// An amount of money.
    Amount,
    /// A usage quantity.
    Quantity,
    /// An instant, of which only the UTC day or hour is used.
    Instant,
}

/// How much an answer depends on a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Without it there is no answer.
    Required,
    /// Without it the value is nothing; the text says what that turns off.
    Optional(&'static str),
}

macro_rules! source_columns {
    ($($variant:ident, $kind:ident, $need:expr, [$($name:literal),+];)+) => {
        /// A column of the export by its meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum SourceColumn {
            $(
                #[doc = concat!("`", stringify!($variant), "`; its spellings are in the table.")]
                $variant,
            )+
        }

        impl SourceColumn {
            /// Every column that is ever read.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The spellings, best first; letter case does not matter.
            pub fn names(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($name),+],)+ }
            }

            /// What it holds.
            pub fn kind(self) -> SourceKind {
                match self { $(Self::$variant => SourceKind::$kind,)+ }
            }

            /// Whether an answer can do without it.
            pub fn need(self) -> Need {
                match self { $(Self::$variant => $need,)+ }
            }
        }
    };
}

use Need::{Optional, Required};

const NO_AMORTIZED_SP: &str = "Savings Plan usage counts as nothing in amortized cost";
const NO_AMORTIZED_RI: &str =
    "reserved usage and unused reservations count as nothing in amortized cost";
const NO_NET: &str = "net metrics fall back to gross";

source_columns! {
    LineItemType, Text, Required, ["line_item_line_item_type"];
    UnblendedCost, Amount, Required, ["line_item_unblended_cost"];
    Currency, Text, Optional("amounts are shown without a currency (XXX)"),
        ["line_item_currency_code"];
    ProductCode, Text, Optional("SageMaker cost cannot be told from other services"),
        ["line_item_product_code"];
    UsageType, Text, Optional("components and instance types cannot be told"),
        ["line_item_usage_type"];
    Operation, Text, Optional("split cost rows cannot be recognised"), ["line_item_operation"];
    ResourceId, Text, Optional("owners cannot be inferred from ARNs"), ["line_item_resource_id"];
    UsageAccount, Text, Optional("cost by account is empty"), ["line_item_usage_account_id"];
    PayerAccount, Text, Optional("cost by payer is empty"), ["bill_payer_account_id"];
    Region, Text, Optional("cost by region is empty"),
        ["product_region_code", "product_region"];
    InstanceType, Text, Optional("instance types come from usage types only"),
        ["product_instance_type"];
    UsageStart, Instant, Optional("cost by day is empty"), ["line_item_usage_start_date"];
    UsageEnd, Instant, Optional("hours cannot be told apart"), ["line_item_usage_end_date"];
    PeriodStart, Instant, Optional("the billing period is taken from the folder"),
        ["bill_billing_period_start_date"];
    UsageAmount, Quantity, Optional("usage hours are not shown"), ["line_item_usage_amount"];
    PricingUnit, Text, Optional("usage hours are not shown"), ["pricing_unit"];
    Description, Text,
        Optional("refunds of Savings Plan purchases cannot be told from other refunds"),
        ["line_item_line_item_description"];
    InvoiceId, Text, Optional("whether a month is final is told by its age"), ["bill_invoice_id"];
    BlendedCost, Amount, Optional("blended cost is zero"), ["line_item_blended_cost"];
    NetUnblendedCost, Amount, Optional(NO_NET), ["line_item_net_unblended_cost"];
    PublicOnDemandCost, Amount, Optional("list cost is zero"), ["pricing_public_on_demand_cost"];
    ReservationArn, Text,
        Optional("upfront fees of reservations cannot be told from other fees"),
        ["reservation_reservation_a_r_n", "reservation_reservation_arn"];
    ReservationEffectiveCost, Amount, Optional(NO_AMORTIZED_RI), ["reservation_effective_cost"];
    ReservationNetEffectiveCost, Amount, Optional(NO_NET), ["reservation_net_effective_cost"];
    ReservationUnusedUpfront, Amount, Optional(NO_AMORTIZED_RI),
        ["reservation_unused_amortized_upfront_fee_for_billing_period"];
    ReservationNetUnusedUpfront, Amount, Optional(NO_NET),
        ["reservation_net_unused_amortized_upfront_fee_for_billing_period"];
    ReservationUnusedRecurring, Amount, Optional(NO_AMORTIZED_RI),
        ["reservation_unused_recurring_fee"];
    ReservationNetUnusedRecurring, Amount, Optional(NO_NET),
        ["reservation_net_unused_recurring_fee"];
    SavingsPlanEffectiveCost, Amount, Optional(NO_AMORTIZED_SP),
        ["savings_plan_savings_plan_effective_cost"];
    SavingsPlanNetEffectiveCost, Amount, Optional(NO_NET),
        ["savings_plan_net_savings_plan_effective_cost"];
    SavingsPlanTotalCommitment, Amount, Optional(NO_AMORTIZED_SP),
        ["savings_plan_total_commitment_to_date"];
    SavingsPlanUsedCommitment, Amount, Optional(NO_AMORTIZED_SP),
        ["savings_plan_used_commitment"];
    SavingsPlanRecurring, Amount, Optional(NO_NET),
        ["savings_plan_recurring_commitment_for_billing_period"];
    SavingsPlanNetRecurring, Amount, Optional(NO_NET),
        ["savings_plan_net_recurring_commitment_for_billing_period"];
    SavingsPlanUpfront, Amount, Optional(NO_NET),
        ["savings_plan_amortized_upfront_commitment_for_billing_period"];
    SavingsPlanNetUpfront, Amount, Optional(NO_NET),
        ["savings_plan_net_amortized_upfront_commitment_for_billing_period"];
}

/// Columns that CUR 2.0 moved into the `product` map.
pub const IN_PRODUCT_MAP: &[(SourceColumn, &str)] = &[
    (SourceColumn::Region, "region_code"),
    (SourceColumn::Region, "region"),
    (SourceColumn::InstanceType, "instance_type"),
];

impl SourceColumn {
    /// The best spelling, used in messages.
    pub fn name(self) -> &'static str {
        self.names()[0]
    }
}
