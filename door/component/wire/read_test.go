package wire_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/door/component/wire"
)

// small are limits that a line of text can pass.
func small() wire.Options {
	o := quiet()
	o.Limits = wire.Limits{StanzaBytes: 200, Depth: 4, Attrs: 6, AttrBytes: 40}
	return o
}

const refusal = "<message from='a@b' id='1'><refused xmlns='urn:bitcoim:wire' reason='%s'/></message>"

func TestRefusal(t *testing.T) {
	for name, tt := range map[string]struct {
		in   string
		want string // the reason; "" passes, "dropped" leaves nothing
	}{
		"just small enough":      {"<message from='a@b' id='1'><body>" + strings.Repeat("x", 200-50) + "</body></message>", ""},
		"one byte too many":      {"<message from='a@b' id='1'><body>" + strings.Repeat("x", 201-50) + "</body></message>", "too-large"},
		"far too large":          {"<message from='a@b' id='1'><body>" + strings.Repeat("x", 99999) + "</body></message>", "too-large"},
		"large in small pieces":  {"<message from='a@b' id='1'>" + strings.Repeat("<a b='>'><!-- <a> --><![CDATA[</a>]]><?</a>?></a>", 50) + "</message>", "too-large"},
		"deep enough":            {"<message from='a@b' id='1'><a><b><c/></b></a></message>", ""},
		"too deep":               {"<message from='a@b' id='1'><a><b><c><d/></c></b></a></message>", "too-deep"},
		"deep in the middle":     {"<message from='a@b' id='1'><a><b><c><d></d></c></b></a><e/></message>", "too-deep"},
		"attributes enough":      {"<message from='a@b' id='1'><a b='' c='' d='' e='' f='' g=''/></message>", ""},
		"too many attributes":    {"<message from='a@b' id='1'><a b='' c='' d='' e='' f='' g='' h=''/></message>", "too-many-attributes"},
		"of the stanza":          {"<message a='' b='' c='' d='' e='' f='' g='' from='a@b' id='1'/>", "too-many-attributes"},
		"a value long enough":    {"<message from='a@b' id='1'><a b='1234567890123456789012345678901234567890'/></message>", ""},
		"a value too long":       {"<message from='a@b' id='1'><a b='12345678901234567890123456789012345678901'/></message>", "attribute-too-long"},
		"a value of the stanza":  {"<message from='a@b' id='1' b='12345678901234567890123456789012345678901'/>", "attribute-too-long"},
		"a long id":              {"<message from='a@b' id='12345678901234567890123456789012345678901'/>", "dropped"},
		"an endless start tag":   {"<message from='a@b' id='1' b='" + strings.Repeat("x", 300) + "'/>", "dropped"},
		"an endless name":        {"<message" + strings.Repeat("x", 300) + "/>", "dropped"},
		"endless and unknown":    {"<mess>" + strings.Repeat("<x/>", 300) + "</mess>", "dropped"},
		"a default declaration":  {"<message from='a@b' id='1' xmlns='jabber:component:accept'/>", ""},
		"another namespace":      {"<message from='a@b' id='1' xmlns='jabber:client'/>", "dropped"},
		"stream features":        {"<stream:features/>", "dropped"},
		"an unknown element":     {"<route from='a@b' id='1'><message/></route>", "dropped"},
		"a second handshake":     {"<handshake/>", "dropped"},
		"text":                   {"hello", "dropped"},
		"blanks":                 {" \r\n\t", "-"},
		"a comment":              {"<!-- <message/> -->", "dropped"},
		"an instruction":         {"<?xml version='1.0'?>", "dropped"},
		"a declaration":          {"<!DOCTYPE a [ <!ENTITY b '>'> ]>", "dropped"},
		"an end without start":   {"</message>", "dropped"},
		"end of something else":  {"</stream>", "dropped"},
		"a bad name":             {"<message from='a@b' id='1'><ä/></message>", "not-well-formed"},
		"a colon in front":       {"<message from='a@b' id='1'><:a/></message>", "not-well-formed"},
		"a colon at the end":     {"<message from='a@b' id='1'><a: xmlns:a='u'/></message>", "not-well-formed"},
		"a prefix out of scope":  {"<message from='a@b' id='1'><a xmlns:p='u'><p:b/></a><p:c/></message>", "not-well-formed"},
		"no gap":                 {"<message from='a@b' id='1'><a b=''c=''/></message>", "not-well-formed"},
		"a slash in a tag":       {"<message from='a@b' id='1'><a / b=''/></message>", "not-well-formed"},
		"gaps everywhere":        {"<message\tfrom = 'a@b'\nid='1' ><a b\r=\r\"'\" ></a\n></message >", ""},
		"bracket in a value":     {"<message from='a@b' id='1'><a b=']]>'/></message>", ""},
		"no name in end":         {"<message from='a@b' id='1'><a></></message>", "not-well-formed"},
		"longer name in end":     {"<message from='a@b' id='1'><a></ab></message>", "not-well-formed"},
		"other prefix in end":    {"<message from='a@b' id='1'><p:a xmlns:p='u' xmlns:q='u'></q:a></message>", "not-well-formed"},
		"xml namespace by name":  {"<message from='a@b' id='1'><a xmlns='http://www.w3.org/XML/1998/namespace'/></message>", "not-well-formed"},
		"xmlns as a prefix":      {"<message from='a@b' id='1'><xmlns:a/></message>", "not-well-formed"},
		"half a CDATA":           {"<message from='a@b' id='1'><![CDAT[a]]></message>", "markup"},
		"control in CDATA":       {"<message from='a@b' id='1'><![CDATA[\x00]]></message>", "markup"},
		"brackets and CDATA":     {"<message from='a@b' id='1'>]]<![CDATA[]]]]>></message>", ""},
		"a reference too far":    {"<message from='a@b' id='1'>&#x110000;</message>", "not-well-formed"},
		"a reference with zeros": {"<message from='a@b' id='1'>&#x0010FFFF;</message>", ""},
		"an empty reference":     {"<message from='a@b' id='1'>&#;</message>", "not-well-formed"},
		"an open reference":      {"<message from='a@b' id='1'>&amp</message>", "not-well-formed"},
		"a bare ampersand":       {"<message from='a@b' id='1'>a & b</message>", "not-well-formed"},
		"a capital X":            {"<message from='a@b' id='1'>&#X41;</message>", "not-well-formed"},
	} {
		t.Run(name, func(t *testing.T) {
			const after = "<iq type='get' id='2'/>"
			want := fmt.Sprintf(refusal, tt.want)
			switch tt.want {
			case "":
				want = tt.in
			case "-", "dropped":
				want = ""
			}
			for _, piece := range []int{1, 2, 7, 1 << 20} {
				got, stats, err := through(t, small(), piece, tt.in+after)
				if !errors.Is(err, io.EOF) || !errors.Is(err, wire.ErrEnded) {
					t.Errorf("got error %v", err)
				}
				if got != want+after {
					t.Errorf("pieces of %d: got %q, want %q", piece, got, want+after)
				}
				if (stats.Dropped == 1) != (tt.want == "dropped") {
					t.Errorf("got %d dropped", stats.Dropped)
				}
			}
		})
	}
}

