package wallet

import (
	"context"

	"github.com/bitcoim/bitcoim/app"
)

// AppPayment is one payment that an app asked for.
type AppPayment = app.Entry

// AppLog lists the latest n payments that an app of the caller's asked for, newest first,
// with the name of the app.
func (s *Service) AppLog(ctx context.Context, by Caller, name string, n int) (_ string, _ []AppPayment, err error) {
	defer by.told(&err)
	if err := s.inPerson(ctx, by, "app"); err != nil {
		return "", nil, err
	}
	a, err := by.appNamed(ctx, s.DB.Read(), name)
	if err != nil {
		return "", nil, err
	}
	all, err := a.Log(ctx, s.DB.Read(), n)
	return a.Name, all, err
}
