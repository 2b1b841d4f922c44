// Colors are roles ("--series-1") that report.css defines for light, dark and print.
{
  const color = (role) => getComputedStyle(document.documentElement).getPropertyValue(role).trim();

  /** A figure with its roles replaced by the colors of now. */
  report.themed = (value) => {
    if (typeof value === "string") return value.startsWith("--") ? color(value) : value;
    // Long arrays hold data, not roles.
    if (Array.isArray(value)) return value.length > 64 ? value : value.map(report.themed);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, report.themed(inner)]));
  };
}
