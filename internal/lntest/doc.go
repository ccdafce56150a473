// Package lntest holds the workers of Lightning to their promises on a real
// network: three LND nodes with channels, of which the first is the gateway's,
// that are killed, frozen and overcharged while payments are under way. It has
// tests only.
package lntest
