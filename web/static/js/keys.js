// Keys of a desk, only on pages that ask for them (body data-keys; WCAG 2.1.4):
// "/" the search, j and k the rows, Ctrl+Enter sends the form, and any link or
// button with data-key="alt+n" its own key.
const typing = e => e.isComposing || e.target.closest?.('input,textarea,select,[contenteditable]');

function step(by) {
  const rows = [...document.querySelectorAll('.cards tbody th a, .tasks .task-what a')];
  const at = rows.indexOf(document.activeElement);
  rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? 0 : at + by))]?.focus();
}

const letters = () => document.body.dataset.keys !== 'chords'; // a person may switch single letters off
const chord = e => e.altKey || e.ctrlKey || /^F\d+$/.test(e.key);
const named = e => (e.ctrlKey ? 'ctrl+' : '') + (e.altKey ? 'alt+' : '') + e.key.toLowerCase();

function press(e) {
  const key = named(e);
  const own = [...document.querySelectorAll('[data-key]')].find(x => x.dataset.key === key);
  if (own && (chord(e) || letters() && !typing(e))) return own.click(), true;
  if (key === 'ctrl+enter') return e.target.form?.requestSubmit?.(), Boolean(e.target.form);
  if (!letters() || typing(e) || e.ctrlKey || e.altKey || e.metaKey) return false;
  if (key === '/') return document.querySelector('input[type=search]')?.focus(), true;
  if (key === 'j' || key === 'k') return step(key === 'j' ? 1 : -1), true;
  return false;
}

if ('keys' in document.body.dataset) {
  addEventListener('keydown', e => { if (!e.isComposing && !e.defaultPrevented && press(e)) e.preventDefault(); });
}
