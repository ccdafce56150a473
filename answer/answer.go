// Package answer reads what a node says, and believes no zero that stands for what
// the node did not say.
package answer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// ErrIncomplete means that an answer lacks a field that every version of the node
// that was tried gives. It is named, and nothing is put in its place.
var ErrIncomplete = errors.New("node's answer is not what we know")

// Decode decodes what a node answered into out, with numbers as json.Number
// where out wants them. What out has no field for is passed over:
// newer nodes say more. A field that the answer does not have stops with
// ErrIncomplete and its name, for a zero in its place could be believed; the
// option omitempty marks those that a node leaves out where they make no
// sense.
func Decode(answer []byte, out any) error {
	d := json.NewDecoder(bytes.NewReader(answer))
	d.UseNumber()
	if err := d.Decode(out); err != nil {
		return err
	}
	return complete(answer, reflect.TypeOf(out).Elem(), "")
}

// complete looks for the fields of t in a JSON value.
func complete(value json.RawMessage, t reflect.Type, path string) error {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case string(bytes.TrimSpace(value)) == "null":
		return fmt.Errorf("%w: null in place of %s", ErrIncomplete, orAnswer(path))
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct:
		var list []json.RawMessage
		if err := json.Unmarshal(value, &list); err != nil {
			return err
		}
		for _, v := range list {
			if err := complete(v, t.Elem(), path); err != nil {
				return err
			}
		}
	case t.Kind() == reflect.Struct:
		var all map[string]json.RawMessage
		if err := json.Unmarshal(value, &all); err != nil {
			return err
		}
		for i := range t.NumField() {
			if !t.Field(i).IsExported() { // ours alone: encoding/json leaves it out, too
				continue
			}
			if err := field(all, t.Field(i), path); err != nil {
				return err
			}
		}
	}
	return nil
}

// field looks for one field of an object, by its name in any case as
// encoding/json does.
func field(all map[string]json.RawMessage, f reflect.StructField, path string) error {
	name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
	if name == "" {
		name = strings.ToLower(f.Name)
	}
	value, ok := all[name]
	for key, v := range all {
		if !ok && strings.EqualFold(key, name) {
			value, ok = v, true
		}
	}
	if path != "" {
		name = path + "." + name
	}
	switch optional := strings.Contains(options, "omitempty"); {
	case ok && optional && string(value) == "null":
		return nil
	case ok:
		return complete(value, f.Type, name)
	case optional:
		return nil
	}
	return fmt.Errorf("%w: no field %s", ErrIncomplete, name)
}

func orAnswer(path string) string {
	if path == "" {
		return "an answer"
	}
	return path
}
