"""Pages of `--format html` in a real browser: they load nothing, complain about nothing, fit every
screen in the light and in the dark, can be read by all, and say the numbers of the JSON.

Usage: check_pages.py CURTAIL CHROMIUM
"""

import json
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

from chromium import Chromium, Page

ROOT = Path(__file__).parents[2]
BILL = str(ROOT / "sample-data" / "cur2")
TENANTS = str(ROOT / "sample-data" / "tenants" / "domain-per-tenant" / "tenants.toml")
ATTACK = "user=\"'><img src=//x onerror=alert(1)></title></script><script>alert(1)</script>"
HOSTILE = str(Path(__file__).parent / "hostile.toml")
# A name and the command that makes the page.
PAGES = {
    "spend": ["spend", BILL, "--by", "domain,user"],
    "days": ["spend", BILL, "--by", "day,component", "--limit", "10"],
    "wide": ["spend", BILL, "--by", "account,domain,user,space,app,component,day", "--wide"],
    "statement": ["statement", BILL, "--tenant", "search", "--tenants", TENANTS],
    "all": ["statement", BILL, "--all", "--tenants", TENANTS],
    "explain": ["explain", BILL, "--tenant", "search", "--tenants", TENANTS],
    "check": ["check", BILL, "--tenants", TENANTS],
    "nothing": ["spend", BILL, "--by", "user", "--where", ATTACK],
    "hostile": ["statement", BILL, "--all", "--tenants", HOSTILE],
}
LOOKS = [(width, scheme) for width in [390, 1280] for scheme in ["light", "dark"]]

# Whatever stands out of the window although it is not in a region that scrolls by itself.
OVERFLOWING = """
(() => {
  const width = document.documentElement.clientWidth;
  const free = [...document.querySelectorAll("body *")].filter((one) =>
    !one.closest(".scroll, svg") && one.getBoundingClientRect().right > width + 0.5);
  const page = document.documentElement.scrollWidth > width ? ["the page"] : [];
  return [...page, ...free.map((one) => one.outerHTML.slice(0, 120))];
})()
"""

# Text below the contrast that WCAG 2 asks for at level AA (4.5; 3 for large text).
PALE = """
(() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => {
    const [r, g, b] = numbers(colour).slice(0, 3).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (one) => {
    const colour = getComputedStyle(one).backgroundColor;
    return (numbers(colour)[3] ?? 1) > 0 || !one.parentElement ? colour : ground(one.parentElement);
  };
  const pale = [];
  for (const one of document.querySelectorAll("body *")) {
    const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    const is_told = one.closest("script, title, desc") || !one.getClientRects().length;
    if (!own || is_told) continue;
    const style = getComputedStyle(one);
    const ink = one.closest("svg") ? style.fill : style.color;
    const [a, b] = [light(ink), light(ground(one))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const wanted = parseFloat(style.fontSize) >= 24 ? 3 : 4.5;
    if (contrast < wanted) pale.push(contrast.toFixed(2) + " " + one.outerHTML.slice(0, 100));
  }
  return pale.slice(0, 5);
})()
"""

# What a listener would stumble over: headings out of order, names that lead nowhere, bare tables.
STUMBLES = """
(() => {
  const found = [];
  const levels = [...document.querySelectorAll("h1, h2, h3, h4")].map((one) => +one.tagName[1]);
  if (levels.filter((level) => level === 1).length !== 1) found.push("not one h1");
  levels.forEach((level, at) => {
    if (level > (levels[at - 1] ?? 0) + 1) found.push("heading skips to h" + level);
  });
  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  if (new Set(ids).size !== ids.length) found.push("an id is there twice");
  for (const one of document.querySelectorAll("[aria-labelledby], [aria-describedby]")) {
    const named = [one.getAttribute("aria-labelledby"), one.getAttribute("aria-describedby")];
    for (const id of named) {
      if (id && !document.getElementById(id)?.textContent) found.push("no element " + id);
    }
  }
  for (const table of document.querySelectorAll("table")) {
    const heads = [...table.querySelectorAll("thead th")];
    if (!table.caption?.textContent) found.push("a table without a caption");
    if (!heads.every((head) => head.scope === "col")) found.push("a column without a scope");
    for (const row of table.rows) {
      if (row.cells.length !== heads.length) found.push("a row of another length");
    }
  }
  if (document.querySelector("img, iframe, object, embed, link, form, [style], [onclick]")) {
    found.push("an element that we never write");
  }
  if (!document.documentElement.lang || !document.title) found.push("no language or title");
  return found;
})()
"""

# Amounts of a column as the page tells them exactly, of the last table, which has every row.
AMOUNTS = """
(() => {
  const table = [...document.querySelectorAll("section table")].pop();
  const heads = [...table.tHead.rows[0].cells];
  const at = heads.findIndex((head) => head.dataset.key === "cost");
  return [...table.tBodies[0].rows].map((row) => row.cells[at].dataset.value);
})()
"""

CLICK = """
(() => {
  const table = document.querySelector("table[data-sort]");
  const head = [...table.tHead.rows[0].cells].find((head) => head.dataset.key === "KEY");
  head.querySelector("button").click();
  const at = head.cellIndex;
  const rows = [...table.tBodies[0].rows];
  const cell = (row) => row.cells[at].dataset.value ?? row.cells[at].textContent;
  return {
    way: head.getAttribute("aria-sort"),
    named: rows.filter((row) => !row.classList.contains("ours")).map(cell),
    last: rows.slice(-1)[0].className,
  };
})()
"""

