#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Where the cache is, and whether it is ours to write and to delete in. Sourced by lib.sh and
# clean.sh; run by itself it prints the folder, for Makefiles.

set -euo pipefail

say() { printf 'hookcost: %s\n' "$*"; }
die() { printf 'hookcost: %s\n' "$*" >&2; exit 1; }

# cd would search it, and print what it finds
unset CDPATH
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

# Every folder of ours has it, and nothing is deleted where it is not
mark=.hookcost-cache

# fits WHAT PATH CHARACTERS: a path that make, the kernel's build and its command line can take
fits() {
	[[ $2 != *[[:space:]]* ]] || die "make and the kernel take no path with a space: $1 is $(printf %q "$2")"
	[[ $2 != *["$3"]* ]] || die "make and the kernel take no path with one of $3: $1 is $(printf %q "$2")"
}

# Sets cache, which need not be there yet
find_cache() {
	local home=${HOME:-}

	[[ $home ]] || home=$(getent passwd "$EUID" | cut -d : -f 6) || :
	cache=${HOOKCOST_CACHE-$home/.cache/hookcost}
	[[ $cache ]] || die "HOOKCOST_CACHE is empty: name a folder, or unset it for ~/.cache/hookcost"
	[[ $cache != /.cache/hookcost ]] || die "there is no home folder for the cache: set HOME, or HOOKCOST_CACHE"
	cache=$(realpath -m -- "$cache")
	fits "the cache" "$cache" "&;|<>()\$\`\"'\\*?[]{}#%:"
	# . and .. depend on where they are read
	if [[ ${HOOKCOST_CACHE:-} =~ ^[./]+$ || $cache == "$(realpath -m -- "${home:-/}")" || $top/ == "$cache"/* ]]; then
		die "HOOKCOST_CACHE=${HOOKCOST_CACHE:-} is $cache, no folder for a cache: name one of its own"
	fi
}

# Since they have the mark, or what caches had before there was one
cache_is_ours() {
	local folder

	[[ ! -e $cache/$mark ]] || return 0
	for folder in logs run results src; do
		[[ -d $cache/$folder ]] || return
	done
	[[ -n $(compgen -G "$cache/build/*-out/modules") ]]
}

cache_is_empty() { [[ -z $(find "$cache" -mindepth 1 -maxdepth 1 -print -quit) ]]; }

# Makes the folder if it is not there, and marks it if there is nothing else in it
claim_cache() {
	local why

	why=$(mkdir -p -- "$cache" 2>&1) ||
		die "cannot write to $cache: set HOOKCOST_CACHE to a folder of yours (${why##*: })"
	[[ ! -e $cache/$mark ]] || return 0
	cache_is_ours || cache_is_empty ||
		die "$cache is not empty, and no cache of hookcost's: name a new or an empty folder in HOOKCOST_CACHE"
	echo "hookcost's cache: make clean and make distclean delete what is in it" 2>/dev/null >"$cache/$mark" ||
		die "cannot write to $cache: set HOOKCOST_CACHE to a folder of yours"
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
	find_cache
	printf '%s\n' "$cache"
fi
