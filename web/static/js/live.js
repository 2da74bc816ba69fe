// Hears that something has changed, on pages that ask for it (body data-live):
// document gets an event "live" with { topic, new }, topic "*" when all that is
// shown may be old, and "live-state" with true or false as the stream comes and
// goes. A browser opens few connections to one host, so all its pages share one
// stream: the page that holds a lock listens and passes on; without locks (a
// plain http address) a shared worker does; without either each page listens
// while it is seen.
import { scriptURL } from './swap.js';

const pass = hint => document.dispatchEvent(new CustomEvent('live', { detail: hint }));
const state = on => document.dispatchEvent(new CustomEvent('live-state', { detail: on }));

// listen opens a stream and opens it again when the browser has given up.
function listen(last, say) {
  let source, timer, closed = false;
  const open = () => {
    source = new EventSource('/live' + (last ? '?after=' + encodeURIComponent(last) : ''));
    source.onopen = () => say({ on: true });
    source.onmessage = e => { last = e.lastEventId; say({ id: last, hint: JSON.parse(e.data) }); };
    source.onerror = () => {
      say({ on: false });
      if (source.readyState === EventSource.CLOSED && !closed) timer = setTimeout(open, 5000);
    };
  };
  open();
  return () => { closed = true; clearTimeout(timer); source.close(); };
}

function byLock() {
  const channel = new BroadcastChannel('live');
  let last = '', release;
  const hear = m => {
    if (m.id) last = m.id;
    if (m.hint) pass(m.hint);
    if ('on' in m) state(m.on);
  };
  channel.onmessage = e => hear(e.data);
  navigator.locks.request('live', () => new Promise(done => {
    const stop = listen(last, m => { hear(m); channel.postMessage(m); });
    release = () => { stop(); done(); };
  }));
  addEventListener('pagehide', () => release?.());
}

function byWorker() {
  const { port } = new SharedWorker(scriptURL(new URL('./liveworker.js', import.meta.url)));
  port.onmessage = e => {
    if (e.data.hint) pass(e.data.hint);
    if ('on' in e.data) state(e.data.on);
  };
  addEventListener('pagehide', () => port.postMessage('bye'));
}

function alone() {
  let stop;
  const say = m => { if (m.hint) pass(m.hint); if ('on' in m) state(m.on); };
  const look = () => {
    if (document.hidden) { stop?.(); stop = null; return; }
    if (!stop) { stop = listen('', say); pass({ topic: '*', new: 0 }); }
  };
  document.addEventListener('visibilitychange', look);
  addEventListener('pagehide', () => stop?.());
  look();
}

if ('live' in document.body.dataset) {
  if (navigator.locks && 'BroadcastChannel' in self) byLock();
  else if ('SharedWorker' in self) byWorker();
  else alone();
  // A page that comes back from the browser's memory has missed the meantime.
  addEventListener('pageshow', e => { if (e.persisted) location.reload(); });
}
