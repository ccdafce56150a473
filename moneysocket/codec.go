package moneysocket

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"errors"
	"unicode/utf8"
)

// ErrFrame is a frame that cannot be read: no cyphertext of ours and no text.
var ErrFrame = errors.New("a frame that cannot be read")

// ErrClear is a clear frame where only cyphertext may come. Whoever stands
// between the two sides could have written it.
var ErrClear = errors.New("a clear message that should have been encrypted")

// ErrSealed is an encrypted message of the rendezvous, which must be clear.
var ErrSealed = errors.New("an encrypted message that should have been clear")

// Codec encrypts and decrypts the frames of one seed: AES-256-CBC with zeros as
// padding and nothing that proves who wrote a frame. It may be used by several
// goroutines.
type Codec struct{ block cipher.Block }

// NewCodec returns the codec of a seed.
func NewCodec(s Seed) *Codec {
	key := s.Key()
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return &Codec{} // cannot be: 32 bytes are a key
	}
	return &Codec{block}
}

// Seal returns the frame of a plain text, with a random IV.
func (c *Codec) Seal(plain []byte) []byte {
	var iv [aes.BlockSize]byte
	_, _ = rand.Read(iv[:])
	return c.SealWith(iv, plain)
}

// SealWith is Seal with a given IV: the IV, then the encrypted text padded by 1
// to 16 zeros.
func (c *Codec) SealWith(iv [aes.BlockSize]byte, plain []byte) []byte {
	size := (len(plain)/aes.BlockSize + 1) * aes.BlockSize
	frame := make([]byte, aes.BlockSize+size)
	copy(frame, iv[:])
	copy(frame[aes.BlockSize:], plain)
	body := frame[aes.BlockSize:]
	cipher.NewCBCEncrypter(c.block, iv[:]).CryptBlocks(body, body)
	return frame
}

// Unseal returns the plain text of a frame, without the zeros at its end. It
// errs only for lengths that no cyphertext has: a wrong key gives rubbish.
func (c *Codec) Unseal(frame []byte) ([]byte, error) {
	if len(frame) < 2*aes.BlockSize || len(frame)%aes.BlockSize != 0 {
		return nil, ErrFrame
	}
	plain := make([]byte, len(frame)-aes.BlockSize)
	cipher.NewCBCDecrypter(c.block, frame[:aes.BlockSize]).CryptBlocks(plain, frame[aes.BlockSize:])
	return bytes.TrimRight(plain, "\x00"), nil
}

// Encode returns the frame of a message: clear for the rendezvous, sealed for
// all else.
func (c *Codec) Encode(m Message) []byte {
	if m.Name.Clear() {
		return m.Text()
	}
	return c.Seal(m.Text())
}

// Decode reads a frame that came after the rendezvous request was sent. Errors
// wrap [ErrFrame], [ErrClear], [ErrSealed] or [ErrMessage]; a frame with an
// error is dropped, the connection stays.
func (c *Codec) Decode(frame []byte) (Message, error) {
	if isText(frame) {
		m, err := ParseMessage(frame)
		if err == nil && !m.Name.Clear() {
			return Message{}, ErrClear
		}
		return m, err
	}
	plain, err := c.Unseal(frame)
	if err != nil {
		return Message{}, err
	}
	m, err := ParseMessage(plain)
	if err == nil && m.Name.Clear() {
		return Message{}, ErrSealed
	}
	return m, err
}

// isText reports whether a frame is JSON and so was sent in clear. Everybody
// decides by trial. Random bytes fail at one of the first.
func isText(frame []byte) bool {
	return json.Valid(frame) && utf8.Valid(frame)
}
