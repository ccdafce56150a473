package prosody_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/bitcoim/bitcoim/internal/sandbox/prosody"
	"github.com/bitcoim/bitcoim/internal/sandbox/xmppserver/servertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestProsody(t *testing.T) { servertest.Run(t, prosody.Start) }
