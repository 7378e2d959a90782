//! Grain: what lines of a question's roll-up are told apart by.
//!
//! In:    what a question needs.
//! Out:   [`Grain`]: one [`Part`] per distinction, each read from source fields by a table.
//! Never: reads data; readings are plain functions of one dictionary entry.

use std::borrow::Cow;
use std::collections::BTreeMap;

use memchr::memchr;

use crate::model::arn::{HISTORY_SERVICES, StudioArn};
use crate::model::charges::column;
use crate::model::component;
use crate::model::cost_rules::{KNOWN_LINE_ITEM_TYPES, SPLIT_COST_OPERATIONS};
use crate::model::dimension::Dimension;
use crate::model::line_items::{Field, Tells};
use crate::model::metric::CostMetric;
use crate::model::question::Wanted;
#[allow(clippy::enum_glob_use, reason = "a table of columns reads better without a prefix")]
use crate::model::source_column::SourceColumn::{self, *};
use crate::model::tag_key::{TagKey, sagemaker};
use crate::model::tenancy::Needs;

/// How a dictionary entry is read; `None` is nothing.
pub(super) type Reading = for<'a> fn(&'a str) -> Option<Cow<'a, str>>;

/// One distinction of the roll-up: a column of the charges.
#[derive(Debug, Clone)]
pub(super) struct Part {
    /// The column's name in the charges.
    pub(super) column: String,
    /// Where it is read from.
    pub(super) input: Input,
    /// Parts (by position, all earlier) that silence this one when any of them has a value.
    pub(super) silenced_by: Vec<usize>,
    /// An earlier part that mostly says the same; where it does, the code is [`SAME`].
    ///
    /// [`SAME`]: crate::normalise::codes::SAME
    pub(super) same_as: Option<usize>,
}

/// Where a part is read from.
#[derive(Debug, Clone)]
pub(super) enum Input {
    /// The first of these that gives something.
    Text(Vec<(Field, Reading)>),
    /// The UTC day of an instant.
    Day(SourceColumn),
    /// The UTC month of an instant.
    Month(SourceColumn),
    /// The UTC hour of usage that lasted no longer.
    Hour,
    /// The resource id, where it tells an owner or belongs to a charge that others may own.
    OwnedResource {
        /// The part of the product code.
        product: usize,
        /// Parts of which one has a value on charges with an owner.
        tags: Vec<usize>,
    },
}

/// Who tells the billing period of a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Months {
    /// The folder or the manifest; no column is read for it.
    FromFolders,
    /// The billing period column of each row.
    FromRows,
}

/// Which resources tell owners.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resources {
    /// Those of the lines themselves.
    AsDelivered,
    /// Those that were found to, when the only month that is read was stored.
    OfOwners,
}

/// What a roll-up tells apart and what it adds up.
#[derive(Debug, Clone)]
pub struct Grain {
    /// The distinctions, in order.
    pub(super) parts: Vec<Part>,
    /// The metrics; unblended is always among them, for the books.
    pub metrics: Vec<CostMetric>,
    /// Whether usage hours are added up.
    pub hours: Wanted,
    /// Where owners are told apart, if they are.
    pub(super) identity: Option<Identity>,
    /// Whether rows without an invoice are counted.
    pub(super) invoices: Wanted,
}

/// Where among the parts owners are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    /// The tags: domain, user profile, space.
    pub(super) tags: [usize; 3],
    /// The resource of lines without them.
    pub(super) owner_arn: usize,
    /// Which resources those are.
    pub(super) resources: Resources,
}

impl Grain {
    /// The grain that tells what a question and its rules need.
    pub fn of(needs: &Needs, months: Months, resources: Resources) -> Self {
        let mut parts = Parts::default();
        parts.text(column::CURRENCY, Currency, verbatim);
        parts.text(column::SPLIT_COST, Operation, split_cost);
        parts.text(column::UNKNOWN_TYPE, LineItemType, unknown_type);
        if needs.identity == Wanted::Yes {
            parts.identity(resources);
        }
        for dimension in &needs.dimensions {
            parts.dimension(dimension);
        }
        if months == Months::FromRows {
            parts.dimension(&Dimension::Month);
        }
        let at = |column: &str| parts.0.iter().position(|part| part.column == column);
        let tags =
            || Some([at(column::DOMAIN_TAG)?, at(column::USER_TAG)?, at(column::SPACE_TAG)?]);
        let identity = tags().zip(at(column::OWNER_ARN));
        let identity = identity.map(|(tags, owner_arn)| Identity { tags, owner_arn, resources });
        Self {
            parts: parts.0,
            metrics: needs.all_metrics(),
            hours: needs.hours,
            identity,
            invoices: Wanted::No,
        }
    }

