"""A Chromium without a screen, driven through a pipe: nothing listens, nothing is installed.

Chrome's own protocol (https://chromedevtools.github.io/devtools-protocol/): JSON objects, each
closed by a zero byte, read by the browser from its descriptor 3 and written to its 4.
"""

import json
import os
import select
import subprocess
import tempfile
import time
from pathlib import Path

PATIENCE = 60.0  # seconds until a command counts as lost
FLAGS = [
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-sync",
    "--hide-scrollbars",
    "--proxy-server=127.0.0.1:9",  # whatever would leave the machine fails
]


class Chromium:
    """One process and the pipe to it; `with` ends the process."""

    def __init__(self, program: str):
        self.folder = tempfile.TemporaryDirectory(prefix="curtail-browser-")
        ours_in, self.theirs_out = os.pipe()
        self.theirs_in, ours_out = os.pipe()
        flags = FLAGS + [f"--user-data-dir={self.folder.name}"]
        if os.geteuid() == 0:
            flags.append("--no-sandbox")  # Chromium refuses its sandbox to root

        def descriptors():
            # Copies above 4 first, so that neither end is overwritten by the other.
            read, write = os.dup(self.theirs_in), os.dup(self.theirs_out)
            os.dup2(read, 3)
            os.dup2(write, 4)

        self.process = subprocess.Popen(
            [program, *flags, "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            close_fds=False,
            preexec_fn=descriptors,
        )
        os.close(self.theirs_in)
        os.close(self.theirs_out)
        self.read, self.write = ours_in, ours_out
        self.rest = b""
        self.last = 0
        self.events = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.write)
        os.close(self.read)
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        # Its children may still be writing into the folder.
        for _ in range(50):
            try:
                self.folder.cleanup()
                return
            except OSError:
                time.sleep(0.1)

    def call(self, method: str, session: str | None = None, **parameters):
        """Sends a command and waits for its answer; what happens meanwhile is kept."""
        self.last += 1
        message = {"id": self.last, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.write, data) :]
        until = time.monotonic() + PATIENCE
        while True:
            answer = self.receive(until)
            if answer is None:
                raise TimeoutError(f"no answer to {method}")
            if answer.get("id") != self.last:
                self.events.append(answer)
            elif "error" in answer:
                raise RuntimeError(f"{method}: {answer['error']['message']}")
            else:
                return answer["result"]

    def receive(self, until: float):
        """The next message, or `None` when it is too late."""
        while b"\0" not in self.rest:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.read], [], [], left)[0]:
                return None
            data = os.read(self.read, 1 << 16)
            if not data:
                raise RuntimeError("the browser has gone")
            self.rest += data
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def page(self) -> "Page":
        """A new tab."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        return Page(self, target, session)


class Page:
    """One tab, and everything that it asked for or complained about."""

    def __init__(self, browser: Chromium, target: str, session: str):
        self.browser, self.target, self.session = browser, target, session
        for domain in ["Page", "Runtime", "Network", "Log"]:
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def close(self):
        self.browser.call("Target.closeTarget", targetId=self.target)
        self.browser.events.clear()

    def wait_for(self, method: str):
        """Waits until an event of this name has come."""
        until = time.monotonic() + PATIENCE
        while not any(self.is_mine(event, method) for event in self.browser.events):
            event = self.browser.receive(until)
            if event is None:
                raise TimeoutError(f"no {method}")
            self.browser.events.append(event)

    def is_mine(self, event: dict, method: str) -> bool:
        return event.get("sessionId") == self.session and event.get("method") == method

    def told(self, method: str) -> list[dict]:
        """The parameters of the events of this name."""
        # An answer is sent behind everything that happened before it.
        self.call("Runtime.evaluate", expression="0")
        return [event["params"] for event in self.browser.events if self.is_mine(event, method)]

    def open(self, path: Path):
        self.browser.events.clear()
        self.call("Page.navigate", url=path.resolve().as_uri())
        self.wait_for("Page.loadEventFired")

    def look(self, width: int, scheme: str, height: int = 900):
        """A window of this width, in `light` or `dark`."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=2 if width < 500 else 1,
            mobile=width < 500,
        )
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", media="", features=features)

    def ask(self, expression: str):
        """The value of a JavaScript expression."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"]["exception"]["description"])
        return answer["result"].get("value")
