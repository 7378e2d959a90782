"""Tags: one spelling for the many that AWS has for a tag key.

In:    the pairs of the `tags` map, of the `resource_tags` map and of the legacy columns of a line.
Out:   folded key to value, one value per key.
Never: invents a value; empty text is no value.
"""

from functools import lru_cache

TAG_COLUMN = "resource_tags_"
# The `tags` map also carries schemes that are not cost-allocation tags.
OTHER_SCHEMES = ("userAttribute/", "accountTag/", "costCategory/", "iamPrincipal/")
SCHEMES = (TAG_COLUMN, "resourceTags/", "resource_tags.")
# Who wrote the tag, in the order in which a key that is there twice is believed: user, raw, AWS.
USER, AWS = ("user_", "user:"), ("aws_", "aws:")


@lru_cache(maxsize=None)
def fold(key: str) -> tuple[str, int]:
    """A key without scheme, author, case and punctuation, and how far down it is believed."""
    key = drop_one(key, SCHEMES)
    rank = 0 if key.startswith(USER) else 2 if key.startswith(AWS) else 1
    key = drop_one(key, USER + AWS)
    return "".join(c for c in key.lower() if c.isalnum()), rank


def drop_one(text: str, prefixes: tuple[str, ...]) -> str:
    """The text without the first of the prefixes that it begins with."""
    return next((text[len(p) :] for p in prefixes if text.startswith(p)), text)


@lru_cache(maxsize=100_000)
def merge_tags(*sources: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """The tags of a line; an earlier source, then a better rank, then an earlier pair wins."""
    merged: dict[str, str] = {}
    for pairs in sources:
        ranked = [(fold(key), value) for key, value in pairs if not key.startswith(OTHER_SCHEMES)]
        for (key, _), value in sorted(ranked, key=lambda pair: pair[0][1]):
            if value and key not in merged:
                merged[key] = value
    return merged
