// Listens for all pages of a browser that has no locks; see live.js.
const ports = new Set();
let source = null, last = '';

const say = m => ports.forEach(p => p.postMessage(m));

function open() {
  source = new EventSource('/live' + (last ? '?after=' + encodeURIComponent(last) : ''));
  source.onopen = () => say({ on: true });
  source.onmessage = e => { last = e.lastEventId; say({ hint: JSON.parse(e.data) }); };
  source.onerror = () => {
    say({ on: false });
    if (source.readyState === EventSource.CLOSED) { source = null; setTimeout(() => { if (ports.size && !source) open(); }, 5000); }
  };
}

onconnect = e => {
  const port = e.ports[0];
  ports.add(port);
  port.onmessage = m => {
    if (m.data !== 'bye') return;
    ports.delete(port);
    if (!ports.size) { source?.close(); source = null; }
  };
  if (!source) open(); else port.postMessage({ on: source.readyState === EventSource.OPEN });
};
