#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Sourced by bench.sh: on which of the targets each bench runs. TARGET=best has the UML guest,
# as root the kernel of this machine (over veth, in namespaces), and a VM if KVM works; what a
# bench wants of them it says itself (hookcost list --place). Another TARGET is the only place.
# shellcheck disable=SC2154 # bench.sh's

all_in_uml="benches run in User Mode Linux, where a system call takes many times as long; table4, figure3 and figure13, which are mostly that, run if BENCH names them"

# This machine's kernel: whatever the benches make there is in namespaces that end with them
choose_host() {
	((debug == 0)) || return 0
	[[ " ${options[*]} " != *" --count-instructions "* ]] || return 0
	if ((EUID != 0)); then
		say "not root: $all_in_uml"
	elif [[ ${DEVICE:-veth} != veth ]]; then
		return 0
	elif unshare --pid --fork --mount --net true 2>/dev/null; then
		places+=(host)
	else
		say "no namespaces, as without CAP_SYS_ADMIN, or in a chroot: $all_in_uml"
	fi
}

default_benches() {
	local names="table1 table3 table6 figure14a figure14b mlx5sim jitcheck"

	[[ " ${places[*]} " != *" host "* ]] || names+=" table4 figure3 figure13"
	[[ $target != host ]] || names+=" drop"
	echo "$names"
}

# guest_runs ACCEL: QEMU's exit status is 2 * 16 + 1, if the CPU of a guest gets to run: mov al, 16; out 0xf4, al; hlt
guest_runs() {
	local accel=$1 rc=0

	{ printf '\xb0\x10\xe6\xf4\xf4'; head -c 505 /dev/zero; printf '\x55\xaa'; } >"$run/sector"
	timeout 8 qemu-system-x86_64 -no-user-config -nodefaults -no-reboot -display none -m 64M \
		-machine pc -accel "$accel" -device isa-debug-exit,iobase=0xf4,iosize=4 \
		-drive "file=$run/sector,format=raw" </dev/null >"$run/kvm.log" 2>&1 || rc=$?
	((rc == 33))
}

# For benches that are better there, where its kernel is there already: KVM may run a boot sector
# and no kernel, as nested ones do, and that would be known only after a whole build
choose_vm() {
	local with=("${places[@]}" vm) probe=$run/kvm-probe list

	((debug == 0)) && [[ -w /dev/kvm ]] && command -v qemu-system-x86_64 >/dev/null || return 0
	list=$("$tool" list --place "$(IFS=,; echo "${with[*]}")" "${benches[@]}") || exit 1
	grep -q '^[^ ]* vm' <<<"$list" || return 0
	if ! guest_runs kvm; then
		say "no virtual machine, as KVM runs no guest here"
		return
	fi
	if [[ ! -e $cache/build/vm/arch/x86/boot/bzImage ]]; then
		say "KVM runs a guest; make build TARGET=vm has benches run in a virtual machine, too"
		return
	fi
	mkdir -p "$probe"
	if TARGET=vm "$top/scripts/build.sh" &&
	   VM_ACCEL=kvm "$top/scripts/boot-vm.sh" -t 60 "$probe" true >/dev/null 2>&1; then
		places=("${with[@]}")
		export VM_ACCEL=kvm
	else
		say "the kernel does not boot with KVM here"
	fi
}

# The first target for each bench, and all that are as good
declare -A first also
place_benches() {
	local name on list

	list=$("$tool" list --place "$(IFS=,; echo "${places[*]}")" "${benches[@]}") || exit 1
	while read -r name on; do
		first[$name]=${on%% *}
		also[$name]=$on
	done <<<"$list"
	mapfile -t benches < <(cut -d ' ' -f 1 <<<"$list")
	[[ $target == host || ! $(on_target host) ]] ||
		say "in this machine's own kernel ($(uname -r)) run, over veth pairs in network namespaces" \
			"of their own and on none of its netdevs: $(on_target host) (TARGET=uml: none)"
}

# Those of the benches that run there first
on_target() {
	local name list=()

	for name in "${benches[@]}"; do
		[[ ${first[$name]} != "$1" ]] || list+=("$name")
	done
	echo "${list[*]}"
}

# host_boot RUN COMMAND...: as boot-host.sh, by the tool that has been built for the guest
host_boot() {
	local dir=$1
	shift

	HOST_OUT=$out HOOKCOST_MODULES=$dir/none "$top/scripts/boot-host.sh" "$dir" \
		unshare --net --mount "$top/scripts/host-netns.sh" "$@"
}

# What of a result is not all valid, for another reason than --quick; none: has not one number
unsound() {
	jq -r '.quick as $quick | .benches[] | [.tables[].rows[].validity] as $v | ($v |
		all(. == "invalid" or . == "not measured" or . == "emulated")) as $none |
		select($none or (($quick | not) and ($v | any(. != "valid")))) |
		"\(.name) \(if $none then "none" else "some" end)"' "$1"
}

# Once each where it suits best; what is not sound there on one that is as good, too, and what
# has no number at all in UML
run_all() {
	local on name how other result list
	declare -A again=()

	# this machine first: what it has no number for is UML's
	for on in $(printf '%s\n' "${places[@]}" | sort); do
		read -r -a list <<<"$(on_target "$on")"
		((${#list[@]} == 0)) || [[ $failed ]] || run_on "$on" "${list[@]}"
	done
	((${#places[@]} > 1)) && [[ ! $failed ]] || return 0
	for result in "${results[@]}"; do
		while read -r name how; do
			other=${also[$name]#"${first[$name]}"}
			other=${other# }
			[[ $other || $how == some || ${first[$name]} == uml ]] || other=uml
			[[ ! $other ]] || again[${other%% *}]+=" $name"
		done < <(unsound "$result")
	done
	for on in "${!again[@]}"; do
		say "also on target $on, as not all rows are valid:${again[$on]}"
		read -r -a list <<<"${again[$on]}"
		run_on "$on" "${list[@]}"
	done
}

# say_where RESULT: which bench of it is from which target
say_where() {
	say "where each ran: $(jq -r '[.benches[] | {target, name}] | group_by(.target) |
		map("\(.[0].target): \(map(.name) | join(" "))") | join("; ")' "$1")"
}
