package moneysocket

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/btcsuite/btcd/address/v2/bech32"
)

// hrp is the human readable part of a beacon (BIP 173).
const hrp = "moneysocket"

// Types of the TLVs in a v0 beacon.
const (
	tlvBeacon        = 65979
	tlvSeed          = 65981
	tlvCount         = 65983
	tlvLocations     = 65985
	tlvWebSocket     = 65987
	tlvWebRTC        = 65989
	tlvBluetooth     = 65991
	tlvNFC           = 65993
	subHost          = 0
	subTLS           = 1
	subPort          = 2
	portTLS          = 443
	portPlain        = 80
	maxBeacon        = 4096 // characters of a beacon that anybody could mean
	maxLocations     = 64
	placeholderLimit = 1024
)

// Transport is how a location is reached.
type Transport string

// The transports that a v0 beacon can name. Only websockets can be used: the
// others are placeholders in the protocol.
const (
	WebSocket Transport = "WebSocket"
	WebRTC    Transport = "WebRTC"
	Bluetooth Transport = "Bluetooth"
	NFC       Transport = "NFC"
)

// placeholders are the types of the transports without an address.
var placeholders = map[uint64]Transport{tlvWebRTC: WebRTC, tlvBluetooth: Bluetooth, tlvNFC: NFC}

// Location is where the other side can be met.
type Location struct {
	Transport   Transport // WebSocket if empty
	Host        string    // of a websocket: DNS name or IP address, an IPv6 address without brackets
	Port        uint16    // of a websocket; 0 is 443, or 80 in plain
	Plain       bool      // ws instead of wss
	Placeholder string    // of the other transports
}

// port is the port to dial.
func (l Location) port() uint16 {
	switch {
	case l.Port != 0:
		return l.Port
	case l.Plain:
		return portPlain
	}
	return portTLS
}

// IsWebSocket reports whether the location can be dialled.
func (l Location) IsWebSocket() bool { return l.Transport == "" || l.Transport == WebSocket }

// URL returns the address to dial, as in wss://relay.example.org:443. It is
// empty for what is no websocket.
func (l Location) URL() string {
	if !l.IsWebSocket() {
		return ""
	}
	scheme := "wss"
	if l.Plain {
		scheme = "ws"
	}
	return scheme + "://" + net.JoinHostPort(l.Host, strconv.Itoa(int(l.port())))
}

// Beacon is an invitation to a link: the seed and where to meet. It is a
// secret, because the seed is.
type Beacon struct {
	Seed      Seed
	Locations []Location
}

// String writes the beacon as bech32 text in lower case, as
// [ParseBeacon] reads it.
func (b Beacon) String() string {
	groups, err := bech32.ConvertBits(b.payload(), 8, 5, true)
	if err != nil {
		return ""
	}
	text, err := bech32.Encode(hrp, groups)
	if err != nil {
		return ""
	}
	return text
}

// payload is what bech32 wraps.
func (b Beacon) payload() []byte {
	list := appendTLV(nil, tlvCount, appendBigSize(nil, uint64(len(b.Locations))))
	for _, l := range b.Locations {
		list = append(list, l.tlv()...)
	}
	inner := appendTLV(nil, tlvSeed, b.Seed[:])
	inner = appendTLV(inner, tlvLocations, list)
	return appendTLV(nil, tlvBeacon, inner)
}

func (l Location) tlv() []byte {
	for kind, t := range placeholders {
		if t == l.Transport {
			return appendTLV(nil, kind, appendTLV(nil, subHost, []byte(l.Placeholder)))
		}
	}
	host := l.Host
	if strings.Contains(host, ":") {
		host = "[" + host + "]" // old programs put the host into a URL as it is
	}
	sub := appendTLV(nil, subHost, []byte(host))
	usual := uint16(portTLS)
	if l.Plain {
		sub = appendTLV(sub, subTLS, []byte{0})
		usual = portPlain
	}
	if l.port() != usual {
		sub = appendTLV(sub, subPort, appendBigSize(nil, uint64(l.Port)))
	}
	return appendTLV(nil, tlvWebSocket, sub)
}

// checkHost accepts DNS names and IP addresses, an IPv6 address with or
// without brackets, and returns it without them. Everything else could smuggle
// a path, a user or a port into a URL.
func checkHost(host string) (string, error) {
	bare := host
	if inner, ok := strings.CutPrefix(host, "["); ok {
		if inner, ok = strings.CutSuffix(inner, "]"); ok {
			bare = inner
		}
	}
	if ip, err := netip.ParseAddr(bare); err == nil && ip.Zone() == "" && (bare == host || ip.Is6()) {
		return bare, nil
	}
	if len(host) == 0 || len(host) > 253 {
		return "", fmt.Errorf("%w: invalid host", ErrBeacon)
	}
	for label := range strings.SplitSeq(strings.TrimSuffix(host, "."), ".") {
		if len(label) == 0 || len(label) > 63 || strings.Trim(strings.ToLower(label), "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return "", fmt.Errorf("%w: invalid host", ErrBeacon)
		}
	}
	return host, nil
}
