#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make patch KSRC=FOLDER: applies the series to a user's own tree, as commits (git), by
# quilt, or with patch(1). All of it or nothing: it is tried on a copy of the files
# that it touches first, which tells the hunk that does not fit.
source "$(dirname "$0")/lib.sh"

[[ ${KSRC:-} ]] || die "make patch needs a tree: make patch KSRC=/path/to/linux"
tree=$(cd "$KSRC" 2>/dev/null && pwd -P) || die "KSRC=$KSRC: no such folder"
[[ -e $tree/Makefile && -d $tree/net/core ]] || die "KSRC=$KSRC is no kernel tree"
version=$(sed -nE '1,10s/^(VERSION|PATCHLEVEL) = //p' "$tree/Makefile" | paste -sd .)
[[ $version == 6.12 ]] || die "KSRC=$KSRC is Linux ${version:-unknown}, the series is for 6.12"
[[ ! -e $tree/include/net/hookcost.h ]] || die "KSRC=$KSRC has hookcost's patches already"
[[ -w $tree/net/core ]] || die "KSRC=$KSRC cannot be written to"

mapfile -t patches < <(grep -v '^#' "$series/series")
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT

# Copies what the series touches, and applies it there; prints what does not fit
try() {
	local file name

	while read -r file; do
		[[ -e $tree/$file ]] || continue
		mkdir -p "$copy/$(dirname "$file")"
		cp "$tree/$file" "$copy/$file"
	done < <(cd "$series" && sed -nE 's,^(---|\+\+\+) [ab]/([^\t]+).*,\2,p' "${patches[@]}" | sort -u)

	for name in "${patches[@]}"; do
		if ! patch -d "$copy" -p1 --no-backup-if-mismatch -F0 <"$series/$name" >"$copy/log" 2>&1; then
			awk '/^patching file/ { file = $3 }
				/^Hunk .*FAILED/ || /^can.t find|hunks? ignored/ { print file ": " $0 }' "$copy/log"
			die "KSRC=$KSRC does not fit: $name, see above; nothing was changed"
		fi
	done
}

by_git() {
	[[ -z $(git -C "$tree" status --porcelain --untracked-files=no) ]] ||
		die "KSRC=$KSRC has changes that are not committed: commit or stash them"
	if ! (cd "$series" && git -C "$tree" am --quiet "${patches[@]/#/$series/}") >"$copy/log" 2>&1; then
		git -C "$tree" am --abort || :
		tail -n 3 "$copy/log" >&2
		die "git am failed in KSRC=$KSRC; the branch is as it was"
	fi
	say "$tree: ${#patches[@]} commits on $(git -C "$tree" rev-parse --abbrev-ref HEAD)"
}

by_quilt() {
	if ! (cd "$tree" && quilt import -P hookcost "${patches[@]/#/$series/}" &&
		quilt push "${#patches[@]}") >"$copy/log" 2>&1; then
		tail -n 3 "$copy/log" >&2
		die "quilt failed in KSRC=$KSRC: quilt pop takes back what it applied"
	fi
	say "$tree: ${#patches[@]} quilt patches pushed"
}

by_patch() {
	local name

	for name in "${patches[@]}"; do
		patch -d "$tree" -p1 --no-backup-if-mismatch -s <"$series/$name" ||
			die "$name did not apply to KSRC=$KSRC: is the disk full?"
	done
	say "$tree: ${#patches[@]} patches applied"
}

try
if git -C "$tree" rev-parse --git-dir >/dev/null 2>&1 && [[ $(git -C "$tree" rev-parse --show-toplevel) == "$tree" ]]; then
	by_git
elif [[ -d $tree/.pc || -e $tree/patches/series ]] && command -v quilt >/dev/null; then
	by_quilt
else
	by_patch
fi
say "to build it: CONFIG_HOOKCOST=y; then the modules: make -C $tree M=$top modules"
