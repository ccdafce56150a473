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

// Password is what is kept of a user's password.
type Password struct {
	User   ID     `db:"id"`
	Number int64  `db:"passwords"` // counts the user's passwords; sessions that entered with an earlier one are over
	Hash   string // see HashPassword
}

// CheckPassword finds the password of the user with a JID, and says whether it
// is this one. Where there is none, it takes as long to say so.
func CheckPassword(ctx context.Context, q sqlx.QueryerContext, jid, password string) (kept Password, ok bool, err error) {
	err = sqlx.GetContext(ctx, q, &kept, `SELECT u.id, u.passwords, l.hash FROM login l JOIN user_account u ON u.id = l.user_id WHERE u.jid = $1`, jid)
	if errors.Is(err, sql.ErrNoRows) {
		_, err := HashPassword(password)
		return Password{}, false, err
	}
	if err != nil {
		return Password{}, false, fmt.Errorf("useraccount: password: %w", err)
	}
	ok, err = matches(kept.Hash, password)
	return kept, ok, err
}

// FirstPassword keeps the hash of the password of a user who has none; false if
// there is one, which stays.
func FirstPassword(ctx context.Context, tx *db.Tx, user ID, hash string) (bool, error) {
	ok, err := tx.One(ctx, `INSERT INTO login (user_id, hash) VALUES ($1, $2) ON CONFLICT (user_id) DO NOTHING`, user, hash)
	if err != nil {
		return false, fmt.Errorf("useraccount: password: %w", err)
	}
	if ok {
		_, err = count(ctx, tx, user)
	}
	return ok, err
}

// Replace keeps another hash in the place of the one that was checked, and
// returns the number of the new password. It is false if somebody was faster:
// then the one that was checked is the user's no more. The user is locked.
func (p Password) Replace(ctx context.Context, tx *db.Tx, hash string) (number int64, ok bool, err error) {
	ok, err = tx.One(ctx, `UPDATE login SET hash = $3 WHERE user_id = $1 AND hash = $2`, p.User, p.Hash, hash)
	if err != nil {
		return 0, false, fmt.Errorf("useraccount: password: %w", err)
	}
	if !ok {
		return 0, false, nil
	}
	number, err = count(ctx, tx, p.User)
	return number, err == nil, err
}

// Still reports whether the password that was checked is the user's now. The
// user is locked.
func (p Password) Still(ctx context.Context, tx *db.Tx) (bool, error) {
	var n int
	if err := tx.GetContext(ctx, &n, `SELECT COUNT(*) FROM login WHERE user_id = $1 AND hash = $2`, p.User, p.Hash); err != nil {
		return false, fmt.Errorf("useraccount: password: %w", err)
	}
	return n == 1, nil
}

// SetPassword keeps the hash of a password, whatever the user had before: for
// operators, and never for who says that it is theirs.
func SetPassword(ctx context.Context, tx *db.Tx, user ID, hash string) error {
	_, err := tx.ExecContext(ctx, `
INSERT INTO login (user_id, hash) VALUES ($1, $2)
ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash`, user, hash)
	if err != nil {
		return fmt.Errorf("useraccount: password: %w", err)
	}
	_, err = count(ctx, tx, user)
	return err
}

// count notes that a user has another password, and returns its number.
func count(ctx context.Context, tx *db.Tx, user ID) (n int64, err error) {
	if err := tx.GetContext(ctx, &n, `UPDATE user_account SET passwords = passwords + 1 WHERE id = $1 RETURNING passwords`, user); err != nil {
		return 0, fmt.Errorf("useraccount: password: %w", err)
	}
	return n, nil
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
