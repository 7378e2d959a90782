"""Owners: who made a line item, and why we say so.

In:    tags and resource ids of all line items of a source.
Out:   `Owner` of a line: domain, user profile, space, reason, standing.
Never: guesses from anything but tags and ARNs.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Iterable

from export import Line

STUDIO_ARN = re.compile(
    r"(arn:[^:]+:sagemaker:[^:]*:[^:]*):(domain|user-profile|space|app)/(.+)", re.IGNORECASE
)
DOMAIN, USER, SPACE = "sagemakerdomainarn", "sagemakeruserprofilearn", "sagemakerspacearn"
SHARED_SPACE, MANAGED = "sagemakersharedspacearn", "managedbyamazonsagemakerresource"
SPACE_APPS = ("jupyterlab", "codeeditor")
HISTORY_SERVICES = (
    "sagemaker", "glue", "elasticmapreduce", "emr-serverless", "elasticfilesystem",
)
SAGEMAKER_PRODUCTS = ("AmazonSageMaker", "MachineLearningSavingsPlans")


@dataclass(frozen=True)
class Owner:
    """An identity as full ARNs, and the rule that found it."""

    domain: str | None = None
    user: str | None = None
    space: str | None = None
    reason: str = "none"
    standing: str = "attributed"


@lru_cache(maxsize=None)
def parts(arn: str | None) -> tuple[str, str, list[str]] | None:
    """Account prefix, kind and path of a Studio ARN."""
    match = STUDIO_ARN.fullmatch(arn or "")
    return (match[1], match[2].lower(), match[3].split("/")) if match else None


@lru_cache(maxsize=None)
def domain_of(arn: str | None) -> str | None:
    """The ARN of the domain that a Studio ARN lies in."""
    found = parts(arn)
    return f"{found[0]}:domain/{found[2][0]}" if found else None


def tagged_owner(tags: dict[str, str]) -> tuple[str | None, str | None, str | None]:
    """Domain, user and space as tags name them."""
    user, space = tags.get(USER), tags.get(SPACE) or tags.get(SHARED_SPACE)
    return tags.get(DOMAIN) or domain_of(user) or domain_of(space), user, space


def may_be_told(resource: str | None) -> bool:
    """Whether tags on other lines of a resource tell whose it is."""
    fields = (resource or "").split(":")
    return len(fields) > 2 and fields[0].lower() == "arn" and fields[2].lower() in HISTORY_SERVICES


class Owners:
    """Attribution over one source: names seen in tags anywhere help with lines everywhere."""

    def __init__(self, lines: Iterable[Line]):
        self.spelling: dict[str, str] = {}
        self.history: dict[str | None, set] = {}
        for line in lines:
            tags = line.tags
            by_tag = tagged_owner(tags)
            if any(by_tag):
                self.history.setdefault(line.text["line_item_resource_id"], set()).add(by_tag)
            for arn in (tags.get(DOMAIN), tags.get(USER), tags.get(SPACE), tags.get(SHARED_SPACE)):
                for spelled in (arn, domain_of(arn)):
                    if spelled:
                        known = self.spelling.setdefault(spelled.lower(), spelled)
                        self.spelling[spelled.lower()] = min(known, spelled)

    def of(self, line: Line) -> Owner:
        """The owner by the first rule that holds."""
        tags = line.tags
        by_tag = tagged_owner(tags)
        if any(by_tag):
            return Owner(*by_tag, "tag")
        resource = line.text["line_item_resource_id"]
        named = self.by_resource(resource)
        if named:
            return named
        tagged = self.history.get(resource, set())
        if len(tagged) == 1 and may_be_told(resource):
            return Owner(*next(iter(tagged)), "resource-history")
        managed = parts(tags.get(MANAGED))
        if managed and managed[1] == "domain":
            return Owner(tags[MANAGED], reason="efs")
        ours = line.text["line_item_product_code"] in SAGEMAKER_PRODUCTS
        return Owner(standing="unattributed" if ours else "other_services")

    def by_resource(self, resource: str | None) -> Owner | None:
        """The owner that the ARN of a resource names, spelled as tags spell it, else as it does."""
        found = parts(resource)
        if not found:
            return None
        account, kind, path = found
        spelled = lambda arn: self.spelling.get(arn.lower(), arn)
        domain = spelled(f"{account}:domain/{path[0]}")
        if kind == "domain":
            return Owner(domain, reason="resource-arn") if len(path) == 1 else None
        if len(path) < (3 if kind == "app" else 2):
            return None
        user, space = (f"{account}:{kind}/{path[0]}/{path[1]}" for kind in ("user-profile", "space"))
        if kind == "app":
            kind = self.kind_of_app(user.lower(), space.lower(), path[2].lower())
        if kind == "space":
            return Owner(domain, None, spelled(space), "resource-arn")
        return Owner(domain, spelled(user), None, "resource-arn")

    def kind_of_app(self, user: str, space: str, app_type: str) -> str:
        """An app runs under a user or in a space; its ARN does not say which."""
        is_user, is_space = user in self.spelling, space in self.spelling
        if is_user != is_space:
            return "user-profile" if is_user else "space"
        return "space" if app_type in SPACE_APPS else "user-profile"
