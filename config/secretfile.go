package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

var (
	errExposed = errors.New("others can read or write it: chmod o-rwx")
	errLarge   = fmt.Errorf("is larger than %d bytes", largest)
	errKind    = errors.New("is not a regular file")
)

// exposed reports whether everybody on the machine can read or write a file.
func exposed(info fs.FileInfo) bool { return info.Mode().Perm()&0o006 != 0 }

// readFile reads a small regular file.
func readFile(path string, info fs.FileInfo) (string, error) {
	if !info.Mode().IsRegular() {
		return "", errKind // reading a pipe might never end
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, largest+1))
	if err != nil {
		return "", err
	}
	if len(text) > largest {
		return "", errLarge
	}
	return string(text), nil
}

// readSecrets reads the files that secrets are in.
func (r *reader) readSecrets() {
	for _, k := range r.keys {
		path := r.paths[k.id()]
		if path == "" {
			continue
		}
		text, err := readSecret(path)
		if err != nil {
			r.complain(k.id()+"_file", "%v", err)
			continue
		}
		*k.at.(*Secret) = NewSecret(text)
	}
}

// readSecret reads a secret; white space around it is not part of it.
func readSecret(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if exposed(info) {
		return "", fmt.Errorf("%s: %w", path, errExposed)
	}
	text, err := readFile(path, info)
	if err != nil {
		return "", err
	}
	text = strings.TrimSpace(text)
	if text == "" {
		return "", fmt.Errorf("%s: is empty", path)
	}
	return text, nil
}