func TestRefusalKeepsWhatAnAnswerNeeds(t *testing.T) {
	in := `<iq xmlns:a='urn:a' xml:lang="de" z='1' type="set" to='b@c/"' from="o'hara@b/&lt;" id='1' a:b='2'><!-- --></iq>`
	want := `<iq xml:lang="de" type="set" to='b@c/"' from="o'hara@b/&lt;" id='1'><refused xmlns='urn:bitcoim:wire' reason='markup'/></iq>`
	if got, _, _ := through(t, quiet(), 100, in); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestBadStanzasDoNotFillTheLog(t *testing.T) {
	var log bytes.Buffer
	o := quiet()
	o.Log = slog.New(slog.NewTextHandler(&log, nil))
	_, stats, _ := through(t, o, 1000, strings.Repeat("<message from='alice@localhost'><!-- --></message><a/>", 1000))
	if stats.Refused[wire.Markup] != 1000 || stats.Dropped != 1000 {
		t.Errorf("got %+v", stats)
	}
	if lines := strings.Count(log.String(), "\n"); lines == 0 || lines > 20 {
		t.Errorf("got %d lines", lines)
	}
	if strings.Contains(log.String(), "alice") {
		t.Error("a user is named in the log")
	}
}

func TestRefused(t *testing.T) {
	got, _, _ := through(t, quiet(), 100, "<message><!-- --></message>")
	var m struct {
		Child struct {
			XMLName xml.Name
			Attrs   []xml.Attr `xml:",any,attr"`
		} `xml:",any"`
	}
	if err := xml.Unmarshal([]byte(got), &m); err != nil {
		t.Fatal(err)
	}
	reason, ok := wire.Refused(xml.StartElement{Name: m.Child.XMLName, Attr: m.Child.Attrs})
	if !ok || reason != wire.Markup.String() {
		t.Errorf("got %q, %v", reason, ok)
	}
	if _, ok := wire.Refused(xml.StartElement{Name: xml.Name{Space: "urn:x", Local: "refused"}}); ok {
		t.Error("a refusal of another namespace is none of ours")
	}
}

func TestStreamsOwnWordsPass(t *testing.T) {
	const conflict = "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"
	for name, tt := range map[string]struct{ in, want string }{
		"the end":          {"<message/> </stream:stream ><message/>", "<message/></stream:stream >"},
		"an error":         {conflict + "</stream:stream>", conflict + "</stream:stream>"},
		"an early goodbye": {"</stream:stream>", "</stream:stream>"},
	} {
		t.Run(name, func(t *testing.T) {
			if got, _, _ := through(t, quiet(), 3, tt.in); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestNoStream(t *testing.T) {
	for name, in := range map[string]string{
		"HTTP":                "HTTP/1.1 400 Bad Request\r\n\r\n<html><body/></html>",
		"another namespace":   "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:client'>",
		"no stream namespace": "<stream xmlns='jabber:component:accept'>",
		"no stream":           "<stream:features xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:component:accept'>",
		"closed at once":      "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:component:accept'/>",
		"malformed":           "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:component:accept' a='&b;'>",
		"an attribute twice":  "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:component:accept' a='' a=''>",
		"endless":             "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:component:accept' a='" + strings.Repeat("x", 1<<20),
		"no handshake":        header + "<a><!-- --></a>",
		"handshake malformed": header + "<handshake>&</handshake>",
		"handshake endless":   header + "<handshake>" + strings.Repeat("x", 1<<20),
	} {
		t.Run(name, func(t *testing.T) {
			c := wire.New(newFixed(1000, in), quiet())
			defer c.Close()
			all, err := io.ReadAll(c)
			if !errors.Is(err, wire.ErrNotStream) {
				t.Errorf("got %q and error %v", all, err)
			}
			if got := c.Err(); !errors.Is(got, err) {
				t.Errorf("got %v, want the error of Read", got)
			}
		})
	}
}

func TestUnreadableStreamErrorEndsTheStream(t *testing.T) {
	_, _, err := through(t, quiet(), 100, "<stream:error>&</stream:error><message/>")
	if !errors.Is(err, wire.ErrEnded) {
		t.Errorf("got %v", err)
	}
}

func TestCutOff(t *testing.T) {
	got, _, err := through(t, quiet(), 100, "<message/><message><body>")
	if got != "<message/>" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestSilence(t *testing.T) {
	near, far := net.Pipe()
	defer far.Close()
	o := quiet()
	o.ReadTimeout = time.Millisecond
	c := wire.New(near, o)
	defer c.Close()
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, wire.ErrSilent) {
		t.Errorf("got %v", err)
	}
}

func TestCloseEndsRead(t *testing.T) {
	near, far := net.Pipe()
	defer far.Close()
	c := wire.New(near, quiet())
	read := make(chan error)
	go func() {
		_, err := c.Read(make([]byte, 1))
		read <- err
	}()
	c.Close()
	if err := <-read; !errors.Is(err, wire.ErrClosed) {
		t.Errorf("got %v", err)
	}
	if _, err := c.Write([]byte("x")); !errors.Is(err, wire.ErrClosed) {
		t.Errorf("got %v", err)
	}
	c.Close()
}
