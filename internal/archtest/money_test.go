package archtest_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strings"
	"testing"
)

// money are the packages in which an amount is never a float.
var money = strings.Fields("address amount app fiat invoice lnurl door/moneysocketdoor door/limedoor ledger paymentorder deposit statement chain command wallet useraccount outbox audit worker legacy cmd/bitcoim")

// floats are the places that may have one, and why.
var floats = map[string]string{
	"legacy/tables.go":     "the old database kept BTC as a float; decimal makes text of it",
	"cmd/bitcoim/serve.go": "rates of stanzas",
}

// floatWords are names by which a float comes in without being called one.
var floatWords = append(strings.Fields("float32 float64 ParseFloat FormatFloat Float64 Float32 SetFloat64 NewFloat"), btcutilFloats...)

// btcutilFloats are what btcutil has of amounts beside the integer: each goes by a float,
// and so does String, which no name shows.
var btcutilFloats = strings.Fields("NewAmount ToBTC ToUnit MulF64 SatoshiPerBitcoin SatoshiPerBitcent " +
	"AmountUnit AmountMegaBTC AmountKiloBTC AmountBTC AmountMilliBTC AmountMicroBTC AmountSatoshi")

// code is a file of the house that was parsed.
type code struct {
	name string
	set  *token.FileSet
	file *ast.File
}

func parse(t *testing.T, name string, text any) code {
	t.Helper()
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, name, text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return code{name, set, f}
}

// inHouse are the files that the rules are for, parsed.
func inHouse(t *testing.T) []code {
	t.Helper()
	var all []code
	for _, name := range files(t) {
		if isCode(name) && !strings.HasPrefix(name, "internal/") {
			all = append(all, parse(t, name, read(t, name)))
		}
	}
	return all
}

func (c code) at(n ast.Node, format string, args ...any) string {
	return fmt.Sprintf("%s:%d: %s", c.name, c.set.Position(n.Pos()).Line, fmt.Sprintf(format, args...))
}

// floating lists the floats of a file in which money is handled.
func floating(c code) (wrong []string) {
	if !slices.Contains(money, path.Dir(c.name)) || floats[c.name] != "" {
		return nil
	}
	ast.Inspect(c.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if slices.Contains(floatWords, n.Name) {
				wrong = append(wrong, c.at(n, "%s near money", n.Name))
			}
		case *ast.BasicLit:
			if n.Kind == token.FLOAT {
				wrong = append(wrong, c.at(n, "the number %s near money", n.Value))
			}
		case *ast.ImportSpec:
			if n.Path.Value == `"math"` {
				wrong = append(wrong, c.at(n, "math near money"))
			}
		}
		return true
	})
	return wrong
}

func TestMoneyIsNeverAFloat(t *testing.T) {
	all := files(t)
	for name := range floats {
		if !slices.Contains(all, name) {
			t.Errorf("%s has leave to use floats, and is not there", name)
		}
	}
	for _, c := range inHouse(t) {
		for _, wrong := range floating(c) {
			t.Error(wrong)
		}
	}
}

func TestTheRuleForFloatsBites(t *testing.T) {
	for name, text := range map[string]string{
		"a type":                   `package x; func f(btc float64) {}`,
		"a conversion":             `package x; var n = int64(float32(3))`,
		"a number":                 `package x; var fee = int64(100 * 1.5)`,
		"an exponent":              `package x; var btc = 1e8`,
		"a parser":                 `package x; import "strconv"; var v, _ = strconv.ParseFloat("1", 64)`,
		"a JSON number":            `package x; func f(n json.Number) { n.Float64() }`,
		"btcd's amounts":           `package x; func f(a btcutil.Amount) { a.ToBTC() }`,
		"an amount of a float":     `package x; var a, _ = btcutil.NewAmount(b)`,
		"a share of an amount":     `package x; func f(a btcutil.Amount) { a.MulF64(b) }`,
		"an amount in other units": `package x; func f(a btcutil.Amount) string { return a.Format(btcutil.AmountMilliBTC) }`,
		"an amount by its unit":    `package x; var sat = btc * btcutil.SatoshiPerBitcoin`,
		"mathematics":              `package x; import "math"`,
	} {
		if len(floating(parse(t, "ledger/x.go", text))) == 0 {
			t.Errorf("%s passes", name)
		}
	}
	if wrong := floating(parse(t, "component/x.go", `package x; var rate = 0.5`)); len(wrong) > 0 {
		t.Errorf("a rate in a door: %v", wrong)
	}
	if wrong := floating(parse(t, "ledger/x.go", `package x; import "math/rand/v2"; var n = 15`)); len(wrong) > 0 {
		t.Errorf("whole numbers: %v", wrong)
	}
}
