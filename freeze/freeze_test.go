package freeze_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

var (
	proof = freeze.Cause{Ref: "order:7", Reason: freeze.Proof, What: "paid, and given back"}
	paid  = freeze.Cause{Ref: "order:7", Reason: freeze.Paid, What: "paid by nobody"}
)

// house is a database that fails the test and not the reader.
type house struct {
	*testing.T
	*db.DB
}

func (h house) do(fn func(tx *db.Tx) (bool, error)) (said bool) {
	h.Helper()
	if err := h.Tx(h.Context(), func(tx *db.Tx) (err error) { said, err = fn(tx); return err }); err != nil {
		h.Fatal(err)
	}
	return said
}

func (h house) stop(c freeze.Cause) bool {
	h.Helper()
	return h.do(func(tx *db.Tx) (bool, error) { return freeze.Payments(h.Context(), tx, c) })
}

func (h house) acknowledge(ref string) bool {
	h.Helper()
	return h.do(func(tx *db.Tx) (bool, error) {
		lifted, err := freeze.Acknowledge(h.Context(), tx, ref, "me")
		return len(lifted) > 0, err
	})
}

func (h house) clear(c freeze.Cause) bool {
	h.Helper()
	return h.do(func(tx *db.Tx) (bool, error) { return freeze.Clear(h.Context(), tx, c) })
}

func (h house) is(what string, refs ...string) {
	h.Helper()
	all, err := freeze.Causes(h.Context(), h.Read())
	if err != nil {
		h.Fatal(err)
	}
	var got []string
	for _, c := range all {
		if got = append(got, c.Ref); c.Since == 0 || c.What == "" || c.Reason == "" {
			h.Errorf("%s: got %+v", what, c)
		}
	}
	on, err := freeze.Stopped(h.Context(), h.Read())
	if err != nil || on != (len(refs) > 0) || len(got) != len(refs) || len(refs) > 0 && got[0] != refs[0] {
		h.Errorf("%s: stopped by %q (%v, %v), want %q", what, got, on, err, refs)
	}
}

func each(t *testing.T, fact func(h house)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fact(house{t, d}) })
}

func TestPaymentsStopUntilAnOperatorSaysWhatItWas(t *testing.T) {
	each(t, func(h house) {
		h.is("at first")
		if !h.stop(proof) || h.stop(proof) {
			h.Error("one thing stops payments once")
		}
		h.is("stopped", proof.Ref)
		if !h.acknowledge(proof.Ref) || h.acknowledge(proof.Ref) {
			h.Error("one thing is acknowledged once")
		}
		h.is("acknowledged")
		if ok, err := freeze.Acknowledged(h.Context(), h.Read(), proof); !ok || err != nil {
			h.Errorf("it is acknowledged: %v (%v)", ok, err)
		}
		if h.stop(proof) {
			h.Error("what was acknowledged stops payments again")
		}
		h.is("found again")
	})
}

func TestWhatIsExpectedDoesNotStop(t *testing.T) {
	each(t, func(h house) {
		expect := func(ref string) bool {
			h.Helper()
			return h.do(func(tx *db.Tx) (bool, error) { return freeze.Expect(h.Context(), tx, ref, "me") })
		}
		for range 2 {
			if !expect(proof.Ref) {
				h.Error("what stops nothing is not expected")
			}
		}
		h.stop(paid)
		h.is("found after it was expected")
		other := proof
		other.Ref = "order:8"
		h.stop(other)
		if expect(other.Ref) {
			h.Error("what stops payments is expected")
		}
		h.is("it stops them", other.Ref)
		h.acknowledge(other.Ref)
		if !expect(other.Ref) {
			h.Error("what was acknowledged is not expected")
		}
		h.is("acknowledged")
	})
}

// A name with a slip of the pen in it is nobody's, and stays so.
func TestWhatIsUnknownIsNotAcknowledged(t *testing.T) {
	each(t, func(h house) {
		h.stop(proof)
		const typo = "order:70"
		err := h.Tx(h.Context(), func(tx *db.Tx) error { _, err := freeze.Acknowledge(h.Context(), tx, typo, "me"); return err })
		if !errors.Is(err, freeze.ErrUnknown) {
			h.Errorf("got %v", err)
		}
		c := proof
		c.Ref = typo
		if ok, err := freeze.Acknowledged(h.Context(), h.Read(), c); ok || err != nil {
			h.Errorf("it is kept: %v (%v)", ok, err)
		}
		if !h.stop(c) {
			h.Error("what had the name of the slip stops nothing")
		}
	})
}

func TestWhatClearsItselfMayComeAgain(t *testing.T) {
	each(t, func(h house) {
		c := freeze.Cause{Ref: "a rule", Reason: freeze.Books, What: "1 msat"}
		if !c.ClearsItself() || proof.ClearsItself() {
			h.Error("the audit ends what it saw, and nothing else")
		}
		h.stop(c)
		if !h.clear(c) || h.clear(c) {
			h.Error("it is over once")
		}
		h.is("over")
		if ok, err := freeze.Acknowledged(h.Context(), h.Read(), c); ok || err != nil {
			h.Errorf("nobody acknowledged it: %v (%v)", ok, err)
		}
		if !h.stop(c) {
			h.Error("it came again and stops nothing")
		}
		h.is("again", c.Ref)
	})
}

