'use strict';
// An ordinary LIME client: lime-js over WebSocket. The test says what to do in
// lines of JSON on standard input, and reads what happened on standard output.
const Lime = require('lime-js');
const WebSocketTransport = require('lime-transport-websocket');
const { say, orders } = require('./lines');

const o = JSON.parse(process.argv[2]);
const base64 = (s) => Buffer.from(s, 'utf8').toString('base64');

function authentication() {
  const a = {
    guest: () => new Lime.GuestAuthentication(),
    plain: () => Object.assign(new Lime.PlainAuthentication(), { password: base64(o.secret) }),
    key: () => Object.assign(new Lime.KeyAuthentication(), { key: base64(o.secret) }),
    transport: () => new Lime.TransportAuthentication(),
    external: () => Object.assign(new Lime.ExternalAuthentication(), { token: base64(o.secret), issuer: o.issuer }),
  }[o.scheme];
  return a();
}

async function main() {
  const transport = new WebSocketTransport(null, false);
  transport.onClose = () => say({ did: 'closed' });
  transport.onError = (e) => say({ wrong: String((e && e.message) || e) });
  await transport.open(o.url);
  say({ did: 'open', protocol: transport._webSocket.protocol });

  // Automatic answers to pings, and to messages if they are wanted.
  const channel = new Lime.ClientChannel(transport, true, o.receipts);
  const read = transport.onEnvelope;
  transport.onEnvelope = (e) => {
    say({ came: e });
    read(e);
  };
  try {
    await channel.establishSession('none', 'none', o.identity, authentication(), o.instance);
  } catch (session) {
    say({ did: 'refused', session, wrong: session && session.message });
    process.exit(2);
  }
  say({ did: 'established', local: channel.localNode, remote: channel.remoteNode });

  orders({
    message: (e) => channel.sendMessage(e),
    notification: (e) => channel.sendNotification(e),
    raw: (e) => transport.send(e),
    command: (c) => channel.processCommand(c, o.timeout).then((answer) => say({ answer }), (e) => say({ wrong: String((e && e.message) || e) })),
    finish: () => channel.sendFinishingSession(),
  });
}
main().catch((e) => {
  say({ wrong: String((e && e.stack) || e) });
  process.exit(1);
});
