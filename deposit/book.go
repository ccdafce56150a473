package deposit

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/outbox"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/statement"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Rules say when a coin counts.
type Rules struct {
	Confirmations      int64 // of a coin
	ConfirmationsLarge int64 // of a coin above Large
	Large              amount.Msat
	ConfirmationsHuge  int64       // of a coin above Huge
	Huge               amount.Msat // 0: none is
	Minimum            amount.Msat // smaller coins are shown and never credited: they cost more to spend
	// Unlooked is the number of the newest order of a kind that newer books may have paid,
	// as wallet.Service.Unlooked; nil: the gateway has looked at its nodes.
	Unlooked func(paymentorder.Kind) paymentorder.ID
}

// Needed is how many confirmations an amount needs before it is credited. A coin
// keeps the number of when it was first seen: whoever changes the rules decides
// about coins to come.
func (r Rules) Needed(a amount.Msat) int64 {
	switch {
	case r.Huge > 0 && a > r.Huge:
		return max(r.ConfirmationsHuge, r.ConfirmationsLarge, r.Confirmations, 1)
	case a > r.Large:
		return max(r.ConfirmationsLarge, r.Confirmations, 1)
	}
	return max(r.Confirmations, 1)
}

// Book writes down one coin as a wallet, which is known by this key, shows it now: at
// first sight, when it is deep enough, and when its block is gone again. Booking the same
// sight twice changes nothing. A coin on an address that is not ours (change)
// is left alone.
func (r Rules) Book(ctx context.Context, tx *db.Tx, now int64, wallet string, s chain.Coin) error {
	a, err := Owner(ctx, tx, s.Address)
	if err != nil || a == nil {
		return err
	}
	u, err := useraccount.Lock(ctx, tx, a.User)
	if err != nil {
		return err
	}
	in, err := lock(ctx, tx, u)
	if err != nil {
		return err
	}
	c, err := Find(ctx, tx, s.Outpoint)
	if err != nil {
		return err
	}
	if c == nil {
		c = &Coin{TxID: s.TxID, Vout: s.Vout, Address: s.Address, User: u.ID, Amount: s.Amount, State: Seen,
			Confirmations: s.Confirmations, Needed: r.Needed(s.Amount), Block: s.BlockHash, Height: s.Height, Seen: now, Wallet: wallet}
		if s.Amount < r.Minimum {
			c.State = Small
		}
		if ok, err := add(ctx, tx, c); err != nil || !ok {
			return err
		}
		if c.State == Small {
			return tell(ctx, tx, u, now, "deposit.small", c, outbox.Notice{Args: map[string]any{"minimum": int64(r.Minimum)}})
		}
		if s.Confirmations < c.Needed {
			if err := tell(ctx, tx, u, now, "deposit.seen", c, outbox.Notice{Args: map[string]any{"needed": c.Needed}}); err != nil {
				return err
			}
		}
	}
	was := c.State
	c.Confirmations, c.Block, c.Height, c.Wallet = s.Confirmations, s.BlockHash, s.Height, wallet
	switch deep := s.Confirmations >= c.Needed; {
	case was == Gone && c.Round == 0 && c.Amount < r.Minimum: // it came back as small as it went
		c.State = Small
	case (was == Seen || was == Reorged || was == Gone) && deep:
		err = credit(ctx, tx, in, u, c, now)
	case was == Credited && s.Confirmations == 0: // as long as the best chain has it, in whichever block, it is there
		err = r.reverse(ctx, tx, in, u, c, now)
	case was == Gone:
		c.State = Seen
	}
	if err != nil {
		return err
	}
	_, err = c.save(ctx, tx, was)
	return err
}

