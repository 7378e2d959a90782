//! Footer editor: hostile Parquet files, made from good ones by changing one value.
//!
//! In:    a good file; a path of field numbers and list positions, and a new value.
//! Out:   the file with that value and a footer of the right length.
//! Never: checks anything; the tests ask others to.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;

/// A value of the Thrift compact protocol, with its type where several share a meaning.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Bool(bool),
    Byte(u8),
    /// Types 4, 5 and 6: 16, 32 and 64 bits.
    Int(u8, i64),
    Double(Vec<u8>),
    Text(Vec<u8>),
    List(List),
    Struct(BTreeMap<i64, Value>),
}

/// A list, whose stated length may be a lie.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct List {
    element: u8,
    pub(crate) items: Vec<Value>,
    pub(crate) claimed: Option<u64>,
}

impl Value {
    /// Reads a struct from the front of some bytes; how many bytes it took.
    pub(crate) fn read_struct(bytes: &[u8]) -> (Self, usize) {
        let mut at = 0;
        let value = read(bytes, &mut at, 12);
        (value, at)
    }

    /// The value at a path: numbers of fields in structs, positions in lists.
    pub(crate) fn at(&mut self, path: &[i64]) -> &mut Self {
        let Some((step, rest)) = path.split_first() else { return self };
        match self {
            Self::Struct(fields) => fields.get_mut(step).unwrap().at(rest),
            Self::List(list) => list.items[usize::try_from(*step).unwrap()].at(rest),
            other => panic!("{other:?} holds nothing at {step}"),
        }
    }

    /// Gives an integer, a text or a whole value a new content of the same type.
    pub(crate) fn set(&mut self, number: i64) {
        let Self::Int(_, value) = self else { panic!("{self:?} is no number") };
        *value = number;
    }

    pub(crate) fn number(&self) -> i64 {
        let Self::Int(_, value) = self else { panic!("{self:?} is no number") };
        *value
    }

    pub(crate) fn fields(&mut self) -> &mut BTreeMap<i64, Self> {
        let Self::Struct(fields) = self else { panic!("{self:?} is no struct") };
        fields
    }

    pub(crate) fn list(&mut self) -> &mut List {
        let Self::List(list) = self else { panic!("{self:?} is no list") };
        list
    }

    fn code(&self) -> u8 {
        match self {
            Self::Bool(true) => 1,
            Self::Bool(false) => 2,
            Self::Byte(_) => 3,
            Self::Int(code, _) => *code,
            Self::Double(_) => 7,
            Self::Text(_) => 8,
            Self::List(_) => 9,
            Self::Struct(_) => 12,
        }
    }

    /// The bytes of the value.
    pub(crate) fn write(&self) -> Vec<u8> {
        match self {
            Self::Bool(_) => Vec::new(),
            Self::Byte(byte) => vec![*byte],
            Self::Int(_, number) => zigzag(*number),
            Self::Double(bytes) => bytes.clone(),
            Self::Text(bytes) => [varint(bytes.len() as u64), bytes.clone()].concat(),
            Self::List(list) => list.write(),
            Self::Struct(fields) => write_struct(fields),
        }
    }
}

impl List {
    fn write(&self) -> Vec<u8> {
        let length = self.claimed.unwrap_or(self.items.len() as u64);
        let mut bytes = vec![0xF0 | self.element];
        bytes.extend(varint(length));
        for item in &self.items {
            match item {
                Value::Bool(value) => bytes.push(if *value { 1 } else { 2 }),
                other => bytes.extend(other.write()),
            }
        }
        bytes
    }
}

fn write_struct(fields: &BTreeMap<i64, Value>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (id, value) in fields {
        bytes.push(value.code());
        bytes.extend(zigzag(*id));
        bytes.extend(value.write());
    }
    bytes.push(0);
    bytes
}

pub(crate) fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number > 0x7F {
        bytes.push(u8::try_from(number & 0x7F).unwrap() | 0x80);
        number >>= 7;
    }
    bytes.push(u8::try_from(number).unwrap());
    bytes
}

