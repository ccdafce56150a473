package lime

import (
	"net/url"
	"strings"
)

// URI names a resource of a command, as written: /path?query, of the account
// of whoever asks, or lime://name@domain/path?query.
type URI string

// Resource is what a URI says.
type Resource struct {
	Owner Identity // zero: the account of whoever asks
	Path  string   // as written, unescaped, without a slash at its end; "/" is the root
	Query url.Values
}

// PingURI is what a peer is asked to see whether it is alive. It must be sent
// exactly so.
const PingURI URI = "/ping"

// Parse reads the URI. Another scheme, or what is not a URI, is an error of
// code InvalidMethod.
func (u URI) Parse() (Resource, error) {
	if plain(u) {
		return Resource{Path: string(u)}, nil
	}
	parsed, err := url.Parse(string(u))
	if err != nil || u == "" {
		return Resource{}, Errorf(InvalidMethod, "not a LIME URI")
	}
	var r Resource
	switch {
	case parsed.Scheme == "lime" && parsed.Opaque == "" && parsed.Host != "":
		// The user part alone would be a name without its domain.
		r.Owner = Identity{parsed.User.Username(), parsed.Host}
	case parsed.Scheme != "" || parsed.Host != "" || parsed.User != nil || !strings.HasPrefix(parsed.Path, "/") || strings.HasPrefix(parsed.Path, "//"):
		// A path that begins with two slashes would be written as the name of a host.
		return Resource{}, Errorf(InvalidMethod, "not a LIME URI: it is /path or lime://name@domain/path")
	}
	r.Path = parsed.Path
	if r.Path = strings.TrimRight(r.Path, "/"); r.Path == "" {
		r.Path = "/"
	}
	if r.Query, err = url.ParseQuery(parsed.RawQuery); err != nil {
		return Resource{}, Errorf(InvalidMethod, "the query of the URI makes no sense")
	}
	return r, nil
}

// plain reports whether a URI is a path that means what it says, which spares
// most commands the parser of URLs.
func plain(u URI) bool {
	if len(u) < 2 || u[0] != '/' || u[1] == '/' || u[len(u)-1] == '/' {
		return false
	}
	for i := range len(u) {
		c := u[i]
		if !(c == '/' || c == '-' || c == '_' || c == '.' || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z') {
			return false
		}
	}
	return true
}

// String writes the resource as a URI.
func (r Resource) String() string {
	u := url.URL{Path: r.Path, RawQuery: r.Query.Encode()}
	if !r.Owner.IsZero() {
		u.Scheme, u.Host = "lime", r.Owner.Domain
		if r.Owner.Name != "" {
			u.User = url.User(r.Owner.Name)
		}
	}
	return u.String()
}
