// Tables that sort, filter and search; of a long one only the rows in sight are in the document.
{
  const ROW = 34; // pixels, the same as in report.css
  const WHOLE = 300; // a table of at most so many rows is shown as it is
  const SHORT = 25; // one of at most so many rows does not scroll
  const LONG = 60; // a column with a text of more characters gets room for it
  const SPARE = 12; // rows beyond the window
  const PRINTED = 40;

  const formats = new Map();
  /** A number with as many digits as are worth reading; digits before the point are never rounded away. */
  report.number = (value, column) => {
    if (value === null) return "–";
    const size = value === 0 ? 1 : Math.floor(Math.log10(Math.abs(value))) + 1;
    const decimals = Math.min(Math.max(column.digits - size, 0), 9);
    if (!formats.has(decimals)) {
      formats.set(decimals, new Intl.NumberFormat(report.data.language, { maximumFractionDigits: decimals }));
    }
    return column.percent ? `${(100 * value).toFixed(1)} %` : formats.get(decimals).format(value);
  };

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
      const count = (amount) => new Intl.NumberFormat(report.data.language).format(amount);
      this.status.textContent = report.data.words.rows
        .replace("{shown}", count(this.shown.length))
        .replace("{all}", count(this.length));
      this.table.setAttribute("aria-rowcount", String(this.shown.length + 1));
      this.scroll.scrollTop = 0;
      this.show();
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

    /** Show the first rows only, for paper. */
    print() {
      this.body.replaceChildren(...this.shown.slice(0, PRINTED).map((row, place) => this.row(row, place)));
    }
  }

  report.initTables = (tables) => {
    const made = [...document.querySelectorAll("[data-table]")].map(
      (root) => new DataTable(root, tables[root.dataset.table]),
    );
    addEventListener("beforeprint", () => made.forEach((table) => table.print()));
    addEventListener("afterprint", () => made.forEach((table) => table.show()));
  };
}
