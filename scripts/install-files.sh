#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# install-files.sh FOLDER: the tool FOLDER/hookcost, the man pages FOLDER/man1/, the completion and
# the list of the tests, to $DESTDIR$PREFIX; install-files.sh -r: removes them there. Builds
# nothing, and wants no cache: scripts/install.sh and the Debian packages use it.
set -euo pipefail

die() { printf 'hookcost: %s\n' "$*" >&2; exit 1; }

unset CDPATH
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
prefix=${PREFIX-/usr/local}
dest=${DESTDIR:-}
[[ $prefix == /* ]] || die "PREFIX=$prefix: a path from / is needed; DESTDIR names what stands before it"
[[ ! $dest || $dest == /* ]] || dest=$PWD/$dest
dest=${dest%/}${prefix%/}
# whoever installs, others are to use it
umask 022

# each COMMAND: with MODE SOURCE DESTINATION of each file; a source of the build's is relative
each() {
	local page

	"$@" 755 hookcost "bin/hookcost"
	for page in "$top"/Documentation/tools/hookcost*.rst; do
		page=$(basename "$page" .rst).1
		"$@" 644 "man1/$page" "share/man/man1/$page"
	done
	"$@" 644 "$top/userspace/completion.bash" "share/bash-completion/completions/hookcost"
	"$@" 644 kselftest-list.txt "share/hookcost/kselftest-list.txt"
}

there() { [[ -r $2 ]] || die "no $PWD/$2: build it first"; }
put() { install -D -m "$1" -- "$2" "$dest/$3"; }
take() { rm -f -- "$dest/$3"; }

case ${1:-} in
-r)	each take
	[[ ! -d $dest/share/hookcost ]] || rmdir --ignore-fail-on-non-empty -- "$dest/share/hookcost" ;;
'')	die "usage: install-files.sh FOLDER | -r" ;;
*)	cd "$1"
	# all or nothing
	each there
	mkdir -p -- "$dest" 2>/dev/null && [[ -w $dest ]] || die "cannot write to $dest: run as root, or give PREFIX or DESTDIR"
	each put ;;
esac
