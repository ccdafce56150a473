package command_test

import (
	"context"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lnurl"
)

// meanwhile does something while a service is asked.
type meanwhile struct {
	lnurl.Fetcher
	do func()
}

func (m *meanwhile) Fetch(ctx context.Context, address string) ([]byte, error) {
	m.do()
	return m.Fetcher.Fetch(ctx, address)
}

// A service may take its time. What a user has is what they have when it has answered:
// "all" is all of that, and nothing is refused that they can pay by then.
func TestWhatCameWhileAServiceWasAskedIsSpent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newScene(t, d)
		s.overLightning()
		s.services()
		s.enrol("ann")
		s.pays("ann", 1_000, 6)
		asks := s.desk.Lightning.Asks
		gets := func(sat int64) {
			f := &meanwhile{Fetcher: asks.Fetcher}
			f.do = func() {
				f.do = func() {}
				s.pays("ann", sat, 6)
			}
			s.desk.Lightning.Asks = &lnurl.Client{Fetcher: f}
		}
		gets(2_000)
		all := s.drafted("ann", "pay all carol@example.com")
		if total := all.Amount + all.FeeLimit; total > 3_000*amount.Sat || total < 2_990*amount.Sat {
			t.Errorf("all is %d msat", total)
		}
		gets(7_000)
		if o := s.drafted("ann", "pay 9000 carol@example.com"); o.Amount != 9_000*amount.Sat {
			t.Errorf("the order is for %d msat", o.Amount)
		}
	})
}
