//! Shape: how one leaf of a random file is stored, and what it holds.
//!
//! In:    dice.
//! Out:   values with everything odd that a bill can hold, and the settings of their column.
//! Never: a NaN; what a doubtful amount means is not settled here.

use parquet::basic::Encoding;
use parquet::file::properties::WriterPropertiesBuilder;
use parquet::schema::types::ColumnPath;
use proptest::prelude::*;

use super::export::AMOUNTS;

/// How the values of a leaf are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// A dictionary of at most so many bytes, plain values after that.
    Dictionary(usize),
    Plain,
    /// `DELTA_BYTE_ARRAY` for text, `BYTE_STREAM_SPLIT` for doubles.
    Exotic,
}

/// Which rows hold nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gaps {
    /// The column is REQUIRED.
    Required,
    /// The column is OPTIONAL, and every row has a value.
    Never,
    Sometimes,
    Always,
}

/// The shape of one leaf.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) coding: Coding,
    pub(super) gaps: Gaps,
    /// Different values, before some of them become special ones.
    pub(super) distinct: u64,
    pub(super) page_bytes: usize,
    /// Whether text is marked as text; without the mark it is just bytes.
    pub(super) is_marked: bool,
}

impl Shape {
    pub(super) fn gap<T>(&self, dice: &mut Dice, value: impl FnOnce(&mut Dice) -> T) -> Option<T> {
        let is_gap = match self.gaps {
            Gaps::Required | Gaps::Never => false,
            Gaps::Sometimes => dice.below(3) == 0,
            Gaps::Always => true,
        };
        (!is_gap).then(|| value(dice))
    }

    pub(super) fn apply(
        &self,
        builder: WriterPropertiesBuilder,
        path: ColumnPath,
    ) -> WriterPropertiesBuilder {
        let is_amount = AMOUNTS.contains(&path.string().as_str());
        let (dictionary, encoding) = match self.coding {
            Coding::Dictionary(limit) => (Some(limit), Encoding::PLAIN),
            Coding::Plain => (None, Encoding::PLAIN),
            Coding::Exotic if is_amount => (None, Encoding::BYTE_STREAM_SPLIT),
            Coding::Exotic => (None, Encoding::DELTA_BYTE_ARRAY),
        };
        builder
            .set_column_dictionary_enabled(path.clone(), dictionary.is_some())
            .set_column_dictionary_page_size_limit(path.clone(), dictionary.unwrap_or(1 << 20))
            .set_column_encoding(path.clone(), encoding)
            .set_column_data_page_size_limit(path, self.page_bytes)
    }
}

/// A small generator of numbers (splitmix64).
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % end
    }

    pub(super) fn text(&mut self, shape: &Shape, pool: &[&str]) -> String {
        let number = self.below(shape.distinct);
        match usize::try_from(number).unwrap() {
            at if !pool.is_empty() => pool[at % pool.len()].to_owned(),
            0 => String::new(),
            1 => "日本語 größer 😀".to_owned(),
            2 => "long ".repeat(700),
            at => format!("arn:aws:sagemaker:eu-west-1:000000000000:domain/d-{at}"),
        }
    }

    pub(super) fn amount(&mut self, shape: &Shape) -> f64 {
        match self.below(shape.distinct) {
            0 => 0.0,
            1 => -0.0,
            2 => 5e-324,
            3 => -1.0e-12,
            4 => f64::MAX,
            number => f64::from_bits(number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 2),
        }
    }
}

pub(super) fn shape() -> impl Strategy<Value = Shape> {
    let coding = prop_oneof![
        4 => Just(Coding::Dictionary(1 << 20)),
        3 => (0..2_000_usize).prop_map(Coding::Dictionary),
        1 => Just(Coding::Plain),
        1 => Just(Coding::Exotic),
    ];
    let gaps = prop_oneof![
        2 => Just(Gaps::Required),
        2 => Just(Gaps::Never),
        4 => Just(Gaps::Sometimes),
        1 => Just(Gaps::Always),
    ];
    let distinct = prop::sample::select(vec![1, 2, 5, 17, 300, 100_000]);
    let page_bytes = prop::sample::select(vec![1, 64, 1_000, 1 << 20]);
    (coding, gaps, distinct, page_bytes, prop::bool::weighted(0.8)).prop_map(
        |(coding, gaps, distinct, page_bytes, is_marked)| Shape {
            coding,
            gaps,
            distinct,
            page_bytes,
            is_marked,
        },
    )
}
