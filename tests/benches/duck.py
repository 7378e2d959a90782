"""Duck: one question put to DuckDB in a process of its own.

In:    a query in `queries.py`, the number of threads, and Parquet files, one a line on standard input.
Out:   JSON: seconds of the first and of a second run inside the process, rows, total.
Never: counts its own start or the import of DuckDB.
"""

import json
import sys
import time

import duckdb

import queries


def main() -> None:
    """Runs the query twice: as a command line would, and as a session that has asked before."""
    name, threads = sys.argv[1], int(sys.argv[2])
    files = sys.stdin.read().splitlines()
    connection = duckdb.connect(config={"threads": threads})
    seconds = []
    for _ in range(2):
        begun = time.perf_counter()
        found = connection.execute(queries.QUERIES[name], [files]).fetchall()
        seconds.append(time.perf_counter() - begun)
    total = str(sum(row[-1] for row in found if row[-1] is not None))
    facts = {"seconds": seconds[0], "again": seconds[1], "groups": len(found), "total": total}
    print(json.dumps(facts))


if __name__ == "__main__":
    main()
