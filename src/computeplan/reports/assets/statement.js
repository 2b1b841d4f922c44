// The statement of one company: #company=NAME shows it instead of the report, ready to print.
{
  const { element } = report;
  const named = (table, key) => table.columns.find((column) => column.key === key);

  const rowsOf = (column, name) => {
    const wanted = column.names.indexOf(name);
    const rows = [];
    if (wanted >= 0) column.index.forEach((value, row) => value === wanted && rows.push(row));
    return rows;
  };

  const group = ([title, keys], table, row) => {
    const columns = keys.map((key) => named(table, key)).filter(Boolean);
    const isSaid = (column) => !column.numbers || column.numbers[row] || keys.length < 4;
    const lines = columns
      .filter(isSaid)
      .map((column) =>
        element("tr", {}, element("th", { scope: "row" }, column.label), element("td", {}, report.cell(column, row))),
      );
    return element("div", { class: "group" }, element("h2", {}, title), element("table", {}, ...lines));
  };

  const workloads = (table, name) => {
    const columns = table.columns.filter((column) => !column.company);
    const cell = (column, row) =>
      element("td", { class: column.numbers ? "number" : null }, report.cell(column, row));
    const head = element(
      "tr",
      {},
      ...columns.map((column) =>
        element("th", { scope: "col", class: column.numbers ? "number" : null }, column.label),
      ),
    );
    const rows = rowsOf(named(table, "company"), name).map((row) =>
      element("tr", {}, ...columns.map((column) => cell(column, row))),
    );
    const list = element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows));
    return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": table.title }, list);
  };

  /** The work of a company in each place and step, unit·h per h: the patterns of its workloads, each scaled to its work. */
  const workOf = (hours, table, rows) => {
    const places = hours.figure.data.map(() => null);
    const { numbers } = named(table, "work_unit_h");
    for (const row of rows) {
      const runs = hours.patterns[hours.pattern_of[row]];
      const each = (use) => runs.forEach(([place, first, levels]) => levels.forEach((level, i) => use(place, first + i, level)));
      let total = 0;
      each((_, step, level) => (total += level * hours.real_hours[step]));
      each((place, step, level) => {
        places[place] ??= new Array(hours.real_hours.length).fill(0);
        places[place][step] += (level * numbers[row]) / total;
      });
    }
    return places;
  };

  /** The chart of a company: a panel for each kind of hardware on which it works. */
  const chartOf = (hours, table, rows) => {
    const work = workOf(hours, table, rows);
    const kinds = [...new Set(hours.hardware.filter((_, place) => work[place]))];
    if (!kinds.length) return null;
    const axis = (panel) => (panel ? panel + 1 : "");
    const named = new Set();
    const data = work.flatMap((amounts, place) => {
      if (!amounts) return [];
      const panel = axis(kinds.indexOf(hours.hardware[place]));
      const series = hours.figure.data[place];
      const showlegend = !named.has(series.name);
      named.add(series.name);
      const y = [...amounts, amounts.at(-1)].map((amount) => Number(amount.toPrecision(4)));
      return [{ ...series, x: hours.times, y, yaxis: `y${panel}`, stackgroup: `work${panel}`, showlegend }];
    });
    const layout = { ...hours.figure.layout, showlegend: true };
    layout.xaxis = { ...layout.xaxis, anchor: `y${axis(kinds.length - 1)}` };
    kinds.forEach((kind, panel) => {
      const part = 1 / kinds.length;
      const top = 1 - panel * part;
      layout[`yaxis${axis(panel)}`] = { domain: [top - 0.86 * part, top], title: { text: kind }, rangemode: "tozero", nticks: 4 };
    });
    return report.chart(hours.title, hours.summary, hours.note, { data, layout }, 90 + 130 * kinds.length);
  };

  const page = (name) => {
    const { statement, tables, words } = report.data;
    const companies = tables[statement.companies];
    const [row] = rowsOf(named(companies, "company"), name);
    const back = element("a", { href: "#companies" }, words.back);
    back.addEventListener("click", (event) => {
      if (!left) return;
      event.preventDefault();
      history.back();
    });
    if (row === undefined) return [back, element("p", {}, words.unknown.replace("{name}", name))];
    const print = element("button", { type: "button" }, words.print);
    print.addEventListener("click", () => report.printable.then(() => window.print()));
    const tier = named(companies, "tier");
    const rows = rowsOf(named(tables[statement.workloads], "company"), name);
    const chart = chartOf(statement.hours, tables[statement.workloads], rows);
    const heading = ["h1", ".subtitle"].map((part) => document.querySelector(`header ${part}`).textContent);
    return [
      element("div", { class: "tools" }, back, print),
      element("h1", {}, name),
      element("p", { class: "subtitle" }, [tier && report.cell(tier, row), ...heading].filter(Boolean).join(" · ")),
      element("div", { class: "groups" }, ...statement.groups.map((each) => group(each, companies, row))),
      ...(chart ? [chart] : []),
      element("h2", {}, words.workloads),
      workloads(tables[statement.workloads], name),
      ...statement.notes.map((note) => element("p", { class: "note" }, note)),
    ];
  };

  /** The name in an address; one that was cut short is shown as it is. */
  const decoded = (text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  };

  /** Where the reader was in the report: how far down, and in tables how far to the side and down. */
  const place = () => ({
    top: scrollY,
    tables: [...document.querySelectorAll("main .scroll")].map((each) => [each.scrollLeft, each.scrollTop]),
  });
  const goBack = ({ top, tables }) => {
    document.querySelectorAll("main .scroll").forEach((each, i) => each.scrollTo(...(tables[i] ?? [0, 0])));
    scrollTo({ top, behavior: "instant" });
  };
  let left = null;

  const follow = () => {
    const match = location.hash.match(/^#company=(.*)$/);
    const view = document.getElementById("statement");
    const was = !view.hidden;
    view.hidden = !match;
    document.body.classList.toggle("one-company", Boolean(match));
    if (match) {
      view.replaceChildren(...page(decoded(match[1])));
      view.querySelectorAll(".scroll").forEach(report.watchScroll);
      scrollTo({ top: 0, behavior: "instant" });
      view.querySelector("a").focus({ preventScroll: true });
    } else if (was && left) {
      goBack(left);
      left = null;
    } else if (was) document.querySelector(location.hash || "body")?.scrollIntoView();
  };

  report.initStatement = () => {
    if (!report.data.statement) return;
    // The place is noted before the page of the company hides the report.
    document.querySelector("main").addEventListener("click", ({ target }) => {
      if (target.closest("a[href^='#company=']")) left = place();
    });
    history.scrollRestoration = "manual";
    addEventListener("hashchange", follow);
    follow();
  };
}
