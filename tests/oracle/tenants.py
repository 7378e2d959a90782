"""Tenants: who made a charge when people tell more than tags do, and who answers for it.

In:    the lines of a source, their owners by tags and ARNs, and the rules that people wrote.
Out:   `Piece`s: a line, or a user's part of a volume's line, with its owner and tenant.
Never: moves cost between tenants; `shares` does.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Iterator

import shares
from components import component_of
from export import Line
from owners import DOMAIN, SHARED_SPACE, SPACE, USER, Owner, Owners, domain_of
from rules import Rules, Values, fits, holds
from tags import fold

# Services whose untagged lines may be told by another line of the same resource.
REMEMBERED = {"sagemaker", "glue", "elasticmapreduce", "emr-serverless", "elasticfilesystem"}
STUDIO_KINDS = ("domain/", "user-profile/", "space/", "app/")


@dataclass(frozen=True)
class Piece:
    """A charge: what it cost, who made it, who answers for it."""

    line: Line
    owner: Owner
    costs: dict
    hours: int
    tenant: str | None = None


def pieces(read: list[Line], rules: Rules) -> list[Piece]:
    """Every line with its owner, volumes split by usage, and its tenant."""
    owners, history, usage = Owners(read), History(read), Usage(rules)
    found = []
    for line in read:
        owner = told_by_spaces(owners.of(line), line, rules)
        owner = history.told(owner, line)
        for part in usage.split(line, owner):
            found.append(replace(part, tenant=tenant_of(part, rules)))
    return found


def told_by_spaces(owner: Owner, line: Line, rules: Rules) -> Owner:
    """The owner of a private space is the user, when no tag names one."""
    if owner.user or not owner.space:
        return owner
    for row in rules.spaces:
        if row.what.get("space_arn") == owner.space and row.holds_on(line.day):
            if "owner_profile_arn" in row.what:
                reason = "space-owner" if owner.reason == "tag" else owner.reason
                return replace(owner, user=row.what["owner_profile_arn"], reason=reason)
    return owner


class History:
    """What the tags of a resource say on other lines."""

    def __init__(self, read: list[Line]):
        self.known: dict[str, set] = defaultdict(set)
        for line in read:
            tags = line.tags
            tagged = (tags.get(DOMAIN), tags.get(USER), tags.get(SPACE) or tags.get(SHARED_SPACE))
            if any(tagged):
                self.known[line.text["line_item_resource_id"] or ""].add(tagged)

    def told(self, owner: Owner, line: Line) -> Owner:
        """The owner that every tagged line of the same resource names."""
        resource = line.text["line_item_resource_id"] or ""
        if owner.reason not in ("none", "efs") or not is_remembered(resource):
            return owner
        if len(self.known[resource]) != 1:
            return owner
        [(domain, user, space)] = self.known[resource]
        domain = domain or domain_of(user) or domain_of(space)
        return Owner(domain, user, space, "resource-history")


def is_remembered(resource: str) -> bool:
    """Whether a resource is of a service that Studio works through, and no part of Studio."""
    arn = resource.split(":", 5)
    if len(arn) < 6 or arn[0] != "arn" or arn[2].lower() not in REMEMBERED:
        return False
    return not (arn[2].lower() == "sagemaker" and arn[5].lower().startswith(STUDIO_KINDS))


class Usage:
    """Home volumes by the bytes of their directories."""

    def __init__(self, rules: Rules):
        self.rules = rules
        self.bytes: dict[tuple, dict] = defaultdict(dict)
        for row in rules.usage:
            cells = row.what
            if {"date", "file_system_id", "uid", "bytes"} <= cells.keys():
                volume = cells["file_system_id"].rsplit("/", 1)[-1]
                self.bytes[volume, cells["date"]][cells["uid"]] = int(cells["bytes"])

    def split(self, line: Line, owner: Owner) -> Iterator[Piece]:
        """A line of a domain's volume as parts of users and the rest of the domain."""
        volume = (line.text["line_item_resource_id"] or "").rsplit("/", 1)[-1]
        used = self.bytes.get((volume, line.day), {}) if owner.reason == "efs" else {}
        behind = {uid: self.behind(uid, owner.domain, line.day) for uid in used}
        people = sorted({arn for arn in behind.values() if arn})
        weigh = lambda arn: sum(size for uid, size in used.items() if behind[uid] == arn)
        weights = [weigh(None), *(weigh(arn) for arn in people)]
        if not any(weights[1:]):
            yield Piece(line, owner, line.costs, line.hours)
            return
        costs = {of: shares.apportion(cost, weights) for of, cost in line.costs.items()}
        hours = shares.apportion(line.hours, weights)
        for at, arn in enumerate([None, *people]):
            kind = "space" if arn and ":space/" in arn else "user"
            whose = replace(owner, **{kind: arn}) if arn else owner
            yield Piece(line, whose, {of: parts[at] for of, parts in costs.items()}, hours[at])

    def behind(self, uid: str, domain: str | None, day: str) -> str | None:
        """The profile of a uid in a domain."""
        for row in self.rules.profiles:
            arn = row.what.get("profile_arn")
            same = row.what.get("home_efs_file_system_uid") == uid and domain_of(arn) == domain
            if same and row.holds_on(day):
                return arn
        return None


