// What is drawn without a click: start-up as a waterfall, and the GPU over the whole run.
(() => {
  const startup = parsed('startup-data');
  if (!startup) return;
  const holder = document.getElementById('startup-chart');
  const {modes, phases} = startup;
  holder.style.height = `${(holder.clientWidth < 600 ? 150 : 85) + 42 * modes.length}px`;
  const begins = modes.map(() => 0);
  const bars = phases.map(({name, seconds}) => ({name, spans: seconds.map((value, mode) => {
    if (value == null) return null;
    const begin = begins[mode];
    begins[mode] += Math.max(value, 0);
    return [begin, begins[mode]];
  })}));
  const label = 'Start-up, phase after phase: ' + modes.map((mode, i) => `${mode} ${time(begins[i])}`).join(', ') + '; the table has each phase';
  charts.add(holder, label, () => ({
    type: 'bar',
    data: {labels: modes.map((mode) => mode.length > 34 ? mode.slice(0, 33) + '…' : mode), datasets: bars.map(({name, spans}, i) => ({
      label: name, data: spans, backgroundColor: charts.series(i, i < 8 ? 1 : .55), barPercentage: .8, grouped: false}))},
    options: {indexAxis: 'y', scales: {x: axis('since the first command', time), y: {grid: {display: false}, ticks: {autoSkip: false}}},
      plugins: {legend: {display: true, position: 'bottom', labels: {boxWidth: 11, boxHeight: 11}},
        tooltip: {callbacks: {label: ({dataset, raw}) => `${dataset.label}: ${time(raw[1] - raw[0])}`}}}},
  }));
})();

(() => {
  const telemetry = parsed('telemetry-data');
  if (!telemetry) return;
  const shown = new Set(telemetry.modes.keys());
  const grid = document.getElementById('telemetry-charts');
  // Steps of a clock, where steps of ten would be odd seconds.
  const steps = [.05, .1, .25, .5, 1, 2, 5, 10, 15, 30, 60, 120, 240, 480].map((minute) => 60 * minute);
  const minutes = {...axis('minutes since the first process', (seconds) => Number((seconds / 60).toFixed(2))), min: 0,
    afterBuildTicks: (scale) => {
      const step = steps.find((seconds) => scale.max / seconds <= 6) ?? 86400;
      scale.ticks = Array.from({length: Math.floor(scale.max / step) + 1}, (_, i) => ({value: i * step}));
    }};
  const draw = [];
  const add = (caption, settings) => {
    const holder = element('div', {class: 'canvas'});
    grid.append(element('figure', {}, element('figcaption', {}, caption), holder));
    draw.push(charts.add(holder, `${caption} over the run, by mode; the table below has medians and extremes`, settings));
  };
  const tooltip = (format) => ({callbacks: {title: ([item]) => `${(item.parsed.x / 60).toFixed(2)} min`,
    label: (item) => `${item.dataset.label}: ${format(item.parsed.y)}`}});
  const lines = (key, unit) => () => ({
    type: 'line',
    data: {datasets: telemetry.modes.map(({mode, seconds, [key]: values}, i) => ({label: mode, hidden: !shown.has(i),
      data: seconds.map((x, k) => ({x, y: values[k]})), borderColor: charts.series(i), borderWidth: 1.5, pointRadius: 0, pointHitRadius: 6}))},
    options: {parsing: false, normalized: true, spanGaps: false, plugins: {tooltip: tooltip((y) => `${y} ${unit}`)},
      scales: {x: {type: 'linear', ...minutes}, y: axis(unit, (value) => value)}},
  });
  add('SM clock', lines('sm_clock_mhz', 'MHz'));
  add('Power', lines('power_watts', 'W'));
  add('Temperature', lines('temperature_celsius', '°C'));
  if (telemetry.reasons.length > 0) {
    const spread = (i) => (i - (telemetry.modes.length - 1) / 2) * .5 / telemetry.modes.length;
    add('Clock event reasons', () => ({
      type: 'scatter',
      data: {datasets: telemetry.modes.map(({mode, events}, i) => ({label: mode, hidden: !shown.has(i),
        data: events.map(([x, reason]) => ({x, y: reason + spread(i)})), backgroundColor: charts.series(i), pointRadius: 2}))},
      options: {plugins: {tooltip: tooltip((y) => telemetry.reasons[Math.round(y)])},
        scales: {x: minutes, y: {min: -.6, max: telemetry.reasons.length - .4, ticks: {stepSize: 1,
          callback: (value) => telemetry.reasons[value] ?? ''}, afterBuildTicks: (scale) => {
            scale.ticks = telemetry.reasons.map((_, value) => ({value}));
          }}}},
    }));
  }
  const legend = document.getElementById('telemetry-legend');
  telemetry.modes.forEach(({mode}, i) => {
    const box = element('input', {type: 'checkbox', checked: ''});
    box.addEventListener('change', () => {
      box.checked ? shown.add(i) : shown.delete(i);
      for (const again of draw) again();
    });
    const key = element('span', {class: 'key'});
    key.style.background = `var(--series-${i % 8})`;
    legend.append(element('label', {}, box, key, element('bdi', {}, mode)));
  });
})();
