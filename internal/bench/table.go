package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
)

// row is one line of the table. What is empty is printed as a dash.
type row struct {
	what      string
	ours      string
	beside    string // what the same run gave for something to compare with
	ratio     string
	processor string // time of one, ours and beside
	target    string
	verdict   string // "met", "MISSED"
}

func printTable(w io.Writer, rows []row) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "measurement\tbitcoim\tbeside\tratio\tprocessor\ttarget\t")
	fmt.Fprintln(t, "-----------\t-------\t------\t-----\t---------\t------\t")
	for _, r := range rows {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.what, dash(r.ours), dash(r.beside), dash(r.ratio), dash(r.processor), dash(r.target), r.verdict)
	}
	_ = t.Flush()
}

func dash(s string) string { return cmp.Or(s, "-") }

// verdict says whether a target is met.
func verdict(met bool) string {
	if met {
		return "met"
	}
	return "MISSED"
}

// median is the middle of some figures, 0 of none.
func median(of []float64) float64 {
	if len(of) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(of))
	if n := len(s); n%2 == 0 {
		return (s[n/2-1] + s[n/2]) / 2
	}
	return s[len(s)/2]
}

// count is a whole number with its thousands set apart.
func count(f float64) string {
	s := strconv.FormatFloat(f, 'f', 0, 64)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return strings.TrimPrefix(s, ",")
}
