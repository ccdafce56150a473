package component_test

import (
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"image/png"
	"strconv"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/door/component"
)

const (
	bobNS    = "urn:xmpp:bob"
	pubsubNS = "http://jabber.org/protocol/pubsub"
	metaNS   = "urn:xmpp:avatar:metadata"
	dataNS   = "urn:xmpp:avatar:data"
)

func decoded(t *testing.T, text string) []byte {
	t.Helper()
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func hashOf(data []byte) string {
	sum := sha1.Sum(data)
	return hex.EncodeToString(sum[:])
}

// The picture of an address is one picture, wherever a client looks for it.
func TestPictureOfAnAddress(t *testing.T) {
	v := visiting(t)
	card := v.asks("get", bob, coinJID, "<vCard xmlns='vcard-temp'/>", "").Children[0]
	photo := card.Child("vcard-temp", "PHOTO")
	file := decoded(t, photo.ChildText("vcard-temp", "BINVAL"))
	side, err := png.DecodeConfig(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if len(file) > 4<<10 || side.Width < 100 || side.Width != side.Height {
		t.Errorf("%d bytes, %d x %d", len(file), side.Width, side.Height)
	}
	if got := card.ChildText("vcard-temp", "FN"); got != coin {
		t.Errorf("it is called %q", got)
	}
	if got := card.ChildText("vcard-temp", "URL"); got != "https://explorer.example/"+coin {
		t.Errorf("it is seen at %q", got)
	}
	if got := card.ChildText("vcard-temp", "NICKNAME"); got != "" {
		t.Errorf("bob sees ann's label, %q", got)
	}
	if got := photo.ChildText("vcard-temp", "TYPE"); got != "image/png" {
		t.Errorf("it is %q", got)
	}

	v.says(`<presence type='probe' from='` + bob + `/x' to='` + coinJID + `'/>`)
	if got := v.hears().Child("vcard-temp:x:update", "x").ChildText("vcard-temp:x:update", "photo"); got != hashOf(file) {
		t.Errorf("the presence tells of %q, the vCard has %q", got, hashOf(file))
	}

	items := func(node, inner string) *component.Element {
		return v.asks("get", bob, coinJID, "<pubsub xmlns='"+pubsubNS+"'><items node='"+node+"'>"+inner+"</items></pubsub>", "").
			Child(pubsubNS, "pubsub").Child(pubsubNS, "items")
	}
	about := items(metaNS, "").Child(pubsubNS, "item")
	info := about.Child(metaNS, "metadata").Child(metaNS, "info")
	want := map[string]string{"id": hashOf(file), "bytes": strconv.Itoa(len(file)), "type": "image/png",
		"width": strconv.Itoa(side.Width), "height": strconv.Itoa(side.Height)}
	for name, val := range want {
		if info.Value(name) != val {
			t.Errorf("metadata: %s is %q, want %q", name, info.Value(name), val)
		}
	}
	if about.Value("id") != hashOf(file) {
		t.Errorf("the item is %q", about.Value("id"))
	}
	data := items(dataNS, "<item id='"+hashOf(file)+"'/>").Child(pubsubNS, "item").ChildText(dataNS, "data")
	if !bytes.Equal(decoded(t, data), file) {
		t.Error("the avatar is another picture")
	}
	if other := items(dataNS, "<item id='0000'/>"); len(other.Children) != 0 {
		t.Errorf("an item nobody has: %s", canon(other))
	}

	bits := v.asks("get", bob, coinJID, "<data xmlns='"+bobNS+"' cid='sha1+"+hashOf(file)+"@bob.xmpp.org'/>", "").Child(bobNS, "data")
	if !bytes.Equal(decoded(t, bits.Text), file) {
		t.Error("the bits of binary are another picture")
	}
}

func TestNoPicture(t *testing.T) {
	v := visiting(t)
	for _, to := range []string{domain, "bob@" + domain} {
		if v.asks("get", ann, to, "<vCard xmlns='vcard-temp'/>", "").Children[0].Child("vcard-temp", "PHOTO") != nil {
			t.Errorf("%s has a photo", to)
		}
		for _, node := range []string{metaNS, dataNS, "urn:xmpp:omemo:2:devices"} {
			e := v.asks("get", ann, to, "<pubsub xmlns='"+pubsubNS+"'><items node='"+node+"'/></pubsub>", "")
			if got := outcome(e, nil); got != "error item-not-found" {
				t.Errorf("%s at %s: %s", node, to, got)
			}
		}
		e := v.asks("get", ann, to, "<data xmlns='"+bobNS+"' cid='sha1+"+strings.Repeat("0", 40)+"@bob.xmpp.org'/>", "")
		if got := outcome(e, nil); got != "error item-not-found" {
			t.Errorf("bits of %s: %s", to, got)
		}
	}
}

// A picture in an answer comes with it, and may be asked for again.
func TestPictureInAnAnswer(t *testing.T) {
	v := visiting(t)
	invoice := "LIGHTNING:LNBC" + strings.Repeat("1QYP", 120)
	v.town.do = func(command.Request) (command.Reply, error) {
		return command.Reply{Lines: []command.Line{{Phrase: "test.first"}}, Copy: []string{"lnbc1"}, QR: invoice}, nil
	}
	e := v.asks("set", ann, domain, `<command xmlns='`+commandsNS+`' node='balance'/>`, "").Children[0]
	var field *component.Element
	for _, f := range e.Child("jabber:x:data", "x").Children {
		if f.Value("var") == "qr" {
			field = f
		}
	}
	if field.Value("type") != "text-single" || field.ChildText("jabber:x:data", "value") != invoice {
		t.Errorf("the field is %s", canon(field))
	}
	media := field.Child("urn:xmpp:media-element", "media")
	bits := e.Child(bobNS, "data")
	if uri := media.ChildText("urn:xmpp:media-element", "uri"); uri != "cid:"+bits.Value("cid") {
		t.Errorf("the form shows %q, with it came %q", uri, bits.Value("cid"))
	}
	file := decoded(t, bits.Text)
	if want := "sha1+" + hashOf(file) + "@bob.xmpp.org"; bits.Value("cid") != want {
		t.Errorf("cid %q, want %q", bits.Value("cid"), want)
	}
	if len(file) > 8<<10 {
		t.Errorf("%d bytes", len(file))
	}
	side, err := png.DecodeConfig(bytes.NewReader(file))
	if err != nil || strconv.Itoa(side.Width) != media.Value("width") || strconv.Itoa(side.Height) != media.Value("height") {
		t.Errorf("%d x %d, said to be %s x %s (%v)", side.Width, side.Height, media.Value("width"), media.Value("height"), err)
	}
	again := v.asks("get", ann, domain, "<data xmlns='"+bobNS+"' cid='"+bits.Value("cid")+"'/>", "").Child(bobNS, "data")
	if again.Text != bits.Text {
		t.Error("asked for again, it is another picture")
	}
}