// Lost writes down that its wallet no longer knows a coin: its transaction was
// replaced or its block went and it did not come back. That another wallet does not
// know it says nothing: the coin stays as it is.
func (r Rules) Lost(ctx context.Context, tx *db.Tx, now int64, w Wallet, o chain.Outpoint) error {
	c, err := Find(ctx, tx, o)
	if err != nil || c == nil {
		return err
	}
	u, err := useraccount.Lock(ctx, tx, c.User)
	if err != nil {
		return err
	}
	in, err := lock(ctx, tx, u)
	if err != nil {
		return err
	}
	if c, err = Find(ctx, tx, o); err != nil || !w.Has(c.Wallet) {
		return err
	}
	was := c.State
	c.Confirmations, c.Block, c.Height = 0, "", 0
	switch was {
	case Credited:
		err = r.reverse(ctx, tx, in, u, c, now)
	case Seen, Small:
		c.State = Gone
		if was == Seen {
			err = tell(ctx, tx, u, now, "deposit.gone", c, outbox.Notice{})
		}
	case Reorged:
		c.State = Gone
	}
	if err != nil {
		return err
	}
	_, err = c.save(ctx, tx, was)
	return err
}

// accounts are where the money of coins comes from and goes to.
type accounts struct{ outside, loss ledger.Account }

// lock takes the user's account and those of the outside together, so that
// bookings of several coins in one transaction cannot deadlock. Who holds the
// locks decides alone what becomes of the user's coins.
func lock(ctx context.Context, tx *db.Tx, u *useraccount.User) (in accounts, err error) {
	if in.outside, err = ledger.System(ctx, tx, "chain"); err != nil {
		return in, err
	}
	if in.loss, err = ledger.System(ctx, tx, "loss"); err != nil {
		return in, err
	}
	_, err = ledger.Lock(ctx, tx, u.Money, in.outside, in.loss)
	return in, err
}

func credit(ctx context.Context, tx *db.Tx, in accounts, u *useraccount.User, c *Coin, now int64) error {
	c.Round++
	ref := "coin:" + c.Key()
	give := func(step string, to ledger.Account, m amount.Msat) error {
		if m == 0 {
			return nil
		}
		return ledger.Post(ctx, tx, ledger.Transfer{Ref: ref, Step: fmt.Sprintf("%s:%d", step, c.Round), Debit: in.outside, Credit: to, Amount: m, At: now})
	}
	// What the user could not give back last time was carried by the loss account.
	if err := give("credit", u.Money, c.Amount-c.Shortage); err != nil {
		return err
	}
	if err := give("recover", in.loss, c.Shortage); err != nil {
		return err
	}
	got := c.Amount - c.Shortage
	if c.Shortage > 0 {
		if err := madeGood(ctx, tx, u, c, now); err != nil {
			return err
		}
	}
	c.State, c.Shortage = Credited, 0
	n := outbox.Notice{Balance: true}
	if c.Round == 1 {
		number, err := statement.Add(ctx, tx, statement.Line{User: int64(u.ID), At: now, Incoming: true, Amount: c.Amount,
			Peer: c.Address, Coin: sql.NullString{String: c.Key(), Valid: true}})
		if err != nil {
			return err
		}
		n.Args = map[string]any{"n": number}
	} else {
		n.Args = map[string]any{"n": int64(0)}
	}
	balance, err := ledger.Balance(ctx, tx, u.Money)
	if err != nil {
		return err
	}
	n.Args["balance"] = int64(balance)
	n.Args["credited"] = int64(got)
	return tell(ctx, tx, u, now, "deposit.credited", c, n)
}

// tell adds the facts every notice about a coin has.
func tell(ctx context.Context, tx *db.Tx, u *useraccount.User, now int64, phrase string, c *Coin, n outbox.Notice) error {
	if !u.Notify || !u.Active {
		return nil
	}
	if n.Args == nil {
		n.Args = map[string]any{}
	}
	n.Args["amount"], n.Args["address"], n.Args["txid"] = int64(c.Amount), c.Address, c.TxID
	n.User, n.Phrase, n.Lang, n.Unit = u.JID, phrase, u.Lang, u.Unit
	return outbox.Add(ctx, tx, n, now)
}
