package limeserver

import (
	"net/url"
	"strconv"

	"github.com/bitcoim/bitcoim/lime"
)

// Request is a command for a handler.
type Request struct {
	*lime.Command
	Channel *Channel
	Owner   lime.Identity // whose resource it is
	Path    string
	Query   url.Values

	vars  map[string]string
	after func() // when the response was sent
}

// Var is what stands in the path in the place of {name}.
func (r *Request) Var(name string) string { return r.vars[name] }

// Page reads which part of a list is wanted, as $skip and $take or without the
// dollar. Without take, it is most.
func (r *Request) Page(most int) (skip, take int, err error) {
	if skip, err = r.number("skip", 0); err == nil {
		take, err = r.number("take", most)
	}
	return skip, min(take, most), err
}

func (r *Request) number(name string, otherwise int) (int, error) {
	text := r.Query.Get("$" + name)
	if text == "" {
		text = r.Query.Get(name)
	}
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, lime.Errorf(lime.InvalidArgument, "%s is not a number", name)
	}
	return n, nil
}
