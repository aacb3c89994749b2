#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What can be said about the documentation without reading it: it is valid rst, its
# links lead somewhere, and what it must name of the sources it names. Prints what
# is wrong; exit status 1, or 4 without docutils. HOOKCOST (the tool) and KSRC (the
# patched tree) in the environment let it compare with those as well.

set -uo pipefail
CDPATH='' cd "$(dirname "$0")" || exit
export LC_ALL=C

rst2man=${RST2MAN:-$(command -v rst2man || command -v rst2man.py)}
rst2html=${RST2HTML:-$(command -v rst2html || command -v rst2html.py)}
if [[ -z $rst2man || -z $rst2html ]]; then
	echo "no rst2man and rst2html: install python3-docutils" >&2
	exit 4
fi

failed=0
wrong() {
	printf '%s\n' "$*"
	failed=1
}

valid() {
	local file

	for file in *.rst tools/*.rst; do
		"$rst2html" --strict "$file" /dev/null || wrong "$file: not valid"
	done
	for file in tools/hookcost*.rst; do
		"$rst2man" --strict "$file" /dev/null || wrong "$file: no valid man page"
	done
}

links() {
	local file target

	while IFS=: read -r file target; do
		[[ -e $(dirname "$file")/$target ]] || wrong "$file: there is no $target"
	done < <(grep -oE '<[A-Za-z./_-]+>`_' -- *.rst tools/*.rst | sed 's/:</:/; s/>`_$//'
		grep -oHE '\]\([A-Za-z./_-]+\)' ../README.md | sed 's/:](/:/; s/)$//')
}

# Files and folders of the repository
paths() {
	local file path

	while IFS=: read -r file path; do
		[[ -n $(compgen -G "../$path") ]] || wrong "$file: there is no $path"
	done < <(grep -oE '`(bpf|module|patches|scripts|selftests|userspace)/[A-Za-z0-9_./*-]*`' -- *.rst ../README.md |
		sed 's/`//g; s,/README.md,README.md,')
}

# contains FILE WHAT PREFIX NAME...: FILE names each of them as literal text
contains() {
	local file=$1 what=$2 name
	shift 2

	(($#)) || wrong "$file: nothing found that it must name ($what)"
	for name; do
		grep -qF -- "$name" "$file" || wrong "$file: $what $name is missing"
	done
}

# Strings that the sources give as a key to a function: FUNCTIONS FILE...
keys() {
	local functions=$1
	shift

	cat "$@" | tr -s '\n\t ' ' ' | grep -oE "\<($functions)\([^\";]*, \"[a-z0-9_]+\"" |
		sed 's/.*"\(.*\)"/\1/' | sort -u
}

json() {
	local list sources

	mapfile -t sources < <(find ../userspace -name '*.c' ! -path '*/tests/*')
	mapfile -t list < <(keys 'json_object_object_add|json_add_string|add_text|add_state|row_raw|row_detail|result_fact' \
		"${sources[@]}")
	contains json.rst "the field" "${list[@]}"
}

patches() {
	local list

	mapfile -t list < <(grep -v '^#' ../patches/6.12/series | while read -r name; do
		sed -nE '/^Subject: /{N; s/\n / /; s/\n.*//; s/^Subject: (\[[^]]*\] )?//p; q}' \
			"../patches/6.12/$name"
	done)
	contains kernel.rst "the patch" "${list[@]}"
}

benches() {
	# of a struct column_def: { "key", "head", "unit", decimals
	local list file columns=$'^\t\\{ "[a-z0-9_]*", "([^"]+)", "[^"]*", [0-9].*'

	mapfile -t list < <(sed -nE 's/^BENCH\(([a-z0-9]+)\),$/\1/p' ../userspace/bench/benches.def)
	contains benches.rst "the bench" "${list[@]}"
	mapfile -t list < <(sed -nE 's/^NATIVE\([a-z_0-9]+, "([a-z_0-9]+)".*/\1/p' ../module/native.def)
	contains kernel.rst "the native program" "${list[@]}"
	labels memcpy/copies.c 's/^\t\t"[a-z0-9_]+", "([^"]+)".*/\1/p'
	while read -r file; do
		labels "$file" "s/$columns/\1/p"
	done < <(cd ../userspace/bench && grep -rlE --include='*.c' "$columns" | sort)
	labels channels/ops.c 's/^\t\.label = "([^"]+)".*/\1/p'
}

tests() {
	local list file

	mapfile -t list < <(sed -nE '/^(kernel_tests|TEST_PROGS) :=/,/[^\\]$/p' ../selftests/Makefile |
		sed -E 's/^[A-Za-z_]+ :=//' | tr -s '\\ \t' '\n' | grep '^[a-z]'
		for file in ../selftests/bench/*.jq; do
			echo "bench_$(basename "$file" .jq).sh"
		done | grep -v '^bench_bench')
	contains selftests.rst "the test" "${list[@]}"
}

# What the rows and columns of a bench are called there: FILE, an expression for sed
labels() {
	local list

	mapfile -t list < <(sed -nE "$2" "../userspace/bench/$1" | sort -u)
	contains benches.rst "$1's" "${list[@]}"
}

# A page's options, with those of the files that it includes
page_options() {
	local name

	{
		cat "$1"
		sed -n 's/^\.\. include:: //p' "$1" | while read -r name; do
			cat "tools/$name"
		done
	} | grep -E '^\*\*-' | grep -oE '\*\*--?[a-zA-Z?-]+\*\*' | tr -d '*' | sort -u
}

tool_options() {
	"$HOOKCOST" "$@" --help | grep -E '^ +-' | grep -oE '(^| )--?[a-zA-Z?-]+' | tr -d ' ' | sort -u
}

options() {
	local command page list

	mapfile -t list < <("$HOOKCOST" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
	((${#list[@]})) || wrong "$HOOKCOST --help names no commands"
	for command in "" "${list[@]}"; do
		page=tools/hookcost${command:+-$command}.rst
		[[ -e $page ]] || { wrong "$page: missing"; continue; }
		diff <(page_options "$page") <(tool_options ${command:+"$command"}) ||
			wrong "$page: other options than hookcost $command --help"
	done
}

abi() {
	cmp ABI/testing/debugfs-hookcost "$KSRC/Documentation/ABI/testing/debugfs-hookcost" ||
		wrong "ABI/testing/debugfs-hookcost: not the patches' copy"
}

valid
links
paths
json
patches
benches
tests
[[ -z ${HOOKCOST:-} ]] || options
[[ -z ${KSRC:-} ]] || abi
exit "$failed"
