'use strict';
// Compares two runs of the site. Their numbers come as scripts, because a page that was opened from a folder
// may not fetch files. The address (#a=ID&b=ID&ma=MODE&mb=MODE) says what is shown, so it can be shared.
(() => {
  const get = (id) => document.getElementById(id);
  const loaded = new Map(), waiting = new Map(), requests = new Map();
  window.cuparityLoaded = (run) => {
    loaded.set(run.id, run);
    waiting.get(run.id)?.();
  };

  // Every text goes through textContent: a name is never markup.
  const element = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };
  const svg = (name, attributes) => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };

  const known = new Set(window.cuparityRuns.map((run) => run.id));
  function load(id) {
    if (!requests.has(id)) {
      requests.set(id, new Promise((resolve, reject) => {
        waiting.set(id, resolve);
        const script = element('script', {src: `../runs/${id}/summary.js`});
        script.addEventListener('error', () => reject(new Error(`runs/${id}/summary.js can't be read`)));
        document.head.append(script);
      }));
    }
    return requests.get(id);
  }

  const units = {
    flops: [[1e15, 'PFLOP/s'], [1e12, 'TFLOP/s'], [1e9, 'GFLOP/s'], [1e6, 'MFLOP/s'], [1, 'FLOP/s']],
    bytes: [[1e12, 'TB/s'], [1e9, 'GB/s'], [1e6, 'MB/s'], [1, 'B/s']],
    seconds: [[1, 's'], [1e-3, 'ms'], [1e-6, 'µs'], [1e-9, 'ns']],
  };
  function shown(series) {
    const kind = series.flops ? 'flops' : series.bytes ? 'bytes' : 'seconds';
    const value = kind === 'seconds' ? series.median : series[kind] / series.median;
    const [factor, unit] = units[kind].find(([size]) => value >= size) ?? units[kind].at(-1);
    return `${(value / factor).toPrecision(4)} ${unit}`;
  }
  const percent = (value) => {
    const number = Math.abs(value * 100).toFixed(Math.abs(value) >= 0.1 ? 1 : 2);
    return (Number(number) === 0 ? '±' : value < 0 ? '−' : '+') + number + ' %';
  };

  function median(values) {
    const sorted = [...values].sort((x, y) => x - y), half = sorted.length >> 1;
    return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }
  function effect(numbersA, numbersB) {
    const before = numbersA.map(Math.log), after = numbersB.map(Math.log);
    return Math.expm1(median(after.flatMap((y) => before.map((x) => y - x))));
  }
  function scatter(numbers) {
    const centre = median(numbers);
    return median(numbers.map((number) => Math.abs(number / centre - 1)));
  }

  function plot(value, margin) {
    // As in the reports: linear inside the margin, logarithmic beyond it, up to ten margins.
    const margins = Math.log1p(Math.max(value, -0.999999)) / Math.log1p(margin);
    const size = Math.abs(margins);
    const x = Math.sign(margins) * Math.min(size <= 1 ? size : 1 + Math.log(size), 112 / 34) * 34;
    const drawing = svg('svg', {class: 'forest', viewBox: '-120 -10 240 20', role: 'img',
                                'aria-label': `effect ${percent(value)}, margin ${margin * 100} %`});
    drawing.append(svg('rect', {class: 'zone', x: -34, y: -10, width: 68, height: 20}),
                   svg('path', {class: 'zero', d: 'M0 -10V10'}),
                   svg('circle', {class: 'estimate', cx: x, cy: 0, r: 3.6}));
    return drawing;
  }

  // Cycles where both runs count them on one GPU model, as cuparity compare does; else seconds.
  function effectRow(name, a, b, sameModel) {
    const perClock = sameModel && a.cycles && b.cycles;
    const [before, after] = perClock ? [a.cycles, b.cycles] : [a.seconds, b.seconds];
    const value = effect(before, after);
    const spread = before.length > 2 && after.length > 2 ? (Math.max(scatter(before), scatter(after)) * 100).toFixed(2) + ' %' : '–';
    const inTime = perClock ? element('small', {}, `per clock; in time ${percent(effect(a.seconds, b.seconds))}`) : '';
    const bits = a.digest && b.digest && a.digest !== b.digest ? element('small', {}, 'other bits') : '';
    const cell = (label, kind, ...content) => element('td', {class: kind, 'data-label': label}, ...content);
    return element('tr', {}, element('th', {scope: 'row'}, element('bdi', {}, name), bits),
      cell('A', 'number', shown(a)), cell('B', 'number', shown(b)),
      cell('B takes', 'number effect', element('span', {class: 'tone'}, percent(value)), inTime),
      cell("", "plot", plot(value, a.margin)), cell('scatter', 'number', spread));
  }

  function showFacts(a, b) {
    const values = (run) => new Map(run.facts);
    const before = values(a), after = values(b);
    const labels = [...new Set([...before.keys(), ...after.keys()])]
      .filter((label) => !['Started', 'Finished', 'Seed'].includes(label) && before.get(label) !== after.get(label));
    get('facts').replaceChildren(...labels.map((label) => element('tr', {}, element('th', {scope: 'row'}, label),
      element('td', {}, element('bdi', {}, before.get(label) ?? '–')),
      element('td', {}, element('bdi', {}, after.get(label) ?? '–')))));
    get('difference').hidden = labels.length === 0;
  }

  function show(a, b) {
    const measured = (run, select) => run.modes[Number(get(select).value)]?.measured ?? {};
    const before = measured(a, 'mode-a'), after = measured(b, 'mode-b');
    const names = Object.keys(before).filter((name) => Object.hasOwn(after, name));
    const model = (run) => new Map(run.facts).get('GPU');
    const sameModel = model(a) !== undefined && model(a) === model(b);
    get('effects').tBodies[0].replaceChildren(...names.map((name) => effectRow(name, before[name], after[name], sameModel)));
    get('shown').textContent = names.length === 0 ? 'no benchmark in common' : String(names.length);
    const only = (here, there, which) => {
      const list = Object.keys(here).filter((name) => !Object.hasOwn(there, name));
      return list.length > 0 ? `Only in ${which}: ${list.join(', ')}. ` : '';
    };
    get('missing').textContent = only(before, after, 'A') + only(after, before, 'B');
    showFacts(a, b);
  }

  function fillModes(select, run, wanted) {
    select.replaceChildren(...run.modes.map((mode, i) => element('option', {value: i}, mode.name)));
    const found = run.modes.findIndex((mode) => mode.name === wanted);
    select.value = String(found >= 0 ? found : Math.max(0, run.modes.findIndex((mode) => mode.name === run.baseline)));
  }
  const chosenMode = (select) => get(select).selectedOptions[0]?.textContent;

  let request = 0;
  async function update(wanted = {}) {
    const current = ++request;
    const [idA, idB] = [get('run-a').value, get('run-b').value];
    try {
      await Promise.all([load(idA), load(idB)]);
    } catch (error) {
      get('shown').textContent = error.message;
      return;
    }
    if (current !== request) return;  // chosen anew meanwhile
    const [a, b] = [loaded.get(idA), loaded.get(idB)];
    fillModes(get('mode-a'), a, wanted.ma ?? chosenMode('mode-a'));
    fillModes(get('mode-b'), b, wanted.mb ?? chosenMode('mode-b'));
    finish();
  }
  function finish() {
    const [idA, idB] = [get('run-a').value, get('run-b').value];
    show(loaded.get(idA), loaded.get(idB));
    const address = new URLSearchParams({a: idA, b: idB, ma: chosenMode('mode-a') ?? '', mb: chosenMode('mode-b') ?? ''});
    history.replaceState(null, '', '#' + address);
  }

  const options = () => window.cuparityRuns.map((run) => element('option', {value: run.id}, run.name));
  get('run-a').append(...options());
  get('run-b').append(...options());
  const wanted = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  // Without a choice: the newest run against the one before it on the same machine.
  const before = (id) => {
    const at = window.cuparityRuns.findIndex((run) => run.id === id);
    return window.cuparityRuns.find((run, i) => i > at && run.machine === window.cuparityRuns[at].machine)?.id ?? id;
  };
  const after = (id) => window.cuparityRuns.find((run) => before(run.id) === id && run.id !== id)?.id;
  const newest = window.cuparityRuns.find((run) => before(run.id) !== run.id)?.id ?? window.cuparityRuns[0].id;
  const b = known.has(wanted.b) ? wanted.b : (known.has(wanted.a) && after(wanted.a)) || newest;
  get('run-b').value = b;
  get('run-a').value = known.has(wanted.a) ? wanted.a : before(b);
  get('run-a').addEventListener('change', () => update());
  get('run-b').addEventListener('change', () => update());
  get('mode-a').addEventListener('change', finish);
  get('mode-b').addEventListener('change', finish);
  get('swap').addEventListener('click', () => {
    const [a, b, ma, mb] = [get('run-a').value, get('run-b').value, chosenMode('mode-a'), chosenMode('mode-b')];
    get('run-a').value = b;
    get('run-b').value = a;
    update({ma: mb, mb: ma});
  });
  get('choice').addEventListener('submit', (event) => event.preventDefault());
  // A shared address that is pasted into this page; replaceState() causes no such event.
  addEventListener('hashchange', () => location.reload());
  update(wanted);
})();
