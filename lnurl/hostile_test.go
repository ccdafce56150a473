package lnurl_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/lnurl"
)

// hostileOffers are answers to the first request.
var hostileOffers = map[string]struct {
	serve http.HandlerFunc
	want  string
}{
	"nothing":                         {say(""), "lnurl.answer"},
	"a web page":                      {say("<html><body>Welcome</body></html>"), "lnurl.answer"},
	"null":                            {say("null"), "lnurl.answer"},
	"a list":                          {say("[" + honest + "]"), "lnurl.answer"},
	"a text":                          {say(`"payRequest"`), "lnurl.answer"},
	"an empty object":                 {say("{}"), "lnurl.answer"},
	"half an object":                  {say(honest[:100]), "lnurl.answer"},
	"two objects":                     {say(honest + honest), "lnurl.answer"},
	"something behind":                {say(honest + "x"), "lnurl.answer"},
	"not UTF-8":                       {say(with("Coffee", "\xff")), "lnurl.answer"},
	"a mark before it":                {say("\ufeff" + honest), "lnurl.answer"},
	"a redirect":                      {http.RedirectHandler("https://127.0.0.1/", http.StatusFound).ServeHTTP, "lnurl.answer"},
	"a gzip bomb":                     {gzipBomb, "lnurl.answer"},
	"huge":                            {say(with("Coffee", strings.Repeat("c", 1<<20))), "lnurl.answer"},
	"nested ten thousand deep":        {say(with(`"tag"`, `"x":`+strings.Repeat("[", 20000)+strings.Repeat("]", 20000)+`,"tag"`)), "lnurl.answer"},
	"an error with markup":            {say(`{"status":"ERROR","reason":"<b onclick=x>no</b>\u202e\u0007"}`), "lnurl.refused"},
	"an error in small letters":       {say(`{"status":"error","reason":"no"}`), "lnurl.refused"},
	"an error without a reason":       {say(`{"status":"ERROR"}`), "lnurl.refused"},
	"an error with a long reason":     {say(`{"status":"ERROR","reason":"` + strings.Repeat("no", 9999) + `"}`), "lnurl.refused"},
	"an error with a strange reason":  {say(`{"status":"ERROR","reason":{"a":[1]}}`), "lnurl.refused"},
	"an error within an offer":        {say(with(`"tag"`, `"status":"ERROR","tag"`)), "lnurl.refused"},
	"an unknown user with status 404": {func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(404); say(`{"status":"ERROR"}`)(w, r) }, "lnurl.refused"},
	"no tag":                          {say(with(`"tag":"payRequest",`, "")), "lnurl.answer"},
	"a tag twice":                     {say(with(`"tag":"payRequest"`, `"tag":"payRequest","tag":"payRequest"`)), "lnurl.answer"},
	"a minimum twice":                 {say(with(`"minSendable":1000`, `"minSendable":1000,"minSendable":1`)), "lnurl.answer"},
	"a callback twice":                {say(with(`"tag"`, `"callback":"https://evil.example/","tag"`)), "lnurl.answer"},
	"a withdrawal":                    {say(with("payRequest", "withdrawRequest")), "lnurl.kind"},
	"a channel":                       {say(with("payRequest", "channelRequest")), "lnurl.kind"},
	"a tag that nobody knows":         {say(with("payRequest", "PAYREQUEST")), "lnurl.answer"},
	"a tag that is a list":            {say(with(`"payRequest"`, `["payRequest"]`)), "lnurl.answer"},
	"a key of another case":           {say(with(`"minSendable"`, `"MinSendable"`)), "lnurl.answer"},
	"a minimum above the maximum":     {say(with(":1000,", ":6000000,")), "lnurl.answer"},
	"a minimum of nothing":            {say(with(":1000,", ":0,")), "lnurl.answer"},
	"a negative minimum":              {say(with(":1000,", ":-1000,")), "lnurl.answer"},
	"a minimum with a fraction":       {say(with(":1000,", ":1000.5,")), "lnurl.answer"},
	"a minimum with a point":          {say(with(":1000,", ":1000.0,")), "lnurl.answer"},
	"a minimum with an exponent":      {say(with(":1000,", ":1e3,")), "lnurl.answer"},
	"a minimum in quotes":             {say(with(":1000,", `:"1000",`)), "lnurl.answer"},
	"a minimum of null":               {say(with(":1000,", ":null,")), "lnurl.answer"},
	"a minimum with a zero before":    {say(with(":1000,", ":01000,")), "lnurl.answer"},
	"not a number":                    {say(with(":1000,", ":NaN,")), "lnurl.answer"},
	"a maximum beyond 64 bits":        {say(with(":5000000,", ":99999999999999999999,")), "lnurl.answer"},
	"no maximum":                      {say(with(`"maxSendable":5000000,`, "")), "lnurl.answer"},
	"no callback":                     {say(with(`"callback"`, `"callback2"`)), "lnurl.answer"},
	"a callback over http":            {say(with("https://example.com/cb", "http://example.com/cb")), "lnurl.answer"},
	"a callback to a file":            {say(with("https://example.com/cb", "file:///etc/passwd")), "lnurl.answer"},
	"a callback with a user":          {say(with("https://example.com/cb", "https://u:p@example.com/cb")), "lnurl.answer"},
	"a callback with a fragment":      {say(with("?id=7", "?id=7#x")), "lnurl.answer"},
	"a callback with an amount":       {say(with("?id=7", "?amount=1")), "lnurl.answer"},
	"a callback with a note":          {say(with("?id=7", "?comment=x")), "lnurl.answer"},
	"a callback to an onion":          {say(with("example.com/cb", "abcdefghijklmnop.onion/cb")), "lnurl.answer"},
	"a callback with a line end":      {say(with("?id=7", `?id=7\r\nX: y`)), "lnurl.answer"},
	"a callback to a number":          {say(with("example.com/cb", "0x7f000001/cb")), "lnurl.answer"},
	"a relative callback":             {say(with("https://example.com/cb", "/cb")), "lnurl.answer"},
	"an endless callback":             {say(with("?id=7", "?id="+strings.Repeat("7", 4000))), "lnurl.answer"},
	"no metadata":                     {say(with(`"metadata"`, `"meta"`)), "lnurl.answer"},
	"metadata that is no text":        {say(strings.Split(honest, `"metadata"`)[0] + `"metadata":[["text/plain","x"]]}`), "lnurl.answer"},
	"metadata without words":          {say(with("text/plain", "text/other")), "lnurl.answer"},
	"metadata with two descriptions":  {say(with("text/identifier", "text/plain")), "lnurl.answer"},
	"metadata that is an object":      {say(with(`[[\"text/plain\",\"Coffee\"],`, `{\"text/plain\":\"Coffee\"},[`)), "lnurl.answer"},
	"a note length below nothing":     {say(with(`:20}`, `:-1}`)), "lnurl.answer"},
	"a note length that is a text":    {say(with(`:20}`, `:"20"}`)), "lnurl.answer"},
	"who pays must be said":           {say(with(`"tag"`, `"payerData":{"name":{"mandatory":true}},"tag"`)), "lnurl.payer"},
	"who pays is nonsense":            {say(with(`"tag"`, `"payerData":["name"],"tag"`)), "lnurl.answer"},
}

