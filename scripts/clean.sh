#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# clean.sh: removes what was built; clean.sh all: the whole cache, results too
source "$(dirname "$0")/cache.sh"

what=(build logs run plain/build)
case ${1:-} in
'')	;;
all)	what+=(src plain ccache deb debootstrap results) ;;
*)	die "usage: clean.sh [all]" ;;
esac

find_cache
if [[ ! -d $cache ]]; then
	say "nothing to remove, there is no $cache"
	exit
fi
cache_is_ours || die "$cache is no cache of hookcost's, it has no $mark: nothing was removed"
[[ -w $cache ]] || die "cannot write to $cache: nothing was removed"
cd "$cache"
exec 9>lock
flock -n 9 || die "a build uses $cache: nothing was removed"
for one in debootstrap/*/lock; do
	[[ ! ${1:-} || ! -e $one ]] || flock -n "$one" true ||
		die "make test-debootstrap uses $cache: nothing was removed"
done
# not what is mounted there, and of links the link
rm -rf --one-file-system -- "${what[@]}" || die "not all of $cache could be removed, see above"
if [[ ${1:-} ]]; then
	rm -f lock
	others=$(find . -mindepth 1 -maxdepth 1 ! -name "$mark" -printf '%f ')
	# with the mark gone it could not be used again
	[[ ! $others ]] || say "$cache: what is not hookcost's stays: $others"
	[[ $others ]] || rm -f "$mark"
fi
