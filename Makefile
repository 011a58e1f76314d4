# The verbs; Meson and Ninja do the work.  `make` alone builds build/limpid.
PYTHON ?= /usr/bin/python3.11
NINJA = nice ninja $(if $(J),-j$(J))
ifeq ($(origin CC),default)
CC = $(shell command -v ccache >/dev/null && echo ccache) gcc
endif
export CC

all: build/.sources
	@$(NINJA) -C build limpid

# The list of sources decides when to configure anew.
build/.sources build/debug/.sources: %/.sources: FORCE | packages
	@mkdir -p $*
	@{ tools/sources.py; tools/sources.py tests/unit; tools/sources.py lib .py; } > $@.new
	@if [ ! -f $*/build.ninja ]; then \
	    meson setup $(SETUP_$(subst /,_,$*)) $* >$*.log 2>&1 || { cat $*.log; exit 1; }; \
	elif ! cmp -s $@.new $@; then meson setup --reconfigure $* >$*.log 2>&1 || { cat $*.log; exit 1; }; fi
	@mv $@.new $@
FORCE:

SETUP_build = --buildtype=custom
SETUP_build_debug = --buildtype=custom -Doptimization=1 -Db_sanitize=address,undefined -Db_lundef=false

debug: build/debug/.sources
	@$(NINJA) -C build/debug limpid

packages:
	@tools/packages.sh

demo: all
	@build/limpid --stats examples/raytracer.py

check: all
	@$(NINJA) -C build units
	@$(PYTHON) tests/run.py --limpid build/limpid --units build

# The whole of `check` under the sanitizers; takes its time.
check-debug: debug
	@$(NINJA) -C build/debug units
	@$(PYTHON) tests/run.py --limpid build/debug/limpid --units build/debug --slow 10

# Debian's packages at realistic jobs; installs those that are missing.
packages-check: all
	@tools/packages.sh tests/packages/packages.txt
	@$(PYTHON) tests/run.py --limpid build/limpid tests/packages/

# What Limpid exports, opened by the programs that it is for, and its pages in browsers; installs what is missing.
see-check: all
	@tools/packages.sh tests/see/packages.txt
	@tools/packages.sh tests/browser/packages.txt
	@mkdir -p build/see && cd build/see && { [ -d package ] || { npm pack --silent speedscope@1.25.0 >/dev/null && tar xf speedscope-1.25.0.tgz; }; }
	@$(PYTHON) tests/see/check_exports.py --limpid build/limpid -v
	@$(PYTHON) tests/browser/run.py --limpid build/limpid -v
	@$(PYTHON) tests/browser/run.py --limpid build/limpid -v --browser firefox
	@$(PYTHON) tests/browser/speed.py --limpid build/limpid

# Pictures and recorded samples for docs/gallery; the pages of all samples in build/gallery.
gallery: all
	@$(PYTHON) tools/gallery/make.py build/limpid

torture: debug
	@$(NINJA) -C build/debug units
	@$(PYTHON) tests/run.py --limpid build/debug/limpid --units build/debug --torture

bench: all
	@$(PYTHON) bench/run.py python3.11=/usr/bin/python3.11 limpid=build/limpid

# Bytes and times beside C and C++, and what texts claim of them.
compare: all
	@$(PYTHON) bench/compare.py python3.11=/usr/bin/python3.11 limpid=build/limpid

# All visible lists, one run; the score by module, then the commonest failures.  Takes 15 to 30 minutes.
TIERS = $(wildcard tests/conformance/tiers/tier[0-9]-*.txt)
conformance: all
	@mkdir -p build/conformance
	@cp build/limpid build/conformance/limpid
	-@$(PYTHON) tests/conformance/conform.py --python build/conformance/limpid $(TIERS:%=--list %) --quiet \
	    --timeout 20 --max-timeouts 2 --max-crashes 5 --jobs 2 --json build/conformance/run.json
	@$(PYTHON) tests/conformance/conform.py --failures build/conformance/run.json --limit 40

# Repeated operations do not grow; takes minutes.
growth: all
	@$(PYTHON) tests/faults/growth.py --limpid build/limpid

lint:
	@$(PYTHON) tools/lint.py

# Symbols that nothing defines yet, and who needs them.
missing: build/.sources
	-@$(NINJA) -C build -k0 libcore.a limpid-bootstrap >/dev/null
	@$(PYTHON) tools/missing.py build

# How much of the binary world could load, by exported symbols.
symbols: all
	@$(PYTHON) tools/symbols.py build/limpid

format:
	@git ls-files '*.c' '*.h' | xargs clang-format -i

clean:
	@rm -rf build

.PHONY: all debug packages demo check check-debug packages-check see-check gallery torture bench compare conformance growth lint missing symbols format clean FORCE
