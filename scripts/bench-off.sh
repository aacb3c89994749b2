#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make bench-off: does hookcost, while it is off, make a kernel slower? Boots the target with
# the patched kernel and with one without hookcost in turns (A B B A ...), runs the bench "off"
# in each, and compares the two. On UML packet rates; both kernels are linked anew each time
# when they have been booted BOOTS times (LAYOUT=fixed: they stay as they were built). In a VM,
# x86-64, the instructions that a packet takes.
source "$(dirname "$0")/lib.sh"

[[ $target != host && $debug == 0 ]] ||
	die "make bench-off is for TARGET=uml and TARGET=vm; for a machine with both kernels see Documentation/server.rst"
[[ ${CONFIG:-distro} == distro ]] ||
	die "CONFIG=$CONFIG: there is distro; without it, the target's own small configuration"
source "$top/scripts/arguments.sh"
parse_args
[[ ! $json_file$text_file$baseline_file ]] || die "ARGS: make bench-off has a file for each boot, in $cache/results/off-DATE, and takes no --json, --text and --baseline"
layout=${LAYOUT:-random}
[[ $layout == random || $layout == fixed ]] || die "LAYOUT=$layout: there are random and fixed"
groups=${RUNS:-60}
boots=${BOOTS:-3}
limit=120
if [[ $target == vm ]]; then
	# no instruction is added by another place of the code, and hardly any boot counts others
	layout=fixed
	groups=${RUNS:-5}
	limit=600
	options+=(--count-instructions)
	export VM_ICOUNT=1
