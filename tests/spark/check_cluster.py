"""Cluster: `--engine spark` on a real Spark against our own scan of the same exports.

In:    the debug binary; pyspark, which brings Spark; Java.
Out:   a line per check; exit code 1 when one of them fails.
Never: talks to anything but 127.0.0.1, or leaves a process behind.

Run as `check_cluster.py BINARY [long]`; `long` runs statements of more than two minutes instead, and also
needs `pyspark[connect]`.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path

import pyarrow.parquet as pq
from cluster import TOKEN as SECRET
from cluster import Cluster, Cutter, Tls, free_port

REPOSITORY = Path(__file__).parents[2]
EXPORTS = (
    "sample-data/cur2",
    "sample-data/legacy",
    "sample-data/real/legacy-workshop-cur/WorkshopCUR",
    "sample-data/real/cur2-ha-portal/ha-project-CUR-daily-1/parquet-twin",
    "sample-data/real/nise-sagemaker/parquet-twin",
)
COMMANDS = (
    "spend SOURCE --by domain,user,space --format csv",
    "spend SOURCE --by day,component,line-type --metric net_amortized --format csv",
    "spend SOURCE --by app,account,region,instance-type --metric list --format json",
    "query cost_by_category SOURCE --format csv",
    "query tag_coverage SOURCE --format csv",
)

failures = 0


def told(name: str, wrong: str | None) -> None:
    """One line per check."""
    global failures
    print(f"{'FAILED' if wrong else 'ok'}: {name}" + (f"\n    {wrong[:1200]}" if wrong else ""), flush=True)
    failures += bool(wrong)


def run(command: str, source: object, *more: str) -> subprocess.CompletedProcess:
    """The binary."""
    words = [str(source) if word == "SOURCE" else word for word in command.split()]
    words = [sys.argv[1], *words, *more]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=600)


def difference(command: str, source: object, remote: str) -> str | None:
    """What Spark's way says otherwise than ours."""
    ours = run(command, source)
    theirs = run(command, source, "--engine", "spark", "--remote", remote)
    if ours.returncode != 0 or theirs.returncode != 0:
        return f"exit {ours.returncode} and {theirs.returncode}: {ours.stderr}{theirs.stderr}"
    a, b = without_provenance(ours.stdout), without_provenance(theirs.stdout)
    unlike = [f"{x!r} and {y!r}" for x, y in zip(a, b) if x != y][:2]
    return None if a == b else f"{len(a)} and {len(b)} lines; {unlike}"


def without_provenance(text: str) -> list[str]:
    """A table counts as one file, whatever it is made of, and nobody knows whether it is whole."""
    if not text.startswith("{"):
        return text.splitlines()
    report = json.loads(text)
    report["findings"] = [found for found in report["findings"] if found["code"] != "no-manifest"]
    return [line for line in json.dumps(report, indent=1).splitlines() if '"files"' not in line]


def equality(cluster: Cluster, folder: Path) -> None:
    """The same answers, to the last digit."""
    for export in EXPORTS:
        for command in COMMANDS:
            wrong = difference(command, REPOSITORY / export, cluster.remote())
            told(f"{command.replace('SOURCE', export)}", wrong)
    wrong = difference("spend SOURCE --by tag:tag21_nov --format csv", REPOSITORY / EXPORTS[2], cluster.remote())
    told("a tag that only a later file has a column for", wrong)
    random = folder / "random"
    run(f"sample {random} --rows 20000 --months 2 --seed 23 --schema cur2", "")
    for command in ("report monthly SOURCE --format json", "statement SOURCE --all --format json", *COMMANDS):
        told(f"a random export: {command}", difference(command, random, cluster.remote()))


def charges(store: Path) -> list:
    """Everything that a store keeps, whatever its segments are called."""
    found = []
    for segment in sorted(store.rglob("*.parquet")):
        table = pq.read_table(segment).replace_schema_metadata(None)
        found.append((segment.parent.relative_to(store).as_posix(), table.num_rows, table.to_pydict()))
    return found


