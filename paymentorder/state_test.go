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
		paymentorder.Resolve}
)

// legal is every move there is; all others are refused.
const legal = `
new        confirm   held
new        cancel    cancelled
new        lapse     expired
held       paid      done
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
stuck      resolve   failed`

func moves() map[[2]string]string {
	all := map[[2]string]string{}
	for line := range strings.Lines(strings.TrimSpace(legal)) {
		f := strings.Fields(line)
		all[[2]string{f[0], f[1]}] = f[2]
	}
	return all
}

func TestEveryStateMeetsEveryEvent(t *testing.T) {
	want := moves()
	for _, s := range states {
		for _, e := range events {
			to, err := s.After(e)
			if next, ok := want[[2]string{string(s), string(e)}]; ok {
				if err != nil || string(to) != next {
					t.Errorf("%s, %s: got %s (%v), want %s", s, e, to, err, next)
				}
				continue
			}
			if to != s || !fault.Is(err, fault.Conflict) {
				t.Errorf("%s, %s: got %s (%v), want a conflict", s, e, to, err)
			}
		}
	}
}

// The trigger of the schema allows the same moves and no other.
func TestTheSchemaKnowsTheSameMoves(t *testing.T) {
	allowed := map[string]bool{}
	for from, to := range moves() {
		allowed[from[0]+">"+to] = true
	}
	each(t, func(t *testing.T, c town) {
		ann, bob := c.user(0), c.user(0)
		for i, from := range states {
			for j, to := range states {
				if from == to {
					continue
				}
				var id int64
				c.do(func(tx *db.Tx) error {
					return tx.GetContext(t.Context(), &id, `
INSERT INTO payment_order (user_id, code, state, to_user, said_to, said_at, amount, fee_limit, created, expires)
VALUES ($1, $2, $3, $4, 'bob', '', 1, 0, 1, 2) RETURNING id`, ann.ID, fmt.Sprint(i, "-", j), string(from), bob.ID)
				})
				err := c.Tx(t.Context(), func(tx *db.Tx) error {
					_, err := tx.One(t.Context(), `UPDATE payment_order SET state = $2 WHERE id = $1`, id, string(to))
					return err
				})
				if want := allowed[string(from)+">"+string(to)]; want != (err == nil) {
					t.Errorf("%s to %s: got %v, want allowed = %v", from, to, err, want)
				}
			}
		}
	})
}

func TestMermaidDrawsEveryMove(t *testing.T) {
	drawn := paymentorder.Mermaid()
	for from, to := range moves() {
		if line := fmt.Sprintf("    %s --> %s: %s\n", from[0], to, from[1]); !strings.Contains(drawn, line) {
			t.Errorf("%q is missing", line)
		}
	}
	if got, want := strings.Count(drawn, "\n"), len(moves())+2; got != want {
		t.Errorf("%d lines, want %d", got, want)
	}
}
