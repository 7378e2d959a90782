"""Statements: what `curtail sql` prints, run by other engines and held against curtail itself.

In:    the debug binary; DuckDB and sqlglot, and Spark when it is there.
Out:   a line per check; exit code 1 when one of them fails.
Never: leaves a file behind, or compares money as a float.

Run as `check_statements.py BINARY [spark]`. The text for Athena is held to an allow-list of functions,
turned into DuckDB's by sqlglot, and run there, because Athena runs nowhere else.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow.parquet
import sqlglot
from sqlglot import exp

REPOSITORY = Path(__file__).parents[2]
REAL = (
    "cur2-ha-portal/ha-project-CUR-daily-1/parquet-twin",
    "legacy-workshop-cur/WorkshopCUR",
    "nise-sagemaker/parquet-twin",
)
DIALECTS = ("duckdb", "athena", "spark")
# What Athena's engine 3 documents, as sqlglot names it.
ATHENA_FUNCTIONS = {
    "ABS", "AND", "CASE", "CAST", "COALESCE", "CONCAT", "COUNT", "ELEMENT_AT", "EXTRACT", "GREATEST", "LOWER", "MAX",
    "MIN", "NULLIF", "OR", "REGEXP_EXTRACT", "REGEXP_LIKE", "SIGN", "SUBSTRING", "SUM", "UPPER",
    "IF", "NOT",
}
# A quotient is rounded where its engine likes; a sum is not.
NEAR = 1e-9

failures = 0


def told(name: str, wrong: list[str]) -> None:
    """One line per check, and what is wrong with it."""
    global failures
    print(f"{'ok' if not wrong else 'FAILED'}: {name}", flush=True)
    for line in wrong[:6]:
        print(f"    {line}", flush=True)
    failures += bool(wrong)


class Curtail:
    """The binary."""

    def __init__(self, binary: str, folder: Path) -> None:
        self.binary, self.folder = binary, folder

    def run(self, *arguments: object) -> str:
        """Its standard output; any failure is ours."""
        words = [self.binary, *map(str, arguments)]
        ran = subprocess.run(words, capture_output=True, text=True, check=False)
        if ran.returncode != 0:
            raise RuntimeError(f"{' '.join(words)}: {ran.stderr}")
        return ran.stdout

    def table(self, *arguments: object) -> tuple[list[str], list[tuple]]:
        """Columns and rows of an answer."""
        file = self.folder / "answer.parquet"
        self.run(*arguments, "--format", "parquet", "-o", file)
        found = pyarrow.parquet.read_table(file)
        rows = [tuple(row.values()) for row in found.to_pylist()]
        file.unlink()
        return found.column_names, rows

    def sql(self, dialect: str, *arguments: object) -> str:
        """A statement."""
        return self.run("sql", "--dialect", dialect, *arguments)

    def queries(self) -> list[str]:
        """The names of all queries."""
        listed = json.loads(self.run("query", "--list", "--format", "json"))
        return [row["name"] for row in listed["rows"]]


class DuckDb:
    """An engine that runs its own dialect, and Athena's by way of sqlglot."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("SET TimeZone = 'UTC'")

    def run(self, text: str) -> tuple[list[str], list[tuple]]:
        """Columns and rows."""
        found = self.connection.execute(text)
        return [column[0] for column in found.description], found.fetchall()


def from_athena(text: str, source: str) -> str:
    """Athena's text as DuckDB's; DuckDB's own cast of a double is not Trino's, so it gets the text."""
    tree = sqlglot.parse_one(text, dialect="athena")

    def shortest(node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.Cast) and isinstance(node.this, exp.Column) and node.to.is_type("decimal"):
            return exp.cast(exp.cast(node.this.copy(), "varchar"), node.to.copy())
        # Trino divides decimals of no places as integers; so do huge integers.
        if isinstance(node, exp.Cast) and node.to.sql() == "DECIMAL(38, 0)":
            return exp.cast(node.this.copy(), exp.DataType.build("hugeint", dialect="duckdb"))
        if isinstance(node, exp.Div) and "HUGEINT" in node.sql(dialect="duckdb"):
            return exp.IntDiv(this=node.this.copy(), expression=node.expression.copy())
        if isinstance(node, exp.Table) and node.name == "raw_export":
            return sqlglot.parse_one(f"SELECT * FROM {source}", dialect="duckdb").find(exp.From).this
        return node

    previous = None
    for _ in range(4):
        tree = tree.transform(shortest) if previous is None else tree
        previous = tree
    return tree.sql(dialect="duckdb")


def is_number(value: object) -> bool:
    """Decimals, floats and counts."""
    return isinstance(value, (Decimal, float, int)) and not isinstance(value, bool)


