package archtest_test

import (
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strconv"
	"testing"
)

var (
	isSQL   = regexp.MustCompile(`\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|WHERE|ORDER BY|CREATE TABLE|PRAGMA)\s`)
	isWrite = regexp.MustCompile(`\b(INSERT INTO|UPDATE [a-z_]+\s+SET|DELETE FROM|CREATE (TABLE|INDEX|TRIGGER)|DROP|ALTER TABLE|TRUNCATE)\b`)
)

// handles are the types with which SQL could be written without a transaction
// of ours: outside db nobody has one.
var handles = []string{"sqlx.DB", "sql.DB", "sql.Conn", "sqlx.Conn", "sqlx.Open", "sql.Open", "sql.OpenDB", "sqlx.Connect", "sqlx.MustConnect",
	"sqlx.NewDb", "sqlx.Execer", "sqlx.ExecerContext", "sqlx.Ext", "sqlx.ExtContext", "sqlx.Preparer", "sqlx.PreparerContext", "sqlx.Tx", "sql.Tx"}

// builders put a text together; a query made that way may hold anything.
var builders = []string{"fmt.Sprintf", "fmt.Sprint", "fmt.Sprintln", "fmt.Appendf", "fmt.Fprintf", "strings.Replace", "strings.ReplaceAll",
	"strings.NewReplacer"}

// mayHandle are the files that open a database of their own, and why.
var mayHandle = map[string]string{
	"legacy/source.go": "the old gateway's file, which is only read",
	"legacy/tables.go": "the old gateway's file, which is only read",
}

func dotted(n ast.Expr) string {
	if s, ok := n.(*ast.SelectorExpr); ok {
		if x, ok := s.X.(*ast.Ident); ok {
			return x.Name + "." + s.Sel.Name
		}
	}
	return ""
}

func text(n ast.Node) string {
	l, ok := n.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return ""
	}
	s, _ := strconv.Unquote(l.Value)
	return s
}

// hasTx reports whether a function is given a transaction, or is a method of one.
func hasTx(f *ast.FuncType) bool {
	return slices.ContainsFunc(f.Params.List, func(p *ast.Field) bool {
		star, ok := p.Type.(*ast.StarExpr)
		return ok && dotted(star.X) == "db.Tx"
	})
}

// makesStatement reports whether a function makes a statement, which nothing but a
// transaction runs.
func makesStatement(f *ast.FuncType) bool {
	return f.Results != nil && slices.ContainsFunc(f.Results.List, func(r *ast.Field) bool { return dotted(r.Type) == "db.Statement" })
}

// querying lists what a file does with SQL that it should not. Constants of
// the package that write are found by name, so a package is looked at whole.
func querying(pkg []code) (wrong []string) {
	writers := map[string]bool{} // constants and tables with SQL that writes
	for _, c := range pkg {
		for _, d := range c.file.Decls {
			if g, ok := d.(*ast.GenDecl); ok {
				for _, s := range g.Specs {
					if v, ok := s.(*ast.ValueSpec); ok && writes(v) {
						for _, n := range v.Names {
							writers[n.Name] = true
						}
					}
				}
			}
		}
	}
	for _, c := range pkg {
		if path.Dir(c.name) != "db" {
			wrong = append(wrong, c.queries(writers)...)
		}
	}
	return wrong
}

func writes(n ast.Node) (found bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		found = found || n != nil && isWrite.MatchString(text(n))
		return !found
	})
	return found
}

func (c code) queries(writers map[string]bool) (wrong []string) {
	for _, d := range c.file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		wrong = append(wrong, c.unbooked(f, hasTx(f.Type) || makesStatement(f.Type), writers)...)
	}
	ast.Inspect(c.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if name := dotted(n); slices.Contains(handles, name) && mayHandle[c.name] == "" {
				wrong = append(wrong, c.at(n, "%s outside db: write with *db.Tx, read with sqlx.QueryerContext", name))
			}
		case *ast.CallExpr:
			if s, ok := n.Fun.(*ast.SelectorExpr); ok && (s.Sel.Name == "Exec" || s.Sel.Name == "MustExec" || s.Sel.Name == "MustExecContext") {
				wrong = append(wrong, c.at(n, "%s: without a context, or with a panic", s.Sel.Name))
			}
			if slices.Contains(builders, dotted(n.Fun)) && slices.ContainsFunc(n.Args, func(a ast.Expr) bool { return isSQL.MatchString(text(a)) }) {
				wrong = append(wrong, c.at(n, "%s builds SQL", dotted(n.Fun)))
			}
		}
		return true
	})
	return wrong
}

