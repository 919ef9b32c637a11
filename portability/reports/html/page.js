"use strict";
// Adds sorting to tables, and search, filters and rows on demand to the list of findings. The page is whole without it.
(() => {
  const STEP = 200;

  function key(cell) {
    return cell.dataset.v === undefined ? cell.textContent.trim().toLowerCase() : Number(cell.dataset.v);
  }

  function compare(one, other) {
    if (typeof one === "number" && typeof other === "number") return one - other;
    return String(one).localeCompare(String(other), undefined, { numeric: true });
  }

  const buttons = new Map();

  function sortable(table, label, sort) {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      if (label) button.title = label.replace("{column}", head.textContent);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        sort(column, down ? -1 : 1);
      });
      head.replaceChildren(button);
      buttons.set(head, button);
    });
  }

  const every = document.getElementById("every");
  const label = every.dataset.sort;
  for (const table of document.querySelectorAll(".scroll > table")) {
    table.classList.add("cards");
    table.classList.toggle("sorts", table === every || table.classList.contains("sortable"));
    if (table === every) continue;
    const names = [...table.tHead.rows[0].cells].map((head) => head.textContent);
    for (const row of table.rows) {
      for (const cell of row.cells) if (cell.tagName === "TD") cell.dataset.k = names[cell.cellIndex];
    }
  }
  for (const table of document.querySelectorAll("table.sortable")) {
    const body = table.tBodies[0];
    sortable(table, label, (column, way) => {
      const rows = [...body.rows].map((row) => [key(row.cells[column]), row]);
      rows.sort((one, other) => way * compare(one[0], other[0]));
      body.replaceChildren(...rows.map((row) => row[1]));
    });
  }

  const body = every.tBodies[0];
  const form = document.getElementById("filter");
  const more = document.getElementById("more");
  const status = document.getElementById("matching");
  const levels = [...form.elements.level.options].map((option) => option.value);
  const all = [...body.rows].map((row) => ({
    row,
    text: row.textContent.toLowerCase(),
    level: row.cells[1].className.slice(3),
    service: row.cells[2].textContent,
    context: row.className,
  }));
  let order = all.slice();
  let matching = [];
  let drawn = 0;

  function draw(upTo) {
    const next = matching.slice(drawn, upTo);
    body.append(...next.map((one) => one.row));
    drawn += next.length;
    more.hidden = drawn >= matching.length;
  }

  function show() {
    const words = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const { level, service, context } = form.elements;
    matching = order.filter((one) =>
      (!level.value || one.level === level.value) &&
      (!service.value || one.service === service.value) &&
      (!context.value || one.context === context.value) &&
      words.every((word) => one.text.includes(word)));
    body.replaceChildren();
    drawn = 0;
    draw(STEP);
    const number = new Intl.NumberFormat(document.documentElement.lang);
    status.textContent = status.dataset.words
      .replace("{shown}", number.format(matching.length)).replace("{all}", number.format(all.length));
  }

  sortable(every, label, (column, way) => {
    const value = (one) => column === 1 ? levels.indexOf(one.level) : one.row.cells[column].textContent;
    const keyed = all.map((one, place) => [value(one), place, one]);
    keyed.sort((one, other) => way * compare(one[0], other[0]) || one[1] - other[1]);
    order = keyed.map((one) => one[2]);
    show();
  });

  function clear() {
    for (const field of ["text", "level", "service", "context"]) form.elements[field].value = "";
  }

  function only(field, value) {
    clear();
    form.elements[field].value = value;
    show();
  }

  function follow() {
    // A finding's own id, or a place as in report.html#src/main.py:12.
    const wanted = decodeURIComponent(location.hash.slice(1));
    const named = all.find((one) => one.row.id === wanted || one.row.cells[0].textContent === wanted);
    if (!named) return;
    clear();
    show();
    draw(matching.indexOf(named) + 1);
    named.row.scrollIntoView();
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-service], a[data-search]");
    if (!link) return;
    if (link.dataset.service !== undefined) only("service", link.dataset.service);
    else only("text", link.dataset.search);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", show);
  document.getElementById("clear").addEventListener("click", () => {
    clear();
    show();
  });
  more.addEventListener("click", () => draw(drawn + STEP));
  const near = new IntersectionObserver((seen) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    draw(drawn + STEP);
    // Asked anew, since whoever jumps to the end again at once would otherwise never be seen to have left.
    near.unobserve(more);
    near.observe(more);
  }, { rootMargin: "600px" });
  near.observe(more);
  window.addEventListener("hashchange", follow);
  const narrow = window.matchMedia("(max-width: 62rem)");
  const contents = document.getElementById("contents");
  const fold = () => {
    contents.open = !narrow.matches;
  };
  narrow.addEventListener("change", fold);
  fold();
  const links = new Map([...contents.querySelectorAll("a")].map((link) => [link.hash.slice(1), link]));
  const here = new IntersectionObserver((seen) => {
    for (const { target, isIntersecting } of seen) {
      if (isIntersecting) links.get(target.id).setAttribute("aria-current", "true");
      else links.get(target.id).removeAttribute("aria-current");
    }
  }, { rootMargin: "-20% 0px -75% 0px" });
  for (const section of document.querySelectorAll("main > section")) here.observe(section);

  // Paper holds every row that matches the filter, and every fold.
  let onScreen = null;
  window.addEventListener("beforeprint", () => {
    onScreen = drawn;
    draw(matching.length);
    // Chromium leaves buttons out of a table's head where it repeats it on the next page.
    for (const [head, button] of buttons) head.replaceChildren(button.textContent);
    for (const fold of document.querySelectorAll("details:not([open])")) {
      fold.open = true;
      fold.dataset.folded = "";
    }
  });
  window.addEventListener("afterprint", () => {
    if (onScreen === null) return;
    body.replaceChildren();
    drawn = 0;
    draw(onScreen);
    onScreen = null;
    for (const [head, button] of buttons) head.replaceChildren(button);
    for (const fold of document.querySelectorAll("details[data-folded]")) {
      fold.open = false;
      delete fold.dataset.folded;
    }
  });
  form.hidden = false;
  show();
  follow();
})();