pub(crate) fn zigzag(number: i64) -> Vec<u8> {
    varint(((number << 1) ^ (number >> 63)).cast_unsigned())
}

fn read_varint(bytes: &[u8], at: &mut usize) -> u64 {
    let (mut number, mut shift) = (0, 0);
    loop {
        let byte = bytes[*at];
        *at += 1;
        number |= u64::from(byte & 0x7F) << shift;
        shift += 7;
        if byte < 0x80 {
            return number;
        }
    }
}

fn read_zigzag(bytes: &[u8], at: &mut usize) -> i64 {
    let number = read_varint(bytes, at);
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

fn take(bytes: &[u8], at: &mut usize, count: usize) -> Vec<u8> {
    *at += count;
    bytes[*at - count..*at].to_vec()
}

fn read(bytes: &[u8], at: &mut usize, code: u8) -> Value {
    match code {
        1 | 2 => Value::Bool(code == 1),
        3 => Value::Byte(take(bytes, at, 1)[0]),
        4..=6 => Value::Int(code, read_zigzag(bytes, at)),
        7 => Value::Double(take(bytes, at, 8)),
        8 => {
            let length = usize::try_from(read_varint(bytes, at)).unwrap();
            Value::Text(take(bytes, at, length))
        }
        9 => {
            let head = take(bytes, at, 1)[0];
            let (short, element) = (u64::from(head >> 4), head & 15);
            let length = if short == 15 { read_varint(bytes, at) } else { short };
            let item = |at: &mut usize| match element {
                1 | 2 => Value::Bool(take(bytes, at, 1)[0] == 1),
                element => read(bytes, at, element),
            };
            let items = (0..length).map(|_| item(at)).collect();
            Value::List(List { element, items, claimed: None })
        }
        12 => {
            let (mut fields, mut id) = (BTreeMap::new(), 0);
            loop {
                let head = take(bytes, at, 1)[0];
                if head == 0 {
                    return Value::Struct(fields);
                }
                let delta = i64::from(head >> 4);
                id = if delta == 0 { read_zigzag(bytes, at) } else { id + delta };
                fields.insert(id, read(bytes, at, head & 15));
            }
        }
        other => panic!("type {other} is not in Parquet footers"),
    }
}

/// A file taken apart.
#[derive(Clone)]
pub(crate) struct Parts {
    /// From the magic to before the footer.
    pub(crate) body: Vec<u8>,
    /// `FileMetaData`.
    pub(crate) footer: Value,
}

impl Parts {
    pub(crate) fn of(file: &[u8]) -> Self {
        let length = u32::from_le_bytes(*file[..file.len() - 4].last_chunk().unwrap());
        let start = file.len() - 8 - length as usize;
        let (footer, _) = Value::read_struct(&file[start..]);
        Self { body: file[..start].to_vec(), footer }
    }

    pub(crate) fn join(&self) -> Vec<u8> {
        join(&self.body, &self.footer.write())
    }
}

/// A body and a footer, whatever it holds, as a file.
pub(crate) fn join(body: &[u8], footer: &[u8]) -> Vec<u8> {
    let length = u32::try_from(footer.len()).unwrap().to_le_bytes();
    [body, footer, &length, b"PAR1"].concat()
}

/// A good file: an id, a cost and a name for each of 1,000 rows, one row group, one page each.
pub(crate) fn good_file() -> Vec<u8> {
    let ids: ArrayRef = Arc::new(Int64Array::from_iter_values(0..1_000));
    let costs: ArrayRef = Arc::new(Float64Array::from_iter_values((0..1_000).map(|_| 0.1)));
    let names: ArrayRef =
        Arc::new(StringArray::from_iter_values((0..1_000).map(|row| format!("name {row}"))));
    let columns = [("id", ids), ("line_item_unblended_cost", costs), ("name", names)];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let properties = WriterProperties::builder().set_dictionary_enabled(false).build();
    let mut file = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut file, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    file
}
