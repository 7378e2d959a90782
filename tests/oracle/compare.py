"""Compare: curtail and the oracle asked the same questions, equal to the pico-unit.

In:    the binary; the sample data of the checkout, or the sources named after it.
Out:   one line per question, then `N passed, N failed`; exit code 1 when one failed.
Never: forgives: the same rows, the same keys, the same digits.

    python compare.py BINARY [SOURCE...]
"""

import json
import os
import subprocess
import sys
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import costs
import focus
from random_rules import Writer
from spend import Bill

SAMPLES = Path(__file__).parents[2] / "sample-data"
SOURCES = [
    "cur2",
    "legacy",
    "real/cur2-ha-portal/ha-project-CUR-daily-1/parquet-twin",
    "real/legacy-workshop-cur",
    "real/legacy-workshop-cur/WorkshopCUR/year=2018/month=11",
    "real/mock-manifests-keboola/cur_1_0/parquet-twin",
    "real/mock-manifests-keboola/cur_2_0/parquet-twin",
    "real/nise-sagemaker/parquet-twin",
]
QUESTIONS = [
    "domain,user,space",
    "component",
    "line-type",
    "account",
    "day",
    "reason",
    "tag:team",
    "tag:Cost Center",
    "tag:sagemaker:space-arn",
    "month,service,domain",
]
# Asked of every metric; the others of the default one only, for the sake of time.
IN_EVERY_METRIC = ["domain,user,space", "line-type"]
# Files that lack the column of a metric may be refused; that is another test's business.
COLUMN_OF = {"list": costs.LIST, "blended": costs.BLENDED}
# Rule files, and the sources and metrics that they are tried on.
TENANCIES = sorted((SAMPLES / "tenants").glob("*/tenants.toml"))
TENANCY_SOURCES = ["cur2", "legacy"]
TENANCY_METRICS = ["amortized", "unblended", "net_amortized"]
RANDOM_RULES = int(os.environ.get("CURTAIL_RANDOM_RULES", "12"))
# Pico-units by which the parts of a pool may differ where the oracle cannot know the remainders.
REMAINDERS = 20
BY_POOL = "currency,month,tenant,pool"
LIMIT_SECONDS = 120


def questions(bill: Bill) -> list[tuple[str, str, str | None]]:
    """Dimensions, metric and month of every question for a source."""
    months = sorted({line.month for line, _ in bill.charges})
    asked = [(by, "amortized", None) for by in QUESTIONS]
    asked += [
        (by, metric, None)
        for metric in costs.METRICS
        if metric != "amortized" and (metric not in COLUMN_OF or has_column(bill, metric))
        for by in IN_EVERY_METRIC
    ]
    if len(months) > 1:
        asked += [("domain,user,space", "amortized", month) for month in months]
    return asked


def has_column(bill: Bill, metric: str) -> bool:
    """Whether a metric is anything at all in a source."""
    return any(line.costs[metric] for line, _ in bill.charges)


def curtail(binary: str, source: Path, question: tuple, tenants: Path | None = None) -> dict | str:
    """The answer of curtail, or what went wrong."""
    by, metric, month = question
    command = [binary, "spend", source, "--by", by, "--metric", metric, "--format", "json"]
    command += ["--month", month] if month else []
    command += ["--tenants", tenants] if tenants else []
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if done.returncode != 0:
        return f"exit {done.returncode}: {done.stderr.strip()}"
    try:
        return json.loads(done.stdout)
    except ValueError as error:
        return f"not JSON ({error}): {done.stdout[:200]!r}"


def keyed(rows: list[dict], asked: dict, names: list[str]) -> dict[tuple, str] | str:
    """Rows by their keys; a currency that is not in the row is that of the whole answer."""
    by_key: dict[tuple, str] = {}
    for row in rows:
        key = tuple({"currency": asked.get("currency"), **row}.get(name) for name in names)
        if key in by_key:
            return f"two rows for {key}"
        by_key[key] = row["cost"]
    return by_key