    /// Every source field that the roll-up looks at.
    pub fn fields(&self) -> Vec<Field> {
        let mut fields = vec![Field::Column(LineItemType)];
        for part in &self.parts {
            match &part.input {
                Input::Text(inputs) => fields.extend(inputs.iter().map(|(field, _)| field.clone())),
                Input::Day(of) | Input::Month(of) => fields.push(Field::Column(*of)),
                Input::OwnedResource { .. } => fields.push(Field::Column(ResourceId)),
                Input::Hour => fields.extend([Field::Hour(UsageStart), Field::Hour(UsageEnd)]),
            }
        }
        if self.invoices == Wanted::Yes {
            fields.push(Field::Column(InvoiceId));
        }
        if self.hours == Wanted::Yes {
            fields.extend([Field::Column(UsageAmount), Field::Column(PricingUnit)]);
        }
        fields.sort_unstable();
        fields.dedup();
        fields
    }

    /// The fields of which few texts mean anything: resource ids, where they are only asked for
    /// owners.
    pub fn telling(&self) -> BTreeMap<Field, Tells> {
        let resource = Field::Column(ResourceId);
        let is_indifferent = |part: &Part| match &part.input {
            Input::Text(inputs) => {
                part.column == column::OWNER_ARN || inputs.iter().all(|(of, _)| *of != resource)
            }
            Input::OwnedResource { .. } => false,
            Input::Day(_) | Input::Month(_) | Input::Hour => true,
        };
        let tells = self.parts.iter().all(is_indifferent).then_some(may_tell_owner as Tells);
        tells.map(|tells| (resource, tells)).into_iter().collect()
    }
}

#[derive(Default)]
pub(super) struct Parts(pub(super) Vec<Part>);

impl Parts {
    pub(super) fn push(&mut self, column: &str, input: Input, silenced_by: Vec<usize>) {
        if !self.0.iter().any(|part| part.column == column) {
            let column = column.to_owned();
            self.0.push(Part { column, input, silenced_by, same_as: None });
        }
    }

    pub(super) fn text(&mut self, column: &str, of: SourceColumn, reading: Reading) {
        self.push(column, Input::Text(vec![(Field::Column(of), reading)]), Vec::new());
    }

    /// The tags that name an owner, the ARN that may stand in, and the product.
    fn identity(&mut self, resources: Resources) {
        let first = self.0.len();
        for (column, keys) in [
            (column::DOMAIN_TAG, &[sagemaker::DOMAIN][..]),
            (column::USER_TAG, &[sagemaker::USER_PROFILE]),
            (column::SPACE_TAG, &[sagemaker::SPACE, sagemaker::SHARED_SPACE]),
        ] {
            let input = |key: &&str| (Field::Tag(TagKey::new(key)), verbatim as Reading);
            self.push(column, Input::Text(keys.iter().map(input).collect()), Vec::new());
        }
        let tags: Vec<usize> = (first..self.0.len()).collect();
        let resource = match resources {
            Resources::AsDelivered => Field::Column(ResourceId),
            Resources::OfOwners => Field::OwnerResource,
        };
        let owner_arn = Input::Text(vec![(resource, owner_arn as Reading)]);
        self.push(column::OWNER_ARN, owner_arn, tags.clone());
        let managed_by = (Field::Tag(TagKey::new(sagemaker::MANAGED_BY)), verbatim as Reading);
        self.push(column::MANAGED_BY_TAG, Input::Text(vec![managed_by]), tags);
        self.text(column::PRODUCT, ProductCode, verbatim);
    }

    fn dimension(&mut self, dimension: &Dimension) {
        let key = dimension.key();
        match dimension {
            // Attribution derives these from the identity, and from rules.
            Dimension::Domain
            | Dimension::User
            | Dimension::Space
            | Dimension::OwnerReason
            | Dimension::Tenant
            | Dimension::TenantRule
            | Dimension::Pool => {}
            Dimension::App => self.text(&key, ResourceId, sagemaker_arn),
            Dimension::Component => {
                self.text(column::PRODUCT, ProductCode, verbatim);
                self.text(column::USAGE_COMPONENT, UsageType, usage_component);
            }
            Dimension::InstanceType => {
                let inputs = vec![
                    (Field::Column(UsageType), instance_type as Reading),
                    (Field::Column(InstanceType), verbatim),
                ];
                self.push(&key, Input::Text(inputs), Vec::new());
            }
            Dimension::Service => self.text(&key, ProductCode, verbatim),
            Dimension::UsageType => self.text(&key, UsageType, verbatim),
            Dimension::Operation => self.text(&key, Operation, verbatim),
            Dimension::LineItemType => self.text(&key, LineItemType, verbatim),
            Dimension::Resource => self.text(&key, ResourceId, verbatim),
            Dimension::Account => self.text(&key, UsageAccount, verbatim),
            Dimension::Payer => self.text(&key, PayerAccount, verbatim),
            Dimension::Region => self.text(&key, Region, verbatim),
            Dimension::Currency => self.text(column::CURRENCY, Currency, verbatim),
            Dimension::Month => self.push(&key, Input::Month(PeriodStart), Vec::new()),
            Dimension::Day => self.push(&key, Input::Day(UsageStart), Vec::new()),
            Dimension::Hour => self.push(&key, Input::Hour, Vec::new()),
            Dimension::Tag(tag) => {
                let field = Field::Tag(TagKey::new(tag));
                self.push(&key, Input::Text(vec![(field, verbatim)]), Vec::new());
            }
            Dimension::CostCategory(name) => {
                let field = Field::CostCategory(TagKey::new(name));
                self.push(&key, Input::Text(vec![(field, verbatim)]), Vec::new());
            }
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of a reading")]
pub(super) fn verbatim(text: &str) -> Option<Cow<'_, str>> {
    Some(text.into())
}

fn split_cost(operation: &str) -> Option<Cow<'_, str>> {
    SPLIT_COST_OPERATIONS.contains(&operation).then_some(operation.into())
}

fn unknown_type(line_item_type: &str) -> Option<Cow<'_, str>> {
    (!KNOWN_LINE_ITEM_TYPES.contains(&line_item_type)).then_some(line_item_type.into())
}

