//! World: all that the typesetter may know: one template, the words of a paper, the fonts.
//!
//! In:    the words as JSON.
//! Out:   the bytes of a PDF, the same for the same words.
//! Never: opens a file, asks for the day, or reads a word of the data as markup.

use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::PdfOptions;

use crate::render::RenderError;
use crate::render::font::{BOLD, CHINESE, REGULAR};

const TEMPLATE: &str = include_str!("paper.typ");
/// The name under which the template reads the words.
const WORDS: &str = "paper.json";

/// Sets words by the template.
pub(super) fn set(words: Vec<u8>) -> Result<Vec<u8>, RenderError> {
    let desk = Desk::new(words)?;
    let document = typst::compile::<PagedDocument>(&desk).output.map_err(|all| failed(&all))?;
    let options = PdfOptions {
        creator: Smart::Custom(Some(concat!("curtail ", env!("CARGO_PKG_VERSION")).into())),
        ..PdfOptions::default()
    };
    let bytes = typst_pdf::pdf(&document, &options).map_err(|all| failed(&all));
    // The typesetter remembers what it has set, for documents that are edited; these are not.
    typst::comemo::evict(0);
    bytes
}

fn failed(errors: &[SourceDiagnostic]) -> RenderError {
    let reasons: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
    RenderError::Typesetting { reason: reasons.join("; ") }
}

struct Desk {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    template: Source,
    words: (FileId, Bytes),
}

impl Desk {
    fn new(words: Vec<u8>) -> Result<Self, RenderError> {
        let fonts = [REGULAR, BOLD, CHINESE].into_iter();
        let fonts: Vec<Font> = fonts.filter_map(|font| Font::new(Bytes::new(font), 0)).collect();
        Ok(Self {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            template: Source::new(file("paper.typ")?, TEMPLATE.to_owned()),
            words: (file(WORDS)?, Bytes::new(words)),
        })
    }
}

fn file(name: &str) -> Result<FileId, RenderError> {
    let path = VirtualPath::new(name)
        .map_err(|error| RenderError::Typesetting { reason: error.to_string() })?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.template.id() {
            Ok(self.template.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.words.0 { Ok(self.words.1.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
