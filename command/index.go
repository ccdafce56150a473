package command

//go:generate go run ../internal/gendocs -dir ../docs

// Index is every command, in the order in which help lists them. A command
// is one file and one line here.
var Index = []*Command{
	Help,
	Register,
	About,
	Receive,
	Address,
	Balance,
	Pay,
	Confirm,
	Cancel,
	Pending,
	History,
	Tx,
	RequestMoney,
	Mute,
	Unmute,
	Apps,
	Link,
	App,
	Allow,
	Deny,
	Unlink,
	Name,
	Set,
	Limit,
	Unregister,
}
