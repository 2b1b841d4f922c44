(async () => {
  try {
    report.data = JSON.parse(await report.unpack("data"));
    report.initTables(report.data.tables);
    report.initStatement();
    report.initCharts(report.data.charts);
    document.documentElement.dataset.ready = "true";
  } catch (error) {
    document.getElementById("trouble").hidden = false;
    throw error;
  }
})();
