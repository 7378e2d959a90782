"""Store: `curtail ingest` against `curtail spend`, and `spend` from the store.

In:    the release binary, an export of CUR 2.0.
Out:   medians, ratios, sizes and peak memories on standard output and in a results folder.
Never: judges; the promises are printed beside the figures.
"""

import json
import shutil
import tempfile
from decimal import Decimal
from pathlib import Path
from statistics import median

from compare import THREADS, arguments, context, run, slug_of

SCAN = "domain,user,space"
# Questions of three dimensions: owners, what was used, who pays, when, tags, resources.
TRIPLES = [
    "domain,user,space",
    "user,component,instance-type",
    "account,service,usage-type",
    "day,user,component",
    "tenant,service,line-type",
    "domain,reason,app",
    "region,operation,line-type",
    "tag:team,user,day",
    "resource,user,day",
    "category:Business Unit,account,month",
]
PROMISES = {"ingest": "1.3 times `spend`", "question": "50 ms", "size": "3 % of the source"}


def spend(binary: str, *words: str) -> tuple[float, int]:
    """Seconds and peak memory in MiB of one question."""
    seconds, peak, _ = run([binary, "spend", *words, "--threads", str(THREADS)])
    return seconds, peak / 1024


def ingest(binary: str, data: Path, store: Path) -> tuple[float, int]:
    """Seconds and peak memory in MiB of an ingest into an empty store."""
    shutil.rmtree(store, ignore_errors=True)
    command = [binary, "ingest", data, "--store", store, "--threads", str(THREADS)]
    seconds, peak, _ = run(command)
    return seconds, peak / 1024


def measure_ingest(binary: str, data: Path, store: Path, rounds: int) -> dict:
    """Both in turn, a round that does not count first."""
    found: dict = {"spend": [], "ingest": []}
    for number in range(rounds + 1):
        pair = {
            "spend": spend(binary, str(data), "--by", SCAN),
            "ingest": ingest(binary, data, store),
        }
        for name, one in pair.items():
            found[name] += [one] if number else []
    return found


def measure_questions(binary: str, store: Path, month: str, rounds: int) -> dict:
    """From the start of the process to its end, question by question."""
    found: dict = {triple: [] for triple in TRIPLES}
    for number in range(rounds + 1):
        for triple in TRIPLES:
            one = spend(binary, "--store", str(store), "--by", triple, "--month", month)
            found[triple] += [one] if number else []
    return found


def size(folder: Path, pattern: str = "*") -> int:
    """Bytes of the files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob(pattern) if path.is_file())


def told(binary: str, store: Path) -> dict:
    """What `status` says."""
    _, _, text = run([binary, "status", "--store", store, "--format", "json"])
    return json.loads(text)


def answers_agree(binary: str, data: Path, store: Path, month: str) -> bool:
    """The same question of the files and of the store, in cost and rows."""
    asked = ["--by", SCAN, "--month", month, "--format", "json"]
    totals = []
    for source in (["--from", data], ["--store", store]):
        _, _, text = run([binary, "spend", *source, *asked])
        answer = json.loads(text)
        totals.append((sum(Decimal(row["cost"]) for row in answer["rows"]), len(answer["rows"])))
    return totals[0] == totals[1]


def seconds_of(found: list) -> list[float]:
    """The times of several runs."""
    return [seconds for seconds, _ in found]


def page(facts: dict, figures: dict) -> str:
    """The results folder's page."""
    ingests, questions = figures["ingest"], figures["questions"]
    base = median(seconds_of(ingests["spend"]))
    lines = [
        f"# The store, {facts['date']}, {facts['cpu']}",
        "",
        f"{figures['rows']:,} rows, {facts['export_bytes'] / 2**20:.0f} MiB of CUR 2.0 Parquet; medians of "
        f"{figures['rounds']} rounds after one that does not count, {THREADS} threads, files in the page cache.",
        "",
        "| | median | fastest | peak memory | times `spend` |",
        "|---|---:|---:|---:|---:|",
    ]
    for name, found in ingests.items():
        peak = max(peak for _, peak in found)
        middle = median(seconds_of(found))
        command = f"`spend EXPORT --by {SCAN}`" if name == "spend" else "`ingest EXPORT`, store empty"
        lines.append(
            f"| {command} | {middle:.3f} s | {min(seconds_of(found)):.3f} s | {peak:.0f} MiB "
            f"| {middle / base:.2f} |"
        )
    stored, source = figures["store_bytes"], facts["export_bytes"]
    lines += [
        "",
        f"The store is {stored / 2**20:.1f} MiB, {100 * stored / source:.2f} % of the source "
        f"(charges {figures['charges_bytes'] / 2**20:.1f} MiB, the rest is thinner copies and the catalogue).",
        "",
        f"`spend --store STORE --by ... --month {figures['month']}`, from the start of the process to its end:",
        "",
        "| question | median | slowest | peak memory |",
        "|---|---:|---:|---:|",
    ]
    for triple, found in questions.items():
        peak = max(peak for _, peak in found)
        times = [1000 * seconds for seconds in seconds_of(found)]
        lines.append(f"| {triple} | {median(times):.1f} ms | {max(times):.1f} ms | {peak:.0f} MiB |")
    worst = max(median(seconds_of(found)) for found in questions.values()) * 1000
    state = " and changes that are not committed" if facts["changed_since_commit"] else ""
    lines += [
        "",
        "| promise | wanted | found |",
        "|---|---:|---:|",
        f"| ingest | {PROMISES['ingest']} | {median(seconds_of(ingests['ingest'])) / base:.2f} |",
        f"| slowest question | {PROMISES['question']} | {worst:.1f} ms |",
        f"| size | {PROMISES['size']} | {100 * stored / source:.2f} % |",
        "",
        "## Context",
        "",
        f"- {facts['cpu']}, {facts['processors']} processors, {facts['memory_gib']} GiB, {facts['system']}",
        f"- curtail at {facts['commit']}{state}, {facts['rustc']}",
        f"- `{facts['command']}`",
        "- **For curtail:** our own generator wrote the export; a bill with more resources and tags has more charges",
        "  per row, and a larger store.",
        "- **Against curtail:** `ingest` keeps six metrics, every tag and every day, and waits for the disk; `spend`",
        "  adds up one metric by three tags.",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measures and writes."""
    asked = arguments("the store of curtail")
    # Beside the data: a folder in memory would not wait for any disk.
    [data] = asked.data
    with tempfile.TemporaryDirectory(dir=data.parent) as folder:
        store = Path(folder) / "store"
        ingests = measure_ingest(asked.binary, data, store, asked.rounds)
        status = told(asked.binary, store)
        month = max(row["billing_period"] for row in status["rows"])
        if not answers_agree(asked.binary, data, store, month):
            raise SystemExit("the store and the export do not answer alike")
        figures = {
            "rounds": asked.rounds,
            "rows": status["totals"].get("source_rows") or status["rows"][0]["source_rows"],
            "month": month,
            "ingest": ingests,
            "questions": measure_questions(asked.binary, store, month, asked.rounds),
            "store_bytes": size(store),
            "charges_bytes": size(store / "charges"),
        }
    facts = context(asked.command)
    facts["export_bytes"] = sum(path.stat().st_size for path in data.rglob("*.parquet"))
    results = asked.results / f"{facts['date']}-{slug_of(facts)}"
    results.mkdir(parents=True, exist_ok=True)
    told_page = page(facts, figures)
    (results / "store.md").write_text(told_page)
    (results / "store.json").write_text(json.dumps({"context": facts, "runs": figures}, indent=1) + "\n")
    print(told_page)


if __name__ == "__main__":
    main()
