//! Find: the account of a tenant by any of its names.
//!
//! In:    what somebody typed.
//! Out:   the account, or an error that names the tenant that was most likely meant.
//! Never: guesses between two tenants.

use super::ledger::{Account, Holder, Ledger};
use crate::diagnostic::{Diagnose, ErrorKind, nearest};
use crate::model::tenancy::Tenant;

/// No tenant, or no single one, is called like this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TenantError {
    /// Nobody is.
    #[error("no tenant is called `{asked}`")]
    Unknown {
        /// What was typed.
        asked: String,
        /// The name that is nearest to it.
        near: Option<String>,
        /// Some of the tenants there are, and how many.
        known: (Vec<String>, usize),
    },
    /// Several are.
    #[error("{} tenants are called `{asked}`", .ids.len())]
    Ambiguous {
        /// What was typed.
        asked: String,
        /// Their ids.
        ids: Vec<String>,
    },
}

impl Diagnose for TenantError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Input
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "TENANT-UNKNOWN",
            Self::Ambiguous { .. } => "TENANT-AMBIGUOUS",
        }
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Self::Ambiguous { ids, .. } => vec![format!("say which: {}", ids.join(", "))],
            Self::Unknown { near: Some(near), .. } => vec![format!("did you mean `{near}`?")],
            Self::Unknown { known: (_, 0), .. } => {
                vec!["there are no tenants: write `tenants.toml`".to_owned()]
            }
            Self::Unknown { known: (some, all), .. } => {
                let more = if *all > some.len() {
                    format!(" and {} more", all - some.len())
                } else {
                    String::new()
                };
                vec![format!("there is {}{more}", some.join(", "))]
            }
        }
    }
}

/// Tenants that an error lists.
const MOST_LISTED: usize = 10;

impl Ledger {
    /// The account of a tenant, as [`find`] says.
    ///
    /// # Errors
    /// When nobody has the name, or several have.
    pub fn find(&self, asked: &str) -> Result<&Account, TenantError> {
        let holders: Vec<&Holder> = self.accounts.iter().map(|account| &account.holder).collect();
        Ok(&self.accounts[find(&holders, asked)?])
    }
}

/// The position of a tenant by its id, an alias, its name or the last part of its ARN; the first of
/// these that anybody has decides.
///
/// # Errors
/// When nobody has the name, or several have.
pub fn find(holders: &[&Holder], asked: &str) -> Result<usize, TenantError> {
    for is_called in [is_id, is_alias, is_name, is_last_part] {
        let found = (0..holders.len()).filter(|at| is_called(holders[*at], asked));
        match found.collect::<Vec<_>>().as_slice() {
            [] => {}
            [only] => return Ok(*only),
            several => {
                let ids = several.iter().map(|at| holders[*at].id().to_owned()).collect();
                return Err(TenantError::Ambiguous { asked: asked.to_owned(), ids });
            }
        }
    }
    let names = holders.iter().flat_map(|holder| holder.names());
    let near = nearest(asked, names).map(str::to_owned);
    let some = holders.iter().take(MOST_LISTED).map(|holder| holder.short().to_owned());
    let known = (some.collect(), holders.len());
    Err(TenantError::Unknown { asked: asked.to_owned(), near, known })
}

impl Holder {
    /// A tenant of the rule file.
    pub fn declared(tenant: Tenant) -> Self {
        Self::Tenant { id: tenant.id.clone(), declared: Some(tenant) }
    }

    /// A tenant that only the data names.
    pub fn undeclared(id: &str) -> Self {
        Self::Tenant { id: id.to_owned(), declared: None }
    }

    /// The id in data; nothing for nobody.
    pub fn id(&self) -> &str {
        match self {
            Self::Tenant { id, .. } => id,
            Self::Unassigned => "",
        }
    }

    /// The id, or the last part of it when it is an ARN.
    pub fn short(&self) -> &str {
        let id = self.id();
        let last = id.rsplit('/').next().filter(|last| !last.is_empty());
        last.filter(|_| id.starts_with("arn:")).unwrap_or(id)
    }

    fn names(&self) -> Vec<&str> {
        let mut names = vec![self.short()];
        if let Self::Tenant { declared: Some(tenant), .. } = self {
            names.push(&tenant.name);
            names.extend(tenant.aliases.iter().map(String::as_str));
        }
        names
    }
}

fn is_id(holder: &Holder, asked: &str) -> bool {
    holder.id() == asked
}

fn is_alias(holder: &Holder, asked: &str) -> bool {
    let Holder::Tenant { declared: Some(tenant), .. } = holder else { return false };
    tenant.aliases.iter().any(|alias| alias == asked)
}

fn is_name(holder: &Holder, asked: &str) -> bool {
    let Holder::Tenant { declared: Some(tenant), .. } = holder else { return false };
    tenant.name == asked
}

fn is_last_part(holder: &Holder, asked: &str) -> bool {
    !asked.is_empty() && holder.short() == asked
}
