package bolt11

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/btcsuite/btcd/address/v2/bech32"
	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/ecdsa"
)

// signer is the public key that has signed, in hexadecimal: the one that the field n
// names, or the one that the signature is of. What is signed is the human-readable part
// and all of the data part before the signature, filled up with zeros to whole bytes.
func (r *reading) signer() (string, error) {
	end := len(r.groups) - signLen
	data, err := bech32.ConvertBits(r.groups[:end], 5, 8, true)
	if err != nil {
		return "", err
	}
	hash := sha256.Sum256(append([]byte(r.head), data...))
	sign, err := bech32.ConvertBits(r.groups[end:], 5, 8, false)
	if err != nil || len(sign) != 65 || sign[64] > 3 {
		return "", errors.New("no signature")
	}
	named, err := r.bytes('n')
	if err != nil {
		return "", err
	}
	if named != nil {
		return verify(hash[:], sign, named)
	}
	// ecdsa has the recovery flag in front, and 27 + 4 more for a compressed key.
	key, _, err := ecdsa.RecoverCompact(append([]byte{27 + 4 + sign[64]}, sign[:64]...), hash[:])
	if err != nil {
		return "", fmt.Errorf("signature: %w", err)
	}
	return fmt.Sprintf("%x", key.SerializeCompressed()), nil
}

// verify takes no signature with a high S, which anybody can make of one with a low S.
func verify(hash, sign, named []byte) (string, error) {
	key, err := btcec.ParsePubKey(named)
	if err != nil {
		return "", fmt.Errorf("the payee's key: %w", err)
	}
	var r, s btcec.ModNScalar
	switch {
	case r.SetByteSlice(sign[:32]) || s.SetByteSlice(sign[32:64]) || !ecdsa.NewSignature(&r, &s).Verify(hash, key):
		return "", errors.New("the signature is not the payee's")
	case s.IsOverHalfOrder():
		return "", errors.New("a signature with a high S")
	}
	return fmt.Sprintf("%x", named), nil
}
