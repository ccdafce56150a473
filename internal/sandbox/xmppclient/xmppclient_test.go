package xmppclient_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/bitcoim/bitcoim/internal/sandbox/needs"
	"github.com/bitcoim/bitcoim/internal/sandbox/prosody"
	"github.com/bitcoim/bitcoim/internal/sandbox/xmppclient"
	"github.com/bitcoim/bitcoim/internal/sandbox/xmppserver"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pair logs two users in.
func pair(t *testing.T) (s *xmppserver.Server, ann, bob *xmppclient.Client) {
	t.Helper()
	needs.Programs(t)
	s, err := prosody.Start(t.Context(), t.TempDir(), xmppserver.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Stop() })
	for user, c := range map[string]**xmppclient.Client{"ann": &ann, "bob": &bob} {
		if *c, err = s.Dial(t.Context(), user, "phone"); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { (*c).Close() })
	}
	return s, ann, bob
}

func TestAClientSurvivesHostileStanzas(t *testing.T) {
	_, ann, bob := pair(t)
	to := " to='" + bob.JID + "'"
	for name, stanza := range map[string]string{
		"a stream element inside":  "<message" + to + "><body>x</body><foo xmlns='http://etherx.jabber.org/streams'/></message>",
		"an error without a cause": "<message" + to + " type='error'/>",
		"an answer to no question": "<iq" + to + " type='result' id='c1'/>",
		"a question without id":    "<iq" + to + " type='get' id=''><x xmlns='y'/></iq>",
		"an unknown type":          "<message" + to + " type='&apos;/&gt;'><body/></message>",
		"an empty message":         "<message" + to + "/>",
		"many bodies":              "<message" + to + ">" + strings.Repeat("<body>x</body>", 1000) + "</message>",
		"deep":                     "<message" + to + ">" + strings.Repeat("<a>", 500) + strings.Repeat("</a>", 500) + "</message>",
		"a strange presence":       "<presence" + to + " type='subscribed'><x xmlns=''/></presence>",
	} {
		t.Run(name, func(t *testing.T) {
			if err := ann.SendRaw(stanza); err != nil {
				t.Fatal(err)
			}
			if _, err := ann.Say(bob.JID, name); err != nil {
				t.Fatal(err)
			}
			_, err := bob.Expect(t.Context(), func(s xmppclient.Stanza) bool { return s.Body() == name })
			if err != nil {
				t.Error(err)
			}
		})
	}
}

func TestExpectLeavesTheRestInOrder(t *testing.T) {
	_, ann, bob := pair(t)
	for _, body := range []string{"one", "two", "three"} {
		if _, err := ann.Say(bob.JID, body); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := bob.Expect(t.Context(), func(s xmppclient.Stanza) bool { return s.Body() == "two" }); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"one", "three"} {
		if s, err := bob.Hear(t.Context(), "ann@localhost"); err != nil || s.Body() != want {
			t.Errorf("got %q (%v), want %q", s.Body(), err, want)
		}
	}
}

func TestExpectSaysWhatCameInstead(t *testing.T) {
	_, ann, bob := pair(t)
	if _, err := ann.Say(bob.JID, "good morning"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err := bob.Expect(ctx, func(s xmppclient.Stanza) bool {
		if s.Body() == "good morning" {
			cancel()
		}
		return false
	})
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "good morning") {
		t.Errorf("got %v", err)
	}
}

func TestARefusedRequestHasACondition(t *testing.T) {
	_, ann, _ := pair(t)
	_, err := ann.IQ(t.Context(), "localhost", "get", "<nothing xmlns='urn:nothing'/>")
	var refused *xmppclient.IQError
	if !errors.As(err, &refused) || refused.Condition() != "service-unavailable" {
		t.Errorf("got %v", err)
	}
}

func TestALateAnswerIsAStanzaLikeOthers(t *testing.T) {
	_, ann, bob := pair(t)
	if err := bob.SendRaw("<iq type='result' to='" + ann.JID + "' id='late'/>"); err != nil {
		t.Fatal(err)
	}
	if _, err := ann.Expect(t.Context(), func(s xmppclient.Stanza) bool { return s.ID() == "late" && s.From() == bob.JID }); err != nil {
		t.Error(err)
	}
}

func TestADeadServerEndsTheWaiting(t *testing.T) {
	s, ann, _ := pair(t)
	if err := s.Kill(); err != nil {
		t.Fatal(err)
	}
	if _, err := ann.Hear(t.Context(), ""); err == nil {
		t.Error("heard something")
	}
	if _, err := ann.IQ(t.Context(), "", "get", "<query xmlns='jabber:iq:roster'/>"); err == nil {
		t.Error("got an answer")
	}
}

func TestAFrozenServerDoesNotHoldClose(t *testing.T) {
	s, ann, _ := pair(t)
	if err := s.Pause(); err != nil {
		t.Fatal(err)
	}
	if err := ann.Close(); err != nil {
		t.Error(err)
	}
}
