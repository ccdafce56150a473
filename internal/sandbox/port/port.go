// Package port finds free TCP ports on loopback for servers that must be told
// their port.
package port

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"golang.org/x/sys/unix"
)

// Ports come from below the range that Linux gives to outgoing connections,
// so that no client can take one between Free and the server's bind.
const lowest, highest = 20000, 32767

// claims is one file for all test processes of this user: a lock on byte N
// says that port N is taken. The kernel drops the locks when we end.
var claims = sync.OnceValues(func() (*os.File, error) {
	name := fmt.Sprintf("bitcoim-ports-%d", os.Getuid())
	return os.OpenFile(filepath.Join(os.TempDir(), name), os.O_CREATE|os.O_RDWR, 0o600)
})

// mine is what this process claimed: its own locks do not stop itself.
var mine sync.Map

// Free returns a port that nobody listens on and that no other call of Free
// will return while this process lives.
func Free() (int, error) {
	file, err := claims()
	if err != nil {
		return 0, err
	}
	for range 1000 {
		n := lowest + rand.IntN(highest-lowest+1)
		if _, taken := mine.LoadOrStore(n, true); taken {
			continue
		}
		lock := unix.Flock_t{Type: unix.F_WRLCK, Whence: io.SeekStart, Start: int64(n), Len: 1}
		if unix.FcntlFlock(file.Fd(), unix.F_OFD_SETLK, &lock) != nil {
			continue
		}
		l, err := net.Listen("tcp", Address(n))
		if err != nil {
			continue
		}
		return n, l.Close()
	}
	return 0, errors.New("no free port on 127.0.0.1")
}

// Several returns n different free ports.
func Several(n int) ([]int, error) {
	ports := make([]int, n)
	for i := range ports {
		var err error
		if ports[i], err = Free(); err != nil {
			return nil, err
		}
	}
	return ports, nil
}

// Address is a loopback address with the port.
func Address(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
