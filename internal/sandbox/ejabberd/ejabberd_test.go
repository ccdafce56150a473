package ejabberd_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/bitcoim/bitcoim/internal/sandbox/ejabberd"
	"github.com/bitcoim/bitcoim/internal/sandbox/xmppserver/servertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestEjabberd(t *testing.T) { servertest.Run(t, ejabberd.Start) }
