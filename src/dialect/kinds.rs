//! Kinds: the taxonomy of `model/component.rs` as expressions over a usage type.
//!
//! In:    the names of columns that hold a product, a usage type, an instance type.
//! Out:   the expressions of a component and of an instance type.
//! Never: knows a usage type of its own.

use std::fmt::Write as _;

use crate::dialect::words::Dialect;
use crate::model::component::{
    OTHER_SERVICE, PRODUCTS, SAGEMAKER, Token, USAGE_TYPES, UsageTypeRule,
};

/// A region prefix and what parts it from the rest: `USE1-`.
pub(super) const REGION_PREFIX: &str = "^[A-Z]{2,4}[0-9]?[:.-]";

/// The regular expression of a row of the taxonomy, over a usage type in lower case. Tokens are
/// what stands between colons, dashes and points.
pub(super) fn pattern(rule: &UsageTypeRule) -> String {
    let first = match rule.first {
        Token::Any => "[^:.-]*".to_owned(),
        Token::Is(word) => word.to_ascii_lowercase(),
        Token::Begins(word) => format!("{}[^:.-]*", word.to_ascii_lowercase()),
    };
    match rule.later {
        None => format!("^{first}([:.-]|$)"),
        Some(word) => {
            format!("^{first}[:.-]([^:.-]*[:.-])*{}([:.-]|$)", word.to_ascii_lowercase())
        }
    }
}

/// The usage type without its region prefix, NULL when it has none.
pub(super) fn without_region(dialect: Dialect, usage_type: &str) -> String {
    let has_region = dialect.fits(usage_type, REGION_PREFIX);
    let rest = dialect.group(usage_type, &format!("{REGION_PREFIX}((?s).*)$"), 1);
    format!("CASE WHEN {has_region} THEN {rest} END")
}

/// The component of a usage type in lower case, NULL when the table knows neither what stands
/// behind the region prefix nor the whole.
pub(super) fn usage_component(dialect: Dialect, rest: &str, whole: &str) -> String {
    let lookup = |text: &str| {
        let mut cases = String::new();
        for rule in USAGE_TYPES {
            let fits = dialect.fits(text, &pattern(rule));
            let component = dialect.text(rule.component);
            let _ = write!(cases, "\n    WHEN {fits} THEN {component}");
        }
        format!("CASE{cases}\nEND")
    };
    format!("coalesce({}, {})", lookup(rest), lookup(whole))
}

/// The component of a line whose usage type has this one.
pub(super) fn component(dialect: Dialect, product: &str, usage_component: &str) -> String {
    let mut cases = format!(
        "\n    WHEN {product} = {} AND {usage_component} IS NOT NULL THEN {usage_component}",
        dialect.text(SAGEMAKER)
    );
    for (code, component) in PRODUCTS {
        let (code, component) = (dialect.text(code), dialect.text(component));
        let _ = write!(cases, "\n    WHEN {product} = {code} THEN {component}");
    }
    format!("CASE{cases}\n    ELSE {}\nEND", dialect.text(OTHER_SERVICE))
}

/// Where the name of an instance type begins in a usage type, and the whole of what follows.
pub(super) const INSTANCE_TYPE: &str = "(^|[:-])(ml[.](?s).*)$";

/// What such a name looks like.
pub(super) const INSTANCE_NAME: &str = "^[^.: ]*[.][^.: ]*[.][^.: ]*$";

/// The instance type inside a usage type, else what the export names.
pub(super) fn instance_type(dialect: Dialect, usage_type: &str, named: &str) -> String {
    let found = dialect.group(usage_type, INSTANCE_TYPE, 2);
    let is_one = dialect.fits(&found, INSTANCE_NAME);
    format!("coalesce(CASE WHEN {is_one} THEN {found} END, {named})")
}