FILTER = """
(() => {
  const field = document.querySelector("input[type=search]");
  field.value = "WORD";
  field.dispatchEvent(new Event("input"));
  const rows = [...document.querySelector("table[data-filter]").tBodies[0].rows];
  const shown = rows.filter((row) => row.getClientRects().length);
  return [shown.length, rows.length, document.querySelector("output").textContent];
})()
"""

INJECT = """
(() => {
  const script = document.createElement("script");
  script.textContent = "window.injected = true";
  document.body.append(script);
  const styled = document.createElement("p");
  styled.setAttribute("style", "color: rgb(1, 2, 3)");
  document.body.append(styled);
  return [window.injected === true, getComputedStyle(styled).color === "rgb(1, 2, 3)"];
})()
"""


def expect(what: str, found, wanted):
    if found != wanted:
        raise AssertionError(f"{what}: {found!r} instead of {wanted!r}")


def make(curtail: str, words: list[str], form: str, path: Path):
    done = subprocess.run(
        [curtail, *words, "--format", form, "-o", str(path)], capture_output=True, text=True
    )
    expect(f"exit code of {' '.join(words)}\n{done.stderr}", done.returncode, 0)


def quiet(page: Page, path: Path):
    """The page asked for itself and nothing else, and nothing went wrong in it."""
    asked = [event["request"]["url"] for event in page.told("Network.requestWillBeSent")]
    expect("what the page loads", asked, [path.resolve().as_uri()])
    logged = [event["entry"]["text"] for event in page.told("Log.entryAdded")]
    expect("what the browser complains about", logged, [])
    for event in ["Runtime.consoleAPICalled", "Runtime.exceptionThrown"]:
        expect(event, page.told(event), [])
    expect("dialogs", page.told("Page.javascriptDialogOpening"), [])


def looks(page: Page):
    grounds = {}
    for width, scheme in LOOKS:
        page.look(width, scheme)
        what = f"at {width} pixels, {scheme}"
        expect(f"what overflows {what}", page.ask(OVERFLOWING), [])
        expect(f"what is too pale {what}", page.ask(PALE), [])
        grounds[scheme] = page.ask("getComputedStyle(document.body).backgroundColor")
    assert grounds["light"] != grounds["dark"], grounds
    expect("what a listener stumbles over", page.ask(STUMBLES), [])


def sorts_and_filters(page: Page):
    page.look(1280, "light")
    for way, reverse in [("descending", True), ("ascending", False)]:
        found = page.ask(CLICK.replace("KEY", "cost"))
        amounts = [Decimal(text) for text in found["named"]]
        expect("way of the first column", found["way"], way)
        expect(f"amounts, {way}", amounts, sorted(amounts, reverse=reverse))
        expect("rows of ours stay last", found["last"], "ours")
    expect("the third click", page.ask(CLICK.replace("KEY", "cost"))["way"], None)
    shown, rows, told = page.ask(FILTER.replace("WORD", "SØREN"))
    expect("filtered rows", (shown, told), (1, f"1 of {rows} rows; totals are those of all"))
    expect("unfiltered rows", page.ask(FILTER.replace("WORD", ""))[:2], [rows, rows])


def same_numbers(page: Page, machine: Path):
    document = json.loads(machine.read_text())
    amounts = [row["cost"] for row in document["rows"]]
    expect("amounts of the page", page.ask(AMOUNTS), amounts)


def without_script(page: Page, path: Path):
    count = "document.querySelectorAll('tbody tr').length"
    rows = page.ask(count)
    page.call("Emulation.setScriptExecutionDisabled", value=True)
    page.open(path)
    expect("rows without a script", page.ask(count), rows)
    expect("buttons without a script", page.ask("document.querySelectorAll('button').length"), 0)
    page.call("Emulation.setScriptExecutionDisabled", value=False)


def on_paper(page: Page):
    page.call("Emulation.setEmulatedMedia", media="print", features=[])
    regions = "[...document.querySelectorAll('.scroll')]"
    cut = f"{regions}.filter((one) => getComputedStyle(one).overflowX !== 'visible').length"
    expect("tables that paper cuts", page.ask(cut), 0)
    assert page.call("Page.printToPDF", preferCSSPageSize=True)["data"].startswith("JVBER")


def check(curtail: str, browser: Chromium, name: str, words: list[str], folder: Path):
    path, machine = folder / f"{name}.html", folder / f"{name}.json"
    make(curtail, words, "html", path)
    page = browser.page()
    page.open(path)
    looks(page)
    if name in ["spend", "days"]:
        make(curtail, words, "json", machine)
        same_numbers(page, machine)
    if name == "spend":
        sorts_and_filters(page)
    on_paper(page)
    quiet(page, path)
    without_script(page, path)
    quiet(page, path)
    page.open(path)
    expect("foreign scripts and styles", page.ask(INJECT), [False, False])
    page.close()


def main():
    curtail, chromium = sys.argv[1:]
    broken = 0
    with tempfile.TemporaryDirectory() as folder, Chromium(chromium) as browser:
        for name, words in PAGES.items():
            try:
                check(curtail, browser, name, words, Path(folder))
                print(f"{name}: ok")
            except AssertionError as error:
                broken += 1
                print(f"{name}: {error}")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
