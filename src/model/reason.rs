//! Reason: why the owner of a charge is who it is.
//!
//! In:    nothing; words.
//! Out:   [`Reason`], in order of precedence.
//! Never: weighs evidence; `attribute` does.

/// Why the owner is who it is, in order of precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// A user-profile, space or domain tag on the line.
    Tag,
    /// A space tag, and a map that says who owns the space.
    SpaceOwner,
    /// No tag, but the resource is an app, a space, a user profile or a domain.
    ResourceArn,
    /// No tag here, but the same resource carries tags on other lines.
    ResourceHistory,
    /// A file system that SageMaker made for a domain.
    Efs,
    /// The export does not tell.
    None,
}

impl Reason {
    /// The word in data.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tag => "tag",
            Self::SpaceOwner => "space-owner",
            Self::ResourceArn => "resource-arn",
            Self::ResourceHistory => "resource-history",
            Self::Efs => "efs",
            Self::None => "none",
        }
    }
}
