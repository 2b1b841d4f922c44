// Charts are drawn when they come near the window, and again when the colors change. Paper gets pictures of its own,
// made ahead: a browser that prints waits for nobody.
{
  const NARROW = 560; // pixels
  const LINE = 18; // pixels of a line of a narrow legend
  const PAPER = 680; // pixels across A4 and Letter within their margins
  const AXIS = {
    automargin: true,
    gridcolor: "--line",
    linecolor: "--line-strong",
    zerolinecolor: "--line-strong",
    tickfont: { color: "--ink-soft" },
    title: { font: { color: "--ink-soft", size: 12 }, standoff: 8 },
    exponentformat: "none",
    separatethousands: true,
  };
  const LAYOUT = {
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { size: 13, color: "--ink" },
    margin: { l: 8, r: 8, t: 8, b: 8, pad: 2 },
    hoverlabel: { bgcolor: "--card", bordercolor: "--line-strong", font: { color: "--ink" }, namelength: -1 },
    legend: { orientation: "h", traceorder: "normal", x: 0, xanchor: "left", y: 1.02, yanchor: "bottom", font: { color: "--ink" }, title: { font: { size: 12 } } },
    separators: ".,",
  };
  const drawn = new Map(); // from plot element to its current figure
  const forced = matchMedia("(forced-colors: active)");

  const merged = (base, own) => {
    const isPlain = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
    const both = { ...base, ...own };
    for (const key of Object.keys(own)) {
      if (isPlain(base[key]) && isPlain(own[key])) both[key] = merged(base[key], own[key]);
    }
    return both;
  };

  /** Rows that the legend of a panel takes where it is narrow: plotly sets equal columns once a row is full. */
  const legendRows = (figure, panel, width) => {
    const legend = panel === 0 ? "legend" : `legend${panel + 1}`;
    const widths = figure.data
      .filter((trace) => trace.legend === legend)
      .map(({ name }) => 42 + [...name].reduce((sum, letter) => sum + (letter > "\u2e80" ? 11 : 6.5), 0));
    const room = width - 60; // next to the axis
    if (widths.reduce((sum, each) => sum + each, 0) <= room) return 1;
    return Math.ceil(widths.length / Math.max(1, Math.floor(room / Math.max(...widths))));
  };

  const layoutOf = (width, height, figure) => {
    const layout = merged(LAYOUT, structuredClone(figure.layout));
    for (const key of Object.keys(layout)) {
      if (/^[xy]axis\d*$/.test(key)) layout[key] = merged(AXIS, layout[key]);
      if (/^legend\d+$/.test(key)) layout[key] = merged(LAYOUT.legend, layout[key]);
    }
    layout.font.family = getComputedStyle(document.body).fontFamily;
    if (width < NARROW) {
      layout.font.size = 11;
      for (const key of Object.keys(layout)) {
        if (/^xaxis\d*$/.test(key)) layout[key].nticks ??= 5;
        if (/^legend\d*$/.test(key)) layout[key] = { ...layout[key], x: 0, xanchor: "left" };
      }
      (layout.annotations ?? [])
        .filter((note) => note.name === "panel")
        .forEach((note, panel) => (note.yshift = 4 + LINE * legendRows(figure, panel, width)));
    }
    report.placeLabels(figure, layout, width, height);
    // A finger that scrolls the page must not zoom a chart.
    if (matchMedia("(pointer: coarse)").matches) layout.dragmode = false;
    return layout;
  };

  /** Series with the patterns that tell them apart without color, or without them. */
  const patterned = (data, isWanted) =>
    isWanted
      ? data
      : data.map((trace) => {
          const plain = { ...trace };
          delete plain.fillpattern;
          if (trace.marker?.pattern) plain.marker = { ...trace.marker, pattern: undefined };
          return plain;
        });

  const loadLibrary = async () => {
    const script = document.createElement("script");
    script.textContent = await report.unpack("library");
    document.head.append(script);
  };
  let library = null;

  const draw = async (plot, figure) => {
    drawn.set(plot, figure);
    library ??= loadLibrary();
    await library;
    if (drawn.get(plot) !== figure) return; // another was chosen meanwhile
    const config = { responsive: true, displayModeBar: false };
    const data = patterned(figure.data, forced.matches);
    await Plotly.react(plot, report.themed(data), report.themed(layoutOf(plot.clientWidth, plot.clientHeight, figure)), config);
    plot.dataset.drawn = "true";
  };

  const redraw = () => {
    for (const plot of drawn.keys()) if (!plot.isConnected) drawn.delete(plot);
    return Promise.all([...drawn].map(([plot, figure]) => draw(plot, figure)));
  };

  /** Draw a figure for paper: as wide as it, light, with patterns. */
  const drawForPaper = async (plot, figure, picture) => {
    library ??= loadLibrary();
    await library;
    const height = parseInt(plot.style.height, 10);
    const whole = {
      data: report.themed(patterned(figure.data, true), "paper"),
      layout: report.themed({ ...layoutOf(PAPER, height, figure), width: PAPER, height }, "paper"),
      config: { staticPlot: true },
    };
    picture.src = await Plotly.toImage(whole, { format: "svg", width: PAPER, height });
    await picture.decode();
    plot.dataset.printable = "true";
  };

  /** Make a chart that is drawn at once, once it is in the page. */
  report.chart = (title, summary, note, figure, height) => {
    const plot = report.element("div", { class: "plot", role: "img", "aria-label": summary, style: `height: ${height}px` });
    const picture = report.element("img", { class: "paper", alt: summary });
    const head = report.element("figcaption", {}, report.element("h3", {}, title));
    requestAnimationFrame(() => draw(plot, figure).then(() => drawForPaper(plot, figure, picture)));
    return report.element("figure", { class: "block chart" }, head, plot, picture, report.element("p", { class: "note" }, note));
  };

  /** Attach every chart of the page to its figures. */
  report.initCharts = (charts) => {
    const begin = new Map();
    const observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          if (isIntersecting) begin.get(target)();
        }
      },
      { rootMargin: "500px" },
    );
    const pictures = [];
    for (const element of document.querySelectorAll("[data-chart]")) {
      const figures = charts[element.dataset.chart];
      const plot = element.querySelector(".plot");
      const select = element.querySelector("select");
      const chosen = () => figures[select?.selectedIndex ?? 0];
      const picture = report.element("img", { class: "paper", alt: plot.getAttribute("aria-label") });
      plot.after(picture);
      const prepare = () => {
        if (select) element.querySelector(".chosen").textContent = select.value;
        return drawForPaper(plot, chosen(), picture);
      };
      begin.set(plot, () => {
        observer.unobserve(plot);
        if (!drawn.has(plot)) draw(plot, chosen());
      });
      select?.addEventListener("change", () => draw(plot, chosen()).then(prepare));
      observer.observe(plot);
      pictures.push(prepare);
    }
    const later = window.requestIdleCallback ?? ((work) => setTimeout(work, 200));
    const idle = () => new Promise((ready) => later(ready, { timeout: 2000 }));
    report.printable = (async () => {
      for (const prepare of pictures) {
        await idle();
        await prepare();
      }
      document.documentElement.dataset.printable = "true";
    })();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
    forced.addEventListener("change", redraw);
  };
}
