#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Sourced by test-scripts.sh: make patch in trees of the user's, which have what the series touches
# shellcheck disable=SC2154

export GIT_AUTHOR_NAME=me GIT_AUTHOR_EMAIL=me@localhost GIT_COMMITTER_NAME=me GIT_COMMITTER_EMAIL=me@localhost
export GIT_CONFIG_NOSYSTEM=1
in_tree() { git -C "$PWD/$1" "${@:2}"; }
patch_tree() { "$top/scripts/patch.sh"; }
nr_patches=$(grep -vc '^#' "$series/series")

git_tree() {
	if [[ ! -e template ]]; then
		small_tree template && in_tree template init -q -b main && in_tree template add -A &&
			in_tree template commit -qm base && in_tree template config commit.gpgsign false || return
	fi
	cp -a template "$1"
}

# Is it patched, as by patch(1)?
is_patched() {
	local name

	if [[ ! -e patched ]]; then
		small_tree patched || return
		while read -r name; do
			patch -d patched -p1 -s --no-backup-if-mismatch <"$series/$name" || return
		done < <(grep -v '^#' "$series/series")
	fi
	diff -r --exclude=.git --exclude=.pc --exclude=patches --exclude=debian patched "$1"
}

# All there is in a tree, but what git writes to look at it
state_of() {
	find "$1" -type f ! -path '*/.git/index' -exec sha256sum {} + | sort
	[[ ! -e $1/.git ]] || in_tree "$1" for-each-ref
}

# untouched TREE WORD: refused for that reason, and all is as it was
untouched() {
	local before
	before=$(state_of "$1")
	KSRC=$PWD/$1 has=$2 refused patch_tree && diff <(echo "$before") <(state_of "$1")
}

by_git() {
	git_tree git && KSRC=$PWD/git patch_tree && is_patched git &&
		[[ $(in_tree git rev-list --count HEAD) == $((nr_patches + 1)) && -z $(in_tree git status --porcelain) ]]
}

# A commit on a branch that conflicts with one on main, and one that does not
conflict() {
	git_tree "$1" && in_tree "$1" checkout -qb side && echo "# a" >>"$1/Makefile" &&
		in_tree "$1" commit -qam a && in_tree "$1" checkout -q main && echo "# b" >>"$1/Makefile" &&
		in_tree "$1" commit -qam b
}

