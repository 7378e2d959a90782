"""Export: a folder of billing files, read row by row.

In:    a file or folder with CUR Parquet files, legacy or CUR 2.0.
Out:   `lines`, every line item as a `Line`: exact costs, merged tags, plain text.
Never: shares code with curtail, skips a line in silence, or is fast for its own sake.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterator

import pyarrow.parquet as pq

import costs
from tags import TAG_COLUMN, merge_tags

STATUS_FOLDER = "cost_and_usage_data_status"
# Rows that restate EC2 cost per container; adding them would count it twice.
SPLIT_OPERATIONS = {"EKSPod-EC2", "ECSTask-EC2"}
TEXT_COLUMNS = [
    "line_item_currency_code",
    "line_item_line_item_description",
    "line_item_line_item_type",
    "line_item_operation",
    "line_item_product_code",
    "line_item_resource_id",
    "line_item_usage_account_id",
    "line_item_usage_type",
    "bill_payer_account_id",
    "pricing_unit",
    "product_instance_type",
    "product_region_code",
    "product_region",
    "reservation_reservation_a_r_n",
]
USAGE = "line_item_usage_amount"
HOUR_UNITS = {"hrs", "hours", "hour", "hr"}
USED_TYPES = {"Usage", "DiscountedUsage", "SavingsPlanCoveredUsage", "FlatRateSubscription"}
TIME_COLUMNS = ["bill_billing_period_start_date", "line_item_usage_start_date"]
MAP_COLUMNS = ["tags", "resource_tags"]
CATEGORIES, CATEGORY_COLUMN = "cost_category", "cost_category_"


@dataclass(frozen=True)
class Line:
    """One line item. Text that is empty or missing is `None`; costs are pico-units by metric."""

    text: dict
    month: str
    day: str
    tags: dict
    costs: dict
    categories: dict = field(default_factory=dict)
    hours: int = 0


def data_files(source: Path) -> list[Path]:
    """The Parquet files that count: what the manifests name, newest execution only, and everything
    in the months that no usable manifest speaks of."""
    if source.is_file():
        return [source]
    every = sorted(p for p in source.rglob("*.parquet") if STATUS_FOLDER not in p.parts)
    named: dict[str, tuple[int, list[Path]]] = {}
    for manifest in sorted(source.rglob("*-Manifest.json")):
        facts = json.loads(manifest.read_text())
        keys = facts.get("dataFiles") or facts.get("reportKeys") or []
        found = [find_by_suffix(key, every) for key in keys if key.endswith(".parquet")]
        if not found:
            continue  # a manifest of CSV files says nothing about Parquet
        # The manifest of the newest execution is the one that lies outside the execution folders.
        depth, month = len(manifest.parts), month_of(found[0])
        if month not in named or depth < named[month][0]:
            named[month] = (depth, found)
    chosen = [path for path in every if month_of(path) not in named]
    return sorted(chosen + [path for _, paths in named.values() for path in paths])


def find_by_suffix(key: str, files: list[Path]) -> Path:
    """The file on disk that shares the longest end of its path with an object key."""
    wanted = key.removeprefix("s3://").split("/")

    def shared(path: Path) -> int:
        pairs = zip(reversed(path.parts), reversed(wanted))
        return next((n for n, (a, b) in enumerate(pairs) if a != b), len(wanted))

    best = max(files, key=shared)
    if shared(best) == 0:
        raise SystemExit(f"the manifest names {key}, which is not on disk")
    return best


def month_of(path: Path) -> str:
    """The folders that name the month: `BILLING_PERIOD=2026-04`, `year=2018/month=11`, or
    `20240101-20240201`."""
    marks = ("BILLING_PERIOD=", "year=", "month=")
    is_range = lambda part: len(part) == 17 and part.replace("-", "").isdigit()
    return "/".join(p for p in path.parts if p.startswith(marks) or is_range(p))


def lines(source: Path) -> Iterator[Line]:
    """Every line item of an export, in no meaningful order."""
    for path in data_files(source):
        yield from lines_of_file(path)


def lines_of_file(path: Path) -> Iterator[Line]:
    """Every line item of one file, split rows left out."""
    file = pq.ParquetFile(path)
    present = file.schema_arrow.names
    legacy_tags = [name for name in present if name.startswith(TAG_COLUMN)]
    legacy_categories = [name for name in present if name.startswith(CATEGORY_COLUMN)]
    numbers = [name for name in costs.COLUMNS if name in present]
    wanted = TEXT_COLUMNS + TIME_COLUMNS + MAP_COLUMNS + [CATEGORIES, USAGE] + numbers
    wanted += legacy_tags + legacy_categories
    if "line_item_unblended_cost" not in present:
        raise SystemExit(f"{path} has no line_item_unblended_cost: not a cost and usage report")
    for batch in file.iter_batches(columns=[name for name in wanted if name in present]):
        for row in batch.to_pylist():
            text = {name: row.get(name) or None for name in TEXT_COLUMNS}
            if text["line_item_operation"] in SPLIT_OPERATIONS:
                continue
            pairs = [tuple(row.get(name) or ()) for name in MAP_COLUMNS]
            pairs.append(tuple((name, row[name]) for name in legacy_tags if row[name]))
            amounts = {name: costs.pico(row[name]) for name in numbers if row[name] is not None}
            yield Line(
                text=text,
                month=row["bill_billing_period_start_date"].strftime("%Y-%m"),
                day=row["line_item_usage_start_date"].strftime("%Y-%m-%d"),
                tags=merge_tags(*pairs),
                costs=costs.metrics(text, amounts),
                categories=dict(row.get(CATEGORIES) or ())
                | {name: row[name] for name in legacy_categories if row[name]},
                hours=costs.pico(row.get(USAGE) or 0.0) if is_hours(text) else 0,
            )


def is_hours(text: dict) -> bool:
    """Whether the usage amount of a line is hours of something that ran."""
    unit = (text["pricing_unit"] or "").lower()
    return unit in HOUR_UNITS and text["line_item_line_item_type"] in USED_TYPES
