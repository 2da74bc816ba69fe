// Stands in for a package that is no longer to be had: XML without its root,
// lists as arrays.
const { XMLParser } = require('fast-xml-parser');

const items = { services: 'service', attributes: 'attribute', values: 'value', service_requests: 'request', endpoints: 'endpoint', formats: 'format' };
const parser = new XMLParser({ parseTagValue: false, ignoreDeclaration: true, isArray: name => Object.values(items).includes(name) });

function lists(x) {
  if (Array.isArray(x)) return x.map(lists);
  if (x === null || typeof x !== 'object') return x;
  return Object.fromEntries(Object.entries(x).map(([k, v]) => [k, items[k] ? lists(v[items[k]] || []) : lists(v)]));
}

exports.parseXml = text => Object.values(lists(parser.parse(text)))[0];