am() {
	conflict am && in_tree am format-patch -q -1 -o "$PWD/mail" side && ! in_tree am am -q "$PWD"/mail/*.patch &&
		untouched am "git am" && in_tree am am --abort
}
rebase() { conflict rebase && ! in_tree rebase rebase -q side && untouched rebase "git rebase"; }
merge() { conflict merge && ! in_tree merge merge -q side && untouched merge "git merge"; }
cherry_pick() { conflict pick && ! in_tree pick cherry-pick side && untouched pick "git cherry-pick"; }
bisect() { conflict bisect && in_tree bisect bisect start && untouched bisect "git bisect"; }
changes() { git_tree changed && echo "# mine" >>changed/Makefile && untouched changed "not committed"; }
elsewhere() { git_tree there && GIT_DIR=$PWD/git/.git KSRC=$PWD/there patch_tree && is_patched there; }
worktree() {
	conflict first && in_tree first worktree add -q ../second && ! in_tree first merge -q side &&
		KSRC=$PWD/second patch_tree && [[ -e second/include/net/hookcost.h ]]
}
# A hook of the user's that refuses: git am is ended, and the branch is as it was
hook() {
	git_tree hook && printf '#!/bin/sh\nexit 1\n' >hook/.git/hooks/pre-applypatch &&
		chmod +x hook/.git/hooks/pre-applypatch && in_tree hook update-ref refs/before HEAD &&
		! KSRC=$PWD/hook patch_tree &&
		[[ ! -e hook/.git/rebase-apply && -z $(in_tree hook status --porcelain) ]] &&
		in_tree hook diff --quiet refs/before HEAD
}
owner() { git_tree owner && chown -R 65534 owner && untouched owner dubious; }

quilted() {
	small_tree "$1" && mkdir -p "$1/$2" && echo "mine.patch" >"$1/$2/series" &&
		printf -- '--- a/Makefile\n+++ b/Makefile\n@@ -1,2 +1,3 @@\n # SPDX-License-Identifier: GPL-2.0\n+# mine\n VERSION = 6\n' \
			>"$1/$2/mine.patch"
}
pushed() { (cd "$1" && quilt push -q); }
all_applied() {
	[[ -e $1/include/net/hookcost.h && $(cd "$1" && quilt applied | wc -l) == $((nr_patches + 1)) ]] &&
		(cd "$1" && quilt pop -qa && head -n 2 Makefile | grep -qx 'VERSION = 6')
}
by_quilt() { quilted quilt patches && pushed quilt && KSRC=$PWD/quilt patch_tree && all_applied quilt; }
debian() {
	quilted deb debian/patches && QUILT_PATCHES=debian/patches pushed deb && KSRC=$PWD/deb patch_tree &&
		[[ ! -e deb/patches ]] && all_applied deb
}
debian_fresh() {
	quilted fresh debian/patches && KSRC=$PWD/fresh patch_tree && [[ ! -e fresh/patches ]] && is_patched fresh &&
		(cd fresh && [[ $(quilt unapplied | wc -l) == 1 ]])
}
# One of the names is taken: all is as it was
quilt_back() {
	local before last

	last=$(grep -v '^#' "$series/series" | tail -n 1) || return
	quilted back patches && pushed back && mkdir -p "back/patches/hookcost/${last%/*}" &&
		touch "back/patches/hookcost/$last" && echo "hookcost/$last" >>back/patches/series &&
		before=$(state_of back) && ! KSRC=$PWD/back patch_tree && diff <(echo "$before") <(state_of back)
}

by_patch() { small_tree plain && KSRC=$PWD/plain patch_tree && is_patched plain && untouched plain already; }
misfit() { small_tree misfit && : >misfit/net/core/dev.c && ! KSRC=$PWD/misfit patch_tree && [[ ! -s misfit/net/core/dev.c && ! -e misfit/include/net/hookcost.h ]]; }
crlf() { small_tree crlf && sed -i 's/$/\r/' crlf/Makefile && untouched crlf CRLF; }
# The disk is full after some files
full() {
	local before

	mkdir full && mount -t tmpfs -o size=8m hookcost full && small_tree full/tree && { cat /dev/zero >full/zero || :; } 2>/dev/null
	before=$(state_of full/tree)
	KSRC=$PWD/full/tree has=space refused patch_tree && diff <(echo "$before") <(state_of full/tree)
}

if [[ ! -e $real/src/orig.list ]]; then
	skip "make patch" "no kernel source in $real: make build"
	return
fi
if command -v git >/dev/null; then
	test_that "a git tree: commits" by_git
	for name in am rebase merge cherry_pick bisect; do
		test_that "$name of the user's under way: refused, untouched" "$name"
	done
	test_that "changes that are not committed: refused, untouched" changes
	test_that "another repository in GIT_DIR" elsewhere
	test_that "a worktree, while a merge is under way in the first" worktree
	test_that "git am fails: what it began is taken back" hook
	if ((EUID == 0)); then
		test_that "another user's: refused, untouched" owner
	else
		skip "another user's: refused, untouched" "needs root"
	fi
else
	skip "a git tree" "no git"
fi
if command -v quilt >/dev/null; then
	test_that "quilt" by_quilt
	test_that "quilt, a Debian source package" debian
	test_that "the same, nothing applied yet" debian_fresh
	test_that "quilt fails: all is taken back" quilt_back
else
	skip "quilt" "no quilt"
fi
test_that "no repository: patch, and not twice" by_patch
test_that "a hunk does not fit: untouched" misfit
test_that "CRLF: refused, untouched" crlf
if ((EUID == 0)) && unshare --mount true 2>/dev/null; then
	test_that "the disk is full: untouched" unshare --mount "$BASH" -c "$(declare -p real top series linux work; declare -f); part=patch; full"
fi