/// A Studio ARN names its owner; of any other resource, other lines may tell the owner.
fn owner_arn(resource_id: &str) -> Option<Cow<'_, str>> {
    match StudioArn::parse(resource_id) {
        Some(arn) => Some(arn.owner_text()),
        None => may_tell_owner(resource_id.as_bytes()).then_some(resource_id.into()),
    }
}

/// Whether a resource is of a service whose resources Studio's users make: no other tells an owner,
/// and most are no ARNs at all.
fn may_tell_owner(resource_id: &[u8]) -> bool {
    let Some((scheme, rest)) = resource_id.split_at_checked(4) else { return false };
    if !scheme.eq_ignore_ascii_case(b"arn:") {
        return false;
    }
    let Some(partition) = memchr(b':', rest) else { return false };
    let rest = &rest[partition + 1..];
    let service = &rest[..memchr(b':', rest).unwrap_or(rest.len())];
    HISTORY_SERVICES.iter().any(|known| service.eq_ignore_ascii_case(known.as_bytes()))
}

/// Whether a resource names no owner itself, but other lines may: a job, an endpoint, a volume.
pub(super) fn is_history_resource(resource_id: &str) -> bool {
    may_tell_owner(resource_id.as_bytes()) && StudioArn::parse(resource_id).is_none()
}

/// A resource id that may tell an owner, whatever its charge says.
pub(super) fn telling_resource(resource_id: &str) -> Option<Cow<'_, str>> {
    owner_arn(resource_id).map(|_| resource_id.into())
}

/// Any SageMaker resource: apps, jobs, endpoints.
fn sagemaker_arn(resource_id: &str) -> Option<Cow<'_, str>> {
    let service = resource_id.split(':').nth(2)?;
    service.eq_ignore_ascii_case("sagemaker").then_some(resource_id.into())
}

fn usage_component(usage_type: &str) -> Option<Cow<'_, str>> {
    component::of_usage_type(usage_type).map(Into::into)
}

fn instance_type(usage_type: &str) -> Option<Cow<'_, str>> {
    component::instance_type_of(usage_type).map(Into::into)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Words of ARNs in any order, so that many are almost one.
        #[test]
        fn a_resource_that_tells_an_owner_is_never_thought_mute(
            words in prop::collection::vec(
                prop::sample::select(vec![
                    "arn", "ARN", "aws", "aws-cn", "sagemaker", "SageMaker", "glue", "ec2", "",
                    "eu-west-1", "111122223333", "app/d-1/u/jupyterlab/default", "space/d-1/s",
                    "training-job/j",
                ]),
                0..8,
            ),
        ) {
            let text = words.join(":");
            prop_assert!(owner_arn(&text).is_none() || may_tell_owner(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn resources_are_mute_only_where_owners_alone_are_asked_for() {
        let needs = |dimensions: &[Dimension]| Needs {
            dimensions: dimensions.to_vec(),
            metrics: vec![CostMetric::Unblended],
            hours: Wanted::No,
            identity: Wanted::Yes,
        };
        for (dimensions, is_mute) in
            [(&[][..], true), (&[Dimension::Day], true), (&[Dimension::App], false)]
        {
            let grain = Grain::of(&needs(dimensions), Months::FromFolders, Resources::AsDelivered);
            assert_eq!(!grain.telling().is_empty(), is_mute, "{dimensions:?}");
        }
        let thorough =
            Grain::of(&needs(&[Dimension::App]), Months::FromFolders, Resources::AsDelivered);
        assert!(thorough.telling().is_empty());
    }
}
