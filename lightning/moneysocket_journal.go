package lightning

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// journal is the file that knows what a provider cannot be asked: one note a
// line, each on the disk before what it says is done. It only grows.
type journal struct {
	file *os.File
	end  int64 // after the last whole line
	view bool  // another process writes it
}

// longest line: an invoice of 7089 characters, and what belongs to it.
const longestNote = 16 << 10

// openJournal reads a journal, or begins one. What another process writes is
// read only. A last line that is cut was never relied upon, and is dropped.
func openJournal(path string) (*journal, *books, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, nil, err
	}
	j := &journal{file: f}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if j.view = errors.Is(err, syscall.EWOULDBLOCK); j.view {
		err = nil
	}
	var b *books
	if err == nil {
		b, err = j.read()
	}
	if err == nil && !j.view {
		err = j.begin(b)
	}
	if err != nil {
		_ = f.Close()
		return nil, nil, err
	}
	return j, b, nil
}

// begin drops what is cut, and writes the first line of a new journal.
func (j *journal) begin(b *books) error {
	if err := j.file.Truncate(j.end); err != nil {
		return err
	}
	if b.birth != 0 {
		return nil
	}
	if err := j.note(b, note{What: noteBirth}); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(j.file.Name()))
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync() // the name too outlives a power cut
}

// read takes all that is in the file, now.
func (j *journal) read() (*books, error) {
	text, err := io.ReadAll(io.NewSectionReader(j.file, 0, 1<<62))
	if err != nil {
		return nil, err
	}
	b, end, err := parseJournal(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", j.file.Name(), err)
	}
	j.end = int64(end)
	return b, nil
}

// parseJournal reads whole lines, and says where they end. A line that is
// whole and not good is an error: nothing is guessed.
func parseJournal(text []byte) (b *books, end int, err error) {
	b = newBooks()
	for number := 1; ; number++ {
		size := bytes.IndexByte(text[end:], '\n')
		if size < 0 {
			return b, end, nil
		}
		var n note
		if err := json.Unmarshal(text[end:end+size], &n); err != nil {
			return nil, end, fmt.Errorf("line %d: %w", number, err)
		}
		change, err := b.weigh(n)
		if err != nil {
			return nil, end, fmt.Errorf("line %d: %w", number, err)
		}
		change()
		end += size + 1
	}
}

// note writes a line to the disk, and then into the books. If it fails the
// books are as before, and the line is not there or is one that is cut.
func (j *journal) note(b *books, n note) error {
	if n.At == 0 {
		n.At = time.Now().Unix()
	}
	change, err := b.weigh(n)
	if err != nil {
		return err
	}
	if j.view {
		return ErrElsewhere
	}
	line, err := json.Marshal(n)
	if err != nil || len(line) > longestNote {
		return errors.Join(err, fmt.Errorf("a note of %d bytes", len(line)))
	}
	line = append(line, '\n')
	if _, err = j.file.WriteAt(line, j.end); err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		_ = j.file.Truncate(j.end)
		return err
	}
	j.end += int64(len(line))
	change()
	return nil
}

// Close lets another process have the journal.
func (j *journal) Close() error { return j.file.Close() }
