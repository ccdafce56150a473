package wallet

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/outbox"
	"github.com/bitcoim/bitcoim/useraccount"
)

// AppLink is a Moneysocket app that was let at a wallet, as the door keeps it.
type AppLink struct {
	ID     app.ID
	User   string   // bare JID of whose wallet
	Name   string   // of the app, as its user calls it
	Seed   [16]byte // shared with the app
	Beacon string   // that is dialled; "" waits for the app at our own relay
	Wallet string   // UUID of the wallet as this app knows it; another app knows another one
}

// AppLinks lists the Moneysocket links that an instance of the gateway keeps:
// all that wait for their app, and of those that are dialled the ones that no
// other instance keeps. It is asked every few seconds, which renews the hold on
// them for half a minute.
func (s *Service) AppLinks(ctx context.Context, instance string) ([]AppLink, error) {
	all, err := app.Links(ctx, s.DB, app.Moneysocket, instance, s.Apps.Dials, s.Clock().Unix())
	if err != nil {
		return nil, err
	}
	links := make([]AppLink, 0, len(all))
	for _, a := range all {
		l := AppLink{ID: a.ID, User: a.JID, Name: a.Name, Beacon: a.Beacon}
		if n, err := hex.Decode(l.Seed[:], []byte(a.Secret)); err != nil || n != len(l.Seed) {
			continue // nobody could meet it
		}
		l.Wallet = walletID(l.Seed)
		links = append(links, l)
	}
	return links, nil
}

// walletID is a UUID that says nothing about the wallet, and that two apps
// cannot compare.
func walletID(seed [16]byte) string {
	h := sha256.Sum256(append([]byte("wallet "), seed[:]...))
	h[6], h[8] = h[6]&0x0f|0x80, h[8]&0x3f|0x80 // of one's own making (RFC 9562 §5.8)
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

// AppJoined notes that an app has come, and tells its user the first time.
func (s *Service) AppJoined(ctx context.Context, id app.ID) error {
	first := false
	err := s.DB.Tx(ctx, func(tx *db.Tx) error {
		a, err := app.ByID(ctx, tx, id)
		if err != nil {
			return err
		}
		now := s.Clock().Unix()
		if first, err = a.Join(ctx, tx, now); err != nil || !first {
			return err
		}
		u, err := useraccount.ByID(ctx, tx, a.User)
		if err != nil || !u.Notify || !u.Active {
			return err
		}
		return outbox.Add(ctx, tx, outbox.Notice{User: u.JID, Phrase: "app.joined", Lang: u.Lang, Unit: u.Unit,
			Args: map[string]any{"app": a.Name}}, now)
	})
	if err == nil && first && s.Notify != nil {
		s.Notify()
	}
	return err
}

// Bot is a program that logged in with a key from `link lime`.
type Bot struct {
	App         app.ID
	Name        string // of the app, as its user calls it
	User        string // bare JID of whose wallet
	Username    string // at the gateway
	Lang        string
	ReceiveOnly bool
}

// BotLogin finds the bot that a username and a key belong to; a NotFound fault
// if there is none, or it is paused, expired or was taken away.
func (s *Service) BotLogin(ctx context.Context, username, key string) (Bot, error) {
	nobody := app.ErrUnknown.With(fault.Args{"app": username})
	a, err := app.BySecret(ctx, s.DB.Read(), app.LIME, HashKey(key))
	if fault.Is(err, fault.NotFound) {
		return Bot{}, nobody
	}
	if err != nil {
		return Bot{}, err
	}
	u, err := useraccount.ByID(ctx, s.DB.Read(), a.User)
	if err != nil {
		return Bot{}, err
	}
	if u.Name != username || !u.Active || a.May(s.Clock().Unix()) != nil {
		return Bot{}, nobody
	}
	return Bot{App: a.ID, Name: a.Name, User: u.JID, Username: u.Name, Lang: u.Lang, ReceiveOnly: a.ReceiveOnly}, s.AppJoined(ctx, a.ID)
}

// HashKey is what is kept of a key: it has 26 random letters, so that nobody
// finds it from there.
func HashKey(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}
