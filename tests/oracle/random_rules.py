"""Random rules: rule files that nobody would write, about values that a bill really has.

In:    a bill and a seed.
Out:   the text of a `tenants.toml`.
Never: asks for what the oracle does not compute: caps, floors, chains that keep a part.
"""

import json
import random

from rules import Rules
from spend import Bill
from tenants import Piece, values_of

TENANTS = ["search", "ads", "R&D", "platform", "Ω"]
DIMENSIONS = [
    "domain", "user", "space", "account", "region", "service", "component", "line-type",
    "usage-type", "operation", "tag:team", "tag:environment", "tag:studiouserid",
    "category:business_unit",
]  # fmt: skip
text = lambda value: json.dumps(value, ensure_ascii=False)


class Writer:
    """One random rule file."""

    def __init__(self, bill: Bill, seed: int):
        self.dice = random.Random(seed)
        charges = self.dice.sample(bill.charges, min(400, len(bill.charges)))
        asked = [values_of(Piece(line, owner, {}, 0), Rules()) for line, owner in charges]
        found = {of: sorted({ask(of) for ask in asked} - {None}) for of in DIMENSIONS}
        self.values = {of: values for of, values in found.items() if values}
        self.days = sorted({line.day for line, _ in charges})

    def file(self) -> str:
        """The whole file."""
        dice = self.dice
        parts = [f"[tenants.{text(name)}]" for name in TENANTS]
        if dice.random() < 0.5:
            parts.append(self.virtual_tag())
        parts += [self.rule() for _ in range(dice.randint(1, 8))]
        parts += [self.split(f"pool {at}", None) for at in range(dice.randint(0, 4))]
        if dice.random() < 0.6:
            parts.append(self.split("chain", dice.choice(TENANTS)))
        return "\n\n".join(parts) + "\n"

    def pattern(self, value: str) -> str:
        """A value, or a glob that fits it, with its own special characters disarmed."""
        special = str.maketrans({c: f"[{c}]" for c in "*?["} | {"{": "[{]", "}": "[}]"})
        start = value[: self.dice.randint(1, len(value))].translate(special)
        end = "*" + value[-1:].translate(special)
        return self.dice.choice([value.translate(special), start + "*", end])

    def key(self) -> str:
        """One key of a match."""
        of = self.dice.choice(sorted(self.values))
        few = self.dice.choices(self.values[of], k=self.dice.randint(1, 3))
        picked = [self.pattern(value) for value in few]
        return f"{text(of)} = [{', '.join(map(text, picked))}]"

    def match(self, depth: int = 0) -> str:
        """A condition, at most three deep."""
        roll = self.dice.random()
        if depth < 2 and roll < 0.15:
            return f"{{ not = {self.match(depth + 1)} }}"
        if depth < 2 and roll < 0.35:
            word = self.dice.choice(["all", "any"])
            return f"{{ {word} = [{self.match(depth + 1)}, {self.match(depth + 1)}] }}"
        written = [self.key() for _ in range(self.dice.randint(1, 2))]
        keys = {key.split(" = ")[0]: key for key in written}
        return "{ " + ", ".join(keys.values()) + " }"

    def dates(self) -> list[str]:
        """Sometimes a day to begin with, sometimes a day to end before."""
        first, end = sorted(self.dice.sample(self.days, 2))
        chosen = [f"from = {first}", f"to = {text(end)}"]
        return [line for line in chosen if self.dice.random() < 0.2]

    def rule(self) -> str:
        """One rule."""
        tenant = text(self.dice.choice(TENANTS))
        lines = ["[[rule]]", f"tenant = {tenant}", f"match = {self.match()}"]
        return "\n".join(lines + self.dates())

    def virtual_tag(self) -> str:
        """A tag `team` made of others."""
        value = text(self.dice.choice(["x", "y"]))
        lines = [
            "[tag.team]",
            'first_of = ["tag:environment", "tag:team", "category:business_unit"]',
            f"rename = {{ {text(self.pattern('prod'))} = {value} }}",
            "[[tag.team.rule]]",
            f"value = {value}",
            f"match = {self.match()}",
        ]
        return "\n".join(lines)

    def split(self, name: str, giver: str | None) -> str:
        """One split; a chain gives everything."""
        lines = ["[[split]]", f"name = {text(name)}"]
        if giver:
            lines.append(f"from_tenants = [{text(giver)}]")
            method = self.dice.choice(["even", "proportional"])
        else:
            lines += [f"match = {self.match()}", *self.dates()]
            method = self.dice.choice(["even", "fixed", "proportional"])
        lines.append(f"method = {text(method)}")
        others = [tenant for tenant in TENANTS if tenant != giver]
        if method == "fixed":
            parts = [self.dice.randint(0, 3333) / 100 for _ in others[:3]]
            pairs = (f"{text(name)} = {part}" for name, part in zip(others, parts))
            lines.append(f"percent = {{ {', '.join(pairs)} }}")
            rest = self.dice.choice(["keep", "spread"]) if any(parts) else "keep"
            lines.append(f"rest = {text(rest)}")
            return "\n".join(lines)
        if self.dice.random() < 0.5:
            few = self.dice.sample(others, self.dice.randint(1, len(others)))
            lines.append(f"targets = [{', '.join(map(text, few))}]")
        if method == "proportional":
            lines.append(f"by = {text(self.dice.choice(['cost', 'hours', 'list', 'unblended']))}")
            on_zero = "even" if giver else self.dice.choice(["keep", "even"])
            lines.append(f"on_zero = {text(on_zero)}")
            if self.dice.random() < 0.5:
                lines.append(f"of = {self.match()}")
        return "\n".join(lines)
