//! Schema: the tree of columns, from the flat list that a footer holds.
//!
//! In:    the list of `SchemaElement`s.
//! Out:   the leaves, which row groups must match one to one.
//! Never: recurses, or keeps more elements than the limit on columns allows.

use std::collections::HashMap;

use super::thrift::{Cursor, Field, Kind};
use super::{FooterLimits, Located, Result, refuse};

/// List and map columns have three or four elements to a leaf or two.
const ELEMENTS_PER_COLUMN: usize = 4;

/// A column that has values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Leaf<'a> {
    /// Names from below the root down to the leaf.
    pub(super) path: Vec<&'a str>,
    /// The physical type's number.
    pub(super) physical: i32,
    /// Whether a row can have any number of values.
    pub(super) is_repeated: bool,
}

impl Leaf<'_> {
    /// The name as other tools print it.
    pub(super) fn name(&self) -> String {
        self.path.join(".")
    }
}

/// `SchemaElement`.
struct Element<'a> {
    name: &'a str,
    physical: Option<i32>,
    is_repeated: bool,
    children: Option<i32>,
}

/// A group whose children are being read.
struct Open<'a> {
    name: &'a str,
    is_repeated: bool,
    left: i32,
}

/// Reads the schema and returns its leaves in order.
pub(super) fn leaves<'a>(
    cursor: &mut Cursor<'a>,
    kind: Kind,
    limits: &FooterLimits,
) -> Result<Vec<Leaf<'a>>> {
    let count = cursor.list(kind, Kind::Struct)?;
    if count > limits.columns.saturating_mul(ELEMENTS_PER_COLUMN) {
        return Err(too_many(limits, &format!("a schema of {count} elements")));
    }
    let (mut open, mut leaves): (Vec<Open>, Vec<Leaf>) = (Vec::new(), Vec::new());
    for index in 0..count {
        let element = Element::parse(cursor, limits)?;
        if index > 0 {
            let parent = open.last_mut().ok_or_else(|| odd("more elements than the root has"))?;
            parent.left -= 1;
        }
        match (element.physical, element.children) {
            (Some(physical), None | Some(0)) if index > 0 => {
                leaves.push(leaf(&open, &element, physical));
            }
            (None, Some(left @ 1..)) => {
                let is_repeated = element.is_repeated && index > 0;
                open.push(Open { name: element.name, is_repeated, left });
            }
            (physical, children) => {
                let kind = if physical.is_some() { "a type" } else { "no type" };
                let found = format!("{kind} and {} children", children.unwrap_or(0));
                return Err(odd(&found).in_column(element.name.to_owned()));
            }
        }
        while open.last().is_some_and(|group| group.left == 0) {
            open.pop();
        }
        if open.len() > limits.depth {
            let expected = format!("groups nested at most {} deep", limits.depth);
            return Err(refuse("PQ-LIMIT", expected, "deeper ones"));
        }
        if leaves.len() > limits.columns {
            return Err(too_many(limits, &format!("more, in a schema of {count} elements")));
        }
    }
    if !open.is_empty() || leaves.is_empty() {
        return Err(odd(if leaves.is_empty() {
            "no column"
        } else {
            "fewer elements than it says"
        }));
    }
    refuse_duplicates(&leaves)?;
    Ok(leaves)
}

fn leaf<'a>(open: &[Open<'a>], element: &Element<'a>, physical: i32) -> Leaf<'a> {
    let groups = open.iter().skip(1).map(|group| group.name);
    let path = groups.chain([element.name]).collect();
    let is_repeated = element.is_repeated || open.iter().any(|group| group.is_repeated);
    Leaf { path, physical, is_repeated }
}

impl<'a> Element<'a> {
    fn parse(cursor: &mut Cursor<'a>, limits: &FooterLimits) -> Result<Self> {
        let (mut name, mut physical, mut is_repeated, mut children) = (None, None, false, None);
        let mut fields = Field::first();
        while let Some((id, kind)) = fields.next(cursor)? {
            match id {
                1 => physical = Some(cursor.int32(kind)?),
                3 => is_repeated = cursor.int32(kind)? == 2,
                4 => name = Some(cursor.binary(kind)?),
                5 => children = Some(cursor.int32(kind)?),
                _ => cursor.skip(kind)?,
            }
        }
        let name = name.ok_or_else(|| odd("an element without a name"))?;
        if name.len() > limits.name_bytes {
            let expected = format!("column names of at most {} bytes", limits.name_bytes);
            return Err(refuse("PQ-LIMIT", expected, format!("one of {} bytes", name.len())));
        }
        let name = std::str::from_utf8(name).map_err(|_| {
            refuse("PQ-SCHEMA", "column names in UTF-8", "other bytes")
                .in_column(String::from_utf8_lossy(name).into_owned())
        })?;
        if let Some(physical) = physical.filter(|physical| !(0..=7).contains(physical)) {
            let found = format!("type {physical}");
            return Err(refuse("PQ-TYPE", "a type that Parquet has", found).in_column(name.into()));
        }
        Ok(Self { name, physical, is_repeated, children })
    }
}

/// Which of two columns with one name holds the money, nobody can say.
fn refuse_duplicates(leaves: &[Leaf]) -> Result<()> {
    let mut positions = HashMap::new();
    for (position, leaf) in leaves.iter().enumerate() {
        if let Some(first) = positions.insert(&leaf.path, position) {
            let found = format!("it at {first} and at {position}, counted from 0");
            return Err(
                refuse("PQ-DUPLICATE-COLUMN", "each column once", found).in_column(leaf.name())
            );
        }
    }
    Ok(())
}

fn odd(found: &str) -> crate::diagnostic::Refusal {
    refuse("PQ-SCHEMA", "a schema that is a tree of columns", found)
}

fn too_many(limits: &FooterLimits, found: &str) -> crate::diagnostic::Refusal {
    refuse("PQ-LIMIT", format!("at most {} columns", limits.columns), found)
}
