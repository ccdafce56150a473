package moneysocket

// Msat is an amount of money in thousandths of a satoshi, the only unit of the protocol.
type Msat int64

// MaxMsat is all there can ever be: 21 million bitcoin. What a message says beyond it
// makes no sense.
const MaxMsat Msat = 21_000_000 * 100_000_000 * 1000
