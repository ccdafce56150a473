package lnurl_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/lnurl"
)

func quoted(t *testing.T, action string) *lnurl.Success {
	t.Helper()
	offer, err := lnurl.ParseOffer([]byte(honest), carol(t))
	if err != nil {
		t.Fatal(err)
	}
	q, err := lnurl.ParseQuote([]byte(`{"pr":"lnbcrt1p","successAction":`+action+`}`), lnurl.Request{Offer: offer})
	if err != nil {
		t.Fatal(err)
	}
	return q.Success
}

func TestSuccessIsShownAsText(t *testing.T) {
	for name, tt := range map[string]struct {
		action string
		want   *lnurl.Success
	}{
		"nothing":        {"null", nil},
		"a message":      {`{"tag":"message","message":"Thank you"}`, &lnurl.Success{Tag: "message", Message: "Thank you"}},
		"two lines":      {`{"tag":"message","message":"a\nb\u202ec"}`, &lnurl.Success{Tag: "message", Message: "a bc"}},
		"a long message": {`{"tag":"message","message":"` + strings.Repeat("é", 200) + `"}`, &lnurl.Success{Tag: "message", Message: strings.Repeat("é", 144) + "…"}},
		"a link": {`{"tag":"url","url":"https://EXAMPLE.com/o/1?a=b","description":"Order"}`,
			&lnurl.Success{Tag: "url", URL: "https://EXAMPLE.com/o/1?a=b", Description: "Order"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := quoted(t, tt.action)
			if (got == nil) != (tt.want == nil) || got != nil && *got != *tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

// seal does what the service does (LUD-10).
func seal(preimage [32]byte, text string) string {
	pad := aes.BlockSize - len(text)%aes.BlockSize
	return sealBlocks(preimage, append([]byte(text), bytes.Repeat([]byte{byte(pad)}, pad)...))
}

func sealBlocks(preimage [32]byte, data []byte) string {
	iv := bytes.Repeat([]byte{9}, aes.BlockSize)
	block, _ := aes.NewCipher(preimage[:])
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(data, data)
	out, _ := json.Marshal(lnurl.Success{Tag: "aes", Description: "Code", Ciphertext: base64.StdEncoding.EncodeToString(data),
		IV: base64.StdEncoding.EncodeToString(iv)})
	return string(out)
}

func TestSecretsWithBadPadding(t *testing.T) {
	preimage := [32]byte{7}
	for name, end := range map[string][]byte{"none": {0}, "more than a block": {17}, "of two kinds": {1, 2}, "far too much": {255}} {
		data := append(bytes.Repeat([]byte{'a'}, 2*aes.BlockSize-len(end)), end...)
		if got, err := quoted(t, sealBlocks(preimage, data)).Open(preimage); err == nil {
			t.Errorf("%s: got %q", name, got)
		}
	}
	if got, err := quoted(t, seal(preimage, "\xff\xfe")).Open(preimage); err == nil {
		t.Errorf("bytes that are no text: got %q", got)
	}
}

func TestTheSecretOpensWithThePreimage(t *testing.T) {
	preimage := [32]byte{1, 2, 3}
	for _, text := range []string{"", "1234", "exactly 16 bytes", strings.Repeat("é", 500)} {
		s := quoted(t, seal(preimage, text))
		if got, err := s.Open(preimage); err != nil || got != text {
			t.Errorf("got %q, %v, want %q", got, err, text)
		}
		if got, err := s.Open([32]byte{}); err == nil {
			t.Errorf("another preimage opens it: %q", got)
		}
	}
	stored, err := json.Marshal(quoted(t, seal(preimage, "pin")))
	if err != nil {
		t.Fatal(err)
	}
	var s lnurl.Success
	if err := json.Unmarshal(stored, &s); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Open(preimage); err != nil || got != "pin" {
		t.Errorf("after it was stored: got %q, %v", got, err)
	}
}
