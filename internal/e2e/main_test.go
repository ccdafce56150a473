package e2e_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/bitcoim/bitcoim/internal/sandbox/world"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fact is one thing that is true of a gateway.
type fact struct {
	name string
	play func(t *testing.T, h *house)
}

// everywhere holds behind every server. The facts share one world: each makes
// its own people, and leaves the world as it found it.
var everywhere = []fact{
	{"clients find what they look for", services},
	{"hostile stanzas change nothing", hostile},
	{"nothing waits in the server's parser", nothingWaits},
	{"no picture waits there", noPictureWaits},
	{"a strange contact does not return to kill", strangeContact},
	{"what is no command is not answered", noCommand},
	{"other domains have no account", otherDomains},
	{"one message is one command", oneMessage},
	{"a message said twice is one command", saidTwice},
	{"what comes late moves no money", comesLate},
	{"a correction replaces an order once", corrected},
	{"a user with a thousand contacts", manyContacts},
	{"a burst of 50,000 messages", burst},
	{"the node does not answer", frozenNode},
	{"the server restarts", restarts},
	{"the server is killed", killed},
	{"the server does not answer", frozenServer},
	{"the secret is wrong", wrongSecret},
	{"bitcoim check disturbs nobody", checked},
}

func TestProsody(t *testing.T) {
	t.Parallel()
	h := open(t, world.Options{Server: "prosody", Database: "sqlite"})
	h.hold(t, everywhere)
	h.hold(t, []fact{
		{"another connection takes the domain", conflict},
		{"stopping finishes what was begun", stops},
		{"whoever asks while it stops is answered", answersAll},
	})
}

func TestEjabberd(t *testing.T) {
	t.Parallel()
	h := open(t, world.Options{Server: "ejabberd", Database: "postgres"})
	h.hold(t, []fact{
		{"what nobody keeps is told later", comesBack},
	})
	h.hold(t, everywhere)
	h.hold(t, []fact{
		{"the database freezes in mid-order", frozenDatabase},
		{"the database is killed in mid-order", killedDatabase},
		{"the database restarts in mid-order", restartedDatabase},
		{"stopping finishes what was begun", stops},
		{"whoever asks while it stops is answered", answersAll},
		{"one of two gateways stops", oneOfTwoStops},
		{"one of two gateways is killed", oneOfTwoKilled}, // the last: for a while it counts as alive
	})
}
