package archtest_test

import (
	"go/ast"
	"path"
	"testing"
)

// What a caller may ask of a wallet says the same to all of them: an app hears nothing of
// how it stands with its user, and nobody takes a database that is away for a mistake.

// untold are the methods of wallet.Service with a caller that need not say so, and why.
var untold = map[string]string{
	"Caller":  "finds out who it is",
	"May":     "is asked by the others, and by command before it reads words",
	"Late":    "is asked by the others, and by command before it reads words",
	"Earlier": "finds an answer that was given",
	"Reused":  "knows nothing of anybody but the caller's own keys",
}

// tellsAll lists the methods of a file that do not begin with `defer by.told(&err)`.
func tellsAll(c code) (wrong []string) {
	if path.Dir(c.name) != "wallet" {
		return nil
	}
	for _, d := range c.file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Recv == nil || !f.Name.IsExported() || plainType(f.Recv.List[0].Type) != "Service" || !hasCaller(f.Type) || untold[f.Name.Name] != "" {
			continue
		}
		if len(f.Body.List) > 0 {
			if first, ok := f.Body.List[0].(*ast.DeferStmt); ok && dotted(first.Call.Fun) == "by.told" {
				continue
			}
		}
		wrong = append(wrong, c.at(f, "%s does not begin with `defer by.told(&err)`", f.Name.Name))
	}
	return wrong
}

// plainType is the name of a type of the package, or of what points to it.
func plainType(n ast.Expr) string {
	if p, ok := n.(*ast.StarExpr); ok {
		n = p.X
	}
	if i, ok := n.(*ast.Ident); ok {
		return i.Name
	}
	return ""
}

func hasCaller(t *ast.FuncType) bool {
	for _, p := range t.Params.List {
		if plainType(p.Type) == "Caller" {
			return true
		}
	}
	return false
}

func TestEveryCallerIsToldTheSame(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range inHouse(t) {
		for _, wrong := range tellsAll(c) {
			t.Error(wrong)
		}
		if path.Dir(c.name) != "wallet" {
			continue
		}
		for _, d := range c.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil && hasCaller(f.Type) {
				seen[f.Name.Name] = true
			}
		}
	}
	for name := range untold {
		if !seen[name] {
			t.Errorf("%s need not tell, and there is no such method", name)
		}
	}
}

func TestTheRuleForCallersBites(t *testing.T) {
	const begin = "package wallet\nfunc (s *Service) "
	for text, want := range map[string]bool{
		"Pay(ctx context.Context, by Caller) (err error) { return nil }":                                     true,
		"Pay(ctx context.Context, by Caller) (err error) { defer DatabaseAway(&err); return nil }":           true,
		"Pay(ctx context.Context, by Caller) (err error) { x := 1; defer by.told(&err); _ = x; return nil }": true,
		"Pay(ctx context.Context, by Caller) (err error) { defer by.told(&err); return nil }":                false,
		"pay(ctx context.Context, by Caller) error { return nil }":                                           false,
		"Pay(ctx context.Context) error { return nil }":                                                      false,
		"May(ctx context.Context, by Caller) error { return nil }":                                           false,
	} {
		if got := len(tellsAll(parse(t, "wallet/x.go", begin+text))) > 0; got != want {
			t.Errorf("%s: found %v, want %v", text, got, want)
		}
	}
}
