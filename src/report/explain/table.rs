//! Table: a tree as rows, each with its level, its parts and its share.
//!
//! In:    checked trees, one per currency.
//! Out:   a [`Table`]: every node for machines, folded for people.
//! Never: gives two nodes the same path.

use super::tree::Node;
use super::{Found, Settings};
use crate::model::dimension::Dimension;
use crate::model::money::{Currency, Money};
use crate::report::table::{Cell, Column, ColumnKind, Place, Row, RowKind, Table};

impl Found {
    /// All trees in one table.
    pub(super) fn table(&self, roots: &[(Currency, Node)], settings: Settings) -> Table {
        let has_pools = roots.iter().any(|(_, root)| root.children.iter().any(Node::has_pool));
        let frame = Frame {
            dimensions: self.answer.dimensions.clone(),
            several: roots.len() > 1,
            has_pools,
        };
        let rows = |limit: Option<usize>| {
            let mut rows = Vec::new();
            for (at, (currency, root)) in roots.iter().enumerate() {
                let folded = limit.map(|limit| root.folded(limit));
                let root = folded.as_ref().unwrap_or(root);
                frame.push(root, root.cost, 0, &(at + 1).to_string(), currency, &mut rows);
            }
            rows
        };
        Table {
            columns: frame.columns(),
            rows: rows(None),
            folded: settings.limit.map(|limit| rows(Some(limit))),
            ..Table::default()
        }
    }
}

impl Node {
    fn has_pool(&self) -> bool {
        self.pool.is_some() || self.children.iter().any(Self::has_pool)
    }
}

struct Frame {
    dimensions: Vec<Dimension>,
    several: bool,
    has_pools: bool,
}

impl Frame {
    fn columns(&self) -> Vec<Column> {
        let data = |key: String, kind: ColumnKind| Column::new(key, "", kind).seen(Place::Data);
        let mut columns = vec![
            Column::new("what", "What", ColumnKind::Tree).seen(Place::Screen),
            data("level".into(), ColumnKind::Count),
            data("path".into(), ColumnKind::Text),
            data("node".into(), ColumnKind::Text),
            data("name".into(), ColumnKind::Text),
        ];
        columns.extend(self.dimensions.iter().map(|of| data(of.key(), ColumnKind::Text)));
        columns.extend(["method", "weight", "weights"].map(|of| data(of.into(), ColumnKind::Text)));
        let currency = Column::new("currency", "Currency", ColumnKind::Text);
        columns.push(if self.several { currency } else { currency.seen(Place::Data) });
        columns.push(Column::new("cost", "Cost", ColumnKind::Money));
        let share = Column::new("share", "Of parent", ColumnKind::Percent);
        columns.push(share.seen(Place::Screen).giving_way(1));
        let pool = Column::new("pool_amount", "Pool", ColumnKind::Money);
        columns.push(if self.has_pools { pool.giving_way(0) } else { pool.seen(Place::Data) });
        if self.has_pools {
            let of_pool = Column::new("share_of_pool", "Of pool", ColumnKind::Percent);
            columns.push(of_pool.seen(Place::Screen));
        }
        columns.push(Column::new("why", "Why", ColumnKind::Text));
        columns
    }

    fn push(
        &self,
        node: &Node,
        whole: Money,
        depth: usize,
        path: &str,
        currency: &Currency,
        rows: &mut Vec<Row>,
    ) {
        let text = |text: Option<&str>| text.map_or(Cell::Nothing, Cell::text);
        let mut cells = vec![
            Cell::Node { depth, word: node.word.clone().into() },
            Cell::Count(u64::try_from(depth).unwrap_or(u64::MAX)),
            Cell::text(path),
            Cell::text(node.kind),
            Cell::text(node.word.clone()),
        ];
        for dimension in &self.dimensions {
            let key = node.keys.iter().find(|(of, _)| of == dimension);
            cells.push(text(key.and_then(|(_, value)| value.as_deref())));
        }
        let weights = node.pool.as_ref().and_then(|pool| pool.weights);
        cells.push(text(node.pool.as_ref().map(|pool| pool.method)));
        cells.push(text(weights.map(|(weight, _)| weight.to_string()).as_deref()));
        cells.push(text(weights.map(|(_, weights)| weights.to_string()).as_deref()));
        cells.push(Cell::text(currency.to_string()));
        cells.push(Cell::Money(node.cost));
        cells.push(Cell::Share { part: node.cost, whole });
        let pool = node.pool.as_ref().map(|pool| pool.amount);
        cells.push(pool.map_or(Cell::Blank, Cell::Money));
        if self.has_pools {
            cells.push(pool.map_or(Cell::Blank, |whole| Cell::Share { part: node.cost, whole }));
        }
        cells.push(if node.why.is_empty() { Cell::Blank } else { Cell::text(node.why.clone()) });
        let kind = match (node.kind, depth) {
            ("rest", _) => RowKind::Rest,
            (_, 0) => RowKind::Total,
            _ => RowKind::Data,
        };
        rows.push(Row { kind, currency: Some(currency.clone()), cells });
        for (at, child) in node.children.iter().enumerate() {
            let path = format!("{path}.{}", at + 1);
            self.push(child, node.cost, depth + 1, &path, currency, rows);
        }
    }
}
