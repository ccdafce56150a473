package invoice_test

import (
	"context"
	"errors"
	"testing"

	"github.com/bitcoim/bitcoim/cursor"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/lightning"
)

// named is a Lightning node that says who it is, or nothing.
type named struct {
	key string
	err error
}

func (n named) Info(context.Context) (lightning.Info, error) {
	return lightning.Info{PubKey: n.key}, n.err
}

// A Lightning node is ours if it is the one that was looked at, or the first, or one that
// has no key.
func TestALightningNodeIsOurs(t *testing.T) {
	silent := errors.New("no answer")
	each(t, func(t *testing.T, c town) {
		for _, tt := range []struct {
			was  string
			node named
			key  string
			err  error
		}{
			{"", named{key: "b"}, "b", nil}, // nobody looked yet
			{"", named{err: silent}, "", silent},
			{"a", named{key: "a"}, "a", nil},
			{"a", named{}, "", nil},
			{"a", named{key: "b"}, "b", invoice.ErrOtherNode},
			{"a", named{err: silent}, "", silent},
		} {
			if tt.was != "" {
				c.do(func(tx *db.Tx) error {
					return cursor.Set(t.Context(), tx, invoice.MarkNode, tt.was, 1)
				})
			}
			key, err := invoice.Ours(t.Context(), c.Read(), tt.node)
			if key != tt.key || !errors.Is(err, tt.err) {
				t.Errorf("%+v, that was %q: got %q (%v)", tt.node, tt.was, key, err)
			}
		}
	})
}
