// Colors are roles ("--series-1") that report.css defines for light, dark and print.
{
  /** A figure with its roles replaced by the colors of now, or by those of paper. */
  report.themed = (value, medium = "screen") => {
    const root = document.documentElement;
    const source = medium === "paper" ? document.getElementById("paper-colors") : root;
    const styles = getComputedStyle(source);
    const themed = (each) => {
      if (typeof each === "string") return each.startsWith("--") ? styles.getPropertyValue(each).trim() : each;
      // Long arrays hold data, not roles.
      if (Array.isArray(each)) return each.length > 64 ? each : each.map(themed);
      if (each === null || typeof each !== "object") return each;
      return Object.fromEntries(Object.entries(each).map(([key, inner]) => [key, themed(inner)]));
    };
    return themed(value);
  };
}
