"""FOCUS: the data sets of curtail against the lines that they were made from.

In:    the binary, a bill, a rule file or none.
Out:   what is not equal between Parquet, CSV and the lines, if anything.
Never: imports anything of curtail; knows each cost from the line item type alone.
"""

import csv
import subprocess
from collections import Counter
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import costs
import pyarrow.parquet
from spend import Bill

COSTS = ["BilledCost", "EffectiveCost", "ListCost", "ContractedCost"]
# Charges that are no price times a quantity: every cost is the one that is billed.
LUMPS = {
    "Credit", "Fee", "FlatRateSubscription", "FlateRateSubscription", "RIFee", "Refund",
    "SavingsPlanRecurringFee", "SavingsPlanUpfrontFee", "Tax",
}
KEYS = [
    "BillingCurrency", "BillingPeriodStart", "ChargePeriodStart", "SubAccountId", "ResourceId",
    "x_ServiceCode", "x_UsageType", "x_Operation", "x_LineItemType",
]
MOMENTS = ["BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart", "ChargePeriodEnd"]


def difference(binary: str, bill: Bill, source: Path, tenants: Path | None) -> str | None:
    """What is not as the lines say."""
    with TemporaryDirectory() as folder:
        read = {}
        for kind in ("parquet", "csv"):
            file = Path(folder) / f"charges.{kind}"
            command = [binary, "spend", source, "--format", "focus", "-o", file]
            command += ["--tenants", tenants] if tenants else []
            done = subprocess.run(command, capture_output=True, text=True, timeout=120)
            if done.returncode != 0:
                return f"exit {done.returncode}: {done.stderr.strip()}"
            read[kind] = of_parquet(file) if kind == "parquet" else of_csv(file)
    if read["parquet"] != read["csv"]:
        return "Parquet and CSV differ"
    wanted = sums(of_line(line) for line, _ in bill.charges)
    found = sums(of_row(row) for row in read["csv"])
    # What rules move has no place of its own among the lines, but the same sum.
    compared = [0, 2, 3, 4, 5] if tenants else range(len(COSTS) + 2)
    for key in {*wanted, *found}:
        ours, theirs = wanted.get(key, [0] * 6), found.get(key, [0] * 6)
        if any(ours[at] != theirs[at] for at in compared):
            return f"{key}: curtail {theirs}, oracle {ours}"
    for at, name in enumerate(COSTS):
        if total(found, at) != total(wanted, at):
            return f"{name}: curtail {total(found, at)}, oracle {total(wanted, at)}"
    return None


def total(by_key: dict, at: int) -> Counter:
    """A cost by currency."""
    sum_of = Counter()
    for key, amounts in by_key.items():
        sum_of[key[0]] += amounts[at]
    return sum_of


def sums(rows) -> dict[tuple, list[int]]:
    """Four costs, hours and lines by key; keys of nothing at all are left out."""
    by_key: dict[tuple, list[int]] = {}
    for key, amounts in rows:
        have = by_key.setdefault(key, [0] * len(amounts))
        by_key[key] = [a + b for a, b in zip(have, amounts)]
    return {key: amounts for key, amounts in by_key.items() if any(amounts)}


def of_line(line) -> tuple[tuple, list[int]]:
    """What a line is in the data set."""
    text, kind = line.text, line.text["line_item_line_item_type"]
    billed, public = line.costs["net_unblended"], line.costs["list"]
    listed = billed if kind in LUMPS else public
    contracted = public if kind == "DiscountedUsage" else billed
    if kind == "SavingsPlanNegation":
        contracted = 0
    key = (
        text["line_item_currency_code"], f"{line.month}-01T00:00:00Z",
        f"{line.day or line.month + '-01'}T00:00:00Z", text["line_item_usage_account_id"],
        text["line_item_resource_id"], text["line_item_product_code"],
        text["line_item_usage_type"], text["line_item_operation"], kind,
    )
    return key, [billed, line.costs["net_amortized"], listed, contracted, line.hours, 1]


def of_row(row: dict) -> tuple[tuple, list[int]]:
    """The same of a row that was written."""
    amounts = [costs.pico_of_text(row[name]) for name in (*COSTS, "x_UsageHours")]
    return tuple(row[name] for name in KEYS), [*amounts, int(row["x_LineItems"])]


def of_csv(file: Path) -> list[dict]:
    """Rows as text; nothing is `None`."""
    with file.open(encoding="utf-8", newline="") as lines:
        return [{k: v or None for k, v in row.items()} for row in csv.DictReader(lines)]


def of_parquet(file: Path) -> list[dict]:
    """The same rows, by their types."""

    def text(name: str, value) -> str | None:
        if value is None:
            return None
        if name in MOMENTS:
            if value.utcoffset() != timedelta(0):
                raise SystemExit(f"{name} is not in UTC: {value}")
            return value.strftime("%Y-%m-%dT%H:%M:%SZ")
        if hasattr(value, "as_tuple"):
            return costs.decimal_text(costs.pico_of_text(str(value)))
        return str(value)

    rows = pyarrow.parquet.read_table(file).to_pylist()
    return [{name: text(name, value) for name, value in row.items()} for row in rows]
