// Makes every call of the npm client open311 against a running portal, in one
// format: node drive.js BASE KEY FORMAT. It ends with 0 if all went well.
const assert = require('node:assert');
const { promisify } = require('node:util');
const Open311 = require('open311');

const [base, apiKey, format] = process.argv.slice(2);
const jurisdiction = 'yunting';
const client = new Open311({ discovery: `${base}/open311/discovery.${format}`, jurisdiction, apiKey });
const call = (name, ...args) => promisify(client[name].bind(client))(...args);

(async () => {
  await call('serviceDiscovery', { cache: true });
  assert.strictEqual(client.endpoint, `${base}/open311/v2/`);
  client.format = format; // after discovery the client likes JSON best

  const services = await call('serviceList');
  const cover = services.find(s => s.service_code === '103');
  assert.ok(cover.service_name && String(cover.metadata) === 'true' && cover.type === 'realtime');
  const { attributes } = await call('serviceDefinition', '103');
  assert.strictEqual(attributes[0].code, 'STATE');
  assert.ok(attributes[0].values.some(v => v.key === 'missing'));

  const asked = { service_code: '103', lat: 29.8712, long: 121.5431, description: `井盖没了 <${format}> & 小心`, attributes: { STATE: 'missing' } };
  const [filed] = await call('submitRequest', asked);
  assert.match(filed.service_request_id, /^GD-\d{4}-\d+$/);
  const [again] = await call('submitRequest', asked);
  assert.strictEqual(again.service_request_id, filed.service_request_id, 'the same request is two orders');
  const [one] = await call('serviceRequest', filed.service_request_id);
  assert.strictEqual(one.service_request_id, filed.service_request_id);
  assert.strictEqual(one.status, 'open');
  assert.ok(!isNaN(one.requested_datetime));

  const [dispute] = await call('submitRequest', { service_code: '403', address_string: '光明路 200 弄', description: `楼顶搭建 ${format}` });
  assert.ok(dispute.token && !dispute.service_request_id);
  const [waits] = await call('token', dispute.token);
  assert.ok(!waits.service_request_id, 'a number before anybody has read it');
  assert.strictEqual(waits.token, dispute.token);

  const closed = await call('serviceRequests', { status: 'closed' });
  assert.ok(closed.length > 0 && closed.every(r => r.status === 'closed'));
  const ids = closed.slice(0, 2).map(r => r.service_request_id);
  const both = await call('serviceRequests', ids, { status: 'open' }); // numbers override the status
  assert.deepStrictEqual(both.map(r => r.service_request_id).sort(), [...ids].sort());

  await assert.rejects(call('serviceRequest', 'GD-1999-00001'));
  await assert.rejects(call('submitRequest', { service_code: '103', lat: 1, long: 1 }));
  client.apiKey = 'x';
  await assert.rejects(call('submitRequest', asked));
  console.log(`${format}: ${services.length} services, ${filed.service_request_id}, ${closed.length} closed`);
})().catch(e => { console.error(e); process.exit(1); });
