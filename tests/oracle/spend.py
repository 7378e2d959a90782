"""Spend: who spent what, computed the slow and plain way.

In:    a source and a question, as `curtail spend` takes them.
Out:   the rows of the JSON contract, costs as exact decimal text.
Never: imports anything of curtail; it is here to disagree with it.

    python spend.py SOURCE --by domain,user,space [--metric amortized] [--month 2026-04]
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path

import costs
import rules
import shares
import tenants
from components import component_of
from export import Line, lines
from owners import Owner, Owners
from tags import fold

# Word on the command line, key in the answer, value of a line and its owner.
DIMENSIONS = {
    "domain": ("domain_arn", lambda line, owner: owner.domain),
    "user": ("user_profile_arn", lambda line, owner: owner.user),
    "space": ("space_arn", lambda line, owner: owner.space),
    "reason": ("owner_reason", lambda line, owner: owner.reason),
    "component": (
        "component",
        lambda line, owner: component_of(
            line.text["line_item_product_code"], line.text["line_item_usage_type"]
        ),
    ),
    "service": ("product_code", lambda line, owner: line.text["line_item_product_code"]),
    "usage-type": ("usage_type", lambda line, owner: line.text["line_item_usage_type"]),
    "operation": ("operation", lambda line, owner: line.text["line_item_operation"]),
    "line-type": ("line_item_type", lambda line, owner: line.text["line_item_line_item_type"]),
    "resource": ("resource_id", lambda line, owner: line.text["line_item_resource_id"]),
    "account": ("usage_account_id", lambda line, owner: line.text["line_item_usage_account_id"]),
    "currency": ("currency", lambda line, owner: line.text["line_item_currency_code"]),
    "month": ("billing_period", lambda line, owner: line.month),
    "day": ("usage_date", lambda line, owner: line.day),
}
IDENTITY = {"domain", "user", "space", "reason"}


class Bill:
    """A source, read once and attributed, ready for many questions."""

    def __init__(self, source: Path):
        self.lines = read = list(lines(source))
        owners = Owners(read)
        self.charges: list[tuple[Line, Owner]] = [(line, owners.of(line)) for line in read]

    def spend(self, by: list[str], metric: str, month: str | None = None) -> list[dict]:
        """One row per currency, standing and combination of values; nothing folded or cut."""
        readers = [dimension(word) for word in by]
        is_identity = bool(IDENTITY & set(by))
        sums: dict[tuple, int] = defaultdict(int)
        for line, owner in self.charges:
            if month in (None, line.month):
                standing = owner.standing if is_identity else "attributed"
                values = tuple(read(line, owner) for _, read in readers)
                sums[(line.text["line_item_currency_code"], standing, *values)] += line.costs[metric]
        names = ["currency", "standing", *(name for name, _ in readers)]
        return [
            {**dict(zip(names, key)), "cost": costs.decimal_text(amount)}
            for key, amount in sums.items()
        ]


    def pools(self, file: Path, metric: str) -> tuple[dict[tuple, int], bool]:
        """Pico-units by currency, month, tenant and pool under a rule file; whether they are exact."""
        written = rules.read(file)
        found = tenants.pieces(self.lines, written)
        ledger = shares.Ledger(found, written, metric, tenants.values_of)
        return ledger.answer(), ledger.is_exact


def dimension(word: str):
    """The key of a dimension, and how to read it from a line and its owner."""
    if word.startswith("tag:"):
        key = fold(word.removeprefix("tag:"))[0]
        return word, lambda line, owner: line.tags.get(key)
    return DIMENSIONS[word]


def main() -> None:
    """Answers one question on standard output."""
    parser = argparse.ArgumentParser(description="the oracle's answer to `curtail spend`")
    parser.add_argument("source", type=Path)
    parser.add_argument("--by", default="domain,user,space")
    parser.add_argument("--metric", default="amortized", choices=costs.METRICS)
    parser.add_argument("--month")
    asked = parser.parse_args()
    rows = Bill(asked.source).spend(asked.by.split(","), asked.metric, asked.month)
    rows.sort(key=lambda row: [value or "" for value in row.values()])
    print(json.dumps({"metric": asked.metric, "rows": rows}, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
