//! Control: what files hold, added up before anything is grouped.
//!
//! In:    the rows of a batch and what they cost.
//! Out:   [`Control`]: the first side of the books.
//! Never: looks at a group.

use std::ops::Range;

use crate::model::line_items::LineItems;
use crate::model::question::Wanted;
use crate::model::source_column::SourceColumn;
use crate::normalise::codes::PartCodes;
use crate::normalise::costs::Costs;
use crate::normalise::grain::Grain;

/// What the source holds in one currency, added up before anything is grouped.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Control {
    /// Source rows.
    pub rows: u64,
    /// Rows without an unblended cost, which count as nothing.
    pub without_cost: u64,
    /// Rows that no invoice is named for; counted only for the store.
    pub uninvoiced: u64,
    /// One sum per metric of the grain, in pico-units.
    pub sums: Vec<i128>,
}

impl Control {
    /// Adds what another share counted in the same currency.
    pub fn absorb(&mut self, other: &Self) {
        self.rows += other.rows;
        self.without_cost += other.without_cost;
        self.uninvoiced += other.uninvoiced;
        self.sums.resize(other.sums.len().max(self.sums.len()), 0);
        for (total, sum) in self.sums.iter_mut().zip(&other.sums) {
            *total += sum;
        }
    }
}

/// Lengths of runs of rows with the same two codes.
pub(super) fn runs(a: &PartCodes, b: &PartCodes, rows: usize) -> Vec<usize> {
    if let (PartCodes::Constant(_), PartCodes::Constant(_)) = (a, b) {
        return vec![rows];
    }
    let pairs: Vec<(u32, u32)> = (0..rows).map(|row| (a.at(row), b.at(row))).collect();
    pairs.chunk_by(|a, b| a == b).map(<[_]>::len).collect()
}

impl Grain {
    /// What some rows of a batch hold.
    pub(super) fn control_of(
        &self,
        items: &LineItems,
        sums: &[Costs],
        rows: Range<usize>,
    ) -> Control {
        let amounts = items.amounts_of(SourceColumn::UnblendedCost);
        let invoices = items.text_of(SourceColumn::InvoiceId);
        let has = |row: &usize| invoices.is_some_and(|column| column.text(*row).is_some());
        Control {
            rows: match &items.sums {
                Some(stored) => stored.line_items[rows.clone()].iter().sum::<u64>(),
                None => rows.len() as u64,
            },
            without_cost: amounts
                .map_or(0, |amounts| amounts.slice(rows.start, rows.len()).null_count() as u64),
            uninvoiced: match self.invoices {
                Wanted::Yes => rows.len() as u64 - rows.clone().filter(has).count() as u64,
                Wanted::No => 0,
            },
            sums: sums.iter().map(|costs| costs.sum(rows.clone())).collect(),
        }
    }
}
