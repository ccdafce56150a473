package legacy

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/outbox"
	"github.com/bitcoim/bitcoim/useraccount"
)

// people makes users of the registrations, in the order in which they came:
// of two who want one name, the first keeps it.
func (i *importer) people(ctx context.Context, s *Source) error {
	for _, p := range s.people {
		jid := address.Bare(p.jid)
		if !plausible(jid) {
			i.problem("registration %d: %.100q is no JID", p.row, p.jid)
			continue
		}
		if _, twice := i.users[jid]; twice {
			i.problem("registration %d: %s is registered twice, the first counts", p.row, jid)
			continue
		}
		u, err := i.find(ctx, jid)
		if err != nil {
			return err
		}
		if u != nil { // whatever they did since then stands
			i.report.Known++
			continue
		}
		if u, _, err = useraccount.Register(ctx, i.tx, jid, i.now); err != nil {
			return err
		}
		i.report.Users++
		i.users[jid], i.fresh[u.ID] = u, true
		if err := i.name(ctx, u, p); err != nil {
			return err
		}
	}
	return nil
}

// find looks a user up, here and in the database; nil if there is none.
func (i *importer) find(ctx context.Context, jid string) (*useraccount.User, error) {
	if u := i.users[jid]; u != nil {
		return u, nil
	}
	u, err := useraccount.ByJID(ctx, i.tx, jid)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	i.users[jid] = u
	return u, nil
}

// name lets a user keep their name if it still is one. In 2011 nearly any
// text was.
func (i *importer) name(ctx context.Context, u *useraccount.User, p person) error {
	want := strings.ToLower(strings.TrimSpace(p.name))
	if want != "" {
		err := useraccount.Rename(ctx, i.tx, u, want, i.now)
		if err == nil {
			i.report.Names++
			return nil
		}
		if !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Conflict) {
			return err
		}
		why := "can not be a name"
		if fault.Is(err, fault.Conflict) {
			why = "is taken, or looks like one that is"
		}
		i.problem("registration %d: the username %.100q of %s %s", p.row, p.name, u.JID, why)
	}
	return i.tell(ctx, u, "import.no-name", map[string]any{"old": clip(p.name, 40)})
}

// tell leaves a notice to a user who wants notices.
func (i *importer) tell(ctx context.Context, u *useraccount.User, phrase string, args map[string]any) error {
	if !u.Active || !u.Notify {
		return nil
	}
	return outbox.Add(ctx, i.tx, outbox.Notice{User: u.JID, Phrase: phrase, Lang: u.Lang, Unit: u.Unit, Args: args,
		Balance: phrase == "import.balance"}, i.now)
}

// plausible reports whether a bare JID could be a user's: a local part and a
// domain without what neither may hold (RFC 7622 §3.2 and §3.3.1).
func plausible(jid string) bool {
	local, domain, _ := address.SplitJID(jid)
	return part(local, `"&'/:<>@`) && part(domain, `"&'/<>@`)
}

func part(text, not string) bool {
	return text != "" && len(text) <= 1023 && utf8.ValidString(text) && !strings.ContainsAny(text, not) &&
		!strings.ContainsFunc(text, func(r rune) bool {
			return unicode.IsSpace(r) || unicode.IsControl(r) || r == utf8.RuneError || i18n.Clean(string(r)) == ""
		})
}

// clip cleans words of the old file and keeps n characters of them.
func clip(text string, n int) string {
	text = strings.TrimSpace(i18n.Clean(text))
	if r := []rune(text); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return text
}
