//! Costs: what the rows of a batch cost, in pico-units, as narrow as they fit.
//!
//! In:    amounts, row by row.
//! Out:   [`Costs`], half as wide as money while every row fits 64 bits, which nearly all do.
//! Never: loses a unit: what does not fit makes all rows as wide as money is.

use std::ops::Range;

/// One amount per row.
#[derive(Debug, Clone)]
pub(super) enum Costs {
    /// All of them below 9 million currency units.
    Narrow(Vec<i64>),
    /// As wide as money.
    Wide(Vec<i128>),
}

impl Costs {
    /// The amount of a row.
    pub(super) fn at(&self, row: usize) -> i128 {
        match self {
            Self::Narrow(amounts) => i128::from(amounts[row]),
            Self::Wide(amounts) => amounts[row],
        }
    }

    /// Replaces the amount of a row.
    pub(super) fn set(&mut self, row: usize, amount: i128) {
        if let Self::Narrow(amounts) = self {
            if let Ok(amount) = amount.try_into() {
                amounts[row] = amount;
                return;
            }
            *self = Self::Wide(amounts.iter().copied().map(i128::from).collect());
        }
        if let Self::Wide(amounts) = self {
            amounts[row] = amount;
        }
    }

    /// What some rows add up to.
    pub(super) fn sum(&self, rows: Range<usize>) -> i128 {
        match self {
            Self::Narrow(amounts) => amounts[rows].iter().copied().map(i128::from).sum(),
            Self::Wide(amounts) => amounts[rows].iter().sum(),
        }
    }

    /// The amounts of all rows, where they fit 64 bits.
    pub(super) fn narrow(&self) -> Option<&[i64]> {
        match self {
            Self::Narrow(amounts) => Some(amounts),
            Self::Wide(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_that_needs_more_bits_leaves_the_others_as_they_were() {
        let mut costs = Costs::Narrow(vec![1, -2, i64::MAX]);
        costs.set(1, 5);
        assert!(matches!(costs, Costs::Narrow(_)));
        costs.set(0, i128::from(i64::MAX) + 1);
        assert!(matches!(costs, Costs::Wide(_)));
        let rows: Vec<i128> = (0..3).map(|row| costs.at(row)).collect();
        assert_eq!(rows, [1 << 63, 5, (1 << 63) - 1]);
        assert_eq!(costs.sum(0..3), (1 << 64) + 4);
    }
}
