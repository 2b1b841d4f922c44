// Labels of points are moved so that none overlaps another, a point or the curve, and none leaves the picture.
{
  const BESIDE = { left: 72, right: 10, top: 50, bottom: 47 }; // pixels that axes and legend take about
  const LINE = 17; // pixels of a line of a label
  const EDGE = 5; // pixels around it
  const NARROW = 560; // pixels below which what is in brackets gets a line of its own
  const MARKER = 9; // half of a named point
  const STEP = 6; // pixels between places at which a curve is looked at
  const DISTANCES = [8, 20, 34, 50, 68, 88, 110, 140, 180];
  const ALONG = [0, -0.5, 0.5, -0.25, 0.25, -0.75, 0.75, -1, 1]; // of half a label's width

  const pen = document.createElement("canvas").getContext("2d");
  const plain = (text) => new DOMParser().parseFromString(text, "text/html").body.textContent;
  const sizeOf = (text, font) => {
    pen.font = `${font.size}px ${font.family}`;
    const lines = text.split("<br>").map((line) => pen.measureText(plain(line)).width);
    return [Math.max(...lines) + 2 * EDGE, lines.length * LINE + EDGE];
  };

  const box = (x, y, width, height) => ({ left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 });
  const shared = (a, b) =>
    Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) *
    Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));
  const isIn = ([x, y], { left, right, top, bottom }) => x > left && x < right && y > top && y < bottom;

  /** Places along a line through points, a few pixels apart. */
  const along = (points) =>
    points.slice(1).flatMap(([x, y], i) => {
      const [fromX, fromY] = points[i];
      const count = Math.max(1, Math.ceil(Math.hypot(x - fromX, y - fromY) / STEP));
      return Array.from({ length: count }, (_, k) => [fromX + ((x - fromX) * k) / count, fromY + ((y - fromY) * k) / count]);
    });

  /** Where a label of a size may be, at several distances: beside its point, above or below it. */
  const around = ([x, y], [width, height]) => {
    const places = DISTANCES.flatMap((distance) => [
      ...[-1, 1].map((side) => [side * (MARKER + distance + width / 2), 0, distance]),
      ...ALONG.flatMap((part) =>
        [-1, 1].map((side) => [part * (MARKER + width / 2), side * (MARKER + distance + height / 2), distance + 4 * Math.abs(part)]),
      ),
    ]);
    return places.map(([right, down, distance]) => {
      const middle = [x + right, y + down];
      return { middle, distance, area: box(...middle, width, height), leader: along([[x, y], middle]) };
    });
  };

  const cost = ({ area, leader, distance }, picture, taken, curve) => {
    const outside = shared(area, area) - shared(area, picture);
    const hidden = taken.reduce((sum, { area: other }) => sum + shared(area, other), 0);
    const crossed = taken.filter(({ area: other, isLabel }) => isLabel && leader.some((place) => isIn(place, other)));
    const crossing = taken.filter(({ leader: other }) => other?.some((place) => isIn(place, area)));
    const covered = curve.filter((place) => isIn(place, area)).length;
    return 100 * (outside + hidden) + 400 * crossed.length + 25 * crossing.length + 40 * covered + distance;
  };

  /** Move the labels of a figure's layout, for a picture of a size. */
  report.placeLabels = (figure, layout, width, height) => {
    const labels = (layout.annotations ?? []).filter(({ name }) => name === "point" || name === "outside");
    if (!labels.length) return;
    const picture = { left: BESIDE.left, right: width - BESIDE.right, top: BESIDE.top, bottom: height - BESIDE.bottom };
    const [[x0, x1], [y0, y1]] = [layout.xaxis.range, layout.yaxis.range];
    const pixels = (x, y) => [
      picture.left + ((x - x0) / (x1 - x0)) * (picture.right - picture.left),
      picture.bottom - ((y - y0) / (y1 - y0)) * (picture.bottom - picture.top),
    ];
    const lines = figure.data.filter(({ mode }) => mode.includes("lines"));
    const curve = lines.flatMap((trace) => along(trace.x.map((x, i) => pixels(x, trace.y[i]))));
    const taken = labels
      .filter(({ name }) => name === "point")
      .map(({ x, y }) => ({ area: box(...pixels(x, y), 2 * MARKER, 2 * MARKER) }));
    for (const label of labels) {
      const point = pixels(label.x, label.y);
      if (width < NARROW) label.text = label.text.replace(/ \(([^()]*)\)$/, "<br>($1)");
      const size = sizeOf(label.text, { ...layout.font, size: label.font.size });
      const costs = around(point, size).map((place) => [cost(place, picture, taken, curve), place]);
      const [, best] = costs.reduce((least, each) => (each[0] < least[0] ? each : least));
      taken.push({ ...best, isLabel: true });
      [label.ax, label.ay] = [best.middle[0] - point[0], best.middle[1] - point[1]];
    }
  };
}
