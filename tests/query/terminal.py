"""Terminal: types into a program as a person would, and prints what the screen got.

Arguments: the program and its arguments. Standard input: lines of MARK, a tab and KEYS; KEYS are
typed when MARK has been shown, both with the escapes of Python. Ends as the program ends.
"""

import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time

PATIENCE = 60


def spelled(text):
    return text.encode("latin-1", "backslashreplace").decode("unicode_escape").encode("latin-1")


steps = [tuple(map(spelled, line.rstrip("\n").split("\t"))) for line in sys.stdin]
program, screen = pty.fork()
if program == 0:
    time.sleep(0.1)
    os.execvp(sys.argv[1], sys.argv[1:])
fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 80, 0, 0))
fresh = b""


def look():
    """What the screen gets next; a program that asks where the cursor is gets an answer."""
    if not select.select([screen], [], [], 0.1)[0]:
        return b""
    try:
        got = os.read(screen, 65536)
    except OSError:
        return None
    for _ in range(got.count(b"\x1b[6n")):
        os.write(screen, b"\x1b[1;1R")
    sys.stdout.buffer.write(got)
    return got


end = time.monotonic() + PATIENCE
for mark, keys in steps:
    while mark not in fresh:
        got = look()
        if got is None or time.monotonic() > end:
            sys.exit(f"{mark!r} was not shown")
        fresh += got
    # What came behind the mark may be the next one.
    fresh = fresh.split(mark, 1)[1]
    os.write(screen, keys)
while look() is not None and time.monotonic() < end:
    pass
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(program, 0)[1]))
