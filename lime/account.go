package lime

// Media types about people.
const (
	TypeAccount MediaType = "application/vnd.lime.account+json"
	TypeContact MediaType = "application/vnd.lime.contact+json"
)

// Account is what a server knows of an account. Passwords and keys are only
// written, in base64.
type Account struct {
	FullName           string            `json:"fullName,omitempty"`
	Email              string            `json:"email,omitempty"`
	PhoneNumber        string            `json:"phoneNumber,omitempty"`
	Address            string            `json:"address,omitempty"`
	City               string            `json:"city,omitempty"`
	Culture            string            `json:"culture,omitempty"`
	Timezone           int               `json:"timezone,omitempty"`
	PhotoURI           string            `json:"photoUri,omitempty"`
	Extras             map[string]string `json:"extras,omitempty"`
	Password           string            `json:"password,omitempty"`
	OldPassword        string            `json:"oldPassword,omitempty"`
	AccessKey          string            `json:"accessKey,omitempty"`
	AlternativeAccount string            `json:"alternativeAccount,omitempty"`
	IsTemporary        bool              `json:"isTemporary,omitempty"`
	InboxSize          int               `json:"inboxSize,omitempty"`
	AllowAnonymous     bool              `json:"allowAnonymousSender,omitempty"`
	AllowUnknown       bool              `json:"allowUnknownSender,omitempty"`
	StoreMessages      bool              `json:"storeMessageContent,omitempty"`
}

// MediaType is TypeAccount.
func (Account) MediaType() MediaType { return TypeAccount }

// Secret decodes a password or key of an account document. What is not base64
// is taken as it is.
func Secret(written string) string { return unbase64(written) }

// Contact is somebody in an address book.
type Contact struct {
	Identity    Identity          `json:"identity"`
	Name        string            `json:"name,omitempty"`
	Email       string            `json:"email,omitempty"`
	PhoneNumber string            `json:"phoneNumber,omitempty"`
	Group       string            `json:"group,omitempty"`
	IsPending   bool              `json:"isPending,omitempty"`
	Extras      map[string]string `json:"extras,omitempty"`
}

// MediaType is TypeContact.
func (Contact) MediaType() MediaType { return TypeContact }
