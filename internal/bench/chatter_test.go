package main

import (
	"io"
	"net"
	"slices"
	"testing"
)

func TestAnswers(t *testing.T) {
	const answer = "<message from='b' id='a-1' type='chat'><body>You have 1 sat</body></message>"
	for name, tt := range map[string]struct {
		hears []string
		want  []string
	}{
		"an answer counts":                 {[]string{answer}, []string{answer}},
		"it may come in pieces":            {[]string{answer[:20], answer[20:]}, []string{answer}},
		"two may come together":            {[]string{answer + answer}, []string{answer, answer}},
		"presences are passed over":        {[]string{"<presence from='b'><status>1</status></presence>" + answer}, []string{answer}},
		"notices are no answers":           {[]string{"<message id='notice-7'><body>x</body></message>" + answer}, []string{answer}},
		"a chat state is none":             {[]string{"<message id='s'><composing xmlns='c'/></message>" + answer}, []string{answer}},
		"an error ends the measurement":    {[]string{`<message type="error" id='x'><body>y</body></message>`}, nil},
		"a connection that ends, does too": {nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			near, far := net.Pipe()
			defer near.Close()
			go func() {
				defer far.Close()
				for _, s := range tt.hears {
					_, _ = io.WriteString(far, s)
				}
			}()
			var got []string
			err := (&chatter{Conn: near}).answers(func(m []byte) { got = append(got, string(m)) })
			if (err != nil) != (tt.want == nil) || !slices.Equal(got, tt.want) {
				t.Errorf("got %q (%v), want %q", got, err, tt.want)
			}
		})
	}
}
