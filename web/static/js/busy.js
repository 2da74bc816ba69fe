// Lets a form be posted once: a second click while the first is on its way is
// dropped. The button keeps its name and value, so it is not disabled.
addEventListener('submit', e => {
  const f = e.target;
  if (f.method !== 'post') return;
  if (f.dataset.busy) { e.preventDefault(); e.stopImmediatePropagation(); return; }
  f.dataset.busy = '1';
  (e.submitter || f.querySelector('button:not([type=button])'))?.setAttribute('aria-disabled', 'true');
}, true);

const free = root => root.querySelectorAll('form[data-busy]').forEach(f => {
  delete f.dataset.busy;
  f.querySelectorAll('[aria-disabled=true]').forEach(b => b.removeAttribute('aria-disabled'));
});
// Back from the next page the form must work again.
addEventListener('pageshow', () => free(document));
document.addEventListener('swapped', () => free(document));
// A download or a lost answer leaves the page where it is.
addEventListener('submit', e => setTimeout(() => { if (e.target.isConnected) free(document); }, 8000));
