"""Rules: `tenants.toml` and its maps, read the plain way.

In:    the folder that holds `tenants.toml`, `spaces.csv`, `profiles.csv`, `efs-usage.csv`.
Out:   `Rules`: conditions that can be asked of a charge, tenants, splits as TOML has them.
Never: complains well; a wrong file is curtail's business.
"""

import csv
import fnmatch
import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Callable

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    import tomli as tomllib

IDENTITY = {"domain", "user", "space", "app", "reason"}
# A charge is asked for the value of a dimension; `None` is nothing.
Values = Callable[[str], str | None]


@dataclass(frozen=True)
class Dated:
    """Something that holds from a day on, and from another day on no longer."""

    what: dict
    line: int = 0

    def holds_on(self, day: str) -> bool:
        """Whether the day is in the run."""
        first, end = text_of(self.what.get("from")), text_of(self.what.get("to"))
        return (not first or first <= day) and (not end or day < end)


@dataclass
class Rules:
    """Everything that people wrote."""

    tenants: dict = field(default_factory=dict)
    rules: list[Dated] = field(default_factory=list)
    virtual: dict = field(default_factory=dict)
    splits: list[dict] = field(default_factory=list)
    spaces: list[Dated] = field(default_factory=list)
    profiles: list[Dated] = field(default_factory=list)
    usage: list[Dated] = field(default_factory=list)
    folder: Path = Path()

    def tenant(self, name: str) -> str:
        """The id behind an id or an alias."""
        named = (of for of, facts in self.tenants.items() if name in facts.get("aliases", ()))
        return name if name in self.tenants else next(named, name)


def read(file: Path) -> Rules:
    """The rule file and the maps beside it."""
    written = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    maps = {"spaces": "spaces.csv", "profiles": "profiles.csv", "efs_usage": "efs-usage.csv"}
    maps |= written.get("maps", {})
    table = lambda name: rows(file.parent / maps[name])
    return Rules(
        tenants=written.get("tenants", {}),
        rules=[Dated(rule) for rule in written.get("rule", [])],
        virtual=written.get("tag", {}),
        splits=written.get("split", []),
        spaces=table("spaces"),
        profiles=table("profiles"),
        usage=table("efs_usage"),
        folder=file.parent,
    )


def rows(path: Path) -> list[Dated]:
    """The rows of a CSV file by their trimmed headers; empty cells are left out."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        read_rows = list(csv.reader(file))
    heads = [head.strip().lower() for head in read_rows[0]]
    cells = lambda row: {head: cell.strip() for head, cell in zip(heads, row) if cell.strip()}
    return [Dated(cells(row), at) for at, row in enumerate(read_rows[1:], 2) if cells(row)]


def holds(match: dict, values: Values) -> bool:
    """Whether a charge is what a `match` says: every key must hold."""
    return all(key_holds(key, wanted, values) for key, wanted in match.items())


def key_holds(key: str, wanted, values: Values) -> bool:
    """Whether one key of a `match` holds."""
    if key == "all":
        return all(holds(part, values) for part in wanted)
    if key == "any":
        return any(holds(part, values) for part in wanted)
    if key == "not":
        return not holds(wanted, values)
    if key in ("tag", "category"):
        return all(key_holds(f"{key}:{name}", of, values) for name, of in wanted.items())
    dimension = {"product": "service"}.get(key, key.replace("_", "-") if ":" not in key else key)
    patterns = [wanted] if isinstance(wanted, (str, int)) else wanted
    found = values(dimension)
    spelled = spellings(dimension, found) if found is not None else []
    return any(fits(str(pattern), text) for pattern in patterns for text in spelled)


def spellings(dimension: str, value: str) -> list[str]:
    """A value and, for an ARN of an identity, its last parts."""
    if dimension in IDENTITY and value.startswith("arn:"):
        return [value, value.split("/", 1)[-1], value.rsplit("/", 1)[-1]]
    return [value]


@lru_cache(maxsize=100_000)
def fits(pattern: str, text: str) -> bool:
    """Whether a glob fits a whole text; letter case matters, the empty pattern fits nothing."""
    return bool(pattern) and any(fnmatch.fnmatchcase(text, plain) for plain in braced(pattern))


def braced(pattern: str) -> list[str]:
    """`a{b,c}d` as `abd` and `acd`."""
    parts = re.split(r"\{([^{}]*)\}", pattern)
    choices = [[part] if at % 2 == 0 else part.split(",") for at, part in enumerate(parts)]
    return ["".join(choice) for choice in product(*choices)]


def text_of(date) -> str:
    """A date of TOML or CSV as `2026-10-12`."""
    return "" if date is None else str(date)
