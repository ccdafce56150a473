package bare_test

import (
	"context"
	"io"
	"net/http"
	"testing"

	"go.uber.org/goleak"

	"github.com/bitcoim/bitcoim/internal/bench/bare"
	"github.com/bitcoim/bitcoim/internal/sandbox/port"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestItAnswersUntilItIsStopped(t *testing.T) {
	p, err := port.Free()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- bare.Run(ctx, port.Address(p), `{"tag":"payRequest"}`, func() { close(ready) }) }()
	select {
	case <-ready:
	case err := <-ended:
		t.Fatal(err)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get("http://" + port.Address(p) + "/anything")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || string(body) != `{"tag":"payRequest"}` {
		t.Errorf("got %q, %v", body, err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
