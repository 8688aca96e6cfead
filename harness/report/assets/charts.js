'use strict';
// What the page's parts share: elements, numbers as text, and charts by Chart.js that follow the colours chosen.
// Every text goes through textContent: a name is never markup.
const element = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};
const percent = (value) => value == null ? '–' :
  (value < 0 ? '−' : '+') + Math.abs(value * 100).toFixed(Math.abs(value) >= 0.1 ? 1 : 3) + ' %';
const time = (seconds) => {
  if (seconds === 0) return '0 s';
  for (const [factor, unit] of [[1, 's'], [1e-3, 'ms'], [1e-6, 'µs']]) {
    if (Math.abs(seconds) >= factor) return (seconds / factor).toPrecision(4) + ' ' + unit;
  }
  return (seconds / 1e-9).toPrecision(4) + ' ns';
};
const parsed = (id) => {
  const holder = document.getElementById(id);
  return holder && JSON.parse(holder.textContent);
};

const charts = (() => {
  const made = new Set();  // {holder, settings, chart}
  const probe = document.body.appendChild(element('span', {hidden: ''}));
  // Canvas knows no variables: what a variable stands for now, as "rgb(…)", with an opacity where wanted.
  const colour = (name, opacity = 1) => {
    probe.style.color = `var(--${name})`;
    const [red, green, blue] = getComputedStyle(probe).color.match(/[\d.]+/g);
    return `rgba(${red}, ${green}, ${blue}, ${opacity})`;
  };
  const series = (index, opacity) => colour('series-' + index % 8, opacity);

  const draw = (entry) => {
    entry.chart?.destroy();
    entry.chart = null;
    if (!entry.holder.isConnected) return made.delete(entry);
    Chart.defaults.color = colour('quiet');
    Chart.defaults.borderColor = colour('line');
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    Chart.defaults.font.size = 11;
    const settings = entry.settings();
    settings.options = {animation: false, maintainAspectRatio: false, ...settings.options};
    settings.options.plugins = {legend: {display: false}, ...settings.options.plugins};
    entry.holder.replaceChildren(element('canvas', {role: 'img', 'aria-label': entry.label}, entry.label));
    entry.chart = new Chart(entry.holder.firstChild, settings);
  };
  const redraw = () => { for (const entry of [...made]) if (entry.chart) draw(entry); };

  // Drawn when it is first seen, so that a long page opens at once.
  const seen = new IntersectionObserver((entries) => {
    for (const {target, isIntersecting} of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      for (const entry of made) if (entry.holder === target && !entry.chart) draw(entry);
    }
  }, {rootMargin: '300px'});
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  addEventListener('beforeprint', () => { for (const entry of [...made]) draw(entry); });
  addEventListener('afterprint', redraw);

  // `settings`: a function, asked again when the colours change.
  const add = (holder, label, settings) => {
    const entry = {holder, label, settings, chart: null};
    made.add(entry);
    seen.observe(holder);
    return () => entry.chart && draw(entry);
  };
  return {add, colour, series, redraw};
})();

const figure = (caption, label, settings) => {
  const holder = element('div', {class: 'canvas'});
  const made = element('figure', {}, element('figcaption', {}, ...[caption].flat()), holder);
  charts.add(holder, label, settings);
  return made;
};
const axis = (text, format) => ({title: {display: Boolean(text), text}, ticks: {callback: (value) => format(value), maxTicksLimit: 6}});
