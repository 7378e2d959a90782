//! Cost metrics: which cost is meant.
//!
//! In:    the name on the command line.
//! Out:   [`CostMetric`], its stable name and the sentence that explains it.
//! Never: computes a cost; the formulas are `model/cost_rules.rs`.

/// The six costs that every charge carries. `net_` means after private discounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum CostMetric {
    /// What the invoice adds up: list price, with negations and fees as rows of their own.
    Unblended,
    /// Commitments spread over the usage they covered, unused commitment where it was bought.
    #[default]
    Amortized,
    /// Unblended after private discounts.
    NetUnblended,
    /// Amortized after private discounts.
    NetAmortized,
    /// Public on-demand price.
    List,
    /// The average rate of an organisation, as AWS computes it.
    Blended,
}

impl CostMetric {
    /// Every metric, in the order of the schema.
    pub const ALL: [Self; 6] = [
        Self::Unblended,
        Self::Amortized,
        Self::NetUnblended,
        Self::NetAmortized,
        Self::List,
        Self::Blended,
    ];

    /// Where it stands in [`CostMetric::ALL`].
    pub fn place(self) -> usize {
        match self {
            Self::Unblended => 0,
            Self::Amortized => 1,
            Self::NetUnblended => 2,
            Self::NetAmortized => 3,
            Self::List => 4,
            Self::Blended => 5,
        }
    }

    /// The word used on the command line and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unblended => "unblended",
            Self::Amortized => "amortized",
            Self::NetUnblended => "net_unblended",
            Self::NetAmortized => "net_amortized",
            Self::List => "list",
            Self::Blended => "blended",
        }
    }

    /// The column of our schema that holds it.
    pub fn column(self) -> &'static str {
        match self {
            Self::Unblended => "unblended_cost",
            Self::Amortized => "amortized_cost",
            Self::NetUnblended => "net_unblended_cost",
            Self::NetAmortized => "net_amortized_cost",
            Self::List => "list_cost",
            Self::Blended => "blended_cost",
        }
    }

    /// The metric of a name; `-` and `_` and letter case do not matter.
    pub fn parse(text: &str) -> Option<Self> {
        let name = text.to_ascii_lowercase().replace('-', "_");
        Self::ALL.into_iter().find(|metric| metric.name() == name || metric.column() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metric_stands_where_it_says() {
        assert_eq!(CostMetric::ALL.map(CostMetric::place), [0, 1, 2, 3, 4, 5]);
    }
}
