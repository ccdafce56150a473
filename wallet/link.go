package wallet

import (
	"context"
	"strings"

	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
)

// NewLink is an app that a caller wants to let at the wallet.
type NewLink struct {
	Kind        AppKind
	Name        string  // as the user calls it
	Beacon      string  // of Moneysocket: where the app waits; "" makes one for it
	Budget      *Budget // nil: the operator's usual one
	Expires     int64   // in seconds; 0 never
	ReceiveOnly bool
}

// Linked is an app that was let at the wallet.
type Linked struct {
	ID  AppID
	App LinkedApp
	// Secret is what the app needs and nobody else may have. It is told once and kept
	// nowhere: in a result that comes again it is nil.
	Secret *LinkSecret `json:"-"`
}

// Link lets an app at the caller's wallet.
func (s *Service) Link(ctx context.Context, by Caller, n NewLink) (_ Linked, err error) {
	defer by.told(&err)
	if err := s.inPerson(ctx, by, "link"); err != nil {
		return Linked{}, err
	}
	if err := s.Late(by); err != nil {
		return Linked{}, err
	}
	asked, err := s.newApp(n)
	if err != nil {
		return Linked{}, err
	}
	secret, err := s.newSecret(by, &asked)
	if err != nil {
		return Linked{}, err
	}
	var made app.ID
	linked, err := Do(ctx, s, by, func(tx *db.Tx) (Linked, error) {
		a, err := app.Link(ctx, tx, by.User.ID, asked)
		if err != nil {
			return Linked{}, err
		}
		made = a.ID
		return Linked{ID: a.ID, App: linkedApp(a, a.Budget, a.Created)}, nil
	})
	if err == nil && linked.ID == made { // by this request, whatever became of the answer to its COMMIT
		linked.Secret = secret
	}
	return linked, err
}

// newApp is what the caller lets the app do, checked.
func (s *Service) newApp(n NewLink) (app.NewApp, error) {
	a := app.NewApp{Kind: n.Kind, Name: strings.ToLower(strings.TrimSpace(n.Name)), Beacon: n.Beacon, Expires: n.Expires, ReceiveOnly: n.ReceiveOnly}
	if !isAppName(a.Name) {
		return a, ErrAppName.With(fault.Args{"app": i18n.Clip(a.Name, 40), "max": int64(longestAppName)})
	}
	b := s.Apps.Budget
	switch {
	case n.ReceiveOnly && n.Budget != nil:
		return a, ErrReceivesBudget
	case n.ReceiveOnly:
		b = Budget{}
	case n.Budget != nil:
		b = *n.Budget
	}
	b, err := b.whole()
	a.Budget, a.Per = b.Amount, b.Per
	return a, err
}

// longestAppName is how many characters the name of an app may have.
const longestAppName = 32

// isAppName reports whether an app can be called so: letters, digits, - and _, a letter
// first, in lower case.
func isAppName(name string) bool {
	if name == "" || len(name) > longestAppName || name[0] < 'a' || name[0] > 'z' {
		return false
	}
	return strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}
