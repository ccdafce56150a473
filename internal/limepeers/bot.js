'use strict';
// A bot of BLiP on the SDK that its makers give out. On connecting it
// authenticates by key, sets its presence and which receipts it wants; it tells
// the sender of every message that it was received and consumed.
const { ClientBuilder } = require('blip-sdk');
const WebSocketTransport = require('lime-transport-websocket');
const { say, orders } = require('./lines');

const o = JSON.parse(process.argv[2]);
const url = new URL(o.url);

function transport() {
  const t = new WebSocketTransport(null, false);
  let read = () => {};
  // The SDK sets onEnvelope whenever it likes.
  Object.defineProperty(t, 'onEnvelope', {
    get: () => (e) => {
      say({ came: e });
      read(e);
    },
    set: (f) => { read = f; },
  });
  return t;
}

const [id, domain] = o.identity.split('@');
const client = new ClientBuilder()
  .withIdentifier(id).withDomain(domain).withInstance(o.instance)
  .withScheme('ws').withHostName(url.hostname).withPort(Number(url.port))
  .withAccessKey(Buffer.from(o.secret).toString('base64'))
  .withTransportFactory(transport)
  .build();
client.addMessageReceiver(() => true, () => true);

client.connect().then(() => {
  say({ did: 'established', local: client._clientChannel.localNode, remote: client._clientChannel.remoteNode });
  orders({
    message: (e) => client.sendMessage(e),
    notification: (e) => client.sendNotification(e),
    command: (c) => client.sendCommand(c).then((answer) => say({ answer }), (e) => say({ wrong: String((e && e.message) || JSON.stringify(e)) })),
    finish: () => client.close().then(() => say({ did: 'closed' })),
  });
}, (e) => {
  say({ did: 'refused', session: e, wrong: e && e.message });
  process.exit(2);
});
process.on('unhandledRejection', (e) => say({ wrong: String((e && e.message) || JSON.stringify(e)) }));
