// The table of results and the page's switches.
(() => {
  const table = document.getElementById('results');

  function toggle(row) {
    const button = row.querySelector('.open');
    const open = button.getAttribute('aria-expanded') === 'true';
    button.setAttribute('aria-expanded', String(!open));
    if (open) {
      row.nextElementSibling.remove();
      button.removeAttribute('aria-controls');
    } else {
      row.after(detailsOf(row));
      button.setAttribute('aria-controls', row.nextElementSibling.id);
    }
  }

  const rows = () => [...table.tBodies[0].querySelectorAll('.row')];

  let most = 200;  // rows shown, until all are asked for; as in html.cpp
  function filter() {
    const value = (id) => document.getElementById(id)?.value ?? '';
    const words = value('filter-name').toLowerCase().split(/\s+/);
    let shown = 0;
    for (const row of rows()) {
      const fits = words.every((word) => row.dataset.name.toLowerCase().includes(word)) &&
        (!value('filter-verdict') || row.dataset.verdict === value('filter-verdict')) &&
        (!value('filter-mode') || row.dataset.mode === value('filter-mode'));
      row.hidden = !fits || shown >= most;
      const next = row.nextElementSibling;
      if (next?.classList.contains('details')) next.hidden = row.hidden;
      shown += fits;
    }
    const more = document.getElementById('more');
    more.hidden = shown <= most;
    more.textContent = `Show the other ${shown - most}`;
    for (const button of document.querySelectorAll('[data-only]')) {
      button.setAttribute('aria-pressed', String(button.dataset.only === value('filter-verdict')));
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
    filter();
  }

  // From benchmark to benchmark with the arrows; what is filtered out is passed over.
  function step(button, by) {
    const shown = rows().filter((row) => !row.hidden);
    const next = shown[shown.indexOf(button.closest('.row')) + by];
    next?.querySelector('.open').focus();
  }

  function key(event) {
    const open = event.target.closest?.('.open');
    const typing = event.target.matches?.('input, select, textarea');
    if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      document.getElementById('filter-name').focus();
    } else if (open && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault();
      step(open, event.key === 'ArrowDown' ? 1 : -1);
    } else if (event.key === 'Escape') {
      const row = open?.closest('.row') ?? event.target.closest?.('.details')?.previousElementSibling;
      if (row?.querySelector('.open')?.getAttribute('aria-expanded') !== 'true') return;
      toggle(row);
      row.querySelector('.open').focus();
    }
  }

  function only(button) {
    const select = document.getElementById('filter-verdict');
    select.value = select.value === button.dataset.only ? '' : button.dataset.only;
    filter();
  }

  if (table) {
    document.addEventListener('keydown', key);
    document.querySelector('.counts').addEventListener('click', (event) => {
      const button = event.target.closest('[data-only]');
      if (button) only(button);
    });
    table.addEventListener('click', (event) => {
      const button = event.target.closest('button');
      if (button?.dataset.sort) return sort(button);
      const row = event.target.closest('.row');
      if (row && String(getSelection()) === '') toggle(row);
    });
    document.querySelector('.toolbar').addEventListener('input', filter);
    document.getElementById('more').addEventListener('click', () => {
      most = Infinity;
      filter();
    });
    document.querySelector('.toolbar').addEventListener('submit', (event) => event.preventDefault());
    filter();
  }
  document.getElementById('differences-only')?.addEventListener('change', (event) =>
    document.getElementById('environment').classList.toggle('only-differences', event.target.checked));

  // A page from a file may be refused the clipboard: then the command stands selected.
  document.addEventListener('click', async (event) => {
    const button = event.target.closest?.('.copy');
    if (!button) return;
    const command = button.parentElement.querySelector('code');
    getSelection().selectAllChildren(command);
    try {
      await navigator.clipboard.writeText(command.textContent);
      button.textContent = 'Copied';
    } catch {
      button.textContent = 'Selected';
    }
  });

  // The choice is kept where the browser lets a page keep something.
  const theme = document.getElementById('theme');
  const apply = () => {
    if (theme.value) document.documentElement.dataset.theme = theme.value;
    else delete document.documentElement.dataset.theme;
    charts.redraw();
  };
  try { theme.value = localStorage.getItem('cuparity-theme') ?? ''; } catch { /* not allowed here */ }
  apply();
  theme.addEventListener('change', () => {
    try { localStorage.setItem('cuparity-theme', theme.value); } catch { /* not allowed here */ }
    apply();
  });
})();
