package component

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/wallet"
)

func TestDrawnIsBounded(t *testing.T) {
	ps := newPictures(1000)
	for i := range 100 {
		ps.keep(&drawing{text: strconv.Itoa(i), hash: "h" + strconv.Itoa(i), png: make([]byte, 100)})
		ps.byText("0") // stays, for it is used
	}
	if ps.size > ps.max || len(ps.texts) != 10 || len(ps.sums) != 10 || ps.used.Len() != 10 {
		t.Errorf("%d bytes, %d texts, %d hashes", ps.size, len(ps.texts), len(ps.sums))
	}
	if ps.byText("0") == nil || ps.byHash("h99") == nil || ps.byText("50") != nil {
		t.Error("not the last used are kept")
	}
	ps.keep(&drawing{text: "big", hash: "big", png: make([]byte, 2000)})
	if ps.size != 0 || ps.byText("big") != nil {
		t.Errorf("kept more than fits: %d", ps.size)
	}
}

// Instances share nothing, so all must draw the same.
func TestDrawnAnew(t *testing.T) {
	first, err := qrPNG("bitcoin:bc1q")
	if err != nil {
		t.Fatal(err)
	}
	drawn = newPictures(4 << 20)
	again, err := qrPNG("bitcoin:bc1q")
	if err != nil || !bytes.Equal(first, again) {
		t.Errorf("another picture (%v)", err)
	}
}

func TestDrawingSizes(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		most int
	}{
		"an address":       {"bitcoin:1DXFn72VHrXRVYJTTxjbmNXyXpYXmgiWfw", 4 << 10},
		"a taproot one":    {"bitcoin:bc1p" + strings.Repeat("q", 58), 4 << 10},
		"an invoice":       {"LIGHTNING:" + strings.Repeat("LNBC1", 60), 8 << 10},
		"a unified URI":    {"bitcoin:bc1q?lightning=" + strings.Repeat("lnbc1", 80), 8 << 10},
		"as long as works": {strings.Repeat("x", 2900), 20 << 10},
	} {
		png, err := qrPNG(tt.text)
		if err != nil || len(png) > tt.most {
			t.Errorf("%s: %d bytes, %v", name, len(png), err)
		}
	}
	if _, err := qrPNG(strings.Repeat("x", 5000)); err == nil {
		t.Error("what does not fit is drawn")
	}
	if got := photoHash(wallet.Contact{Kind: wallet.UserContact}); got != "" {
		t.Errorf("a user's photo is %q", got)
	}
}
