package command_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/wallet"
)

// how reads what is in the brackets after a speaker.
func (s *scene) how(r *command.Request, how string) {
	for part := range strings.SplitSeq(how, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(part), " ")
		switch key {
		case "":
		case "id":
			r.ID = value
		case "count": // an id that is unique in the client's stream only
			r.ID, r.Stream = value, r.User+"/client"
		case "edits":
			r.Edits = value
		case "app": // a bot of the user's
			r.App = s.appOf(strings.TrimSuffix(r.User, "@"+home) + "/" + value).ID
		case "late":
			d, err := time.ParseDuration(value)
			if err != nil {
				s.errorf("%v", err)
			}
			r.Sent = s.now.Add(-d)
		default:
			s.errorf("nobody speaks (%s)", part)
		}
	}
}

// direct does a line that nobody says.
func (s *scene) direct(line string, more []string) {
	s.t.Helper()
	words := strings.Fields(line)
	verb, rest := words[0], words[1:]
	if len(rest) > 0 && rest[0] == "hears" {
		s.told(verb, append([]string{strings.TrimSpace(strings.TrimPrefix(line, verb+" hears"))}, more...))
		return
	}
	if len(rest) > 1 && rest[0] == "fills" {
		s.settled()
		s.fills(verb, rest[1], strings.Fields(s.fill(strings.Join(rest[2:], " "))))
		return
	}
	do, ok := directions[verb]
	if !ok {
		s.errorf("nobody knows how to %q", line)
		return
	}
	do(s, rest, strings.TrimSpace(strings.TrimPrefix(line, verb)))
}

var directions = map[string]func(s *scene, words []string, line string){
	"users": func(s *scene, words []string, _ string) { s.enrol(words...) },
	"chain": func(s *scene, words []string, _ string) { s.pays(words[0], s.number(words[1]), 100) },
	"comes": func(s *scene, words []string, _ string) { s.pays(words[0], s.number(words[1]), 0) },
	"lang":  func(s *scene, words []string, _ string) { s.langs[words[0]] = words[1] },
	"wait": func(s *scene, words []string, _ string) {
		d, err := time.ParseDuration(words[0])
		if err != nil {
			s.errorf("%v", err)
		}
		s.passes(d)
	},
	"node":   func(s *scene, words []string, _ string) { s.freeze(words[0] == "away") },
	"ledger": func(s *scene, words []string, _ string) { s.ledger(words) },
	"house":  func(s *scene, words []string, _ string) { s.house(words) },
	"orders": func(s *scene, words []string, _ string) { s.counts(s.orders(), words[0]) },
	"suspend": func(s *scene, words []string, line string) {
		s.suspends(words[0], strings.TrimPrefix(line, words[0]+" "))
	},
	"nameless": func(s *scene, words []string, _ string) { // as python-bitcoim left some
		s.write(func(tx *db.Tx) error {
			_, err := tx.ExecContext(context.Background(), `UPDATE username SET released = 1 WHERE user_id = $1`, s.user(words[0]).ID)
			return err
		})
	},
	"payments":  func(s *scene, words []string, _ string) { s.stops(words[0]) },
	"resume":    func(s *scene, words []string, _ string) { s.suspends(words[0], "") },
	"apps":      func(s *scene, words []string, _ string) { s.apps(words) },
	"lightning": func(s *scene, words []string, _ string) { s.lightning(words) },
	"invoice":   func(s *scene, words []string, _ string) { s.invoice(words) },
	"arrives":   func(s *scene, words []string, _ string) { s.arrives(s.fill(words[0]), int64(s.number(words[1]))) },
	"order": func(s *scene, words []string, _ string) { // ann {code} flies
		fee := int64(0)
		if len(words) > 3 {
			fee = s.number(words[3])
		}
		s.goes(words[0], s.fill(words[1]), words[2], amount.Msat(fee))
	},
	"gains": func(s *scene, words []string, _ string) { s.gains(words) },
	"loses": func(s *scene, words []string, _ string) { s.loses(words) },
	"shows": func(s *scene, _ []string, line string) { s.same([]string{line}, []string{s.last.QR}) },
	"offers": func(s *scene, _ []string, line string) {
		var texts []string
		for _, n := range s.last.Next {
			texts = append(texts, plain(n.Text))
		}
		s.same(strings.Split(line, " | "), texts)
	},
}

// told compares the next notice of a user with what it should be.
func (s *scene) told(who string, text []string) {
	s.t.Helper()
	s.settled()
	n := s.notice()
	if n == nil {
		s.errorf("%s hears nothing", who)
		return
	}
	from := ""
	if rest, ok := strings.CutPrefix(text[0], "from "); ok {
		from, text[0], _ = strings.Cut(rest, " ")
		from, text[0] = s.node(from), strings.TrimSpace(text[0])
	}
	if n.User != jid(who) || n.From != from {
		s.errorf("%s hears %s from %q, not %s from %q", n.User, n.Phrase, n.From, who, from)
	}
	said := s.words.Printer(s.words.Match(n.Lang, "en"), n.Unit).Say(n.Phrase, n.Args)
	s.same(text, append(strings.Split(plain(said), "\n"), n.Next...))
}

