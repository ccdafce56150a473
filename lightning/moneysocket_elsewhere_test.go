package lightning_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/lightning"
)

// A gateway has the journal of its wallet. Who opens it besides reads what became of a
// payment, and is told whose wallet it is, and that its link is another's.
func TestAJournalThatAnotherProcessHasIsRead(t *testing.T) {
	key := strings.Repeat("02", 33)
	cfg := lightning.Config{Kind: "moneysocket", Network: "regtest", PubKey: key, Beacon: nobody(), Timeout: time.Second,
		Journal: filepath.Join(t.TempDir(), "journal")}
	open := func() lightning.Node {
		n, err := lightning.Open(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = n.Close() })
		return n
	}
	open()
	second := open()
	if got, err := second.Find(t.Context(), lightning.Hash{1}); err != nil || got.State != lightning.NotFound {
		t.Errorf("found %+v, %v", got, err)
	}
	info, err := second.Info(t.Context())
	if !errors.Is(err, lightning.ErrElsewhere) || !errors.Is(err, lightning.ErrUnreachable) || info.PubKey != key {
		t.Errorf("it is %+v, %v", info, err)
	}
}
