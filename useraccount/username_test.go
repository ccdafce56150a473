package useraccount_test

import (
	"sync"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/useraccount"
)

func TestNames(t *testing.T) {
	const ann, bob = "ann@example.org", "bob@example.org"
	type step struct {
		who, name string
		at        int64
		kind      fault.Kind // 0 is fine
	}
	const gone = "" // the user leaves
	later := int64(now + useraccount.Quarantine)
	for name, tt := range map[string]struct {
		steps []step
		finds map[string]string // who is found by a name in the end
	}{
		"a free name":                        {[]step{{ann, "annie", now, 0}}, map[string]string{"annie": ann, "bobby": ""}},
		"one's own name again":               {[]step{{ann, "annie", now, 0}, {ann, "annie", now, 0}}, map[string]string{"annie": ann}},
		"somebody else's":                    {[]step{{ann, "annie", now, 0}, {bob, "annie", now, fault.Conflict}}, map[string]string{"annie": ann}},
		"one that looks like somebody's":     {[]step{{ann, "bill", now, 0}, {bob, "bi1l", now, fault.Conflict}}, map[string]string{"bill": ann, "bi1l": ""}},
		"one that looks like one's own":      {[]step{{ann, "bill", now, 0}, {ann, "bi1l", now, 0}}, map[string]string{"bi1l": ann, "bill": ""}},
		"an old name leads nowhere":          {[]step{{ann, "annie", now, 0}, {ann, "nina", now, 0}}, map[string]string{"nina": ann, "annie": ""}},
		"an old name is kept from others":    {[]step{{ann, "annie", now, 0}, {ann, "nina", now, 0}, {bob, "annie", later - 1, fault.Conflict}}, map[string]string{"annie": ""}},
		"but not for ever":                   {[]step{{ann, "annie", now, 0}, {ann, "nina", now, 0}, {bob, "annie", later, 0}}, map[string]string{"annie": bob, "nina": ann}},
		"and not from whoever had it":        {[]step{{ann, "annie", now, 0}, {ann, "nina", now, 0}, {ann, "annie", now + 1, 0}}, map[string]string{"annie": ann, "nina": ""}},
		"a name outlives its user":           {[]step{{ann, "annie", now, 0}, {ann, gone, now, 0}, {bob, "annie", later - 1, fault.Conflict}}, map[string]string{"annie": ""}},
		"the quarantine starts at each time": {[]step{{ann, "annie", now, 0}, {ann, "nina", now, 0}, {ann, "annie", later, 0}, {ann, "nina", later, 0}, {bob, "annie", later + 1, fault.Conflict}}, map[string]string{"nina": ann}},
		"no name at all":                     {[]step{{ann, "a b", now, fault.Invalid}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, c town) {
				users := map[string]*useraccount.User{}
				for _, jid := range []string{ann, bob} {
					users[jid], _ = c.register(jid)
				}
				for _, s := range tt.steps {
					if s.name == gone {
						c.unregister(users[s.who], s.at)
						continue
					}
					if err := c.rename(users[s.who], s.name, s.at); (err == nil) != (s.kind == 0) || err != nil && !fault.Is(err, s.kind) {
						t.Errorf("%s wants %q: got %v", s.who, s.name, err)
					}
				}
				for name, want := range tt.finds {
					u, err := useraccount.ByName(t.Context(), c.Read(), name)
					switch {
					case want == "" && !fault.Is(err, fault.NotFound):
						t.Errorf("%s: got %+v (%v)", name, u, err)
					case want != "" && (err != nil || u.JID != want || u.Name != name):
						t.Errorf("%s: got %+v (%v), want %s", name, u, err, want)
					}
				}
			})
		})
	}
}

// Everybody wants one name, or one that looks like it, at the same time.
func TestOneOfManyGetsTheName(t *testing.T) {
	const clients = 12
	for name, dialect := range map[string]db.Dialect{"sqlite": db.SQLite, "postgres": db.Postgres} {
		t.Run(name, func(t *testing.T) {
			var all []town
			for _, d := range dbtest.Several(t, dialect, 3) {
				all = append(all, town{t, d})
			}
			var users []*useraccount.User
			for i := range clients {
				u, _ := all[0].register(string(rune('a'+i)) + "@example.org")
				users = append(users, u)
			}
			for _, names := range [][2]string{{"bill", "bi1l"}, {"anna", "anna"}} {
				errs := make([]error, clients)
				var done sync.WaitGroup
				for i := range clients {
					done.Go(func() { errs[i] = all[i%3].rename(users[i], names[i%2], now) })
				}
				done.Wait()
				won := 0
				for _, err := range errs {
					if err == nil {
						won++
					} else if !fault.Is(err, fault.Conflict) {
						t.Error(err)
					}
				}
				if won != 1 {
					t.Errorf("%d got %q", won, names)
				}
			}
		})
	}
}
