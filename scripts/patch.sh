#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make patch KSRC=FOLDER: applies the series to a user's own tree, as commits (git), by
# quilt, or with patch(1). All of it or nothing: it is tried on a copy of the files
# that it touches first, which tells the hunk that does not fit.
source "$(dirname "$0")/lib.sh"

[[ ${KSRC:-} ]] || die "make patch needs a tree: make patch KSRC=/path/to/linux"
tree=$(cd "$KSRC" 2>/dev/null && pwd -P) || die "KSRC=$KSRC: no such folder"
[[ -e $tree/Makefile && -d $tree/net/core ]] || die "KSRC=$KSRC is no kernel tree"
needs_lf "KSRC=$KSRC" "$tree"
version=$(kernel_version "$tree")
[[ $version == "$linux" ]] || die "KSRC=$KSRC is Linux ${version:-unknown}, the series is for $linux"
[[ ! -e $tree/include/net/hookcost.h ]] || die "KSRC=$KSRC has hookcost's patches already"
[[ -w $tree/net/core ]] || die "KSRC=$KSRC cannot be written to"

mapfile -t patches < <(grep -v '^#' "$series/series")
work=$(mktemp -d)
copy=$work/tree log=$work/log
mkdir "$copy"
trap 'rm -rf "$work"' EXIT

# Copies what the series touches, and applies it there; prints what does not fit
try() {
	local file name

	while read -r file; do
		[[ -e $tree/$file ]] || continue
		mkdir -p "$copy/$(dirname "$file")"
		cp "$tree/$file" "$copy/$file"
	done < <(touched "${patches[@]/#/"$series/"}")

	for name in "${patches[@]}"; do
		if ! patch -d "$copy" -p1 --no-backup-if-mismatch -F0 <"$series/$name" >"$log" 2>&1; then
			awk '/^patching file/ { file = $3 }
				/^Hunk .*FAILED/ || /^can.t find|hunks? ignored/ { print file ": " $0 }' "$log"
			die "KSRC=$KSRC does not fit: $name, see above; nothing was changed"
		fi
	done
}

# Is the tree a git repository's? What git refuses to look at is one all the same.
is_git() {
	local why root

	[[ -e $tree/.git ]] || return
	command -v git >/dev/null || die "KSRC=$KSRC is a git repository, and git is missing: apt-get install git"
	why=$(git -C "$tree" rev-parse --git-dir 2>&1) || die "KSRC=$KSRC: git does not take it:" \
		"$(grep -m 1 -E '^(fatal|error)' <<<"$why" || echo "$why"); run as the owner of the tree"
	root=$(git -C "$tree" rev-parse --show-toplevel) && [[ $root == "$tree" ]]
}

