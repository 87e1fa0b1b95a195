// Draws the charts described by the JSON in #data. The tables contain the same numbers, so the page is readable without scripts.
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const drawn = [];
  const colour = name => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();

  // Rankings of the same role share a colour and differ in its opacity.
  const tint = (tone, nth) => {
    const base = colour(tone);
    const faint = nth === 0 ? 1 : Math.max(0.35, 1 - 0.4 * nth);
    return base + Math.round(255 * faint).toString(16).padStart(2, '0');
  };

  // Draws the confidence interval of each bar.
  const whiskers = {
    id: 'whiskers',
    afterDatasetsDraw(chart) {
      const pen = chart.ctx;
      const lying = chart.options.indexAxis === 'y';
      const axis = lying ? chart.scales.x : chart.scales.y;
      pen.save();
      pen.strokeStyle = colour('text');
      pen.lineWidth = 1.25;
      chart.data.datasets.forEach((set, at) => {
        if (!set.low || !set.low.length || !chart.isDatasetVisible(at)) {
          return;
        }
        chart.getDatasetMeta(at).data.forEach((bar, place) => {
          const from = axis.getPixelForValue(set.low[place]);
          const to = axis.getPixelForValue(set.high[place]);
          const half = 4;
          pen.beginPath();
          if (lying) {
            pen.moveTo(from, bar.y); pen.lineTo(to, bar.y);
            pen.moveTo(from, bar.y - half); pen.lineTo(from, bar.y + half);
            pen.moveTo(to, bar.y - half); pen.lineTo(to, bar.y + half);
          } else {
            pen.moveTo(bar.x, from); pen.lineTo(bar.x, to);
            pen.moveTo(bar.x - half, from); pen.lineTo(bar.x + half, from);
            pen.moveTo(bar.x - half, to); pen.lineTo(bar.x + half, to);
          }
          pen.stroke();
        });
      });
      pen.restore();
    }
  };

  const tints = tones => {
    const seen = {};
    return tones.map(tone => tint(tone, seen[tone] = (seen[tone] ?? -1) + 1));
  };

  const datasets = chart => {
    const own = tints(chart.series.map(series => series.tone === 'by-role' ? 'plain' : series.tone));
    return chart.series.map((series, at) => {
      const set = {label: series.name, data: series.values, low: series.low, high: series.high};
      set.backgroundColor = series.tone === 'by-role' ? tints(data.roles) : own[at];
      if (chart.kind === 'line') {
        set.borderColor = own[at];
        set.borderWidth = 2;
        set.pointRadius = series.values.map((_, place) => place + 1 === data.best ? 5 : series.values.length > 30 ? 0 : 2.5);
      } else {
        set.maxBarThickness = 44;
        set.borderRadius = 2;
      }
      return set;
    });
  };

  const options = chart => {
    const lying = chart.kind === 'rows';
    const scale = title => ({
      title: {display: Boolean(title), text: title, color: colour('quiet')},
      ticks: {color: colour('quiet')},
      grid: {color: colour('line')},
      border: {color: colour('line')}
    });
    const numbers = {...scale(lying ? chart.axis : ''), beginAtZero: chart.kind !== 'line'};
    const ends = chart.series.flatMap(series => series.high);
    if (ends.length) {
      numbers.suggestedMax = Math.max(...ends);
    }
    const places = scale(lying ? '' : chart.axis);
    places.grid = {display: false};
    return {
      indexAxis: lying ? 'y' : 'x',
      responsive: true,
      maintainAspectRatio: false,
      animation: false,
      interaction: {mode: 'index', intersect: false, axis: lying ? 'y' : 'x'},
      plugins: {legend: {display: chart.series.length > 1, labels: {color: colour('text'), boxWidth: 12, boxHeight: 12}}},
      scales: lying ? {x: numbers, y: places} : {x: places, y: numbers}
    };
  };

  const draw = () => {
    drawn.splice(0).forEach(chart => chart.destroy());
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    data.charts.forEach(chart => {
      const canvas = document.getElementById(chart.id);
      const type = chart.kind === 'line' ? 'line' : 'bar';
      drawn.push(new Chart(canvas, {type, data: {labels: chart.labels, datasets: datasets(chart)}, options: options(chart), plugins: [whiskers]}));
    });
  };

  draw();
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
})();
