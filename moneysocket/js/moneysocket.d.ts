/** What is certain about a request that did not end well. */
export type Kind =
  | 'not-sent' // nothing was sent, nothing was paid
  | 'refused' // the provider said no
  | 'unknown' // no answer: a payment may have been made
  | 'wrong' // the answer does not fit the request
  | 'draft' // a beacon of the draft version 1
  | 'failed'

export class MoneysocketError extends Error {
  readonly kind: Kind
}

/** Throw it in a handler to say no to an app, in words for a person. */
export class Refusal extends Error {}

export interface Location {
  host: string
  /** 443, or 80 if plain */
  port?: number
  /** ws instead of wss */
  plain?: boolean
}

export interface Beacon {
  /** 32 hex digits, a secret */
  seed: string
  rendezvous: string
  locations: { transport: string, url: string }[]
}

export interface Wad {
  msats: bigint
  /** true if it is said in another unit than bitcoin */
  stable: boolean
  /** decimal number of the unit, as text */
  units: string
  code: string
  /** as other programs say it, "₿ 12345.678 sat" */
  text: string
}

export interface Info {
  account: string
  payer: boolean
  payee: boolean
  wad: Wad
}

export interface Invoice {
  /** "bc", "bcrt", ... */
  network: string
  /** 0n if it names none */
  msats: bigint
  /** payment hash, 64 hex digits */
  hash: string
}

export interface Payment {
  bolt11: string
  hash: string
  preimage: string
  msats: bigint
}

/** What a payment of ours ended with. */
export interface Proof {
  preimage: string
  /** millisatoshi besides the amount; undefined if the wallet does not tell */
  fee: bigint | undefined
  /** what the wallet says besides */
  ext: string
}

export interface LinkEvent {
  state: 'dialing' | 'waiting' | 'joined' | 'ready' | 'lost'
  /** set if the other side is probably of the same role */
  hint: '' | 'same role'
  /** of 'lost': milliseconds until the next attempt */
  retry: number
  /** of 'lost': why */
  reason?: string
}

export interface ConsumerHandlers {
  /** the wallet, at first and whenever it changes */
  info?(info: Info): void
  /** an invoice of ours was paid; once for each */
  received?(payment: Payment): void
  /** an invoice that another session of the same account asked for */
  invoice?(bolt11: string): void
  /** a no of the wallet that answers no request of ours */
  error?(text: string): void
  event?(event: LinkEvent): void
  /** a round trip, in milliseconds */
  pong?(milliseconds: number): void
}

export interface Consumer {
  /** the first info */
  readonly ready: Promise<Info>
  readonly info: Info | undefined
  /** a BOLT 11 invoice of that amount */
  invoice(msats: bigint | number, description?: string): Promise<string>
  /** pays and returns the preimage; may take minutes, if a person decides */
  pay(bolt11: string): Promise<string>
  /** the same, with the fee */
  prove(bolt11: string): Promise<Proof>
  /** has received() hear of an invoice of an earlier session */
  watch(bolt11: string): void
  close(): void
}

export interface Request {
  uuid: string
  msats: bigint
  description: string
  /** of a payment */
  bolt11: string
  /** payment hash, of a payment */
  hash: string
}

export interface ProviderHandlers {
  /** returns a BOLT 11 invoice; without the handler invoices are refused */
  invoice?(request: Request): string | Promise<string>
  /** pays and returns the preimage; without the handler payments are refused */
  pay?(request: Request): string | Promise<string>
  event?(event: LinkEvent): void
}

export interface Shown {
  msats: bigint | number
  payer?: boolean
  payee?: boolean
  /** another unit to show the amount in */
  code?: string
  units?: string
  symbol?: string
  decimals?: number
}

export interface Provider {
  /** sets what apps see, and tells them; before the first they wait */
  show(wallet: Shown): void
  /** an invoice of this wallet was paid by somebody */
  received(preimage: string): void
  close(): void
}

export interface Moneysocket {
  /** without a seed a new one is made */
  encodeBeacon(beacon: { seed?: string, locations: Location[] }): string
  decodeBeacon(text: string): Beacon
  parseInvoice(bolt11: string): Invoice
  consumer(beacon: string, on?: ConsumerHandlers): Consumer
  provider(beacon: string, on: ProviderHandlers): Provider
}

/** Loads the WebAssembly, once. By default moneysocket.wasm beside this module. */
export function load(options?: { wasm?: URL | string | BufferSource }): Promise<Moneysocket>
