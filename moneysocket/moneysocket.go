// Package moneysocket speaks Moneysocket, generation v0: apps (consumers) and
// wallets (providers) that meet at a rendezvous and exchange invoices,
// payments and balances in encrypted frames over websockets.
//
// Two parties share a [Beacon]: a secret seed and where to meet. Each opens a
// [Link], by dialling out ([Outgoing]) or by waiting at its own relay
// ([Incoming]), and puts a [Consumer] or a [Provider] on it. Both reconnect by
// themselves until their context ends. A [Relay] joins those who name the same
// rendezvous and passes their frames on unread.
//
// The program decides about money; this package decides about frames. It
// refuses clear messages after the rendezvous, asks REQUEST_PROVIDER once for a
// connection, and gives a request to the program once for its request_uuid, as
// far as its memory goes: see [Provider] for where that boundary is. The
// protocol has no authenticity beyond the seed: a program that pays keeps
// request uuids and payment hashes on disk.
//
// Beacons of the draft v1 are read, with [ParseDraft], only to be able to tell
// a user what they are.
package moneysocket
