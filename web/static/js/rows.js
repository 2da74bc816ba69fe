// Adds a row to a group of rows by copying the last one and counting its
// names, ids and references one up. Without it the spare rows serve.
function grow(box) {
  const rows = box.querySelectorAll('[data-row]'), last = rows[rows.length - 1];
  if (!last || rows.length >= 200) return;
  const name = box.dataset.rows, from = Number(last.dataset.row), to = from + 1;
  const row = last.cloneNode(true);
  const idFrom = `${box.dataset.rowsId}-${from}-`, idTo = `${box.dataset.rowsId}-${to}-`;
  row.dataset.row = to;
  row.classList.remove('spare');
  for (const e of row.querySelectorAll('*')) {
    if (e.name?.startsWith?.(`${name}.${from}.`)) e.name = e.name.replace(`${name}.${from}.`, `${name}.${to}.`);
    for (const a of ['id', 'for', 'aria-describedby', 'aria-labelledby']) {
      if (e.hasAttribute(a)) e.setAttribute(a, e.getAttribute(a).split(idFrom).join(idTo));
    }
    e.removeAttribute('aria-invalid');
    if (e.matches('.error')) e.remove();
    if (e.matches('[data-row-number]')) e.textContent = to + 1;
    if (e.matches('.field')) e.classList.remove('field-bad');
    if (e.matches('input[type=checkbox],input[type=radio]')) e.checked = false;
    else if (e.matches('input,textarea')) e.value = '';
    else if (e.matches('select')) e.selectedIndex = 0;
  }
  last.after(row);
  row.querySelector('input:not([type=hidden]),select,textarea')?.focus();
}

addEventListener('click', e => {
  const b = e.target.closest?.('[data-add-row]');
  if (b) grow(b.closest('[data-rows]'));
});

const show = root => root.querySelectorAll('[data-add-row][hidden]').forEach(b => { b.hidden = false; });
show(document);
document.addEventListener('swapped', e => show(e.detail));
