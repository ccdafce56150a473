package xmppclient

import (
	"context"
	"fmt"
)

// Register makes an account in band (XEP-0077 section 3.1).
func Register(ctx context.Context, addr, domain, user, password string) error {
	s, err := open(ctx, addr, domain)
	if err != nil {
		return err
	}
	defer s.Close()
	return s.bounded(ctx, func() error {
		_, err := fmt.Fprintf(s, "<iq type='set' id='reg' to='%s'><query xmlns='jabber:iq:register'><username>%s</username><password>%s</password></query></iq>",
			Escape(domain), Escape(user), Escape(password))
		if err != nil {
			return err
		}
		answer, err := s.expect("iq")
		if err != nil {
			return err
		}
		if answer.Attribute("type") != "result" {
			return fmt.Errorf("register %s: %w", user, &IQError{answer})
		}
		_, err = fmt.Fprint(s, "</stream:stream>")
		return err
	})
}
