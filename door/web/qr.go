package web

import (
	"fmt"
	"html/template"
	"strings"

	"rsc.io/qr"
)

// quiet is the white border around a code, in modules (ISO 18004).
const quiet = 4

// longText is the length in bytes from which a code is drawn with little
// redundancy: it would be too fine to photograph otherwise.
const longText = 150

// drawQR draws text as SVG, black on white in any colour scheme, because
// scanners want it so. Text in capitals makes a coarser code.
func drawQR(text string) (template.HTML, error) {
	level := qr.M
	if len(text) > longText {
		level = qr.L
	}
	code, err := qr.Encode(text, level)
	if err != nil {
		return "", fmt.Errorf("web: qr of %d bytes: %w", len(text), err)
	}
	side := code.Size + 2*quiet
	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 %d %d" aria-hidden="true" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%dv%dH0z"/><path d="`, side, side, side, side)
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			start := x
			for x < code.Size && code.Black(x, y) {
				x++
			}
			if x > start {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", start+quiet, y+quiet, x-start, x-start)
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return template.HTML(b.String()), nil
}
