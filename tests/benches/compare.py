"""Compare: `curtail spend` and other engines in turn, on one question, warm.

In:    the release binary, exports of several shapes.
Out:   medians, ratios, peak memories and the floor on standard output and in a results folder.
Never: judges; the limits of the comparison are written beside the figures.
"""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from datetime import date
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
METRICS = ["unblended", "amortized"]
THREADS = 2
QUESTION = "domain,user,space"
# Sums of doubles wander in their last digits; a tenth of a cent is another answer.
TOLERANCE = Decimal("0.001")

# Who is asked what. DuckDB is asked for exact money, too, and with the tags in one map.
CUR2 = {
    "DuckDB double": ("DuckDB", "double, two maps"),
    "DuckDB decimal": ("DuckDB", "decimal, two maps"),
    "DuckDB double, one map": ("DuckDB", "double, one map"),
    "ClickHouse double": ("ClickHouse", "double, two maps"),
    "DataFusion double": ("DataFusion", "double, two maps"),
    "Polars double": ("Polars", "double, two maps"),
}
LEGACY = {
    "DuckDB double": ("DuckDB", "double, flat"),
    "DuckDB decimal": ("DuckDB", "decimal, flat"),
    "ClickHouse double": ("ClickHouse", "double, flat"),
    "DataFusion double": ("DataFusion", "double, flat"),
    "Polars double": ("Polars", "double, flat"),
}
SHAPES = {
    "ml": ("CUR 2.0 of an account where 35 of 100 series are SageMaker's", CUR2),
    "organisation": ("CUR 2.0 of an organisation where 5 of 100 series are SageMaker's", CUR2),
    "legacy": ("legacy CUR, a column per tag, 35 of 100 series SageMaker's", LEGACY),
}
LIBRARIES = ["duckdb", "chdb", "datafusion", "polars"]

UNFAIR = """\
- **For the others:** their time is taken inside their process, so it is free of the start of Python and of the
  library; ours is the whole life of the process, from `exec` to the last byte of the table.
- **Neither:** all look a tag up in `tags` and then in `resource_tags`, because an export may say it in either;
  `one map` is what DuckDB takes when it is told that `resource_tags` alone will do. We always read both.
- **For the others:** they group by three tags. We also read resource ids, look for owners in ARNs, keep
  unattributed and other services apart, and reconcile every row. The `double` variants add floats, whose
  last digits depend on the threads; `decimal` is the exact answer.
- **For curtail:** our own generator wrote the file, with row groups and dictionaries like those of AWS but
  chosen by us; and this question is what the tool is made for, while the others answer any.
- **For curtail:** the peaks of the others contain a Python interpreter, some 30 MB. No peak can be below that
  of the harness at the time it starts a contender, some 20 MB.
- **Neither:** the file is in the page cache, and all get the same two processors. A cold disk would make
  all equal by making all slow."""


def run(command: list, stdin: str = "", errors: list | None = None) -> tuple[float, int, str]:
    """Seconds, peak resident KiB and standard output of a command on two processors."""
    processors = sorted(os.sched_getaffinity(0))[:THREADS]
    with (
        tempfile.TemporaryFile() as fed,
        tempfile.TemporaryFile() as said,
        tempfile.TemporaryFile() as warned,
    ):
        fed.write(stdin.encode())
        fed.seek(0)
        begun = time.perf_counter()
        child = subprocess.Popen(
            command,
            stdin=fed,
            stdout=said,
            stderr=warned if errors is not None else None,
            preexec_fn=lambda: os.sched_setaffinity(0, processors),
        )
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - begun
        child.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        warned.seek(0)
        if errors is not None:
            errors += warned.read().decode().splitlines()
        if child.returncode != 0:
            sys.exit(f"{command[0]} ended with {child.returncode}")
        return seconds, usage.ru_maxrss, said.read().decode()


