"""Growth: how time and memory grow with rows, of `curtail spend` and of DuckDB.

In:    the release binary, exports of one shape and several sizes.
Out:   a table and a plot in the results folder.
Never: extrapolates.
"""

import json
from pathlib import Path
from statistics import median

from compare import CUR2, QUESTION, THREADS, arguments, ask_curtail, ask_engine, floor, results

METRIC = "unblended"
OTHER = "DuckDB double"
WIDTH, HEIGHT, LEFT, BOTTOM = 640, 360, 60, 40
COLOURS = {"curtail": "#0b6e99", OTHER: "#b5541c", "floor": "#7a7a7a"}


def measure(binary: str, data: Path, rounds: int) -> dict:
    """Both in turn, a round that does not count first."""
    files = sorted(data.rglob("*.parquet"))
    engine, how = CUR2[OTHER]
    asks = {
        "curtail": lambda: ask_curtail(binary, data, METRIC),
        OTHER: lambda: ask_engine(files, engine, f"{METRIC} {how}"),
    }
    runs: dict = {name: [] for name in asks}
    for number in range(rounds + 1):
        for name, ask in asks.items():
            found = ask()
            runs[name] += [found] if number else []
    found = {
        name: {
            "seconds": median(one["seconds"] for one in of),
            "peak_mib": max(one["peak_kib"] for one in of) / 1024,
        }
        for name, of in runs.items()
    }
    found["floor"] = {"seconds": floor(binary, data, METRIC, 3), "peak_mib": None}
    return {"rows": runs["curtail"][0]["source_rows"], **found}


def plot(sizes: list[dict]) -> str:
    """Seconds over rows, both from zero, so that a straight line is linear growth."""
    most_rows = max(size["rows"] for size in sizes)
    most_seconds = max(size[name]["seconds"] for size in sizes for name in COLOURS)
    x = lambda rows: LEFT + (WIDTH - LEFT - 120) * rows / most_rows
    y = lambda seconds: HEIGHT - BOTTOM - (HEIGHT - BOTTOM - 20) * seconds / most_seconds
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<path d="M{LEFT} 20V{y(0):.1f}H{x(most_rows):.1f}" fill="none" stroke="#999"/>',
    ]
    for part in range(5):
        seconds = most_seconds * part / 4
        parts.append(
            f'<text x="{LEFT - 6}" y="{y(seconds) + 4:.1f}" text-anchor="end">{seconds:.1f} s</text>'
        )
    for size in sizes:
        parts.append(
            f'<text x="{x(size["rows"]):.1f}" y="{HEIGHT - 20}" text-anchor="middle">'
            f"{size['rows'] / 1e6:.0f} M</text>"
        )
    for name, colour in COLOURS.items():
        points = [(x(size["rows"]), y(size[name]["seconds"])) for size in sizes]
        line = " ".join(f"{left:.1f},{top:.1f}" for left, top in [(x(0), y(0)), *points])
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [
            f'<circle cx="{left:.1f}" cy="{top:.1f}" r="3" fill="{colour}"/>'
            for left, top in points
        ]
        left, top = points[-1]
        parts.append(f'<text x="{left + 8:.1f}" y="{top + 4:.1f}" fill="{colour}">{name}</text>')
    return "\n".join([*parts, "</svg>", ""])


def page(facts: dict, sizes: list[dict], rounds: int) -> str:
    """The table beside the plot."""
    lines = [
        f"# Growth, {facts['date']}, {facts['cpu']}",
        "",
        f"`spend --by {QUESTION} --metric {METRIC}`, medians of {rounds} rounds, {THREADS} threads,",
        f"curtail at {facts['commit']}, `{facts['command']}`.",
        "",
        "![seconds over rows](growth.svg)",
        "",
        "| rows | curtail | per million rows | peak memory | DuckDB | ratio | floor |",
        "|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for size in sizes:
        ours, theirs = size["curtail"], size[OTHER]
        lines.append(
            f"| {size['rows']:,} | {ours['seconds']:.3f} s "
            f"| {1e9 * ours['seconds'] / size['rows']:.0f} ms | {ours['peak_mib']:.0f} MiB "
            f"| {theirs['seconds']:.3f} s | {theirs['seconds'] / ours['seconds']:.2f} "
            f"| {size['floor']['seconds']:.3f} s |"
        )
    return "\n".join([*lines, ""])


def main() -> None:
    """Measures every size and writes."""
    asked = arguments("growth with rows")
    sizes = [measure(asked.binary, data, asked.rounds) for data in asked.data]
    facts, folder = results(asked)
    text = page(facts, sizes, asked.rounds)
    (folder / "growth.md").write_text(text)
    (folder / "growth.svg").write_text(plot(sizes))
    figures = json.dumps({"context": facts, "sizes": sizes}, indent=1)
    (folder / "growth.json").write_text(figures + "\n")
    print(text)


if __name__ == "__main__":
    main()
