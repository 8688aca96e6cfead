'use strict';
(() => {
  const table = document.getElementById('results');
  let data = null;  // parsed when a row is first opened
  const load = () => data ??= JSON.parse(document.getElementById('data').textContent);

  // Every text goes through textContent: a name is never markup.
  const element = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };
  const svg = (name, attributes, text) => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const percent = (value) => value == null ? '–' :
    (value < 0 ? '−' : '+') + Math.abs(value * 100).toFixed(Math.abs(value) >= 0.1 ? 1 : 3) + ' %';
  const tick = (value) => value === 0 ? '0 %' :
    (value < 0 ? '−' : '+') + Number((Math.abs(value) * 100).toPrecision(2)) + ' %';
  const probability = (value) => value < 0.0001 ? '< 0.0001' : value.toPrecision(2);
  const time = (seconds) => {
    for (const [factor, unit] of [[1, 's'], [1e-3, 'ms'], [1e-6, 'µs']]) {
      if (seconds >= factor) return (seconds / factor).toPrecision(4) + ' ' + unit;
    }
    return (seconds / 1e-9).toPrecision(4) + ' ns';
  };

  const width = 420, height = 170, left = 62, right = 10, top = 10, bottom = 24;
  const chart = (label, low, high, count, format) => {
    const drawing = svg('svg', {class: 'chart', viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label});
    const y = (value) => top + (high - value) / (high - low || 1) * (height - top - bottom);
    const x = (position) => left + (position + 0.5) / Math.max(count, 1) * (width - left - right);
    for (const value of [low * .92 + high * .08, (low + high) / 2, low * .08 + high * .92]) {
      drawing.append(svg('text', {x: left - 6, y: y(value) + 4, 'text-anchor': 'end'}, format(value)));
    }
    return {drawing, x, y};
  };

  function blockChart(comparison) {
    const effects = comparison.differences.map((d) => Math.expm1(d ?? 0));
    const reach = 1.2 * Math.max(comparison.margin, ...effects.map(Math.abs));
    const {drawing, x, y} = chart(`effect in each of ${effects.length} blocks`, -reach, reach, effects.length, tick);
    drawing.append(svg('rect', {class: 'zone', x: left, width: width - left - right, y: y(comparison.margin),
                                height: y(-comparison.margin) - y(comparison.margin)}));
    drawing.append(svg('path', {class: 'zero', d: `M${left} ${y(0)}H${width - right}`}));
    if (comparison.effect != null) {
      drawing.append(svg('path', {class: 'level', d: `M${left} ${y(comparison.effect)}H${width - right}`}));
    }
    effects.forEach((effect, block) => {
      const dot = svg('circle', {class: 'tone', cx: x(block), cy: y(effect), r: 4});
      dot.append(svg('title', {}, `block ${block + 1}: ${percent(effect)}`));
      drawing.append(dot);
    });
    drawing.append(svg('text', {x: left, y: height - 6}, 'block 1'),
                   svg('text', {x: width - right, y: height - 6, 'text-anchor': 'end'}, `block ${effects.length}`));
    return element('figure', {}, element('figcaption', {},
      'Effect in each block; line: estimate, band: margin'), drawing);
  }

  function repetitionChart(comparison, sides) {
    const processes = sides.flatMap((side, which) => side.processes.map((process) => ({...process, which})))
      .sort((a, b) => a.trial - b.trial);
    const values = processes.flatMap((process) => process.repetitions ?? [process.seconds]);
    if (values.length === 0) return '';
    const low = Math.min(...values), high = Math.max(...values), space = (high - low) * .1 || high * .001;
    const {drawing, x, y} = chart(`time of every repetition of ${processes.length} processes`, low - space, high + space,
                                  processes.length, time);
    processes.forEach((process, position) => {
      const shade = process.which === 0 ? 'one' : 'two';
      for (const seconds of process.repetitions ?? []) {
        drawing.append(svg('circle', {class: shade + ' faint', cx: x(position), cy: y(seconds), r: 2.2}));
      }
      const median = svg('rect', {class: shade, x: x(position) - 5, width: 10, y: y(process.seconds) - 1, height: 2});
      median.append(svg('title', {}, `process ${process.trial}, block ${process.block + 1}: median ${time(process.seconds)}`));
      drawing.append(median);
    });
    drawing.append(svg('text', {x: left, y: height - 6}, 'processes in the order they ran'));
    return element('figure', {}, element('figcaption', {}, 'Every repetition; dash: median of its process',
      element('span', {class: 'key one'}), comparison.baseline, element('span', {class: 'key two'}), comparison.candidate),
      drawing);
  }

  function facts(comparison, sides) {
    const list = element('dl', {class: 'facts'});
    const add = (label, value) => list.append(element('div', {}, element('dt', {}, label), element('dd', {}, value)));
    add('Margin', (comparison.margin * 100).toPrecision(3).replace(/\.?0+$/, '') + ' %');
    add(`Interval (${comparison.level * 100} %)`, `${percent(comparison.low)} … ${percent(comparison.high)}`);
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
    comparison.differences.forEach((difference, position) => {
      body.append(element('tr', {}, element('th', {scope: 'row'}, String(position + 1)),
        element('td', {class: 'number'}, percent(difference == null ? null : Math.expm1(difference)))));
    });
    const blocks = [...new Set(sides.flatMap((side) => side.processes.map((process) => process.block)))].sort((a, b) => a - b);
    if (blocks.length === comparison.differences.length) {
      [...body.rows].forEach((row, position) => row.append(...sides.map(
        (side) => element('td', {class: 'number'}, medians(side, blocks[position])))));
    }
    const names = blocks.length === comparison.differences.length ? [comparison.baseline, comparison.candidate] : [];
    const head = element('tr', {}, ...['block', 'effect', ...names].map(
      (name, i) => element('th', {scope: 'col', class: i > 0 ? 'number' : ''}, name)));
    return element('details', {}, element('summary', {}, 'Blocks as a table'),
      element('div', {class: 'scroll'}, element('table', {}, element('thead', {}, head), body)));
  }

  function detailsOf(row) {
    const comparison = load().comparisons[Number(row.dataset.index)];
    const sides = [comparison.baseline, comparison.candidate].map(
      (mode) => load().measured[mode]?.[comparison.benchmark] ?? {processes: []});
    const cell = element('td', {colspan: row.cells.length});
    if (comparison.reason) cell.append(element('p', {}, comparison.reason));
    const charts = element('div', {class: 'charts'});
    if (comparison.differences.length > 0) charts.append(blockChart(comparison));
    charts.append(repetitionChart(comparison, sides));
    cell.append(charts, facts(comparison, sides));
    if (comparison.differences.length > 0) cell.append(blockTable(comparison, sides));
    return element('tr', {class: 'details v-' + row.dataset.verdict}, cell);
  }

  function toggle(row) {
    const button = row.querySelector('.open');
    const open = button.getAttribute('aria-expanded') === 'true';
    button.setAttribute('aria-expanded', String(!open));
    if (open) row.nextElementSibling.remove();
    else row.after(detailsOf(row));
  }

  const rows = () => [...table.tBodies[0].querySelectorAll('.row')];

  function filter() {
    const value = (id) => document.getElementById(id)?.value ?? '';
    const words = value('filter-name').toLowerCase().split(/\s+/);
    let shown = 0;
    for (const row of rows()) {
      const fits = words.every((word) => row.dataset.name.toLowerCase().includes(word)) &&
        (!value('filter-verdict') || row.dataset.verdict === value('filter-verdict')) &&
        (!value('filter-mode') || row.dataset.mode === value('filter-mode'));
      row.hidden = !fits;
      const next = row.nextElementSibling;
      if (next?.classList.contains('details')) next.hidden = !fits;
      shown += fits;
    }
    document.getElementById('shown').textContent = `${shown} of ${rows().length}`;
  }

  const severity = ['slower', 'invalid', 'inconclusive', 'faster', 'same'];
  function sort(button) {
    const key = button.dataset.sort, header = button.closest('th');
    const ascending = header.getAttribute('aria-sort') !== 'ascending';
    for (const other of table.tHead.querySelectorAll('[aria-sort]')) other.setAttribute('aria-sort', 'none');
    header.setAttribute('aria-sort', ascending ? 'ascending' : 'descending');
    const order = (a, b) => {
      if (key === 'verdict') return severity.indexOf(a) - severity.indexOf(b);
      if (key !== 'effect' && key !== 'mde') return a.localeCompare(b, undefined, {numeric: true});
      if (a === '' || b === '') return (a === '') - (b === '');
      return Number(a) - Number(b);
    };
    const sorted = rows().map((row) => [row, row.nextElementSibling])
      .sort(([a], [b]) => (ascending ? 1 : -1) * order(a.dataset[key], b.dataset[key]));
    for (const [row, next] of sorted) {
      table.tBodies[0].append(row);
      if (next?.classList.contains('details')) table.tBodies[0].append(next);
    }
  }

  if (table) {
    table.addEventListener('click', (event) => {
      const button = event.target.closest('button');
      if (button?.dataset.sort) return sort(button);
      const row = event.target.closest('.row');
      if (row && String(getSelection()) === '') toggle(row);
    });
    document.querySelector('.toolbar').addEventListener('input', filter);
    document.querySelector('.toolbar').addEventListener('submit', (event) => event.preventDefault());
    filter();
  }
  document.getElementById('differences-only')?.addEventListener('change', (event) =>
    document.getElementById('environment').classList.toggle('only-differences', event.target.checked));
})();