def ingestion(cluster: Cluster, folder: Path) -> None:
    """What Spark rolls up is stored as what we roll up, and stored again only when it has changed."""
    remote = ("--engine", "spark", "--remote", cluster.remote())
    for number, export in enumerate(EXPORTS):
        stores = [folder / f"store-{way}-{number}" for way in ("ours", "theirs")]
        ours = run("ingest SOURCE --store", REPOSITORY / export, str(stores[0]))
        theirs = run("ingest SOURCE --store", REPOSITORY / export, str(stores[1]), *remote)
        wrong = None
        if ours.returncode != theirs.returncode or ours.returncode not in (0, 1):
            wrong = f"exit {ours.returncode} and {theirs.returncode}: {ours.stderr}{theirs.stderr}"
        elif charges(stores[0]) != charges(stores[1]):
            wrong = f"other charges: {theirs.stdout}"
        told(f"ingest {export}", wrong)
    changing, store = folder / "changing", str(folder / "store-changing")
    run(f"sample {changing} --rows 8000 --months 2 --seed 29 --schema legacy", "")
    ingest = lambda *more: run("ingest SOURCE --store", changing, store, *remote, *more)
    first, again = ingest(), ingest("--json")
    other = folder / "other"
    run(f"sample {other} --rows 8000 --months 2 --seed 30 --schema legacy", "")
    last = max(changing.rglob("*.parquet"), key=lambda path: path.as_posix())
    shutil.copy(max(other.rglob("*.parquet"), key=lambda path: path.as_posix()), last)
    third = ingest()
    outcomes = [first.stdout.count(", new\n"), again.stdout.count('"unchanged"'), third.stdout.count("unchanged\n"),
                third.stdout.count("replaces version")]
    told("a table is stored again where it changed", None if outcomes == [2, 2, 1, 1] else
         f"{outcomes}: {first.stdout}{first.stderr}{again.stdout}{again.stderr}{third.stdout}{third.stderr}")
    whole = run("verify --store", "", store)
    told("what came from a table is whole", None if whole.returncode == 0 else whole.stdout + whole.stderr)
    for more, name in ((("--keep", "hours"), "hours of a table"), ((str(other),), "two tables"), (("--month", "2001-01"), "a month that is not there")):
        ran = ingest(*more)
        is_right = ran.returncode in (1, 2) and not ran.stdout and "error" in ran.stderr
        told(f"{name}: refused", None if is_right else f"exit {ran.returncode}: {ran.stdout}{ran.stderr}")
    idle = run("report idle SOURCE", changing, *remote)
    told("idle hours of a table: refused", None if "IDLE-NO-HOURS" in idle.stderr else f"{idle.returncode}: {idle.stderr}")


def cuts(cluster: Cluster, folder: Path) -> None:
    """A stream that breaks in the middle of an answer is asked for again, from where it broke."""
    for after in ([20_000], [6_000, 30_000, 9_000]):
        with Cutter(cluster.connect, after) as cutter:
            command = "spend SOURCE --by day,user,app,resource --format csv"
            wrong = difference(command, folder / "random", cluster.remote(cutter.port))
            told(f"cut after {after} bytes", wrong or (None if cutter.cuts else "nothing was cut"))


def over_tls(cluster: Cluster, folder: Path) -> None:
    """A proxy in front of the server speaks TLS; who signed for it must be known."""
    if shutil.which("openssl") is None:
        print("NOT CHECKED: TLS, for there is no openssl", flush=True)
        return
    with Tls(cluster.connect, folder) as proxy:
        remote = f"sc://127.0.0.1:{proxy.port}/;use_ssl=true;token={SECRET}"
        command = "spend SOURCE --by domain,user --format csv"
        stranger = run(command, folder / "random", "--engine", "spark", "--remote", remote)
        is_right = stranger.returncode == 4 and "SPARK-" in stranger.stderr and SECRET not in stranger.stderr
        told("TLS of a stranger", None if is_right else f"exit {stranger.returncode}: {stranger.stdout}{stranger.stderr}")
        os.environ["SSL_CERT_FILE"] = str(proxy.authority)
        told("TLS of somebody known", difference(command, folder / "random", remote))
        del os.environ["SSL_CERT_FILE"]


def killed_worker(cluster: Cluster, folder: Path) -> None:
    """The other worker does the work."""
    large = folder / "large"
    run(f"sample {large} --rows 400000 --months 1 --seed 5 --schema legacy", "")
    killing = threading.Timer(1.5, lambda: cluster.end("worker1", signal.SIGKILL))
    killing.start()
    wrong = difference("spend SOURCE --by day,user,resource --metric amortized --format csv", large, cluster.remote())
    killing.join()
    told("one worker is killed in the middle of a statement", wrong)


