#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make check: what can be said about patches and sources without running them, in KTAP.
# Wants the kernel source: scripts/kernel-src.sh.
source "$(dirname "$0")/lib.sh"

max_patches=15
parts=(um bpf net copy)
checkpatch=$src/scripts/checkpatch.pl
[[ -x $checkpatch ]] || die "no $checkpatch: make build"
cd "$top"

# What git knows or would take; in a tarball of the sources, and where git refuses to look as
# they are another user's, everything
if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
	mapfile -t files < <(git ls-files -co --exclude-standard | sort -u)
else
	mapfile -t files < <(find . -path ./.git -prune -o -type f -printf '%P\n' | sort)
fi
mapfile -t patches < <(grep -v '^#' "$series/series")

# files matching EXTENDED-REGEX
matching() { printf '%s\n' "${files[@]}" | grep -E "$1"; }

number=0
failed=0
# check NAME COMMAND...: one result; the command's output is its diagnostics
check() {
	local name=$1 text not=
	shift

	text=$("$@" 2>&1) || { not="not "; failed=1; }
	((number += 1))
	printf '%sok %d %s\n' "$not" "$number" "$name"
	[[ -z $not || -z $text ]] || sed 's/^/# | /' <<<"$text"
}

# Each subsystem's series has a cover letter and at most max_patches, numbered from 1
few_patches() {
	local part list want n rc=0

	for part in "${parts[@]}"; do
		mapfile -t list < <(printf '%s\n' "${patches[@]}" | grep "^$part/")
		n=${#list[@]}
		((n > 0 && n <= max_patches)) || { echo "$part: $n patches"; rc=1; }
		want=$(seq -f "$part/%04g" "$n")
		[[ $(printf '%s\n' "${list[@]}" | sed 's/-.*//') == "$want" ]] ||
			{ echo "$part: not numbered from 0001"; rc=1; }
		[[ -s $series/$part/0000-cover-letter.txt ]] || { echo "$part: no cover letter"; rc=1; }
	done
	return "$rc"
}

# What is there is in series, in this order; the kernel without hookcost has um and bpf
all_listed() {
	local there part

	there=$(cd "$series" && for part in "${parts[@]}"; do printf '%s\n' "$part"/*.patch; done)
	diff <(echo "$there") <(printf '%s\n' "${patches[@]}") &&
		diff <(grep -E "^(um|bpf)/" <<<"$there") <(grep -v '^#' "$series/series-um")
}

no_fuzz() { ! grep -E 'with fuzz|FAILED' "$cache/logs/kernel-patches.log"; }

check_patch() {
	(cd "$src" && "$checkpatch" --strict --quiet --show-types "$series/$1")
}

# Under tools/, where user space is in a kernel tree, checkpatch knows that it has no u64
links=$(mktemp -d)
trap 'rm -rf "$links"' EXIT
ln -s "$top" "$links/module"
mkdir "$links/tools"
ln -s "$top" "$links/tools/hookcost"

# check_files AS REGEX [OPTION...]: sources that match, as if they were in folder AS
check_files() {
	local as=$1 list
	shift

	mapfile -t list < <(matching "$1")
	shift
	((${#list[@]})) || return 0
	cd "$links" || return
	printf '%s\0' "${list[@]/#/"$as/"}" |
		xargs -0 -n 8 -P "$jobs" "$checkpatch" --root="$src" --strict --quiet --show-types "$@" -f
}

spdx() {
	local file rc=0

	while read -r file; do
		head -n 3 "$file" | grep -q 'SPDX-License-Identifier: GPL-2.0-only' || { echo "$file"; rc=1; }
	done < <(printf '%s\n' "${files[@]}" | grep -vE '(\.md|\.json|\.png|\.gitignore|^COPYING|^VERSION|^scripts/debian/copyright)$|^patches/|^Documentation/ABI/')
	return "$rc"
}

# Scripts by their first line, whatever their name
scripts() {
	local file

	for file in "${files[@]}"; do
		[[ ! -f $file ]] || ! head -c 64 "$file" | grep -qE '^#! ?/bin/(ba)?sh|^#! ?/usr/bin/env bash' || echo "$file"
	done
}

syntax() {
	local file rc=0

	while read -r file; do
		bash -n "$file" || rc=1
	done < <(scripts)
	return "$rc"
}

# One run for both, since it takes half a minute; also where a script is sourced
shellcheck_all() {
	{ scripts; matching '^selftests/.*\.sh$'; } | sort -u |
		xargs -n 8 -P "$jobs" shellcheck -x -P SCRIPTDIR:SCRIPTDIR/../lib -S style -f gcc >"$links/shellcheck" || :
	[[ -e $links/shellcheck ]]
}

lint() { shellcheck_all && ! grep -E '^[^:]*:[0-9]+:[0-9]+: (warning|error): ' "$links/shellcheck"; }

# A netdev may be nic[0], a folder R&D: what the shell splits, or takes for a pattern
split_words() { ! grep -E '\[SC(2053|2086|2206|2207|2231|2295)\]$' "$links/shellcheck"; }

# statements FILE...: as FILE:LINE:TEXT, those of several lines in one, without comments
statements() {
	awk '
	FNR == 1 { text = "" }
	/^[ \t]*#/ { next }
	{ text = text (text == "" ? FILENAME ":" FNR ":" : " ") $0 }
	/(\||&&|\\)$/ { sub(/\\$/, "", text); next }
	{ print text; text = "" }' "$@"
}

# Under pipefail and set -e a script ends without a word where x=$(a | b) fails
quiet_ends() {
	local list

	mapfile -t list < <(scripts | grep -E '^scripts/')
	! statements "${list[@]}" | grep -E '^[^:]*:[0-9]+:[[:space:]]*[A-Za-z_0-9]+=\$\(.* \| ' | grep -v ' || '
}

# In ${x/a/$y}, ${x#$y} an unquoted $y is a pattern, and in the former bash 5.2 replaces its &s
unquoted() {
	local list

	mapfile -t list < <(scripts)
	awk '
	/^[ \t]*#/ { next }
	{
		text = $0
		while (match(text, /\$\{[A-Za-z_][A-Za-z_0-9]*(\[[^]]*\])?[\/#%][^}]*\}/)) {
			part = substr(text, RSTART + 2, RLENGTH - 3)
			text = substr(text, RSTART + RLENGTH)
			sub(/^[A-Za-z_0-9]*(\[[^]]*\])?/, "", part)
			gsub(/"[^"]*"?|\$?\047[^\047]*\047|\\\$/, "", part)
			if (part ~ /\$/) { print FILENAME ":" FNR ":" $0; bad = 1 }
		}
	}
	END { exit bad }' "${list[@]}"
}

# What a failed EXPECT_*() runs is a statement of its own: under a for without braces it would
# run once after the loop, with an index that is out of range
handlers() {
	local list

	mapfile -t list < <(matching '^selftests/.*\.[ch]$')
	awk '
	FNR == 1 { open = 0 }
	/^[ \t]*(EXPECT|ASSERT)_[A-Z]+\(/ && (/TH_LOG/ || /{$/) && open {
		print FILENAME ":" FNR ": braces for the loop or condition above"; bad = 1
	}
	{ open = /^[ \t]*(for|while|if|else)/ && !/[{;]$/ }
	END { exit bad }' "${list[@]}"
}

# kcsan.awk shows what names a function of ours, and not what is known to be Linux's own
races() {
	local log=$links/dmesg found

	printf '[    1.000000][  T12] %s\n' \
		==== 'BUG: KCSAN: data-race in hook_show / memcpy' 'write to 0x1 of 8 bytes by task 1 on cpu 1:' \
		' memcpy+0x1/0x2' ' hookcost_record+0x1/0x2' ==== \
		'BUG: KCSAN: data-race in tick / tock' ' tick+0x1/0x2' ==== \
		'BUG: KCSAN: data-race in engine / engine' ' engine+0x1/0x2 [mlx5sim]' ==== \
		'BUG: KCSAN: data-race in known / known' ' known+0x1/0x2' ' added.constprop.0+0x1/0x2' ==== \
		'BUG: KCSAN: data-race in clock+0x5/0x9' ' clock+0x5/0x9' ' a+0x1/0x2' ==== \
		'BUG: KCSAN: data-race in tock / tick' ' tock+0x1/0x2' ' asm_sysvec_x+0x1/0x2' ' a+0x1/0x2' '' \
		' tick+0x1/0x2' ' handle_softirqs+0x1/0x2' ' engine+0x1/0x2 [mlx5sim]' ==== \
		'BUG: KCSAN: data-race in tick / added' ' tick+0x1/0x2' ' asm_sysvec_x+0x1/0x2' '' \
		' added.constprop.0+0x1/0x2' ==== >"$log"
	printf 'data-race in %s\n' clock 'known / known' >"$links/known"
	found=$(awk -v added="a added" -v known="$links/known" -f scripts/kcsan.awk "$log" | grep '^BUG') || :
	diff <(echo "$found") <(printf 'BUG: KCSAN: data-race in %s\n' 'hook_show / memcpy' \
		'engine / engine' 'tick / added') || return
	found=$(awk -v own=1 -v added="a added" -v known="$links/known" -f scripts/kcsan.awk "$log" | sort) || return
	diff <(echo "$found") <(printf "# the kernel's own: 1 of data-race in %s\n" clock 'known / known' \
		'tick / tock' 'tock / tick')
}

# From the top down, those of one line side by side: a folder's files include from their own
# folder and from those of the lines below
folders=("main.c" "cmd" "prog watch" "bench" "hook driver" "traffic" "kernel" "measure" "report" "net" "core")

# includes_from_below FOLDER...: of a line, each file with what it should not include
includes_from_below() {
	local folder below list rc=0 i

	for i in "${!folders[@]}"; do
		[[ ${folders[i]} != "$*" ]] || below=${folders[*]:i+1}
	done
	for folder; do
		mapfile -t list < <(matching "^userspace/$folder(/.*\.[ch])?$")
		((${#list[@]})) || { echo "$folder: no files"; return 1; }
		! grep -HoE '^#include "[^"]*"' "${list[@]}" | sed 's/"$//; s/#include "//' |
			while IFS=: read -r file name; do
				[[ " $folder $below " == *" ${name%%/*} "* && -e userspace/$name ]] ||
					[[ -e bpf/$name || $name == *.skel.h && -e bpf/${name%.skel.h}.bpf.c ]] ||
					echo "$file: $name"
			done | grep . || rc=1
	done
	return "$rc"
}

echo "TAP version 13"
check "series: at most $max_patches patches for each of ${parts[*]}" few_patches
check "series: every patch is listed, in order" all_listed
check "series: applies without fuzz" no_fuzz
check "twin: the patches' copy of hookcost_twin.h is ours" \
	cmp bpf/twin/hookcost_twin.h "$src/include/net/hookcost_twin.h"
for name in "${patches[@]}"; do
	check "checkpatch: $name" check_patch "$name"
done
check "checkpatch: module" check_files module '^module/.*\.[ch]$'
# What only the kernel has (strscpy(), __printf()), and other libraries' names
for folder in bpf userspace selftests scripts; do
	check "checkpatch: $folder" check_files tools/hookcost "^$folder/.*\.[ch]$" \
		--ignore CAMELCASE,EMBEDDED_FUNCTION_NAME,PREFER_DEFINED_ATTRIBUTE_MACRO,STRCPY,VOLATILE
done
for folder in "${folders[@]}"; do
	# shellcheck disable=SC2086 # those of a line
	check "folders: userspace/${folder/ / and } includes only from below" includes_from_below $folder
done
check "selftests: what a failed EXPECT runs is in braces" handlers
check "kcsan.awk: races of ours" races
check "SPDX lines" spdx
check "shell: syntax" syntax
check "shell: no x=\$(a | b) that ends a script without a word" quiet_ends
check "shell: quotes in \${x/a/\"\$y\"}" unquoted
if command -v shellcheck >/dev/null; then
	check "shell: shellcheck" lint
	check "shell: expansions are quoted" split_words
else
	((number += 2))
	printf 'ok %d shell: %s # SKIP shellcheck is not installed\n' $((number - 1)) shellcheck "$number" \
		"expansions are quoted"
fi
echo "1..$number"
exit "$failed"
