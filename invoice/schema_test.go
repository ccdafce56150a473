package invoice_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/useraccount"
)

func TestWaitingIsCountedPerDoor(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		bob, dan := c.user("bob"), c.user("dan")
		for _, door := range []string{"", "", "web", "web", "web", "app:shop"} {
			p := c.secret()
			c.add(invoice.Invoice{Hash: p.Hash().String(), User: bob.ID, Text: p.Hex(), Door: door, Created: now, Expires: now + 100})
		}
		paid, aside := c.invoice(bob, 1000, ""), c.invoice(bob, 1000, "")
		_, err := c.settle(c.receipt(paid, 1000, 1))
		c.must(err)
		c.must(c.setAsideAgain(aside))
		for name, tt := range map[string]struct {
			user useraccount.ID
			door string
			at   int64
			want int
		}{
			"his own":                   {bob.ID, "", now, 2},
			"of strangers":              {bob.ID, "web", now, 3},
			"of a program":              {bob.ID, "app:shop", now, 1},
			"of a program he has not":   {bob.ID, "app:bank", now, 0},
			"somebody else's":           {dan.ID, "web", now, 0},
			"in the last second":        {bob.ID, "web", now + 99, 3},
			"when their time is over":   {bob.ID, "web", now + 100, 0},
			"and his own at that time":  {bob.ID, "", now + 100, 0},
			"a paid one does not count": {bob.ID, "", now + 99, 2},
		} {
			if n, err := invoice.Waiting(t.Context(), c.Read(), tt.user, tt.door, tt.at); err != nil || n != tt.want {
				t.Errorf("%s: got %d (%v), want %d", name, n, err, tt.want)
			}
		}
	})
}

// What the schema refuses whoever asks.
func TestTheSchemaKeepsInvoices(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		bob, dan := c.user("bob"), c.user("dan")
		open, aside, settled := c.invoice(bob, 1000, ""), c.invoice(bob, 1000, ""), c.invoice(bob, 1000, "")
		c.must(c.setAsideAgain(aside))
		_, err := c.settle(c.receipt(settled, 1000, 1))
		c.must(err)
		for name, tt := range map[string]struct {
			of    invoice.Invoice
			query string
			args  []any
		}{
			"another hash":             {open, `UPDATE invoice SET hash = $2 WHERE hash = $1`, []any{"ff"}},
			"another user":             {open, `UPDATE invoice SET user_id = $2 WHERE hash = $1`, []any{dan.ID}},
			"another text":             {open, `UPDATE invoice SET text = $2 WHERE hash = $1`, []any{"lnbc1"}},
			"another amount":           {open, `UPDATE invoice SET amount = $2 WHERE hash = $1`, []any{7}},
			"gone":                     {open, `DELETE FROM invoice WHERE hash = $1`, nil},
			"gone, aside":              {aside, `DELETE FROM invoice WHERE hash = $1`, nil},
			"gone, paid":               {settled, `DELETE FROM invoice WHERE hash = $1`, nil},
			"settled without amount":   {open, `UPDATE invoice SET state = 'settled', settled = 1 WHERE hash = $1`, nil},
			"settled without time":     {open, `UPDATE invoice SET state = 'settled', paid = 1 WHERE hash = $1`, nil},
			"settled with nothing":     {open, `UPDATE invoice SET state = 'settled', paid = 0, settled = 1 WHERE hash = $1`, nil},
			"paid and open":            {open, `UPDATE invoice SET paid = 1, settled = 1 WHERE hash = $1`, nil},
			"a state nobody knows":     {open, `UPDATE invoice SET state = 'lost' WHERE hash = $1`, nil},
			"open again":               {settled, `UPDATE invoice SET state = 'open', paid = NULL, settled = NULL WHERE hash = $1`, nil},
			"aside after it was paid":  {settled, `UPDATE invoice SET state = 'inside', paid = NULL, settled = NULL WHERE hash = $1`, nil},
			"paid once more":           {settled, `UPDATE invoice SET paid = paid + 1 WHERE hash = $1`, nil},
			"paid to somebody else":    {settled, `UPDATE invoice SET user_id = $2 WHERE hash = $1`, []any{dan.ID}},
			"the same hash twice":      {open, `INSERT INTO invoice (hash, user_id, preimage, text, amount, created, expires) VALUES ($1, $2, '', 'x', 1, 1, 1)`, []any{bob.ID}},
			"the same text twice":      {open, `INSERT INTO invoice (hash, user_id, preimage, text, amount, created, expires) SELECT $2, user_id, '', text, 1, 1, 1 FROM invoice WHERE hash = $1`, []any{"ee"}},
			"less than nothing":        {open, `INSERT INTO invoice (hash, user_id, preimage, text, amount, created, expires) SELECT $2, user_id, '', 'y', -1, 1, 1 FROM invoice WHERE hash = $1`, []any{"dd"}},
			"of a user who is not one": {open, `INSERT INTO invoice (hash, user_id, preimage, text, amount, created, expires) SELECT $2, 999, '', 'z', 1, 1, 1 FROM invoice WHERE hash = $1`, []any{"cc"}},
		} {
			before := *c.find(tt.of.Hash)
			err := c.Tx(t.Context(), func(tx *db.Tx) error {
				_, err := tx.ExecContext(t.Context(), tt.query, append([]any{tt.of.Hash}, tt.args...)...)
				return err
			})
			if err == nil {
				t.Errorf("%s: nobody minds", name)
			}
			if after := c.find(tt.of.Hash); after == nil || *after != before {
				t.Errorf("%s: it is %+v, and was %+v", name, after, before)
			}
		}
	})
}