def same(ours: object, theirs: object) -> bool:
    """Sums are equal; quotients are near; anything else is its text."""
    if ours is None or theirs is None:
        return ours is theirs
    if is_number(ours) and is_number(theirs):
        if isinstance(ours, float) or isinstance(theirs, float):
            a, b = float(ours), float(theirs)
            return abs(a - b) <= NEAR * max(1.0, abs(a), abs(b))
        return Decimal(ours) == Decimal(theirs) or (
            places(theirs) != places(ours) and abs(Decimal(ours) - Decimal(theirs)) <= Decimal("1e-5")
        )
    return str(ours) == str(theirs)


def places(value: object) -> int:
    """Decimal places."""
    return -value.as_tuple().exponent if isinstance(value, Decimal) else 0


def key(row: tuple) -> tuple:
    """What rows are put in order by: texts first, for numbers may differ in their last place."""
    texts = tuple("" if is_number(value) else repr(str(value)) for value in row)
    numbers = tuple(round(float(value), 6) if is_number(value) else 0.0 for value in row)
    return texts, numbers


def differences(ours: tuple[list[str], list[tuple]], theirs: tuple[list[str], list[tuple]]) -> list[str]:
    """What is not the same in two answers."""
    (our_columns, our_rows), (their_columns, their_rows) = ours, theirs
    if our_columns != their_columns:
        return [f"columns {our_columns} and {their_columns}"]
    if len(our_rows) != len(their_rows):
        mine, others = Counter(map(str, our_rows)), Counter(map(str, their_rows))
        return [
            f"{len(our_rows)} rows and {len(their_rows)}",
            f"only ours: {list((mine - others).elements())[:2]}",
            f"only theirs: {list((others - mine).elements())[:2]}",
        ]
    wrong = []
    for mine, others in zip(sorted(our_rows, key=key), sorted(their_rows, key=key)):
        unlike = [
            f"{column}: {a!r} and {b!r}"
            for column, a, b in zip(our_columns, mine, others)
            if not same(a, b)
        ]
        if unlike:
            wrong.append("; ".join(unlike) + f" in {mine}"[:200])
    return wrong


class Export:
    """A raw export, and how engines read it."""

    def __init__(self, curtail: Curtail, name: str, path: Path) -> None:
        self.curtail, self.name, self.path = curtail, name, path
        listed = curtail.table(
            "query", "--sql",
            "SELECT billing_period, currency, SUM(line_items) AS lines FROM charges GROUP BY billing_period, currency",
            path,
        )
        self.months = sorted({row[0] for row in listed[1]})
        self.currency = max(listed[1], key=lambda row: row[2])[1] or "XXX"

    def duckdb_files(self) -> str:
        """The files as DuckDB reads them, by curtail's own list of them."""
        text = self.curtail.sql("duckdb", "--like", self.path)
        start = text.index("read_parquet(")
        return text[start:text.index("\n", start)]

    def everything(self, engine, dialect: str, months: list[str]) -> list[str]:
        """The whole table of charges, held against the same columns of curtail."""
        chosen = [word for month in months for word in ("--month", month)]
        columns, theirs = engine(self, dialect, *chosen)
        quoted = ", ".join(f'"{column}"' for column in columns)
        ours = self.curtail.table("query", "--sql", f"SELECT {quoted} FROM charges", self.path, *chosen)
        return differences(ours, (columns, theirs))


def by_duckdb(export: Export, dialect: str, *arguments: object) -> tuple[list[str], list[tuple]]:
    """Runs DuckDB's or Athena's text in DuckDB."""
    engine = DuckDb()
    if dialect == "duckdb":
        return engine.run(export.curtail.sql("duckdb", *arguments, "--like", export.path))
    text = export.curtail.sql("athena", *arguments, "--like", export.path, "--source", "raw_export")
    return engine.run(from_athena(text, export.duckdb_files()))


class BySpark:
    """Runs Spark's text in a Spark of this process."""

    def __init__(self) -> None:
        from pyspark.sql import SparkSession

        builder = SparkSession.builder.master("local[2]").appName("curtail")
        for name, value in {
            "spark.sql.ansi.enabled": "true",
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.parquet.mergeSchema": "true",
            "spark.sql.shuffle.partitions": "2",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.driver.memory": "2g",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.log.level": "ERROR",
        }.items():
            builder = builder.config(name, value)
        self.session = builder.getOrCreate()

    def __call__(self, export: Export, dialect: str, *arguments: object) -> tuple[list[str], list[tuple]]:
        text = export.curtail.sql("spark", *arguments, "--like", export.path)
        if dialect == "athena":
            files = re.search(r"parquet\.`[^`]*`", text).group()
            self.session.sql(f"CREATE OR REPLACE TEMPORARY VIEW raw_export AS SELECT * FROM {files}")
            text = export.curtail.sql("athena", *arguments, "--like", export.path, "--source", "raw_export")
            text = sqlglot.transpile(text, read="athena", write="spark")[0]
        found = self.session.sql(text)
        return found.columns, [tuple(row) for row in found.collect()]


