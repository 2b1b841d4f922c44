// Tables that sort, filter and search; of a long one only the rows in sight are in the document.
{
  const ROW = 34; // pixels, the same as in report.css
  const WHOLE = 300; // a table of at most so many rows is shown as it is
  const SHORT = 25; // one of at most so many rows does not scroll
  const LONG = 60; // a column with a text of more characters gets room for it
  const SPARE = 12; // rows beyond the window
  const PRINTED = 40; // rows on paper
  const PAPER = 640; // pixels across paper
  const LETTER = 6; // pixels of a letter there; a Chinese one is twice as wide

  const formats = new Map();
  /** A number with as many digits as matter; digits before the point are never rounded away. */
  report.number = (value, column) => {
    if (value === null) return "–";
    const size = value === 0 ? 1 : Math.floor(Math.log10(Math.abs(value))) + 1;
    const decimals = Math.min(Math.max(column.digits - size, 0), 9);
    if (!formats.has(decimals)) {
      formats.set(decimals, new Intl.NumberFormat(report.data.language, { maximumFractionDigits: decimals }));
    }
    const text = column.percent
      ? `${(100 * Math.abs(value)).toFixed(1)}${report.data.words.percent}`
      : formats.get(decimals).format(Math.abs(value));
    if (!/[1-9]/.test(text)) return text;
    return (value < 0 ? "\u2212" : column.signed ? "+" : "") + text;
  };

  report.count = (amount) => new Intl.NumberFormat(report.data.language).format(amount);

  report.cell = (column, row) =>
    column.numbers ? report.number(column.numbers[row], column) : column.names[column.index[row]];

  report.element = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== null) made.setAttribute(name, value);
    }
    made.append(...children);
    return made;
  };
  const { element } = report;

  report.companyLink = (name) =>
    element("a", { href: `#company=${encodeURIComponent(name)}` }, name);

  /** What a column is sorted by: numbers, or the rank of names as a reader expects them. */
  const sortKeys = (column) => {
    if (column.numbers) return column.numbers;
    const collator = new Intl.Collator(report.data.language, { numeric: true });
    const order = column.names.map((_, i) => i).sort((a, b) => collator.compare(column.names[a], column.names[b]));
    const rank = new Array(order.length);
    order.forEach((name, place) => (rank[name] = place));
    return column.index.map((name) => rank[name]);
  };

  class DataTable {
    constructor(root, data) {
      this.columns = data.columns;
      const first = this.columns[0];
      this.length = (first.numbers ?? first.index).length;
      this.rows = Array.from({ length: this.length }, (_, i) => i);
      this.isWhole = this.length <= WHOLE;
      this.scroll = root.querySelector(".scroll");
      this.table = root.querySelector("table");
      this.table.classList.toggle("virtual", !this.isWhole);
      this.table.setAttribute("aria-label", data.title);
      this.isLong = this.columns.map((column) => column.names?.some((name) => name.length > LONG));
      root.classList.toggle("short", this.length <= SHORT);
      root.classList.toggle("wordy", this.isWhole && this.isLong.includes(true));
      this.keys = new Map();
      this.search = "";
      this.chosen = new Map();
      this.addTools(root.querySelector(".tools"), data.title);
      this.paper = root.appendChild(element("div", { class: "paper" }));
      this.addHead();
      this.body = this.table.appendChild(document.createElement("tbody"));
      const start = this.columns.findIndex((column) => column.key === data.sort.replace("-", ""));
      if (start >= 0) this.sortBy(start, data.sort.startsWith("-"));
      else this.update();
      this.scroll.addEventListener("scroll", () => this.onScroll(), { passive: true });
    }

    addTools(tools, title) {
      const search = element("input", { type: "search", placeholder: report.data.words.search });
      search.setAttribute("aria-label", `${report.data.words.search}: ${title}`);
      search.addEventListener("input", () => {
        this.search = search.value.trim().toLowerCase();
        this.update();
      });
      tools.append(search);
      for (const column of this.columns.filter((each) => each.choice && each.names)) {
        const select = element("select", {}, new Option(report.data.words.all, ""));
        select.append(...column.names.map((name, i) => new Option(name === "" ? "–" : name, String(i))));
        select.addEventListener("change", () => {
          if (select.value === "") this.chosen.delete(column);
          else this.chosen.set(column, Number(select.value));
          this.update();
        });
        tools.append(element("label", {}, `${column.label} `, select));
      }
      this.status = tools.appendChild(element("output", { role: "status" }));
    }

    addHead() {
      const row = element("tr");
      this.heads = this.columns.map((column, i) => {
        const button = element("button", { type: "button" }, column.label);
        button.addEventListener("click", () => this.sortBy(i));
        const head = element("th", { scope: "col", class: column.numbers ? "number" : null }, button);
        row.append(head);
        return head;
      });
      this.table.append(element("thead", {}, row));
    }

    /** Sort by a column; a second time turns the order round. Numbers begin with the largest. */
    sortBy(index, descending = this.sorted === index ? !this.descending : Boolean(this.columns[index].numbers)) {
      this.sorted = index;
      this.descending = descending;
      this.heads.forEach((head, i) => {
        if (i === index) head.setAttribute("aria-sort", descending ? "descending" : "ascending");
        else head.removeAttribute("aria-sort");
      });
      const column = this.columns[index];
      if (!this.keys.has(column)) this.keys.set(column, sortKeys(column));
      const keys = this.keys.get(column);
      const sign = descending ? -1 : 1;
      this.rows.sort((a, b) => {
        if (keys[a] === null || keys[b] === null) return (keys[a] === null) - (keys[b] === null);
        return sign * (keys[a] - keys[b]) || a - b;
      });
      this.update();
    }

    /** Choose the rows that are shown. */
    update() {
      const texts = this.columns.filter((column) => column.names);
      const found = texts.map((column) => column.names.map((name) => name.toLowerCase().includes(this.search)));
      const isFound = (row) => !this.search || texts.some((column, i) => found[i][column.index[row]]);
      const isChosen = (row) => [...this.chosen].every(([column, name]) => column.index[row] === name);
      this.shown = this.rows.filter((row) => isFound(row) && isChosen(row));
      this.status.textContent = report.data.words.rows
        .replace("{shown}", report.count(this.shown.length))
        .replace("{all}", report.count(this.length));
      this.table.setAttribute("aria-rowcount", String(this.shown.length + 1));
      this.scroll.scrollTop = 0;
      this.show();
      this.print();
    }

    onScroll() {
      if (!this.isWhole) this.frame ??= requestAnimationFrame(() => {
        this.frame = null;
        this.show();
      });
    }

    show() {
      const visible = Math.ceil(Math.max(this.scroll.clientHeight, 600) / ROW);
      const last = Math.max(0, this.shown.length - visible);
      const top = Math.min(Math.floor(this.scroll.scrollTop / ROW), last);
      const from = this.isWhole ? 0 : Math.max(0, top - SPARE);
      const to = this.isWhole ? this.shown.length : Math.min(this.shown.length, top + visible + SPARE);
      const rows = [];
      for (let place = from; place < to; place++) rows.push(this.row(this.shown[place], place));
      const space = (count) => {
        const cell = element("td", { colspan: String(this.columns.length) });
        cell.style.height = `${count * ROW}px`;
        return element("tr", { "aria-hidden": "true", class: "space" }, cell);
      };
      if (from > 0) rows.unshift(space(from));
      if (to < this.shown.length) rows.push(space(this.shown.length - to));
      this.body.replaceChildren(...rows);
    }

    row(row, place) {
      const made = element("tr", { "aria-rowindex": String(place + 2) });
      this.columns.forEach((column, i) => {
        const text = report.cell(column, row);
        const isNumber = Boolean(column.numbers);
        const content = column.company && report.data.statement ? report.companyLink(text) : text;
        const label = i === 0 ? null : column.label;
        const cell = element(i === 0 ? "th" : "td", { scope: i === 0 ? "row" : null, "data-label": label }, content);
        if (isNumber) cell.classList.add("number");
        else if (this.isLong[i]) cell.classList.add("long");
        made.append(cell);
      });
      return made;
    }

    /** Write the first rows for paper, in as many tables as all columns need. */
    print() {
      const rows = this.shown.slice(0, PRINTED);
      const tables = panels(this.columns, rows).map((columns) => {
        const cell = (tag, column, content) =>
          element(tag, { class: column.numbers ? "number" : null }, content);
        const head = element("tr", {}, ...columns.map((column) => cell("th", column, column.label)));
        const body = rows.map((row) =>
          element("tr", {}, ...columns.map((column) => cell("td", column, report.cell(column, row)))),
        );
        return element("table", {}, element("thead", {}, head), element("tbody", {}, ...body));
      });
      const left = this.shown.length - rows.length;
      const text = report.data.words.printed.replace("{count}", report.count(left));
      if (left > 0) tables.push(element("p", { class: "note" }, text));
      this.paper.replaceChildren(...tables);
    }
  }

  const width = (text) =>
    LETTER * [...text].reduce((sum, letter) => sum + (letter > "\u2e80" ? 2 : 1), 0);

  /** Columns that fit next to each other on paper, the first one in each of the groups. */
  const panels = (columns, rows) => {
    const room = columns.map((column) => {
      const words = column.label.split(/[\s，]/).map(width);
      return 16 + Math.min(220, Math.max(...words, ...rows.map((row) => width(report.cell(column, row)))));
    });
    const groups = [];
    let used = Infinity;
    columns.slice(1).forEach((column, i) => {
      if (used + room[i + 1] > PAPER) {
        groups.push([columns[0]]);
        used = room[0];
      }
      groups.at(-1).push(column);
      used += room[i + 1];
    });
    return groups.length ? groups : [columns];
  };

  const MOST_COLUMNS = 80;
  const hidden = new CSSStyleSheet();
  for (let i = 1; i <= MOST_COLUMNS; i++) {
    hidden.insertRule(`.cut-${i} tr > :nth-child(${i}):not([colspan]), .cut-${i} tr > :nth-child(${i}) * { color: transparent; }`);
  }

  /** Show that a table scrolls; numbers that are only partly in sight are not shown: cut, they would mislead. */
  report.watchScroll = (scroll) => {
    const table = scroll.querySelector("table");
    const look = () => {
      const heads = [...(table.rows[0]?.cells ?? [])];
      if (!heads.length || !scroll.clientWidth) return;
      const box = scroll.getBoundingClientRect();
      const names = heads[0].getBoundingClientRect().width;
      scroll.classList.toggle("wide-names", names > scroll.clientWidth / 2);
      scroll.classList.toggle("scrolled", scroll.scrollLeft > 1);
      scroll.classList.toggle("more", scroll.scrollLeft + scroll.clientWidth < scroll.scrollWidth - 1);
      const left = names > scroll.clientWidth / 2 ? box.left : box.left + names;
      const right = box.left + scroll.clientWidth;
      const cut = heads.slice(0, MOST_COLUMNS).flatMap((head, i) => {
        const { left: from, right: to, width: wide } = head.getBoundingClientRect();
        const isPartly = from < left - 1 ? to > left + 1 : to > right + 1 && from < right - 1;
        return i > 0 && isPartly && wide < right - left && head.classList.contains("number") ? [`cut-${i + 1}`] : [];
      });
      const kept = [...table.classList].filter((name) => !name.startsWith("cut-"));
      table.className = [...kept, ...cut].join(" ");
    };
    let frame = null;
    scroll.addEventListener(
      "scroll",
      () => (frame ??= requestAnimationFrame(() => ((frame = null), look()))),
      { passive: true },
    );
    const sizes = new ResizeObserver(look);
    sizes.observe(scroll);
    sizes.observe(table);
  };

  report.initTables = (tables) => {
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, hidden];
    for (const root of document.querySelectorAll("[data-table]")) new DataTable(root, tables[root.dataset.table]);
    document.querySelectorAll("main .scroll").forEach(report.watchScroll);
  };
}
