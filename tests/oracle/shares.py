"""Shares: who pays for what is shared, with fractions and plain loops.

In:    the pieces of a bill with their tenants, and the splits of the rules.
Out:   cost by month, tenant and pool, in pico-units.
Never: knows how a pool is made up; only what each tenant receives of it.
"""

from collections import defaultdict
from fractions import Fraction

from rules import Dated, Rules, holds, rows

HUNDRED = Fraction(100)


def apportion(amount: int, weights: list) -> list[int]:
    """An amount by weights: the largest remainders get what rounding down leaves, earlier first."""
    total = sum(map(Fraction, weights))
    if not total:
        return [0] * len(weights)
    sign, amount = (-1 if amount < 0 else 1), abs(amount)
    exact = [amount * Fraction(weight) / total for weight in weights]
    given = [share.numerator // share.denominator for share in exact]
    missing = amount - sum(given)
    by_rest = sorted(range(len(weights)), key=lambda at: (given[at] - exact[at], at))
    for at in by_rest[:missing]:
        given[at] += 1
    return [sign * share for share in given]


def in_order(splits: list[dict], rules: Rules) -> list[dict]:
    """Chains after whatever gives to the tenants that they take from."""
    waiting, order = list(splits), []
    while waiting:
        takes = lambda split: {rules.tenant(name) for name in split.get("from_tenants", [])}
        fed_later = lambda split: any(
            takes(split) & set(receivers(other, rules)) for other in waiting if other is not split
        )
        ready = next(split for split in waiting if not fed_later(split))
        order.append(ready)
        waiting.remove(ready)
    return order


def receivers(split: dict, rules: Rules) -> list[str]:
    """Every tenant that a split may give to, sorted."""
    givers = {rules.tenant(name) for name in split.get("from_tenants", [])}
    if "tier" in split:
        steps = [{"from_tenants": sorted(givers)} | tier for tier in split["tier"]]
        return sorted({name for step in steps for name in receivers(step, rules)})
    if "percent" in split:
        return sorted(rules.tenant(name) for name in split["percent"])
    if split["method"] == "driver":
        return sorted({target for target, _ in driver_rows(split, rules)})
    targets = split.get("targets", "all")
    if targets != "all":
        return sorted(rules.tenant(name) for name in targets)
    return sorted(set(rules.tenants) - givers)


def driver_rows(split: dict, rules: Rules):
    """Target and (date, amount) of each row of a driver file."""
    for row in rows(rules.folder / split["file"]):
        cells = row.what
        yield rules.tenant(cells["target"]), (cells["date"], Fraction(cells["amount"]))


class Ledger:
    """What every tenant holds, by currency, month and pool."""

    def __init__(self, pieces: list, rules: Rules, metric: str, values_of):
        self.rules, self.metric = rules, metric
        self.pieces = [(piece, values_of(piece, rules)) for piece in pieces]
        splits = in_order(rules.splits, rules)
        self.chains = [split for split in splits if split.get("from_tenants")]
        # Received cost is exact as a whole, but what it is made of is not: a chain that takes a
        # part of it is off by the remainders of earlier pools.
        self.is_exact = not any(split.get("match") for split in self.chains)
        # (currency, month, tenant, pool) to cost by the chains that would take it.
        self.held: dict[tuple, dict] = defaultdict(lambda: defaultdict(Fraction))
        self.taken: set[int] = set()
        for split in splits:
            self.carry_out(split)

    def own(self, piece) -> tuple:
        """Currency and month of a piece."""
        return piece.line.text["line_item_currency_code"] or "XXX", piece.line.month

    def chains_for(self, at: int) -> tuple:
        """Which chains would take a piece, whoever holds it."""
        piece, values = self.pieces[at]
        day = piece.line.day
        takes = lambda split: Dated(split).holds_on(day) and holds(split.get("match", {}), values)
        return tuple(split["name"] for split in self.chains if takes(split))

    def carry_out(self, split: dict) -> None:
        """Takes the pools of a split, gives them away, and keeps what cannot be given."""
        pools: dict[tuple, dict] = defaultdict(lambda: defaultdict(Fraction))
        givers = [self.rules.tenant(name) for name in split.get("from_tenants", [])]
        for at, (piece, values) in enumerate(self.pieces):
            takes = piece.tenant in givers if givers else piece.tenant is None
            dated = Dated(split).holds_on(piece.line.day)
            if takes and dated and at not in self.taken and holds(split.get("match", {}), values):
                day = piece.line.day if is_daily(split) else None
                pools[(*self.own(piece), day)][self.chains_for(at)] += piece.costs[self.metric]
                self.taken.add(at)
        for (currency, month, tenant, _), parts in self.held.items():
            for chains in [chains for chains in parts if tenant in givers]:
                if split["name"] in chains:
                    pools[currency, month, None][chains] += parts.pop(chains)
        for key, parts in pools.items():
            self.give(split, key, parts)

    def give(self, split: dict, key: tuple, parts: dict) -> None:
        """One pool: apportioned, and put where it goes."""
        currency, month, day = key
        amount = round(sum(parts.values()))
        shares = self.shares(split, amount, currency, month, day) or {}
        kept = amount - sum(shares.values())
        assert not kept or not split.get("from_tenants"), "a chain that keeps is not compared"
        # What stays is unassigned still, but named by the pool.
        for tenant, cost in [(None, kept), *shares.items()]:
            held = self.held[currency, month, tenant, split["name"]]
            for chains, part in parts.items():
                held[chains] += Fraction(cost) * part / amount if amount else Fraction(0)

    def shares(self, split: dict, amount: int, currency: str, month: str, day: str | None):
        """Cost by tenant, or nothing when the pool stays."""
        names = receivers(split, self.rules)
        if "tier" in split:
            return self.tiers(split, amount, currency, month, day)
        weights, kept = self.weights(split, names, currency, month, day)
        if not any(weights):
            if split.get("on_zero", "keep") != "even":
                return None
            weights = [Fraction(1)] * len(names)
        # What the percentages do not reach weighs as a last target of its own.
        return dict(zip(names, apportion(amount, [*weights, kept])))

    def tiers(self, split: dict, amount: int, currency: str, month: str, day: str | None):
        """Each step of the amount by its own method."""
        given: dict[str, int] = defaultdict(int)
        sign, left, below = (-1 if amount < 0 else 1), abs(amount), 0
        for tier in split["tier"]:
            end = Fraction(str(tier["up_to"])) * 10**12 if "up_to" in tier else None
            step = left if end is None else min(left, int(end) - below)
            whole = {"name": split["name"], "from_tenants": split.get("from_tenants", [])} | tier
            shares = self.shares(whole, sign * step, currency, month, day) or {}
            for tenant, cost in shares.items():
                given[tenant] += cost
            left, below = left - step, below + step
        return dict(given)

    def weights(self, split: dict, names: list[str], currency: str, month: str, day: str | None):
        """The weight of each target, and of what stays."""
        method = split["method"]
        if method == "even":
            return [Fraction(1)] * len(names), Fraction(0)
        if method == "fixed":
            written = split["percent"].items()
            percent = {self.rules.tenant(name): Fraction(str(part)) for name, part in written}
            rest = HUNDRED - sum(percent.values())
            return [percent[name] for name in names], Fraction(
                0 if split.get("rest", "keep") == "spread" or rest < 0 else rest
            )
        if method == "driver":
            wanted = day if day else month
            read = driver_rows(split, self.rules)
            hits = [(target, part) for target, (date, part) in read if date.startswith(wanted)]
            of = lambda name: sum((part for target, part in hits if target == name), Fraction(0))
            return [of(name) for name in names], Fraction(0)
        return [self.base(split, name, currency, month) for name in names], Fraction(0)

    def base(self, split: dict, tenant: str, currency: str, month: str) -> Fraction:
        """A tenant's own charges that count."""
        by = split.get("by", "cost")
        measure = lambda piece: piece.hours if by == "hours" else piece.costs[
            self.metric if by == "cost" else by
        ]
        own = (
            measure(piece)
            for piece, values in self.pieces
            if piece.tenant == tenant
            and self.own(piece) == (currency, month)
            and holds(split.get("of", {}), values)
        )
        return Fraction(max(sum(own), 0))

    def answer(self) -> dict[tuple, int]:
        """Cost by currency, month, tenant and pool; what nobody was given is the tenant's own."""
        found = {key: round(sum(parts.values())) for key, parts in self.held.items()}
        own: dict[tuple, int] = defaultdict(int)
        for at, (piece, _) in enumerate(self.pieces):
            if at not in self.taken:
                own[(*self.own(piece), piece.tenant, None)] += piece.costs[self.metric]
        return {**found, **own}


def is_daily(split: dict) -> bool:
    """Whether a driver decides each day."""
    return split.get("method") == "driver" and split.get("every", "month") == "day"
