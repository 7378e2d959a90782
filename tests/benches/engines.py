"""Engines: one question put to one engine in a process of its own.

In:    an engine, a query in `queries.py`, the number of threads; Parquet files, one a line on standard input.
Out:   JSON: seconds of the first and of a second run inside the process, rows, total.
Never: counts the start of the process or the import of the engine.
"""

import json
import os
import sys
import time
from decimal import Decimal
from typing import Callable

import queries

# Each gives a function that asks once and returns the number of groups and the total.
Asked = Callable[[], tuple[int, Decimal]]


def of_rows(rows: list) -> tuple[int, Decimal]:
    """Rows and the sum of their last column."""
    return len(rows), sum((Decimal(str(row[-1])) for row in rows if row[-1] is not None), Decimal())


def duckdb(query: str, files: list[str], threads: int) -> Asked:
    """DuckDB, through its own Parquet reader."""
    import duckdb

    connection = duckdb.connect(config={"threads": threads})
    text = queries.sql(query, queries.DUCKDB)
    return lambda: of_rows(connection.execute(text, [files]).fetchall())


def datafusion(query: str, files: list[str], threads: int) -> Asked:
    """DataFusion with as many partitions as threads."""
    import datafusion

    config = datafusion.SessionConfig().with_target_partitions(threads)
    context = datafusion.SessionContext(config)
    context.register_parquet("cur", os.path.dirname(files[0]))
    text = queries.sql(query, queries.NAMED)

    def ask() -> tuple[int, Decimal]:
        batches = context.sql(text).collect()
        return of_rows([row for batch in batches for row in zip(*batch.to_pydict().values())])

    return ask


def clickhouse(query: str, files: list[str], threads: int) -> Asked:
    """ClickHouse as a library, which is `clickhouse local` without its start."""
    from chdb import session

    connection = session.Session()
    source = f"file('{os.path.dirname(files[0])}/*.parquet', Parquet)"
    text = queries.sql(query, queries.NAMED, source) + f" SETTINGS max_threads = {threads}"

    def ask() -> tuple[int, Decimal]:
        rows = str(connection.query(text, "TabSeparated")).splitlines()
        return of_rows([row.split("\t") for row in rows])

    return ask


def polars(query: str, files: list[str], threads: int) -> Asked:
    """Polars, lazily and streaming."""
    os.environ["POLARS_MAX_THREADS"] = str(threads)
    import polars

    metric, how = query.split(" ", 1)
    homes = lambda raw, name: (
        [polars.col(f"resource_tags_{name}")]
        if how.endswith("flat")
        else [
            polars.col("tags").map.get(f"resourceTags/{raw}"),
            polars.col("resource_tags").map.get(name),
        ]
    )
    tag = lambda raw, name: polars.coalesce(
        *(polars.when(value != "").then(value) for value in homes(raw, name))
    )
    owners = [tag(raw, name).alias(alias) for alias, raw, name in queries.TAGS]
    operation = polars.col("line_item_operation").fill_null("")
    cost = polars.sql_expr(queries.METRICS[metric]("DOUBLE")).alias("cost")
    plan = polars.scan_parquet(files).filter(~operation.is_in(queries.SPLIT_COST))
    plan = plan.select(*owners, cost).group_by([alias for alias, _, _ in queries.TAGS])
    plan = plan.agg(polars.col("cost").sum())
    return lambda: of_rows(plan.collect(engine="streaming").rows())


ENGINES = {
    "DuckDB": duckdb,
    "DataFusion": datafusion,
    "ClickHouse": clickhouse,
    "Polars": polars,
}


def main() -> None:
    """Asks twice: as a command line would, and as a session that has asked before."""
    engine, query, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
    ask = ENGINES[engine](query, sys.stdin.read().splitlines(), threads)
    seconds = []
    for _ in range(2):
        begun = time.perf_counter()
        groups, total = ask()
        seconds.append(time.perf_counter() - begun)
    facts = {"seconds": seconds[0], "again": seconds[1], "groups": groups, "total": str(total)}
    print(json.dumps(facts))


if __name__ == "__main__":
    main()
