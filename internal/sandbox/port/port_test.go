package port_test

import (
	"net"
	"testing"

	"github.com/bitcoim/bitcoim/internal/sandbox/port"
)

func TestPortsAreFreeAndDifferent(t *testing.T) {
	ports, err := port.Several(200)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[int]bool{}
	for _, n := range ports {
		if seen[n] {
			t.Errorf("port %d was given twice", n)
		}
		seen[n] = true
		l, err := net.Listen("tcp", port.Address(n))
		if err != nil {
			t.Errorf("port %d is not free: %v", n, err)
			continue
		}
		l.Close()
	}
}
