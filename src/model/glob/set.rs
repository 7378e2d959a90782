//! Glob sets: the globs that a text fits, without trying each.
//!
//! In:    thousands of [`Glob`]s; texts.
//! Out:   [`GlobSet`], which looks the rarest literal part of every glob up in the text.
//! Never: takes time that grows with the number of globs, unless a text has the parts of many.

use rustc_hash::FxHashMap;

use super::{Glob, Token, Way};

/// A text that every fitting text has, and where.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Anchor {
    Whole(String),
    Start(String),
    End(String),
    Inside(String),
}

/// Globs by what every text that fits must contain.
#[derive(Debug, Default)]
pub struct GlobSet {
    globs: Vec<Glob>,
    whole: FxHashMap<String, Vec<u32>>,
    start: Texts,
    end: Texts,
    inside: Texts,
    /// Globs that say too little.
    rest: Vec<u32>,
}

/// Texts, and how long they are: a part of a value is looked up once per length.
#[derive(Debug, Default)]
struct Texts {
    globs: FxHashMap<String, Vec<u32>>,
    lengths: Vec<usize>,
}

impl Texts {
    fn insert(&mut self, text: String, glob: u32) {
        if let Err(place) = self.lengths.binary_search(&text.len()) {
            self.lengths.insert(place, text.len());
        }
        self.globs.entry(text).or_default().push(glob);
    }

    fn look_up(&self, part: Option<&str>, found: &mut Vec<u32>) {
        found.extend(part.and_then(|part| self.globs.get(part)).into_iter().flatten());
    }
}

impl GlobSet {
    /// Globs, known by their place among `globs`.
    ///
    /// A glob is found by the rarest of its texts: thousands may begin alike.
    pub fn new(globs: Vec<Glob>) -> Self {
        let mut rarity: FxHashMap<Anchor, u32> = FxHashMap::default();
        for anchor in globs.iter().flat_map(|glob| &glob.ways).flat_map(anchors) {
            *rarity.entry(anchor).or_default() += 1;
        }
        let mut set = Self::default();
        for (glob, number) in globs.iter().zip(0_u32..) {
            for way in &glob.ways {
                let rarest = anchors(way).into_iter().min_by_key(|anchor| rarity[anchor]);
                match rarest {
                    Some(Anchor::Whole(text)) => set.whole.entry(text).or_default().push(number),
                    Some(Anchor::Start(text)) => set.start.insert(text, number),
                    Some(Anchor::End(text)) => set.end.insert(text, number),
                    Some(Anchor::Inside(text)) => set.inside.insert(text, number),
                    None => set.rest.push(number),
                }
            }
        }
        set.globs = globs;
        set
    }

    /// The globs that a text fits, sorted, each once.
    pub fn fitting(&self, text: &str) -> Vec<u32> {
        let mut maybe = self.rest.clone();
        for length in self.start.lengths.iter().take_while(|length| **length <= text.len()) {
            self.start.look_up(text.get(..*length), &mut maybe);
        }
        for length in self.end.lengths.iter().take_while(|length| **length <= text.len()) {
            self.end.look_up(text.get(text.len() - length..), &mut maybe);
        }
        for length in self.inside.lengths.iter().take_while(|length| **length <= text.len()) {
            for from in 0..=text.len() - length {
                self.inside.look_up(text.get(from..from + length), &mut maybe);
            }
        }
        maybe.sort_unstable();
        maybe.dedup();
        maybe.retain(|glob| self.globs[*glob as usize].fits(text));
        if let Some(whole) = self.whole.get(text) {
            maybe.extend(whole);
            maybe.sort_unstable();
            maybe.dedup();
        }
        maybe
    }
}

fn anchors(way: &Way) -> Vec<Anchor> {
    let last = way.len().saturating_sub(1);
    let anchor = |(at, token): (usize, &Token)| {
        let Token::Text(text) = token else { return None };
        let kind = match at {
            0 if last == 0 => Anchor::Whole,
            0 => Anchor::Start,
            _ if at == last => Anchor::End,
            _ => Anchor::Inside,
        };
        Some(kind(text.clone()))
    };
    way.iter().enumerate().filter_map(anchor).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::glob::tests::pattern;

    proptest! {
        #[test]
        fn many_globs_at_once_fit_what_each_of_them_fits(
            patterns in prop::collection::vec(pattern(), 0..12),
            text in "[ab/ü]{0,6}",
        ) {
            let globs: Vec<Glob> = patterns.iter().map(|p| Glob::parse(p).unwrap()).collect();
            let each = globs.iter().zip(0_u32..).filter(|(glob, _)| glob.fits(&text));
            let each: Vec<u32> = each.map(|(_, number)| number).collect();
            prop_assert_eq!(GlobSet::new(globs).fitting(&text), each);
        }
    }
}
