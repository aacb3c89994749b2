#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make check-series: `git am` of each series, patch by patch, on a clean tree. net alone, each
# prefix: the x86-64 objects build with W=1, gcc and clang (and sparse), without warnings that
# the unpatched tree does not have; copy alone, likewise. um, bpf, net, copy, each prefix: it builds
# for UML, and boots. In KTAP. FROM=N, TO=N: only the prefixes of N patches of `series` or more, or
# less, are built; so what has not changed, and what an interrupted run has done, need not be done
# again.
source "$(dirname "$0")/lib.sh"

tree=$cache/src/series
uml=$cache/build/series-uml
x86_objects=(arch/x86/net/ kernel/jump_label.o net/core/ net/sched/ net/ipv4/ net/ipv6/
	net/xdp/ kernel/bpf/ drivers/net/veth.o drivers/net/virtio_net.o
	drivers/net/ethernet/mellanox/mlx5/core/)
from=${FROM:-1}
to=${TO:-99}
[[ $from =~ ^[1-9][0-9]?$ && $to =~ ^[1-9][0-9]?$ ]] ||
	die "FROM=$from TO=$to: numbers of patches are needed, 1 to 99"

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

uml_boots() {
	local run

	run=$(mktemp -d "$cache/run/series-XXXXXX")
	UML_KERNEL=$uml/linux HOOKCOST_BARE=1 HOOKCOST_MODULES=$run TARGET=uml DEBUG='' \
		"$top/scripts/boot-uml.sh" -t 120 "$run" true || return
	rm -rf "$run"
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
	find "$folder/"{arch/x86/net,kernel,net,drivers/net} -name '*.o' -delete 2>/dev/null
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

wanted() { (($1 >= from && $1 <= to)); }

# x86 WHAT PATH: what the tree as it is warns of is kept in PATH-CC, and compared
x86() {
	local cc

	for cc in gcc clang; do
		check "x86-64, $cc: $1 builds" x86_warnings "$cc" "$2-$cc"
		[[ $2 == */base ]] ||
			check "x86-64, $cc: $1: no new warnings" no_new_warnings "${2%/*}/base-$cc" "$2-$cc"
	done
}

# The code and data of the native JIT, as it was compiled last: a line for each section, and for
# each of their relocations
jit_code() {
	local cc object section

	for cc in gcc clang; do
		object=$cache/build/series-$cc/arch/x86/net/bpf_jit_comp.o
		for section in $("llvm-readelf$llvm" -S -W "$object" |
			grep -oE '[ ]\.(text|rodata|data|altinstr)[^ ]*' | sort -u); do
			"llvm-objcopy$llvm" --dump-section "$section=$warnings/section" "$object" /dev/null
			echo "$cc $section $(sha256sum <"$warnings/section")"
		done
		"llvm-readelf$llvm" -r -W "$object" | awk -v cc="$cc" '
			/^Relocation section/ { section = $3 }
			/ R_X86_64_/ && section ~ /\.rela\.(text|rodata|data|altinstr)/ {
				print cc, section, $1, $3, $5, $6, $7
			}' | sort
	done >"$1"
	rm -f "$warnings/section"
	grep -q '^gcc \.text ' "$1" && grep -q '^clang \.text ' "$1"
}

warnings=$cache/build/series-warnings
mkdir -p "$warnings"
mapfile -t net < <(printf '%s\n' "${patches[@]}" | grep '^net/')
mapfile -t copy < <(printf '%s\n' "${patches[@]}" | grep '^copy/')
before=$((${#patches[@]} - ${#net[@]} - ${#copy[@]}))	# these are the last

echo "TAP version 13"
unpatch
x86 "the unpatched tree" "$warnings/base"
check "x86-64: the JIT's code of the unpatched tree" jit_code "$warnings/jit-base"
prefix=$before
for name in "${net[@]}"; do
	check "git am: $name, without um and bpf" apply "$series/$name"
	! wanted $((++prefix)) || x86 "$name" "$warnings/net"
done

unpatch
for name in "${copy[@]}"; do
	check "git am: $name, alone" apply "$series/$name"
	! wanted $((++prefix)) || x86 "$name, alone" "$warnings/copy"
done

unpatch
prefix=0
for name in "${patches[@]}"; do
	check "git am: $name" apply "$series/$name"
	if wanted $((++prefix)); then
		check "UML builds: $name" uml_build
		check "UML boots: $name" uml_boots
	fi
	if ((prefix == before)) && wanted "$prefix"; then
		x86 "um and bpf" "$warnings/before"
		check "x86-64: the JIT's code with um and bpf" jit_code "$warnings/jit-before"
		check "x86-64: it is that of the unpatched tree" \
			diff "$warnings/jit-base" "$warnings/jit-before"
	fi
done
if wanted "$prefix"; then
	check "UML builds: CONFIG_HOOKCOST=n" uml_build CONFIG_HOOKCOST=n CONFIG_HOOKCOST_HARDCODED=n
	check "UML builds: CONFIG_HOOKCOST_HARDCODED=n" uml_build CONFIG_HOOKCOST_HARDCODED=n
	x86 "all series" "$warnings/series"
fi
echo "1..$number"
exit "$failed"
