package component

import (
	"crypto/rand"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/bitcoim/bitcoim/command"
)

// A session id (XEP-0050 §3.3) is only a random key: any instance may get the
// next step, so nothing is remembered by it. It stays the same to the end,
// for there are clients that lose a session whose id changes. What the second
// stage must know, the code of the order, is in its form, which the client
// sends back. The code is of use to nobody but the user that it was given to.
var (
	sessionForm = regexp.MustCompile(`^[A-Z2-7]{26}$`)
	codeForm    = regexp.MustCompile(`^[0-9A-Za-z]{1,16}$`)
)

func newSession() string { return rand.Text() }

// about is what a request says, in short. It is part of the request's key:
// sent again it is the same request, mended and sent again it is another.
func about(name string, args map[string]string) string {
	text := []string{name}
	for _, arg := range slices.Sorted(maps.Keys(args)) {
		text = append(text, arg, args[arg])
	}
	return digest(text...)
}

// codeOf is the code in a suggestion to confirm, "" if there is none. It is
// the last word of what the user would type, in every language.
func codeOf(r command.Reply) string {
	for _, n := range r.Next {
		words := strings.Fields(n.Text)
		if n.Label == "button.confirm" && len(words) > 1 && codeForm.MatchString(words[len(words)-1]) {
			return words[len(words)-1]
		}
	}
	return ""
}
