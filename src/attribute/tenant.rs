//! Tenant: who answers for a charge, and where that is written.
//!
//! In:    charges with their owner and their virtual tags.
//! Out:   the columns `tenant` and `tenant_rule`.
//! Never: lets a charge have two tenants, or a rule see a day on which it is not in force.

use crate::attribute::AttributeError;
use crate::attribute::frame::{RowDays, matcher};
use crate::attribute::held::{Held, Holding};
use crate::model::condition::Coded;
use crate::model::dimension::Dimension;
use crate::model::frame::{Frame, Texts};
use crate::model::maps::{Maps, Profile};
use crate::model::tenancy::Tenancy;

/// A profile's row that names a tenant.
struct Member<'a> {
    profile: &'a Profile,
    tenant: &'a str,
    place: String,
}

/// The tenant and its place, of every charge: the row of the profile (else of the space) that
/// holds on the day, else the first rule that holds, else nothing. Where nobody wrote either, a
/// domain is its own tenant.
pub(super) fn columns(frame: &Frame, tenancy: &Tenancy) -> Result<[Texts; 2], AttributeError> {
    let member = |profile| member(&tenancy.maps, profile);
    let members: Vec<Member> = tenancy.maps.profiles.iter().filter_map(member).collect();
    if tenancy.rules.is_empty() && members.is_empty() {
        let domains = frame.texts(&Dimension::Domain.key())?.clone();
        return Ok([domains, Texts::nothing(frame.height())]);
    }
    let held = members
        .iter()
        .map(|member| (member.profile.profile_arn.as_str(), member.profile.during, member));
    let held = Held::new(held);
    let users = frame.coded(&Dimension::User.key())?;
    let spaces = frame.coded(&Dimension::Space.key())?;
    let memberships = [memberships(&users, &held), memberships(&spaces, &held)];
    let rules = matcher(frame, tenancy.rules.iter().map(|rule| (&rule.condition, rule.during)))?;
    let places: Vec<String> = tenancy.rules.iter().map(|rule| tenancy.place(rule.at)).collect();
    let days = RowDays::of(frame);
    let answer = |row: usize| {
        let day = days.on(row);
        let [of_user, of_space] = &memberships;
        let of_user = of_user[users.codes[row] as usize].as_ref();
        let of_space = of_space[spaces.codes[row] as usize].as_ref();
        let member = [of_user, of_space].into_iter().flatten().find_map(|rows| rows.on(day));
        if let Some(Member { tenant, place, .. }) = member {
            return (Some(*tenant), Some(place.as_str()));
        }
        let rule = rules.first(row, day);
        let tenant = rule.map(|rule| tenancy.rules[rule].tenant.as_str());
        (tenant, rule.map(|rule| places[rule].as_str()))
    };
    let (tenants, written): (Vec<_>, Vec<_>) = (0..frame.height()).map(answer).unzip();
    Ok([Texts::of(tenants), Texts::of(written)])
}

fn member<'a>(maps: &Maps, profile: &'a Profile) -> Option<Member<'a>> {
    let tenant = profile.tenant.as_deref().filter(|tenant| !tenant.is_empty())?;
    Some(Member { profile, tenant, place: maps.place(profile) })
}

/// The rows of every distinct ARN of a column.
fn memberships<'h, 'a, R>(
    arns: &Coded<'h>,
    held: &'h Held<'a, R>,
) -> Vec<Option<Holding<'h, 'a, R>>> {
    arns.values.iter().map(|arn| held.of((*arn)?)).collect()
}
