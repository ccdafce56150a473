package component

import "strings"

// newForm starts a data form (XEP-0004 §3): typ is "form" or "result".
func newForm(typ, title string, instructions ...string) *Element {
	x := El(nsForm, "x").With("type", typ)
	if title != "" {
		x.Add(El(nsForm, "title").Says(title))
	}
	for _, text := range instructions {
		if text != "" {
			x.Add(El(nsForm, "instructions").Says(text))
		}
	}
	return x
}

// field is a field of a form. name and label may be empty.
func field(typ, name, label string, values ...string) *Element {
	f := El(nsForm, "field").With("type", typ).With("var", name).With("label", label)
	for _, v := range values {
		f.Add(El(nsForm, "value").Says(v))
	}
	return f
}

// formType is the hidden field that says what a form is for (XEP-0068).
func formType(space string) *Element { return field("hidden", "FORM_TYPE", "", space) }

// option is one choice of a list field.
func option(label, value string) *Element {
	return El(nsForm, "option", El(nsForm, "value").Says(value)).With("label", label)
}

// required marks a field that must be filled in.
func required() *Element { return El(nsForm, "required") }

// filled is what a form says, by the name of the field.
type filled map[string]string

// readForm reads a submitted form. It minds neither a missing type nor
// <reported/>, items and fields without a name. Several values of a field
// are lines of one text. A field that is there twice says two things, and
// where money is asked for nobody guesses: ok is false.
func readForm(x *Element) (f filled, ok bool) {
	f = make(filled)
	for _, e := range x.Children {
		name := e.Value("var")
		if e.Name.Local != "field" || e.Name.Space != nsForm || name == "" {
			continue
		}
		if _, twice := f[name]; twice {
			return nil, false
		}
		var values []string
		for _, v := range e.Children {
			if v.Name.Local == "value" && v.Name.Space == nsForm {
				values = append(values, v.Text)
			}
		}
		f[name] = strings.TrimSpace(strings.Join(values, "\n"))
	}
	return f, true
}

// truth reads a boolean (XEP-0004 §3.3), and the words people's clients send.
func truth(text string) (value, ok bool) {
	switch strings.ToLower(text) {
	case "1", "true", "yes", "on":
		return true, true
	case "0", "false", "no", "off", "":
		return false, true
	}
	return false, false
}
