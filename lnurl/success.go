package lnurl

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/bitcoim/bitcoim/fault"
)

// Success is what a service wants to be shown when it was paid (LUD-09). All
// of it are a stranger's words: the URL is shown as text and never fetched.
type Success struct {
	Tag         string `json:"tag"`                   // message, url or aes
	Message     string `json:"message,omitempty"`     // of a message
	Description string `json:"description,omitempty"` // of the others
	URL         string `json:"url,omitempty"`
	Ciphertext  string `json:"ciphertext,omitempty"` // of aes (LUD-10), base64
	IV          string `json:"iv,omitempty"`         // base64
}

const (
	longestMessage    = 144  // characters (LUD-09)
	longestCiphertext = 4096 // bytes of base64 (LUD-10)
)

// parseSuccess reads a success action. One that we could not show is a
// reason not to pay (LUD-09), and is lnurl.success.
func parseSuccess(raw []byte, offer Offer) (*Success, error) {
	wrong := func(why string) error {
		return ErrLNURL.New(fault.Invalid, "lnurl.success", fault.Args{"host": offer.Host}).Because(errors.New("lnurl: " + why))
	}
	o, err := parseObject(raw)
	if err != nil {
		return nil, wrong(err.Error())
	}
	s, ok := &Success{}, false
	s.Tag, _ = o.text("tag")
	switch s.Tag {
	case "message":
		if s.Message, ok = o.text("message"); !ok {
			return nil, wrong("a message without words")
		}
		s.Message = clean(s.Message, longestMessage)
		return s, nil
	case "url":
		if s.URL, ok = o.text("url"); !ok || !sameHost(s.URL, offer.Callback) {
			return nil, wrong("a URL of somebody else")
		}
	case "aes":
		s.Ciphertext, _ = o.text("ciphertext")
		s.IV, _ = o.text("iv")
		if _, _, err := s.sealed(); err != nil {
			return nil, wrong(err.Error())
		}
	default:
		return nil, wrong("unknown kind of success")
	}
	if o.has("description") {
		if s.Description, ok = o.text("description"); !ok {
			return nil, wrong("a description that is no text")
		}
		s.Description = clean(s.Description, longestMessage)
	}
	return s, nil
}

// sameHost reports whether link is an https URL on the host of callback
// (LUD-09).
func sameHost(link, callback string) bool {
	u, ok := parseURL(link)
	c, err := url.Parse(callback)
	return ok && err == nil && u.Scheme == "https" && strings.EqualFold(u.Host, c.Host)
}

// sealed decodes the secret of aes.
func (s *Success) sealed() (text, iv []byte, err error) {
	if len(s.Ciphertext) > longestCiphertext || len(s.IV) != 24 {
		return nil, nil, errors.New("a secret of the wrong length")
	}
	text, err1 := base64.StdEncoding.DecodeString(s.Ciphertext)
	iv, err2 := base64.StdEncoding.DecodeString(s.IV)
	if err1 != nil || err2 != nil || len(iv) != aes.BlockSize || len(text) == 0 || len(text)%aes.BlockSize != 0 {
		return nil, nil, errors.New("a secret that can not be opened")
	}
	return text, iv, nil
}

// Open decrypts the secret of an aes action with the preimage that was paid
// for (LUD-10): AES-256-CBC with PKCS #7 padding.
func (s *Success) Open(preimage [32]byte) (string, error) {
	text, iv, err := s.sealed()
	if err != nil {
		return "", err
	}
	block, err := aes.NewCipher(preimage[:])
	if err != nil {
		return "", err
	}
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(text, text)
	pad := int(text[len(text)-1])
	if pad == 0 || pad > aes.BlockSize || strings.Trim(string(text[len(text)-pad:]), string(rune(pad))) != "" {
		return "", errors.New("lnurl: the secret does not open with this preimage")
	}
	plain := string(text[:len(text)-pad])
	if !utf8.ValidString(plain) {
		return "", errors.New("lnurl: the secret is not a text")
	}
	return clean(plain, longestCiphertext), nil
}