def named(export: Export, engine, dialect: str, queries: list[str]) -> None:
    """Every query that another engine can answer."""
    month = export.months[-1]
    answered = 0
    for query in queries:
        arguments = (query, "--month", month, "--currency", export.currency)
        words = [export.curtail.binary, "sql", *arguments, "--dialect", dialect]
        ran = subprocess.run(words, capture_output=True, text=True, check=False)
        if "DIALECT-TABLE" in ran.stderr:
            continue
        answered += 1
        try:
            theirs = engine(export, dialect, *arguments)
            ours = export.curtail.table("query", query, export.path, "--month", month)
            # One answer per currency: curtail tells them one below the other.
            wrong = differences(one_currency(ours, theirs[0], export.currency), theirs)
        except Exception as error:  # noqa: BLE001 - told as a failure of this query
            wrong = [f"{type(error).__name__}: {error}"[:600]]
        told(f"{dialect}: {query} over {export.name}", wrong)
    told(f"{dialect}: {answered} queries were asked over {export.name}", [] if answered >= 20 else ["too few"])


def one_currency(ours, columns: list[str], currency: str):
    """The rows of one currency, where the answer has a column for it that the query has not."""
    names, rows = ours
    if "currency" in names and "currency" not in columns:
        at = names.index("currency")
        rows = [row[:at] + row[at + 1:] for row in rows if row[at] == currency]
        names = names[:at] + names[at + 1:]
    return names, rows


def parsed(curtail: Curtail, queries: list[str]) -> None:
    """Every statement in every dialect is one statement of it; Athena's uses nothing unusual."""
    wrong, foreign = [], Counter()
    for dialect in DIALECTS:
        for schema in ("cur2", "legacy"):
            for query in [None, *queries]:
                words = [curtail.binary, "sql", *([query] if query else []), "--dialect", dialect]
                words += ["--schema", schema, "--month", "2026-10", "--by", "tag:it's"]
                ran = subprocess.run(words, capture_output=True, text=True, check=False)
                if "DIALECT-TABLE" in ran.stderr:
                    continue
                try:
                    trees = sqlglot.parse(ran.stdout, dialect=dialect)
                except sqlglot.errors.SqlglotError as error:
                    wrong.append(f"{dialect} {schema} {query}: {error}"[:300])
                    continue
                if len(trees) != 1 or trees[0] is None:
                    wrong.append(f"{dialect} {schema} {query}: {len(trees)} statements")
                elif dialect == "athena":
                    for call in trees[0].find_all(exp.Func):
                        name = call.name.upper() if isinstance(call, exp.Anonymous) else call.sql_name()
                        foreign[name] += name not in ATHENA_FUNCTIONS
    told("every statement parses in its dialect", wrong)
    told("Athena's statements call what is allowed", [f"{k}: {n}" for k, n in foreign.items() if n])


def exports(curtail: Curtail) -> list[Export]:
    """Made ones with every trick of the generator, real ones, random ones."""
    found = [
        Export(curtail, "the sample of CUR 2.0", REPOSITORY / "sample-data/cur2"),
        Export(curtail, "the sample of a legacy CUR", REPOSITORY / "sample-data/legacy"),
    ]
    found += [Export(curtail, f"the real {folder}", REPOSITORY / "sample-data/real" / folder) for folder in REAL]
    for seed in (7, 12):
        folder = curtail.folder / f"made-{seed}"
        schema = ("cur2", "legacy")[seed % 2]
        curtail.run("sample", folder, "--rows", 4000, "--schema", schema, "--months", 2, "--seed", seed)
        found.append(Export(curtail, f"a random {schema} export", folder))
    return found


def main() -> int:
    """Runs every check."""
    with tempfile.TemporaryDirectory() as folder:
        curtail = Curtail(sys.argv[1], Path(folder))
        queries = curtail.queries()
        all_exports = exports(curtail)
        if "spark" in sys.argv[2:]:
            spark = BySpark()
            for export in all_exports:
                for dialect in ("spark", "athena"):
                    wrong = export.everything(spark, dialect, [])
                    told(f"{dialect} in Spark: everything over {export.name}", wrong)
            for export in all_exports[:1]:
                named(export, spark, "spark", queries)
            return min(failures, 1)
        parsed(curtail, queries)
        for export in all_exports:
            for dialect in ("duckdb", "athena"):
                told(f"{dialect}: everything over {export.name}", export.everything(by_duckdb, dialect, []))
                one = export.everything(by_duckdb, dialect, export.months[-1:])
                told(f"{dialect}: one month over {export.name}", one)
        for export in [*all_exports[:2], all_exports[-1]]:
            for dialect in ("duckdb", "athena"):
                named(export, by_duckdb, dialect, queries)
    return min(failures, 1)


if __name__ == "__main__":
    sys.exit(main())
