package command

// FieldKind is how a form asks for a parameter (XEP-0004 field types).
type FieldKind uint8

const (
	TextField FieldKind = iota
	AmountField
	ChoiceField
	BoolField
)

// Field is one parameter of a command.
type Field struct {
	Name     string // in Args; its label is the phrase "field."+Name
	Kind     FieldKind
	Optional bool
	Rest     bool     // in chat it takes the rest of the line
	Choices  []string // of ChoiceField; labels are phrases "choice."+Name+"."+value
	Default  string
}

// Spec is what a door must know of a command to offer it.
// Its title is the phrase "command."+Name+".title".
type Spec struct {
	Name   string
	Fields []Field
	// NeedsCode says that what a finished form does is not done until a second
	// step: an order and its code.
	NeedsCode bool
}
