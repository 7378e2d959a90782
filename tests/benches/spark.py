"""Spark: `curtail spend` alone in turn with `--engine spark` on a cluster of two workers on the same machine.

In:    the release binary, exports of one shape and several sizes; pyspark, which brings Spark; Java.
Out:   seconds, bytes shuffled, seconds of tasks and peak memories, in the results folder.
Never: counts the start of the cluster, or takes two answers that differ.
"""

import json
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timezone
from pathlib import Path
from statistics import median

from compare import HERE, QUESTION, THREADS, arguments, results, run

sys.path.insert(0, str(HERE.parent / "spark"))
from cluster import Cluster  # noqa: E402

METRIC = "unblended"
# Unlike the tests, which want a quick start: the whole compiler, and most of what a worker has.
SETTINGS = {
    "spark.executor.extraJavaOptions": "-XX:+UseParallelGC",
    "spark.executor.memory": "1700m",
    "spark.sql.shuffle.partitions": "4",
    "spark.eventLog.enabled": "true",
    "spark.eventLog.compress": "false",
    "spark.eventLog.rolling.enabled": "false",
}
UNFAIR = """\
- **For Spark:** its start is not counted, nor is a round that warms it up; ours is a process from `exec` to exit.
- **For curtail:** the workers, the driver and our client share two processors, which curtail has alone. A
  cluster has more of both; what the table says is what its way costs, not how fast it can be.
- **For curtail:** our generator made the export: {files} files, so that few tasks share the work.
- **Neither:** both give the same table, byte for byte, or nothing is written down."""


def ask(binary: str, data: Path, more: list[str]) -> dict:
    """One run, from the start of the process to its end."""
    begun = time.time()
    command = [binary, "spend", data, "--by", QUESTION, "--metric", METRIC, "--format", "csv", *more]
    seconds, peak, text = run(command)
    return {"seconds": seconds, "peak_kib": peak, "begun": begun, "ended": time.time(), "text": text}


def tasks(log: Path) -> list[dict]:
    """The tasks of a cluster as its event log tells them."""
    found = []
    for line in log.read_text().splitlines():
        event = json.loads(line)
        if event["Event"] != "SparkListenerTaskEnd" or "Task Metrics" not in event:
            continue
        metrics = event["Task Metrics"]
        found.append(
            {
                "at": event["Task Info"]["Finish Time"] / 1000,
                "shuffled": metrics["Shuffle Write Metrics"]["Shuffle Bytes Written"],
                "records": metrics["Shuffle Write Metrics"]["Shuffle Records Written"],
                "busy": metrics["Executor Run Time"] / 1000,
            }
        )
    return found


def measure(binary: str, data: Path, remote: str, rounds: int) -> dict:
    """Both in turn, a round that does not count first."""
    ways = {"curtail": [], "on Spark": ["--engine", "spark", "--remote", remote]}
    runs: dict = {name: [] for name in ways}
    for number in range(rounds + 1):
        texts = set()
        for name, more in ways.items():
            found = ask(binary, data, more)
            texts.add(found.pop("text"))
            runs[name] += [found] if number else []
        if len(texts) > 1:
            sys.exit(f"{data}: two answers")
    return runs


def source_rows(binary: str, data: Path) -> int:
    """How many rows an export has."""
    command = [binary, "spend", data, "--format", "json"]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return json.loads(answer)["reconciliation"]["source_rows"]


def summary(runs: dict, all_tasks: list[dict]) -> dict:
    """Medians of the rounds."""
    middle = lambda of, key: median(one[key] for one in of)
    found = {
        name: {"seconds": middle(of, "seconds"), "peak_mib": max(one["peak_kib"] for one in of) / 1024}
        for name, of in runs.items()
    }
    for key in ("shuffled", "records", "busy"):
        own = lambda one: sum(task[key] for task in all_tasks if one["begun"] <= task["at"] <= one["ended"])
        found["on Spark"][key] = median(own(one) for one in runs["on Spark"])
    return found


def page(facts: dict, sizes: list[dict], rounds: int, files: int) -> str:
    """The table for readers."""
    lines = [
        f"# Native and on Spark, {facts['date']}, {facts['cpu']}",
        "",
        f"`spend --by {QUESTION} --metric {METRIC}` alone, and with `--engine spark` on Spark {facts['spark']} with one",
        f"master and two workers of one core on the same machine. Medians of {rounds} rounds in turn, {THREADS} threads,",
        f"curtail at {facts['commit']}, `{facts['command']}`.",
        "",
        "| rows | curtail | peak | on Spark | times curtail | our client's peak | Spark shuffles | in records | tasks run |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for size in sizes:
        ours, theirs = size["curtail"], size["on Spark"]
        lines.append(
            f"| {size['rows']:,} | {ours['seconds']:.2f} s | {ours['peak_mib']:.0f} MiB | {theirs['seconds']:.1f} s "
            f"| {theirs['seconds'] / ours['seconds']:.0f} | {theirs['peak_mib']:.0f} MiB "
            f"| {theirs['shuffled'] / 2**20:.1f} MiB | {theirs['records']:,.0f} "
            f"| {theirs['busy']:.1f} s |"
        )
    return "\n".join([*lines, "", "## What is unfair about it", "", UNFAIR.format(files=files), ""])


def main() -> None:
    """Measures every size on one cluster and writes."""
    asked = arguments("native against a cluster")
    import pyspark

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        events = folder / "events"
        events.mkdir()
        with Cluster(folder, {**SETTINGS, "spark.eventLog.dir": events.as_uri()}) as cluster:
            measured = []
            for data in asked.data:
                runs = measure(asked.binary, data, cluster.remote(), asked.rounds)
                measured.append((source_rows(asked.binary, data), runs))
                print(datetime.now(timezone.utc).isoformat(timespec="seconds"), data.name, flush=True)
        [log] = [path for path in events.rglob("*") if path.is_file() and path.stat().st_size]
        all_tasks = tasks(log)
    sizes = [{"rows": rows, **summary(runs, all_tasks)} for rows, runs in measured]
    facts, out = results(asked)
    facts["spark"] = pyspark.__version__
    files = max(len(list(data.rglob("*.parquet"))) for data in asked.data)
    text = page(facts, sizes, asked.rounds, files)
    (out / "spark.md").write_text(text)
    (out / "spark.json").write_text(json.dumps({"context": facts, "sizes": sizes}, indent=1) + "\n")
    print(text)


if __name__ == "__main__":
    main()
