package lime_test

import (
	"fmt"

	"github.com/bitcoim/bitcoim/lime"
)

// A document of one's own is any type with a media type.
func ExampleAs() {
	content := lime.Raw{Type: "application/vnd.example.lunch+json", JSON: []byte(`{"dish":"soup"}`)}
	lunch, err := lime.As[lunch](content)
	fmt.Println(lunch.Dish, err)
	// Output: soup <nil>
}

type lunch struct {
	Dish string `json:"dish"`
}

func (lunch) MediaType() lime.MediaType { return "application/vnd.example.lunch+json" }

// What is wrong with an envelope is said as a reason, and what could be read of it is
// returned, so that its sender can be told.
func ExampleDecode() {
	e, err := lime.Decode([]byte(`{"id":"7","from":"ann@example.org/phone","method":"get","uri":"/balance"}`))
	fmt.Println(e.Head().From.Identity, e.(*lime.Command).URI, err)

	e, err = lime.Decode([]byte(`{"id":"8","method":"get"}`))
	fmt.Println(e.Head().ID, err)
	// Output:
	// ann@example.org /balance <nil>
	// 8 the command has no uri (lime code 27)
}

// A response goes to whom the request came from, by its id.
func ExampleEncode() {
	request := &lime.Command{Header: lime.Header{ID: "7", From: lime.Node{Identity: lime.Identity{Name: "ann", Domain: "example.org"}}}}
	b, err := lime.Encode(&lime.Command{
		Header:   lime.Header{ID: request.ID, To: request.Sender()},
		Method:   lime.Get,
		Status:   lime.Success,
		Resource: lime.JSON{Value: map[string]any{"available": 5000}},
	})
	fmt.Println(string(b), err)
	// Output: {"id":"7","to":"ann@example.org","method":"get","status":"success","type":"application/json","resource":{"available":5000}} <nil>
}
