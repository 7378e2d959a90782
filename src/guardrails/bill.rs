//! Bill: charges as guardrails look at them.
//!
//! In:    a frame, the policy's tags.
//! Out:   [`Bill`]: columns by what they mean; who and where a row is.
//! Never: holds a text of its own.

use super::GuardrailError;
use crate::model::charges::column;
use crate::model::cost_rules::QUANTITY_LINE_ITEM_TYPES;
use crate::model::dimension::Dimension;
use crate::model::frame::{Frame, Texts};
use crate::model::policy::{ELSEWHERE, Policy, ViolationPlace};

/// Columns of charges.
pub(super) struct Bill<'a> {
    pub(super) rows: usize,
    pub(super) currency: &'a Texts,
    pub(super) month: &'a Texts,
    pub(super) day: &'a Texts,
    line_type: &'a Texts,
    pub(super) user: &'a Texts,
    pub(super) component: &'a Texts,
    pub(super) instance_type: &'a Texts,
    pub(super) region: &'a Texts,
    /// What a place is told by, in the order of its fields.
    places: [&'a Texts; 9],
    /// The columns of tags, by key.
    pub(super) tags: Vec<(String, &'a Texts)>,
    pub(super) cost: &'a [i128],
    pub(super) hours: &'a [i128],
    pub(super) line_items: &'a [u64],
}

/// The codes of a place.
pub(super) type Place = [u32; 9];

impl<'a> Bill<'a> {
    pub(super) fn of(frame: &'a Frame, policy: &Policy) -> Result<Self, GuardrailError> {
        let texts = |of: Dimension| frame.texts(&of.key());
        let (user, component) = (texts(Dimension::User)?, texts(Dimension::Component)?);
        let (instance_type, region) = (texts(Dimension::InstanceType)?, texts(Dimension::Region)?);
        let tags = policy.tags().into_iter();
        let tags = tags.map(|key| Ok((key.clone(), texts(Dimension::Tag(key))?)));
        Ok(Self {
            rows: frame.height(),
            currency: texts(Dimension::Currency)?,
            month: texts(Dimension::Month)?,
            day: texts(Dimension::Day)?,
            line_type: texts(Dimension::LineItemType)?,
            user,
            component,
            instance_type,
            region,
            places: [
                texts(Dimension::Domain)?,
                user,
                texts(Dimension::Space)?,
                texts(Dimension::Tenant)?,
                texts(Dimension::Account)?,
                component,
                instance_type,
                region,
                texts(Dimension::Resource)?,
            ],
            tags: tags.collect::<Result<_, GuardrailError>>()?,
            cost: frame.amounts(column::COST)?,
            hours: frame.amounts(column::USAGE_HOURS)?,
            line_items: frame.line_items(),
        })
    }

    /// Whether a row is usage of SageMaker.
    pub(super) fn is_usage(&self, row: usize) -> bool {
        let kind = self.line_type.get(row).unwrap_or_default();
        QUANTITY_LINE_ITEM_TYPES.contains(&kind) && !ELSEWHERE.contains(&self.component_of(row))
    }

    /// The component of a row; empty when it has none.
    pub(super) fn component_of(&self, row: usize) -> &'a str {
        self.component.get(row).unwrap_or_default()
    }

    /// The codes of who and where a row is.
    pub(super) fn place(&self, row: usize) -> Place {
        self.places.map(|column| column.codes()[row])
    }

    /// Who and where a row is.
    pub(super) fn place_of(&self, row: usize) -> ViolationPlace {
        place_where(|at| self.places[at].get(row).map(ToOwned::to_owned))
    }

    /// What several rows have in common.
    pub(super) fn common(&self, rows: &[usize]) -> ViolationPlace {
        place_where(|at| {
            let column = self.places[at];
            let (first, others) = rows.split_first()?;
            let code = column.codes()[*first];
            let is_same = others.iter().all(|row| column.codes()[*row] == code);
            column.get(*first).filter(|_| is_same).map(ToOwned::to_owned)
        })
    }
}

fn place_where(mut of: impl FnMut(usize) -> Option<String>) -> ViolationPlace {
    ViolationPlace {
        domain: of(0),
        user: of(1),
        space: of(2),
        tenant: of(3),
        account: of(4),
        component: of(5),
        instance_type: of(6),
        region: of(7),
        resource: of(8),
    }
}
