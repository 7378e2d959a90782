//! Maps: skeletons of map files out of an export.
//!
//! In:    a source.
//! Out:   the text of every map file.
//! Never: writes a file.

use crate::attribute;
use crate::model::dimension::Dimension;
use crate::model::metric::CostMetric;
use crate::model::period::BillingPeriod;
use crate::model::question::Question;
use crate::pipeline::{Pass, PipelineError, Source};
use crate::render::map_files::{MapFile, map_files};

/// `maps`: every space, profile and home volume of an export, for people to say whose they are.
///
/// Rows of the maps that are there already are kept.
///
/// # Errors
/// As [`crate::pipeline::spend`].
pub fn maps(source: &Source, months: &[BillingPeriod]) -> Result<Vec<MapFile>, PipelineError> {
    let dimensions = vec![Dimension::Domain, Dimension::User, Dimension::Space, Dimension::Day];
    let question = Question::of(dimensions, CostMetric::Unblended, months);
    let pass = Pass::over(source, &question)?;
    Ok(map_files(&attribute::skeleton(&pass.attributed, &pass.tenancy.maps)?))
}
