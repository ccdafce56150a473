package archtest_test

import (
	"go/ast"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The number of a user, an order or an app has a type of its own, so that none of them is
// given where another one, or a time, is wanted. These rules go by names: of parameters,
// results and fields, and of the columns that fields are read from.

var (
	// isID are names of such a number, whoever uses them.
	isID = regexp.MustCompile(`(?i)^((to|by|from)?_?(user|order|app)s?(_?ids?)?|payee|payer|owner)$`)
	// isOwnID are names of the number of what a package is about.
	isOwnID = regexp.MustCompile(`(?i)^ids?$`)
	// hasID are types whose field ID is such a number.
	hasID = regexp.MustCompile(`^(User|Order|App)`)

	column = regexp.MustCompile(`db:"([^"]+)"`)
)

// numbered are the packages whose noun has a number, and a type for it.
var numbered = []string{"useraccount", "paymentorder", "app"}

// plainIDs are the numbers that stay int64, and why.
var plainIDs = map[string]string{
	"statement/statement.go User":  belowUsers,
	"statement/statement.go user":  belowUsers,
	"statement/recent.go user":     belowUsers,
	"statement/statement.go Order": belowOrders,
	"app/request.go Order":         belowOrders,
	"app/request.go order":         belowOrders,
	"freeze/freeze.go Orders":      belowOrders,
	"useraccount/lock.go ids":      "db knows no nouns: it names the rows that it locked by plain numbers",
}

const (
	belowUsers  = "the package may not know users"
	belowOrders = "the package may not know orders"
)

// plain is a number without a type of its own that names something.
type plain struct{ name, at string }

// plainNumbers lists those of a file.
func plainNumbers(c code) (all []plain) {
	home := path.Dir(c.name)
	if home == "db" {
		return nil
	}
	own := slices.Contains(numbered, home)
	look := func(fields *ast.FieldList, own bool) {
		if fields == nil {
			return
		}
		for _, f := range fields.List {
			if !holdsInt64(f.Type) {
				continue
			}
			from := ""
			if f.Tag != nil {
				if m := column.FindStringSubmatch(f.Tag.Value); m != nil {
					from = m[1]
				}
			}
			for _, n := range f.Names {
				if isID.MatchString(n.Name) || isID.MatchString(from) || own && isOwnID.MatchString(n.Name) {
					all = append(all, plain{c.name + " " + n.Name, c.at(n, "%s is a number without a type of its own", n.Name)})
				}
			}
		}
	}
	owners := map[*ast.StructType]bool{}
	ast.Inspect(c.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.TypeSpec:
			if s, ok := n.Type.(*ast.StructType); ok && hasID.MatchString(n.Name.Name) {
				owners[s] = true
			}
		case *ast.StructType:
			look(n.Fields, own || owners[n])
		case *ast.FuncType:
			look(n.Params, own)
			look(n.Results, own)
		}
		return true
	})
	return all
}

// holdsInt64 reports whether a value of a type is an int64, one that may be missing, or
// several. What a function takes is not held.
func holdsInt64(t ast.Expr) bool {
	switch t := t.(type) {
	case *ast.Ident:
		return t.Name == "int64"
	case *ast.SelectorExpr:
		return dotted(t) == "sql.NullInt64"
	case *ast.IndexExpr: // sql.Null[int64]
		return holdsInt64(t.Index)
	case *ast.StarExpr:
		return holdsInt64(t.X)
	case *ast.ArrayType:
		return holdsInt64(t.Elt)
	case *ast.Ellipsis:
		return holdsInt64(t.Elt)
	case *ast.MapType:
		return holdsInt64(t.Key) || holdsInt64(t.Value)
	}
	return false
}

func TestNumbersThatNameThingsHaveTypes(t *testing.T) {
	used := map[string]bool{}
	for _, c := range inHouse(t) {
		for _, p := range plainNumbers(c) {
			if plainIDs[p.name] == "" {
				t.Error(p.at)
			}
			used[p.name] = true
		}
	}
	for name := range plainIDs {
		if !used[name] {
			t.Errorf("%s has leave to be a plain number, and is none", name)
		}
	}
}

func TestTheRuleForNumbersBites(t *testing.T) {
	for name, text := range map[string]string{
		"a user":                      "command func F(ctx context.Context, user int64) {}",
		"a user and a time":           "command func F(user, now int64) {}",
		"a user who is returned":      "command func F() (user int64, err error) { return }",
		"a method":                    "command func (d *Desk) F(order int64) {}",
		"an interface":                "door/limedoor type Desk interface { Joined(ctx context.Context, app int64) error }",
		"a function in a field":       "command type Desk struct { F func(order int64) }",
		"a function inside":           "command var f = func(user int64) {}",
		"several":                     "command func F(apps []int64) {}",
		"any number of them":          "command func F(users ...int64) {}",
		"a table":                     "command type T struct { Orders map[int64]bool }",
		"a field":                     "command type Request struct { App int64 }",
		"a field that may be missing": "invoice type Invoice struct { ToUser sql.NullInt64 }",
		"the same of today":           "invoice type Invoice struct { ByApp sql.Null[int64] }",
		"one by its column":           "deposit type Coin struct { Whose int64 `db:\"user_id\"` }",
		"one that is read in passing": "worker func f() { var rows []struct { N int64 `db:\"order_id\"` } }",
		"the id of a user":            "useraccount type User struct { ID int64 }",
		"the id that is locked":       "app func Lock(ctx context.Context, tx *db.Tx, id int64) {}",
		"several ids":                 "paymentorder func All(ids []int64) {}",
		"the id of an app elsewhere":  "command type AppLink struct { ID int64 }",
	} {
		pkg, text, _ := strings.Cut(text, " ")
		if len(plainNumbers(parse(t, pkg+"/x.go", "package x\n"+text))) == 0 {
			t.Errorf("%s passes", name)
		}
	}
	for name, text := range map[string]string{
		"a type of its own":      "app type App struct { ID ID; User useraccount.ID `db:\"user_id\"`; Order sql.Null[paymentorder.ID] }",
		"a JID":                  "outbox type Notice struct { User string }",
		"a time of an order":     "paymentorder type Order struct { ID ID; Created int64 }",
		"the id of a notice":     "outbox func Bounce(ctx context.Context, tx *db.Tx, id int64, user string) {}",
		"whoever counts":         "freeze func F() (n int64) { return }",
		"what db says of a row":  "db type T struct { User int64 }",
		"how many orders may be": "config type Limits struct { OpenOrders int64 }",
	} {
		pkg, text, _ := strings.Cut(text, " ")
		if wrong := plainNumbers(parse(t, pkg+"/x.go", "package x\n"+text)); len(wrong) > 0 {
			t.Errorf("%s: %v", name, wrong)
		}
	}
}