def mistakes(cluster: Cluster) -> None:
    """Clear words, exit 4, nothing on stdout, no secret."""
    source = REPOSITORY / EXPORTS[0]
    closed = f"sc://127.0.0.1:{free_port()}/;token={SECRET}"
    for name, at, remote, code, exit_code in (
        ("nobody listens", source, closed, "SPARK-UNREACHABLE", 4),
        ("no address", source, "http://127.0.0.1", "SPARK-REMOTE", 2),
        ("a token in the open", source, f"sc://spark.example:1/;use_ssl=false;token={SECRET}", "SPARK-REMOTE", 2),
        ("a table that is not there", "billing.nothing", cluster.remote(), "SPARK-STATEMENT", 4),
        ("a path that the cluster cannot read", "/nowhere/at/all", cluster.remote(), "SPARK-STATEMENT", 4),
        ("another token", source, cluster.remote(token="another"), "SPARK-DENIED", 4),
    ):
        ran = run("spend SOURCE --by user", at, "--engine", "spark", "--remote", remote)
        is_right = ran.returncode == exit_code and code in ran.stderr and not ran.stdout and SECRET not in ran.stderr
        told(name, None if is_right else f"exit {ran.returncode}: {ran.stdout}{ran.stderr}")


def stopped(cluster: Cluster, folder: Path) -> None:
    """Ctrl-C reaches the cluster."""
    words = [sys.argv[1], "spend", str(folder / "large"), "--by", "day,resource", "--engine", "spark"]
    process = subprocess.Popen(
        [*words, "--remote", cluster.remote()], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    time.sleep(1.2)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    told("Ctrl-C stops the statement", None if "SPARK-STOPPED" in err and not out else f"{process.returncode}: {out}{err}")


def dead_cluster(cluster: Cluster, folder: Path) -> None:
    """A server that dies and stays away."""
    killing = threading.Timer(2.0, lambda: cluster.end("connect", signal.SIGKILL))
    killing.start()
    words = "spend SOURCE --by day,resource,user"
    ran = run(words, folder / "large", "--engine", "spark", "--remote", cluster.remote())
    killing.join()
    is_right = ran.returncode == 4 and "SPARK-" in ran.stderr and not ran.stdout
    told("the cluster dies", None if is_right else f"exit {ran.returncode}: {ran.stdout[:300]}{ran.stderr}")


def long_statement(cluster: Cluster) -> None:
    """More than two minutes, after which a server of usual settings ends every stream."""
    from pyspark.sql import SparkSession

    session, export = str(uuid.uuid4()), REPOSITORY / EXPORTS[0]
    remote = f"{cluster.remote()};user_id=check;session_id={session}"
    spark = SparkSession.builder.remote(remote).getOrCreate()
    month = next(export.rglob("*2026-09/*.parquet"))
    # Every line takes an eighth of a second, and the optimizer cannot know that it says nothing.
    slow = "coalesce(reflect('java.lang.Thread', 'sleep', CAST(120 AS BIGINT)), identity_line_item_id) <> ''"
    spark.sql(f"CREATE TEMPORARY VIEW slow AS SELECT * FROM parquet.`{month}` WHERE {slow}")
    began = time.monotonic()
    ours = run("spend SOURCE --by user --format csv", month)
    theirs = run("spend SOURCE --by user --format csv", "slow", "--engine", "spark", "--remote", remote)
    took = time.monotonic() - began
    is_right = ours.stdout == theirs.stdout and took > 240
    told(f"two statements of {took / 2:.0f} s", None if is_right else theirs.stdout[:300] + theirs.stderr)


def main() -> int:
    """Runs every check on one cluster, which ends with us however we end."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if "long" in sys.argv[2:]:
        with tempfile.TemporaryDirectory() as name, Cluster(Path(name), {}, token=None) as cluster:
            long_statement(cluster)
        return min(failures, 1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # Streams end every three seconds, as they do every two minutes elsewhere.
        settings = {"spark.connect.execute.reattachable.senderMaxStreamDuration": "3s"}
        with Cluster(folder, settings) as cluster:
            equality(cluster, folder)
            ingestion(cluster, folder)
            cuts(cluster, folder)
            over_tls(cluster, folder)
            mistakes(cluster)
            killed_worker(cluster, folder)
            stopped(cluster, folder)
            dead_cluster(cluster, folder)
    return min(failures, 1)


if __name__ == "__main__":
    sys.exit(main())