// hostileQuotes are answers to the second.
var hostileQuotes = map[string]struct {
	serve http.HandlerFunc
	want  string
}{
	"nothing":                      {say(""), "lnurl.answer"},
	"a web page":                   {say("<html>"), "lnurl.answer"},
	"no invoice":                   {say(`{"routes":[]}`), "lnurl.answer"},
	"an invoice of null":           {say(`{"pr":null}`), "lnurl.answer"},
	"an invoice that is a number":  {say(`{"pr":5}`), "lnurl.answer"},
	"an address for an invoice":    {say(`{"pr":"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"}`), "lnurl.answer"},
	"an invoice with a link":       {say(`{"pr":"lnbc1p https://evil.example"}`), "lnurl.answer"},
	"an invoice in two cases":      {say(`{"pr":"lnbcrt20u1pJq"}`), "lnurl.answer"},
	"an endless invoice":           {say(`{"pr":"lnbc1` + strings.Repeat("q", 8000) + `"}`), "lnurl.answer"},
	"two invoices":                 {say(`{"pr":"lnbcrt20u1pjq","pr":"lnbcrt20u1pjx"}`), "lnurl.answer"},
	"an error":                     {say(`{"status":"ERROR","reason":"sold out"}`), "lnurl.refused"},
	"an error and an invoice":      {say(`{"status":"ERROR","pr":"lnbcrt20u1pjq"}`), "lnurl.refused"},
	"a redirect":                   {http.RedirectHandler("/elsewhere", http.StatusMovedPermanently).ServeHTTP, "lnurl.answer"},
	"a gzip bomb":                  {gzipBomb, "lnurl.answer"},
	"an unknown success":           {success(`{"tag":"script","run":"x"}`), "lnurl.success"},
	"a success that is a text":     {success(`"thanks"`), "lnurl.success"},
	"a success without a tag":      {success(`{"message":"thanks"}`), "lnurl.success"},
	"a success twice":              {success(`{"tag":"message","message":"a","message":"b"}`), "lnurl.success"},
	"a message without words":      {success(`{"tag":"message","message":{"a":1}}`), "lnurl.success"},
	"a link to somebody else":      {success(`{"tag":"url","url":"https://evil.example/","description":"x"}`), "lnurl.success"},
	"a link to a subdomain":        {success(`{"tag":"url","url":"https://a.example.com/","description":"x"}`), "lnurl.success"},
	"a link with a user":           {success(`{"tag":"url","url":"https://example.com@evil.example/","description":"x"}`), "lnurl.success"},
	"a link over http":             {success(`{"tag":"url","url":"http://example.com/","description":"x"}`), "lnurl.success"},
	"a link that is a script":      {success(`{"tag":"url","url":"javascript:alert(1)","description":"x"}`), "lnurl.success"},
	"a description that is a list": {success(`{"tag":"url","url":"https://example.com/","description":[]}`), "lnurl.success"},
	"a secret without a key":       {success(`{"tag":"aes","ciphertext":"AAAA"}`), "lnurl.success"},
	"a secret of half a block":     {success(`{"tag":"aes","ciphertext":"AAAA","iv":"AAAAAAAAAAAAAAAAAAAAAA=="}`), "lnurl.success"},
	"an endless secret":            {success(`{"tag":"aes","ciphertext":"` + strings.Repeat("A", 8192) + `","iv":"AAAAAAAAAAAAAAAAAAAAAA=="}`), "lnurl.success"},
}

