// Swaps one part of the page for the same part of an answer: links and forms
// marked data-swap="#id". Without this file they are ordinary links and forms.
const live = document.getElementById('live');
// Only our own files may run.
const ours = s => {
  const u = new URL(s, location.href);
  if (u.origin !== location.origin || !u.pathname.startsWith('/static/')) throw new TypeError('not ours: ' + u);
  return u.href;
};
// The one Trusted Types policy; the content security policy names it.
const rules = { createHTML: s => s, createScriptURL: ours };
const policy = self.trustedTypes?.createPolicy('swap', rules) ?? rules;
let running = null;

export const scriptURL = u => policy.createScriptURL(u);

export function parse(text) {
  return new DOMParser().parseFromString(policy.createHTML(text), 'text/html');
}

async function swap(url, sel, opt = {}, push = true, plain = () => location.assign(url)) {
  running?.abort();
  const mine = running = new AbortController();
  const box = document.querySelector(sel);
  if (!box) return plain();
  box.setAttribute('aria-busy', 'true');
  try {
    const headers = { 'X-Fragment': sel.slice(1), ...opt.headers };
    const r = await fetch(url, { ...opt, headers, signal: mine.signal, credentials: 'same-origin' });
    if (r.redirected) return location.assign(r.url);
    if (!r.headers.get('Content-Type')?.startsWith('text/html')) return plain();
    const doc = parse(await r.text()), next = doc.querySelector(sel);
    if (!next) return plain();
    put(sel, next, opt.calm);
    if (doc.title) document.title = doc.title;
    if (push) { history.pushState({ sel }, '', r.url); here = pageOf(location); }
  } catch (e) {
    if (e.name !== 'AbortError') plain();
  } finally {
    if (running === mine) document.querySelector(sel)?.removeAttribute('aria-busy');
  }
}

function put(sel, next, calm) {
  const active = document.activeElement?.id;
  const apply = () => {
    document.querySelector(sel).replaceWith(next);
    if (active) document.getElementById(active)?.focus({ preventScroll: true });
    const bad = next.querySelector('[data-error-summary]');
    if (bad) bad.focus(); else if (live) live.textContent = next.dataset.announce || '';
    document.dispatchEvent(new CustomEvent('swapped', { detail: next }));
  };
  const still = calm || document.hidden || matchMedia('(prefers-reduced-motion: reduce)').matches;
  if (document.startViewTransition && !still) document.startViewTransition(apply); else apply();
}

addEventListener('click', e => {
  const a = e.target.closest?.('a[data-swap]');
  if (!a || e.defaultPrevented || e.button || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey || a.target) return;
  e.preventDefault();
  swap(a.href, a.dataset.swap);
});

addEventListener('submit', e => {
  const f = e.target, b = e.submitter;
  if (!f.matches('form[data-swap]') || e.defaultPrevented) return;
  e.preventDefault();
  const d = new FormData(f);
  if (b?.name) d.append(b.name, b.value);
  const u = new URL(b?.getAttribute('formaction') || f.getAttribute('action') || location.pathname, location.href);
  if (f.method === 'get') {
    u.search = new URLSearchParams(d);
    swap(u.href, f.dataset.swap, { calm: 'live' in f.dataset });
  } else {
    const body = f.enctype === 'multipart/form-data' ? d : new URLSearchParams(d);
    swap(u.href, f.dataset.swap, { method: 'POST', body }, false, () => f.submit());
  }
});

let timer;
const search = e => {
  const f = e.target.form;
  if (!f?.matches('form[data-live]') || e.isComposing) return; // never in the middle of pinyin
  clearTimeout(timer);
  timer = setTimeout(() => f.requestSubmit?.(), 300);
};
addEventListener('input', search);
addEventListener('compositionend', search);

// A jump to an anchor is a popstate too, and must not load the page again.
const pageOf = l => l.pathname + l.search;
let here = pageOf(location);
addEventListener('popstate', e => {
  if (pageOf(location) === here) return;
  here = pageOf(location);
  if (e.state?.sel) swap(location.href, e.state.sel, {}, false); else location.reload();
});
const first = document.querySelector('[data-swap]');
if (first) history.replaceState({ sel: first.dataset.swap }, '');

document.querySelector('[data-error-summary]')?.focus();
