'use strict';
// Filters the rows of the page's list: every word must be in the row's text.
(() => {
  const input = document.getElementById('filter'), list = document.getElementById('list');
  if (!input || !list) return;
  const rows = [...list.tBodies[0].rows];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  function filter() {
    const words = input.value.toLowerCase().split(/\s+/);
    let shown = 0;
    rows.forEach((row, i) => {
      row.hidden = !words.every((word) => texts[i].includes(word));
      shown += !row.hidden;
    });
    document.getElementById('shown').textContent = `${shown} of ${rows.length}`;
  }
  input.addEventListener('input', filter);
  input.form.addEventListener('submit', (event) => event.preventDefault());
  filter();
})();
