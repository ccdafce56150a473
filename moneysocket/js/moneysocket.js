// Moneysocket for browsers: apps (consumers) and wallets (providers) of
// generation v0. The protocol is the Go package moneysocket, compiled to
// WebAssembly; this module gives it promises and BigInt.
//
//   import { load } from './moneysocket.js'
//   const { consumer } = await load()
//   const app = consumer(beacon, { info: (i) => console.log(i.wad.text) })
//   const preimage = await app.pay(bolt11)

/** What a request can end with; kind says what is certain about it. */
export class MoneysocketError extends Error {
  constructor(message, kind = 'failed') {
    super(message)
    this.name = 'MoneysocketError'
    this.kind = kind
  }
}

/** Says no to a request of an app, in words for the person who uses it. */
export class Refusal extends Error {}

const checked = (result) => {
  if (result && typeof result === 'object' && 'error' in result) {
    throw new MoneysocketError(result.error, result.draft ? 'draft' : 'failed')
  }
  return result
}

const big = (o) => ({ ...o, msats: BigInt(o.msats) })
const withWad = (i) => ({ ...i, wad: big(i.wad) })

// A handler of the page must not take the protocol down with it.
const safely = (f) => (...args) => {
  try {
    return f?.(...args)
  } catch (e) {
    console.error(e)
  }
}

const amount = (msats) => {
  if (typeof msats !== 'bigint' && !Number.isSafeInteger(msats)) {
    throw new MoneysocketError('msats is a whole number, best a BigInt')
  }
  return String(msats)
}

let loading

/** Loads the WebAssembly once and returns the functions of the protocol. */
export function load(options = {}) {
  loading ??= start(options).catch((e) => {
    loading = undefined
    throw e
  })
  return loading
}

async function start({ wasm = new URL('./moneysocket.wasm', import.meta.url) }) {
  if (!globalThis.Go) await import('./wasm_exec.js') // of the Go that built the WebAssembly
  const go = new globalThis.Go()
  const source = wasm instanceof URL || typeof wasm === 'string' ? await (await fetch(wasm)).arrayBuffer() : wasm
  const { instance } = await WebAssembly.instantiate(source, go.importObject)
  const core = {}
  await new Promise((resolve, reject) => {
    core.ready = resolve
    globalThis.__moneysocket = core
    go.run(instance).then(() => reject(new MoneysocketError('the program ended')), reject)
  })
  delete globalThis.__moneysocket
  return {
    encodeBeacon: (beacon) => checked(core.encodeBeacon(beacon)),
    decodeBeacon: (text) => checked(core.decodeBeacon(text)),
    parseInvoice: (bolt11) => big(checked(core.parseInvoice(bolt11))),
    consumer: (beacon, on = {}) => consumer(core, beacon, on),
    provider: (beacon, on) => provider(core, beacon, on)
  }
}

function consumer(core, beacon, on) {
  let first
  const ready = new Promise((resolve) => { first = resolve })
  const app = checked(core.consumer(beacon, {
    info: safely((i) => {
      app.current = withWad(i)
      first(app.current)
      on.info?.(app.current)
    }),
    received: safely((p) => on.received?.(big(p))),
    invoice: safely((bolt11) => on.invoice?.(bolt11)),
    error: safely((text) => on.error?.(text)),
    event: safely((e) => on.event?.(e)),
    pong: safely((ms) => on.pong?.(ms))
  }))
  const promised = (call) => new Promise((resolve, reject) => {
    checked(call((result, e) => e ? reject(new MoneysocketError(e.error, e.kind)) : resolve(result)))
  })
  return {
    ready,
    get info() { return app.current },
    invoice: (msats, description = '') => promised((done) => app.invoice(amount(msats), description, done)),
    pay: (bolt11) => promised((done) => app.pay(bolt11, done)).then((p) => p.preimage),
    prove: (bolt11) => promised((done) => app.pay(bolt11, done)).then((p) => ({ ...p, fee: p.fee === null ? undefined : BigInt(p.fee) })),
    watch: (bolt11) => { checked(app.watch(bolt11)) },
    close: () => { app.close() }
  }
}

function provider(core, beacon, on) {
  // A request is answered whenever the page's promise says so.
  const answering = (handler, field) => safely((r) => {
    Promise.resolve().then(() => {
      if (!handler) throw new Refusal('the wallet does not do that')
      return handler(big(r))
    }).then(
      (text) => wallet.answer(r.uuid, { [field]: text }),
      (e) => {
        if (!(e instanceof Refusal)) console.error(e)
        wallet.answer(r.uuid, { error: e instanceof Refusal && e.message ? e.message : 'the wallet could not do that' })
      })
  })
  const wallet = checked(core.provider(beacon, {
    invoice: answering(on.invoice, 'bolt11'),
    pay: answering(on.pay, 'preimage'),
    event: safely((e) => on.event?.(e))
  }))
  return {
    show: ({ msats, payer = true, payee = true, ...unit }) => {
      checked(wallet.show({ payer, payee, wad: { ...unit, msats: amount(msats) } }))
    },
    received: (preimage) => { wallet.received(preimage) },
    close: () => { wallet.close() }
  }
}
