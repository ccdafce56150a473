package wallet

import (
	"crypto/rand"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/moneysocket"
)

// LinkSecret is what an app needs to come to the wallet.
type LinkSecret struct {
	Beacon   string   // of a Moneysocket app that comes to our relay
	Identity string   // as which a bot logs in,
	URLs     []string // where,
	Key      string   // and with which key
}

// newSecret makes what the app needs, and writes down in n by what it is known.
func (s *Service) newSecret(by Caller, n *app.NewApp) (*LinkSecret, error) {
	switch n.Kind {
	case app.Moneysocket:
		return s.meeting(n)
	case app.LIME:
		return s.botKey(by, n)
	}
	return nil, ErrAppKind
}

// meeting prepares to meet a Moneysocket app: at the beacon that it gave, or at ours.
func (s *Service) meeting(n *app.NewApp) (*LinkSecret, error) {
	if !s.Apps.Moneysocket {
		return nil, ErrNoMoneysocket
	}
	if n.Beacon != "" {
		return &LinkSecret{}, s.given(n)
	}
	if !s.Apps.Here {
		return nil, ErrNeedsBeacon
	}
	b := moneysocket.Beacon{Seed: moneysocket.NewSeed(), Locations: []moneysocket.Location{s.Apps.Location}}
	n.Secret = hex.EncodeToString(b.Seed[:])
	return &LinkSecret{Beacon: b.String()}, nil
}

// given reads the beacon of an app.
func (s *Service) given(n *app.NewApp) error {
	b, err := moneysocket.ParseBeacon(n.Beacon)
	if _, draft := moneysocket.ParseDraft(n.Beacon); err != nil && draft == nil {
		return ErrBeaconDraft.Because(err)
	}
	if err != nil {
		return ErrBeaconBad.Because(err)
	}
	if !slices.ContainsFunc(b.Locations, moneysocket.Location.IsWebSocket) {
		return ErrBeaconNowhere
	}
	if !s.Apps.Dials {
		return ErrNoDialling
	}
	n.Beacon, n.Secret = b.String(), hex.EncodeToString(b.Seed[:])
	return nil
}

// botKey makes the key of a bot.
func (s *Service) botKey(by Caller, n *app.NewApp) (*LinkSecret, error) {
	switch {
	case s.Apps.LIME == "":
		return nil, ErrNoBots
	case n.Beacon != "":
		return nil, ErrBotBeacon
	case by.User.Name == "": // an account of old, that nobody could log in to
		return nil, ErrNoName.With(fault.Args{"register": "name"})
	}
	key := strings.ToLower(rand.Text())
	n.Secret = HashKey(key)
	return &LinkSecret{Identity: by.User.Name + "@" + s.Apps.LIME, URLs: s.Apps.LIMEURLs, Key: key}, nil
}