def ask_curtail(binary: str, data: Path, metric: str) -> dict:
    """One run of our command, and outside the clock another that tells its total in data."""
    command = [binary, "spend", data, "--by", QUESTION, "--metric", metric]
    seconds, peak, _ = run(command + ["--threads", str(THREADS)])
    _, _, text = run(command + ["--threads", str(THREADS), "--format", "json"])
    answer = json.loads(text)
    total = sum(Decimal(row["cost"]) for row in answer["rows"])
    rows = answer.get("reconciliation", {}).get("source_rows")
    return {"seconds": seconds, "peak_kib": peak, "total": str(total), "source_rows": rows}


def floor(binary: str, data: Path, metric: str, rounds: int) -> float:
    """Seconds to read and unpack the pages of the question by as many threads, and nothing else."""
    command = [binary, "spend", data, "--by", QUESTION, "--metric", metric, "--timings"]
    found = []
    for _ in range(rounds):
        said: list[str] = []
        run(command + ["--threads", str(THREADS)], errors=said)
        [line] = [line for line in said if line.startswith("read and unpack")]
        found.append(float(line.split()[-2]) / 1000)
    return median(found)


def ask_engine(files: list[Path], engine: str, query: str) -> dict:
    """One run of another engine."""
    command = [sys.executable, "-B", HERE / "engines.py", engine, query, str(THREADS)]
    _, peak, text = run(command, "\n".join(map(str, files)))
    return {**json.loads(text), "peak_kib": peak}


def measure(binary: str, data: Path, others: dict, rounds: int) -> dict:
    """Every contender in turn, a round that does not count first."""
    files = sorted(data.rglob("*.parquet"))
    files = [path for path in files if "cost_and_usage_data_status" not in path.parts]
    measured: dict = {}
    for metric in METRICS:
        contenders = {"curtail": lambda: ask_curtail(binary, data, metric)}
        for name, (engine, how) in others.items():
            query = f"{metric} {how}"
            contenders[name] = lambda engine=engine, query=query: ask_engine(files, engine, query)
        runs = {name: [] for name in contenders}
        for number in range(rounds + 1):
            for name, ask in contenders.items():
                found = ask()
                runs[name] += [found] if number else []
            print(f"{data.name}, {metric}: round {number} of {rounds}", file=sys.stderr)
        totals = {name: Decimal(found[0]["total"]) for name, found in runs.items()}
        if max(totals.values()) - min(totals.values()) > TOLERANCE:
            sys.exit(f"{metric}: not the same answer: {totals}")
        measured[metric] = {"runs": runs, "floor": floor(binary, data, metric, 3)}
    return measured


def start_up(binary: str, rounds: int = 21) -> float:
    """Milliseconds of `--help`, the median of some runs: what every answer waits for."""
    return 1000 * median(run([binary, "--help"])[0] for _ in range(rounds))


def context(command: str) -> dict:
    """What a reader must know to judge the figures."""
    said = lambda *command: subprocess.run(command, capture_output=True, text=True).stdout.strip()
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())
    return {
        "date": date.today().isoformat(),
        "cpu": cpu[1] if cpu else platform.machine(),
        "processors": len(os.sched_getaffinity(0)),
        "memory_gib": round(int(memory[1]) / 2**20, 1) if memory else None,
        "system": f"{platform.system()} {platform.release()}",
        "commit": said("git", "rev-parse", "--short", "HEAD"),
        "changed_since_commit": bool(
            said("git", "status", "--porcelain", "--", "src", "Cargo.toml", "Cargo.lock")
        ),
        "rustc": said("rustc", "--version"),
        "engines": {name: version(name) for name in LIBRARIES},
        "python": platform.python_version(),
        "threads": THREADS,
        "command": command,
    }


def slug_of(facts: dict) -> str:
    """The processor as a part of a file name."""
    return re.sub(r"[^a-z0-9]+", "-", facts["cpu"].lower()).strip("-")


