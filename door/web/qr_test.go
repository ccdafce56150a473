package web_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"rsc.io/qr"

	"github.com/bitcoim/bitcoim/lnurl"
)

var (
	frame = regexp.MustCompile(`<svg viewBox="0 0 (\d+) (\d+)"`)
	bar   = regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`)
)

// drawn reads the picture on a page back, with its white border.
func drawn(t *testing.T, page string) (black map[[2]int]bool, side int) {
	t.Helper()
	var height int
	if n, err := fmt.Sscanf(frame.FindString(page), `<svg viewBox="0 0 %d %d"`, &side, &height); n != 2 || side != height {
		t.Fatalf("no square picture: %v", err)
	}
	black = map[[2]int]bool{}
	for _, m := range bar.FindAllString(page, -1) {
		var x, y, width, back int
		if _, err := fmt.Sscanf(m, "M%d %dh%dv1h-%dz", &x, &y, &width, &back); err != nil || width != back {
			t.Fatalf("%s: %v", m, err)
		}
		for i := range width {
			black[[2]int{x + i, y}] = true
		}
	}
	return black, side
}

func TestThePictureIsTheCode(t *testing.T) {
	h := open(t, nil)
	link, err := lnurl.Encode(public + "/.well-known/lnurlp/alice")
	if err != nil {
		t.Fatal(err)
	}
	invoice := h.do(t, h.request(t, "POST", "/@alice", "amount=2000")).text
	text := regexp.MustCompile(`<p class="copy">(lnbcrt[a-z0-9]+)</p>`).FindStringSubmatch(invoice)
	if len(text) != 2 {
		t.Fatalf("no invoice on %s", invoice)
	}
	for name, tt := range map[string]struct {
		page, text string
		level      qr.Level
	}{
		"the address": {h.get(t, "/@alice").text, "LIGHTNING:" + link, qr.M},
		"the invoice": {invoice, strings.ToUpper("lightning:" + text[1]), qr.L},
	} {
		code, err := qr.Encode(tt.text, tt.level)
		if err != nil {
			t.Fatal(err)
		}
		black, side := drawn(t, tt.page)
		if side != code.Size+8 {
			t.Errorf("%s: %d modules with the border, want %d", name, side, code.Size+8)
		}
		for y := range side {
			for x := range side {
				if got, want := black[[2]int{x, y}], code.Black(x-4, y-4); got != want {
					t.Fatalf("%s: %d,%d is %v, want %v", name, x, y, got, want)
				}
			}
		}
	}
}
