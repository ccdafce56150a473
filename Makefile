# bitcoim: make help lists what there is.
GO      ?= go
PREFIX  ?= /usr/local
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo 0.1.0-dev)

# The tests look for races in Go's memory. SQLite and the C library below it are C made Go: their
# memory is not Go's, so nothing is found in them, and looking takes two thirds of the time.
RACE    := -race -gcflags=modernc.org/sqlite/lib=-race=false -gcflags=modernc.org/libc/...=-race=false

.PHONY: help go build install deps demo smoke test unit cover someday lint fuzz bench vuln generate

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' Makefile

go: # says what is missing, before anything is installed
	@GO=$(GO) scripts/check-go.sh

build: go ## build bin/bitcoim
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o bin/bitcoim ./cmd/bitcoim

install: build ## install the program, its unit and a sample configuration (DESTDIR, PREFIX)
	install -D -m 0755 bin/bitcoim $(DESTDIR)$(PREFIX)/bin/bitcoim
	install -D -m 0644 contrib/systemd/bitcoim.service $(DESTDIR)/etc/systemd/system/bitcoim.service
	install -D -m 0644 contrib/bitcoim.toml $(DESTDIR)$(PREFIX)/share/bitcoim/bitcoim.toml

deps: go ## install what the tests start or need (Debian)
	@scripts/install-deps.sh prosody ejabberd postgresql gcc node chromium

demo: go ## start a private sandbox and chat in it
	@scripts/install-deps.sh prosody
	@echo "demo: compiling (a minute or two, the first time)"
	@$(GO) build -o bin/demo ./internal/demo
	@exec bin/demo

smoke: go ## play a newcomer's conversation on Prosody and on ejabberd
	@scripts/install-deps.sh prosody ejabberd postgresql
	@echo "smoke: compiling (a minute or two, the first time)"
	@$(GO) run ./internal/smoke

test: deps lint ## run every test
	$(GO) run ./internal/sandbox/buildnodes
	{ CGO_ENABLED=1 $(GO) test $(RACE) -timeout 25m -json ./...; \
	  echo "again, on the newest LND:"; \
	  BITCOIM_NODES=newest CGO_ENABLED=1 $(GO) test $(RACE) -timeout 25m -json -run 'LND|TestMoneysocket$$' ./chain ./lightning; \
	  BITCOIM_NODES=newest CGO_ENABLED=1 $(GO) test $(RACE) -timeout 25m -json ./internal/lntest; \
	} | $(GO) run ./internal/tally

unit: go ## run what needs nothing but Go, on SQLite: two minutes, once it is compiled
	$(GO) test -short ./...

cover: go ## say how much of each package make unit runs
	$(GO) test -short -cover ./... | grep -v 'no test files'

someday: deps ## run tests as if it were DAYS from now, ten years if nothing is said (TESTS=./db for one package)
	@scripts/install-deps.sh datefudge
	@GO="$(GO)" scripts/someday.sh $(or $(DAYS),3650) $(TESTS)

lint: ## gofmt, vet, staticcheck, errorlint and tidy modules
	@test -z "$$(gofmt -l .)" || { gofmt -l .; exit 1; }
	$(GO) vet ./...
	$(GO) vet -tags faults ./...
	$(GO) tool -modfile=internal/tools/go.mod staticcheck ./...
	$(GO) tool -modfile=internal/tools/go.mod go-errorlint ./...
	$(GO) mod tidy -diff

vuln: ## look for known vulnerabilities (needs vuln.go.dev)
	$(GO) tool -modfile=internal/tools/go.mod govulncheck ./...

bench: deps ## measure, and print ratios of the same run
	$(GO) run ./internal/bench

fuzz: ## fuzz every parser for FUZZTIME each
	@scripts/fuzz.sh $(FUZZTIME)

generate: ## write the pages of docs/ that say what the code says
	$(GO) generate ./command
