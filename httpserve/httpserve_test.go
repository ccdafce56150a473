package httpserve

import (
	"net"
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestWhoComesBehindAProxy(t *testing.T) {
	ours := Proxies{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for name, tt := range map[string]struct {
		remote string
		header []string
		want   string
	}{
		"nobody between":                  {"192.0.2.1:5000", nil, "192.0.2.1"},
		"a stranger says who he is":       {"192.0.2.1:5000", []string{"198.51.100.9"}, "192.0.2.1"},
		"our proxy says who came":         {"10.0.0.1:5000", []string{"198.51.100.9"}, "198.51.100.9"},
		"and he has written before it":    {"10.0.0.1:5000", []string{"203.0.113.5, 198.51.100.9"}, "198.51.100.9"},
		"in a header of his own":          {"10.0.0.1:5000", []string{"203.0.113.5", "198.51.100.9"}, "198.51.100.9"},
		"two proxies of ours":             {"10.0.0.1:5000", []string{"198.51.100.9, 10.0.0.2"}, "198.51.100.9"},
		"a proxy that says nothing":       {"10.0.0.1:5000", nil, "10.0.0.1"},
		"a proxy that says nonsense":      {"10.0.0.1:5000", []string{"unknown"}, "10.0.0.1"},
		"nonsense behind what it says":    {"10.0.0.1:5000", []string{"nonsense, 198.51.100.9"}, "198.51.100.9"},
		"IPv4 written as IPv6":            {"[::ffff:10.0.0.1]:5000", []string{"::ffff:198.51.100.9"}, "198.51.100.9"},
		"IPv6 with a zone":                {"[fd00::1%eth0]:5000", []string{"2001:db8::7"}, "2001:db8::7"},
		"a connection without an address": {"@", []string{"198.51.100.9"}, "invalid IP"},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr = tt.remote
			for _, h := range tt.header {
				r.Header.Add("X-Forwarded-For", h)
			}
			if got := ours.Client(r); got.String() != tt.want {
				t.Errorf("it is %s, want %s", got, tt.want)
			}
		})
	}
}

func TestHouseholds(t *testing.T) {
	for text, want := range map[string]string{
		"192.0.2.1": "192.0.2.1/32", "::ffff:192.0.2.1": "192.0.2.1/32", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64",
	} {
		if got := ClientPrefix(netip.MustParseAddr(text)).String(); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	if got := ClientPrefix(netip.Addr{}); got.IsValid() {
		t.Errorf("nobody's is %s", got)
	}
}

// comers dial a listener n times and count who is let in.
func comers(t *testing.T, f *PerClient, n int) (in int) {
	t.Helper()
	met := make(chan net.Conn)
	go func() {
		defer close(met)
		for {
			c, err := f.Accept()
			if err != nil {
				return
			}
			met <- c
		}
	}()
	for range n {
		out, err := net.Dial("tcp", f.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer out.Close()
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_, _ = out.Read(make([]byte, 1)) // ends when the other side turns us away
		}()
		select {
		case c := <-met:
			in++
			defer func() {
				_ = c.Close()
				<-ended
			}()
		case <-ended:
		}
	}
	f.Close()
	for range met {
	}
	return in
}

func TestAFairListener(t *testing.T) {
	home := netip.MustParsePrefix("127.0.0.0/8")
	for name, tt := range map[string]struct {
		f    *PerClient
		want int
	}{
		"everybody":             {&PerClient{}, 6},
		"so many of all":        {&PerClient{Most: 4}, 4},
		"so many of one":        {&PerClient{OfOne: 3}, 3},
		"a proxy has more":      {&PerClient{OfOne: 3, Proxies: Proxies{home}}, 6},
		"but not more than all": {&PerClient{OfOne: 3, Most: 5, Proxies: Proxies{home}}, 5},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			tt.f.Listener = l
			if got := comers(t, tt.f, 6); got != tt.want {
				t.Errorf("%d came in, want %d", got, tt.want)
			}
			if tt.f.total != 0 || len(tt.f.open) != 0 {
				t.Errorf("%d are counted when all have left", tt.f.total)
			}
		})
	}
}
