// The operators' console: saves the draft at every pause, puts what stands
// around its fields into place without touching what is being typed, and tells
// of new calls and orders. Without this file its buttons save and show the page.
import { parse } from './swap.js';

const form = document.querySelector('form[data-draft]');
let dirty = false, busy = false, timer, stopped = false, leaving = false;

const say = what => {
  const box = document.getElementById('save-state');
  if (box && form) box.textContent = form.dataset[what] || '';
};

async function save() {
  if (!dirty || busy || stopped || leaving) return;
  dirty = false;
  busy = true;
  say('saving');
  let again = 0;
  try {
    const r = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)), headers: { 'X-Fragment': 'draft' },
      credentials: 'same-origin', signal: AbortSignal.timeout?.(10000) });
    if (r.status === 409) { stopped = true; return say('other'); }
    if (r.status === 422) return say('lost'); // filing says what is wrong
    if (!r.ok || r.redirected) throw new Error(r.status);
    form.elements._revision.value = (r.headers.get('ETag') || '').replace(/\D/g, '');
    place(parse(await r.text()));
    if (!dirty) say('saved');
  } catch {
    if (leaving) return;
    dirty = true; // the server is away: what is typed stays here until it is back
    again = 2000;
    say('lost');
  } finally {
    busy = false;
    if (dirty && !stopped) { clearTimeout(timer); timer = setTimeout(save, again); }
  }
}

// place puts the parts beside the fields; the focus stays where it is.
function place(doc) {
  for (const part of doc.querySelectorAll('[data-part]')) {
    const old = document.getElementById(part.id);
    if (!old || old.innerHTML === part.innerHTML) continue;
    const inside = old.contains(document.activeElement) && document.activeElement.textContent;
    old.replaceChildren(...part.childNodes);
    if (inside) [...old.querySelectorAll('button')].find(b => b.textContent === inside)?.focus();
  }
}

const later = ms => { dirty = true; clearTimeout(timer); timer = setTimeout(save, ms); };

if (form) {
  form.addEventListener('input', e => { if (!e.isComposing) later(400); });
  form.addEventListener('compositionend', () => later(400));
  form.addEventListener('click', e => {
    const b = e.target.closest('button.pick');
    if (!b) return;
    e.preventDefault();
    for (const [name, value] of Object.entries(JSON.parse(b.value))) if (form.elements[name]) form.elements[name].value = value;
    later(0);
  });
  form.addEventListener('submit', e => {
    if (e.submitter?.dataset.sure && !confirm(e.submitter.dataset.sure)) return e.preventDefault();
    if (e.submitter?.value === 'save' && !e.submitter.getClientRects().length) { e.preventDefault(); return later(0); } // Enter in a field
    leaving = true;
  }, true);
  addEventListener('pageshow', () => { leaving = false; });
  addEventListener('pagehide', () => {
    if (dirty && !leaving && !stopped) fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)), headers: { 'X-Fragment': 'draft' }, credentials: 'same-origin', keepalive: true });
  });
}

// refresh draws one part anew, unless somebody stands in it.
async function refresh(id) {
  const r = await fetch('/console/' + id, { headers: { 'X-Fragment': id }, credentials: 'same-origin' });
  if (!r.ok || r.redirected) return;
  const next = parse(await r.text()).getElementById(id), old = document.getElementById(id);
  if (next && old && !old.contains(document.activeElement)) old.replaceWith(next);
}

let fresh = 0;
document.addEventListener('live', e => {
  const { topic, new: n } = e.detail, hint = document.querySelector('.queue-hint');
  if ((topic === 'calls' || topic === '*') && document.getElementById('ringing')) refresh('ringing').catch(() => {});
  if (topic === 'orders' && n && hint) { fresh += n; hint.textContent = hint.dataset.new.replace('{n}', fresh); }
});
document.addEventListener('swapped', e => { if (e.detail.id === 'queue') fresh = 0; });
