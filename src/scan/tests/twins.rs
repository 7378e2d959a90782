//! Twins: the fast way gives the rows of the plain way, whatever the physical shape of a file.
//!
//! In:    random files; `CURTAIL_CASES` says how many.
//! Out:   equal rows for both ways and for any mixture; columns of unknown encodings declined.
//! Never: compares codes; dictionaries may differ, rows may not.

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::export::{AMOUNTS, INSTANT, MAPS, Recipe, TEXTS, recipe};
use super::shape::{Coding, Dice, Gaps, Shape};
use super::{cases, declined, open, read};
use crate::model::source_column::SourceColumn;

/// What most columns of most exports look like.
const USUAL: Shape = Shape {
    coding: Coding::Dictionary(1 << 20),
    gaps: Gaps::Sometimes,
    distinct: 17,
    page_bytes: 500,
    is_marked: true,
};

fn config() -> ProptestConfig {
    let cases = u32::try_from(cases()).unwrap();
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}

/// The columns of a recipe that only the plain way knows; the instant is always one.
fn exotic(recipe: &Recipe) -> Vec<String> {
    let is_exotic = |shape: &Shape| shape.coding == Coding::Exotic;
    let flat = TEXTS.iter().chain(&AMOUNTS).zip(&recipe.shapes);
    let mut names: Vec<&str> =
        flat.filter(|(_, shape)| is_exotic(shape)).map(|(name, _)| *name).collect();
    names.extend(MAPS.iter().enumerate().filter_map(|(at, name)| {
        let (keys, values) = recipe.map_shapes(at);
        (is_exotic(&keys) || is_exotic(&values)).then_some(*name)
    }));
    names.push(INSTANT);
    names.into_iter().map(str::to_owned).collect()
}

/// Reads every row group by the fast way, by the plain way and by mixtures of both.
fn compare(recipe: &Recipe) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("export.parquet");
    recipe.write(&path);
    let file = open(&path).unwrap();
    let (mut rows, mut dice) = (0, Dice(recipe.seed));
    let exotic = exotic(recipe);
    for group in 0..file.row_groups() {
        let left = declined(&file, group);
        let expected = exotic.iter().filter(|name| left.contains(name) || !is_amount(name));
        prop_assert_eq!(&left, &expected.cloned().collect::<Vec<_>>());
        let plain = read(&file, group, || false).unwrap();
        rows += plain.count;
        let fast = read(&file, group, || true).unwrap();
        prop_assert!(fast == plain, "fast: {}", fast.difference(&plain));
        let mixed = read(&file, group, || dice.below(2) == 0).unwrap();
        prop_assert!(mixed == plain, "mixed: {}", mixed.difference(&plain));
    }
    prop_assert_eq!(rows, recipe.rows);
    Ok(())
}

/// Amounts are read only where a line item type asks for them.
fn is_amount(name: &str) -> bool {
    AMOUNTS.contains(&name)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_fast_way_gives_the_rows_of_the_plain_way(recipe in recipe()) {
        compare(&recipe)?;
    }
}

#[test]
fn a_usual_file_goes_the_fast_way_but_for_its_instants() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("export.parquet");
    for coding in [USUAL.coding, Coding::Dictionary(100), Coding::Plain] {
        let recipe = Recipe::uniform(500, Shape { coding, ..USUAL });
        recipe.write(&path);
        assert_eq!(declined(&open(&path).unwrap(), 0), [INSTANT]);
        compare(&recipe).unwrap();
    }
}

/// In the whole file, or by either way in one row group.
#[test]
fn lines_without_a_type_keep_their_cost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("export.parquet");
    for coding in [USUAL.coding, Coding::Plain, Coding::Exotic] {
        let mut recipe = Recipe::uniform(300, USUAL);
        recipe.shapes[0] = Shape { coding, gaps: Gaps::Always, ..USUAL };
        recipe.write(&path);
        let rows = read(&open(&path).unwrap(), 0, || true).unwrap();
        let costs = &rows.amounts[&SourceColumn::UnblendedCost];
        assert!(costs.iter().flatten().count() > 100, "{coding:?}");
    }
}

#[test]
fn encodings_that_the_fast_way_does_not_know_go_the_plain_way() {
    let folder = tempfile::tempdir().unwrap();
    let (usual, exotic) = (folder.path().join("usual"), folder.path().join("exotic"));
    Recipe::uniform(500, USUAL).write(&usual);
    Recipe::uniform(500, Shape { coding: Coding::Exotic, ..USUAL }).write(&exotic);
    let (usual, exotic) = (open(&usual).unwrap(), open(&exotic).unwrap());
    assert_eq!(declined(&exotic, 0).len(), TEXTS.len() + AMOUNTS.len() + MAPS.len() + 1);
    let (usual, exotic) = (read(&usual, 0, || true).unwrap(), read(&exotic, 0, || true).unwrap());
    assert!(exotic == usual, "{}", exotic.difference(&usual));
}
