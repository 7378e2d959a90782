// Comforts of the page: columns sort, long tables filter. Without this script nothing is missing.
// It makes elements and sets text; no word of the page is ever read as markup or as code.
"use strict";
(() => {
  const make = (name, properties) => Object.assign(document.createElement(name), properties);

  // Exact decimals, as whole numbers of their last place.
  const exact = (text) => {
    const [whole, part = ""] = text.replace("-", "").split(".");
    const size = BigInt(whole + part.padEnd(12, "0"));
    return text.startsWith("-") ? -size : size;
  };
  const words = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const compare = (a, b) => {
    const [x, y] = [a, b].map((cell) => cell.dataset.value);
    if (x === undefined || y === undefined) {
      const known = (x === undefined ? 0 : 1) - (y === undefined ? 0 : 1);
      return known || words.compare(a.textContent, b.textContent);
    }
    const [one, other] = [exact(x), exact(y)];
    return one === other ? 0 : one > other ? 1 : -1;
  };

  // The first click shows the largest amount or the first name, the second the other end, the
  // third the order of the report. Rows of ours (unattributed, rest) stay last.
  const sort = (table, rows, heads, at) => {
    const head = heads[at];
    const is_number = head.classList.contains("n");
    const ways = is_number ? ["descending", "ascending"] : ["ascending", "descending"];
    const way = ways[ways.indexOf(head.getAttribute("aria-sort")) + 1];
    heads.forEach((one) => one.removeAttribute("aria-sort"));
    if (way) head.setAttribute("aria-sort", way);
    const sign = way === "descending" ? -1 : 1;
    const ours = (row) => row.classList.contains("ours");
    const named = rows.filter((row) => !ours(row));
    if (way) named.sort((a, b) => sign * compare(a.cells[at], b.cells[at]));
    const sorted = way ? [...named, ...rows.filter(ours)] : rows;
    table.tBodies[0].replaceChildren(...sorted);
  };

  const filter = (rows, typed, told, words) => {
    const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !wanted.every((word) => text.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    const all = rows.length;
    const say = () => words.replace("{0}", shown).replace("{1}", all);
    told.textContent = shown === all ? "" : say();
  };

  for (const table of document.querySelectorAll("table[data-sort]")) {
    const rows = [...table.tBodies[0].rows];
    const heads = [...table.tHead.rows[0].cells];
    if (rows.length > 1) {
      heads.forEach((head, at) => {
        if (!head.textContent) return;
        const button = make("button", { type: "button", textContent: head.textContent });
        button.addEventListener("click", () => sort(table, rows, heads, at));
        head.replaceChildren(button);
      });
    }
    if (table.hasAttribute("data-filter")) {
      const label = make("label", { className: "filter", textContent: `${table.dataset.filter} ` });
      const field = make("input", { type: "search", autocomplete: "off", spellcheck: false });
      const told = make("output", {});
      field.addEventListener("input", () => {
        filter(rows, field.value, told, table.dataset.filtered);
      });
      label.append(field);
      const line = make("div", { className: "tools" });
      line.append(label, told);
      table.parentElement.before(line);
    }
  }
})();
