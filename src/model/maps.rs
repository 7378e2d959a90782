//! Maps: who stands behind an ARN, as people know it and AWS does not say.
//!
//! In:    rows of `spaces.csv`, `profiles.csv` and `efs-usage.csv`, already parsed.
//! Out:   [`Maps`] and its rows, each with the line it was written on.
//! Never: looks anything up; `attribute` does.

use crate::model::period::{Day, Days};

/// Every map of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Maps {
    /// Who owns a private space.
    pub spaces: Vec<SpaceOwner>,
    /// Who is behind a user profile.
    pub profiles: Vec<Profile>,
    /// What the file of profiles is called, without its folder; `None` is `profiles.csv`.
    pub profiles_file: Option<String>,
    /// How many bytes each directory of a home volume held.
    pub efs_usage: Vec<EfsUsage>,
}

/// A row of `spaces.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpaceOwner {
    /// The private space.
    pub space_arn: String,
    /// The user profile that owns it.
    pub owner_profile_arn: String,
    /// The days on which that is so.
    pub during: Days,
    /// The line of the file.
    pub line: u64,
}

/// A row of `profiles.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The user profile, or the space that has a directory of its own.
    pub profile_arn: String,
    /// `HomeEfsFileSystemUid`: the directory on the domain's volume.
    pub efs_uid: Option<String>,
    /// The person.
    pub person: Option<String>,
    /// The tenant that answers for the profile, by id.
    pub tenant: Option<String>,
    /// The days on which that is so.
    pub during: Days,
    /// The line of the file.
    pub line: u64,
}

/// A row of `efs-usage.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EfsUsage {
    /// The day on which it was measured.
    pub day: Day,
    /// `fs-...`, or the ARN that ends in it.
    pub file_system_id: String,
    /// The directory's uid.
    pub uid: String,
    /// Bytes that it held.
    pub bytes: u64,
    /// The line of the file.
    pub line: u64,
}

impl EfsUsage {
    /// The file system without what may stand before it: `fs-...`.
    pub fn short_id(&self) -> &str {
        self.file_system_id.rsplit('/').next().unwrap_or_default()
    }
}

impl Maps {
    /// A row of the file of profiles as data and people see it: `profiles.csv:7`.
    pub fn place(&self, profile: &Profile) -> String {
        let file = self.profiles_file.as_deref().unwrap_or("profiles.csv");
        format!("{file}:{}", profile.line)
    }
}
