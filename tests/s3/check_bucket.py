"""Bucket: exports in S3 against the same exports on disk, with a service that misbehaves between them.

In:    the debug binary; a server like S3 and a proxy in front of it, both on this machine alone.
Out:   a line per check; exit code 1 when one of them fails.
Never: talks to anything but 127.0.0.1, or leaves a server behind.

Run as `check_bucket.py BINARY`, in an environment that has `moto[server]`.
"""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import boto3
import stores

REPOSITORY = Path(__file__).parents[2]
SECRET = "this-is-the-secret-key"
TOKEN = "this-is-the-session-token"
BUCKET = "billing"
# What DESIGN promises of a question by domain, on an export of CUR 2.0.
LARGEST_SHARE = 0.25


class Proxy(BaseHTTPRequestHandler):
    """Passes requests on, unless `faults` says otherwise of one."""

    protocol_version = "HTTP/1.1"
    server_port = 0
    # Given the number of an object's request, says what goes wrong with it; None for nothing.
    faults = staticmethod(lambda number, path: None)
    number = 0
    lock = threading.Lock()

    def log_message(self, *_: object) -> None:
        """Says nothing: the checks do."""

    def answer(self, status: int, body: bytes, headers: dict) -> None:
        """A whole answer."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def refuse(self, status: int, code: str) -> None:
        """An error as S3 words it."""
        body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>{SECRET}</Message></Error>"
        self.answer(status, body.encode(), {"Content-Type": "application/xml"})

    def do_GET(self) -> None:
        """Lists and reads."""
        is_object = "list-type" not in self.path
        with Proxy.lock:
            Proxy.number += is_object
            fault = Proxy.faults(Proxy.number if is_object else 0, self.path)
        if callable(fault):
            fault = fault()
        if isinstance(fault, tuple):
            return self.refuse(*fault)
        upstream = http.client.HTTPConnection("127.0.0.1", Proxy.server_port)
        upstream.request(self.command, self.path, headers=dict(self.headers))
        found = upstream.getresponse()
        body = found.read()
        headers = {
            name: value
            for name, value in found.getheaders()
            if name.lower() not in ("content-length", "transfer-encoding", "connection")
        }
        if self.command == "HEAD":
            self.send_response(found.status)
            for name, value in found.getheaders():
                if name.lower() not in ("transfer-encoding", "connection"):
                    self.send_header(name, value)
            self.end_headers()
        elif fault == "reset" and found.status in (200, 206):
            # Half of what was promised, and then nobody is there.
            self.send_response(found.status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            self.close_connection = True
            self.connection.close()
        else:
            self.answer(found.status, body, headers)

    do_HEAD = do_GET

    def do_POST(self) -> None:
        """Deletes several objects."""
        self.do_PUT()

    def do_PUT(self) -> None:
        """Writes; `lost` writes and does not tell."""
        with Proxy.lock:
            Proxy.number += 1
            fault = Proxy.faults(Proxy.number, self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if isinstance(fault, tuple):
            return self.refuse(*fault)
        upstream = http.client.HTTPConnection("127.0.0.1", Proxy.server_port)
        upstream.request(self.command, self.path, body=body, headers=dict(self.headers))
        found = upstream.getresponse()
        told = found.read()
        if fault == "lost":
            self.close_connection = True
            return self.connection.close()
        headers = {name: value for name, value in found.getheaders() if name.lower() == "etag"}
        return self.answer(found.status, told, headers)


def free_port() -> int:
    """A port that nobody listens on yet."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def service():
    """A server like S3; ended by its process when the checks are over."""
    port = free_port()
    server = subprocess.Popen(
        [Path(sys.executable).with_name("moto_server"), "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.1)
        else:
            raise SystemExit("moto did not start within 30 s")
        yield port
    finally:
        server.terminate()
        server.wait()


def client(port: int):
    """What puts objects there."""
    return boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="eu-west-1",
        aws_access_key_id="AKIAEXAMPLE",
        aws_secret_access_key=SECRET,
    )


def upload(s3, folder: Path, prefix: str) -> int:
    """Puts a folder under a prefix; the bytes of its data files."""
    data = 0
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            s3.upload_file(str(path), BUCKET, f"{prefix}/{path.relative_to(folder)}")
            data += path.stat().st_size if path.suffix == ".parquet" else 0
    return data


class Checks:
    """What was asked and found."""

    def __init__(self, binary: str, port: int) -> None:
        self.binary, self.port, self.failed = binary, port, 0
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": tempfile.gettempdir(),
            "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_SESSION_TOKEN": TOKEN,
            "AWS_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        }

    def run(self, *words: object, **environment: str) -> subprocess.CompletedProcess:
        """One command, which never says a secret."""
        for variables in [{**self.environment, **environment}]:
            variables = {name: value for name, value in variables.items() if value}
            command = [self.binary, *map(str, words)]
            done = subprocess.run(command, capture_output=True, text=True, env=variables, timeout=300)
        said = done.stdout + done.stderr
        self.say(f"no secret in what `{words[0]}` says", SECRET not in said and TOKEN not in said)
        return done

    def say(self, what: str, holds: bool, why: object = "") -> None:
        """Tells what failed; what holds is told once at the end."""
        if not holds:
            self.failed += 1
            print(f"FAILED: {what} {why}")

    def refused(self, what: str, code: str, exit_code: int, *words: object, **environment: str) -> None:
        """A command that must end with this error."""
        done = self.run(*words, **environment)
        right = f"error[{code}]" in done.stderr and done.returncode == exit_code
        self.say(what, right and not done.stdout, (done.returncode, done.stderr))


def fetched(done: subprocess.CompletedProcess) -> int:
    """Bytes that a command says it fetched."""
    [line] = [line for line in done.stderr.splitlines() if line.startswith("fetched ")]
    number, unit = line.split()[1:3]
    return int(float(number) * {"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}[unit])


def equal_answers(checks: Checks, s3, folder: Path) -> None:
    """What is asked of a bucket and of its copy is answered alike."""
    for name in ("cur2", "legacy"):
        upload(s3, REPOSITORY / "sample-data" / name, f"exports/{name}")
        disk, bucket = REPOSITORY / "sample-data" / name, f"s3://{BUCKET}/exports/{name}"
        for words in (
            ["spend", "--by", "domain,user,space", "--format", "csv"],
            ["spend", "--by", "day,service", "--metric", "net_amortized", "--format", "json"],
            ["query", "cost_by_component", "--format", "csv", "--month", "2026-10"],
            ["report", "monthly", "--month", "2026-10", "--format", "json"],
        ):
            here = checks.run(*words, "--from", disk)
            there = checks.run(*words, "--from", bucket)
            alike = here.stdout == there.stdout.replace(bucket, str(disk))
            checks.say(f"{name}: {' '.join(words)}", alike and there.returncode == 0, there.stderr)
        bills = [path for path in disk.rglob("*.parquet") if "status" not in path.name]
        one = min(bills)
        key = f"{bucket}/{one.relative_to(disk)}"
        answers = [checks.run("spend", path, "--format", "csv").stdout for path in (one, key)]
        checks.say(f"{name}: one file", answers[0] == answers[1] != "")
        stores = [folder / f"{name}-{where}" for where in ("disk", "bucket")]
        for store, source in zip(stores, (disk, bucket)):
            checks.run("ingest", source, "--store", store)
        asked = ["spend", "--by", "day,user", "--format", "csv", "--store"]
        answers = [checks.run(*asked, store).stdout for store in stores]
        checks.say(f"{name}: ingest", answers[0] == answers[1] != "")
        again = checks.run("ingest", bucket, "--store", stores[1], "--json")
        [months, *_] = json.loads(again.stdout)["sections"]
        outcomes = {row["outcome"] for row in months["rows"]}
        checks.say(f"{name}: nothing new", outcomes == {"unchanged"}, outcomes)


def few_bytes(checks: Checks, s3, folder: Path) -> None:
    """Of an export with many columns a question fetches few."""
    export = folder / "wide"
    checks.run("sample", export, "--rows", 150_000, "--months", 1, "--seed", 5)
    size = upload(s3, export, "wide")
    done = checks.run("spend", f"s3://{BUCKET}/wide", "--by", "domain")
    share = fetched(done) / size
    checks.say("few bytes", share <= LARGEST_SHARE, f"{share:.1%}")
    print(f"spend --by domain fetched {share:.1%} of {size:,} bytes")
    here = checks.run("spend", export, "--by", "domain")
    checks.say("few bytes, right ones", here.stdout == done.stdout != "")


def bad_days(port: int):
    """A proxy before the service, its address, and what tells it when to do wrong."""
    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    Proxy.server_port = port
    threading.Thread(target=proxy.serve_forever, daemon=True).start()

    def under(fault) -> None:
        Proxy.number, Proxy.faults = 0, staticmethod(fault)

    return proxy, f"http://127.0.0.1:{proxy.server_port}", under


def faults(checks: Checks, s3) -> None:
    """What a service does on bad days."""
    source = f"s3://{BUCKET}/wide"
    ask = ["spend", source, "--by", "domain", "--format", "csv"]
    whole = checks.run(*ask).stdout
    proxy, through, under = bad_days(checks.port)

    def still_right(what: str, fault) -> None:
        under(fault)
        done = checks.run(*ask, AWS_ENDPOINT_URL=through)
        checks.say(what, done.stdout == whole and done.returncode == 0, done.stderr)

    def ends_with(what: str, code: str, exit_code: int, fault) -> None:
        under(fault)
        checks.refused(what, code, exit_code, *ask, AWS_ENDPOINT_URL=through)

    still_right("through the proxy", lambda number, _: None)
    slow = (503, "SlowDown")
    still_right("throttled now and then", lambda number, _: slow if number % 3 == 1 else None)
    still_right("a reset in mid-body", lambda number, _: "reset" if number in (2, 3) else None)
    broken = (500, "InternalError")
    still_right("an internal error", lambda number, _: broken if number == 2 else None)
    ends_with("throttled to the end", "S3-THROTTLED", 4, lambda number, _: slow if number > 1 else None)
    ends_with("denied", "S3-DENIED", 4, lambda number, _: (403, "AccessDenied"))
    ends_with("denied in mid-read", "S3-DENIED", 4, lambda n, _: (403, "AccessDenied") if n > 2 else None)
    ends_with("expired", "S3-EXPIRED", 4, lambda number, _: (400, "ExpiredToken"))
    ends_with("another region", "S3-REGION", 4, lambda number, _: (301, "PermanentRedirect"))
    ends_with("no such bucket", "S3-ABSENT", 1, lambda number, _: (404, "NoSuchBucket"))

    listed = s3.list_objects_v2(Bucket=BUCKET, Prefix="wide/data")["Contents"]
    key = max(listed, key=lambda found: found["Size"])["Key"]
    body = s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()

    def swap():
        s3.put_object(Bucket=BUCKET, Key=key, Body=body + b"PAR1")

    asked = []

    def swapped(number: int, path: str):
        """Files are opened side by side: the object's first request opens it, the second reads."""
        if key.rsplit("/", 1)[-1] not in path:
            return None
        asked.append(number)
        return swap if len(asked) == 2 else None

    ends_with("an object that is replaced in mid-read", "SRC-CHANGED", 1, swapped)
    s3.put_object(Bucket=BUCKET, Key=key, Body=body)
    proxy.shutdown()
    proxy.server_close()


def refusals(checks: Checks) -> None:
    """What is wrong before anything is read."""
    export = f"s3://{BUCKET}/exports/cur2"
    nobody = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_SESSION_TOKEN": ""}
    nothing = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{free_port()}"}
    checks.refused("no such bucket", "S3-ABSENT", 1, "spend", "s3://not-there/exports")
    checks.refused("no such object", "S3-ABSENT", 1, "spend", f"{export}/none.parquet")
    checks.refused("nothing under it", "DELIVERY-NO-EXPORT", 1, "spend", f"s3://{BUCKET}/none")
    checks.refused("nobody listens", "S3-UNREACHABLE", 4, "spend", export, **nothing)
    plain = {"AWS_ENDPOINT_URL": "http://example.com"}
    checks.refused("no TLS", "S3-INSECURE", 2, "spend", export, **plain)
    with tempfile.TemporaryDirectory() as home:
        lines = ["[finance]", "aws_access_key_id = AKIAEXAMPLE", f"aws_secret_access_key = {SECRET}"]
        (Path(home) / ".aws").mkdir()
        (Path(home) / ".aws" / "credentials").write_text("\n".join(lines) + "\n")
        done = checks.run("spend", export, "--profile", "finance", HOME=home, **nobody)
        checks.say("keys of a profile", done.returncode == 0, done.stderr)


def main() -> None:
    """Runs every check."""
    with service() as port, tempfile.TemporaryDirectory() as folder:
        checks = Checks(sys.argv[1], port)
        s3 = client(port)
        s3.create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        equal_answers(checks, s3, Path(folder))
        few_bytes(checks, s3, Path(folder))
        faults(checks, s3)
        refusals(checks)
        stores.check(checks, s3, Path(folder), bad_days(port))
    if checks.failed:
        raise SystemExit(f"{checks.failed} checks failed")
    print("exports in S3 are read as those on disk; stores keep their segments there")


if __name__ == "__main__":
    main()