func success(action string) http.HandlerFunc {
	return say(`{"pr":"` + invoice + `","routes":[],"successAction":` + action + `}`)
}

func gzipBomb(w http.ResponseWriter, _ *http.Request) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(bytes.Repeat([]byte(" "), 4<<20))
	z.Close()
	w.Header().Set("Content-Encoding", "gzip")
	_, _ = w.Write(b.Bytes())
}

func TestHostileServices(t *testing.T) {
	s := start(t)
	for name, tt := range hostileOffers {
		t.Run("offer/"+name, func(t *testing.T) {
			s.answers(tt.serve, say(paid))
			offer, err := s.Offer(t.Context(), carol(t))
			expect(t, err, tt.want, offer)
		})
	}
	for name, tt := range hostileQuotes {
		t.Run("quote/"+name, func(t *testing.T) {
			s.answers(say(honest), tt.serve)
			offer, err := s.Offer(t.Context(), carol(t))
			if err != nil {
				t.Fatal(err)
			}
			quote, err := s.Quote(t.Context(), lnurl.Request{Offer: offer, Amount: 2 * amount.Sat})
			expect(t, err, tt.want, quote)
		})
	}
}

func expect(t *testing.T, err error, want string, got any) {
	t.Helper()
	if err == nil || fault.Of(err).Phrase != want {
		t.Fatalf("got %+v, %v, want %s", got, err, want)
	}
	if reason, ok := fault.Of(err).Args["reason"].(string); ok && (len(reason) > 210 || strings.ContainsAny(reason, "\u202e\a")) {
		t.Errorf("the reason is %q", reason)
	}
}

// What is strange, but happens and harms nobody.
func TestTolerance(t *testing.T) {
	for name, offer := range map[string]string{
		"status OK":                     with(`"tag"`, `"status":"OK","tag"`),
		"unknown keys":                  with(`"tag"`, `"allowsNostr":true,"nostrPubkey":"ab","x":{"y":[1.5,null]},"tag"`),
		"the largest number there is":   with(":5000000,", ":9223372036854775807,"),
		"no note":                       with(`,"commentAllowed":20`, ""),
		"a note of null":                with(":20}", ":null}"),
		"an endless note":               with(":20}", ":1000000}"),
		"who pays may be said":          with(`"tag"`, `"payerData":{"name":{"mandatory":false},"email":{}},"tag"`),
		"an invoice can be verified":    with(`"tag"`, `"verify":"https://example.com/v","tag"`),
		"the callback is elsewhere":     with("https://example.com/cb?id=7", "https://provider.example/cb"),
		"metadata of a kind to come":    with(`],[\"text/identifier`, `],[\"x/y\",{\"a\":1},2],[\"text/identifier`),
		"metadata with a long text":     with("text/identifier", "text/long-desc"),
		"metadata with a small picture": with(`],[\"text/identifier`, `],[\"image/png;base64\",\"`+strings.Repeat("A", 136536)+`\"],[\"text/identifier`),
	} {
		if got, err := lnurl.ParseOffer([]byte(offer), carol(t)); err != nil || got.Max > amount.Max || got.Comment > 280 {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
}