# What of the user's own is under way in the repository; nothing, if nothing is
under_way() {
	local name file

	for name in rebase-apply rebase-merge MERGE_HEAD CHERRY_PICK_HEAD REVERT_HEAD sequencer BISECT_LOG; do
		file=$(git -C "$tree" rev-parse --git-path "$name")
		[[ $file == /* ]] || file=$tree/$file
		[[ -e $file ]] || continue
		case $name in
		rebase-apply) [[ -e $file/applying ]] && echo "git am" || echo "git rebase" ;;
		rebase-merge) echo "git rebase" ;;
		MERGE_HEAD) echo "git merge" ;;
		REVERT_HEAD) echo "git revert" ;;
		BISECT_LOG) echo "git bisect" ;;
		*) echo "git cherry-pick" ;;
		esac
		return
	done
}

by_git() {
	local busy changes head branch

	busy=$(under_way)
	[[ ! $busy ]] || die "KSRC=$KSRC has a $busy under way: end it first; nothing was changed"
	changes=$(git -C "$tree" status --porcelain --untracked-files=no 2>&1) ||
		die "KSRC=$KSRC: git status fails: ${changes%%$'\n'*}"
	[[ ! $changes ]] || die "KSRC=$KSRC has changes that are not committed: commit or stash them"
	head=$(git -C "$tree" rev-parse --verify -q HEAD) || die "KSRC=$KSRC has no commit yet: nothing was changed"
	if ! git -C "$tree" am --quiet "${patches[@]/#/"$series/"}" >"$log" 2>&1 </dev/null; then
		# only what this began: there was none before
		[[ $(under_way) != "git am" ]] || git -C "$tree" am --abort >>"$log" 2>&1 || :
		grep -vE '^hint:' "$log" | head -n 3 >&2
		[[ $(git -C "$tree" rev-parse HEAD) == "$head" ]] || die "git am failed in KSRC=$KSRC; it was at $head"
		die "git am failed in KSRC=$KSRC; the branch is as it was"
	fi
	branch=$(git -C "$tree" rev-parse --abbrev-ref HEAD)
	say "$tree: ${#patches[@]} commits on $branch"
}

# Is the tree quilt's? A Debian source package has its patches elsewhere.
is_quilt() {
	local folder

	for folder in "${QUILT_PATCHES:-patches}" debian/patches; do
		[[ -d $tree/.pc || -e $tree/$folder/series ]] || continue
		command -v quilt >/dev/null ||
			die "KSRC=$KSRC has quilt's patches, and quilt is missing: apt-get install quilt"
		# quilt itself knows where those are that it has applied
		[[ -e $tree/.pc/.quilt_patches ]] || export QUILT_PATCHES=$folder
		return
	done
	return 1
}

# in_quilt COMMAND...: quilt's, in the tree
in_quilt() { (cd "$tree" && quilt "$@") >>"$log" 2>&1 </dev/null; }

by_quilt() {
	local name done=()

	: >"$log"
	# each behind the one before: quilt imports it behind what is applied
	for name in "${patches[@]}"; do
		if ! in_quilt import -P "hookcost/$name" "$series/$name"; then
			quilt_back "${done[@]}"
		elif done+=("hookcost/$name") && ! in_quilt push; then
			quilt_back "${done[@]}"
		fi
	done
	say "$tree: ${#patches[@]} quilt patches pushed"
}

# quilt_back PATCH...: takes back these, which this has begun
quilt_back() {
	local i

	tail -n 3 "$log" >&2
	for ((i = $#; i; i--)); do
		[[ $(cd "$tree" && quilt top 2>/dev/null) != "${!i}" ]] || in_quilt pop || break
		in_quilt delete -r "${!i}" || break
	done
	((i == 0)) || die "quilt failed in KSRC=$KSRC, and so did taking back ${!i}: see quilt applied"
	die "quilt failed in KSRC=$KSRC; what it applied is taken back"
}

# The files as try() has patched them: all are beside the old ones before the first is replaced
by_patch() {
	local file new=.hookcost-new

	while read -r file; do
		[[ -e $copy/$file ]] || continue
		if ! { mkdir -p "$(dirname "$tree/$file")" &&
		       { [[ ! -e $tree/$file ]] || cp -p "$tree/$file" "$tree/$file$new"; } &&
		       cat "$copy/$file" >"$tree/$file$new"; } 2>"$log"; then
			touched "${patches[@]/#/"$series/"}" | while read -r file; do
				rm -f "$tree/$file$new"
			done
			die "KSRC=$KSRC: $(tail -n 1 "$log"); nothing was changed"
		fi
	done < <(touched "${patches[@]/#/"$series/"}")
	while read -r file; do
		if [[ -e $copy/$file ]]; then
			mv -f "$tree/$file$new" "$tree/$file"
		else
			rm -f "$tree/$file"
		fi
	done < <(touched "${patches[@]/#/"$series/"}")
	say "$tree: ${#patches[@]} patches applied"
}

# who applies them is known before anything is tried
how=by_patch
if is_git; then
	how=by_git
elif is_quilt; then
	how=by_quilt
fi
try
"$how"
say "to build it: CONFIG_HOOKCOST=y; then the modules: make -C $tree M=$top modules"
