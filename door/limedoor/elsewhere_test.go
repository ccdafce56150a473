package limedoor_test

import (
	"fmt"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/door/limedoor"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/outbox"
	"github.com/bitcoim/bitcoim/useraccount"
)

func named(name string) lime.Identity { return lime.Identity{Name: name, Domain: gateway} }

// looks reads somebody's balance.
func (b *bot) looks(name string) error {
	_, err := b.do(lime.Get, lime.URI("lime://"+name+"@"+gateway+"/balance"), nil)
	return err
}

func (b *bot) delegates(name string) error {
	_, err := b.do(lime.Set, "/delegations", lime.Delegation{Target: named(name), EnvelopeTypes: []string{"command"}})
	return err
}

// Ann's sessions are at two instances: what she gave at one she takes back at
// the other, and it is gone at both.
func TestADelegationIsTheSameEverywhere(t *testing.T) {
	one, other := two(t, db.Postgres)
	one.enrol("ann", "bob")
	given := one.person("ann")
	taken, err := other.enter("ann", lime.WithPassword("secret word"))
	if err != nil {
		t.Fatal(err)
	}
	bobs := []*bot{one.person("bob")}
	b, err := other.enter("bob", lime.WithPassword("secret word"))
	if err != nil {
		t.Fatal(err)
	}
	bobs = append(bobs, b)
	if err := given.delegates("bob"); err != nil {
		t.Fatal(err)
	}
	for i, bob := range bobs {
		if err := bob.looks("ann"); err != nil {
			t.Errorf("bob at %d: %v", i, err)
		}
	}
	if all := must[lime.Collection](taken, lime.Get, "/delegations", nil); len(all.Items) != 1 {
		t.Errorf("elsewhere ann has %+v", all)
	}
	if _, err := taken.do(lime.Delete, "/delegations/bob", nil); err != nil {
		t.Fatal(err)
	}
	for i, bob := range bobs {
		if err := bob.looks("ann"); codeOf(err) != lime.PermissionRequired {
			t.Errorf("bob at %d still looks: %v", i, err)
		}
	}
}

// Ann takes a bot away in a chat with another instance: its session here does
// nothing more, and ends.
func TestABotThatIsTakenAwayElsewhereIsGoneHere(t *testing.T) {
	here, elsewhere := two(t, db.Postgres)
	here.enrol("ann", "bob")
	stays := here.bot("ann", here.link("ann", "budget 5000/day"))
	gone := here.bot("ann", here.link("ann", "budget 5000/day"))
	elsewhere.says("ann", fmt.Sprint("unlink app", here.asked-1))
	if o, err := gone.order("o", `{"to":"bob","amount":1000,"confirm":true}`); err == nil {
		t.Errorf("it pays: %+v", o)
	}
	gone.ends()
	if o, err := stays.order("o", `{"to":"bob","amount":1000,"confirm":true}`); err != nil || o.State != limedoor.Sent {
		t.Errorf("ann's other bot: %+v, %v", o, err)
	}
}

// A delegation is of two people. Whoever has the name of one of them later has
// nothing of it.
func TestADelegationIsNotOfNames(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.enrol("ann", "bob", "carol", "dan")
		ann, bob := w.person("ann"), w.bot("bob", w.link("bob", "receive-only"))
		if err := ann.delegates("erin"); codeOf(err) != lime.NotFound {
			t.Errorf("to nobody: %v", err)
		}
		if err := ann.delegates("bob"); err != nil {
			t.Fatal(err)
		}
		if err := bob.looks("ann"); err != nil {
			t.Error(err)
		}
		w.says("bob", "name robert yes")
		if err := bob.looks("ann"); err == nil {
			t.Error("a session goes on under a name that its user gave up")
		}
		if list := must[lime.Collection](ann, lime.Get, "/delegations", nil); len(list.Items) != 1 {
			t.Errorf("ann has %+v", list)
		}
		if err := w.bot("robert", botKey(w, "bob")).looks("ann"); err != nil {
			t.Errorf("bob under his new name: %v", err)
		}
		w.says("ann", "name anna yes")
		w.clock.Add(useraccount.Quarantine)
		w.says("carol", "name bob yes")
		w.says("dan", "name ann yes")
		carol := w.bot("bob", botKey(w, "carol"))
		for _, name := range []string{"ann", "anna"} {
			if err := carol.looks(name); codeOf(err) != lime.PermissionRequired {
				t.Errorf("who is called bob now looks at %s: %v", name, err)
			}
		}
		robert := w.bot("robert", botKey(w, "bob"))
		if err := robert.looks("ann"); codeOf(err) != lime.PermissionRequired {
			t.Errorf("bob looks at who is called ann now: %v", err)
		}
		if err := robert.looks("anna"); err != nil {
			t.Errorf("bob looks at anna: %v", err)
		}
		w.says("bob", "unregister yes")
		w.says("bob", "register robert")
		if err := w.bot("robert", botKey(w, "bob")).looks("anna"); codeOf(err) != lime.PermissionRequired {
			t.Errorf("who left and came back looks: %v", err)
		}
	})
}

// botKey is the key of a new bot, whatever its user is called.
func botKey(w *town, who string) string {
	w.t.Helper()
	w.asked++
	return w.key(who, fmt.Sprintf("link lime app%d receive-only", w.asked))
}

// A notice takes its number when it is written, and is there when its
// transaction ends. It is told then, however many were told before.
func TestANoticeThatIsCommittedLateIsTold(t *testing.T) {
	w := newTown(t, dbtest.Postgres(t))
	w.enrol("ann")
	me := w.person("ann")
	if _, err := me.do(lime.Set, "/presence", lime.Presence{Status: lime.Available, RoutingRule: lime.RouteIdentity}); err != nil {
		t.Fatal(err)
	}
	write := func(tx *db.Tx) (int64, error) {
		return outbox.Put(t.Context(), tx, outbox.Notice{User: jid("ann"), Phrase: "user.resumed", Args: map[string]any{}}, w.clock.Load())
	}
	hears := func(id int64) {
		t.Helper()
		me.next(fmt.Sprintf("notice %d", id), func(e lime.Envelope) bool {
			m, is := e.(*lime.Message)
			return is && m.ID == fmt.Sprint("notice-", id)
		})
	}
	soon := func() (id int64) {
		t.Helper()
		if err := w.desk.DB.Tx(t.Context(), func(tx *db.Tx) (err error) { id, err = write(tx); return err }); err != nil {
			t.Fatal(err)
		}
		w.door.Notify()
		return id
	}
	hears(soon())
	var late int64
	err := w.desk.DB.Tx(t.Context(), func(tx *db.Tx) (err error) {
		if late, err = write(tx); err != nil {
			return err
		}
		hears(soon())
		w.clock.Add(40) // a request has half a minute
		hears(soon())
		hears(soon())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w.door.Notify()
	hears(late)
}

// Many wrong passwords, from wherever, keep nobody out who knows the right one.
func TestGuessesLockNobodyOut(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t))
	w.enrol("ann")
	w.person("ann")
	for range 30 {
		if w.in("ann", "guess") {
			t.Fatal("a guess is let in")
		}
	}
	if !w.in("ann", "secret word") {
		t.Error("ann is kept out by what others guessed")
	}
}
