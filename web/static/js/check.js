// Asks while typing: a field with data-check-url sends its form's values there
// and puts the answer into the place its data-check-target names.
import { parse } from './swap.js';

const timers = new WeakMap(), asked = new WeakMap();

async function ask(field) {
  const box = document.querySelector(field.dataset.checkTarget);
  if (!box || !field.form) return;
  asked.get(field)?.abort();
  const stop = new AbortController();
  asked.set(field, stop);
  const u = new URL(field.dataset.checkUrl, location.href);
  const secret = new Set([...field.form.querySelectorAll('[type=password]')].map(e => e.name)); // never into an address
  for (const [k, v] of new FormData(field.form)) {
    if (typeof v === 'string' && v !== '' && !k.startsWith('_') && !secret.has(k)) u.searchParams.append(k, v);
  }
  try {
    const r = await fetch(u, { headers: { 'X-Fragment': box.id }, signal: stop.signal, credentials: 'same-origin' });
    if (!r.ok || r.redirected) return;
    const doc = parse(await r.text()), part = doc.getElementById(box.id) || doc.body;
    box.replaceChildren(...part.childNodes);
  } catch (e) {
    if (e.name !== 'AbortError') box.replaceChildren();
  }
}

const later = e => {
  const field = e.target.closest?.('[data-check-url]');
  if (!field || e.isComposing) return;
  clearTimeout(timers.get(field));
  timers.set(field, setTimeout(() => ask(field), 300));
};
addEventListener('input', later);
addEventListener('compositionend', later);