def tenant_of(piece: Piece, rules: Rules) -> str | None:
    """The tenant by membership, else by the first rule, else nobody."""
    for row in rules.profiles:
        profile, tenant = row.what.get("profile_arn"), row.what.get("tenant")
        if profile and tenant and profile == piece.owner.user and row.holds_on(piece.line.day):
            return rules.tenant(tenant)
    values = values_of(piece, rules)
    for rule in rules.rules:
        if rule.holds_on(piece.line.day) and holds(rule.what["match"], values):
            return rules.tenant(rule.what["tenant"])
    members = any("tenant" in row.what for row in rules.profiles)
    return None if rules.rules or members else piece.owner.domain


def values_of(piece: Piece, rules: Rules) -> Values:
    """What a charge says of each dimension, virtual tags included."""
    delivered = delivered_of(piece.line, piece.owner)

    def value(dimension: str) -> str | None:
        virtual = rules.virtual.get(dimension.removeprefix("tag:"))
        if not dimension.startswith("tag:") or virtual is None:
            return delivered(dimension)
        for rule in virtual.get("rule", []):
            if is_in_force(rule, piece.line.day) and holds(rule["match"], delivered):
                return rule["value"]
        named = (delivered(of) for of in virtual.get("first_of", [dimension]))
        first = next((text for text in named if text is not None), None)
        if first is None:
            return virtual.get("default")
        renames = virtual.get("rename", {}).items()
        return next((new for pattern, new in renames if fits(pattern, first)), first)

    return value


def is_in_force(rule: dict, day: str) -> bool:
    """Whether a dated table holds on a day."""
    first, end = rule.get("from"), rule.get("to")
    return (first is None or str(first) <= day) and (end is None or day < str(end))


def delivered_of(line: Line, owner: Owner) -> Values:
    """What the export itself says of each dimension."""
    text = line.text
    plain = {
        "domain": owner.domain,
        "user": owner.user,
        "space": owner.space,
        "reason": owner.reason,
        "service": text["line_item_product_code"],
        "usage-type": text["line_item_usage_type"],
        "operation": text["line_item_operation"],
        "line-type": text["line_item_line_item_type"],
        "resource": text["line_item_resource_id"],
        "account": text["line_item_usage_account_id"],
        "payer": text["bill_payer_account_id"],
        "region": text["product_region_code"] or text["product_region"],
        "currency": text["line_item_currency_code"],
    }

    def value(dimension: str) -> str | None:
        if dimension == "component":
            return component_of(text["line_item_product_code"], text["line_item_usage_type"])
        if dimension.startswith("tag:"):
            return line.tags.get(fold(dimension.removeprefix("tag:"))[0])
        if dimension.startswith("category:"):
            wanted = fold(dimension.removeprefix("category:"))[0]
            named = (text for key, text in line.categories.items() if category(key) == wanted)
            return next(named, None)
        return plain[dimension]

    return value


def category(key: str) -> str:
    """A cost category's name without prefix, case and punctuation."""
    return fold(key.removeprefix("cost_category_"))[0]