def table(measured: dict) -> list[str]:
    """Medians and peaks, one line per contender and metric."""
    lines = [
        "| metric | contender | median | fastest | rows/s | peak memory | times curtail |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    for metric, found in measured.items():
        runs = found["runs"]
        ours = median(found["seconds"] for found in runs["curtail"])
        rows = runs["curtail"][0]["source_rows"]
        for name, found in runs.items():
            seconds = [one["seconds"] for one in found]
            peak = max(one["peak_kib"] for one in found) / 1024
            speed = f"{rows / median(seconds):,.0f}" if rows else "?"
            lines.append(
                f"| {metric} | {name} | {median(seconds):.3f} s | {min(seconds):.3f} s | {speed} "
                f"| {peak:.0f} MiB | {median(seconds) / ours:.2f} |"
            )
            if "again" in found[0]:
                again = median(one["again"] for one in found)
                lines.append(
                    f"| | asked again in the same process | {again:.3f} s | | | | {again / ours:.2f} |"
                )
        least = measured[metric]["floor"]
        lines.append(
            f"| {metric} | floor: read and unpack alone | {least:.3f} s | | | | {least / ours:.2f} |"
        )
    return lines


def rows_of(measured: dict) -> int:
    """How many source rows a data set has."""
    return measured[METRICS[0]]["runs"]["curtail"][0]["source_rows"] or 0


def readme(facts: dict, shapes: dict, rounds: int) -> str:
    """The results folder's page."""
    state = " and changes that are not committed" if facts["changed_since_commit"] else ""
    machine = f"{facts['cpu']}, {facts['processors']} processors, {facts['memory_gib']} GiB"
    engines = ", ".join(f"{name} {of}" for name, of in facts["engines"].items())
    libraries = f"{engines} in Python {facts['python']}"
    tables = []
    for shape, found in shapes.items():
        size = f"{rows_of(found['measured']):,} rows, {found['bytes'] / 2**20:.0f} MiB"
        tables += [f"## {SHAPES[shape][0]}: {size}", "", *table(found["measured"]), ""]
    return "\n".join(
        [
            f"# Who spent what, {facts['date']}, {facts['cpu']}",
            "",
            f"`curtail spend EXPORT --by {QUESTION}` and the same question to other engines.",
            f"Medians of {rounds} rounds, the contenders in turn, after one round that does not count.",
            "",
            *tables,
            "## Context",
            "",
            f"- {machine}, {facts['system']}",
            f"- curtail at {facts['commit']}{state}, {facts['rustc']}",
            f"- the binary has {facts['binary_bytes'] / 2**20:.0f} MiB; "
            f"`--help` takes {facts['start_up_ms']:.1f} ms",
            f"- {libraries}; all with {facts['threads']} threads",
            f"- `{facts['command']}`",
            "",
            "## What is unfair about it",
            "",
            UNFAIR,
            "",
        ]
    )


def arguments(description: str) -> argparse.Namespace:
    """What every measurement is asked with."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("binary")
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--command", default="tests/benches/run")
    parser.add_argument("--results", type=Path, default=HERE / "results")
    return parser.parse_args()


def results(asked: argparse.Namespace) -> tuple[dict, Path]:
    """The context of a measurement, and the folder for its figures."""
    facts = context(asked.command)
    facts["binary_bytes"] = Path(asked.binary).stat().st_size
    facts["start_up_ms"] = round(start_up(asked.binary), 1)
    folder = asked.results / f"{facts['date']}-{slug_of(facts)}"
    folder.mkdir(parents=True, exist_ok=True)
    return facts, folder


def main() -> None:
    """Measures every shape and writes."""
    asked = arguments("curtail against other engines")
    if asked.rounds < 7:
        print("fewer than 7 rounds say little", file=sys.stderr)
    shapes = {}
    for data in asked.data:
        shape = data.name.split("-")[0]
        size = sum(path.stat().st_size for path in data.rglob("*.parquet"))
        measured = measure(asked.binary, data, SHAPES[shape][1], asked.rounds)
        shapes[shape] = {"bytes": size, "measured": measured}
    facts, folder = results(asked)
    page = readme(facts, shapes, asked.rounds)
    (folder / "README.md").write_text(page)
    figures = json.dumps({"context": facts, "shapes": shapes}, indent=1)
    (folder / "results.json").write_text(figures + "\n")
    print(page)


if __name__ == "__main__":
    main()
