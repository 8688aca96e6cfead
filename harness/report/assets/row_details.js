// What opens below a row: each block, the distribution, the repetitions in their order, and the same as tables.
const detailsOf = (() => {
  let data = null;  // parsed when a row is first opened
  const load = () => {
    if (data) return data;
    data = parsed('data');
    for (const benchmarks of Object.values(data.measured)) {
      for (const side of Object.values(benchmarks)) {
        side.processes = side.processes.map(([trial, block, seconds, ...repetitions]) => ({trial, block, seconds, repetitions}));
      }
    }
    return data;
  };
  const probability = (value) => value < 0.0001 ? '< 0.0001' : value.toPrecision(2);
  const short = (value) => value === 0 ? '0 %' : (value < 0 ? '−' : '+') + Number((Math.abs(value) * 100).toPrecision(3)) + ' %';
  const level = (y, from, to, extra) => ({type: 'line', data: [{x: from, y}, {x: to, y}], pointRadius: 0, pointHitRadius: 0, borderWidth: 0, ...extra});
  const keys = (comparison) => [element('span', {class: 'key one'}), comparison.baseline, element('span', {class: 'key two'}), comparison.candidate];

  // Scrolls by keyboard, too.
  const tableDetails = (kind, name, head, body) => element('details', {class: kind}, element('summary', {}, name),
    element('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': name}, element('table', {}, element('thead', {}, head), body)));

  // The number of each difference's block, which is not its position where a block was lost; null where they can't be told.
  function blockNumbers(comparison, sides) {
    const blocks = [...new Set(sides[0].processes.map((process) => process.block))]
      .filter((block) => sides.every((side) => side.processes.some((process) => process.block === block))).sort((a, b) => a - b);
    return blocks.length === comparison.differences.length ? blocks : null;
  }

  function blockChart(comparison, sides, tone) {
    const numbers = blockNumbers(comparison, sides) ?? [...comparison.differences.keys()];
    const effects = comparison.differences.map((difference) => difference == null ? null : Math.expm1(difference));
    const last = effects.length + .5;
    const reach = 1.15 * Math.max(comparison.margin, ...effects.map(Math.abs));
    return figure('Effect in each block; line: estimate, band: margin', `Effect in each of ${effects.length} blocks`, () => ({
      type: 'scatter',
      data: {datasets: [
        {label: 'block', data: effects.map((y, block) => ({x: block + 1, y})), backgroundColor: charts.colour(tone), pointRadius: 4},
        ...(comparison.effect == null ? [] : [level(comparison.effect, .5, last, {label: 'estimate', borderColor: charts.colour(tone), borderWidth: 1.5})]),
        level(comparison.margin, .5, last, {fill: '+1', backgroundColor: charts.colour('zone', .8)}),
        level(-comparison.margin, .5, last, {})]},
      options: {scales: {x: {min: .5, max: last, title: {display: true, text: 'block'}, grid: {display: false},
          afterBuildTicks: (scale) => { scale.ticks = effects.map((_, i) => ({value: i + 1, label: String(numbers[i] + 1)})).filter((_, i) => i % Math.ceil(effects.length / 12) === 0); }},
        y: {suggestedMin: -reach, suggestedMax: reach, ...axis('', short)}},
        plugins: {tooltip: {filter: (item) => item.datasetIndex === 0, callbacks: {label: ({parsed: {x, y}}) => `block ${numbers[x - 1] + 1}: ${percent(y)}`}}}},
    }));
  }

  const timesOf = (side) => side.processes.flatMap(({seconds, repetitions}) => repetitions.length > 0 ? repetitions : [seconds]);
  const quantile = (sorted, share) => {
    const at = share * (sorted.length - 1), below = Math.floor(at);
    return sorted[below] + (at - below) * ((sorted[below + 1] ?? sorted[below]) - sorted[below]);
  };

  /// Bins over all but the most extreme hundredth, which is put into the outermost bins.
  function distributionChart(comparison, sides) {
    const times = sides.map(timesOf);
    const all = times.flat().sort((a, b) => a - b);
    if (all.length < 2) return '';
    let low = quantile(all, .005), high = quantile(all, .995);
    if (!(high > low)) [low, high] = [all[0] * .999, all[0] * 1.001];
    const bins = Math.max(8, Math.min(32, Math.round(Math.sqrt(all.length) * 1.5)));
    const width = (high - low) / bins;
    const counts = times.map((values) => {
      const count = Array(bins).fill(0);
      for (const value of values) ++count[Math.max(0, Math.min(bins - 1, Math.floor((value - low) / width)))];
      return count.map((n) => n / Math.max(values.length, 1));
    });
    return figure(['Distribution of every repetition', ...keys(comparison)], `Distribution of ${all.length} repetitions; quartiles are in the table`, () => ({
      type: 'bar',
      data: {labels: counts[0].map((_, bin) => low + (bin + .5) * width), datasets: counts.map((data, i) => ({
        label: i === 0 ? comparison.baseline : comparison.candidate, data, grouped: false, categoryPercentage: 1, barPercentage: 1,
        backgroundColor: charts.series(i, .38), borderColor: charts.series(i), borderWidth: {top: 1.5}}))},
      options: {scales: {x: {grid: {display: false}, ticks: {maxTicksLimit: 5, maxRotation: 0, callback: (bin) => time(low + (bin + .5) * width)}},
        y: axis('', (value) => `${Math.round(value * 100)} %`)},
        plugins: {tooltip: {callbacks: {title: ([item]) => `${time(low + item.dataIndex * width)} … ${time(low + (item.dataIndex + 1) * width)}`,
          label: ({dataset, raw}) => `${dataset.label}: ${(raw * 100).toFixed(1)} %`}}}},
    }));
  }

  function orderChart(comparison, sides) {
    const all = sides.flatMap((side, which) => side.processes.map((process) => ({...process, which}))).sort((a, b) => a.trial - b.trial);
    if (all.length === 0) return '';
    const points = (which, values) => all.flatMap((process, x) => process.which === which ? values(process).map((y) => ({x: x + 1, y})) : []);
    return figure(['In the order they ran; dash: median of a process', ...keys(comparison)], `Time of every repetition of ${all.length} processes, in the order they ran`, () => ({
      type: 'scatter',
      data: {datasets: [0, 1].flatMap((which) => [
        {label: 'median', data: points(which, ({seconds}) => [seconds]), pointStyle: 'line', pointRadius: 6, borderWidth: 2, borderColor: charts.series(which)},
        {label: 'repetition', data: points(which, ({repetitions}) => repetitions), backgroundColor: charts.series(which, .4), pointRadius: 2}])},
      options: {scales: {x: {min: 0, max: all.length + 1, title: {display: true, text: 'process'}, grid: {display: false}, ticks: {maxTicksLimit: 8, includeBounds: false}}, y: axis('', time)},
        plugins: {tooltip: {callbacks: {label: ({dataset, parsed: {x, y}}) => {
          const process = all[x - 1];
          return `process ${process.trial}, block ${process.block + 1}, ${dataset.label}: ${time(y)}`;
        }}}}},
    }));
  }

  function distributionTable(comparison, sides) {
    const body = element('tbody');
    sides.forEach((side, i) => {
      const times = timesOf(side).sort((a, b) => a - b);
      const cells = times.length === 0 ? Array(5).fill('–') : [0, .25, .5, .75, 1].map((share) => time(quantile(times, share)));
      body.append(element('tr', {}, element('th', {scope: 'row'}, element('bdi', {}, i === 0 ? comparison.baseline : comparison.candidate)),
        ...[...cells, String(side.processes.length), String(times.length)].map((text) => element('td', {class: 'number'}, text))));
    });
    const names = ['mode', 'least', '25 %', 'median', '75 %', 'greatest', 'processes', 'repetitions'];
    const head = element('tr', {}, ...names.map((name, i) => element('th', {scope: 'col', class: i > 0 ? 'number' : ''}, name)));
    return tableDetails('distribution', 'Distribution as a table', head, body);
  }

  function facts(comparison, sides) {
    const list = element('dl', {class: 'facts'});
    const add = (label, value) => list.append(element('div', {}, element('dt', {}, label), element('dd', {}, value)));
    add('Margin', (comparison.margin * 100).toPrecision(3).replace(/\.?0+$/, '') + ' %');
    add(`Interval (${Number((comparison.level * 100).toPrecision(3))} %)`, `${percent(comparison.low)} … ${percent(comparison.high)}`);
    if (comparison.p != null) {
      add('p', probability(comparison.p) + (comparison.adjusted_p == null ? '' :
        `; ${probability(comparison.adjusted_p)} corrected for the number of comparisons`));
    }
    if (comparison.blocks_to_settle) add('Blocks that would settle it', String(comparison.blocks_to_settle));
    const noise = load().noise_floor[comparison.benchmark];
    if (noise) add('Noise floor of this benchmark', percent(noise.effect));
    const same = comparison.same_bits;
    const label = (side, key) => (side.label?.[key] ?? []).join(', ') || '–';
    add('Same bits', same == null ? 'no digests' : same ? `yes: ${label(sides[0], 'digest')}` :
      `no: ${label(sides[0], 'digest')} against ${label(sides[1], 'digest')}`);
    const keys = new Set(sides.flatMap((side) => Object.keys(side.label ?? {})));
    for (const key of keys) {
      if (key === 'digest') continue;
      const [baseline, candidate] = sides.map((side) => label(side, key));
      add(key, baseline === candidate ? baseline : `${baseline} against ${candidate}`);
    }
    return list;
  }

  function blockTable(comparison, sides) {
    const medians = (side, block) => side.processes.filter((process) => process.block === block)
      .map((process) => time(process.seconds)).join(', ') || '–';
    const body = element('tbody');
    const numbers = blockNumbers(comparison, sides);
    comparison.differences.forEach((difference, position) => {
      body.append(element('tr', {}, element('th', {scope: 'row'}, String((numbers?.[position] ?? position) + 1)),
        element('td', {class: 'number'}, percent(difference == null ? null : Math.expm1(difference))),
        ...(numbers ? sides.map((side) => element('td', {class: 'number'}, medians(side, numbers[position]))) : [])));
    });
    const names = numbers ? [comparison.baseline, comparison.candidate] : [];
    const head = element('tr', {}, ...['block', 'effect', ...names].map(
      (name, i) => element('th', {scope: 'col', class: i > 0 ? 'number' : ''}, name)));
    return tableDetails('blocks', 'Blocks as a table', head, body);
  }

  return (row) => {
    const comparison = load().comparisons[Number(row.dataset.index)];
    const sides = [comparison.baseline, comparison.candidate].map(
      (mode) => load().measured[mode]?.[comparison.benchmark] ?? {processes: []});
    const cell = element('td', {colspan: row.cells.length});
    if (comparison.reason) cell.append(element('p', {}, comparison.reason));
    const shown = element('div', {class: 'charts'});
    if (comparison.differences.length > 0) shown.append(blockChart(comparison, sides, row.dataset.verdict));
    shown.append(distributionChart(comparison, sides), orderChart(comparison, sides));
    cell.append(shown, facts(comparison, sides), distributionTable(comparison, sides));
    if (comparison.differences.length > 0) cell.append(blockTable(comparison, sides));
    return element('tr', {class: 'details v-' + row.dataset.verdict, id: 'details-' + row.dataset.index}, cell);
  };
})();