// fills sends a form: "ann fills pay amount=5000 to=bob", in which _ stands
// for a space, and AT/pay says it to a contact.
func (s *scene) fills(who, what string, fields []string) {
	to, name, at := "gateway", what, ""
	if node, cmd, ok := strings.Cut(what, "/"); ok {
		to, name, at = node, cmd, s.node(node)
	}
	args := map[string]string{}
	for _, f := range fields {
		key, value, _ := strings.Cut(f, "=")
		args[key] = strings.ReplaceAll(value, "_", " ")
	}
	s.hears(who, to, command.Request{User: jid(who), At: at, Name: name, Args: args, Lang: s.langs[who]})
}

// freeze stops the node where it stands, or lets it go on.
func (s *scene) freeze(on bool) {
	act := nodes.LND.Resume
	if on {
		act = nodes.LND.Pause
	}
	if err := act(); err != nil {
		s.errorf("%v", err)
	}
	s.away, s.desk.Chain = on, nodes.node
	if on {
		s.desk.Chain = nodes.hasty
	}
	if s.desk.Lightning.Node != nil {
		s.desk.Lightning.Node = nodes.channels
		if on {
			s.desk.Lightning.Node = nodes.hastyChannels
		}
	}
	for range 100 { // a signal takes its time, and a node has to catch up
		if _, err := s.desk.Chain.Info(context.Background()); (err != nil) == on {
			return
		}
	}
	s.errorf("the node is not as it should be (away: %v)", on)
}

// number reads a whole number, or a sum with placeholders: 5000+{fee}.
func (s *scene) number(text string) (n int64) {
	for part := range strings.SplitSeq(strings.NewReplacer("-", "+-", " ", "").Replace(s.fill(text)), "+") {
		if part == "" {
			continue
		}
		v, err := strconv.ParseInt(part, 10, 64)
		if err != nil {
			s.errorf("%v", err)
		}
		n += v
	}
	return n
}

// ledger reads "ann 95000 bob 5000 held ann 0", in sat.
func (s *scene) ledger(words []string) {
	s.t.Helper()
	s.settled()
	for len(words) > 1 {
		held := words[0] == "held"
		if held {
			words = words[1:]
		}
		u := s.user(words[0])
		account := u.Money
		if held {
			account = u.Held
		}
		got, err := ledger.Balance(context.Background(), s.desk.DB.Read(), account)
		if err != nil {
			s.t.Fatal(err)
		}
		if want := s.sats(words[1]); got != want {
			s.errorf("%s has %d msat (held: %v), want %d", words[0], got, held, want)
		}
		words = words[2:]
	}
}

func (s *scene) counts(got int, want string) {
	s.t.Helper()
	if fmt.Sprint(got) != want {
		s.errorf("got %d, want %s", got, want)
	}
}

// suspends stops somebody from sending; without a reason it lets them again.
func (s *scene) suspends(who, reason string) {
	u, ctx := s.user(who), context.Background()
	s.write(func(tx *db.Tx) error {
		if reason == "" {
			return useraccount.Resume(ctx, tx, u, "root", s.now.Unix())
		}
		return useraccount.Suspend(ctx, tx, u, "root", reason, s.now.Unix())
	})
}

// gains compares who asks to be in the roster.
func (s *scene) gains(words []string) {
	var got []string
	for _, c := range s.last.Greet {
		node := c.Node
		if c.Kind == wallet.GatewayContact {
			node = "gateway"
		}
		got = append(got, node)
	}
	s.same(words, got)
}

// loses compares who leaves the roster.
func (s *scene) loses(words []string) {
	var got []string
	for _, node := range s.last.Part {
		if node == "" {
			node = "gateway"
		}
		got = append(got, node)
	}
	s.same(words, got)
}

// house changes how the operator set the gateway up.
func (s *scene) house(words []string) {
	h := &s.desk.Policy
	sat := func(into *amount.Msat) { *into = amount.FromSats(s.number(words[1])) }
	switch words[0] {
	case "payment":
		sat(&h.Limits.Payment)
	case "day":
		sat(&h.Limits.Day)
	case "first-day":
		sat(&h.Limits.FirstDay)
	case "balance":
		sat(&h.Limits.Balance)
	case "in-flight":
		h.Limits.InFlight = int(s.number(words[1]))
	case "open-orders":
		h.Limits.OpenOrders = int(s.number(words[1]))
	case "confirmations":
		h.Confirmations = s.number(words[1])
	case "min-payment":
		sat(&h.MinPayment)
	case "addresses":
		h.AddressesUnused = int(s.number(words[1]))
	case "contact":
		h.OperatorContacts = words[1]
	case "open-to-all":
		h.OpenToAll = true
	case "closed":
		h.Closed = true
	case "serves":
		h.Served = words[1:]
	case "registers":
		h.RegistrationDomains = words[1:]
	default:
		s.errorf("the house has no %s", words[0])
	}
}