// unbooked lists SQL that writes in functions that were given no transaction.
func (c code) unbooked(in ast.Node, tx bool, writers map[string]bool) (wrong []string) {
	ast.Inspect(in, func(n ast.Node) bool {
		if f, ok := n.(*ast.FuncLit); ok && n != in && hasTx(f.Type) {
			return false // a transaction of its own
		}
		if i, ok := n.(*ast.Ident); ok && writers[i.Name] && !tx {
			wrong = append(wrong, c.at(n, "%s writes, and there is no *db.Tx here", i.Name))
		}
		if l, ok := n.(*ast.BasicLit); ok && isWrite.MatchString(text(l)) && !tx {
			wrong = append(wrong, c.at(n, "SQL that writes, and there is no *db.Tx here"))
		}
		return true
	})
	return wrong
}

func TestWritesAreInTransactions(t *testing.T) {
	all := files(t)
	for name := range mayHandle {
		if !slices.Contains(all, name) {
			t.Errorf("%s has leave to open a database, and is not there", name)
		}
	}
	pkgs := map[string][]code{}
	for _, c := range inHouse(t) {
		pkgs[path.Dir(c.name)] = append(pkgs[path.Dir(c.name)], c)
	}
	for _, pkg := range pkgs {
		for _, wrong := range querying(pkg) {
			t.Error(wrong)
		}
	}
}

func TestTheRulesForSQLBite(t *testing.T) {
	const begin = "package x\nimport (\"fmt\"; \"github.com/jmoiron/sqlx\"; \"github.com/bitcoim/bitcoim/db\")\n"
	for name, tt := range map[string]struct{ file, code string }{
		"a plain connection":            {"x/x.go", `func f(d *sqlx.DB) {}`},
		"an opened one":                 {"x/x.go", `func f() { sqlx.Open("sqlite", "x") }`},
		"anything that can write":       {"x/x.go", `func f(e sqlx.ExtContext) {}`},
		"Exec":                          {"x/x.go", `func f(tx *db.Tx) { tx.Exec("SELECT 1") }`},
		"MustExec":                      {"x/x.go", `func f(tx *db.Tx) { tx.MustExec("SELECT 1") }`},
		"a write through a reader":      {"x/x.go", `func f(q sqlx.QueryerContext) { sqlx.GetContext(ctx, q, &n, "UPDATE account SET bal = 0 RETURNING id") }`},
		"an insert through a reader":    {"x/x.go", "func f(q sqlx.QueryerContext) { q.QueryxContext(ctx, `\nINSERT INTO account (id) VALUES (1)`) }"},
		"a constant through a reader":   {"x/x.go", `const take = "DELETE FROM notice"` + "\n" + `func f(q sqlx.QueryerContext) { q.QueryxContext(ctx, take) }`},
		"a table through a reader":      {"x/x.go", `var sets = map[string]string{"a": "UPDATE a SET b = 1"}` + "\n" + `func f(q sqlx.QueryerContext) { q.QueryxContext(ctx, sets["a"]) }`},
		"a transaction next door":       {"x/x.go", `func f(d *db.DB) { d.Tx(ctx, func(tx *db.Tx) error { return nil }); g("DELETE FROM notice") }`},
		"a statement next door":         {"x/x.go", `func f(q sqlx.QueryerContext) { g(db.Statement{Query: "DELETE FROM notice"}) }`},
		"a query that is put together":  {"x/x.go", `func f(name string) string { return fmt.Sprintf("SELECT id FROM %s", name) }`},
		"a clause that is put together": {"x/x.go", `func f(name string) string { return fmt.Sprintf(" WHERE name = '%s'", name) }`},
		"a file like the old gateway's": {"legacy/other.go", `func f(d *sqlx.DB) {}`},
	} {
		if len(querying([]code{parse(t, tt.file, begin+tt.code)})) == 0 {
			t.Errorf("%s passes", name)
		}
	}
	for name, text := range map[string]string{
		"a write in a transaction":    `func f(tx *db.Tx) { tx.ExecContext(ctx, "DELETE FROM notice") }`,
		"a write in a closure":        `func f(d *db.DB) { d.Tx(ctx, func(tx *db.Tx) error { return g(tx, "DELETE FROM notice") }) }`,
		"a constant in a transaction": `const take = "DELETE FROM notice"` + "\n" + `func f(tx *db.Tx) { tx.ExecContext(ctx, take) }`,
		"a statement":                 `func f() (db.Statement, error) { return db.Statement{Query: "DELETE FROM notice"}, nil }`,
		"a read":                      `func f(q sqlx.QueryerContext) { sqlx.GetContext(ctx, q, &n, "SELECT bal FROM account WHERE id = $1", 1) }`,
		"a sentence about an update":  `func f() { fmt.Sprintf("UPDATE: %d", 1) }`,
		"a constant that reads":       `const take = "SELECT 1"` + "\n" + `func f(q sqlx.QueryerContext) { g(q, take) }`,
	} {
		if wrong := querying([]code{parse(t, "x/x.go", begin+text)}); len(wrong) > 0 {
			t.Errorf("%s: %v", name, wrong)
		}
	}
}
