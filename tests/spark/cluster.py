"""Cluster: one master, two workers and one Connect server, on this machine alone.

In:    a folder for logs, settings of Spark.
Out:   addresses and processes; everything ends with the `with` that it began in.
Never: listens on anything but 127.0.0.1, or leaves a process behind.
"""

import asyncio
import contextlib
import os
import signal
import socket
import ssl
import subprocess
import threading
import time
import urllib.request
from pathlib import Path

import pyspark

HOME = Path(pyspark.__file__).parent
# The start of a JVM is most of what a small statement takes.
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData"
LONGEST_START = 180
TOKEN = "this-is-the-secret-token"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(what: str, is_there) -> None:
    """Waits until something is there, but not for ever."""
    end = time.monotonic() + LONGEST_START
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if is_there():
                return
        time.sleep(0.1)
    raise TimeoutError(f"{what} did not start in {LONGEST_START} s")


def listens(port: int) -> bool:
    """Whether somebody listens."""
    with socket.create_connection(("127.0.0.1", port), timeout=1):
        return True


class Cluster:
    """Spark, standalone."""

    def __init__(self, folder: Path, settings: dict[str, str], token: str | None = TOKEN) -> None:
        self.folder, self.settings, self.token = folder, settings, token
        self.processes: dict[str, subprocess.Popen] = {}
        self.master, self.page, self.connect = free_port(), free_port(), free_port()

    def __enter__(self) -> "Cluster":
        try:
            self.start_all()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for name in ("connect", "worker1", "worker2", "master"):
            self.end(name)

    def start_all(self) -> None:
        """Starts what is needed, one after the other."""
        small = {"SPARK_DAEMON_MEMORY": "256m", "SPARK_DAEMON_JAVA_OPTS": QUICK}
        no_rest = {"SPARK_DAEMON_JAVA_OPTS": f"{QUICK} -Dspark.master.rest.enabled=false"}
        deploy = "org.apache.spark.deploy"
        self.start(
            "master", [HOME / "bin/spark-class", f"{deploy}.master.Master", "--host", "127.0.0.1",
                       "--port", self.master, "--webui-port", self.page], small | no_rest,
        )
        wait_for("the master", lambda: listens(self.master))
        for number in (1, 2):
            self.start_worker(number)
        wait_for("two workers", lambda: self.workers() == 2)
        conf = {
            "spark.executor.extraJavaOptions": QUICK,
            "spark.executor.memory": "768m",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.connect.grpc.binding.address": "127.0.0.1",
            "spark.connect.grpc.binding.port": str(self.connect),
            "spark.ui.enabled": "false",
            "spark.sql.shuffle.partitions": "4",
            "spark.sql.warehouse.dir": str(self.folder / "warehouse"),
            **({"spark.connect.authenticate.token": self.token} if self.token else {}),
            **self.settings,
        }
        words = [word for key, value in conf.items() for word in ("--conf", f"{key}={value}")]
        server = "org.apache.spark.sql.connect.service.SparkConnectServer"
        self.start(
            "connect", [HOME / "bin/spark-submit", "--class", server, "--master",
                        f"spark://127.0.0.1:{self.master}", "--driver-memory", "1g",
                        "--driver-java-options", QUICK, *words, "--name", "connect", "spark-internal"], {},
        )
        wait_for("the Connect server", lambda: listens(self.connect))

    def start_worker(self, number: int) -> None:
        """One more worker of one core."""
        self.start(
            f"worker{number}",
            [HOME / "bin/spark-class", "org.apache.spark.deploy.worker.Worker", "--host", "127.0.0.1",
             "--webui-port", free_port(), "--cores", 1, "--memory", "2g",
             "--work-dir", self.folder / f"worker{number}", f"spark://127.0.0.1:{self.master}"],
            {"SPARK_DAEMON_MEMORY": "256m", "SPARK_DAEMON_JAVA_OPTS": QUICK},
        )

    def start(self, name: str, words: list, variables: dict[str, str]) -> None:
        """A process in a group of its own, so that its children end with it."""
        own = {"SPARK_HOME": str(HOME), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_DIRS": str(self.folder / "local")}
        with open(self.folder / f"{name}.log", "wb") as log:
            self.processes[name] = subprocess.Popen(
                [str(word) for word in words], stdout=log, stderr=subprocess.STDOUT,
                env={**os.environ, **own, **variables}, start_new_session=True,
            )

    def end(self, name: str, how: int = signal.SIGTERM) -> None:
        """Ends a process and its children."""
        process = self.processes.pop(name, None)
        if process is None:
            return
        for signal_now, patience in ((how, 10), (signal.SIGKILL, 10)):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal_now)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(patience)
                break
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    def workers(self) -> int:
        """How many workers the master knows."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.page}/json/", timeout=2) as page:
            return page.read().decode().count('"state" : "ALIVE"')

    def remote(self, port: int | None = None, token: str | None = None) -> str:
        """The address of the Connect server."""
        token = token or self.token
        secret = f";use_ssl=false;token={token}" if token else ""
        return f"sc://127.0.0.1:{port or self.connect}/{secret}"


class Cutter:
    """A proxy that breaks connections once they have carried so many bytes."""

    def __init__(self, target: int, after: list[int]) -> None:
        self.target, self.after, self.cuts = target, list(after), 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self) -> "Cutter":
        return self

    def __exit__(self, *_: object) -> None:
        self.listener.close()

    def accept(self) -> None:
        """One pair of threads per connection."""
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                server = socket.create_connection(("127.0.0.1", self.target))
                limit = self.after.pop(0) if self.after else None
                threading.Thread(target=self.carry, args=(client, server, None), daemon=True).start()
                threading.Thread(target=self.carry, args=(server, client, limit), daemon=True).start()

    def carry(self, source: socket.socket, sink: socket.socket, limit: int | None) -> None:
        """Bytes one way, until the limit."""
        carried = 0
        with contextlib.suppress(OSError):
            while data := source.recv(4096):
                carried += len(data)
                if limit is not None and carried > limit:
                    self.cuts += 1
                    break
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
                end.close()


class Tls:
    """A proxy that speaks TLS, as those in front of a Connect server do, with a certificate of its own making."""

    def __init__(self, target: int, folder: Path) -> None:
        self.target = target
        self.authority, leaf, key = folder / "authority.pem", folder / "leaf.pem", folder / "leaf.key"
        of = lambda *words: subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)
        new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
        own = folder / "authority.key"
        of("req", "-x509", *new, "-subj", "/CN=authority", "-days", 2, "-keyout", own, "-out", self.authority)
        of("req", *new, "-subj", "/CN=127.0.0.1", "-keyout", key, "-out", folder / "leaf.csr")
        (folder / "leaf.cnf").write_text("subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n")
        of("x509", "-req", "-in", folder / "leaf.csr", "-CA", self.authority, "-CAkey", own, "-CAcreateserial",
           "-days", 2, "-extfile", folder / "leaf.cnf", "-out", leaf)
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.load_cert_chain(leaf, key)
        self.context.set_alpn_protocols(["h2"])
        self.loop = asyncio.new_event_loop()
        opening = asyncio.start_server(self.carry, "127.0.0.1", 0, ssl=self.context)
        self.port = self.loop.run_until_complete(opening).sockets[0].getsockname()[1]
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def __enter__(self) -> "Tls":
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Both ways, until one of them ends."""
        inner, outer = await asyncio.open_connection("127.0.0.1", self.target)
        await asyncio.gather(self.copy(reader, outer), self.copy(inner, writer), return_exceptions=True)

    @staticmethod
    async def copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        """Bytes one way."""
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                sink.write(data)
                await sink.drain()
        sink.close()