// An operator says what one thing was. He cannot say that no money will ever be
// missing: not while it is, not between two looks, and not in a row of old.
func TestARuleIsNotAcknowledged(t *testing.T) {
	each(t, func(h house) {
		for _, c := range []freeze.Cause{
			{Ref: "wallet and channels hold what users are owed", Reason: freeze.Balance, What: "5 msat are missing"},
			{Ref: "a balance is the sum of its transfers", Reason: freeze.Books, What: "5 msat are missing"},
		} {
			refused := func(when string) {
				h.Helper()
				err := h.Tx(h.Context(), func(tx *db.Tx) error { _, err := freeze.Acknowledge(h.Context(), tx, c.Ref, "me"); return err })
				if !errors.Is(err, freeze.ErrRule) {
					h.Errorf("%s, %s: got %v", c.Ref, when, err)
				}
			}
			refused("before it was found")
			h.stop(c)
			refused("while it is found")
			h.clear(c)
			refused("when it had passed")
			h.do(func(tx *db.Tx) (bool, error) {
				return tx.One(h.Context(), `UPDATE frozen SET who = 'me' WHERE ref = $1`, c.Ref)
			})
			c.What = "100000000000 msat are missing"
			if !h.stop(c) {
				h.Errorf("%s: somebody's word keeps it from stopping payments", c.Ref)
			}
			h.is("found again", c.Ref)
			h.clear(c)
		}
	})
}

// A freeze is committed with what was found, or not at all.
func TestAStopIsPartOfItsTransaction(t *testing.T) {
	each(t, func(h house) {
		undo := errors.New("undo")
		err := h.Tx(h.Context(), func(tx *db.Tx) error {
			if _, err := freeze.Payments(h.Context(), tx, proof); err != nil {
				return err
			}
			if on, err := freeze.Stopped(h.Context(), tx); err != nil || !on {
				h.Errorf("the transaction itself sees %v (%v)", on, err)
			}
			return undo
		})
		if !errors.Is(err, undo) {
			h.Errorf("got %v", err)
		}
		h.is("undone")
	})
}

func TestNothingOfItGoes(t *testing.T) {
	each(t, func(h house) {
		h.stop(proof)
		for _, q := range []string{`DELETE FROM frozen`, `UPDATE frozen SET who = 'me'`} {
			if err := h.Tx(h.Context(), func(tx *db.Tx) error { _, err := tx.ExecContext(h.Context(), q); return err }); err == nil {
				h.Errorf("done: %s", q)
			}
		}
		h.is("still", proof.Ref)
	})
}

// Whoever stops payments finds what began before; who begins after finds them stopped.
func TestWhatBeginsIsBeforeOrAfterTheStop(t *testing.T) {
	for name, dialect := range map[string]db.Dialect{"sqlite": db.SQLite, "postgres": db.Postgres} {
		t.Run(name, func(t *testing.T) {
			all := dbtest.Several(t, dialect, 2)
			first, second := house{t, all[0]}, house{t, all[1]}
			begun := freeze.Cause{Ref: "begun", Reason: freeze.Proof, What: "stands for an order that begins"}
			found, stopped := false, make(chan error, 1)
			first.do(func(tx *db.Tx) (bool, error) {
				if err := freeze.Unless(t.Context(), tx, freeze.Stopped); err != nil {
					return false, err
				}
				go func() {
					stopped <- second.Tx(t.Context(), func(tx *db.Tx) error {
						if _, err := freeze.Payments(t.Context(), tx, proof); err != nil {
							return err
						}
						all, err := freeze.Causes(t.Context(), tx)
						found = slices.ContainsFunc(all, func(c freeze.Cause) bool { return c.Ref == begun.Ref })
						return err
					})
				}()
				if err := dbtest.Waits(t.Context(), first.DB, 1); err != nil {
					return false, err
				}
				return freeze.Payments(t.Context(), tx, begun)
			})
			if err := <-stopped; err != nil || !found {
				t.Errorf("who stops payments finds what began before: %v (%v)", found, err)
			}
			err := first.Tx(t.Context(), func(tx *db.Tx) error { return freeze.Unless(t.Context(), tx, freeze.Stopped) })
			if !errors.Is(err, freeze.ErrStopped) {
				t.Errorf("what begins after does not find them stopped: %v", err)
			}
		})
	}
}

// What a transaction paid is written down with what was found of it, also if it was found
// before anybody asked, and stays what it was.
func TestWhatWasPaidIsWrittenDownOnce(t *testing.T) {
	each(t, func(h house) {
		c := freeze.Cause{Ref: "a1", Reason: freeze.Spent, What: "it left"}
		h.stop(c)
		for _, pays := range []string{"[1]", "[2]"} {
			c.Pays = pays
			if h.stop(c) {
				h.Error("one thing stops payments once")
			}
			all, err := freeze.Causes(h.Context(), h.Read())
			if err != nil || len(all) != 1 || all[0].Pays != "[1]" {
				h.Errorf("got %+v (%v)", all, err)
			}
		}
	})
}
