package worker_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// absent is a wallet on the chain, and a Lightning node, that can not be reached while
// it is away.
type absent struct {
	*vault
	away   bool
	during func() // of a call
}

func (a *absent) err(of error) error {
	if a.during != nil {
		a.during()
	}
	if a.away {
		return fmt.Errorf("%w: it is off", of)
	}
	return nil
}

func (a *absent) Info(ctx context.Context) (chain.Info, error) {
	if err := a.err(chain.ErrUnreachable); err != nil {
		return chain.Info{}, err
	}
	return a.vault.Info(ctx)
}

func (a *absent) Prepare(ctx context.Context, outs []chain.Output, rate chain.FeeRate, most amount.Msat) (chain.Prepared, error) {
	if err := a.err(chain.ErrUnreachable); err != nil {
		return chain.Prepared{}, err
	}
	return a.vault.Prepare(ctx, outs, rate, most)
}

type absentPurse struct {
	*purse
	*absent
}

func (a absentPurse) Info(ctx context.Context) (lightning.Info, error) {
	if err := a.err(lightning.ErrUnreachable); err != nil {
		return lightning.Info{}, err
	}
	return a.purse.Info(ctx)
}

func (a absentPurse) Find(ctx context.Context, h lightning.Hash) (lightning.Outcome, error) {
	if err := a.err(lightning.ErrUnreachable); err != nil {
		return lightning.Outcome{}, err
	}
	return a.purse.Find(ctx, h)
}

func (a absentPurse) Balance(ctx context.Context) (lightning.Balance, error) {
	return a.purse.Balance(ctx)
}
func (a absentPurse) Close() error { return nil }

// told are the phrases that were written for a user.
func (r *room) told(u *useraccount.User) (all []string) {
	r.Helper()
	r.do(func(tx *db.Tx) error {
		return tx.SelectContext(r.Context(), &all, `SELECT phrase FROM notice WHERE jid = $1 ORDER BY id`, u.JID)
	})
	return all
}

// Whoever confirmed was told that it is being sent. That it waits for a node that is away
// is told once, and soon, whatever the gateway knows of its nodes; not if it waits for
// somebody else, or for nothing any more.
func TestThePayerReadsOnceThatThePaymentWaitsForTheNode(t *testing.T) {
	for name, tt := range map[string]struct {
		away, unlooked, stopped, dropped, quiet bool
		want                                    []string // until the node is back
	}{
		"the node is away":                         {away: true, want: []string{"order.waits"}},
		"it was away when the gateway began":       {away: true, unlooked: true, want: []string{"order.waits"}},
		"the gateway has not looked at it yet":     {unlooked: true},
		"it is away, and payments are stopped":     {away: true, unlooked: true, stopped: true},
		"it is away, and the payer has dropped it": {away: true, dropped: true},
		"it is away, and the payer wants no news":  {away: true, quiet: true},
	} {
		for _, kind := range []paymentorder.Kind{paymentorder.OnChain, paymentorder.Lightning} {
			t.Run(fmt.Sprint(name, ", kind ", kind), func(t *testing.T) {
				dbtest.Each(t, func(t *testing.T, d *db.DB) {
					r := enter(t, d)
					u, node, here := r.rich(1_000_000), newPurse(lightning.Succeeded), &absent{vault: &vault{}, away: tt.away}
					draft := paymentorder.Draft{ToAddress: "bcrt1qsomebody", Amount: 500_000, FeeLimit: 10_000}
					if kind == paymentorder.Lightning {
						draft = node.draft(500_000, 10_000)
					}
					o := r.order(u, draft)
					r.frozen.Store(tt.unlooked)
					r.do(func(tx *db.Tx) error {
						if tt.quiet {
							if _, err := tx.One(t.Context(), `UPDATE user_account SET notify = 0 WHERE id = $1`, u.ID); err != nil {
								return err
							}
						}
						if !tt.stopped {
							return nil
						}
						_, err := freeze.Payments(t.Context(), tx, freeze.Cause{Ref: "aa", Reason: freeze.Spent, What: "a test"})
						return err
					})
					if tt.dropped {
						here.during = func() {
							here.during = nil
							r.do(func(tx *db.Tx) error {
								u, err := useraccount.Lock(t.Context(), tx, u.ID)
								if err != nil {
									return err
								}
								o, err := paymentorder.ByID(t.Context(), tx, o.ID)
								if err != nil {
									return err
								}
								return o.Fail(t.Context(), tx, u, paymentorder.Dropped, u.Now)
							})
						}
					}
					for range 3 {
						if kind == paymentorder.Lightning {
							r.step(r.payer(0, absentPurse{node, here}))
						} else {
							r.pays(here)
						}
						r.ahead.Add(70)
					}
					if got := r.told(u); !slices.Equal(got, tt.want) {
						t.Errorf("told %q, want %q", got, tt.want)
					}
					if len(tt.want) > 0 && r.mayHaveItBack(u) == tt.unlooked {
						t.Errorf("the payer reads that the money may be had back: %v", !tt.unlooked)
					}
					if tt.dropped {
						r.is(o, paymentorder.Failed)
						return
					}
					r.is(o, paymentorder.Held)
					if tt.stopped || tt.quiet {
						return
					}
					here.away = false
					r.frozen.Store(false)
					if kind == paymentorder.Lightning {
						r.step(r.payer(0, absentPurse{node, here}))
					} else {
						r.pays(here)
					}
					if got := r.told(u); len(got) != len(tt.want)+1 || slices.Contains(got[len(tt.want):], "order.waits") {
						t.Errorf("afterwards told %q", got)
					}
				})
			})
		}
	}
}

// The payment hash was found once, and an operator said what it was. Until somebody has looked
// at the order it may have been made, and its payer reads nothing of having the money back.
func TestThePayerOfWhatWasFoundReadsNothingOfMoneyBack(t *testing.T) {
	for name, found := range map[string]bool{"it was found": true, "another one was": false} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				r := enter(t, d)
				u, node := r.rich(1_000_000), newPurse(lightning.Succeeded)
				o := r.order(u, node.draft(500_000, 10_000))
				ref := "aa"
				if found {
					ref = o.Hash.String
				}
				r.do(func(tx *db.Tx) error {
					if _, err := freeze.Payments(t.Context(), tx, freeze.Cause{Ref: ref, Reason: freeze.Paid, What: "a test"}); err != nil {
						return err
					}
					_, err := freeze.Acknowledge(t.Context(), tx, ref, "me")
					return err
				})
				r.step(r.payer(0, absentPurse{node, &absent{vault: &vault{}, away: true}}))
				if got := r.told(u); !slices.Equal(got, []string{"order.waits"}) {
					t.Fatalf("told %q", got)
				}
				if r.mayHaveItBack(u) == found {
					t.Errorf("the payer reads that the money may be had back: %v", !found)
				}
			})
		})
	}
}

// mayHaveItBack reports whether the payer of an order that waits was told how to have the
// money back.
func (r *room) mayHaveItBack(u *useraccount.User) bool {
	r.Helper()
	var args string
	r.do(func(tx *db.Tx) error {
		return tx.GetContext(r.Context(), &args, `SELECT args FROM notice WHERE jid = $1 AND phrase = 'order.waits'`, u.JID)
	})
	return strings.Contains(args, `"back":true`)
}
