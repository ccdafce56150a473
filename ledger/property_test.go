package ledger_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/ledger"
)

// model is the ledger in twenty lines.
type model struct {
	bal    map[ledger.Account]amount.Msat
	booked map[string]bool
	kind   map[ledger.Account]string
	chain  ledger.Account
}

func (m model) clone() model {
	return model{maps.Clone(m.bal), maps.Clone(m.booked), m.kind, m.chain}
}

// between are the kinds of account that a step of an order may be between.
var between = map[string][]string{"hold": {"user held"}, "pay": {"user user", "held user"}, "settle:1": {"held system"}, "unsettle:1": {"system held"}}

// post says how a transfer ends, and books it.
func (m model) post(x ledger.Transfer) string {
	switch {
	case x.Amount <= 0 || x.Amount > amount.Max || x.Debit == x.Credit:
		return "refused"
	case m.booked[x.Ref+" "+x.Step]:
		return "booked"
	case !slices.Contains(between[x.Step], m.kind[x.Debit]+" "+m.kind[x.Credit]):
		return "refused"
	}
	floor := amount.Msat(0)
	if x.Debit == m.chain {
		floor = -amount.Max
	}
	if m.bal[x.Debit]-x.Amount < floor {
		return "short"
	}
	m.bal[x.Debit] -= x.Amount
	m.bal[x.Credit] += x.Amount
	m.booked[x.Ref+" "+x.Step] = true
	return "moved"
}

// said is how Post ended, in the words of the model.
func said(err error) string {
	switch {
	case err == nil:
		return "moved"
	case errors.Is(err, ledger.ErrBooked):
		return "booked"
	case fault.Is(err, fault.InsufficientFunds):
		return "short"
	}
	return "refused"
}

// transfers draws anything at all between the accounts, and few keys, so that
// many come twice.
func transfers(run int, all []ledger.Account) *rapid.Generator[ledger.Transfer] {
	amounts := rapid.OneOf(rapid.Int64Range(1, 50), rapid.SampledFrom([]int64{0, -1, int64(amount.Max), int64(amount.Max) + 1}))
	account := rapid.SampledFrom(all)
	return rapid.Custom(func(r *rapid.T) ledger.Transfer {
		return ledger.Transfer{
			Ref:    fmt.Sprintf("order:%d.%d", run, rapid.IntRange(1, 5).Draw(r, "ref")),
			Step:   rapid.SampledFrom([]string{"hold", "hold", "pay", "pay", "settle:1", "unsettle:1"}).Draw(r, "step"),
			Debit:  account.Draw(r, "debit"),
			Credit: account.Draw(r, "credit"),
			Amount: amount.Msat(amounts.Draw(r, "amount")),
		}
	})
}

func TestTheLedgerIsItsModel(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		run := 0
		rapid.Check(t, func(r *rapid.T) {
			run++
			m := model{map[ledger.Account]amount.Msat{}, map[string]bool{}, map[ledger.Account]string{}, 0}
			var users, held []ledger.Account
			m.chain, users, held = both(t, d, fmt.Sprint("a", run), fmt.Sprint("b", run))
			m.kind[m.chain] = "system"
			for i := range users {
				m.kind[users[i]], m.kind[held[i]] = "user", "held"
			}
			all := append(append(users, held...), m.chain, m.chain) // money comes in often
			before, err := ledger.Balance(t.Context(), d.Read(), m.chain)
			must(t, err)
			m.bal[m.chain] = before
			for _, batch := range rapid.SliceOfN(rapid.SliceOfN(transfers(run, all), 1, 3), 1, 8).Draw(r, "batches") {
				next := m.clone()
				err := d.Tx(t.Context(), func(tx *db.Tx) error {
					next = m.clone()
					for _, x := range batch {
						err := ledger.Post(t.Context(), tx, x)
						if got, want := said(err), next.post(x); got != want && !(got == "short" && want == "refused") {
							r.Errorf("%+v %s (%v), want %s", x, got, err, want)
						}
						if err != nil && !errors.Is(err, ledger.ErrBooked) {
							return err
						}
					}
					return nil
				})
				if err == nil {
					m = next
				}
				for _, a := range all {
					if got, err := ledger.Balance(t.Context(), d.Read(), a); err != nil || got != m.bal[a] {
						r.Fatalf("account %d has %d (%v), want %d", a, got, err, m.bal[a])
					}
				}
			}
			if found, err := ledger.Audit(t.Context(), d.Read()); err != nil || len(found) != 0 {
				r.Fatalf("the audit found %v (%v)", found, err)
			}
			// The next run starts from empty hands, for there is only so much money.
			must(t, d.Tx(t.Context(), func(tx *db.Tx) error {
				for i, a := range all[:4] {
					if m.bal[a] == 0 {
						continue
					}
					x := ledger.Transfer{Ref: fmt.Sprint("coin:back", run), Step: fmt.Sprint("reverse:", i+1), Debit: a, Credit: m.chain, Amount: m.bal[a]}
					if m.kind[a] == "held" {
						x.Ref, x.Step = fmt.Sprint("order:back", run), fmt.Sprint("settle:", i+1)
					}
					if err := ledger.Post(t.Context(), tx, x); err != nil {
						return err
					}
				}
				return nil
			}))
		})
	})
}
