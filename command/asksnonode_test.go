package command_test

import (
	"context"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/wallet"
)

// asksNoNode is what to say behind the word of each command that waits for nobody
// outside, as many ways as there are to run it.
var asksNoNode = map[string][]string{
	"help": {"", "pay"}, "about": {""}, "balance": {""}, "pending": {""}, "history": {"", "5"}, "tx": {"1", "2", "3"},
	"confirm": {"", "{code}"}, "cancel": {"", "{code}", "all"}, "mute": {"bob"}, "unmute": {"bob"}, "apps": {""},
	"allow": {"k7fw"}, "deny": {"k7fw"}, "app": {"robo", "robo pause"}, "link": {"lime other budget 10/day"}, "unlink": {"robo"},
	"name": {"", "zorro", "zorro yes"}, "set": {"", "unit btc", "language en"},
	"limit": {"", "5", "5 yes"},
}

// A silent node holds none of the places that doors keep for what needs no node: the
// nodes of this desk are nobody, and whoever asks one falls.
func TestWhatAsksNoNodeAsksNobodyOutside(t *testing.T) {
	for _, cmd := range command.Index {
		if _, said := asksNoNode[cmd.Name]; said != cmd.AsksNoNode {
			t.Errorf("%s: AsksNoNode is %v, and the tests say %v", cmd.Name, cmd.AsksNoNode, said)
		}
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, nobody{addresses: map[string]string{jid("ann"): "bcrt1qann", jid("bob"): "bcrt1qbob"}})
		w.open()
		w.enrol("ann", "bob")
		w.pays("ann", 50_000, 6)
		w.desk.Chain, w.desk.Lightning = nobody{}, wallet.Lightning{Node: nobodys{}, Open: 5}
		w.must("ann", "", "link lime robo budget 100/day")
		for _, cmd := range command.Index {
			for _, rest := range asksNoNode[cmd.Name] {
				if strings.Contains(rest, "{code}") {
					rest = strings.ReplaceAll(rest, "{code}", w.order("ann", "", "pay 500 bob"))
				}
				if _, err := w.says("ann", "", cmd.Name+" "+rest); err != nil && !fault.Is(err, fault.NotFound) {
					t.Errorf("%s %s: %v", cmd.Name, rest, err)
				}
			}
		}
		if got := w.money("bob"); got != 500*amount.Sat {
			t.Errorf("bob has %d msat: a confirmation did nothing", got)
		}
	})
}

// nobody is a node that is not there. While the town is built it gives an address to
// each.
type nobody struct {
	chain.Node
	addresses map[string]string
}

func (n nobody) Address(_ context.Context, label string) (string, error) {
	if n.addresses == nil {
		panic("a node is asked for an address")
	}
	return n.addresses[label], nil
}

// Keys are asked for behind an address.
func (n nobody) Keys(context.Context) ([]string, error) {
	if n.addresses == nil {
		panic("a node is asked for its keys")
	}
	return []string{"key"}, nil
}

// nobodys is the same of Lightning.
type nobodys struct{ lightning.Node }
