//! Schema: the tables of the catalogue.
//!
//! In:    nothing; SQL.
//! Out:   [`TABLES`], the number of their format, and the mark of our files.
//! Never: changes without a new format number and a step in `migrate`.
//!
//! Amounts are exact decimal text, as the JSON of every command has them. A list of words (columns,
//! line item types) is kept once, however many files share it. Numbers of versions and closings are
//! never used again, even when the last one is removed.

/// `curt`, where SQLite keeps whose file it is.
pub(super) const APPLICATION: i32 = 0x6375_7274;

/// The format that this version writes. Format 0, before the first release, had no
/// `uninvoiced_rows`; format 1 no `place`; format 2 no segments of hours.
pub(super) const FORMAT: i32 = 3;

/// Where the segments are when they are not in the folder; at most one row.
pub(super) const PLACE: &str = "
CREATE TABLE place (
    segments TEXT NOT NULL,
    mark TEXT NOT NULL
) STRICT;
";

/// Every table.
pub(super) const TABLES: &str = "
CREATE TABLE version (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    period TEXT NOT NULL,
    source TEXT NOT NULL,
    manifest TEXT,
    execution TEXT,
    manifest_digest TEXT,
    first_day TEXT,
    last_day TEXT,
    rows_without_cost INTEGER NOT NULL,
    keep TEXT NOT NULL,
    uninvoiced_rows INTEGER,
    tool TEXT NOT NULL,
    at TEXT NOT NULL,
    CHECK ((first_day IS NULL) = (last_day IS NULL))
) STRICT;
CREATE INDEX version_by_period ON version (period, id);

CREATE TABLE finding (
    version INTEGER NOT NULL REFERENCES version ON DELETE CASCADE,
    position INTEGER NOT NULL,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (version, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE segment (
    version INTEGER NOT NULL REFERENCES version ON DELETE CASCADE,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (version, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE words (
    id INTEGER PRIMARY KEY,
    list TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE file (
    version INTEGER NOT NULL REFERENCES version ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    digest TEXT NOT NULL,
    schema TEXT NOT NULL,
    columns INTEGER NOT NULL REFERENCES words,
    missing INTEGER NOT NULL REFERENCES words,
    line_item_types INTEGER NOT NULL REFERENCES words,
    rows INTEGER NOT NULL,
    refused_rows INTEGER NOT NULL,
    PRIMARY KEY (version, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE file_sum (
    version INTEGER NOT NULL,
    file INTEGER NOT NULL,
    position INTEGER NOT NULL,
    currency TEXT NOT NULL,
    metric TEXT NOT NULL,
    delivered TEXT NOT NULL,
    refused TEXT NOT NULL,
    PRIMARY KEY (version, file, position),
    FOREIGN KEY (version, file) REFERENCES file ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE total (
    version INTEGER NOT NULL REFERENCES version ON DELETE CASCADE,
    position INTEGER NOT NULL,
    currency TEXT NOT NULL,
    line_items INTEGER NOT NULL,
    usage_hours TEXT NOT NULL,
    unblended_cost TEXT NOT NULL,
    amortized_cost TEXT NOT NULL,
    net_unblended_cost TEXT NOT NULL,
    net_amortized_cost TEXT NOT NULL,
    list_cost TEXT NOT NULL,
    blended_cost TEXT NOT NULL,
    PRIMARY KEY (version, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE closing (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    period TEXT NOT NULL UNIQUE,
    at TEXT NOT NULL,
    tool TEXT NOT NULL,
    forced TEXT,
    metric TEXT NOT NULL,
    rule_file TEXT
) STRICT;

CREATE TABLE closing_pin (
    closing INTEGER NOT NULL REFERENCES closing,
    period TEXT NOT NULL,
    version INTEGER NOT NULL REFERENCES version,
    PRIMARY KEY (closing, period)
) STRICT, WITHOUT ROWID;

CREATE TABLE closing_adjusted (
    closing INTEGER NOT NULL REFERENCES closing,
    period TEXT NOT NULL,
    from_version INTEGER NOT NULL REFERENCES version,
    to_version INTEGER NOT NULL REFERENCES version,
    PRIMARY KEY (closing, period)
) STRICT, WITHOUT ROWID;

CREATE TABLE closing_rule (
    closing INTEGER NOT NULL REFERENCES closing,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    digest TEXT NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (closing, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE closing_total (
    closing INTEGER NOT NULL REFERENCES closing,
    position INTEGER NOT NULL,
    tenant TEXT,
    currency TEXT NOT NULL,
    exact TEXT NOT NULL,
    adjustments TEXT NOT NULL,
    booked TEXT NOT NULL,
    PRIMARY KEY (closing, position)
) STRICT, WITHOUT ROWID;
";