def difference(answer: dict | str, expected: list[dict]) -> str | None:
    """What is not equal, if anything."""
    if isinstance(answer, str):
        return answer
    names = [name for name in expected[0] if name != "cost"]
    if answer["rows"] and "standing" not in answer["rows"][0]:
        names.remove("standing")
    found, wanted = keyed(answer["rows"], answer, names), keyed(expected, {}, names)
    if isinstance(found, str) or isinstance(wanted, str):
        return found if isinstance(found, str) else str(wanted)
    unequal = [
        f"{key}: curtail {found.get(key, 'has no row')}, oracle {wanted.get(key, 'has no row')}"
        for key in {**wanted, **found}
        if found.get(key) != wanted.get(key)
    ]
    more = f"\n      and {len(unequal) - 5} more" if len(unequal) > 5 else ""
    return "\n      ".join(unequal[:5]) + more or None


def tenancy_difference(
    binary: str, bill: Bill, source: Path, file: Path, metric: str
) -> str | None:
    """What is not equal between the pools of curtail and those of the oracle, if anything."""
    answer = curtail(binary, source, (BY_POOL, metric, None), file)
    if isinstance(answer, str):
        return answer
    found: dict[tuple, int] = defaultdict(int)
    for row in answer["rows"]:
        key = (row["currency"], row["billing_period"], row["tenant"], row["shared_pool"])
        found[key] += costs.pico_of_text(row["cost"])
    wanted, is_exact = bill.pools(file, metric)
    allowed = 0 if is_exact else REMAINDERS
    unequal = [
        f"{key}: curtail {costs.decimal_text(found.get(key, 0))}, "
        f"oracle {costs.decimal_text(wanted.get(key, 0))}"
        for key in sorted({*wanted, *found}, key=str)
        if abs(found.get(key, 0) - wanted.get(key, 0)) > allowed
    ]
    more = f"\n      and {len(unequal) - 8} more" if len(unequal) > 8 else ""
    return "\n      ".join(unequal[:8]) + more or None


def compare_tenancies(binary: str) -> tuple[int, int]:
    """Every rule file on every sample: how many agreed, how many did not."""
    passed = failed = 0
    for name in TENANCY_SOURCES:
        bill = Bill(SAMPLES / name)
        with TemporaryDirectory() as folder:
            random = [random_file(bill, seed, Path(folder)) for seed in range(RANDOM_RULES)]
            for file, metric in product(TENANCIES + random, TENANCY_METRICS):
                wrong = tenancy_difference(binary, bill, SAMPLES / name, file, metric)
                passed, failed = passed + (not wrong), failed + bool(wrong)
                print(f"{'FAIL' if wrong else 'ok':4}  {name}  {file.parent.name}  {metric}")
                if wrong:
                    print(f"      {wrong}\n{file.read_text() if file in random else ''}")
    return passed, failed


def compare_focus(binary: str) -> tuple[int, int]:
    """FOCUS data sets of every sample under every rule file: how many agreed, how many did not."""
    passed = failed = 0
    for name in TENANCY_SOURCES:
        bill = Bill(SAMPLES / name)
        for file in [None, *TENANCIES]:
            wrong = focus.difference(binary, bill, SAMPLES / name, file)
            passed, failed = passed + (not wrong), failed + bool(wrong)
            rules = file.parent.name if file else "no rules"
            print(f"{'FAIL' if wrong else 'ok':4}  {name}  focus  {rules}")
            if wrong:
                print(f"      {wrong}")
    return passed, failed


def random_file(bill: Bill, seed: int, folder: Path) -> Path:
    """A rule file of this seed."""
    file = folder / f"seed-{seed}" / "tenants.toml"
    file.parent.mkdir()
    file.write_text(Writer(bill, seed).file())
    return file


def main() -> int:
    """Asks everything of every source."""
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    binary, *named = sys.argv[1:]
    sources = [Path(name) for name in named] or [SAMPLES / name for name in SOURCES]
    passed = failed = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for source in sources:
            name = os.path.relpath(source, SAMPLES) if not named else str(source)
            if not source.exists():
                print(f"FAIL  {name}: not there")
                failed += 1
                continue
            bill = Bill(source)
            asked = questions(bill)
            answers = pool.map(lambda question: curtail(binary, source, question), asked)
            for (by, metric, month), answer in zip(asked, answers):
                expected = bill.spend(by.split(","), metric, month)
                wrong = difference(answer, expected)
                passed, failed = passed + (not wrong), failed + bool(wrong)
                print(f"{'FAIL' if wrong else 'ok':4}  {name}  --by {by}  {metric}  {month or ''}")
                if wrong:
                    print(f"      {wrong}")
    if not named:
        for compare in (compare_tenancies, compare_focus):
            agreed, differed = compare(binary)
            passed, failed = passed + agreed, failed + differed
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
