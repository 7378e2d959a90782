//! Scene: the few marks that charts are made of.
//!
//! In:    positions in pixels from the upper left corner.
//! Out:   [`Scene`]: marks in drawing order and the page they lie on.
//! Never: knows money, or takes text that is not yet escaped.

/// Pixels that a line is wide.
pub(in crate::render) const STROKE: i32 = 2;

/// Red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::render) struct Colour(
    pub(in crate::render) u8,
    pub(in crate::render) u8,
    pub(in crate::render) u8,
);

/// Which end of a text stands at its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::render) enum Anchor {
    Start,
    Middle,
    End,
}

/// One thing on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::render) enum Mark {
    /// Filled, from the upper left corner to the lower right one.
    Box { from: (i32, i32), to: (i32, i32), colour: Colour },
    /// The position is half the height of a small letter above the base line; the size is the em.
    Text { at: (i32, i32), text: String, anchor: Anchor, size: i32, colour: Colour },
    /// A line of [`STROKE`] pixels through these points.
    Path { points: Vec<(i32, i32)>, colour: Colour },
}

/// A page of marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::render) struct Scene {
    pub(in crate::render) width: i32,
    /// Pixels that stay free at its edges.
    pub(super) margin: i32,
    pub(in crate::render) height: i32,
    pub(in crate::render) marks: Vec<Mark>,
}

impl Scene {
    pub(super) fn new(width: i32, margin: i32) -> Self {
        Self { width, margin, height: 0, marks: Vec::new() }
    }

    /// Where the room for marks ends at the right.
    pub(super) fn right(&self) -> i32 {
        self.width - self.margin
    }

    /// Ends the page below its last mark.
    pub(super) fn close(&mut self, height: i32) {
        self.height = height;
    }

    /// A filled box; the corners may come in any order, and nothing is drawn between equal ones.
    pub(super) fn fill(&mut self, a: (i32, i32), b: (i32, i32), colour: Colour) {
        let from = (a.0.min(b.0), a.1.min(b.1));
        let to = (a.0.max(b.0), a.1.max(b.1));
        if from.0 < to.0 && from.1 < to.1 {
            self.marks.push(Mark::Box { from, to, colour });
        }
    }

    /// One line of escaped text around a height, with its em in pixels and its colour.
    pub(super) fn text(
        &mut self,
        at: (i32, i32),
        text: &str,
        anchor: Anchor,
        (size, colour): (i32, Colour),
    ) {
        if !text.is_empty() {
            self.marks.push(Mark::Text { at, text: text.to_owned(), anchor, size, colour });
        }
    }
    /// A line through points; one point is none.
    pub(super) fn path(&mut self, points: Vec<(i32, i32)>, colour: Colour) {
        if points.len() > 1 {
            self.marks.push(Mark::Path { points, colour });
        }
    }
}
