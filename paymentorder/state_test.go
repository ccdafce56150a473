package paymentorder_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/paymentorder"
)

var (
	states = []paymentorder.State{paymentorder.New, paymentorder.Held, paymentorder.Sending, paymentorder.InFlight, paymentorder.Confirming,
		paymentorder.Done, paymentorder.Failed, paymentorder.Cancelled, paymentorder.Expired, paymentorder.Stuck}
	events = []paymentorder.Event{paymentorder.Confirm, paymentorder.Cancel, paymentorder.Lapse, paymentorder.Paid, paymentorder.Store,
		paymentorder.Refuse, paymentorder.Broadcast, paymentorder.Mine, paymentorder.Unmine, paymentorder.Bury, paymentorder.Conflict,
		paymentorder.Resolve, paymentorder.Prove, paymentorder.Bounce}
)

// legal is every move there is; all others are refused.
var legal = map[paymentorder.Kind]string{
	paymentorder.Inside: `
new        confirm   done
new        cancel    cancelled
new        lapse     expired`,
	paymentorder.OnChain: `
new        confirm   held
new        cancel    cancelled
new        lapse     expired
held       store     sending
held       refuse    failed
sending    broadcast in_flight
sending    mine      confirming
sending    conflict  stuck
in_flight  mine      confirming
in_flight  conflict  stuck
confirming unmine    in_flight
confirming bury      done
stuck      mine      confirming
stuck      broadcast in_flight
stuck      resolve   failed`,
	paymentorder.Lightning: `
new        confirm   held
new        cancel    cancelled
new        lapse     expired
held       store     sending
held       refuse    failed
sending    broadcast in_flight
sending    paid      done
sending    prove     done
sending    bounce    failed
sending    conflict  stuck
in_flight  prove     done
in_flight  bounce    failed
in_flight  conflict  stuck
stuck      broadcast in_flight
stuck      prove     done
stuck      bounce    failed
stuck      resolve   failed`,
}

func moves(k paymentorder.Kind) map[[2]string]string {
	all := map[[2]string]string{}
	for line := range strings.Lines(strings.TrimSpace(legal[k])) {
		f := strings.Fields(line)
		all[[2]string{f[0], f[1]}] = f[2]
	}
	return all
}

func TestEveryStateMeetsEveryEvent(t *testing.T) {
	for _, k := range paymentorder.Kinds {
		want := moves(k)
		for _, s := range states {
			for _, e := range events {
				to, err := k.After(s, e)
				if next, ok := want[[2]string{string(s), string(e)}]; ok {
					if err != nil || string(to) != next {
						t.Errorf("%s, %s, %s: got %s (%v), want %s", k, s, e, to, err, next)
					}
					continue
				}
				if to != s || !fault.Is(err, fault.Conflict) {
					t.Errorf("%s, %s, %s: got %s (%v), want a conflict", k, s, e, to, err)
				}
			}
		}
	}
}

// The trigger of the schema allows the same moves and no other.
func TestTheSchemaKnowsTheSameMoves(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann, bob := c.user(0), c.user(0)
		for _, k := range paymentorder.Kinds {
			allowed := map[string]bool{}
			for from, to := range moves(k) {
				allowed[from[0]+">"+to] = true
			}
			for i, from := range states {
				for j, to := range states {
					if from == to {
						continue
					}
					var user, address, hash any
					invoice := ""
					switch k {
					case paymentorder.Inside:
						user = bob.ID
					case paymentorder.OnChain:
						address = "bcrt1q"
					case paymentorder.Lightning:
						invoice = fmt.Sprintf("lnbc-%d-%d", i, j)
						hash = invoice
					}
					var id int64
					c.do(func(tx *db.Tx) error {
						return tx.GetContext(t.Context(), &id, `
INSERT INTO payment_order (user_id, code, state, to_user, to_address, payment_hash, invoice, said_to, said_at, amount, fee_limit, created, expires)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'bob', '', 1, 0, 1, 2) RETURNING id`,
							ann.ID, fmt.Sprint(k, i, "-", j), string(from), user, address, hash, invoice)
					})
					err := c.Tx(t.Context(), func(tx *db.Tx) error {
						_, err := tx.One(t.Context(), `UPDATE payment_order SET state = $2 WHERE id = $1`, id, string(to))
						return err
					})
					if want := allowed[string(from)+">"+string(to)]; want != (err == nil) {
						t.Errorf("%s: %s to %s: got %v, want allowed = %v", k, from, to, err, want)
					}
				}
			}
		}
	})
}

func TestMermaidDrawsEveryMove(t *testing.T) {
	for _, k := range paymentorder.Kinds {
		drawn := k.Mermaid()
		for from, to := range moves(k) {
			if line := fmt.Sprintf("    %s --> %s: %s\n", from[0], to, from[1]); !strings.Contains(drawn, line) {
				t.Errorf("%s: %q is missing", k, line)
			}
		}
		if got, want := strings.Count(drawn, "\n"), len(moves(k))+2; got != want {
			t.Errorf("%s: %d lines, want %d", k, got, want)
		}
	}
}
