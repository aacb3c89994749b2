#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make check-series: `git am` of the series patch by patch on a clean tree; every
# prefix builds for UML, and its x86-64 objects build with W=1, gcc and clang (and
# sparse), without warnings that the unpatched tree does not have. In KTAP. FROM=N: the
# prefixes shorter than N patches are not built, as they have not changed.
source "$(dirname "$0")/lib.sh"

tree=$cache/src/series
uml=$cache/build/series-uml
x86_objects=(net/core/ net/sched/ net/ipv4/ net/ipv6/ net/xdp/ drivers/net/veth.o
	drivers/net/virtio_net.o drivers/net/ethernet/mellanox/mlx5/core/)

git_tree() {
	git -C "$tree" -c user.name=hookcost -c user.email=hookcost@localhost \
		-c commit.gpgsign=false -c core.autocrlf=false -c gc.auto=0 "$@"
}

# A repository whose first commit is the unpatched tree
make_tree() {
	rm -rf "$tree"
	rsync -a "$src/" "$tree/"
	while read -r file; do
		if [[ -e $cache/src/orig/$file ]]; then
			cp -p "$cache/src/orig/$file" "$tree/$file"
		else
			rm -f "${tree:?}/$file"
		fi
	done <"$cache/src/orig.list"
	git_tree init -q
	git_tree add -A -f
	git_tree commit -q -m base
	git_tree tag base
}

unpatch() {
	rm -rf "$tree/.git/rebase-apply"
	git_tree reset -q --hard base
	git_tree clean -q -d -f -x
}

apply() { git_tree am -q "$@"; }

number=0
failed=0
# check NAME COMMAND...: one result; the log's end is its diagnostics
check() {
	local name=$1 log=$cache/logs/check-series.log start=$SECONDS not=
	shift

	: >"$log"
	ticker "$name" "$log" >&2 &
	local pid=$!
	"$@" >"$log" 2>&1 </dev/null || { not="not "; failed=1; }
	kill "$pid" 2>/dev/null || :
	wait "$pid" 2>/dev/null || :
	[[ ! -t 2 ]] || printf '\r\033[K' >&2
	((number += 1))
	printf '%sok %d %s # time=%ds\n' "$not" "$number" "$name" $((SECONDS - start))
	[[ -z $not ]] || tail -n 20 "$log" | sed 's/^/# | /'
}

# uml_build [LINE...]: the fragment without debug information, with the lines added
uml_build() {
	local fragment=$uml.config

	grep -vE '^CONFIG_(DEBUG_INFO|TEST_BPF)' "$top/scripts/config/uml.config" >"$fragment"
	printf '%s\n' "$@" >>"$fragment"
	src=$tree build=$uml um_make KCONFIG_ALLCONFIG="$fragment" allnoconfig &&
		src=$tree build=$uml um_make -j"$jobs"
}

x86_make() {
	local cc=$1
	shift

	if [[ $cc == clang ]]; then
		set -- LLVM="${llvm:-1}" CC="ccache clang$llvm" "$@"
	else
		set -- CC="ccache gcc" "$@"
		! command -v sparse >/dev/null || set -- C=1 "$@"
	fi
	make -C "$tree" O="$cache/build/series-$cc" ARCH=x86_64 W=1 -j"$jobs" "$@"
}

# x86_warnings CC FILE: compiles all objects anew (ccache repeats the warnings)
x86_warnings() {
	local folder=$cache/build/series-$1

	x86_make "$1" KCONFIG_ALLCONFIG="$top/scripts/config/x86_64.config" allnoconfig &&
		x86_make "$1" prepare || return
	find "$folder/net" "$folder/drivers/net" -name '*.o' -delete 2>/dev/null
	x86_make "$1" "${x86_objects[@]}" 2>"$2.raw" || { cat "$2.raw"; return 1; }
	# without the places, which patches move
	sed -nE 's/^([^ :]+):[0-9:]+ (warning|error):/\1: \2:/p' "$2.raw" | sort >"$2"
}

no_new_warnings() {
	local new

	new=$(comm -13 "$1" "$2")
	[[ -z $new ]] || { echo "$new"; return 1; }
}

"$top/scripts/deps.sh"
command -v git >/dev/null || die "git is missing: apt-get install git"
lock_cache
"$top/scripts/kernel-src.sh"
find_llvm
mapfile -t patches < <(grep -v '^#' "$series/series")

base=$(<"$cache/src/base")
if ! stamp "$tree.base" "$base"; then
	rm -f "$tree.base"
	step "git tree" make_tree
	put_stamp "$tree.base" "$base"
fi

echo "TAP version 13"
unpatch
for cc in gcc clang; do
	check "x86-64, $cc: the unpatched tree builds" x86_warnings "$cc" "$cache/build/$cc-base"
done
prefix=0
for name in "${patches[@]}"; do
	check "git am: $name" apply "$series/$name"
	((++prefix >= ${FROM:-1})) || continue
	check "UML builds: $name" uml_build
done
check "UML builds: CONFIG_HOOKCOST=n" uml_build CONFIG_HOOKCOST=n CONFIG_HOOKCOST_HARDCODED=n
check "UML builds: CONFIG_HOOKCOST_HARDCODED=n" uml_build CONFIG_HOOKCOST_HARDCODED=n
for cc in gcc clang; do
	check "x86-64, $cc: the series builds" x86_warnings "$cc" "$cache/build/$cc-series"
	check "x86-64, $cc: no new warnings" no_new_warnings "$cache/build/$cc-base" "$cache/build/$cc-series"
done
echo "1..$number"
exit "$failed"
