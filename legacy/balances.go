package legacy

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/statement"
)

// Balances are what users of the old gateway own, by bare JID. The old
// database has none: they were in the accounts of its bitcoind.
type Balances map[string]amount.Msat

// ReadBalances reads a JSON object of bare JIDs and BTC in decimal text, as in
// {"ann@example.org": "0.001"}. It is about money, so anything odd is an error.
func ReadBalances(r io.Reader) (Balances, error) {
	d := json.NewDecoder(r)
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New(`balances: not a JSON object like {"ann@example.org": "0.001"}`)
	}
	all, total := Balances{}, amount.Msat(0)
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("balances: %w", err)
		}
		value, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("balances: %w", err)
		}
		text, ok := value.(string)
		if !ok {
			return nil, fmt.Errorf(`balances: %q: write the amount as text, "0.001"`, key)
		}
		m, err := amount.ParseBTC(text)
		if err != nil || m < 0 {
			return nil, fmt.Errorf("balances: %q: %q is no amount of BTC", key, text)
		}
		jid := address.Bare(key.(string))
		if _, twice := all[jid]; twice || !plausible(jid) {
			return nil, fmt.Errorf("balances: %q is there twice, or no JID", key)
		}
		all[jid] = m
		if total += m; total > amount.Max {
			return nil, errors.New("balances: more than all the money there can be")
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, fmt.Errorf("balances: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("balances: there is something behind the object")
	}
	return all, nil
}

// balances credits each user once. The wallet must hold the coins: from here
// on the audit expects them there.
func (i *importer) balances(ctx context.Context, b Balances, outside ledger.Account) error {
	for _, jid := range slices.Sorted(maps.Keys(b)) {
		if b[jid] == 0 {
			continue
		}
		if err := i.open(ctx, jid, b[jid], outside); err != nil {
			return fmt.Errorf("balances: %s: %w", jid, err)
		}
	}
	return nil
}

func (i *importer) open(ctx context.Context, jid string, m amount.Msat, outside ledger.Account) error {
	u, err := i.find(ctx, jid)
	if err != nil {
		return err
	}
	if u == nil {
		return errors.New("nobody is registered with that JID")
	}
	t := ledger.Transfer{Ref: "import:" + jid, Step: "open", Debit: outside, Credit: u.Money, Amount: m, At: i.now}
	before, err := ledger.Booked(ctx, i.tx, t.Ref, t.Step)
	switch {
	case err == nil && before == m:
		i.report.Booked++
		return nil
	case err == nil:
		return fmt.Errorf("%s BTC were credited before, and now it says %s; a balance comes over once", before.BTC(), m.BTC())
	case !errors.Is(err, sql.ErrNoRows):
		return err
	}
	if err := ledger.Post(ctx, i.tx, t); err != nil {
		return err
	}
	n, err := statement.Add(ctx, i.tx, statement.Line{User: int64(u.ID), At: i.now, Incoming: true, Amount: m, Peer: "python-bitcoim"})
	if err != nil {
		return err
	}
	now, err := ledger.Balance(ctx, i.tx, u.Money)
	if err != nil {
		return err
	}
	i.report.Balances++
	i.report.Credited += m
	return i.tell(ctx, u, "import.balance", map[string]any{"amount": int64(m), "balance": int64(now), "n": n})
}
