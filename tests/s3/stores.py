"""Stores: a store whose segments are in S3 against one on disk, and what may happen to objects.

In:    the checks, a client that changes objects, a folder, a proxy for bad days.
Out:   failed checks.
Never: writes below any prefix but its own.
"""

import json
from pathlib import Path

BUCKET = "billing"
PREFIX = "kept/segments"
PLACE = f"s3://{BUCKET}/{PREFIX}"
SAMPLE = Path(__file__).parents[2] / "sample-data" / "cur2"
MARK = f"{PREFIX}/curtail-store"
# Three kinds for two months.
SEGMENTS_OF_A_VERSION = 6


def objects(s3) -> dict[str, bytes]:
    """Every segment of the store."""
    listed = s3.list_objects_v2(Bucket=BUCKET, Prefix=f"{PREFIX}/").get("Contents", [])
    keys = [found["Key"] for found in listed if found["Key"] != MARK]
    return {key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys}


def put(s3, key: str, body: bytes) -> None:
    """Writes or replaces an object."""
    s3.put_object(Bucket=BUCKET, Key=key, Body=body)


def check(checks, s3, folder: Path, bad_days) -> None:
    """Runs every check."""
    here, there = folder / "store-here", folder / "store-there"
    checks.run("ingest", SAMPLE, "--store", here)
    stored = checks.run("ingest", SAMPLE, "--store", there, "--segments", f"{PLACE}/")
    checks.say("a store in S3", stored.returncode == 0, stored.stderr)
    files = {path.name for path in there.rglob("*") if path.is_file()}
    checks.say("only the catalogue is here", files == {"catalogue.sqlite", "lock", "readers"}, files)
    checks.say("segments are there", len(objects(s3)) == SEGMENTS_OF_A_VERSION, objects(s3).keys())
    alike(checks, here, there)
    unchanged(checks, there)
    foreign(checks, folder, there)
    versions(checks, s3, there)
    damage(checks, s3, there)
    faults(checks, s3, folder, bad_days)


def alike(checks, here: Path, there: Path) -> None:
    """Both stores answer alike."""
    for words in (
        ["spend", "--by", "domain,user,space", "--format", "csv"],
        ["spend", "--by", "day,service", "--month", "2026-10", "--format", "json"],
        ["query", "cost_by_component", "--format", "csv"],
        ["statement", "--all", "--month", "2026-10", "--format", "csv"],
        ["diff", "2026-10", "--format", "csv"],
    ):
        answers = [checks.run(*words, "--store", store) for store in (here, there)]
        told = [answer.stdout.replace(str(there), str(here)) for answer in answers]
        checks.say(f"store: {' '.join(words)}", told[0] == told[1], answers[1].stderr)
    verified = checks.run("verify", "--store", there)
    checks.say("verify reads every segment", verified.returncode == 0, verified.stdout)


def unchanged(checks, there: Path) -> None:
    """What is stored already is not read again."""
    again = checks.run("ingest", SAMPLE, "--store", there, "--json")
    [months, *_] = json.loads(again.stdout)["sections"]
    outcomes = {row["outcome"] for row in months["rows"]}
    checks.say("store: nothing new", outcomes == {"unchanged"}, outcomes)


def foreign(checks, folder: Path, there: Path) -> None:
    """A prefix belongs to one store, and a store to one prefix."""
    other = ["ingest", SAMPLE, "--store", folder / "another", "--segments", PLACE]
    checks.refused("the prefix of another store", "STORE-FOREIGN", 1, *other)
    elsewhere = ["ingest", SAMPLE, "--store", there, "--segments", f"s3://{BUCKET}/elsewhere"]
    checks.refused("another prefix", "STORE-ELSEWHERE", 1, *elsewhere)


def versions(checks, s3, there: Path) -> None:
    """Versions follow each other, and gc removes what nobody needs."""
    for keep in ("all", "owners"):
        checks.run("ingest", SAMPLE, "--store", there, "--keep", keep)
    checks.say("three versions", len(objects(s3)) == 3 * SEGMENTS_OF_A_VERSION, objects(s3).keys())
    left = checks.run("gc", "--store", there)
    checks.say("gc", len(objects(s3)) == 2 * SEGMENTS_OF_A_VERSION, left.stdout + left.stderr)
    checks.say("sound after gc", checks.run("verify", "--store", there).returncode == 0)


def damage(checks, s3, there: Path) -> None:
    """What is lost or altered is found, and stored again."""
    ask = ["spend", "--by", "domain", "--store", there]
    whole = checks.run(*ask).stdout
    newest = max(objects(s3))
    body = objects(s3)[newest]
    s3.delete_object(Bucket=BUCKET, Key=newest)
    checks.refused("a lost segment", "STORE-DAMAGED", 3, *ask)
    checks.run("ingest", SAMPLE, "--store", there)
    checks.say("it is stored again", checks.run(*ask).stdout == whole)
    put(s3, newest, body)
    altered = max(objects(s3))
    body = objects(s3)[altered]
    put(s3, altered, body[:-20] + bytes([body[-20] ^ 1]) + body[-19:])
    found = checks.run("verify", "--store", there)
    checks.say("an altered segment", found.returncode == 3 and "segment-bytes" in found.stdout, found)
    put(s3, altered, body)
    put(s3, f"{PREFIX}/notes.txt", b"not ours")
    found = checks.run("verify", "--store", there)
    checks.say("somebody else's object", "stray-file" in found.stdout, found.stdout)
    s3.delete_object(Bucket=BUCKET, Key=f"{PREFIX}/notes.txt")
    mark = s3.get_object(Bucket=BUCKET, Key=MARK)["Body"].read()
    put(s3, MARK, b"of another")
    checks.refused("another's mark", "STORE-DAMAGED", 3, "ingest", SAMPLE, "--store", there, "--keep", "all")
    put(s3, MARK, mark)
    checks.say("sound in the end", checks.run("verify", "--store", there).returncode == 0)


def faults(checks, s3, folder: Path, bad_days) -> None:
    """A service that fails in mid-commit leaves the store as it was."""
    global PREFIX, PLACE, MARK
    PREFIX, store = "faults/segments", folder / "store-faults"
    PLACE, MARK = f"s3://{BUCKET}/{PREFIX}", f"{PREFIX}/curtail-store"
    proxy, through, under = bad_days
    ingest = ["ingest", SAMPLE, "--store", store]
    under(lambda number, path: None)
    checks.run(*ingest, "--segments", PLACE, AWS_ENDPOINT_URL=through)
    before = (store / "catalogue.sqlite").read_bytes()
    first = set(objects(s3))

    def denied(number: int, path: str):
        return (403, "AccessDenied") if "00000003-001" in path else None

    under(denied)
    checks.refused("denied in mid-commit", "S3-DENIED", 4, *ingest, "--keep", "all", AWS_ENDPOINT_URL=through)
    checks.say("the catalogue is as it was", (store / "catalogue.sqlite").read_bytes() == before)
    lost = []

    def unheard(number: int, path: str):
        if "00000003-000" in path and not lost:
            lost.append(path)
            return "lost"
        return None

    under(unheard)
    done = checks.run(*ingest, "--keep", "all", AWS_ENDPOINT_URL=through)
    checks.say("an answer that got lost", done.returncode == 0 and lost, done.stderr)
    now = set(objects(s3))
    checks.say("no leftovers", first < now and len(now) == 2 * len(first), now)
    checks.say("sound after faults", checks.run("verify", "--store", store).returncode == 0)
    proxy.shutdown()
    proxy.server_close()
