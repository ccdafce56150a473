package useraccount

import (
	"context"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha512"
	"crypto/subtle"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
)

// Passwords are kept as pbkdf2-sha512$ROUNDS$SALT$HASH, so that the rounds can
// grow.
const (
	passwordScheme = "pbkdf2-sha512"
	passwordRounds = 210_000
	passwordSalt   = 16
	passwordBytes  = 32
)

// HashPassword makes what is kept of a password. It takes a tenth of a second,
// so it is for outside of transactions.
func HashPassword(password string) (string, error) { return hashIn(password, passwordRounds) }

func hashIn(password string, rounds int) (string, error) {
	salt := make([]byte, passwordSalt)
	_, _ = rand.Read(salt) // never fails
	sum, err := pbkdf2.Key(sha512.New, password, salt, rounds, passwordBytes)
	if err != nil {
		return "", fmt.Errorf("useraccount: password: %w", err)
	}
	b := base64.RawStdEncoding
	return strings.Join([]string{passwordScheme, strconv.Itoa(rounds), b.EncodeToString(salt), b.EncodeToString(sum)}, "$"), nil
}

// SetPassword keeps the hash of a user's password, in the place of an older one.
func SetPassword(ctx context.Context, tx *db.Tx, user int64, hash string) error {
	_, err := tx.ExecContext(ctx, `
INSERT INTO login (user_id, hash) VALUES ($1, $2)
ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash`, user, hash)
	if err != nil {
		return fmt.Errorf("useraccount: password: %w", err)
	}
	return nil
}

// CheckPassword says whether a password is that of the user with a JID. Where
// there is none, it takes as long to say so.
func CheckPassword(ctx context.Context, q sqlx.QueryerContext, jid, password string) (bool, error) {
	var kept string
	err := sqlx.GetContext(ctx, q, &kept, `SELECT l.hash FROM login l JOIN user_account u ON u.id = l.user_id WHERE u.jid = $1`, jid)
	if errors.Is(err, sql.ErrNoRows) {
		_, err := HashPassword(password)
		return false, err
	}
	if err != nil {
		return false, fmt.Errorf("useraccount: password: %w", err)
	}
	return matches(kept, password)
}

// matches compares a password with what is kept.
func matches(kept, password string) (bool, error) {
	parts := strings.Split(kept, "$")
	if len(parts) != 4 || parts[0] != passwordScheme {
		return false, errors.New("useraccount: a password is kept in a way that is not known")
	}
	rounds, err := strconv.Atoi(parts[1])
	if err != nil {
		return false, fmt.Errorf("useraccount: password: %w", err)
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[2])
	if err != nil {
		return false, fmt.Errorf("useraccount: password: %w", err)
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[3])
	if err != nil {
		return false, fmt.Errorf("useraccount: password: %w", err)
	}
	if len(want) < passwordBytes { // an empty one would fit all
		return false, errors.New("useraccount: a password is kept cut off")
	}
	got, err := pbkdf2.Key(sha512.New, password, salt, rounds, len(want))
	if err != nil {
		return false, fmt.Errorf("useraccount: password: %w", err)
	}
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}