fi
[[ $layout != fixed ]] || boots=1
if [[ ! $groups =~ ^[0-9]{1,5}$ ]] || ((10#$groups < 5)); then
	die "RUNS=$groups: a number of pairs of kernels is needed, 5 or more"
fi
groups=$((10#$groups))
[[ $boots =~ ^[1-9][0-9]?$ ]] || die "BOOTS=$boots: a number of boots is needed, 1 to 99"
"$top/scripts/build.sh"
"$top/scripts/kernel-plain.sh"

date=${config:+$config-}$(date +%Y%m%d-%H%M%S)
results=$cache/results/off-$date
run=$cache/run/off-$date
mkdir -p "$results" "$run"
tool=$out/userspace/hookcost
# The same program, at the same path, with the same environment: what lies on a process's
# stack must not differ
cp "$tool" "$run/hookcost"
command=(env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOOKCOST_TARGET="$target"
	"$run/hookcost" run off --quiet --json "$run/result.json" "${options[@]}")

# Room for each object's code and data in either kernel: OBJECT SECTION BYTES
slots() {
	local kernel

	for kernel in "$cache" "$cache/plain"; do
		(cd "$kernel/build/$variant" && "llvm-size$llvm" -A -d vmlinux.a)
	done | awk '
		/:$/ { object = $1 }
		$1 == ".ltext" { size = int(($2 + 15) / 16) * 16 }
		$1 == ".ldata" || $1 == ".lbss" { size = int(($2 + 63) / 64) * 64 }
		$1 ~ /^\.(ltext|ldata|lbss)$/ && size > max[object " " $1] { max[object " " $1] = size }
		END { for (name in max) print name, max[name] }' | sort
}

# Where its code lies makes a function slower or faster by as much as is looked for. So the
# objects of both kernels, and of mlx5_core, are in another order each time; both have the
# same one, so that what is alike in both lies at the same address.
relink() {
	local which kernel seed=$((SRANDOM & 0x7fffffff))	# mawk takes all that are larger for one

	for which in with without; do
		kernel=$cache
		[[ $which == with ]] || kernel=$cache/plain
		mkdir -p "$run/$which"
		HOOKCOST_CACHE=$kernel "$top/scripts/relink-uml.sh" "$run/$which" "$seed" "$run/slots" || return
	done
	echo "$1 $seed" >>"$results/layouts"
}

as_built() {
	local which kernel image=linux

	[[ $target == uml ]] || image=arch/x86/boot/bzImage
	for which in with without; do
		mkdir -p "$run/$which"
		kernel=$cache
		[[ $which == with ]] || kernel=$cache/plain
		ln -s "$kernel/build/$variant/$image" "$run/$which/linux"
		ln -s "$kernel/build/$variant-out/"{kmodules,modules} "$run/$which"
	done
}

# boot with|without NUMBER: one boot, one file. Modules of hookcost's own are not loaded,
# since one kernel has one more of them, and mlx5's would lie elsewhere. Both have one path.
boot() {
	local kernel=$cache log=$cache/logs/off.log date

	[[ $1 == with ]] || kernel=$cache/plain
	date=$(date -u +%Y-%m-%dT%H:%M:%SZ)
	rm -f "$run/result.json"
	ln -sfn "$1" "$run/kernel"
	HOOKCOST_CACHE=$kernel HOOKCOST_BARE=1 BOOT_CPU=$done \
		UML_KERNEL=$run/kernel/linux VM_KERNEL=$run/kernel/linux \
		HOOKCOST_KMODULES=$run/kernel/kmodules HOOKCOST_MODULES=$run/kernel/modules \
		"$top/scripts/boot-$target.sh" -t "$limit" "$run" "${command[@]}" >"$log" 2>&1 || return
	# a clock that counts instructions runs ahead while the guest waits, by minutes
	[[ $target != vm ]] || sed -i "s/\"date\":\"[^\"]*\"/\"date\":\"$date\"/" "$run/result.json"
	mv "$run/result.json" "$results/$(printf '%04d' "$2")-$1.json"
}

# show NUMBER: groups that are done
show() {
	local line="off: $((boots * $1)) of $((boots * groups)) pairs of boots, $((SECONDS - begin)) s, log: $cache/logs/off.log"

	if on_terminal; then
		printf '\r\033[K%s' "${line:0:$(tput cols 2>/dev/null || echo 80) - 1}"
	elif ((boots * $1 % 10 == 0)); then
		say "$line"
	fi
}

# Which of the host's pages a guest gets makes it a percent slower or faster; huge ones leave
# less of that to chance. Where they cannot be had, it takes more boots.
huge_pages() {
	mkdir "$run/memory"
	mount -t tmpfs -o huge=always,mode=700 tmpfs "$run/memory" 2>/dev/null || return 0
	trap 'umount -l "$run/memory"' EXIT
	export TMPDIR=$run/memory
}

stop=
trap 'stop=interrupted' INT TERM HUP
[[ $target != uml ]] || huge_pages
begin=$SECONDS
done=0
if [[ $layout == random ]]; then
	find_llvm
	slots >"$run/slots"
else
	as_built
fi
while ((done < groups)) && [[ ! $stop ]]; do
	show "$done"
	[[ $layout == fixed ]] || relink $((done + 1)) || { stop=${stop:-failed}; break; }
	for ((i = 2 * boots * done; i < 2 * boots * (done + 1); i++)); do
		[[ ! $stop ]] || break
		order=(with without without with)
		boot "${order[i % 4]}" $((i + 1)) || stop=${stop:-failed}
	done
	[[ $stop ]] || done=$((done + 1))
done
# of a group that did not come to its end
for ((i = 2 * boots * done; i < 2 * boots * (done + 1); i++)); do
	rm -f "$results/$(printf '%04d' $((i + 1)))"-*.json
done
trap - INT TERM HUP
! on_terminal || printf '\r\033[K'
say "results: $results, $((SECONDS - begin)) s"
if [[ $stop == failed ]]; then
	tail -n 5 "$cache/logs/off.log" >&2 || :
	die "a run failed after $((boots * done)) pairs; its console: $run/console.log"
fi
if [[ ${TMPDIR:-} == "$run/memory" ]]; then
	umount -l "$run/memory"
	trap - EXIT
fi
rm -rf "$run"

rc=0
if ((done >= 5)); then
	judge=("$tool" equivalent --group "$boots" --pairs "$done")
	"${judge[@]}" "$results"/*.json | tee "$results/table" || rc=${PIPESTATUS[0]}
	"${judge[@]}" --json "$results"/*.json >"$results.json" || :
fi
[[ ! $stop ]] || die "interrupted after $((boots * done)) of $((boots * groups)) pairs"
exit "$rc"
